"""Forty questions about the symbols of `rich`: the tools, a text search, and an oracle that knows neither.

The oracle (`name_oracle`) resolves scopes and imports with `ast`. Also measured: how long navigation takes in a project
of more than 500 files, and that calls leave nothing behind.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from punie_semantic.results import HierarchyEntry, Location
from punie_semantic.tools.information import hover
from punie_semantic.tools.navigation import find_implementations, find_references, goto_definition, type_hierarchy
from punie_semantic.tools.search import find_symbol, search_text
from punie_semantic.workspace import Workspace
from tests.bench.machine import describe
from tests.bench.name_oracle import Oracle, Place
from tests.bench.questions_page import page as page
from tests.bench.timing import summary

PACKAGE = "rich"
LARGE = ("pydantic_ai", "libcst", "rich")
ROUNDS = 200
MEMORY_CALLS = 2000
MANY_LINES = 4


@dataclass(frozen=True)
class Question:
    """What is asked about a symbol; `module` and `name` are what the oracle needs, `method` for overrides."""

    kind: Literal["uses", "subclasses", "overrides"]
    module: str
    name: str
    method: str = ""

    @property
    def symbol(self) -> str:
        """As the tools are asked."""
        return ".".join(filter(None, (self.module, self.name, self.method)))

    @property
    def pattern(self) -> str:
        """As one would search for it in the text."""
        if self.kind == "uses":
            return rf"\b{self.name}\b"
        return rf"^\s*class \w+\(.*\b{self.name}\b" if self.kind == "subclasses" else rf"def {self.method}\b"


_USES = (
    *("rich.inspect", "rich.print", "rich.markup.render", "rich.markup.escape", "rich.style.Style"),
    *("rich.console.Console", "rich.console.Group", "rich.text.Text", "rich.segment.Segment", "rich.style.StyleType"),
    *("rich.console.RenderableType", "rich.color.Color", "rich.repr.auto", "rich.progress.open", "rich.layout.Layout"),
    *("rich.traceback.install", "rich.cells.cell_len", "rich._unicode_data.load", "rich._loop.loop_last"),
    *("rich.errors.ConsoleError", "rich.measure.Measurement", "rich.table.Table", "rich.control.Control"),
    "rich.progress.track",
)
_SUBCLASSES = (
    *("rich.errors.ConsoleError", "rich.highlighter.Highlighter", "rich.jupyter.JupyterMixin"),
    *("rich.markdown.MarkdownElement", "rich.progress.ProgressColumn", "rich.prompt.PromptBase"),
    *("rich.layout.Splitter", "rich.syntax.SyntaxTheme"),
)
_OVERRIDES = (
    *("rich.highlighter.Highlighter.highlight", "rich.layout.Splitter.divide"),
    *("rich.markdown.MarkdownElement.create", "rich.markdown.MarkdownElement.on_enter"),
    *("rich.markdown.MarkdownElement.__rich_console__", "rich.progress.ProgressColumn.render"),
    *("rich.prompt.PromptBase.process_response", "rich.syntax.SyntaxTheme.get_style_for_token"),
)
QUESTIONS = (
    *(Question("uses", *name.rsplit(".", 1)) for name in _USES),
    *(Question("subclasses", *name.rsplit(".", 1)) for name in _SUBCLASSES),
    *(Question("overrides", *name.rsplit(".", 2)) for name in _OVERRIDES),
)


def measure() -> dict[str, Any]:
    """All questions, then the times and the memory."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch).resolve()
        small, large = _copy(root / "small", (PACKAGE,)), _copy(root / "large", LARGE)
        rows, every_name = asyncio.run(_ask_all(small))
        speed = asyncio.run(_speed(large))
    names = ("tools_false", "tools_missed", "text_false", "text_missed", "expected")
    totals = {name: sum(row[name] for row in rows) for name in names}
    return {
        "machine": describe(),
        "package": PACKAGE,
        "rows": rows,
        "totals": totals,
        "every_name": every_name,
        "speed": speed,
    }


async def _ask_all(root: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    oracle = Oracle(root / PACKAGE)
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        await workspace.warm()
        rows = [await _ask(workspace, oracle, question) for question in QUESTIONS]
        return rows, await _every_name(workspace, oracle)


async def _every_name(workspace: Workspace, oracle: Oracle) -> dict[str, Any]:
    """Whether the forty were picked with luck: the uses of all names that are used in several lines."""
    totals = {"tools_false": 0, "tools_missed": 0, "expected": 0}
    differ, names = [], 0
    for module, name in oracle.names(MANY_LINES):
        question = Question("uses", module, name)
        expected, by_tools = expected_places(oracle, question), await tool_places(workspace, question)
        names += 1
        totals["expected"] += len(expected)
        totals["tools_false"] += len(by_tools - expected)
        totals["tools_missed"] += len(expected - by_tools)
        if by_tools != expected:
            differ.append(question.symbol)
    return {"names": names, "lines": MANY_LINES, "differ": differ, **totals}


async def _ask(workspace: Workspace, oracle: Oracle, question: Question) -> dict[str, Any]:
    expected = expected_places(oracle, question)
    started = time.perf_counter()
    by_tools = await tool_places(workspace, question)
    seconds = time.perf_counter() - started
    text = await search_text(workspace, question.pattern, regex=True, include="*.py", limit=100_000)
    by_text = {(match.file, match.line) for match in text.matches}
    return {
        "kind": question.kind,
        "symbol": question.symbol,
        "pattern": question.pattern,
        "expected": len(expected),
        "tools_false": len(by_tools - expected),
        "tools_missed": len(expected - by_tools),
        "text_false": len(by_text - expected),
        "text_missed": len(expected - by_text),
        "ms": seconds * 1000,
    }


def expected_places(oracle: Oracle, question: Question) -> set[Place]:
    """What is true, by the oracle."""
    target = (question.module, question.name)
    if question.kind == "uses":
        return oracle.references(target)
    if question.kind == "subclasses":
        return {found.place for found in oracle.subclasses(target).values()}
    return oracle.overrides(target, question.method)


async def tool_places(workspace: Workspace, question: Question) -> set[Place]:
    """What the tools say."""
    places: list[Location] | list[HierarchyEntry]
    if question.kind == "uses":
        answer = await find_references(workspace, symbol=question.symbol, limit=100_000)
        places = answer.locations
    elif question.kind == "subclasses":
        answer = await type_hierarchy(workspace, symbol=question.symbol, direction="subtypes")
        places = answer.entries
    else:
        answer = await find_implementations(workspace, symbol=question.symbol)
        places = answer.locations
    if answer.state != "clean":
        raise RuntimeError(f"{question.symbol}: {answer.state}, {answer.reason}")
    return {(place.file, place.line) for place in places if not place.external}


async def _speed(root: Path) -> dict[str, Any]:
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        await workspace.warm()
        names = ["rich.console.Console", "libcst.Module", "rich.text.Text.append", "rich.style.Style", "rich.box.Box"]
        places = await _some_places(workspace)
        by_place: dict[str, Callable[[int], Awaitable[object]]] = {
            "definition by place": lambda n: goto_definition(workspace, *places[n % len(places)]),
            "hover by place": lambda n: hover(workspace, *places[n % len(places)]),
        }
        by_name: dict[str, Callable[[int], Awaitable[object]]] = {
            "definition by name": lambda n: goto_definition(workspace, symbol=names[n % len(names)]),
            "hover by name": lambda n: hover(workspace, symbol=names[n % len(names)]),
            "find_symbol": lambda n: find_symbol(workspace, names[n % len(names)].rpartition(".")[2]),
        }
        rows = [await _timed(what, ask, 5) for what, ask in by_place.items()]
        rows += [await _timed(what, ask, 40) for what, ask in by_name.items()]
        return {"files": len(workspace.files.paths), "rows": rows, "memory": await _memory(by_place | by_name)}


async def _timed(what: str, ask: Callable[[int], Awaitable[object]], target: float) -> dict[str, Any]:
    for number in range(20):
        await ask(number)
    seconds = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        await ask(number)
        seconds.append(time.perf_counter() - started)
    row = summary(seconds)
    return {"what": what, **row, "target_ms": target, "met": row["p50_ms"] <= target}


async def _memory(asks: dict[str, Callable[[int], Awaitable[object]]]) -> dict[str, Any]:
    """Resident size of this process and of ty after the same calls, and after as many again."""
    sizes = []
    for _ in range(3):
        for number in range(MEMORY_CALLS // len(asks)):
            for ask in asks.values():
                await ask(number)
        gc.collect()
        me = psutil.Process()
        sizes.append([p.memory_info().rss / 1e6 for p in (me, *(c for c in me.children() if c.name() == "ty"))])
    return {"calls_each": MEMORY_CALLS, "punie_mb": [s[0] for s in sizes], "ty_mb": [sum(s[1:]) for s in sizes]}


async def _some_places(workspace: Workspace) -> list[tuple[str, int, int]]:
    """Uses of `Console` and `Text`, in an order of their own."""
    found = []
    for symbol in ("rich.console.Console", "rich.text.Text"):
        answer = await find_references(workspace, symbol=symbol)
        found += [(place.file, place.line, place.column) for place in answer.locations if not place.external]
    random.Random(0).shuffle(found)
    return found[:100]


def _copy(root: Path, packages: tuple[str, ...]) -> Path:
    for name in packages:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        shutil.copytree(Path(found.origin).parent, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    return root
