"""An editor on pytest-lsp's client: buffers, waiting for diagnostics, choosing code actions, applying their edits."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import unquote, urlsplit

import psutil
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, default_converter
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from tests.e2e.text_edits import apply, span

PUNIE_LS = Path(sys.executable).with_name("punie-ls")
SECONDS = 60.0
TITLE = "Fix with Punie"

# What a request gets while a server is on its way back, or while the text moves on.
_OWN_FEATURES = (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,)
_RETRY = (types.LSPErrorCodes.ServerCancelled, types.LSPErrorCodes.ContentModified)


@dataclass
class Buffer:
    """An open document as the editor has it."""

    text: str
    version: int = 1


@dataclass
class Outcome:
    """What a command of Punie answers."""

    applied: bool
    message: str
    answer: str
    document: str

    @property
    def page(self) -> str:
        """The text of its document, when that is a file."""
        return Path(unquote(urlsplit(self.document).path)).read_text(encoding="utf-8")


class Editor(LanguageClient):
    """A client with buffers."""

    def __init__(self, *, asks: bool = True) -> None:
        super().__init__(converter_factory=_converter)
        register_lsp_features(self, {m: f for m, f in DEFAULT_CLIENT_FEATURES.items() if m not in _OWN_FEATURES})
        self.feature(types.WORKSPACE_APPLY_EDIT)(_apply_edit)
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(_publish_diagnostics)
        self.feature(types.CLIENT_REGISTER_CAPABILITY)(_accept)
        self.feature(types.CLIENT_UNREGISTER_CAPABILITY)(_accept)
        self.feature(types.WORKSPACE_INLAY_HINT_REFRESH)(_accept)
        self.feature(types.WORKSPACE_SEMANTIC_TOKENS_REFRESH)(_accept)
        self.feature(types.WORKSPACE_CODE_LENS_REFRESH)(_accept)
        self.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT_REFRESH)(_accept)
        if asks:
            self.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)(_ask)
        self.buffers: dict[str, Buffer] = {}
        self.applied: list[types.WorkspaceEdit] = []
        self.questions: list[types.ShowMessageRequestParams] = []
        self.answers: list[str | None] = []
        self.withdrawn: list[types.ShowMessageRequestParams] = []
        self.answering = asyncio.Event()
        self.answering.set()
        self.encoding = "utf-16"
        self.root: Path | None = None
        self.server: types.ServerCapabilities = types.ServerCapabilities()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """A client that lacks a feature says so to the server; that is no failure of either."""
        if not isinstance(error, JsonRpcMethodNotFound):
            super().report_server_error(error, source)

    # Buffers

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file, with a text of its own when it has unsaved changes; gives its URI."""
        return self.open_uri(path.as_uri(), path.read_bytes().decode() if text is None else text)

    def open_uri(self, uri: str, text: str) -> str:
        """Open any document."""
        self.buffers[uri] = Buffer(text)
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, types.LanguageKind.Python, 1, text))
        )
        return uri

    def change(self, uri: str, text: str) -> None:
        """Type: the buffer's text is replaced as a whole."""
        buffer = self.buffers[uri]
        buffer.text, buffer.version = text, buffer.version + 1
        self.diagnostics.pop(uri, None)
        document = types.VersionedTextDocumentIdentifier(buffer.version, uri)
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(document, [types.TextDocumentContentChangeWholeDocument(text)])
        )

    def text(self, uri: str) -> str:
        """The buffer's text."""
        return self.buffers[uri].text

    def span(self, uri: str, needle: str) -> types.Range:
        """The range of the only place of `needle` in the buffer."""
        return span(self.text(uri), needle, self.encoding)

    def at(self, uri: str, needle: str) -> dict[str, Any]:
        """The arguments of a request about the start of `needle`."""
        return {
            "text_document": types.TextDocumentIdentifier(uri),
            "position": self.span(uri, needle).start,
        }

    def apply(self, edit: types.WorkspaceEdit) -> str:
        """Apply an edit as editors do: only onto the version it is for. Gives the reason when it is not applied."""
        changes = dict(edit.changes or {})
        for change in edit.document_changes or ():
            if isinstance(change, types.CreateFile):
                self.open_uri(change.uri, "")
                continue
            assert isinstance(change, types.TextDocumentEdit), "no file is renamed or deleted here"
            uri, version = change.text_document.uri, change.text_document.version
            if version is not None and version != self.buffers[uri].version:
                return f"the edit is for version {version}"
            changes[uri] = [e for e in change.edits if isinstance(e, types.TextEdit | types.AnnotatedTextEdit)]
        self.applied.append(edit)
        for uri, edits in changes.items():
            if uri not in self.buffers:
                data = Path(unquote(urlsplit(uri).path)).read_bytes()
                self.open_uri(uri, data.decode("utf-8" if _is_utf_8(data) else "latin-1"))
            self.change(uri, apply(self.text(uri), edits, self.encoding))
        return ""

    # Diagnostics

    async def problems(
        self, uri: str, until: Callable[[list[types.Diagnostic]], bool] = bool
    ) -> list[types.Diagnostic]:
        """The document's diagnostics without hints, asked for or published, once `until` holds for them."""
        found: list[types.Diagnostic] = []

        async def arrived() -> bool:
            reported = await self._reported(uri)
            found[:] = [d for d in reported or () if d.severity != types.DiagnosticSeverity.Hint]
            return reported is not None and until(found)

        await until_true(arrived, lambda: f"the diagnostics are {found}")
        return found

    async def problem(self, uri: str, code: str) -> types.Diagnostic:
        """The first diagnostic with a code, once it is reported."""
        found = await self.problems(uri, lambda items: any(d.code == code for d in items))
        return next(d for d in found if d.code == code)

    async def gone(self, uri: str, code: str) -> None:
        """Wait until no diagnostic with a code is reported."""
        await self.problems(uri, lambda items: all(d.code != code for d in items))

    async def _reported(self, uri: str) -> Sequence[types.Diagnostic] | None:
        """What is reported for the buffer as it is now; None while nothing is."""
        assert self.capabilities is not None
        text_document = self.capabilities.text_document
        if text_document is None or text_document.diagnostic is None:
            return self.diagnostics.get(uri)
        try:
            report = await self.text_document_diagnostic_async(
                types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
            )
        except JsonRpcException as error:
            if error.code in _RETRY:
                return None
            raise
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return report.items

    # Code actions

    async def actions(
        self,
        uri: str,
        where: types.Range,
        *problems: types.Diagnostic,
        only: Sequence[types.CodeActionKind | str] | None = None,
    ) -> list[types.CodeAction | types.Command]:
        """Punie's own actions for a range, as they are now."""
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), where, types.CodeActionContext(list(problems), only=only)
        )
        found = await self.text_document_code_action_async(params)
        return [action for action in found or () if action.title.startswith(TITLE)]

    async def offered(
        self, uri: str, where: types.Range, *problems: types.Diagnostic
    ) -> types.CodeAction | types.Command:
        """Punie's first action for a range, once there is one: the server starts after the others."""
        found: list[types.CodeAction | types.Command] = []

        async def arrived() -> bool:
            found[:] = await self.actions(uri, where, *problems)
            return bool(found)

        await until_true(arrived, lambda: f"no fix is offered at {where}")
        return found[0]

    async def offer(self, uri: str, code: str) -> types.CodeAction | types.Command:
        """The action for the first problem with a code."""
        problem = await self.problem(uri, code)
        return await self.offered(uri, problem.range, problem)

    async def choose(self, action: types.CodeAction | types.Command) -> None:
        """Do what editors do with a chosen action: resolve it, apply its edit, execute its command."""
        if isinstance(action, types.CodeAction) and self.resolves:
            action = await self.code_action_resolve_async(action)
            if action.edit:
                assert self.apply(action.edit) == ""
        command = action.command if isinstance(action, types.CodeAction) else action
        if isinstance(command, types.Command):
            await self.execute(command.command, *command.arguments or ())

    @property
    def resolves(self) -> bool:
        """Whether the client asks for an action's edit once it is chosen."""
        text_document = self.capabilities.text_document if self.capabilities else None
        actions = text_document.code_action if text_document else None
        return actions is not None and actions.resolve_support is not None

    async def fix(self, uri: str, code: str) -> str:
        """Choose the fix for the first problem with a code; gives the buffer's text then."""
        await self.choose(await self.offer(uri, code))
        return self.text(uri)

    async def execute(self, command: str, *arguments: object) -> Any:
        """Execute a command; gives its raw result."""
        return await self.workspace_execute_command_async(types.ExecuteCommandParams(command, list(arguments)))

    async def run(self, command: str, *arguments: object) -> Outcome:
        """Execute one of Punie's commands."""
        result = plain(await self.execute(command, *arguments))
        return Outcome(result["applied"], result["message"], result.get("answer", ""), result.get("document", ""))

    async def asked(self, *parts: str) -> types.ShowMessageRequestParams:
        """The first question that has all of these parts, once it is there."""

        async def arrived() -> bool:
            return any(all(part in q.message for part in parts) for q in self.questions)

        await until_true(arrived, lambda: f"the questions are {[q.message for q in self.questions]}")
        return next(q for q in self.questions if all(part in q.message for part in parts))

    # What the server says

    async def said(self, *parts: str) -> str:
        """The first message shown to the user that has all of these parts, once it is there."""

        async def arrived() -> bool:
            return any(all(part in m.message for part in parts) for m in self.messages)

        await until_true(arrived, lambda: f"the messages are {[m.message for m in self.messages]}")
        return next(m.message for m in self.messages if all(part in m.message for part in parts))

    # Processes

    def server_process(self, name: str) -> psutil.Process | None:
        """The relay's child: "ty", "ruff" or "punie"; None while there is none."""
        for process in self.processes(recursive=False):
            with suppress(psutil.Error):
                line = process.cmdline()
                if "server" in line and ("punie_ls" in line if name == "punie" else Path(line[0]).name == name):
                    return process
        return None

    def processes(self, *, recursive: bool) -> list[psutil.Process]:
        """The program's children."""
        assert self._server is not None
        return psutil.Process(self._server.pid).children(recursive=recursive)


async def until_true(condition: Callable[[], Awaitable[bool]], otherwise: Callable[[], str]) -> None:
    """Wait until a condition holds; fails with a sentence when it never does."""
    deadline = time.monotonic() + SECONDS
    while not await condition():
        assert time.monotonic() < deadline, otherwise()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def start_editor(
    root: Path | None,
    capabilities: types.ClientCapabilities | None = None,
    *,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    asks: bool = True,
    prepare: Callable[[Editor], None] = lambda editor: None,
) -> AsyncGenerator[Editor]:
    """Start `punie-ls` on a folder, or on none, and end it in the end; `prepare` may add to what the client takes."""
    editor = Editor(asks=asks)
    prepare(editor)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PUNIE_")}
    await editor.start_io(str(PUNIE_LS), cwd=cwd or root, env={**clean, **(environ or {})})
    folders = [types.WorkspaceFolder(root.as_uri(), root.name)] if root else None
    try:
        async with asyncio.timeout(SECONDS):
            result = await editor.initialize_session(
                types.InitializeParams(
                    capabilities=capabilities or vscode(),
                    root_uri=root.as_uri() if root else None,
                    workspace_folders=folders,
                    initialization_options={"punie": dict(settings)} if settings else None,
                )
            )
        editor.root = root
        editor.server = result.capabilities
        editor.encoding = str(result.capabilities.position_encoding or "utf-16")
        yield editor
    finally:
        async with asyncio.timeout(SECONDS):
            await editor.shutdown_session()
        await editor.stop()


def vscode(**code_action: Any) -> types.ClientCapabilities:
    """VS Code's capabilities, with others for code actions when given."""
    capabilities = client_capabilities("visual_studio_code")
    assert capabilities.text_document is not None
    assert capabilities.text_document.code_action is not None
    for name, value in code_action.items():
        setattr(capabilities.text_document.code_action, name, value)
    return capabilities


def _converter() -> Any:
    """pygls' converter, less three defects.

    It cannot read what ty says about notebooks, nor actions with commands; and it changes the keys of params that it
    does not know.
    """
    converter = default_converter()
    for kind in (JsonRPCNotification, JsonRPCRequestMessage):
        converter.register_structure_hook(kind, lambda data, wanted: wanted(**{"params": None, **data}))
    converter.register_structure_hook(
        types.Command | types.CodeAction,
        lambda value, _: converter.structure(
            value, types.Command if isinstance(value.get("command"), str) else types.CodeAction
        ),
    )
    notebook = get_type_hints(types.NotebookDocumentFilterWithNotebook)["notebook"]
    converter.register_structure_hook(notebook | None, lambda value, _: value)
    return converter


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def plain(value: Any) -> Any:
    """pygls gives raw results as named tuples."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _apply_edit(editor: Editor, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
    reason = editor.apply(params.edit)
    return types.ApplyWorkspaceEditResult(applied=not reason, failure_reason=reason or None)


async def _ask(editor: Editor, params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
    """The next answer of the test; a question that it does not expect is put away."""
    editor.questions.append(params)
    try:
        await editor.answering.wait()
    except asyncio.CancelledError:
        editor.withdrawn.append(params)
        raise
    answer = editor.answers.pop(0) if editor.answers else None
    assert answer is None or answer in [action.title for action in params.actions or ()], params
    return types.MessageActionItem(answer) if answer else None


def _publish_diagnostics(editor: Editor, params: types.PublishDiagnosticsParams) -> None:
    buffer = editor.buffers.get(params.uri)
    if buffer is None or params.version in (None, buffer.version):
        editor.diagnostics[params.uri] = params.diagnostics


def _accept(editor: Editor, params: object) -> None:
    """Nothing to do for a test."""
