"""Looks for texts that the parser cannot bear, led by which lines they reach: `make fuzz`.

Whatever a text holds, parsing gives a script or InvalidScript. A script that is printed and
parsed is the same again, and every telling of it can be laid out.
"""

from __future__ import annotations

import re
import sys
from itertools import product
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["server"]):
    from server.errors import InvalidOptions, InvalidScript, TooShort
    from server.script import ANCHORS, EYES, Script, list_ways, parse_script, print_script
    from server.script.inline import MOST_CHARACTERS
    from server.timeline import TELLINGS, Additions, Options, OwnSound, lay_out, plan

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".fuzz"
LONGEST_SECONDS = 10
OWN_SOUNDS = frozenset({"temple", "x"})
PASSAGES = {
    path.stem: path.read_text("utf-8") for path in (ROOT / "scripts" / "passages").glob("*.md")
} | {
    "inner": "[include settle]\n[bell]\n:::when eyes=open\nLook around you.\n:::\n",
}
FRONT = """\
---
title: Stepping back
slug: stepping-back
summary: For the days when something says no.
intention: To greet what is in the way.
track: obstacles
minutes: [5, 10]
voice: joe
words:
  obstacle: {ask: "What is here?", default: a thought}
  part: {ask: "Who is here?", default: a critic, as: part, longest: 60}
credits: Our own words.
---
"""
PASSAGE_FOLLOWS = "\n+++\n"
# What means something to one of the parsers; libFuzzer puts them in where they lead further.
WORDS = [
    "---\n",
    "# ",
    "\n\n",
    "[3s]",
    "[1m30s]",
    "[silence fill weight=3]",
    "[silence 40s]",
    "[bell",
    " singing x3 every=5s]",
    "[bed rain level=low]",
    "[bed off]",
    "[breath x4 in=4s hold=2s out=6s]",
    "{obstacle}",
    ":::repeat 3\n",
    ":::when anchor=sound,hands eyes=open\n",
    " minutes>=10",
    " minutes<20",
    " voice=joe",
    ":::one-of\n",
    ":::until met, at most 6, usually 2\n",
    ":::ask Is it so? [8s]\n",
    ":::\n",
    "- a -> next\n",
    "- b -> end [default]\n",
    " -> again",
    " -> met",
    "-> end\n",
    "-> ",
    "[include settle]\n",
    "[include own]\n",
    PASSAGE_FOLLOWS,
    "<!--",
    "-->",
    "*",
    "_",
    "**",
    "\\",
    "&amp;",
    "&#38;",
    "`",
    "<b>",
    "![",
    "](",
    "[[",
    "…",
    "。",
    "!",
    "? A",
    "|-|",
    "===",
    "1. ",
    "> ",
    "    ",
    "lexicon:\n  Tim: Timm\n",
    "curve: {slower: 0.1, softer: 2}\n",
    "curve: none\n",
    "words:\n",
    "as: part",
    "longest: 9",
    "for-whom: ",
    "not-when: ",
    ": >-\n  ",
    "minutes: [1, 2]\n",
    "pace: 0.8\n",
    "\r\n",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "é",
    "😀",
]

# What may stand by itself wherever a paragraph may: so a script that is right mostly stays so.
BLOCKS = [
    "Be here now. [3s]",
    "Dr. Tim *says* 2 \\* 3. Good. {obstacle}",
    "[bell] [bed rain] [silence fill]",
    ":::repeat 2\n{obstacle} is here.\n:::",
    ":::when anchor=sound eyes=open\nListen to it.\n:::",
    ":::when minutes>=10\nStay with it.\n\n-> end\n:::",
    ":::one-of\nBe here now.\n\n[3s] 你好。Be there! [bell]\n:::",
    ":::ask Is it so? [8s]\n- Yes -> next\n- No -> end [default]\n:::",
    ":::until met, at most 3, usually 1\nOnce more.\n\n- Yes -> met\n- No -> again\n:::",
    "- One -> next\n- Two -> next",
    "[include inner]",
    "[include own]",
    "# Another one\n\nBe here now.",
]


def mutate(data: bytes, longest: int, seed: int) -> bytes:
    """Change some bytes, or put blocks in, take them out and move them."""
    dice = Random(seed)
    if dice.random() < 0.5:
        return bytes(atheris.Mutate(data, longest))
    blocks = data.split(b"\n\n")
    place = dice.randrange(len(blocks))
    match dice.randrange(3):
        case 0:
            blocks.insert(place + 1, dice.choice(BLOCKS).encode("utf-8"))
        case 1:
            del blocks[place]
        case _:
            blocks.insert(dice.randrange(len(blocks)), blocks.pop(place))
    return b"\n\n".join(blocks)[:longest]


def check(data: bytes) -> None:
    """Try one text; whatever is raised here is a finding."""
    text = data.decode("utf-8", "surrogateescape")
    if not text.startswith("---"):
        text = FRONT + text
    text, _, own = text.partition(PASSAGE_FOLLOWS)
    passages = {**PASSAGES, "own": own}
    try:
        script = parse_script(text, path="x.md", own_sounds=OWN_SOUNDS, passages=passages)
    except InvalidScript as error:
        lines = text.count("\n") + 1
        if not all(1 <= each.line <= lines and each.column >= 1 for each in error.problems):
            raise AssertionError("A mistake has no place in the text.") from error
        return
    printed = print_script(script)
    if max(map(len, printed.split("\n"))) <= MOST_CHARACTERS:
        again = parse_script(printed, path="x.md", own_sounds=OWN_SOUNDS, passages=passages)
        if again != script or print_script(again) != printed:
            raise AssertionError(f"It is not the same when it is printed:\n{printed}")
    list_ways(script)
    _tell(script)


def _tell(script: Script) -> None:
    """Lay out one telling for each choice of anchor and eyes."""
    sounds = {name: OwnSound(name=name, key=name, length_ms=3000) for name in OWN_SOUNDS}
    for turn, (anchor, eyes) in enumerate(product(ANCHORS, EYES)):
        options = Options(
            minutes=script.minutes[turn % len(script.minutes)],
            anchor=anchor,
            eyes=eyes,
            seed=turn % TELLINGS,
        )
        try:
            made = plan(script, options, Additions(sounds=sounds))
            lay_out(made, {each: 60 * len(each.text) for each in made.utterances})
        except (InvalidOptions, TooShort):
            continue


def write_seeds(folder: Path) -> None:
    """Write what the search begins with: every script there is, and the guide's examples."""
    folder.mkdir(parents=True, exist_ok=True)
    guide = (ROOT / "docs" / "script-guide.md").read_text("utf-8")
    texts = re.findall(r"^```stepback\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)
    for place in (ROOT / "scripts", ROOT / "tests" / "golden" / "script"):
        texts += [path.read_bytes().decode("utf-8") for path in sorted(place.rglob("*.md"))]
    for number, text in enumerate(texts):
        (folder / f"{number:03}.md").write_bytes(text.encode("utf-8"))


def _escape(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8"))


def main() -> None:
    """Search for as many seconds as the first argument says, or try the files that it names."""
    if not sys.argv[1].isdecimal():
        for name in sys.argv[1:]:
            check(Path(name).read_bytes())
        return
    for name in ("seeds", "corpus", "findings"):
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
    write_seeds(FOLDER / "seeds")
    words = FOLDER / "words.dict"
    words.write_text("".join(f'"{_escape(word)}"\n' for word in WORDS), "utf-8")
    options = [
        f"-max_total_time={sys.argv[1]}",
        f"-timeout={LONGEST_SECONDS}",
        f"-artifact_prefix={FOLDER / 'findings'}/",
        f"-dict={words}",
        "-max_len=12000",
        "-print_final_stats=1",
    ]
    folders = [str(FOLDER / "corpus"), str(FOLDER / "seeds")]
    atheris.Setup([sys.argv[0], *options, *folders], check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
