"""What applications are made of is compiled once in a process, whatever number of them it makes.

Most tests of the web make their own. Compiling is nine tenths of what an application costs, and
a third of what a page costs that is shown for the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]

_compile: Callable[[Rule, bool], Build] = Rule._compile_builder
_compiled: dict[object, Build] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Build:
    """Two functions for each route; they depend on it alone, and are given it when called."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key: tuple[Any, ...] = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]


class _Templates(BytecodeCache):
    """The code of each template by its file and what is written there."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


def compile_once() -> None:
    """From now on."""
    Rule._compile_builder = _compile_once  # type: ignore[method-assign]
    Flask.jinja_options = {"bytecode_cache": _Templates()}
