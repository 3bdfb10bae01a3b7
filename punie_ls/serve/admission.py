"""Who may connect: the Host, Origin and token of an HTTP request. Pure; knows no socket.

A web page in the user's browser can reach any port of this machine. It cannot leave `Origin` out, nor forge it, and a
name that it rebinds to 127.0.0.1 stays in `Host`.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

SUBPROTOCOL = "acp"
TOKEN_PREFIX = "punie.token."  # noqa: S105 - the name of a subprotocol


@dataclass(frozen=True)
class Refusal:
    """An HTTP answer instead of a connection: a status and a sentence that says what to do."""

    status: HTTPStatus
    message: str


@dataclass(frozen=True)
class Admission:
    """What is let in.

    Attributes:
        token: what a client must know.
        origins: the web origins that are allowed, such as `http://localhost:3000`; none by default.
        any_host: the server was told to listen beyond this machine, so it may be called by any name.
    """

    token: str
    origins: frozenset[str] = frozenset()
    any_host: bool = False

    def page(self, hosts: Sequence[str], origins: Sequence[str]) -> Refusal | None:
        """Whether a page that needs no token may be shown; None lets it."""
        if len(hosts) != 1 or not (self.any_host or is_loopback_host(hosts[0])):
            return Refusal(
                HTTPStatus.FORBIDDEN,
                "This server answers only to the names localhost, 127.0.0.1 and [::1] (the Host header).",
            )
        if any(origin.lower() not in self.origins for origin in origins):
            return Refusal(
                HTTPStatus.FORBIDDEN,
                "This web origin is not allowed. Start `punie-ls serve` with --allow-origin and the page's origin.",
            )
        return None

    def client(
        self, hosts: Sequence[str], origins: Sequence[str], authorization: Sequence[str], protocols: Sequence[str]
    ) -> Refusal | None:
        """Whether a client may connect; None lets it.

        Args:
            hosts: the Host headers.
            origins: the Origin headers; native clients send none.
            authorization: the Authorization headers.
            protocols: the subprotocols; a browser sends its token as one.
        """
        if refusal := self.page(hosts, origins):
            return refusal
        tokens = [value[7:].strip() for value in authorization if value[:7].lower() == "bearer "]
        tokens += [name.removeprefix(TOKEN_PREFIX) for name in protocols if name.startswith(TOKEN_PREFIX)]
        wanted = self.token.encode()
        matches = [hmac.compare_digest(token.encode(errors="surrogateescape"), wanted) for token in tokens]
        if tokens and all(matches):
            return None
        what = "The token is wrong" if tokens else "A token is needed"
        return Refusal(
            HTTPStatus.UNAUTHORIZED,
            f"{what}: send `Authorization: Bearer TOKEN`, or the subprotocol `{TOKEN_PREFIX}TOKEN` from a browser. "
            "`punie-ls serve --status` says where the token is.",
        )


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine by itself: no name is looked up."""
    name = host.strip().lower()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") <= 1:
        name = name.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
