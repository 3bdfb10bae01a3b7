"""What a child has set up in the editor and would leave behind in a crash: registrations and progress bars.

Two children may choose one token for their progress; then the editor knows the second by another.
"""

from __future__ import annotations

from typing import Any

from punie_ls.relay import methods
from punie_ls.relay.child import Child
from punie_ls.relay.client import Client
from punie_ls.relay.messages import Id, decode, encode, notification, params_of
from punie_ls.relay.routing import Name


class Leftovers:
    """Follows the requests by which children set things up, and clears away after one that died."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._registrations: dict[Name, dict[str, str]] = {}
        self._tokens: dict[Id, Child] = {}
        self._aliases: dict[tuple[Name, Id], Id] = {}

    def request(self, child: Child, method: str, params: bytes) -> bytes:
        """Note a child's request to the editor; gives its params as the editor shall get them."""
        if method == methods.REGISTER_CAPABILITY:
            mine = self._registrations.setdefault(child.name, {})
            mine.update({r["id"]: r["method"] for r in decode(params)["registrations"]})
        elif method == methods.UNREGISTER_CAPABILITY:
            mine = self._registrations.get(child.name, {})
            for item in decode(params)["unregisterations"]:
                mine.pop(item["id"], None)
        elif method == methods.WORK_DONE_PROGRESS_CREATE:
            return encode({"token": self._create(child, decode(params)["token"])})
        return params

    def progress(self, body: bytes, child: Child) -> bytes:
        """Note the end of a progress; gives the message as the editor shall get it."""
        ends = b'"end"' in body
        if not (ends or self._aliases):
            return body
        params: dict[str, Any] = decode(params_of(body))
        value, token = params.get("value"), params["token"]
        known = self._aliases.get((child.name, token), token)
        if ends and isinstance(value, dict) and value.get("kind") == "end":
            self._forget(known)
        return body if known == token else notification(methods.PROGRESS, encode({**params, "token": known}))

    def owner(self, token: Id) -> Child | None:
        """Who created a progress token."""
        return self._tokens.get(token)

    def own_token(self, token: Id) -> Id:
        """The token by which its creator knows what the editor knows by `token`."""
        return next((own for (_, own), alias in self._aliases.items() if alias == token), token)

    def clear(self, child: Child) -> None:
        """Take back what the exited child had set up; it will do so again when it is back."""
        registrations = self._registrations.pop(child.name, {})
        if registrations:
            items = [{"id": identifier, "method": method} for identifier, method in registrations.items()]
            self._client.ask(methods.UNREGISTER_CAPABILITY, encode({"unregisterations": items}))
        for token in [token for token, owner in self._tokens.items() if owner is child]:
            self._forget(token)
            self._client.notify(methods.PROGRESS, {"token": token, "value": {"kind": "end"}})

    def _create(self, child: Child, token: Id) -> Id:
        known = token
        while self._tokens.get(known, child) is not child:
            known = f"{child.name}/{known}"
        if known != token:
            self._aliases[child.name, token] = known
        self._tokens[known] = child
        return known

    def _forget(self, token: Id) -> None:
        self._tokens.pop(token, None)
        for key in [key for key, alias in self._aliases.items() if alias == token]:
            del self._aliases[key]
