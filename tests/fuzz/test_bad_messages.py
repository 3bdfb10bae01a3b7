"""What kills or silences bare ty and ruff: answered by the relay, and never seen by the servers."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.fuzz.conftest import project
from tests.fuzz.relay import Json, Relay, framed, key_of, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS = -32700, -32600, -32602
METHOD_NOT_FOUND, NOT_INITIALIZED = -32601, -32002

OPTIONS = {"tabSize": 4, "insertSpaces": True}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def relay(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Relay]:
    """One relay with an open file for all that it must survive."""
    folder = tmp_path_factory.mktemp("bad")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        async with running(project(folder / "workspace")) as relay:
            relay.open(relay.uri("a.py"), "abc = 1\n")
            await alive(relay)
            yield relay


@pytest.fixture(autouse=True)
def same_servers(relay: Relay) -> Generator[None]:
    """No server may have been replaced."""
    before = relay.children()
    assert before.keys() == {"ty", "ruff", "third_server"}
    yield
    assert relay.children() == before
    assert relay.messages == []


async def alive(relay: Relay) -> None:
    """All three servers still answer, and ty has the file's text."""
    document = {"textDocument": {"uri": relay.uri("a.py")}}
    [symbol] = (await relay.request("textDocument/documentSymbol", document))["result"]
    assert symbol["name"] == "abc"
    assert (await relay.request("textDocument/formatting", {**document, "options": OPTIONS}))["result"] is None
    command = {"command": "punie.fix", "arguments": ["echo"]}
    assert (await relay.request("workspace/executeCommand", command))["result"] == command


async def answer_to(relay: Relay, body: bytes, identifier: Any) -> Json:
    """The only answer to a body, under this id; all servers answer after it."""
    before = relay.counts.copy()
    key = key_of(identifier)
    relay.send_body(body)
    answer = await relay.answer(identifier, before[key] + 1)
    await alive(relay)
    new = relay.counts - before
    assert {k: n for k, n in new.items() if not str(k[1]).startswith("own-")} == {key: 1}
    return answer


def hover(extra: bytes = b"", *, identifier: bytes = b"7", method: bytes = b'"textDocument/hover"') -> bytes:
    params = b'{"textDocument":{"uri":"file:///x.py"},"position":{"line":0,"character":0}%b}' % extra
    return b'{"jsonrpc":"2.0","id":%b,"method":%b,"params":%b}' % (identifier, method, params)


NO_JSON = {
    "no JSON": b"{not json",
    "nothing": b"",
    "blank": b" \r\n",
    "a BOM": b"\xef\xbb\xbf" + hover(),
    "a form feed": b"\f" + hover(),
    "a no-break space": hover() + b"\xc2\xa0",
    "two in one": hover() + hover(),
    "NUL at the end": hover() + b"\0",
    "cut": hover()[:-1],
    "trailing comma": b'{"jsonrpc":"2.0","id":7,"method":"x",}',
    "no UTF-8": hover(b',"x":"\xff"'),
    "a surrogate in UTF-8": hover(b',"x":"\xed\xa0\x80"'),
    "a control character": hover(b',"x":"\x01"'),
    "a line end in a string": hover(b',"x":"\n"'),
    "a wrong escape": hover(b',"x":"\\x41"'),
    "NaN": hover(b',"x":NaN'),
    "a leading zero": hover(b',"x":01'),
    "broken after a wrong id": b'{"jsonrpc":"2.0","id":1.5,"method":"x","params":}',
    "far too deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
async def test_what_is_no_json_is_a_parse_error(relay: Relay, body: bytes) -> None:
    assert (await answer_to(relay, body, None))["error"]["code"] == PARSE_ERROR


NO_REQUEST = {
    "a batch": (b"[" + hover() + b"]", None),
    "an empty batch": (b"[]", None),
    "a number": (b"17", None),
    "null": (b"null", None),
    "an empty object": (b"{}", None),
    "the method a number": (hover(method=b"1"), 7),
    "the method a list": (hover(method=b"[]"), 7),
    "the id a bool": (hover(identifier=b"true"), None),
    "the id an object": (hover(identifier=b"{}"), None),
    "the id a fraction": (hover(identifier=b"1.5"), 1.5),
    "the id a float": (hover(identifier=b"1e2"), 100.0),
    "the id of 33 bits": (hover(identifier=b"4294967296"), 2**32),
    "the id of 100 bits": (hover(identifier=b"1267650600228229401496703205376"), 2**100),
}


@pytest.mark.parametrize(("body", "identifier"), NO_REQUEST.values(), ids=NO_REQUEST.keys())
async def test_what_is_no_request_is_refused_under_its_id(relay: Relay, body: bytes, identifier: Any) -> None:
    assert (await answer_to(relay, body, identifier))["error"]["code"] == INVALID_REQUEST


BAD_PARAMS = {
    "a number out of range": hover(b',"x":1e999'),
    "an integer of 400 digits": hover(b',"x":' + b"9" * 400),
    "an integer of 5000 digits": hover(b',"x":' + b"9" * 5000),
    "too deep": hover(b',"x":' + b"[" * 126 + b"]" * 126),
    "too deep in what is overwritten": hover(b',"x":' + b"[" * 200 + b"]" * 200 + b',"x":1'),
    "a path that is no UTF-8": hover(b',"textDocument":{"uri":"file:///%ff.py"}'),
    "a path that is no UTF-8, escaped": hover(b',"textDocument":{"uri":"f\\u0069le:///\\u0025ff.py"}'),
    "params a string": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":"x"}',
    "params a bool": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":true}',
    "params a list": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":[]}',
    "params empty": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":{}}',
    "params missing": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover"}',
    "a pull without a document": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/diagnostic","params":{}}',
    "a command without a name": b'{"jsonrpc":"2.0","id":7,"method":"workspace/executeCommand","params":{}}',
    "a negative line": hover(b',"position":{"line":-1,"character":0}'),
}


@pytest.mark.parametrize("body", BAD_PARAMS.values(), ids=BAD_PARAMS.keys())
async def test_bad_params_are_refused(relay: Relay, body: bytes) -> None:
    assert (await answer_to(relay, body, 7))["error"]["code"] == INVALID_PARAMS


READABLE = {
    "a duplicate id": b'{"jsonrpc":"2.0","id":1,"id":7,"method":"textDocument/hover","params":PARAMS}',
    "a duplicate method": b'{"jsonrpc":"2.0","id":7,"method":"x","method":"textDocument/hover","params":PARAMS}',
    "duplicate params": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":[],"params":PARAMS}',
    "a duplicate version": b'{"jsonrpc":"2.0","jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":PARAMS}',
    "more keys": b'{"jsonrpc":"2.0","zz":[1e999],"id":7,"method":"textDocument/hover","result":1,"params":PARAMS}',
    "no version": b'{"id":7,"method":"textDocument/hover","params":PARAMS}',
    "an old version": b'{"jsonrpc":"1.0","id":7,"method":"textDocument/hover","params":PARAMS}',
    "blanks around": b' \r\n\t{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":PARAMS}\n ',
    "minus zero": b'{"jsonrpc":"2.0","id":-0,"method":"textDocument/hover","params":PARAMS}',
    "a lone surrogate": b'{"jsonrpc":"2.0","id":7,"x":"\\ud83d","method":"textDocument/hover","params":PARAMS}',
    "a large column": b'{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":FAR}',
}


@pytest.mark.parametrize("body", READABLE.values(), ids=READABLE.keys())
async def test_what_can_be_understood_is_answered(relay: Relay, body: bytes) -> None:
    document = b'{"textDocument":{"uri":"%b"},' % relay.uri("a.py").encode()
    near, far = b'"position":{"line":0,"character":1}}', b'"position":{"line":0,"character":4294967295}}'
    body = body.replace(b"PARAMS", document + near).replace(b"FAR", document + far)

    assert "result" in await answer_to(relay, body, 0 if b"-0" in body else 7)


async def test_an_unknown_method_is_not_found(relay: Relay) -> None:
    for method in ("", "nope", "textDocument/nope", "textDocument/didOpen"):
        assert (await relay.request(method, {}))["error"]["code"] == METHOD_NOT_FOUND


SILENT = {
    "a result for nobody": {"id": 77, "result": 1},
    "an error for nobody": {"id": "s/999", "error": {"code": 1, "message": "x"}},
    "both": {"id": 77, "result": None, "error": {"code": 1, "message": "x"}},
    "neither": {"id": 77},
    "an error that is none": {"id": 77, "error": "x"},
    "an error for no id": {"id": None, "error": {"code": 1, "message": "x"}},
    "an unknown notification": {"method": "nope", "params": {}},
    "a request as a notification": {"method": "textDocument/hover", "params": {}},
    "a null id": {"id": None, "method": "textDocument/didSave", "params": {}},
    "initialized again": {"method": "initialized", "params": {}},
    "a cancel of nothing": {"method": "$/cancelRequest", "params": {"id": 1234}},
    "a cancel that is none": {"method": "$/cancelRequest", "params": {"id": [1]}},
    "scalar params": {"method": "$/setTrace", "params": "verbose"},
    "a token that is none": {"method": "window/workDoneProgress/cancel", "params": {"token": {}}},
    "folders that are none": {"method": "workspace/didChangeWorkspaceFolders", "params": {"event": {"added": [1]}}},
    "a watched path that is no UTF-8": {
        "method": "workspace/didChangeWatchedFiles",
        "params": {"changes": [{"uri": "file:///%ff.py", "type": 1}]},
    },
}


@pytest.mark.parametrize("message", SILENT.values(), ids=SILENT.keys())
async def test_what_needs_no_answer_gets_none(relay: Relay, message: Any) -> None:
    before = relay.counts.copy()
    relay.send({"jsonrpc": "2.0", **message})
    await alive(relay)

    assert all(str(identifier).startswith("own-") for _, identifier in relay.counts - before)


async def test_the_last_folder_can_go_and_another_come(relay: Relay, tmp_path: Path) -> None:
    """ty ends without a folder."""
    mine = {"uri": relay.root.as_uri(), "name": "fuzz"}
    other = {"uri": tmp_path.as_uri(), "name": "other"}
    for event in (
        {"added": [], "removed": [mine]},
        {"added": [other], "removed": []},
        {"added": [mine], "removed": []},
    ):
        relay.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await alive(relay)


async def test_an_id_twice_in_flight(relay: Relay) -> None:
    """The second is refused; the first is answered, unless it has been before the second came."""
    document = {"textDocument": {"uri": relay.uri("a.py")}}
    body = json.dumps(
        {"jsonrpc": "2.0", "id": "same", "method": "textDocument/diagnostic", "params": document}
    ).encode()
    relay.send_bytes(framed(body) * 2)
    await relay.answer("same", 2)
    await alive(relay)

    assert relay.counts["str", "same"] == 2
