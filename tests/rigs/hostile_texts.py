"""Texts that a voice was not made for: every script, marks without letters, signs that command."""

from __future__ import annotations

import random
from collections.abc import Iterator

PLAIN = "Feel the ground under your feet and the breath that comes by itself"
PIECES = (
    *(
        "😀",
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "\u202e",
        "\u200d",
        "\u200b",
        "\ufeff",
        "\u0000",
        "\u0007",
        "\ud800",
    ),
    *(
        "[[",
        "]]",
        "[[ h@l'oU ]]",
        "<speak>",
        "<break time='99999s'/>",
        "&#0;",
        "&&&",
        "%%%",
        "%n%s",
    ),
    *("..", "...word..", "word..", "--", "—", "4-7-8", "1e999", "9" * 200, "3.14159", "IV.", "Dr."),
    *(
        "ñ",
        "ß",
        "Straße",
        "你好世界",
        "こんにちは",
        "안녕하세요",
        "مرحبا",
        "שלום",
        "Привет",
        "नमस्ते",
        "สวัสดี",
    ),
    *("Z" + "\u0300\u0316\u0345" * 20, "a" * 400, "ʔ͡ʕ", "ﷺ", "🄰🄱🄲", "𝓱𝓮𝓵𝓵𝓸", "½", "№", "∑∞≠", "♪♫"),
    *("\n\n", "\t", "\r", " ", "'", '"', "’", "`", "\\", "/", "|", "~", "^", "_", "*bold*", "#"),
    *("http://x.example/?a=b&c=d", "a@b.example", "C:\\x", "../../etc/passwd", "${x}", "{{7*7}}"),
)


def hostile_texts(seed: int, count: int) -> Iterator[str]:
    """So many texts of one to forty pieces, of one to some hundred letters, or of any letters."""
    dice = random.Random(seed)
    words = PLAIN.split()
    for number in range(count):
        if number % 4 == 0:
            yield "".join(chr(dice.randrange(0x110000)) for _ in range(dice.randint(1, 60)))
        else:
            parts = dice.choices(
                PIECES if number % 4 == 1 else (*PIECES, *words * 8), k=dice.randint(1, 40)
            )
            yield dice.choice(("", " ")).join(parts)[:400]
