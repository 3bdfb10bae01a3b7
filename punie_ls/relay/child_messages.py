"""What the children write: answers go on untouched, requests under new ids, and a few are for the relay."""

from __future__ import annotations

import logging

from msgspec import Raw

from punie_ls.relay import methods
from punie_ls.relay.bridge import Bridge
from punie_ls.relay.child import Child
from punie_ls.relay.connection import Connection
from punie_ls.relay.messages import NULL, Id, Incoming, decode_incoming, encode, response

log = logging.getLogger(__name__)


class ChildMessages:
    """Routes the children's messages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._client = connection.client
        self._bridge = Bridge(connection.children, connection.tasks.spawn)

    def receive(self, child: Child, identifier: Id | None, method: str | None, body: bytes) -> None:
        """One message. A bug met on the way is logged; the connection goes on."""
        try:
            if method is None:
                self._client.relay_response(child, identifier, body)
            elif identifier is None:
                self._notification(child, method, body)
            else:
                self._request(child, body)
        except Exception:
            log.exception("cannot handle %s of %s", method, child.name)

    def _notification(self, child: Child, method: str, body: bytes) -> None:
        if method == methods.PUBLISH_DIAGNOSTICS:
            self._connection.diagnostics.publish(child, body)
        elif method == methods.CANCEL_REQUEST:
            if not (child is self._connection.punie and self._bridge.cancel(body)):
                self._client.forward_cancel(child, body)
        elif method == methods.PROGRESS:
            self._client.write(self._connection.leftovers.progress(body, child))
        else:
            self._client.write(body)

    def _request(self, child: Child, body: bytes) -> None:
        incoming = decode_incoming(body)
        if child is self._connection.ty and incoming.method == methods.CONFIGURATION:
            self._connection.tasks.spawn(self._configure(child, incoming))
        elif child is self._connection.punie and incoming.method == methods.PUNIE_LSP:
            self._bridge.request(child, incoming)
        else:
            self._forward(child, incoming)

    def _forward(self, child: Child, incoming: Incoming) -> None:
        """To the editor, less what Punie does in its place, or what the editor does not know."""
        if child is self._connection.punie and not self._connection.session.takes(incoming.method):
            child.send(response(bytes(incoming.id), NULL))
            return
        params = self._connection.watching.take(child, incoming.method, bytes(incoming.params))
        if params is None:
            child.send(response(bytes(incoming.id), NULL))
            return
        params = self._connection.leftovers.request(child, incoming.method, params)
        self._client.forward_request(child, Incoming(incoming.id, incoming.method, Raw(params)))

    async def _configure(self, child: Child, incoming: Incoming) -> None:
        process = child.process
        result = encode([None])
        try:
            result = await self._connection.configuration.answer(bytes(incoming.params))
        finally:
            # Whatever went wrong: without an answer, or with an error, ty would wait for ever.
            if child.process is process:
                child.send(response(bytes(incoming.id), result))
