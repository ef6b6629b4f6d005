"""Routes that are compiled once in a process, whatever number of applications it makes.

Werkzeug compiles two functions for each route of each application, which is nine tenths of what an
application costs; most tests of the web make their own. What is compiled depends on the route
alone: it is given the rule that it builds an address for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]

_compile: Callable[[Rule, bool], Build] = Rule._compile_builder
_compiled: dict[object, Build] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Build:
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key: tuple[Any, ...] = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


def compile_routes_once() -> None:
    """From now on."""
    Rule._compile_builder = _compile_once  # type: ignore[method-assign]
