"""Executes the programs of an evaluation, each distinct one once. Knows neither models nor scores.

Outcomes of reference programs on the sample project, which never changes, are kept in the cache for other evaluations.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_semantic.registry import TOOLS
from punie_training import places
from punie_training.exceptions import EvaluationError

if TYPE_CHECKING:
    from punie_training.execution import Outcome, Programs

logger = logging.getLogger(__name__)

PROGRAM_SECONDS = 60.0
AT_ONCE = 2
# How the messages of programs begin or go on that were refused before anything ran (`codemode/explaining.py`).
_NEVER_RAN = ("so it was not run", "The program was not run", "The program is longer than")


class Executions:
    """The programs of an evaluation on one workspace."""

    def __init__(self, programs: Programs, state: str = "") -> None:
        self._programs = programs
        self._state = state
        self._done: dict[str, asyncio.Task[Outcome]] = {}
        self._kept: set[str] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.distinct = 0

    async def outcome(self, code: str) -> Outcome:
        """What a program did; each is run once, however often it is asked for."""
        key = code.strip()
        if key not in self._done:
            self._done[key] = asyncio.ensure_future(self._found(key))
        return await asyncio.shield(self._done[key])

    async def reference(self, code: str) -> Outcome:
        """The same for a reference program, whose outcome is also kept for other evaluations."""
        found, key = await self.outcome(code), code.strip()
        if self._state and found.ok and key not in self._kept:
            self._kept.add(key)
            await asyncio.to_thread(_write, self._file(key), found)
        return found

    async def close(self) -> None:
        """Stop what still runs."""
        for task in self._done.values():
            task.cancel()
        await asyncio.gather(*self._done.values(), return_exceptions=True)

    async def _found(self, code: str) -> Outcome:
        """The outcome that another evaluation kept, or a new one."""
        kept = await asyncio.to_thread(_read, self._file(code)) if self._state else None
        if kept is not None:
            self._kept.add(code)
        return kept or await self._run(code)

    def _file(self, code: str) -> Path:
        return places.cache() / "references" / f"{_hash(self._state + code)}.json"

    async def _run(self, code: str) -> Outcome:
        from punie_training.execution import Outcome

        async with self._turns:
            self.distinct += 1
            try:
                async with asyncio.timeout(PROGRAM_SECONDS):
                    return await self._programs.run(code)
            except TimeoutError:
                error = f"The program did not end within {PROGRAM_SECONDS:g} s."
                return Outcome(None, "", (), error, "", PROGRAM_SECONDS, 0.0)


@asynccontextmanager
async def open_executions(workspace: Path | None) -> AsyncGenerator[Executions]:
    """Programs on a workspace; None is a fresh copy of the sample project, whose tests may run.

    Raises:
        EvaluationError: the folder is missing.
    """
    from punie_training.execution import open_programs
    from punie_training.sample import copy_sample

    if workspace is not None and not workspace.is_dir():
        raise EvaluationError(f"The workspace {workspace} is not a folder. Correct `workspace` in the suite.")
    with tempfile.TemporaryDirectory(prefix="punie-eval-") as scratch:
        folder = workspace or await asyncio.to_thread(copy_sample, Path(scratch) / "sample")
        async with open_programs(folder, trusted=workspace is None) as programs:
            executions = Executions(programs, "" if workspace else await asyncio.to_thread(_state_of, folder))
            try:
                yield executions
            finally:
                await executions.close()


def type_checks(outcome: Outcome) -> bool:
    """Whether a program was found good enough to be run, however it ended."""
    return not any(sign in outcome.error for sign in _NEVER_RAN)


def _state_of(folder: Path) -> str:
    """Tools and texts that outcomes depend on."""
    digest = hashlib.sha256()
    for tool in TOOLS.values():
        digest.update(f"{tool.name}{tool.signature}".encode())
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and not name.startswith((".git/", ".venv/")) and "__pycache__" not in name:
            digest.update(name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(file: Path) -> Outcome | None:
    from punie_training.execution import Call, Outcome

    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        calls = tuple(Call(c["name"], tuple(c["args"]), c["kwargs"], c["result"]) for c in content.pop("calls"))
        return Outcome(calls=calls, **content)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(file: Path, outcome: Outcome) -> None:
    """Keep it; what cannot be kept is computed again."""
    partial = file.with_suffix(f".{id(outcome)}.part")
    try:
        text = json.dumps(asdict(outcome))
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        shutil.move(partial, file)
    except (OSError, TypeError, ValueError) as error:
        logger.info("the outcome of a reference program is not kept: %s", error)
        with suppress(OSError):
            partial.unlink()
