"""Finds the conditions that say whose a thing is, and takes one out of the code at a time."""

from __future__ import annotations
import __future__

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

SERVER = Path(__file__).parents[2] / "server"
ROOMS = ("store", "render", "web")

OWNERS = frozenset({"client_id", "therapist_id", "room_id", "device_hash"})
"""Whose a thing is."""

STANDING = frozenset(
    {"left_at", "joined_at", "removed_at", "revoked_at", "withdrawn_at", "ended_at"}
    | {"joined", "removed", "active", "is_head", "declined_at"}
)
"""Whether they or it still are what they were."""

ASKED = frozenset({"is_from_device"})
"""A function that is a condition by itself."""

WORDS = OWNERS | STANDING | ASKED | {"active", "is_head", "compare_digest"}
"""What no condition is without."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition in the code of the house."""

    module: str
    function: str
    """With its class, where it has one."""
    text: str

    @property
    def name(self) -> str:
        """By which a list knows it."""
        return f"{self.module.removeprefix('server.')}.{self.function}: {self.text}"

    def find_function(self) -> FunctionType:
        """The function itself, without what is wrapped around it."""
        found: Any = importlib.import_module(self.module)
        for part in self.function.split("."):
            found = getattr(found, part)
        function = inspect.unwrap(found)
        assert isinstance(function, FunctionType)
        return function

    def code_without(self) -> CodeType:
        """The code of the function in which the condition lets everybody pass."""
        function = self.find_function()
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        (definition,) = tree.body
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        taker = _Taker(self.text)
        taker.visit(tree)
        assert taker.is_done, f"{self.name} is not there"
        code = compile(
            ast.fix_missing_locations(tree),
            inspect.getfile(function),
            "exec",
            flags=__future__.annotations.compiler_flag,
        )
        scope: dict[str, Any] = {}
        exec(code, function.__globals__, scope)
        made = scope[definition.name].__code__
        assert isinstance(made, CodeType)
        return made


class _Taker(ast.NodeTransformer):
    """Puts what lets pass in the place of a condition."""

    def __init__(self, text: str) -> None:
        self.text, self.is_done = text, False

    def visit(self, node: ast.AST) -> Any:
        if is_condition(node) and ast.unparse(node) == self.text:
            self.is_done = True
            return ast.Constant(not _refuses(node))
        return self.generic_visit(node)


def _refuses(node: ast.AST) -> bool:
    """True for what is true of those who are not to pass: `row.client_id != client.id`."""
    return isinstance(node, ast.Compare) and isinstance(
        node.ops[0], ast.NotEq | ast.IsNot | ast.NotIn
    )


def is_condition(node: ast.AST) -> bool:
    """Tell whether something asks whose a thing is, or whether they still are."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in ASKED
        case ast.Call(func=ast.Attribute(value=asked, attr="is_" | "is_not")):
            return _names(asked)
        case ast.Compare():
            return _names(node) and not _joins(node)
        case ast.Attribute(attr="active" | "is_head", ctx=ast.Load()):
            return True
        case ast.Call(func=ast.Attribute(attr="compare_digest")):
            return True
    return False


def _names(node: ast.AST) -> bool:
    """Tell whether one of the sides is an owner or a state, and not merely built from one."""
    sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node]
    names = {each.attr for each in sides if isinstance(each, ast.Attribute)}
    names |= {each.id for each in sides if isinstance(each, ast.Name)}
    return bool(names & (OWNERS | STANDING))


def _joins(node: ast.Compare) -> bool:
    """Tell whether two columns are compared: that is how tables hang together."""
    sides = (node.left, *node.comparators)
    return all(
        isinstance(each, ast.Attribute)
        and isinstance(each.value, ast.Name)
        and each.value.id.endswith("Row")
        for each in sides
    )


def find_conditions() -> Iterator[Condition]:
    """All conditions of the rooms that hold and hand over what is somebody's."""
    for room in ROOMS:
        for path in sorted((SERVER / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            text = path.read_text("utf-8")
            if any(word in text for word in WORDS):
                parts = path.relative_to(SERVER.parent).with_suffix("").parts
                module = ".".join(parts).removesuffix(".__init__")
                yield from _conditions_in(ast.parse(text), module, "")


def _conditions_in(node: ast.AST, module: str, function: str) -> Iterator[Condition]:
    for child in ast.iter_child_nodes(node):
        if is_condition(child):
            yield Condition(module=module, function=function, text=ast.unparse(child))
            continue
        inner = function
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{function}.{child.name}".lstrip(".")
        yield from _conditions_in(child, module, inner)
