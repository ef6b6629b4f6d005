"""The printable script of a practice: all of it, or one telling, to hand out on paper."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from server.errors import SoundMissing, TooShort
from server.script import ANY, Condition, Script
from server.timeline import Options, fill_lengths, plan
from server.units import Ms
from server.web.printed import PrintedStage, print_telling, print_whole
from server.web.printed_words import say_conditions
from server.web.rooms import get_rooms
from server.web.telling import read_options

script_page = Blueprint("script_page", __name__, url_prefix="/practices")


@script_page.get("/<slug:slug>/script")
def show(slug: str) -> str:
    """Show the words of a practice for print; choices in the address give one telling."""
    script = get_rooms().catalogue.get(slug).script
    options = read_options(script) if _is_chosen() else None
    return render_template(
        "practice/script.html",
        practice=script,
        chosen=options,
        told_for=_say_choices(options) if options else "",
        stages=_stages(script, options),
    )


def _is_chosen() -> bool:
    """True where somebody chose a length, or anything but what is meant without a choice."""
    chosen = {name: request.args.get(name) for name in ("minutes", "anchor", "eyes")}
    return any(value not in (None, "", ANY) for value in chosen.values())


def _say_choices(options: Options) -> str:
    chosen = {"anchor": options.anchor, "eyes": options.eyes}
    return say_conditions(
        [Condition(about=about, names=(name,)) for about, name in chosen.items() if name != ANY]
    )


def _stages(script: Script, options: Options | None) -> tuple[PrintedStage, ...]:
    if options is None:
        return print_whole(script)
    return print_telling(script, options, _fills(script, options))


def _fills(script: Script, options: Options) -> tuple[Ms, ...]:
    """How long its silences are, by a guess; none where it cannot be laid out."""
    rooms = get_rooms()
    try:
        planned = plan(script, options, rooms.catalogue.additions(script.slug))
        return fill_lengths(planned, rooms.workshop.preview(script, options))
    except (SoundMissing, TooShort):
        return ()
