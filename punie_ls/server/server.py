"""The punie server: holds the documents and the projects, and answers code actions, their resolve and commands."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from punie_ls.server.documents import Documents
from punie_ls.server.edits import uri_of, workspace_edit
from punie_ls.server.problems import FIX_COMMAND, from_data
from punie_ls.server.progress import work_done_progress
from punie_ls.server.project import Project
from punie_ls.server.protocol import PunieProtocol, plain
from punie_ls.server.refactor_actions import REFACTOR_COMMAND, is_refactoring, refactor
from punie_semantic.exceptions import EditError, PathError, SemanticError, SourceError
from punie_semantic.paths import inside
from punie_semantic.settings import Layer, layer_of
from punie_semantic.sources import read_source
from punie_semantic.transactions import record
from punie_semantic.wire.framing import REQUEST_FAILED
from punie_semantic.wire.positions import negotiate
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_agent.fixing import FixOutcome
    from punie_semantic.overlay import FileChange

logger = logging.getLogger(__name__)

ASK_RELAY_SECONDS = 0.04
EDITOR = "the editor's settings"


class PunieServer(LanguageServer):
    """Punie's own features as one more language server behind the relay."""

    def __init__(self, name: str, version: str) -> None:
        super().__init__(name, version, protocol_cls=PunieProtocol)
        self.documents = Documents()
        self._diagnostics: dict[str, dict[str, tuple[int | None, list[dict[str, Any]]]]] = {}
        self._projects: dict[Path, Project] = {}
        self._editor = Layer(EDITOR)

    def start_session(self, params: types.InitializeParams) -> None:
        """Take what was negotiated from the initialize request."""
        general = params.capabilities.general
        self.documents.encoding = negotiate(general.position_encodings if general else None)
        options = plain(params.initialization_options)
        if isinstance(options, Mapping):
            self._editor = layer_of(EDITOR, options.get("punie") or {})

    def client_supports(self, path: str) -> Any:  # noqa: ANN401 - any capability
        """A client capability by its dotted path; None when a part is missing."""
        value: Any = self.client_capabilities
        for name in path.split("."):
            value = getattr(value, name, None)
        return value

    def unstructure(self, value: object) -> Any:  # noqa: ANN401 - wire data
        """A typed LSP value as JSON data."""
        return self.protocol._converter.unstructure(value)

    # Diagnostics

    def diagnostics_passed(self, params: Mapping[str, Any]) -> None:
        """The relay passed a full list of one server's diagnostics to the client."""
        lists = self._diagnostics.setdefault(params["uri"], {})
        lists[params["source"]] = (params.get("version"), params["diagnostics"])

    async def known_diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """What ty and ruff last reported for a document; what is outdated is asked for, within a deadline."""
        version = self.documents.version(uri)
        known = self._diagnostics.get(uri, {})
        fresh = {tool: items for tool, (seen, items) in known.items() if seen is not None and seen == version}
        missing = [tool for tool in ("ty", "ruff") if tool not in fresh]
        answers = await asyncio.gather(*(self._ask(tool, uri) for tool in missing))
        fresh.update(dict(zip(missing, answers, strict=True)))
        return [*fresh["ty"], *fresh["ruff"]]

    async def _ask(self, tool: str, uri: str) -> list[dict[str, Any]]:
        params = {"textDocument": {"uri": uri}}
        request = {"server": tool, "method": types.TEXT_DOCUMENT_DIAGNOSTIC, "params": params}
        try:
            async with asyncio.timeout(ASK_RELAY_SECONDS):
                report = plain(await self.protocol.send_request_async("punie/lsp", request))
        except (TimeoutError, JsonRpcException):
            return []
        return report.get("items", []) if isinstance(report, dict) else []

    # Projects

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

    def project_of(self, path: Path) -> Project:
        """The project of a file that is not refused."""
        folder = self._folder_of(path)
        assert folder is not None
        if folder not in self._projects:
            self._projects[folder] = Project(folder, self._editor)
        return self._projects[folder]

    def _folder_of(self, path: Path) -> Path | None:
        folders = [folder for uri in self.workspace.folders if (folder := path_of(uri))]
        if not folders:
            return path.parent
        holding = [folder for folder in folders if path.is_relative_to(folder)]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    async def settings_changed(self, params: Mapping[str, Any]) -> None:
        """The relay has new settings, or has found another environment: projects are opened anew when next needed."""
        self._editor = layer_of(EDITOR, json.loads(params["editor"]))
        projects, self._projects = list(self._projects.values()), {}
        await asyncio.gather(*(project.retire() for project in projects), return_exceptions=True)

    async def close_projects(self) -> None:
        """End every project's processes."""
        projects, self._projects = list(self._projects.values()), {}
        await asyncio.gather(*(project.close() for project in projects), return_exceptions=True)

    # Fixes

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Compute the edit of a chosen action. Without a good edit the action comes back bare, with a message."""
        data = plain(action.data)
        if data is None:
            return action  # it has a command instead; some editors resolve every action
        if is_refactoring(data):
            return await self._resolve_refactoring(action, data)
        outcome = await self._fix(data, None)
        if outcome.fixed:
            action.edit = self._edit(data["uri"], outcome.changes)
            if outcome.unsafe:
                self._say(outcome.sentence)
        else:
            self._say(outcome.sentence)
        return action

    async def _resolve_refactoring(self, action: types.CodeAction, data: Mapping[str, Any]) -> types.CodeAction:
        done = await refactor(self, data)
        if done.changes:
            action.edit = self._edit(data["uri"], done.changes)
        else:
            self._say(done.sentence)
        return action

    async def execute(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """Run a command; its edit is applied through workspace/applyEdit."""
        arguments = plain(params.arguments or [])
        if params.command == REFACTOR_COMMAND:
            return await self._execute_refactoring(arguments)
        if params.command != FIX_COMMAND:
            raise JsonRpcInvalidParams(f"{params.command} is not a command of Punie.")
        if len(arguments) != 1 or not isinstance(arguments[0], dict):
            raise JsonRpcInvalidParams(f"{FIX_COMMAND} takes one object: uri, version and problem.")
        outcome = await self._fix(arguments[0], params.work_done_token)
        label = f"Fix with Punie: {outcome.request.code}"
        applied = outcome.fixed and await self._apply(arguments[0]["uri"], outcome.changes, label)
        if outcome.unsafe or not outcome.fixed:
            self._say(outcome.sentence)
        return {"applied": applied, "message": outcome.sentence}

    async def _execute_refactoring(self, arguments: list[Any]) -> dict[str, Any]:
        if len(arguments) != 1 or not isinstance(arguments[0], dict):
            raise JsonRpcInvalidParams(f"{REFACTOR_COMMAND} takes one object: uri, version, range and refactoring.")
        done = await refactor(self, arguments[0])
        applied = bool(done.changes) and await self._apply(arguments[0]["uri"], done.changes, "Refactor with Punie")
        if not done.changes:
            self._say(done.sentence)
        return {"applied": applied, "message": done.sentence}

    async def _fix(self, data: Mapping[str, Any], token: int | str | None) -> FixOutcome:
        try:
            uri, problem, version = from_data(data)
            path = path_of(uri)
        except ValueError as error:
            raise JsonRpcInvalidParams(
                f"The fix needs uri and problem (tool, code, message, range): {error}"
            ) from error
        reason = self.refusal(path) if path else "Punie edits only files on disk."
        if path is None or reason:
            raise JsonRpcInvalidParams(reason)
        self._check_version(uri, version)
        try:
            text = self._text(uri, path)
        except SourceError as error:
            raise JsonRpcInvalidParams(str(error)) from error
        project = self.project_of(path)
        request = problem.request(path.relative_to(project.folder).as_posix(), text, self.documents.encoding)
        buffers = self.documents.below(project.folder, project.root)
        async with work_done_progress(self, "Fix with Punie", token) as report:
            outcome = await self._run(project, request, buffers, report)
        for change in outcome.changes:
            if self.documents.get(uri_of(change, project.folder)) != change.buffer:
                raise JsonRpcContentModified("The document changed while the fix was computed. Ask again.")
        return outcome

    async def _run(self, project: Project, request: Any, buffers: Any, report: Any) -> FixOutcome:  # noqa: ANN401
        def on_event(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
            if event.type == "tool_call_started":
                report(event.title)

        try:
            return await project.fix(request, buffers, on_event)
        except SemanticError as error:
            self._say(str(error), types.MessageType.Warning)
            raise JsonRpcException(str(error), REQUEST_FAILED) from error

    def _check_version(self, uri: str, version: int | None) -> None:
        if version is not None and version != self.documents.version(uri):
            raise JsonRpcContentModified("The document changed since the fix was offered. Ask again.")

    def _text(self, uri: str, path: Path) -> str:
        buffer = self.documents.get(uri)
        return buffer.text if buffer else read_source(path).text

    def _edit(self, uri: str, changes: Sequence[FileChange]) -> types.WorkspaceEdit:
        path = path_of(uri)
        assert path is not None
        folder = self.project_of(path).folder
        versioned = bool(self.client_supports("workspace.workspace_edit.document_changes"))
        operations = self.client_supports("workspace.workspace_edit.resource_operations") or ()
        try:
            return workspace_edit(changes, folder, self.documents.encoding, versioned=versioned, operations=operations)
        except EditError as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from error

    async def _apply(self, uri: str, changes: Sequence[FileChange], label: str) -> bool:
        edit = self._edit(uri, changes)
        answer = await self.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit=edit, label=label))
        if not answer.applied:
            why = f": {answer.failure_reason}" if answer.failure_reason else ""
            self._say(f"The editor did not apply the edit{why}. Nothing was changed.", types.MessageType.Warning)
            return False
        await self._record(uri, changes, label)
        return True

    async def _record(self, uri: str, changes: Sequence[FileChange], label: str) -> None:
        """Note an edit that the editor applied, so that it can be undone; without a journal it still holds."""
        path = path_of(uri)
        assert path is not None
        try:
            await asyncio.to_thread(record, self.project_of(path).root, changes, title=label)
        except (SemanticError, OSError):
            logger.exception("%s is not in the history", label)

    def _say(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        self.window_show_message(types.ShowMessageParams(type=kind, message=f"Punie: {text}"))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Errors go to the client as responses and to the log; not as pop-ups."""
        logger.error("%s: %s", source, error)
