"""The names that a program may use: results with their fields, tools with their parameters. For "did you mean"."""

from __future__ import annotations

import ast
import builtins
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MOST_KEPT = 16


@dataclass(frozen=True)
class Vocabulary:
    """Names out of stubs.

    Attributes:
        fields: of every class.
        parameters: of every function.
        signatures: of every function, as one line.
        dictionaries: the classes whose fields are keys.
    """

    fields: dict[str, tuple[str, ...]]
    parameters: dict[str, tuple[str, ...]]
    signatures: dict[str, str]
    dictionaries: frozenset[str] = frozenset()

    def names(self) -> set[str]:
        """All names that need no import."""
        return {*self.fields, *self.parameters, *vars(builtins)}


@lru_cache(maxsize=MOST_KEPT)
def vocabulary(stubs: str) -> Vocabulary:
    """The vocabulary of some stubs."""
    fields: dict[str, tuple[str, ...]] = {}
    parameters: dict[str, tuple[str, ...]] = {}
    signatures: dict[str, str] = {}
    dictionaries: set[str] = set()
    for node in ast.parse(stubs).body:
        if isinstance(node, ast.ClassDef):
            annotated = [
                n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
            ]
            if annotated:
                fields[node.name] = tuple(annotated)
            if any(isinstance(base, ast.Name) and base.id == "TypedDict" for base in node.bases):
                dictionaries.add(node.name)
        elif isinstance(node, ast.FunctionDef):
            parameters[node.name] = tuple(a.arg for a in node.args.args + node.args.kwonlyargs)
            returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            signatures[node.name] = f"{node.name}({ast.unparse(node.args)}){returned}"
    return Vocabulary(fields, parameters, signatures, frozenset(dictionaries))


def nearest(name: str, names: Iterable[str], most: int = 2) -> str:
    """A question with the names that are most like one; empty when none is."""
    near = difflib.get_close_matches(name[:80], sorted(names), n=most, cutoff=0.6)
    return f"Did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else ""
