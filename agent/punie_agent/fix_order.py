"""In which order problems are fixed: what others import comes first, and what hides other problems before those."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.editable import editable_paths
from punie_semantic.module_graph import module_graph
from punie_semantic.workspace import Workspace

SYNTAX = "invalid-syntax"

Key = tuple[str, ...]


async def in_import_order(workspace: Workspace, files: Sequence[Path]) -> list[Path]:
    """The files so that each comes after those that it imports, as far as circles allow; else by path."""
    if len(files) < 2:
        return list(files)
    editable = await asyncio.to_thread(editable_paths, workspace.root, workspace.interpreter)
    graph = await asyncio.to_thread(module_graph, workspace.files, workspace.overlay, editable)
    order = imports_first(graph.imports)
    place = {graph.files[name]: number for number, name in enumerate(order)}
    return sorted(files, key=lambda path: (place.get(path, len(place)), path))


def imports_first(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """Modules so that each comes after those that it imports; by name where that leaves a choice, and in circles."""
    order: dict[str, None] = {}
    begun: set[str] = set()
    for start in sorted(imports):
        work = [] if start in begun else [(start, iter(sorted(imports[start])))]
        begun.add(start)
        while work:
            name, rest = work[-1]
            follow = next((other for other in rest if other in imports and other not in begun), None)
            if follow is None:
                order[name] = None
                work.pop()
            else:
                begun.add(follow)
                work.append((follow, iter(sorted(imports[follow]))))
    return list(order)


def by_urgency(problem: Diagnostic) -> tuple[int, int, int]:
    """For sorting: syntax errors, then what ty calls an error, ty's warnings, ruff's; each from top to bottom."""
    if problem.code == SYNTAX:
        rank = 0
    elif problem.tool == "ty":
        rank = 1 if problem.severity == "error" else 2
    else:
        rank = 3
    start = problem.range["start"]
    return rank, start["line"], start["character"]


def keys(problems: Sequence[Diagnostic]) -> list[Key]:
    """What each problem is called while fixes above it move its line: its kind, and the how-manieth from below."""
    found: list[Key] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for problem in reversed(problems):
        seen[problem.kind] += 1
        found.append((*problem.kind, str(seen[problem.kind])))
    return found[::-1]
