"""Keeps traces of fixes in the store of sessions, and what became of them. Never fails: a trace is not worth a fix."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from punie_agent.events import Notice
from punie_agent.exceptions import StoreError
from punie_agent.fix_traces import Decision, FixTrace, Origin, TraceSource, new_run, traced
from punie_agent.store import SessionStore
from punie_agent.store.fix_rows import Which
from punie_agent.store.project_store import project_key
from punie_semantic.exceptions import SemanticError
from punie_semantic.history import history
from punie_semantic.workspace import Workspace

if TYPE_CHECKING:  # the engine takes long to import
    from punie_semantic.fixing.outcome import FixSearch


class FixRecorder:
    """One project's way into the store. When something cannot be kept, `tell` gets one sentence, once.

    Args:
        setting: which store, as in `Settings.store`.
        root: the workspace.
        origin: who makes the fixes.
        tell: gets why nothing is kept.
    """

    def __init__(
        self, setting: str | None, root: Path, origin: Origin, tell: Callable[[str], None] = lambda sentence: None
    ) -> None:
        self._root = root
        self._origin: Origin = origin
        self._tell = tell
        self._failed = False
        self._store: SessionStore | None = None
        try:
            self._store = SessionStore(setting, on_notice=self._noticed)
        except StoreError as error:
            self._fail(str(error))

    def source(self, model: str = "builtin", program: str = "") -> TraceSource:
        """What the traces of a new run say of themselves."""
        return TraceSource(new_run(), self._origin, project_key(self._root), model=model, program=program)

    async def keep(self, traces: Sequence[FixTrace]) -> None:
        """Keep traces."""
        if self._store is None or self._failed:
            return
        try:
            await self._store.add_fixes(traces)
        except StoreError as error:
            self._fail(str(error))

    async def keep_searches(
        self,
        workspace: Workspace,
        searches: Sequence[FixSearch],
        *,
        choice: str | None = None,
        program: str = "",
        model: str = "builtin",
    ) -> str:
        """Keep what the searches of a turn came to. Gives the name of the run.

        Args:
            workspace: where they were made, from the texts that its turn began with.
            searches: what they came to.
            choice: the title of the fix that the user chose; the first by default.
            program: the program that asked for them.
            model: who wrote it.
        """
        source = self.source(model, program)
        traces = []
        for search in searches:
            problem = search.problem
            if problem is None or not (search.found or search.rejected):
                continue
            try:
                text = workspace.overlay.base(workspace.root / problem.file).text
            except SemanticError:
                continue
            traces.append(traced(search, problem, text, source, choice=choice))
        await self.keep(traces)
        return source.run

    async def decide(self, run: str, decision: Decision, transaction: str = "") -> None:
        """Keep what the user said to the fixes of a run."""
        await self._decide(Which(run=run), decision, transaction)

    async def follow(self, transaction: str) -> None:
        """Keep what has become of the fixes of a change, after it was undone or made again.

        Args:
            transaction: the change, or an undo or redo of it, as the history names it.
        """
        path = self._store.location.path if self._store else None
        if path is not None and not path.exists():
            return  # nothing was ever kept; a store need not be made for this
        try:
            transactions = {each.id: each for each in await asyncio.to_thread(history, self._root)}
        except (SemanticError, OSError):
            return
        found = transactions.get(transaction)
        while found is not None and found.undoes in transactions:
            found = transactions[found.undoes]
        if found is not None:
            await self._decide(Which(change=found.id), found.state)

    async def close(self) -> None:
        """Write what is left."""
        if self._store is not None:
            await self._store.close()

    async def _decide(self, which: Which, decision: Decision, transaction: str = "") -> None:
        if self._store is None or self._failed:
            return
        try:
            await self._store.decide_fixes(which, decision, transaction)
        except StoreError as error:
            self._fail(str(error))

    def _noticed(self, notice: Notice) -> None:
        self._fail(notice.text)

    def _fail(self, sentence: str) -> None:
        if not self._failed:
            self._failed = True
            self._tell(f"What was tried is not recorded: {sentence}")
