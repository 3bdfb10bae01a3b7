"""What is known of a server before it is connected: who it is, and what nobody is shown of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_agent.mcp.connection import Connection
from punie_agent.mcp.servers import HttpServer, Server, StdioServer, identity_of, place_of, secrets_of
from punie_agent.mcp.stdio import environ_of


@pytest.mark.parametrize(
    ("server", "secrets"),
    [
        (StdioServer("a", "x", (), {"API_KEY": "hunter22", "HOME": "/home/me", "PASSWORD": "abc"}), ["hunter22"]),
        (HttpServer("a", "https://x.test", {"Authorization": "Bearer abcdefgh"}), ["Bearer abcdefgh", "abcdefgh"]),
        (HttpServer("a", "https://x.test/mcp?api_key=a%2Fbcdefg&page=1234567"), ["a%2Fbcdefg", "a/bcdefg"]),
        (HttpServer("a", "https://me:passw0rd@x.test/mcp"), ["passw0rd"]),
    ],
)
def test_secrets(server: Server, secrets: list[str], tmp_path: Path) -> None:
    assert secrets_of(server) == secrets
    hidden = Connection(server, tmp_path).hidden(f"401 for {secrets[0]} and {secrets[-1]}")
    assert not [secret for secret in secrets if secret in hidden]
    assert not [secret for secret in secrets if secret in repr(server) + place_of(server)]


def test_two_servers_are_the_same_only_when_all_of_them_is() -> None:
    one = StdioServer("a", "npx", ("x",))

    assert identity_of(one) == identity_of(StdioServer("other name", "npx", ["x"], {"KEY": "1"}))
    assert identity_of(one) != identity_of(StdioServer("a", "npx", ("x", "")))
    assert identity_of(one) != identity_of(StdioServer("a", "npx x"))
    assert identity_of(HttpServer("a", "http://x")) != identity_of(HttpServer("a", "http://x", {}, "sse"))


def test_a_server_gets_few_variables() -> None:
    environ = {"PATH": "/bin", "HOME": "/h", "OPENAI_API_KEY": "k", "PUNIE_STORE": "s", "PYTHONPATH": "p"}

    assert environ_of(StdioServer("a", "x", (), {"TOKEN": "t"}), environ) == {
        "PATH": "/bin",
        "HOME": "/h",
        "TOKEN": "t",
    }
