"""The punie server: what its parts share, and the border where a command's failures become answers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from punie_agent.exceptions import AgentError
from punie_ls.server.answers import AnswerDocuments
from punie_ls.server.commands.table import execute
from punie_ls.server.conversations import Conversations
from punie_ls.server.documents import Documents
from punie_ls.server.event_stream import EventStream
from punie_ls.server.experimental import RichClient, rich_client
from punie_ls.server.focus import LastFocus
from punie_ls.server.output import Output
from punie_ls.server.projects import Projects
from punie_ls.server.protocol import PunieProtocol, converter, plain
from punie_ls.server.reported import ReportedDiagnostics
from punie_ls.server.running import Jobs
from punie_ls.server.state import StateNews
from punie_ls.server.test_results import TestDiagnostics
from punie_semantic.exceptions import SemanticError
from punie_semantic.settings import PROJECT_FILES
from punie_semantic.sources import read_source
from punie_semantic.wire.framing import REQUEST_FAILED
from punie_semantic.wire.positions import negotiate

if TYPE_CHECKING:
    from punie_ls.server.project import Project

STDOUT = 1

logger = logging.getLogger(__name__)


class PunieServer(LanguageServer):
    """Punie's own features as one more language server behind the relay.

    Attributes:
        documents: the editor's texts.
        focus: where the user worked last.
        reported: what ty and ruff said.
        projects: the workspace folders.
        jobs: the commands that run.
        answers: documents to read.
        conversations: which of them are conversations.
        tests: failures of tests, as diagnostics.
        output: where messages to the client go.
        rich: what the client takes beyond the standard.
        events: the events of turns, on their way to such a client.
        news: tells such a client what runs.
        closing: whether the editor has said that it ends.
    """

    def __init__(self, name: str, version: str) -> None:
        super().__init__(name, version, protocol_cls=PunieProtocol, converter_factory=converter)
        self.documents = Documents()
        self.focus = LastFocus()
        self.reported = ReportedDiagnostics(self)
        self.projects = Projects(self)
        self.output = Output(STDOUT)
        self.rich = RichClient()
        self.events = EventStream(self)
        self.news = StateNews(self)
        self.jobs = Jobs(self.news.changed)
        self.answers = AnswerDocuments(self)
        self.conversations = Conversations(self)
        self.tests = TestDiagnostics(self)
        self.closing = False

    def start_session(self, params: types.InitializeParams) -> None:
        """Take what was negotiated from the initialize request."""
        general = params.capabilities.general
        self.documents.encoding = negotiate(general.position_encodings if general else None)
        self.rich = rich_client(plain(params.capabilities.experimental))
        self.projects.start(plain(params.initialization_options))

    def client_supports(self, path: str) -> Any:  # noqa: ANN401 - any capability
        """A client capability by its dotted path; None when a part is missing."""
        value: Any = self.client_capabilities
        for name in path.split("."):
            value = getattr(value, name, None)
        return value

    def unstructure(self, value: object) -> Any:  # noqa: ANN401 - wire data
        """A typed LSP value as JSON data."""
        return self.protocol._converter.unstructure(value)

    async def ask_client(self, method: str, params: object) -> Any:  # noqa: ANN401 - any result
        """A request to the client; it is withdrawn when nobody waits for the answer any more."""
        assert isinstance(self.protocol, PunieProtocol)
        return await self.protocol.ask_client(method, params)

    def text(self, uri: str, path: Path) -> str:
        """A file's text: the editor's when it is open, else the disk's. Raises SourceError."""
        buffer = self.documents.get(uri)
        return buffer.text if buffer else read_source(path).text

    def text_changed(self, uri: str) -> None:
        """A document was opened or edited: the user is there, and what tests said of it is old."""
        self.focus.look(uri, self.documents.version(uri))
        self.tests.text_changed(uri)
        self.projects.text_changed()

    def usual_project(self, command: str) -> Project:
        """The project that a command without a document means. Raises JsonRpcInvalidParams."""
        project = self.projects.usual()
        if project is None:
            raise JsonRpcInvalidParams(f"{command} needs a folder: open one, or pass the uri of a file.")
        return project

    async def execute(self, params: types.ExecuteCommandParams) -> dict[str, Any]:
        """Run a command. What it cannot do is said and answered as an error."""
        try:
            result = await execute(self, params.command, plain(params.arguments or []), params.work_done_token)
        except (SemanticError, AgentError, OSError) as error:
            self.say(str(error), types.MessageType.Warning)
            raise JsonRpcException(str(error), REQUEST_FAILED) from error
        return result.as_json()

    async def watch_files(self) -> None:
        """Ask to be told of files that others write; the relay watches where the editor does not."""
        watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in ("*.py", *PROJECT_FILES)]
        item = types.Registration(
            id="punie/files",
            method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
        )
        try:
            await self.client_register_capability_async(types.RegistrationParams(registrations=[item]))
        except JsonRpcException as error:
            logger.info("files are not watched: %s", error)

    async def close(self) -> None:
        """End what runs, and the projects."""
        self.closing = True
        self.jobs.stop()
        await self.projects.close()
        self.answers.close()

    def say(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(type=kind, message=f"Punie: {text}"))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Errors go to the client as responses and to the log; not as pop-ups."""
        logger.error("%s: %s", source, error)
