"""Rules about words: how the voice speaks to somebody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from server.checker.english import find_asserted, find_command, is_inviting
from server.checker.model import Found, Rule, Severity
from server.checker.subject import Subject

# ── invitations ──────────────────────────────────────────────────────────────────────────────


def _commands(subject: Subject) -> Iterator[Found]:
    paragraph, is_invited = None, False
    for line in subject.lines:
        if line.at.paragraph != paragraph:
            paragraph, is_invited = line.at.paragraph, False
        for sentence in line.sentences:
            is_invited = is_invited or is_inviting(sentence)
            command = find_command(sentence)
            if command and not is_invited:
                message = f"“{command} …” tells the listener what to do, and nothing invites."
                yield Found(at=line.at, message=message, phrase=command)


# ── words that are looked for ────────────────────────────────────────────────────────────────


def _looking_for(
    pattern: str, message: str, *, harmless: str = r"(?!)", in_front: bool = True
) -> Callable[[Subject], Iterator[Found]]:
    """Make a rule that finds what the voice itself says, neither quoted nor denied."""
    wanted, spared = re.compile(pattern, re.IGNORECASE), re.compile(harmless, re.IGNORECASE)

    def find(subject: Subject) -> Iterator[Found]:
        for line in (*(subject.front if in_front else ()), *subject.lines):
            for sentence in line.sentences:
                for words in find_asserted(sentence, wanted, spared):
                    yield Found(at=line.at, message=message.format(words), phrase=words)

    return find


_FLAWS = (
    "worthless|lazy|weak|stupid|broken|selfish|useless|pathetic|hopeless|unlovable|weird|ugly"
    "|foolish|childish|incapable|inadequate|not enough|not good enough|a failure|a burden|a coward"
    "|a fraud|an impostor|a bad|bad at|the problem|too sensitive|too needy|to blame|wrong"
)
_JUDGEMENT = (
    rf"\byou(?: are|['’]re)(?: \w+ly| just| so| too| such| really| being| still)* (?:{_FLAWS})\b"
    r"|\byou (?:should|must|have to|need to|ought to|had better|are supposed to|are meant to)\b"
    r"(?! (?:be|have been|have had) (?:tired|hungry|cold|worn out))"
    r"|\byou (?:always|never) (?!have|need|know)\w+"
    r"|\byou(?: have|['’]ve)? (?:failed|ruined|let (?:me|them|everyone|yourself) down)\b"
    r"|\b(?:is|was|all) your (?:own )?fault\b"
)
_NO_DUTY = (
    r"\b(?:all|whatever|what|as (?:much|long|often)(?: \w+)?(?: as)?|how|where|than|if|do|did"
    r"|when(?:ever)?) you (?:have|need) to\b"
    r"|\b(?:\w+(?:thing|body|one)|(?:the|a|an|your|any|every|some) \w+)"
    r" (?:that |which |who )?you (?:should|must|have to|need to|ought to)\b"
)
"""Who may go home when they need to, or has a letter that they ought to write, is not judged."""

_BETTER = (
    "calm(?:er)?|relaxed|peaceful|better|happier|lighter|safer?|at peace|at ease|free(?:d|r)?"
    "|healed|whole|kinder|stronger|refreshed|rested|transformed|sleepy"
)
_PROMISE = (
    r"\b(?:you(?: will|['’]ll) (?:soon |slowly |surely |then |always )*"
    rf"(?:feel|relax|heal|sleep|calm down|let go|become|be (?:\w+ly |more |much )*(?:{_BETTER})"
    r"|find (?:peace|calm|rest|relief|comfort)))\b"
    r"|\b(?:this|it|that|the practice|the breath|kindness|meditation)"
    r"(?: will|['’]ll| is going to)(?: \w+ly)? (?:calm|heal|help|relax|soothe|ease|free|change|cure"
    r"|make|bring you|take away|reduce|improve|strengthen)\b"
    r"|\b(?:relaxes|calms|heals|soothes|frees|cures) (?:you|your)\b"
    r"|\b(?:makes|making|make) you (?:\w+ly |more |much )*"
    rf"(?:feel|relax|sleep|{_BETTER})\b"
    r"|\byou(?: are|['’]re) (?:now |already )*(?:becoming|feeling|growing|getting)"
    rf" (?:\w+ly |more )*(?:{_BETTER})\b"
)

_PRAISE = (
    r"\bwell done\b|\bgood (?:job|work|girl|boy|for you)\b|\bcongratulations\b|\bbravo\b"
    r"|\bgreat (?:job|work)\b|\byou(?: are|['’]re| have|['’]ve)? (?:did|done|doing)"
    r"(?: it| that| this| so| very| really)* (?:well|great|brilliantly|perfectly|beautifully)\b"
    r"|\bproud of you\b|\b(?:that|this|it) (?:is|was) (?:great|excellent|perfect|wonderful|amazing"
    r"|brilliant|fantastic)\b"
    r"|^(?:very )?(?:good|great|perfect|excellent|wonderful|amazing|brilliant|lovely|nice)[.,!]"
    r"|\b(?:\d+|ten|hundred) points\b|\byour (?:score|streak)\b|\bkeep (?:it|this) up\b"
)

_JARGON = (
    r"\bmindful(?:ness|ly)?\b|\bself-compassion\w*|\b(?:re-?)?trauma\w*|\binner (?:child|self"
    r"|wisdom|guide|space)\b|\bsomatic\w*|\bnervous system\b|\b(?:hold|holds|holding|held) space\b"
    r"|\b(?:let|lets|letting) (?:it |this |that |them |all of it )?go\b(?! (?:by|past|on|home|to))"
    r"|(?<!train )(?<!bus )(?<!car )(?<!long )(?<!day['’]s )\bjourney\w*|\bchakras?\b"
    r"|\b(?:life|positive|negative|healing|inner|loving|universal|your|the) energy\b|\benergies\b"
    r"|\bvibrations?\b|\bthe universe\b|\bhealing\b|\btrigger(?:ed|s|ing)?\b|\bdysregulat\w*"
    r"|\bself-regulat\w*|\bco-regulat\w*|\bnon-?judge?ment\w*|\bpresent moment\b|\bsafe space\b"
    r"|\bembod(?:y|ied|iment)\b|\bset (?:an|your) intention\b|\bbody scan\b|\bmetta\b"
    r"|\bloving[- ]kindness\b|\bequanimity\b|\battune\w*|\bhigher self\b|\btrue self\b|\bego\b"
    r"|\bmantra\b|\baura\b|\blean(?:ing)? into\b|\bshow(?:ing)? up for\b"
    r"|\bprocess(?:ing)? (?:your|the|this|these) \w+|\bboundaries\b|\bresourc(?:e|ed|ing)\b"
    r"|\bcent(?:re|er) yourself\b|\bcoping\b|\bcognitive\w*|\bacceptance\b|\bawareness\b"
)


WORDING = (
    Rule(
        id="command",
        severity=Severity.WARNING,
        title="a command without an invitation",
        why=(
            "Whoever is told what to do can only obey or fail. An offer can be declined, and for "
            "somebody who was once made to do things that is what makes a practice safe. One "
            "“you might” opens a whole paragraph."
        ),
        bad="Notice your hands. [5s]",
        better="You might notice your hands. [5s]",
        find=_commands,
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="judgement",
        severity=Severity.ERROR,
        title="a judgement in the second person",
        why=(
            "A voice in the dark that says “you are” or “you should” is believed. What somebody "
            "thinks of themselves is told as their thought, and never said by the voice."
        ),
        bad="You should be kinder to yourself. [5s]",
        better="There may be a thought: you should be kinder to yourself. [5s]",
        find=_looking_for(
            _JUDGEMENT,
            "“{}” is a judgement, and the voice itself says it to the listener.",
            harmless=_NO_DUTY,
        ),
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="promise",
        severity=Severity.WARNING,
        title="the promise of an effect",
        why=(
            "Nobody knows what a practice will do to this person today. Where a promise does not "
            "come true, the listener takes it for a failure of their own."
        ),
        bad="With each round you will feel calmer. [5s]",
        better="Perhaps something changes with each round, and perhaps nothing does. [5s]",
        find=_looking_for(_PROMISE, "“{}” promises something that may not happen."),
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="praise",
        severity=Severity.WARNING,
        title="praise, or a score",
        why=(
            "Praise is a mark: whoever can be told that they did well can be told the contrary. "
            "A practice is not an achievement."
        ),
        bad="Well done for staying with that. [5s]",
        better="Thank you for being here with that. [5s]",
        find=_looking_for(_PRAISE, "“{}” gives a mark."),
        is_english=True,
        reads_passages=True,
    ),
    Rule(
        id="jargon",
        severity=Severity.WARNING,
        title="a word of the trade",
        why=(
            "Words of therapists and teachers keep out whoever has not been to their classes. "
            "There is a plain word for each thing that can be felt."
        ),
        bad="You might hold space for your inner child. [5s]",
        better="You might keep that younger one company for a while. [5s]",
        find=_looking_for(_JARGON, "“{}” is a word of the trade.", in_front=False),
        is_english=True,
        reads_passages=True,
    ),
)
