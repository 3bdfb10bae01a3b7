"""Punie's own findings, as failed tests, for as long as they hold.

A list is about one version of an open document, or about a file that is not open. It ends with that text, and with
the server that wrote it: the next one may write it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.client import Client
from punie_ls.relay.documents import Documents
from punie_ls.relay.messages import NULL

# A test run speaks of many documents at once, and the editor asks for all of them each time.
REFRESH_SECONDS = 0.05


class Published(Protocol):
    """The params of `textDocument/publishDiagnostics`."""

    uri: str
    version: int | None
    diagnostics: list[Raw]


class OwnDiagnostics:
    """Punie's lists. Each is in the answer to a pull or among what is published, never in both.

    Attributes:
        pulled: whether the editor asks for the diagnostics of its open documents.
    """

    def __init__(self, client: Client, documents: Documents, show: Callable[[str, int | None], None]) -> None:
        self.pulled = False
        self._client = client
        self._documents = documents
        self._show = show
        self._lists: dict[str, list[Raw]] = {}
        self._refresh: asyncio.TimerHandle | None = None

    def of(self, uri: str) -> list[Raw]:
        """What holds for the document as it is now."""
        return self._lists.get(uri, [])

    def to_publish(self, uri: str) -> list[Raw]:
        """What of it belongs into a published list."""
        return [] if self._is_pulled(uri) else self.of(uri)

    def publish(self, published: Published) -> None:
        """A new list; one about an older text is dropped."""
        uri = published.uri
        current = self._documents.version(uri)
        if published.version is not None and current is not None and published.version != current:
            return
        unchanged = published.diagnostics == self.of(uri)
        if published.diagnostics:
            # Copies, or the whole message would be kept for them.
            self._lists[uri] = [item.copy() for item in published.diagnostics]
        else:
            self._lists.pop(uri, None)
        if not (unchanged and self._is_pulled(uri)):
            self._tell(uri)

    def opened(self, uri: str) -> None:
        """What was published about the file is asked for from now on."""
        if self.pulled and uri in self._lists:
            self._show(uri, None)

    def changed(self, uri: str) -> None:
        """Nothing is known about the new text. The editor asks anew, or is sent ty's and ruff's new lists."""
        self._lists.pop(uri, None)

    def closed(self, uri: str) -> None:
        """What was asked for is published from now on."""
        if self.pulled and uri in self._lists:
            self._show(uri, None)

    def end(self) -> None:
        """The server is gone, and its findings with it."""
        uris, self._lists = list(self._lists), {}
        for uri in uris:
            self._tell(uri)

    def _is_pulled(self, uri: str) -> bool:
        return self.pulled and self._documents.version(uri) is not None

    def _tell(self, uri: str) -> None:
        if not self._is_pulled(uri):
            self._show(uri, self._documents.version(uri))
        elif self._refresh is None:
            self._refresh = asyncio.get_running_loop().call_later(REFRESH_SECONDS, self._ask_for_pulls)

    def _ask_for_pulls(self) -> None:
        self._refresh = None
        self._client.ask(methods.DIAGNOSTIC_REFRESH, NULL)
