"""Text as people read it → text that a voice reads aloud without surprises.

The surprises are measured: Piper reads `*word*` as "asterisk word asterisk", `4-7-8` as "four
dash seven dash eight", an emoji by its name, `[[ … ]]` as raw phonemes, and splits a sentence at
"Dr.", which leaves fragments whose first consonant is lost.
"""

from __future__ import annotations

import re
import unicodedata

LEXICON = {
    "Dr.": "Doctor",
    "Mr.": "Mister",
    "Mrs.": "Missus",
    "Ms.": "Miz",
    "St.": "Saint",
    "vs.": "versus",
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "and so on",
    "&": "and",
    "%": "per cent",
}
"""Spellings that are spoken otherwise than they are read."""

_LEXICON = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in LEXICON))
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "“": "", "”": "", '"': "", "«": "", "»": "", "…": ".", "–": "-"}
)
_SPOKEN_KINDS = frozenset("LMN")
_SPOKEN_MARKS = frozenset(" .,;:!?'-—/")


def speakable(text: str) -> str:
    """Prepare one utterance for the voice; empty where there is nothing to say.

    The whole becomes a single sentence for the voice: stops inside it turn into commas, so that
    a short fragment is spoken in one breath with its neighbour.
    """
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    text = _LEXICON.sub(lambda match: LEXICON[match.group()], text)
    text = "".join(letter if _is_spoken(letter) else " " for letter in text)
    text = re.sub(r"\s*—\s*|\s+-+\s+", ", ", text)
    text = re.sub(r"(?<=\d)\s*[-/]\s*(?=\d)", ", ", text).replace("/", " or ")
    text = re.sub(r"\s+", " ", text).strip(" ,;:-'")
    text = re.sub(r"\s+(?=[.,;:!?])", "", text)
    text = re.sub(r"[.,;:!?]*([.,;:!?])", r"\1", text)
    text = re.sub(r"[.:;](?=\s)", ",", text)
    if not any(letter.isalnum() for letter in text):
        return ""
    return text if text[-1] in ".!?" else f"{text}."


def _is_spoken(letter: str) -> bool:
    return letter in _SPOKEN_MARKS or unicodedata.category(letter)[0] in _SPOKEN_KINDS
