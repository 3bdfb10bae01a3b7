"""The semantic tools in figures: checks, verification and materialising on generated projects."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from punie_semantic.materialise import materialise
from punie_semantic.symbols import locate
from punie_semantic.tools.checks import ruff_check, typecheck
from punie_semantic.tools.project import dependency_graph
from punie_semantic.tools.review import checkpoint, rollback, verify_edits
from punie_semantic.tools.symbol_edits import rename_symbol
from punie_semantic.tools.testing import pytest_run
from punie_semantic.workspace import Workspace
from tests.bench import machine
from tests.bench.large_project import SHARING, write_large_project, write_shared
from tests.bench.timing import summary

FILES = 3000
ROUNDS = 20
RENAME_FILES = 600
RENAME_ADDS_MS = 20
RENAMED = {
    "a function, few files": "few",
    "a class, many files": "Wide",
    "a class, very many files": "Widest",
    "a member of a class with a subclass": "Parent.weight",
}
LONG_ROUNDS = 3


def measure() -> dict[str, Any]:
    """All figures, in milliseconds, on a project of `FILES` modules."""
    with tempfile.TemporaryDirectory() as scratch, _plain_pytest():
        root = Path(scratch).resolve() / "large"
        root.mkdir()
        modules = write_large_project(root, FILES)
        rows = [{"what": f"materialise {FILES} files", **_materialise(root, Path(scratch))}]
        rows += asyncio.run(_tools(root, modules))
        return {
            "machine": machine.describe(),
            "files": FILES,
            "rows": rows,
            "renames": asyncio.run(_renames(Path(scratch).resolve() / "shared")),
            "memory": asyncio.run(_memory(root, modules)),
        }


@contextmanager
def _plain_pytest():
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]


def _materialise(root: Path, scratch: Path) -> dict[str, Any]:
    seconds = []
    for number in range(LONG_ROUNDS):
        started = time.perf_counter()
        materialise(root, scratch / f"copy-{number}", {})
        seconds.append(time.perf_counter() - started)
    return summary(seconds)


async def _tools(root: Path, modules: list[Path]) -> list[dict[str, Any]]:
    async with Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace:
        edit = _Edit(workspace, modules[FILES // 2])
        await typecheck(workspace, edit.name)
        rows = [await _row("ty itself: keystroke to diagnostics", ROUNDS, lambda: edit.keystroke())]
        rows.append(await _row("typecheck of an edited file", ROUNDS, edit.typecheck))
        rows.append(await _row("ruff_check of an edited file", ROUNDS, edit.ruff))
        rows.append(await _row("verify_edits of a one-file edit (ty and ruff)", ROUNDS, edit.verify))
        rows.append(await _row("verify_edits of an edit that dependents see", ROUNDS, edit.verify_visible))
        rows.append(await _row("typecheck of the project", LONG_ROUNDS, lambda: _fresh(workspace, typecheck)))
        rows.append(await _row("ruff_check of the project", LONG_ROUNDS, lambda: _fresh(workspace, ruff_check)))
        rows.append(await _row("dependency_graph of the project", LONG_ROUNDS, lambda: dependency_graph(workspace)))
        test = "tests/test_0000.py"
        rows.append(await _row("pytest_run of one test", LONG_ROUNDS, lambda: pytest_run(workspace, test)))
        return rows


async def _fresh(workspace: Workspace, tool: Callable[[Workspace], Awaitable[Any]]) -> None:
    await workspace.begin()
    await tool(workspace)


async def _row(what: str, rounds: int, work: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    await work()
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        result = await work()
        seconds.append(result if isinstance(result, float) else time.perf_counter() - started)
    return {"what": what, **summary(seconds)}


class _Edit:
    """One file, edited anew each time."""

    def __init__(self, workspace: Workspace, path: Path) -> None:
        self.workspace = workspace
        self.path = path
        self.name = path.relative_to(workspace.root).as_posix()
        self.text = path.read_text()
        self.number = 0

    def next(self, line: str = "    number = {}\n") -> str:
        self.number += 1
        return f"{self.text}\n\ndef edited() -> None:\n{line.format(self.number)}"

    async def keystroke(self) -> float:
        """ty's own time: change and pull, with nothing of the tools between."""
        ty, text = self.workspace.checker.ty, self.next()
        started = time.perf_counter()
        document = ty.show(self.path, text)
        await ty.request("textDocument/diagnostic", {"textDocument": document})
        return time.perf_counter() - started

    async def typecheck(self) -> None:
        self.workspace.overlay.write(self.path, self.next())
        assert (await typecheck(self.workspace, self.name)).state == "clean"

    async def ruff(self) -> None:
        self.workspace.overlay.write(self.path, self.next())
        await ruff_check(self.workspace, self.name)

    async def verify(self) -> None:
        start = await checkpoint(self.workspace)
        self.workspace.overlay.write(self.path, self.next())
        report = await verify_edits(self.workspace, start)
        assert report.files_checked == [self.name], report

    async def verify_visible(self) -> None:
        start = await checkpoint(self.workspace)
        self.number += 1
        changed = self.text.replace("value: int) -> str", f"value: int, more{self.number}: int = 0) -> str")
        self.workspace.overlay.write(self.path, changed)
        report = await verify_edits(self.workspace, start)
        assert len(report.files_checked) > 1
        await rollback(self.workspace, start)


async def _renames(root: Path) -> list[dict[str, Any]]:
    """ty's own rename and the tool's, one after the other in turns of their own, by what is renamed."""
    root.mkdir()
    write_large_project(root, RENAME_FILES)
    write_shared(root)
    rows = []
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        await workspace.warm()
        for what, symbol in RENAMED.items():
            own, tool, files = [], [], 0
            for number in range(ROUNDS + 1):
                await workspace.begin()
                own.append(await _own_rename(workspace, symbol, f"fresh_{number}"))
                started = time.perf_counter()
                files = len((await rename_symbol(workspace, f"fresh_{number}", symbol)).files)
                tool.append(time.perf_counter() - started)
            added = statistics.median(t - o for t, o in zip(tool[1:], own[1:], strict=True)) * 1000
            rows.append(
                {"what": what, "files": files, "ty": summary(own[1:]), "tool": summary(tool[1:]), "added": added}
            )
    return rows


async def _own_rename(workspace: Workspace, symbol: str, new_name: str) -> float:
    """Seconds that ty needs alone, once the symbol is found and its file is open."""
    found = await locate(workspace, symbol=symbol)
    params = {"position": found.position, "newName": new_name}
    started = time.perf_counter()
    await workspace.checker.ask_ty(found.file, "textDocument/rename", params)
    return time.perf_counter() - started


async def _memory(root: Path, modules: list[Path]) -> dict[str, float]:
    """What one more call leaves behind, after the first hundred."""
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        edit = _Edit(workspace, modules[0])
        tracemalloc.start()
        sizes = []
        for _ in range(4):
            await workspace.begin()
            for _ in range(50):
                await edit.typecheck()
            await workspace.begin()
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        return {"bytes_per_call": statistics.mean((b - a) / 50 for a, b in itertools.pairwise(sizes[1:]))}


def page(result: dict[str, Any]) -> str:
    """The page for people."""
    lines = [
        "# The semantic tools",
        "",
        f"Written by `make bench`. {machine.sentence(result['machine'])}.",
        "",
        f"On a generated project of {result['files']} modules, each importing the one before it. Every row starts",
        "warm; an edited file is edited anew each time, so that no answer is a remembered one.",
        "",
        "| what | n | min ms | p50 ms | p95 ms |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r['what']} | {r['n']} | {r['min_ms']:.1f} | {r['p50_ms']:.1f} | {r['p95_ms']:.1f} |"
        for r in result["rows"]
    ]
    lines += [
        "",
        f"Renames, in a project of {RENAME_FILES} such modules and {SHARING} that share names; target: ty's own rename",
        f"and {RENAME_ADDS_MS} ms. The tool also finds the symbol, its kin and exports, and checks what came of it.",
        "",
        "| renamed | files | ty p50 ms | rename_symbol p50 ms | added p50 ms | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {r['what']} | {r['files']} | {r['ty']['p50_ms']:.1f} | {r['tool']['p50_ms']:.1f} | {r['added']:.1f} "
        f"| {'met' if r['added'] <= RENAME_ADDS_MS else 'missed'} |"
        for r in result["renames"]
    ]
    kept = result["memory"]["bytes_per_call"]
    lines += ["", f"Memory that a check of an edited file leaves behind: {kept:.0f} bytes a call.", ""]
    return "\n".join(lines)
