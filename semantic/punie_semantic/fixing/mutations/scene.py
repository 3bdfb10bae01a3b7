"""A source file as mutation operators see it: its tree, what its variables held, and why the test fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.mutations.evidence import Evidence
from punie_semantic.fixing.tree import Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef
Names = Mapping[str, str]
_TIGHT = (ast.BinOp, ast.UnaryOp, ast.Await, ast.Starred)
_LOOSE = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.Compare, ast.UnaryOp, ast.NamedExpr)
_INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LONGEST = 60


@dataclass(frozen=True)
class Mutation:
    """One edit of a source file.

    Attributes:
        edits: of its text.
        title: what it does, as a menu shows it.
        weight: from 0 to 1, how often such an edit is the repair, before the evidence counts.
        node: where it is.
        operator: who proposes it.
        why: a short clause in its favour; empty when there is nothing special.
    """

    edits: tuple[Edit, ...]
    title: str
    weight: float
    node: ast.AST
    operator: str = ""
    why: str = ""

    def by(self, operator: str, boost: float) -> Mutation:
        """The same from a named operator, made likelier by the evidence."""
        return replace(self, operator=operator, weight=self.weight * boost)


@dataclass
class Observed:
    """What a run saw: types of variables and keys of mappings by their function's file and line, members by type."""

    scopes: Mapping[tuple[str, int], Names] = field(default_factory=dict)
    members: Mapping[str, Names] = field(default_factory=dict)
    keys: Mapping[tuple[str, int], Mapping[str, list[str]]] = field(default_factory=dict)


class Scene:
    """One source file."""

    def __init__(self, file: str, text: str, evidence: Evidence, observed: Observed) -> None:
        self.file = file
        self.text = text
        self.tree = Tree(text)
        self.evidence = evidence
        self.observed = observed

    @property
    def facts(self) -> frozenset[str]:
        """What the evidence says about the fault."""
        return self.evidence.facts

    def source(self, node: ast.AST) -> str:
        """A node's text."""
        return self.tree.source(node)

    def function(self, node: ast.AST) -> Function | None:
        """The function whose body a node is in."""
        return self.tree.function_of(node)

    def locals(self, node: ast.AST) -> Names:
        """The variables around a node, with the types of what they held; empty when it never ran."""
        function = self.function(node)
        lines = [outer.lineno for outer in self.tree.parents(node) if isinstance(outer, _INNER)]
        found: dict[str, str] = {}
        for line in [*([first_line(function)] if function else []), *reversed(lines)]:
            found |= self.observed.scopes.get((self.file, line), {})
        return found

    def keys(self, node: ast.AST, name: str) -> list[str]:
        """The keys that a mapping in a variable had."""
        function = self.function(node)
        found = self.observed.keys.get((self.file, first_line(function)), {}) if function else {}
        return list(found.get(name, ()))

    def type_of(self, node: ast.expr) -> str:
        """The type that an expression had; empty when it is not known."""
        if isinstance(node, ast.Name):
            return self.locals(node).get(node.id, "")
        if isinstance(node, ast.Attribute):
            return self.members(node.value).get(node.attr, "")
        return type(node.value).__name__ if isinstance(node, ast.Constant) else ""

    def members(self, node: ast.expr) -> Names:
        """The attributes of an expression's value, with their types; only for the project's own classes."""
        return self.observed.members.get(self.type_of(node), {})

    def swap(self, node: ast.AST, text: str, weight: float, why: str = "") -> Mutation:
        """Another text for a node."""
        start, end = self.tree.span(node)
        return self.edit(node, start, end, text, weight, why)

    def wrap(self, node: ast.expr, text: str, weight: float, why: str = "") -> Mutation:
        """Another expression for a node, in brackets where it would bind differently."""
        return self.swap(node, f"({text})" if _is_loose(text, node, self.tree.parent(node)) else text, weight, why)

    def edit(self, node: ast.AST, start: int, end: int, text: str, weight: float, why: str = "") -> Mutation:
        """Another text for a part of the file."""
        old = self.text[start:end]
        return Mutation((Edit(start, end, text),), titled(old, text), weight, node, why=why)

    def between(self, left: ast.AST, right: ast.AST) -> tuple[int, int]:
        """What lies between two nodes."""
        return self.tree.span(left)[1], self.tree.span(right)[0]


def titled(old: str, new: str) -> str:
    """What an edit does, in words."""
    before, after = _short(old), _short(new)
    if not before:
        return f"Insert {after}"
    return f"Change {before} to {after}" if after else f"Remove {before}"


def first_line(function: Function) -> int:
    """The line that a function's code starts in."""
    return min([function.lineno, *(d.lineno for d in function.decorator_list)])


def parameters(function: Function) -> list[str]:
    """The names of a function's parameters."""
    args = function.args
    found = [*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in (args.vararg, args.kwarg) if a)]
    return [arg.arg for arg in found]


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """A function's nodes without those of functions and classes inside of it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from own_nodes(child)


def _is_loose(text: str, node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether a text in the place of a node would be read differently without brackets."""
    try:
        new = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return True
    if getattr(parent, "value", None) is node and isinstance(parent, ast.Attribute | ast.Subscript):
        return isinstance(new, (*_LOOSE, ast.BinOp))
    if isinstance(parent, _TIGHT):
        return isinstance(new, (*_LOOSE, ast.BinOp))
    return isinstance(parent, ast.Compare | ast.BoolOp | ast.IfExp) and isinstance(new, _LOOSE)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
