"""Random places for refactorings: expressions, runs of statements, names, functions and assignments of a file."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import libcst as cst

from punie_semantic.refactor.tree import Tree

MAX_RUN = 4
_MIX = (
    *("extract_variable",) * 3,
    *("extract_function",) * 4,
    *("inline_variable",) * 6,
    "annotate_types",
)


@dataclass(frozen=True)
class Place:
    """A refactoring and what it is asked to work on."""

    refactoring: str
    span: tuple[int, int]
    every: bool = False


def random_place(tree: Tree, chance: random.Random) -> Place | None:
    """A place where the refactoring has at least something to look at; None for a file without any."""
    refactoring = chance.choice(_MIX)
    match refactoring:
        case "extract_variable":
            span = _expression(tree, chance)
        case "extract_function":
            span = _statements(tree, chance) if chance.random() < 0.7 else _expression(tree, chance)
        case "inline_variable":
            span = _name(tree, chance)
        case _:
            span = _head(tree, chance)
    return Place(refactoring, span, every=chance.random() < 0.2) if span else None


def _any(tree: Tree, chance: random.Random, nodes: list[cst.CSTNode]) -> tuple[int, int] | None:
    return tree.span(chance.choice(nodes)) if nodes else None


def _expression(tree: Tree, chance: random.Random) -> tuple[int, int] | None:
    kinds = (cst.BaseExpression,)
    plain = (cst.Name, cst.BaseString, cst.BaseNumber)
    return _any(tree, chance, [n for n in tree.nodes() if isinstance(n, kinds) and not isinstance(n, plain)])


def _statements(tree: Tree, chance: random.Random) -> tuple[int, int] | None:
    blocks = [n for n in tree.nodes() if isinstance(n, cst.IndentedBlock)]
    if not blocks:
        return None
    body = chance.choice(blocks).body
    first = chance.randrange(len(body))
    last = min(len(body) - 1, first + chance.randrange(MAX_RUN))
    return tree.span(body[first])[0], tree.span(body[last])[1]


def _name(tree: Tree, chance: random.Random) -> tuple[int, int] | None:
    """A variable that is set by a plain assignment and named twice in its function; most other names are refused."""
    targets = [n.target for n in tree.nodes() if isinstance(n, cst.AssignTarget) and isinstance(n.target, cst.Name)]
    twice = []
    for name in targets:
        function = tree.enclosing(name, cst.FunctionDef)
        if function is not None and len(re.findall(rf"\b{name.value}\b", tree.code(function))) == 2:
            twice.append(name)
    return _any(tree, chance, [*twice, *twice, *targets])


def _head(tree: Tree, chance: random.Random) -> tuple[int, int] | None:
    found = _any(tree, chance, [n for n in tree.nodes() if isinstance(n, cst.FunctionDef | cst.Assign)])
    return (found[0], found[0]) if found else None
