"""What pages are made of: scripts and styles, packed, and asked for all at once.

A module names others, and these name others again. On a slow line each of these steps would be a
way to the server and back; so a page names all modules that a script will want.
"""

from __future__ import annotations

import gzip
import posixpath
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup, escape

PACKED = ("text/javascript", "text/css", "image/svg+xml")
"""They shrink to a third or a fourth. Sound and pictures are small already; pages stay as they are,
since what is packed beside a secret tells of it by its length.
"""

_IMPORT = re.compile(r'\b(?:import|from)\s+"(\.{1,2}/[^"]+)"')


def install_static(app: Flask) -> None:
    """Send static files packed to whoever takes that, and give templates `module()`."""
    app.view_functions["static"] = send_static
    app.jinja_env.globals["module"] = module


def send_static(filename: str) -> Response:
    """Flask's answer; its text by gzip where the browser takes it. Each form has its own tag."""
    answer = current_app.send_static_file(filename)
    if answer.mimetype not in PACKED:
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.status_code != 200 or not request.accept_encodings.quality("gzip"):
        return answer
    answer.close()
    tag, _ = answer.get_etag()
    path = Path(current_app.static_folder or "") / filename
    packed = Response(_packed(path, str(tag)), headers=answer.headers)
    packed.content_encoding = "gzip"
    packed.set_etag(f"{tag}-gzip")
    packed.make_conditional(request.environ)
    return packed


@lru_cache(maxsize=256)
def _packed(path: Path, tag: str) -> bytes:
    """A file by gzip; another tag is another file."""
    return gzip.compress(path.read_bytes(), mtime=0)


def module(name: str) -> Markup:
    """The tag of a script, behind links to whatever it imports and the page has not named yet."""
    named: set[str] = g.setdefault("named_modules", set())
    wanted = [
        each for each in list_modules(str(current_app.static_folder), name)[1:] if each not in named
    ]
    named.update(wanted)
    folder = escape(url_for("static", filename=""))  # once: a page may want 45 of its modules
    links = [f'<link rel="modulepreload" href="{folder}{each}">' for each in wanted]
    script = f'<script type="module" src="{folder}{name}"></script>'
    return Markup("\n".join([*links, script]))  # noqa: S704 - names are those of our own files


@lru_cache(maxsize=64)
def list_modules(folder: str, name: str) -> tuple[str, ...]:
    """A module and all that it imports, or what it imports does, each once; names in a folder."""
    found = [name]
    for each in found:
        text = Path(folder, each).read_text(encoding="utf-8")
        for path in _IMPORT.findall(text):
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(each), path))
            if wanted not in found:
                found.append(wanted)
    return tuple(found)
