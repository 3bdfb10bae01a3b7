"""All the mutations of the suspicious lines, the likeliest first."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.mutations.scene import Function, Mutation, Scene, first_line
from punie_semantic.fixing.mutations.table import OPERATORS, Operator
from punie_semantic.fixing.tree import Tree, parses

MOST_MUTANTS = 6000
MOST_EACH = 24
LEAST_SUSPICION = 0.05


@dataclass(frozen=True)
class Mutant:
    """A source file with one mutation.

    Attributes:
        scene: the file as it is.
        path: the file.
        mutation: the edit.
        suspicion: how suspicious its place is.
    """

    scene: Scene
    path: Path
    mutation: Mutation
    suspicion: float

    @property
    def prior(self) -> float:
        """How likely it is the repair, before anything ran; only its order counts."""
        return self.suspicion * min(self.mutation.weight, 1.2)

    @cached_property
    def text(self) -> str:
        """The file's text with it."""
        return applied(self.scene.text, self.mutation.edits)

    @property
    def size(self) -> int:
        """How many characters it takes away and puts in."""
        return sum(edit.end - edit.start + len(edit.text) for edit in self.mutation.edits)

    @property
    def line(self) -> int:
        """The line where it begins, from 1."""
        return self.scene.tree.lines.position(self.mutation.edits[0].start, "utf-32")["line"] + 1

    def functions(self) -> list[Function]:
        """The functions in whose bodies it is, innermost first."""
        found = []
        inner = self.scene.tree.function_of(self.mutation.node)
        while inner is not None:
            found.append(inner)
            inner = self.scene.tree.function_of(inner)
        return found

    def lines_called(self) -> list[int]:
        """The lines that these functions start in."""
        return [first_line(function) for function in self.functions()]


def proposals(
    scenes: Iterable[tuple[Scene, Path, Iterable[tuple[ast.AST, float]]]], operators: Sequence[Operator] = OPERATORS
) -> list[Mutant]:
    """The mutants of some files, the likeliest first; each text once."""
    found: dict[tuple[str, tuple[object, ...]], Mutant] = {}
    for scene, path, places in scenes:
        for mutant in _of_file(scene, path, places, operators):
            key = (scene.file, mutant.mutation.edits)
            if key not in found or found[key].prior < mutant.prior:
                found[key] = mutant
    ranked = sorted(found.values(), key=lambda m: (-round(m.prior, 6), m.size, m.scene.file, m.mutation.edits[0].start))
    return ranked[:MOST_MUTANTS]


def _of_file(
    scene: Scene, path: Path, places: Iterable[tuple[ast.AST, float]], operators: Sequence[Operator]
) -> Iterator[Mutant]:
    boosts = [(operator, operator.boost(scene.facts)) for operator in operators]
    for node, suspicion in places:
        if suspicion < LEAST_SUSPICION or (_in_text(scene, node) and not _is_exact(scene, node)):
            continue
        for operator, boost in boosts:
            if not isinstance(node, operator.nodes):
                continue
            for number, mutation in enumerate(operator.propose(scene, node)):
                if number >= MOST_EACH:
                    break
                if any(scene.text[e.start : e.end] != e.text for e in mutation.edits):
                    yield Mutant(scene, path, mutation.by(operator.name, boost), math.sqrt(suspicion))


def compiles(mutant: Mutant) -> bool:
    """Whether the mutant is Python."""
    return parses(mutant.text)


def trees(texts: Iterable[tuple[str, str]]) -> dict[str, Tree]:
    """The trees of some files that parse."""
    found = {file: Tree(text) for file, text in texts}
    return {file: tree for file, tree in found.items() if not tree.broken}


def _in_text(scene: Scene, node: ast.AST) -> bool:
    return any(isinstance(outer, ast.JoinedStr) for outer in scene.tree.parents(node))


def _is_exact(scene: Scene, node: ast.AST) -> bool:
    """Whether a node in an f-string is where it says: older Pythons do not know."""
    if not isinstance(node, ast.expr) or isinstance(node, ast.JoinedStr | ast.FormattedValue):
        return False
    try:
        again = ast.parse(f"({scene.source(node)})", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return ast.dump(again) == ast.dump(node)
