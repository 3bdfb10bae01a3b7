"""What a project has that templates can be about: rows of slots by kind, from its files, syntax, ty, ruff and git."""

from __future__ import annotations

import ast
import asyncio
import logging
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from punie_semantic.exceptions import SemanticError
from punie_semantic.paths import relative
from punie_semantic.registry import TOOLS
from punie_semantic.results import Problem
from punie_semantic.template_rows import KINDS
from punie_semantic.workspace import Workspace
from punie_training.building.syntax_rows import (
    Module,
    Row,
    definitions,
    place_rows,
    rows_of_tests,
    symbol_rows,
    text_rows,
)
from punie_training.execution import HARMLESS

logger = logging.getLogger(__name__)

MOST_FILES = 150
MOST_ROWS = 200
MOST_TEXT = 20_000
FEWEST_LINES = 4

_GLOBS = {
    "*.py": "Python files",
    "test_*.py": "test files",
    "*.md": "Markdown files",
    "*.toml": "TOML files",
    "*.json": "JSON files",
    "*.csv": "CSV files",
    "*.yaml, *.yml": "YAML files",
    "*.txt": "text files",
    "*.rst": "reStructuredText files",
}
# Beside those that the project breaks, rules that people ask about.
_RULES = ("F401", "F841", "E501", "B006", "I001", "UP006", "E711", "invalid-argument-type", "unresolved-reference")
_IMPORTS = (
    ("pathlib", "Path"),
    ("decimal", "Decimal"),
    ("datetime", "date"),
    ("collections", "Counter"),
    ("functools", "cache"),
    ("itertools", "chain"),
    ("math", "floor"),
    ("dataclasses", "dataclass"),
    ("typing", "Literal"),
    ("statistics", "mean"),
)
_PROBLEMS = frozenset({"problem", "type_problem", "lint_problem", "fixable", "rule"})
_NEW_FILES = ("notes", "tax", "labels", "seeds", "version", "limits", "colours", "units")


@dataclass(frozen=True)
class Scene:
    """The rows of a project by kind, in an order that the seed decides; kinds that it has none of are empty."""

    rows: Mapping[str, Sequence[Row]]

    def of(self, kind: str) -> Sequence[Row]:
        """The rows of a kind; `once` has a single one without slots."""
        return self.rows.get(kind, ()) if kind != "once" else [{}]


async def scene_of(workspace: Workspace, seed: int, kinds: Collection[str] = tuple(KINDS)) -> Scene:
    """Look at a project.

    Args:
        workspace: the project; its tests are run when it is trusted, to know which fail.
        seed: decides which files of a large project are looked at, and the order of rows.
        kinds: those that are wanted; what takes long is found only for them.
    """
    chooser = random.Random(f"{seed} scene")  # noqa: S311 - nothing secret
    modules = await asyncio.to_thread(_modules, workspace, chooser)
    rows: dict[str, list[Row]] = {}
    found = symbol_rows(definitions(modules))
    for part in (found, place_rows(modules), rows_of_tests(modules), text_rows(modules), _file_rows(modules)):
        rows |= part
    rows |= await _graph_rows(workspace, rows["file"])
    rows |= await _listed_rows(workspace)
    if _PROBLEMS & set(kinds):
        rows |= await _problem_rows(workspace)
    if "failing_test" in kinds:
        rows["failing_test"] = await _failing(workspace, rows["test"])
    rows |= _fixed_rows(rows)
    return Scene({kind: _shuffled(kind, items, seed) for kind, items in rows.items() if kind in kinds})


def _shuffled(kind: str, rows: Sequence[Row], seed: int) -> list[Row]:
    once = {repr(sorted(row.items())): row for row in rows}
    ordered = [once[key] for key in sorted(once)]
    random.Random(f"{seed} {kind}").shuffle(ordered)  # noqa: S311 - nothing secret
    return ordered[:MOST_ROWS]


def _modules(workspace: Workspace, chooser: random.Random) -> list[Module]:
    """The parsed files; those that do not parse are left out, and of very many only some are looked at."""
    files = sorted(workspace.files.paths)
    if len(files) > MOST_FILES:
        files = sorted(chooser.sample(files, MOST_FILES))
    modules = []
    for file in files:
        try:
            text = workspace.overlay.text(file)
            modules.append(Module(relative(workspace.root, file), text, ast.parse(text)))
        except (SemanticError, SyntaxError, ValueError, RecursionError) as error:
            logger.info("%s is left out: %s", file, error)
    return modules


def _file_rows(modules: Sequence[Module]) -> dict[str, list[Row]]:
    files = [module for module in modules if module.text.count("\n") >= FEWEST_LINES]
    folders = {parent.as_posix() for m in modules for parent in Path(m.path).parents if parent.as_posix() != "."}
    imports = [
        {"path": m.path, "module": module, "name": name}
        for number, m in enumerate(files)
        for module, name in (_IMPORTS[number % len(_IMPORTS)], _IMPORTS[(number * 3 + 1) % len(_IMPORTS)])
        if f"from {module} import" not in m.text and not m.is_test
    ]
    return {
        "file": [{"path": m.path, "stem": Path(m.path).stem, "module": ""} for m in files],
        "folder": [{"folder": folder} for folder in folders],
        "import": imports,
        "move": [
            {"path": m.path, "new_path": Path(m.path).with_name(f"shop_{Path(m.path).name}").as_posix()}
            for m in files
            if not m.is_test and not m.path.endswith("__init__.py")
        ],
        "new_file": [
            {"path": f"{folder}/{name}.py", "text": f"{name.upper()} = {number}", "name": name}
            for folder in folders
            for number, name in enumerate(_NEW_FILES, start=2)
        ],
    }


async def _graph_rows(workspace: Workspace, files: Sequence[Row]) -> dict[str, list[Row]]:
    """Modules by their dotted names, which files get too."""
    graph = await TOOLS["dependency_graph"].call(workspace)
    names = {module.file: module.module for module in graph.modules}
    return {
        "file": [{**row, "module": names.get(row["path"], "")} for row in files],
        "module": [{"module": name, "path": file} for file, name in names.items()],
    }


async def _listed_rows(workspace: Workspace) -> dict[str, list[Row]]:
    """Files that are not Python, and globs that match something."""
    listed = await TOOLS["list_files"].call(workspace, limit=5000)
    texts = [
        name
        for name in listed.files
        if not name.endswith((".py", ".pyi")) and (workspace.root / name).stat().st_size <= MOST_TEXT
    ]
    globs = []
    for glob, what in _GLOBS.items():
        if (await TOOLS["list_files"].call(workspace, glob, limit=1)).files:
            globs.append({"glob": glob, "what": what})
    return {"text_file": [{"path": name, "stem": Path(name).stem} for name in texts], "glob": globs}


async def _problem_rows(workspace: Workspace) -> dict[str, list[Row]]:
    """What ty and ruff find, and the rules of it."""
    problems: list[Problem] = []
    typed = await TOOLS["typecheck"].call(workspace)
    linted = await TOOLS["ruff_check"].call(workspace)
    for path in sorted({e.file for e in typed.errors} | {v.file for v in linted.violations})[:MOST_FILES]:
        problems += (await TOOLS["diagnostics"].call(workspace, path)).problems
    rows = [(p, _problem(p)) for p in problems]
    fixable = {(v.code, v.file) for v in linted.violations if v.fixable}
    codes = dict.fromkeys([*(p.code for p in problems), *_RULES])
    return {
        "problem": [{"tool": p.tool, **row} for p, row in rows],
        "type_problem": [row for p, row in rows if p.tool == "ty"],
        "lint_problem": [row for p, row in rows if p.tool == "ruff"],
        "fixable": [{"code": code, "path": path} for code, path in fixable],
        "rule": [{"code": code} for code in codes],
    }


def _problem(problem: Problem) -> Row:
    message = next(iter(problem.message.strip().splitlines()), "")
    place = {"path": problem.file, "line": problem.line, "column": problem.column}
    return {"code": problem.code, "message": message, **place}


async def _failing(workspace: Workspace, tests: Sequence[Row]) -> list[Row]:
    """Tests that fail; none when the project is not trusted to run them."""
    if not workspace.trusted or not tests:
        return []
    result = await TOOLS["pytest_run"].call(workspace)
    failed = {failure.test_id for failure in result.failures}
    return [row for row in tests if row["test"] in failed]


def _fixed_rows(rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """Rows that follow from others, and those that every project has."""
    symbols = sorted(row["symbol"] for row in rows["symbol"])
    words = {row["name"].strip("_").split("_")[0].lower() for row in rows["symbol"]}
    return {
        "pair": [{"first": a, "second": b} for a, b in pairwise(symbols)],
        "query": [{"query": word} for word in words if len(word) >= FEWEST_LINES],
        "command": [{"argv": list(argv), "command": " ".join(argv)} for argv in HARMLESS],
        "commits": [{"count": number} for number in (2, 3, 5, 7, 10)],
    }
