"""One project folder as the tools see it: files, overlay, ty, ruff, and what the tools remember in a turn.

async with Workspace.open(folder) as workspace:
    report = await typecheck(workspace, "src/app.py")
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_semantic.checking import Checker
from punie_semantic.controls import Controls
from punie_semantic.diagnostics import Diagnostic
from punie_semantic.entries import Head
from punie_semantic.environment import Interpreter, find_interpreter
from punie_semantic.exceptions import PathError
from punie_semantic.lsp.ty import TyServer
from punie_semantic.overlay import Buffer, Overlay
from punie_semantic.permissions import Permissions, RefuseAll
from punie_semantic.project_files import ProjectFiles
from punie_semantic.recovery import Recovery, recover_quietly
from punie_semantic.revealed import Revealed
from punie_semantic.settings import Layer, Settings, read_project, read_user_file, resolve
from punie_semantic.transactions import commit

if TYPE_CHECKING:
    from punie_semantic.fixing.generators.row import Generator


@dataclass(frozen=True)
class Candidate:
    """A fix that `code_actions` offered: edits of the problem's own file."""

    file: str
    title: str
    edits: tuple[Mapping[str, Any], ...]
    text: str


@dataclass(frozen=True)
class _Shared:
    """What a workspace and its forks have in common; one look at the disk at a time."""

    ty: TyServer
    controls: Controls
    files: ProjectFiles
    scanning: asyncio.Lock
    revealed: Revealed = field(default_factory=Revealed)


class Workspace:
    """What every tool gets as its first argument. Use `open`; `begin` starts a turn on fresh texts.

    Attributes:
        root: the resolved folder.
        settings: the user's, the project's and the editor's, as they were when the workspace was opened.
        sources: where each setting that is not a default comes from, by its name.
        overlay: base texts plus this turn's edits.
        checker: ty and ruff on the overlay.
        trusted: whether the project's own code may be run (pytest).
        recovery: what was repaired after a crash when the workspace was opened.
        permissions: who is asked before a program runs; refuses by default.
        last_failed: ids of the tests that failed when they ran last.
        diagnostics: findings shown in this turn, by id, for tools that are given an id.
        candidates: fixes offered in this turn, by id.
        revealed: what likely fixes are known to show that a mistake hid; one for all forks.
        suggesters: more generators of candidates for `find_fixes`, a model for instance; none by default.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        interpreter: Interpreter,
        *,
        trusted: bool = False,
        shared: _Shared | None = None,
    ) -> None:
        self.root = root
        self.settings = settings
        self.interpreter = interpreter
        self.trusted = trusted
        self.sources: Mapping[str, str] = {}
        self.recovery = Recovery()
        self._owns = shared is None
        self._shared = shared or _Shared(
            TyServer(root, interpreter, settings.ty), Controls(), ProjectFiles(root), asyncio.Lock()
        )
        self.files = self._shared.files
        self.revealed = self._shared.revealed
        self._ty = self._shared.ty
        self.permissions: Permissions = RefuseAll()
        self.last_failed: tuple[str, ...] = ()
        self.suggesters: tuple[Generator, ...] = ()
        self._start_turn({})

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: str | Path, *, trusted: bool = False, interpreter: str | None = None, layers: Sequence[Layer] = ()
    ) -> AsyncGenerator[Workspace]:
        """Open a folder, repair what a crash left of it, scan it, and close its servers at the end.

        Raises PathError when it is no folder.

        Args:
            folder: the project.
            trusted: whether the project's own code may be run.
            interpreter: the Python environment; instead of the one in the settings.
            layers: settings that win over the user's file and the project's.
        """
        root = Path(folder).resolve()
        if not root.is_dir():
            raise PathError(f"{folder} is not a folder. Pass the project's folder.")
        resolved = resolve([*await asyncio.to_thread(_read_settings, root), *layers])
        settings = resolved.settings
        found = await asyncio.to_thread(find_interpreter, root, setting=interpreter or settings.interpreter)
        workspace = cls(root, settings, found, trusted=trusted)
        workspace.sources = resolved.sources
        try:
            workspace.recovery = await asyncio.to_thread(recover_quietly, root)
            await workspace.begin()
            yield workspace
        finally:
            await workspace.close()

    def fork(self) -> Workspace:
        """The same folder with an overlay, findings and permissions of its own; ty and the file list are shared.

        For several conversations at once. A fork need not be closed; it ends with the workspace that it came from.
        """
        fork = Workspace(self.root, self.settings, self.interpreter, trusted=self.trusted, shared=self._shared)
        fork.sources = self.sources
        fork.recovery = self.recovery
        fork.permissions = self.permissions
        return fork

    async def begin(self, buffers: Mapping[Path, Buffer] | None = None) -> None:
        """Start a turn: look at the disk again, take the editor's buffers as base, forget earlier edits."""
        async with self._shared.scanning:
            changes = await asyncio.to_thread(self.files.scan)
            async with self._ty.turn:
                self._ty.hide_all()
                self._ty.files_changed(changes)
        self._start_turn(buffers or {})

    def _start_turn(self, buffers: Mapping[Path, Buffer]) -> None:
        self.overlay = Overlay(self.root, buffers)
        self.checker = Checker(self.overlay, self._ty, self._shared.controls)
        self.diagnostics: dict[str, Diagnostic] = {}
        self.candidates: dict[str, Candidate] = {}

    def remember(self, diagnostics: list[Diagnostic]) -> None:
        """Make findings known by their id."""
        self.diagnostics.update({d.id: d for d in diagnostics})

    async def commit(self, title: str = "") -> Head | None:
        """Write this turn's edits: all files or none, with a journal to undo them by. None when there are none.

        Check them first, with `verify_edits`. Raises what `transactions.commit` raises.
        """
        changes = self.overlay.changes()
        documents = self.overlay.buffers
        head = await asyncio.to_thread(commit, self.root, changes, title=title, documents=documents)
        await self.begin(documents)
        return head

    async def warm(self) -> None:
        """Start ty and let it index; the first import fix is then as quick as the others."""
        await self._ty.warm()

    async def rest(self) -> None:
        """Free what takes much memory while nobody works here: ty. The next question starts it again."""
        if self._ty.alive:
            await self._ty.rest()

    async def close(self) -> None:
        """End the servers; a fork leaves them running."""
        if self._owns:
            await self._ty.end()


def _read_settings(root: Path) -> list[Layer]:
    return [read_user_file(), read_project(root)]
