"""What the rules know of English: invitations, commands, quotations, and how to look for words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’(?!\w)|\"[^\"]*\"|\{[^}]*\}")

NAMING = re.compile(
    r"\b(thoughts?|thinks?|thinking|say|says|said|saying|voices?|words?|sentences?|phrases?"
    r"|line|tells?|telling|told|whispers?|insists?|claims?|call(s|ed|ing)?|names?|named"
    r"|believes?|belief|critic|rule)\b",
    re.IGNORECASE,
)
"""Words by which a listener hears that somebody's thought follows: quotes cannot be heard."""

_INVITING = re.compile(
    r"\b(might|may|can|could|perhaps|maybe|(?<!as )if|unless|whenever|possibly|feel free|welcome to"
    r"|would you|you need not|need(n[’']t| not)|see (what|how|whether|where|which|who)"
    r"|in your own (time|way)|when(ever)? you(’re|'re| are) ready|or not|there is no need"
    r"|you (do not|don[’']t) (have|need) to|(what|as|wherever|however) you (like|want|wish))\b",
    re.IGNORECASE,
)

_VERBS = (
    "accept|acknowledge|allow|ask|attend|become|begin|breathe|bring|choose|close|clench|come"
    "|concentrate|consider|continue|count|direct|do|draw|drop|embrace|enter|exhale|expand"
    "|explore|face|feel|find|fix|focus|follow|forget|forgive|gather|get|give|go|greet|ground"
    "|hold|imagine|inhale|invite|join|keep|know|lay|lean|leave|lie|lift|listen|look|lower"
    "|make|meet|move|name|notice|observe|open|pause|pay|picture|place|press|put|raise|recall"
    "|reflect|regard|relax|release|remain|remember|remind|repeat|rest|return|say|scan|sense"
    "|set|shut|sit|slow|smile|soften|stand|start|stay|stop|straighten|stretch|surrender|take"
    "|tell|think|tighten|touch|try|tune|turn|uncross|unclench|visualise|visualize|wait|watch"
    "|welcome"
)

_COMMAND = re.compile(
    rf"(?P<words>let go\b|(?:(?:do not|don[’']t|never|always) )?(?:{_VERBS}|be)\b"
    r"(?! (?:is|are|was|were|has|had|of|does|did|comes|goes)\b))",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(welcome,|take (your|all the|as (much|long)|whatever)|come in\b|feel free|never mind"
    r"|be (there|it)|say (it|this) (is|was)|do (you|I|they|we|any)\b|go well|take care)",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:(?:and|but|so|or|then|now|next|just|simply|only|gently|softly|slowly|quietly|please|again"
    r"|first|finally|once more|also|here|there|instead|still)[, ]\s*)+",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"(?:after|as|at|before|during|for|from|in|on|once|then|through|until|while|with|without)\b"
    r"[^,;:?!.]{0,60}, ",
    re.IGNORECASE,
)


def unquoted(text: str) -> str:
    """Blank what stands in quotes, and the listener's words, with every character kept in place."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def is_inviting(sentence: str) -> bool:
    """True for a sentence that leaves it to the listener."""
    return _INVITING.search(sentence) is not None


def find_command(sentence: str) -> str:
    """Give the words by which a sentence commands something; empty where it does not."""
    if sentence.endswith("?") or sentence.startswith(("“", "‘", '"')):
        return ""
    for text in re.split(r"(?:; | [–—] )", sentence):
        for leading in (_LEADING, _PHRASE, _LEADING):
            match = leading.match(text)
            text = text[match.end() :] if match else text
        match = _COMMAND.match(text)
        if match and not _HARMLESS.match(text):
            return match["words"]
    return ""


def is_attributed(sentence: str, offset: int) -> bool:
    """True where what stands at `offset` is heard to be a thought, or what somebody says."""
    before = sentence[:offset]
    return NAMING.search(before) is not None or ":" in before


def find_asserted(
    sentence: str, pattern: re.Pattern[str], harmless: re.Pattern[str]
) -> Iterator[str]:
    """Find words that the voice says of the listener itself: neither quoted nor denied.

    What lies within a match of `harmless` is left alone.
    """
    text = unquoted(sentence)
    spared = [match.span() for match in harmless.finditer(text)]
    for match in pattern.finditer(text):
        start, end = match.span()
        clause = re.split(r"[,;:.!?–—]", text[:start])[-1]
        is_spared = any(first <= start and end <= last for first, last in spared)
        if not (is_spared or is_attributed(text, start) or _DENIED.search(clause)):
            yield match[0]


_DENIED = re.compile(
    r"\b(not|never|no|none|nothing|nobody|nowhere|neither|without|whether|hardly|\w+n[’']t)\b",
    re.IGNORECASE,
)
