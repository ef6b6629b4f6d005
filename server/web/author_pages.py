"""The author's pages: every script of the house by its folder, and one of them being written."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from server.errors import ScriptNotWritten
from server.render import Kind, kind_of
from server.script import TRACKS
from server.web.author_files import open_script, script_files
from server.web.library import HEADINGS
from server.web.rooms import get_rooms

# Of APIFlask's kind, because its description of the API asks each blueprint with a guard.
author = APIBlueprint("author", __name__, url_prefix="/author", enable_openapi=False)

PASSAGES = "passages"


@author.get("")
def index() -> str:
    """List what there is to write on, folder by folder; `like` is the practice to begin with."""
    titles, mistakes = _titles(), _mistakes()
    rows = [
        {
            "path": path,
            "title": titles.get(path) or _plain_title(path),
            "mistakes": mistakes[path],
            "is_practice": kind_of(path) == Kind.PRACTICE,
        }
        for path in sorted(script_files().list_paths(), key=_folder)
    ]
    by_folder = {
        folder: list(own) for folder, own in groupby(rows, lambda row: _folder(str(row["path"])))
    }
    known = [*TRACKS, PASSAGES]
    others = [folder for folder in by_folder if folder not in known]
    folders = [
        {"name": name, "heading": _heading(name), "rows": by_folder[name]}
        for name in (*known, *others)
        if name in by_folder
    ]
    choices = [(name, _heading(name)) for name in known]
    like = request.args.get("like", "")
    return render_template(
        "author/index.html",
        folders=folders,
        choices=choices,
        like=like if like in titles else "",
        like_folder=_folder(like),
    )


@author.get("/<path:path>")
def edit(path: str) -> str | Response:
    """Show one script to be written on; one that is no text leads back to the list."""
    try:
        file = open_script(path)
    except ScriptNotWritten:
        return redirect(url_for("author.index"))
    kind = kind_of(path)
    data = {"path": path, "kind": kind.value, "text": file.text, "version": file.version}
    titles = _titles()
    return render_template(
        "author/edit.html",
        path=path,
        title=titles.get(path) or _plain_title(path),
        data=data,
        is_practice=kind == Kind.PRACTICE,
        copy_url=url_for("author.index", like=path) if path in titles else None,
        is_lexicon=kind == Kind.LEXICON,
    )


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _heading(folder: str) -> str:
    if folder in HEADINGS:
        return str(HEADINGS[folder])
    if folder == PASSAGES:
        return gettext("Passages that practices share")
    return folder or gettext("For all of them")


def _plain_title(path: str) -> str:
    """Call a file that has no title by its name."""
    name = path.rpartition("/")[2].rpartition(".")[0]
    return name.replace("-", " ").capitalize()


def _titles() -> dict[str, str]:
    """The titles of the practices in the library, by their files."""
    catalogue = get_rooms().catalogue
    loaded = (catalogue.get(script.slug) for script in catalogue.scripts())
    return {each.path.partition("/")[2]: each.script.title for each in loaded}


def _mistakes() -> Counter[str]:
    """How many mistakes each file has that is kept out of the library for them."""
    problems = get_rooms().catalogue.problems()
    return Counter(problem.path.partition("/")[2] for problem in problems)
