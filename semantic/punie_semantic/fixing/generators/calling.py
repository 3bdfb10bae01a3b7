"""A call at a problem: its arguments, the parameters as ty tells them, calls of the same function, its definition."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from punie_semantic.fixing import type_text
from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.likeness import likeness
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.tree import Tree
from punie_semantic.paths import relative

Kind = Literal["positional", "both", "keyword", "*", "**"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
_NOT_OURS = frozenset({"site-packages", ".venv", "venv", "node_modules"})


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function that is called; `self` is left out where a call does not write it."""

    name: str
    kind: Kind
    type: str
    default: str

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return not self.default and self.kind not in ("*", "**")


@dataclass(frozen=True)
class Definition:
    """A function of the project that is called: its node in its file's tree."""

    function: Function
    tree: Tree
    file: str


def marked_call(place: Place) -> ast.Call | None:
    """The call that a problem marks as a whole."""
    node = place.tree.node_at(place.start, place.end)
    node = node.value if isinstance(node, ast.Expr | ast.Await) else node
    return node if isinstance(node, ast.Call) else None


def call_around(place: Place) -> ast.Call | None:
    """The call whose argument a problem marks."""
    node = place.tree.node_at(place.start, place.end)
    around = (node, *place.tree.parents(node)) if node is not None else ()
    calls = (outer for outer in around if isinstance(outer, ast.Call))
    return next((call for call in calls if place.tree.span(call.func)[1] <= place.start), None)


async def parameters_of(place: Place, call: ast.Call) -> list[list[Parameter]]:
    """The parameters of what is called, one list for each overload; empty when ty does not know it."""
    signatures = await place.signatures(place.tree.span(call)[1] - 1)
    return [parameters_in(str(signature.get("label") or "")) for signature in signatures]


def parameters_in(label: str) -> list[Parameter]:
    """The parameters of a signature as ty writes it: `(name: str, /, *, size: int = 3) -> Box`."""
    if label.startswith("["):
        label = label[len(type_text.bracketed(label, 0)) + 2 :]
    start = label.find("(")
    inside = type_text.bracketed(label, start) if start >= 0 else ""
    found: list[Parameter] = []
    keywords = False
    for part in type_text.parts(inside, ", ") if inside.strip() else []:
        if part == "/":
            found = [Parameter(p.name, "positional", p.type, p.default) for p in found]
        elif part == "*":
            keywords = True
        else:
            one = _parameter(part, keywords=keywords)
            keywords = keywords or one.kind == "*"
            found.append(one)
    return found


def _parameter(text: str, *, keywords: bool) -> Parameter:
    declared, _, default = text.partition(" = ")
    if ":" not in declared and "=" in declared:
        declared, _, default = declared.partition("=")
    name, _, annotation = declared.partition(":")
    stars = len(name) - len(name.lstrip("*"))
    kinds: tuple[Kind, ...] = ("keyword" if keywords else "both", "*", "**")
    return Parameter(name.strip().lstrip("*"), kinds[stars], annotation.strip(), default.strip())


def callee(call: ast.Call) -> str:
    """The last name of what is called; empty for none."""
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )


def siblings(place: Place, call: ast.Call) -> list[ast.Call]:
    """Other calls in the file of what has the same name."""
    name = callee(call)
    if not name:
        return []
    calls = [node for node in place.tree.nodes if isinstance(node, ast.Call)]
    return [other for other in calls if other is not call and callee(other) == name]


async def definition_of(place: Place, call: ast.Call) -> Definition | None:
    """The function of the project that a call calls: for a class its `__init__`."""
    for target in await place.definitions(place.tree.span(call.func)[1] - 1):
        root = place.workspace.root
        if not target.path.is_relative_to(root) or _NOT_OURS & set(target.path.relative_to(root).parts):
            continue
        tree = place.tree_of(target.path)
        node = tree.node_at(target.start, target.end) if tree else None
        function = _function(node)
        if tree is not None and function is not None and not tree.broken:
            return Definition(function, tree, "" if target.path == place.file else relative(root, target.path))
    return None


def _function(node: ast.AST | None) -> Function | None:
    if isinstance(node, ast.ClassDef):
        return next((n for n in node.body if isinstance(n, Function) and n.name in ("__init__", "__new__")), None)
    return node if isinstance(node, Function) else None


def agreement(arguments: list[ast.expr], parameters: list[Parameter]) -> float:
    """How well positional arguments fit the names of the parameters: the sum of their likenesses."""
    return sum(
        likeness(spoken(argument), parameter.name)
        for argument, parameter in zip(arguments, parameters, strict=False)
        if spoken(argument)
    )


def spoken(argument: ast.expr) -> str:
    """The name that an argument has by itself: `size` of `box.size`."""
    match argument:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Starred(value=inner) | ast.Await(value=inner):
            return spoken(inner)
    return ""


def removal(place: Place, call: ast.Call, argument: ast.expr | ast.keyword) -> Edit:
    """The edit that drops an argument with its comma."""
    every = sorted([*call.args, *call.keywords], key=lambda a: place.tree.span(a)[0])
    index = every.index(argument)
    start, end = place.tree.span(argument)
    if index + 1 < len(every):
        return Edit(start, place.tree.span(every[index + 1])[0], "")
    if index:
        return Edit(place.tree.span(every[index - 1])[1], end, "")
    rest = re.compile(r"\s*,").match(place.text, end)
    return Edit(start, rest.end() if rest else end, "")


def insertion(place: Place, call: ast.Call, index: int, text: str) -> Edit:
    """The edit that puts an argument before the one with an index, in the layout of the others."""
    every = sorted([*call.args, *call.keywords], key=lambda a: place.tree.span(a)[0])
    if not every:
        end = place.tree.span(call)[1]
        return Edit(end - 1, end - 1, text)
    if index < len(every):
        start = place.tree.span(every[index])[0]
        return Edit(start, start, f"{text},{_gap(place, start, every)}")
    end = place.tree.span(every[-1])[1]
    return Edit(end, end, f",{_gap(place, place.tree.span(every[-1])[0], every)}{text}")


def _gap(place: Place, start: int, every: list[ast.expr | ast.keyword]) -> str:
    """What stands between arguments: a space, or a line end with the indentation of the one that starts there."""
    line_start = place.tree.line_start(start)
    alone = not place.text[line_start:start].strip()
    lines = {place.tree.lines.position(place.tree.span(one)[0], "utf-32")["line"] for one in every}
    if alone and len(lines) == len(every):
        return "\n" + place.text[line_start:start]
    return " "
