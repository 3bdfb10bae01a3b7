"""A working copy of a package under a warm workspace: what is on its disk, what ty and ruff say, what its tests say."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from punie_semantic import pytest_plugin
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run
from punie_semantic.pytest_results import Run, read_events
from punie_semantic.workspace import Workspace
from tests.bench.punie_fix.packages import PYTEST_OPTIONS, Package

TEST_SECONDS = 40.0
READY_SECONDS = 30.0


@dataclass
class Subject:
    """A package that can be broken and mended.

    Attributes:
        package: which one.
        root: the working copy.
        workspace: open on it; ty and ruff are warm.
        environment: of its tests.
        cache: where the tests' results are kept.
        originals: its modules' texts by their names, relative to the root.
    """

    package: Package
    root: Path
    workspace: Workspace
    environment: Path
    cache: Path
    originals: dict[str, str]
    _passing: frozenset[str] | None = field(default=None, init=False)
    _changed: set[str] = field(default_factory=set, init=False)

    async def put(self, texts: dict[str, str]) -> None:
        """Have these texts on disk and the originals everywhere else, and let the workspace see it."""
        for name in self._changed - texts.keys():
            _write(self.root / name, self.originals[name])
        for name, text in texts.items():
            _write(self.root / name, text)
        self._changed = set(texts)
        await self.workspace.begin()

    async def problems(self, file: str, text: str | None = None) -> list[Diagnostic]:
        """What ty and ruff say of a file as it is on disk, or with another text. Raises ToolUnavailable."""
        path = self.root / file
        found = await self.workspace.checker.both(path, None if text is None else {path: text})
        if found.unknown:
            raise ToolUnavailable("; ".join(found.unknown))
        return found.problems

    async def passing(self) -> frozenset[str]:
        """The tests that pass, twice, with the originals."""
        if self._passing is None:
            # Remembered only for a folder that has nothing else in it.
            first, second = await self.tested({}), await self.tested({}, again="again")
            if not first or not second:
                raise RuntimeError(f"The tests of {self.package.name} do not run.")
            self._passing = first & second
        return self._passing

    async def failing(self, texts: dict[str, str]) -> tuple[str, ...] | None:
        """The tests that pass with the originals and not with these texts; None when they did not come to an end."""
        passed = await self.tested(texts)
        return None if passed is None else tuple(sorted(await self.passing() - passed))

    async def tested(self, texts: dict[str, str], again: str = "") -> frozenset[str] | None:
        """The tests that pass with these texts on disk; None when they did not come to an end."""
        seed = json.dumps([self.package.name, self.package.tests, sorted(texts.items()), again]).encode()
        known = self._known(seed)
        if known.exists():
            passed = json.loads(known.read_bytes())
        else:
            await self.put(texts)
            passed = await self._run_tests()
            known.write_text(json.dumps(passed))
        return None if passed is None else frozenset(passed)

    async def covered(self) -> dict[str, list[int]]:
        """The lines of the originals that the tests run, by file; what they do not run they cannot notice."""
        known = self._known(json.dumps([self.package.name, self.package.tests, "covered"]).encode())
        if not known.exists():
            await self.put({})
            data, report = known.with_suffix(".data"), known.with_suffix(".report")
            await self._run_tests("coverage", "run", f"--data-file={data}", f"--source={self.package.sources}", "-m")
            python = str(self.environment / "bin" / "python")
            command = [python, "-m", "coverage", "json", "-q", f"--data-file={data}", "-o", str(report)]
            await run(command, cwd=self.root, environ=dict(os.environ), timeout=TEST_SECONDS)
            files = json.loads(report.read_bytes())["files"]
            known.write_text(json.dumps({name: lines["executed_lines"] for name, lines in files.items()}))
        return json.loads(known.read_bytes())

    def _known(self, seed: bytes) -> Path:
        folder = self.cache / "tests"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{hashlib.sha256(seed).hexdigest()[:24]}.json"

    async def _run_tests(self, *before: str) -> list[str] | None:
        report = self.root.parent / f"{self.root.name}.jsonl"
        report.unlink(missing_ok=True)
        python = self.environment / "bin" / "python"
        options = ["-q", "-p", "punie_report", "--continue-on-collection-errors", *self.package.tests]
        started = time.monotonic()
        places = {"PUNIE_REPORT": str(report), "PUNIE_ROOT": str(self.root), "PUNIE_COPY": str(self.root)}
        plugin = str(Path(pytest_plugin.__path__[0]))
        path = os.pathsep.join([plugin, os.environ["PYTHONPATH"]])
        environ = {**os.environ, **places, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = await run(
                [str(python), "-m", *before, "pytest", *options],
                cwd=self.root,
                environ=environ,
                timeout=TEST_SECONDS,
                max_output=1 << 20,
                tethered=True,
            )
        except ToolUnavailable:
            return None
        result = Run(read_events(report), self.root, self.root, time.monotonic() - started, "", "")
        return sorted(result.passed) if result.ended and done.returncode in (0, 1, 2) else None


def _write(path: Path, text: str) -> None:
    before = path.stat().st_mtime_ns
    path.write_bytes(text.encode())
    # A second edit within the clock's tick must be seen as one.
    if path.stat().st_mtime_ns <= before:
        os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


@asynccontextmanager
async def opened(
    package: Package, sources: Path, environment: Path, cache: Path, scratch: Path
) -> AsyncGenerator[Subject]:
    """A working copy in a scratch folder. Changes this process's environment: one package at a time."""
    root = scratch / package.short
    await asyncio.to_thread(shutil.copytree, sources, root)
    os.environ["PYTHONPATH"] = str(root / package.path)
    os.environ["PYTEST_ADDOPTS"] = PYTEST_OPTIONS
    for name in ("PUNIE_STATE_DIR", "PUNIE_LOG_DIR"):
        os.environ[name] = str(scratch / name.lower())
    async with Workspace.open(root, trusted=True, interpreter=str(environment)) as workspace:
        await workspace.warm()
        yield Subject(package, root, workspace, environment, cache, _originals(package, root))


def _originals(package: Package, root: Path) -> dict[str, str]:
    """The modules that can be broken; tests are not, nor what is generated."""
    found = {}
    for path in sorted((root / package.sources).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        text = path.read_bytes().decode()
        if not _is_test(path.relative_to(root)) and len(text) > 200 and "\r" not in text:
            found[name] = text
    return found


def _is_test(path: Path) -> bool:
    return any(part in ("tests", "_tests", "sandbox") or part.startswith("test_") for part in path.parts)


def news(after: Iterable[Diagnostic], before: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is in one list and not in the other; a message that names another line is the same message."""
    left = [_same(d) for d in before]
    fresh = []
    for diagnostic in after:
        key = _same(diagnostic)
        if key in left:
            left.remove(key)
        else:
            fresh.append(diagnostic)
    return fresh


def _same(diagnostic: Diagnostic) -> tuple[str, str, str, str]:
    message = re.sub(r"\bline \d+", "line", diagnostic.message)
    return diagnostic.tool, diagnostic.file, diagnostic.code, message
