"""What is stored of projects besides their sessions: fixes that were tried, and the user's answers to questions."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from punie_agent.events import Choice
from punie_agent.fix_traces import Decision, FixTrace
from punie_agent.store import adapter_rows, fix_rows, reading, writing
from punie_agent.store.access import StoreAccess
from punie_agent.store.adapter_rows import AdapterOutcome
from punie_agent.store.fix_rows import Which
from punie_agent.store.records import RememberedPermission


class ProjectStore(StoreAccess):
    """Fixes and answers at rest. All methods raise StoreError, with a sentence for people."""

    async def add_fixes(self, traces: Sequence[FixTrace]) -> None:
        """Keep what was found out about fixes. Raises StoreError."""
        if traces:
            kept = await asyncio.to_thread(fix_rows.rows, traces, self._redactor)
            await self._call(lambda c: fix_rows.insert(c, kept), patient=False)

    async def decide_fixes(self, which: Which, decision: Decision, transaction: str = "") -> int:
        """Say what became of fixes, and by which transaction they were applied. Gives their number."""
        return await self._call(lambda c: fix_rows.decide(c, which, decision, transaction), patient=False)

    async def fixes(self, project: Path | str | None = None, session: str | None = None) -> AsyncGenerator[str]:
        """What was found out about fixes, each as a line of JSON, oldest first; of a project, a session, or all."""
        key = None if project is None else project_key(project)
        after = (0.0, "")
        while True:
            found = await self._read(lambda c, here=after: fix_rows.page(c, key, session, here), list)
            for created, name, line in found:
                after = (created, name)
                yield line
            if len(found) < fix_rows.PAGE:
                return

    async def count_outcome(self, adapter: str, session: str, outcome: AdapterOutcome) -> None:
        """Count what came of a turn that an adapter answered."""
        await self._call(lambda c: adapter_rows.count_outcome(c, adapter, session, outcome), patient=False)

    async def remember(self, project: Path | str, rule: str, choice: Choice) -> None:
        """Keep an answer for a project."""
        key, rule = project_key(project), self._redactor.text(rule)
        await self._call(lambda c: writing.remember(c, key, rule, choice))

    async def remembered(self, project: Path | str) -> list[RememberedPermission]:
        """The answers that hold for a project, oldest first."""
        key = project_key(project)
        return await self._read(lambda c: reading.remembered(c, key), list)

    async def forget(self, project: Path | str, rule: str | None = None) -> int:
        """Take back one answer, or all of a project. Gives their number."""
        key = project_key(project)
        return await self._call(lambda c: writing.forget(c, key, rule))


def project_key(project: Path | str) -> str:
    """How a folder is written in the store: absolute, links followed, as text that any database takes."""
    return os.fsencode(Path(project).resolve()).decode("utf-8", "backslashreplace")
