"""A special method or attribute whose name is misspelt, `__inti__`: whatever depends on it is reported elsewhere."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, proposal
from punie_semantic.fixing.likeness import edits_between
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.project_names import ProjectNames, project_names
from punie_semantic.fixing.spots import Function, decorators
from punie_semantic.fixing.tree import Tree

GENERATOR = "misspelt special name"
MOST_FILES = 8
_OPERATORS = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or".split()  # noqa: SIM905
_METHODS = (
    "abs aenter aexit aiter anext annotations await bool buffer bytes call ceil class_getitem complex contains copy"
    " deepcopy del delattr delete delitem dict dir doc enter eq exit float floor format fspath ge get getattr"
    " getattribute getitem getnewargs getnewargs_ex getstate gt hash index init init_subclass instancecheck int invert"
    " iter le len length_hint lt match_args missing module mro_entries name ne neg new next pos post_init prepare"
    " qualname reduce reduce_ex release_buffer repr reversed round set set_name setattr setitem setstate sizeof slots"
    " str subclasscheck subclasshook trunc weakref"
)
# What Python 2, other libraries or Python itself use is no slip, though it is like what is meant elsewhere.
_STRANGE = (
    "class cmp coerce div file getslice hex html idiv import json long main members metaclass nonzero objclass oct path"
    " rdiv rich self signature setslice spec subclasses type unicode version wrapped"
)
_FREQUENT = "init repr str eq hash len iter next call enter exit getitem setitem contains lt new"
_MEANT = frozenset([*_METHODS.split(), *(f"{side}{name}" for name in _OPERATORS for side in ("", "r", "i"))])
_OTHERS = frozenset(_STRANGE.split())
_USUAL = frozenset([*_FREQUENT.split(), *_OPERATORS])
_SPECIAL = re.compile(r"\b(_{1,3})([a-z][a-z_]*[a-z])(_{1,3})(?!\w)")
_NAME = re.compile(r"[^\W\d]\w*")
_BASES = re.compile(r"^class[ \t]+(\w+)[ \t]*\(([^()]*)\)", re.M)


async def generate(place: Place) -> list[Candidate]:
    """For the classes of this file; for those of other files that the problem names, when here is none."""
    names = _named(place)
    found = _in_text(place.text) and list(_of_file("", place.tree, names, place.start))
    if not found and place.problem.tool == "ty":
        project = await project_names(place.workspace)
        found = [c for path in _paths(place, project, names) for c in _of_other(place, path, names)]
    return sorted(found or [], key=lambda candidate: -candidate.weight)[:6]


def _named(place: Place) -> set[str]:
    """The names in the message and in the lines of the problem."""
    lines = place.text[place.tree.line_start(place.start) : place.tree.line_end(max(place.end - 1, place.start))]
    return {name for text in (*place.quoted, lines) for name in _NAME.findall(text)}


def _in_text(text: str) -> bool:
    """Whether a text has a name that is almost a special one at all."""
    return any(_meant(match[0]) for match in _SPECIAL.finditer(text))


def _paths(place: Place, project: ProjectNames, names: set[str]) -> Iterator[Path]:
    """The other files that define what is named, or bases of it."""
    waiting = sorted(names)
    known, seen = set(waiting), {place.file}
    bases = dict(_BASES.findall(place.text))
    while waiting and len(seen) <= MOST_FILES:
        name = waiting.pop(0)
        for _, path in project.defining(name)[:2]:
            if path not in seen:
                seen.add(path)
                bases |= dict(_BASES.findall(_text(place, path)))
                yield path
        further = [base for base in _NAME.findall(bases.get(name, "")) if base not in known]
        known.update(further)
        waiting += further


def _of_other(place: Place, path: Path, names: set[str]) -> Iterator[Candidate]:
    text = _text(place, path)
    if _in_text(text):
        yield from _of_file(path.relative_to(place.workspace.root).as_posix(), Tree(text), names)


def _text(place: Place, path: Path) -> str:
    try:
        return place.workspace.overlay.text(path)
    except SemanticError:
        return ""


def _of_file(file: str, tree: Tree, names: set[str], at: int = -1) -> Iterator[Candidate]:
    """The misspelt special names of a file's classes, those first that are named or around the problem."""
    written = Counter(match[0] for match in _SPECIAL.finditer(tree.text))
    for node in tree.nodes:
        if isinstance(node, ast.ClassDef):
            start, end = tree.span(node)
            share = 1.0 if node.name in names or start <= at < end else 0.9
            members = list(_members(tree, node))
            there = {name for name, _ in members} - _overloaded(node)
            for name, span in members:
                # What is written more than once is meant so, most often.
                likely = share * (1.0 if written[name] == 1 else 0.6)
                for right, weight in _meant(name):
                    if right not in there:
                        title, edits = f"Rename {name} to {right}", (Edit(*span, right),)
                        owner, why = FoundClass(file, tree, node), f"Python knows no {name}"
                        yield proposal(owner, title, edits, weight * likely, why, name=GENERATOR)


def _overloaded(owner: ast.ClassDef) -> set[str]:
    """The methods of which one more may be defined."""
    return {s.name for s in owner.body if isinstance(s, Function) and "overload" in decorators(s)}


def _members(tree: Tree, owner: ast.ClassDef) -> Iterator[tuple[str, tuple[int, int]]]:
    """The methods and attributes of a class body, with the place of their names."""
    for statement in owner.body:
        if isinstance(statement, Function):
            span = name_span(tree, statement, statement.name)
            if span is not None:
                yield statement.name, span
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield target.id, tree.span(target)


def _meant(name: str) -> list[tuple[str, float]]:
    """The special names that one could be: one letter too many, too few or wrong, two exchanged, an underscore lost."""
    found = _SPECIAL.fullmatch(name)
    if found is None:
        return []
    before, word, behind = found.groups()
    if before == behind == "__":
        if word in _MEANT or word in _OTHERS:
            return []
        near = [known for known in _MEANT if edits_between(word, known) == 1]
        scored = [(f"__{known}__", _weight(word, known)) for known in near]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:3]
    surplus = len(before) + len(behind) != 2
    return [(f"__{word}__", 0.93 if surplus else 0.6)] if word in _MEANT else []


def _weight(word: str, known: str) -> float:
    """How likely the one is a slip for the other."""
    swapped = sorted(word) == sorted(known)
    replaced = len(word) == len(known) and not swapped
    return 0.91 + 0.03 * swapped + 0.03 * (known in _USUAL) - 0.15 * replaced - 0.05 * (len(known) < 3)
