"""Who is let in: hosts, origins and tokens, over real HTTP."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from punie_ls.serve.admission import Admission, is_loopback_host
from punie_ls.serve.server import AgentServer
from tests.unit.serve.client import Client
from tests.unit.serve.conftest import TOKEN, Serving

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


async def get(server: AgentServer, path: str, **headers: str) -> tuple[int, str]:
    """A page, asked for in plain HTTP."""
    host, port = server.url.removeprefix("ws://").removesuffix("/acp").rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = {"Host": f"{host}:{port}", "Connection": "close", **headers}
    writer.write("".join([f"GET {path} HTTP/1.1\r\n", *(f"{k}: {v}\r\n" for k, v in lines.items()), "\r\n"]).encode())
    answer = (await asyncio.wait_for(reader.read(), 10)).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split(" ")[1]), body


async def refused(server: AgentServer, **options: object) -> tuple[int, str]:
    """The status and the words of a refused WebSocket."""
    with pytest.raises(InvalidStatus) as caught:
        await connect(server.url, proxy=None, **options)  # ty: ignore[invalid-argument-type]
    response = caught.value.response
    return response.status_code, (response.body or b"").decode()


async def test_health_needs_no_token_and_tells_nothing_of_projects(server: AgentServer) -> None:
    status, body = await get(server, "/health")

    assert status == 200
    assert json.loads(body).keys() == {"status", "version"}


async def test_projects_need_the_token(server: AgentServer) -> None:
    without, _ = await get(server, "/projects")
    status, body = await get(server, "/projects", **AUTHORIZED)

    assert without == 401
    assert status == 200
    assert json.loads(body)["projects"] == []


async def test_other_pages_do_not_exist(server: AgentServer) -> None:
    assert (await get(server, "/secrets", **AUTHORIZED))[0] == 404
    assert (await get(server, "/secrets"))[0] == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
async def test_no_or_a_wrong_token_is_refused(server: AgentServer, headers: dict[str, str]) -> None:
    status, words = await refused(server, additional_headers=headers)

    assert status == 401
    assert "token" in words
    assert TOKEN not in words


async def test_a_token_in_the_url_is_none(server: AgentServer) -> None:
    with pytest.raises(InvalidStatus):
        await connect(f"{server.url}?token={TOKEN}", proxy=None)


async def test_a_second_token_that_is_wrong_is_refused(server: AgentServer) -> None:
    protocols = [Subprotocol("acp"), Subprotocol("punie.token.wrong")]

    assert (await refused(server, additional_headers=AUTHORIZED, subprotocols=protocols))[0] == 401


async def test_a_browser_sends_its_token_as_a_subprotocol(serving: Serving) -> None:
    protocols = [Subprotocol("acp"), Subprotocol(f"punie.token.{TOKEN}")]
    async with serving(origins=("http://localhost:3000",)) as server:
        origin = Origin("http://localhost:3000")
        async with connect(server.url, proxy=None, subprotocols=protocols, origin=origin) as socket:
            client = Client(socket)
            await client.initialize()
            chosen = socket.subprotocol
    await client.reading

    assert chosen == "acp"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:3000.evil.example", "http://127.0.0.1"]
)
async def test_a_web_page_is_refused_even_with_the_token(server: AgentServer, origin: str) -> None:
    status, words = await refused(server, additional_headers=AUTHORIZED, origin=Origin(origin))

    assert status == 403
    assert "--allow-origin" in words
    assert (await get(server, "/health", Origin=origin))[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4747", "localhost.evil.example", "127.0.0.1.nip.example", ""]
)
async def test_a_rebound_name_is_refused(server: AgentServer, host: str) -> None:
    for path in ("/health", "/projects", "/acp"):
        status, words = await get(server, path, **AUTHORIZED, Host=host)
        assert status == 403
        assert "Host header" in words


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("LOCALHOST:1", True), ("127.0.0.1:4747", True), ("127.8.9.1", True), ("[::1]:4747", True),
        ("::1", True), ("0.0.0.0", False), ("[::]:1", False), ("10.0.0.1", False), ("2130706433", False), ("", False),
    ],
)  # fmt: skip
def test_loopback_hosts(host: str, here: bool) -> None:
    assert is_loopback_host(host) is here


def test_a_server_for_other_machines_answers_to_any_name_but_still_needs_the_token() -> None:
    admission = Admission("token", any_host=True)

    assert admission.client(["punie.example"], [], ["Bearer token"], []) is None
    assert admission.client(["punie.example"], [], [], []) is not None
    assert admission.client(["punie.example", "other"], [], ["Bearer token"], []) is not None
    assert admission.client(["punie.example"], [], ["bearer tokén\udce9"], []) is not None
