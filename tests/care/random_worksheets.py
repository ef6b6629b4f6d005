"""Makes worksheets and answers to them, of all kinds, for tests that try many."""

from __future__ import annotations

from hypothesis import strategies as st

from server.care import (
    Answer,
    ChoiceField,
    Field,
    PairAnswer,
    PairField,
    ScaleField,
    Side,
    TextField,
    Worksheet,
)

SIGNS = st.characters(exclude_categories=["C", "Zl", "Zp"])
"""What a worksheet's file may hold."""

WORDS = st.text(SIGNS, min_size=1, max_size=20).map(lambda text: " ".join(text.split()) or "so")
MAYBE = st.just("") | WORDS
SIDES = st.builds(Side, title=WORDS, ask=WORDS, hint=MAYBE, rate=WORDS)
NAMES = st.text(alphabet="abc", min_size=1, max_size=4)


@st.composite
def fields(draw: st.DrawFn, name: str, *, may_be_pair: bool) -> Field:
    """A question of any kind."""
    kind = draw(st.sampled_from(["text", "choice", "scale", *(["pair"] if may_be_pair else [])]))
    ask, hint, is_optional = draw(WORDS), draw(MAYBE), draw(st.booleans())
    longest = draw(st.integers(1, 60))
    if kind == "text":
        return TextField(name=name, ask=ask, hint=hint, longest=longest, is_optional=is_optional)
    if kind == "choice":
        options = tuple(draw(st.lists(WORDS, min_size=2, max_size=5, unique=True)))
        return ChoiceField(
            name=name,
            ask=ask,
            hint=hint,
            options=options,
            is_many=draw(st.booleans()),
            is_optional=is_optional,
        )
    if kind == "scale":
        least = draw(st.integers(0, 50))
        most = draw(st.integers(least + 1, 100))
        return ScaleField(
            name=name, ask=ask, hint=hint, least=least, most=most, is_optional=is_optional
        )
    return PairField(name=name, first=draw(SIDES), second=draw(SIDES), longest=longest)


@st.composite
def worksheets(draw: st.DrawFn) -> Worksheet:
    """A worksheet with one to six questions, one of them a pair at most."""
    made: list[Field] = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=6, unique=True)):
        may_be_pair = not any(isinstance(each, PairField) for each in made)
        made.append(draw(fields(name, may_be_pair=may_be_pair)))
    return Worksheet(
        name="a-worksheet",
        title=draw(WORDS),
        language=draw(st.sampled_from(["en", "de", "pt-BR"])),
        summary=draw(WORDS),
        message=draw(WORDS),
        fields=tuple(made),
        closing=draw(MAYBE),
        credits=draw(MAYBE),
    )


@st.composite
def answers(draw: st.DrawFn, worksheet: Worksheet) -> dict[str, Answer]:
    """Answers that a worksheet takes; what may be passed over is, now and then."""
    made: dict[str, Answer] = {}
    for field in worksheet.fields:
        if isinstance(field, PairField):
            made[field.name] = PairAnswer(
                first=draw(written(field.longest)),
                second=draw(written(field.longest)),
                first_rating=draw(st.integers(0, 10)),
                second_rating=draw(st.integers(0, 10)),
            )
        elif field.is_optional and draw(st.booleans()):
            continue
        elif isinstance(field, TextField):
            made[field.name] = draw(written(field.longest))
        elif isinstance(field, ScaleField):
            made[field.name] = draw(st.integers(field.least, field.most))
        elif field.is_many:
            chosen = draw(st.sets(st.sampled_from(field.options), min_size=1))
            made[field.name] = tuple(option for option in field.options if option in chosen)
        else:
            made[field.name] = draw(st.sampled_from(field.options))
    return made


def written(longest: int) -> st.SearchStrategy[str]:
    """A text that is not blank."""
    return st.text(min_size=1, max_size=longest).filter(str.strip)
