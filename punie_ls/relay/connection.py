"""What the parts of one connection share: the children, the editor, and what is remembered of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from punie_ls.relay.child import Child, OnMessage
from punie_ls.relay.client import Client
from punie_ls.relay.code_actions import CodeActions
from punie_ls.relay.code_lenses import CodeLenses
from punie_ls.relay.configuration import TyConfiguration
from punie_ls.relay.diagnostics import Diagnostics
from punie_ls.relay.documents import Documents
from punie_ls.relay.interpreters import Interpreters
from punie_ls.relay.leftovers import Leftovers
from punie_ls.relay.reconfiguration import Reconfiguration
from punie_ls.relay.routing import Name
from punie_ls.relay.session import Session
from punie_ls.relay.supervisor import Launch
from punie_ls.relay.tasks import Tasks
from punie_ls.relay.watching import Watching

Phase = Literal["new", "initializing", "running", "shutdown"]


class Connection:
    """One editor, three children. `session` and what follows from it come with `initialize`.

    `restart` is set by whoever starts the children.

    Args:
        write: sends a message to the editor.
        on_child_message: gets what the children write.
        tasks: where requests run that take more than one step.
        watcher: how the process is started that watches files.
    """

    def __init__(
        self, write: Callable[[bytes], None], on_child_message: OnMessage, tasks: Tasks, watcher: Launch
    ) -> None:
        self.phase: Phase = "new"
        self.client = Client(write)
        self.tasks = tasks
        self._watcher = watcher
        self.ty = Child("ty", on_child_message)
        self.ruff = Child("ruff", on_child_message)
        self.punie = Child("punie", on_child_message, trusted=False, patient=True)
        self.children: dict[Name, Child] = {c.name: c for c in (self.ty, self.ruff, self.punie)}
        self.command_owners: dict[str, Name] = {}
        self.documents = Documents()
        self.diagnostics = Diagnostics(self.children, self.client, self.documents)
        self.documents.on_open = self.diagnostics.own.opened
        self.documents.on_change = self.diagnostics.own.changed
        self.documents.on_close = self.diagnostics.close
        self.code_actions = CodeActions(self.children)
        self.code_lenses = CodeLenses(self.children)
        self.leftovers = Leftovers(self.client)
        self.restart: Callable[[Name], None] = lambda name: None
        self._take(Session({}))

    def begin(self, session: Session) -> None:
        """Take over what the editor said in `initialize`."""
        self.phase = "initializing"
        self.documents.encoding = session.encoding
        self._take(session)

    def _take(self, session: Session) -> None:
        self.session = session
        self.interpreters = Interpreters(lambda folder: session.settings.of(folder).settings.interpreter)
        self.configuration = TyConfiguration(session, self.client, self.interpreters)
        self.reconfiguration = Reconfiguration(
            session,
            self.configuration,
            self.interpreters,
            self.children,
            self.client,
            lambda name: self.restart(name),
        )
        self.watching = Watching(
            self.client, self.tasks, self._watcher, lambda: session.folders, self.reconfiguration.files_changed
        )

    async def read_settings(self) -> None:
        """Read the settings files, and start looking for the project's Python."""
        await self.session.settings.read(self.session.folders)
        self.watching.active = self.session.watches_files
        for folder in self.session.folders:
            self.interpreters.look_for(folder)
