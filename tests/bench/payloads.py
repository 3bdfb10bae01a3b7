"""What the mock answers: ty's own results, byte for byte, on a real package with very many names added."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw

from punie_semantic.environment import find_tool
from tests.bench.client import BenchClient
from tests.bench.workspace import CAPABILITIES, add_names, copy_package

MOCK = Path(__file__).with_name("mock_ty.py")
POSITION = {"line": 3, "character": 4}
DOCUMENT = {"textDocument": {"uri": "file:///x.py"}}


@dataclass(frozen=True)
class Case:
    """One kind of request: how large its answer is to be, and how often it is asked.

    Attributes:
        size: the list in the answer is cut off there; None leaves it as ty gave it.
    """

    name: str
    method: str
    params: dict[str, Any]
    repeats: int
    size: int | None = None


CASES = (
    Case("hover", "textDocument/hover", {**DOCUMENT, "position": POSITION}, 1_500),
    Case("documentSymbol", "textDocument/documentSymbol", DOCUMENT, 80),
    Case("semanticTokens", "textDocument/semanticTokens/full", DOCUMENT, 80),
    Case("completion", "textDocument/completion", {**DOCUMENT, "position": POSITION}, 60, 346_000),
    Case(
        "references",
        "textDocument/references",
        {**DOCUMENT, "position": POSITION, "context": {"includeDeclaration": True}},
        20,
        3_000_000,
    ),
    Case("workspace/symbol", "workspace/symbol", {"query": "test"}, 16, 5_000_000),
)


class _Answer(msgspec.Struct):
    result: Raw


class _CompletionList(msgspec.Struct):
    isIncomplete: Raw  # noqa: N815 - the wire's name
    items: list[Raw]


def capture(scratch: Path) -> Path:
    """Ask ty, keep its results in a folder, and give the program that replays them."""
    root = copy_package(scratch / "captured")
    called = add_names(root)
    folder = scratch / "results"
    folder.mkdir()
    client = BenchClient([str(find_tool("ty")), "server"], root, {"VIRTUAL_ENV": str(root / ".venv")})
    hello = client.exchange("initialize", _hello(root))
    client.notify("initialized", {})
    answers = {"initialize": hello, **_ask_all(client, root, called)}
    client.close()
    sizes = {case.method: case.size for case in CASES}
    for method, body in answers.items():
        # The prefix is what the relay recognises ty's answers by; the mock writes the same.
        assert body.startswith(b'{"jsonrpc":"2.0","id":'), body[:80]
        result = bytes(msgspec.json.decode(body, type=_Answer).result)
        size = sizes.get(method)
        kept = _cut(result, size) if size else result
        (folder / method.replace("/", "__")).write_bytes(kept)
    return _program(scratch / "mock-ty", folder)


def _hello(root: Path) -> dict[str, Any]:
    folders = [{"uri": root.as_uri(), "name": root.name}]
    return {"processId": None, "rootUri": root.as_uri(), "workspaceFolders": folders, "capabilities": CAPABILITIES}


def _ask_all(client: BenchClient, root: Path, called: Path) -> dict[str, bytes]:
    """One answer of each kind, from places chosen for the size of their answers."""
    console = client.open(root / "rich" / "console.py")
    bare = root / "generated" / "bare.py"
    bare.write_text("tes\n", encoding="utf-8")
    asked: dict[str, Callable[[], bytes]] = {}

    def ask(method: str, params: dict[str, Any]) -> None:
        asked[method] = lambda: client.exchange(method, params)

    line, character = _place(root / "rich" / "console.py", "class ConsoleDimensions", 7)
    ask("textDocument/hover", {**console, "position": {"line": line, "character": character}})
    ask("textDocument/documentSymbol", console)
    ask("textDocument/semanticTokens/full", console)
    ask("textDocument/completion", {**client.open(bare), "position": {"line": 0, "character": 3}})
    place = {"position": {"line": 0, "character": 5}, "context": {"includeDeclaration": True}}
    ask("textDocument/references", {**client.open(called), **place})
    ask("workspace/symbol", {"query": "test"})
    return {method: exchange() for method, exchange in asked.items()}


def _place(path: Path, needle: str, offset: int) -> tuple[int, int]:
    for number, line in enumerate(path.read_text("utf-8").split("\n")):
        if (found := line.find(needle)) >= 0:
            return number, found + offset
    raise ValueError(f"{needle!r} is not in {path}")


def _cut(result: bytes, size: int) -> bytes:
    """The result with as many of its items as the size has room for."""
    if result.startswith(b"["):
        return b"[%b]" % b",".join(_first(msgspec.json.decode(result, type=list[Raw]), size))
    listed = msgspec.json.decode(result, type=_CompletionList)
    return b'{"isIncomplete":%b,"items":[%b]}' % (bytes(listed.isIncomplete), b",".join(_first(listed.items, size)))


def _first(items: list[Raw], size: int) -> list[bytes]:
    kept = []
    for item in map(bytes, items):
        size -= len(item) + 1
        if size < 0:
            break
        kept.append(item)
    return kept


def _program(path: Path, folder: Path) -> Path:
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{MOCK}" "{folder}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path
