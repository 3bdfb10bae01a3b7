"""The workspace folders as projects, each with its agent, opened when first needed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from punie_ls.server.project import Project
from punie_semantic.disk import refuse_read_only
from punie_semantic.exceptions import PathError
from punie_semantic.paths import inside, refuse_protected
from punie_semantic.settings import PROJECT_FILES, Layer, layer_of
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_ls.server.server import PunieServer

EDITOR = "the editor's settings"


class Projects:
    """The projects of a server by their folder, as the editor names it."""

    def __init__(self, server: PunieServer) -> None:
        self._server = server
        self._projects: dict[Path, Project] = {}
        self._current: dict[Path, str] = {}
        self._editor = Layer(EDITOR)

    def start(self, options: object) -> None:
        """Take the editor's settings from the initialization options."""
        if isinstance(options, Mapping):
            self._editor = layer_of(EDITOR, options.get("punie") or {})

    def refusal(self, path: Path) -> str:
        """Why Punie does not edit a file; empty when it does."""
        folder = self._folder_of(path)
        if folder is None:
            return "Punie edits only files inside the workspace folders."
        try:
            inside(folder.resolve(), path.relative_to(folder))
        except PathError as error:
            return str(error)
        return ""

    def refusal_to_fix(self, path: Path) -> str:
        """Why no problem of a file is fixed, as far as its path and mode tell; empty when they are."""
        if reason := self.refusal(path):
            return reason
        folder = self._folder_of(path)
        assert folder is not None
        root, file = folder.resolve(), path.relative_to(folder)
        try:
            refuse_protected(root, root / file)
        except PathError as error:
            return str(error)
        try:
            refuse_read_only(path, file.as_posix())
        except PathError:
            return f"{file.as_posix()} is read-only. Make it writable, or save it under another name, and ask again."
        return ""

    def of(self, path: Path) -> Project:
        """The project of a file that is not refused."""
        folder = self._folder_of(path)
        assert folder is not None
        return self._project(folder)

    def usual(self) -> Project | None:
        """The project that is meant when none is named: the one worked on last, else the first folder."""
        focus = self._server.focus.get(self._server.documents.version)
        path = path_of(focus.uri) if focus else None
        if path is not None and not self.refusal(path):
            return self.of(path)
        folder = next(iter(self._folders()), None)
        return self._project(folder) if folder else None

    def _project(self, folder: Path) -> Project:
        if folder not in self._projects:
            current = self._current.pop(folder, "")
            uri = next((uri for uri in self._uris() if path_of(uri) == folder), "")
            self._projects[folder] = Project(self._server, folder, self._editor, current, uri)
        return self._projects[folder]

    def open_ones(self) -> list[Project]:
        """The projects that were needed so far."""
        return list(self._projects.values())

    def _folders(self) -> Iterable[Path]:
        return (folder for uri in self._uris() if (folder := path_of(uri)))

    def _uris(self) -> Iterable[str]:
        # Not the keys: pygls takes the escapes out of them, and what follows a # would be lost.
        return (folder.uri for folder in self._server.workspace.folders.values())

    def _folder_of(self, path: Path) -> Path | None:
        folders = list(self._folders())
        if not folders:
            return path.parent
        holding = [folder for folder in folders if path.is_relative_to(folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    async def settings_changed(self, editor: object) -> None:
        """The relay has new settings, or has found another environment: projects are opened anew when next needed."""
        self._editor = layer_of(EDITOR, editor)
        await self._reopen(list(self._projects.values()))

    def text_changed(self) -> None:
        """The user types: what is looked for in the background is for texts that are no more."""
        for project in self._projects.values():
            project.candidates.stop()

    async def files_changed(self, uris: Iterable[str]) -> None:
        """Files were written: a project whose own settings are others now is opened anew."""
        changed = {path for uri in uris if (path := path_of(uri))}
        for project in self._projects.values():
            if any(path.is_relative_to(project.folder) for path in changed):
                project.candidates.forget()
        folders = {path.parent for path in changed if path.name in PROJECT_FILES}
        concerned = [project for project in self._projects.values() if project.folder in folders]
        others = await asyncio.gather(*(project.has_other_settings() for project in concerned))
        await self._reopen([project for project, other in zip(concerned, others, strict=True) if other])

    async def _reopen(self, projects: list[Project]) -> None:
        """Forget projects; their conversations go on in the new ones."""
        for project in projects:
            self._current[project.folder] = project.current
            if self._projects.get(project.folder) is project:
                del self._projects[project.folder]
        await asyncio.gather(*(project.retire() for project in projects), return_exceptions=True)

    async def close(self) -> None:
        """End every project's processes."""
        projects, self._projects = list(self._projects.values()), {}
        await asyncio.gather(*(project.close() for project in projects), return_exceptions=True)
