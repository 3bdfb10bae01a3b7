"""Which lines are likely at fault: what failing tests execute and passing ones do not, tracebacks, recent edits."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.mutations.evidence import Evidence
from punie_semantic.fixing.tree import Tree
from punie_semantic.repository import git
from punie_semantic.text_edits import line_edits
from punie_semantic.workspace import Workspace

INNERMOST = 1.6
ON_THE_WAY = 1.15
RECENT = 1.8
USED = 0.7
DEFAULTS = 0.75
LEAST = 0.15
GIT_SECONDS = 3.0
Lines = dict[str, dict[int, float]]
_HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def suspicions(observed: Mapping[str, Any], failing: Iterable[str], passing: Iterable[str]) -> Lines:
    """Ochiai's number for each line that a failing test executes: 1 for those that no passing test does."""
    wanted = set(failing)
    bad: Counter[tuple[str, int]] = Counter()
    good: Counter[tuple[str, int]] = Counter()
    passes = set(passing)
    for test, files in observed.get("lines", {}).items():
        if test in wanted or test in passes:
            executed = [(file, number) for file, numbers in files.items() for number in numbers]
            (bad if test in wanted else good).update(executed)
    found: Lines = {}
    for (file, number), count in bad.items():
        value = count / math.sqrt(max(len(wanted), 1) * (count + good[file, number]))
        found.setdefault(file, {})[number] = max(value, LEAST)
    return found


def with_frames(lines: Lines, evidence: Evidence, sources: Iterable[str]) -> None:
    """Lines of the traceback are likelier, the innermost one most."""
    known = set(sources)
    frames = [frame for frame in evidence.frames if frame.file in known]
    for frame in frames:
        there = lines.setdefault(frame.file, {})
        factor = INNERMOST if frame is frames[-1] else ON_THE_WAY
        there[frame.line] = there.get(frame.line, LEAST) * factor


def with_recent(lines: Lines, recent: Mapping[str, set[int]]) -> None:
    """Lines that were changed lately are likelier."""
    for file, numbers in recent.items():
        there = lines.get(file, {})
        for number in numbers & there.keys():
            there[number] *= RECENT


async def recent_lines(workspace: Workspace) -> dict[str, set[int]]:
    """Lines that differ from the last commit, on disk or in the overlay; none when git does not say."""
    found: dict[str, set[int]] = {}
    options = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all", "--relative", "--unified=0"]
    try:
        done = await git(workspace.root, ["diff", *options, "HEAD", "--", "."], timeout=GIT_SECONDS)
    except SemanticError:
        return found
    file = ""
    for line in done.stdout.decode(errors="replace").splitlines():
        if line.startswith("+++ "):
            file = line.removeprefix("+++ ").removeprefix("b/")
        elif match := _HUNK.match(line):
            start, count = int(match[1]), int(match[2] or 1)
            found.setdefault(file, set()).update(range(start, start + max(count, 1)))
    return found


class Places:
    """How suspicious each node of a file is, from its lines and from who uses the names that it binds."""

    def __init__(self, tree: Tree, lines: Mapping[int, float], used: Mapping[str, float]) -> None:
        self.tree = tree
        self.lines = lines
        self.used = used

    def __iter__(self) -> Iterator[tuple[ast.AST, float]]:
        yield from self._in(self.tree.module, 0.0)

    def _in(self, node: ast.AST, suspicion: float) -> Iterator[tuple[ast.AST, float]]:
        """The nodes below a node; annotations, decorators, imports and docstrings are left out."""
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params", "names", "ctx", "bases"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_docstring(child):
                    here = self._suspicion(child, node, suspicion)
                    if here and hasattr(child, "lineno"):
                        yield child, here
                    yield from self._in(child, here)

    def _suspicion(self, node: ast.AST, parent: ast.AST, around: float) -> float:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return max((self.lines.get(s.lineno, 0.0) for s in _statements(node)), default=0.0) * DEFAULTS
        if isinstance(node, ast.ClassDef):
            return 0.0
        if isinstance(node, ast.stmt):
            return max(self._of_lines(node), self._of_names(node, parent))
        line = getattr(node, "lineno", None)
        return around if line is None else max(self.lines.get(line, 0.0), around)

    def _of_lines(self, node: ast.stmt) -> float:
        inner = getattr(node, "body", None)
        last = inner[0].lineno - 1 if inner else (node.end_lineno or node.lineno)
        numbers = range(node.lineno, max(last, node.lineno) + 1)
        return max((self.lines.get(number, 0.0) for number in numbers), default=0.0)

    def _of_names(self, node: ast.stmt, parent: ast.AST) -> float:
        """A statement of a module or class runs when it is imported; whoever uses its names makes it suspicious."""
        if not isinstance(parent, ast.Module | ast.ClassDef) or not isinstance(node, ast.Assign | ast.AnnAssign):
            return 0.0
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        return max((self.used.get(name, 0.0) for name in names), default=0.0) * USED


def used_names(trees: Mapping[str, Tree], lines: Lines) -> dict[str, float]:
    """For each name and attribute that is used, how suspicious the most suspicious line is that uses it."""
    found: dict[str, float] = {}
    for file, tree in trees.items():
        there = lines.get(file, {})
        for node in tree.nodes:
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            value = there.get(getattr(node, "lineno", 0), 0.0)
            if name and value > found.get(name, 0.0):
                found[name] = value
    return found


def overlaid_lines(workspace: Workspace) -> dict[str, set[int]]:
    """Lines that the overlay's edits changed."""
    found = {}
    for change in workspace.overlay.changes():
        if change.kind == "edit":
            edits = line_edits(change.text, change.source.text)
            found[change.file] = {n + 1 for edit in edits for n in range(edit.start, max(edit.end, edit.start + 1))}
    return found


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _statements(function: ast.AST) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function)


def is_test(file: str) -> bool:
    """Whether a file belongs to the tests: it is never edited."""
    path = Path(file)
    named = path.name.startswith("test_") or path.stem.endswith("_test") or path.name in ("conftest.py", "tests.py")
    return named or bool({"tests", "test", "testing"} & set(path.parts[:-1]))
