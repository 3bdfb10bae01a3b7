"""What a child has set up in the editor and would leave behind in a crash: registrations and progress bars."""

from __future__ import annotations

from typing import Any

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.client import Client
from punie_ls.relay.messages import Id, decode, encode, params_of
from punie_ls.relay.routing import Name


class Leftovers:
    """Follows the requests by which children set things up, and clears away after one that died."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._registrations: dict[Name, dict[str, str]] = {}
        self._tokens: dict[Id, Child] = {}

    def request(self, child: Child, method: str, params: bytes) -> None:
        """Note a child's request to the editor."""
        if method == methods.REGISTER_CAPABILITY:
            mine = self._registrations.setdefault(child.name, {})
            mine.update({r["id"]: r["method"] for r in decode(params)["registrations"]})
        elif method == methods.UNREGISTER_CAPABILITY:
            mine = self._registrations.get(child.name, {})
            for item in decode(params)["unregisterations"]:
                mine.pop(item["id"], None)
        elif method == methods.WORK_DONE_PROGRESS_CREATE:
            self._tokens[decode(params)["token"]] = child

    def progress(self, body: bytes) -> None:
        """Note the end of a progress; the token is read in no other message."""
        if b'"end"' in body:
            params: dict[str, Any] = decode(params_of(body))
            value = params.get("value")
            if isinstance(value, dict) and value.get("kind") == "end":
                self._tokens.pop(params["token"], None)

    def owner(self, token: Id) -> Child | None:
        """Who created a progress token."""
        return self._tokens.get(token)

    def clear(self, child: Child) -> None:
        """Take back what the exited child had set up; it will do so again when it is back."""
        registrations = self._registrations.pop(child.name, {})
        if registrations:
            items = [{"id": identifier, "method": method} for identifier, method in registrations.items()]
            self._client.ask(methods.UNREGISTER_CAPABILITY, encode({"unregisterations": items}))
        for token in [token for token, owner in self._tokens.items() if owner is child]:
            del self._tokens[token]
            self._client.notify(methods.PROGRESS, {"token": token, "value": {"kind": "end"}})
