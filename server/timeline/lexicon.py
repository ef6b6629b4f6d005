"""Text as it is read → text as the voice is to get it: words that it would say wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable

from server.script import Respelling


class Lexicon:
    """Respellings, ready to be looked for; where two fit the same word, the first holds."""

    def __init__(self, respellings: Iterable[Respelling]) -> None:
        # The longest first, so that a name of three words is not taken for its first word.
        known = sorted(respellings, key=lambda each: -len(each.word))
        words = [r"\s+".join(map(re.escape, each.word.split())) for each in known]
        self._spoken = [each.spoken for each in known]
        # A group for each, since its number says which one fitted, whatever its capitals are.
        self._pattern = re.compile(
            rf"(?<!\w)(?:{'|'.join(f'({word})' for word in words)})(?!\w)", re.IGNORECASE
        )

    def respell(self, text: str) -> str:
        """Respell whole words, whatever their capitals; empty where nothing changes."""
        if not self._spoken:
            return ""
        spoken = self._pattern.sub(lambda match: self._spoken[(match.lastindex or 1) - 1], text)
        return "" if spoken == text else spoken
