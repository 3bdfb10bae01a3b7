"""ty's and ruff's findings as one list, asked for or published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.relay.client import Json, capabilities, start

BROKEN = "def f(:\n    pass\n"


def codes(items: list[Json]) -> list[tuple[str, str]]:
    return sorted((item["source"], item.get("code", "")) for item in items)


EXPECTED = [
    ("Ruff", "F401"),
    ("Ruff", "F401"),
    ("ty", "invalid-explicit-return"),
    ("ty", "unresolved-reference"),
]


async def test_pulled_lists_are_merged_without_twins(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        report = await client.pull(client.open(workspace / "shop.py"))

        assert client.capabilities["diagnosticProvider"]["identifier"] == "punie"
        assert report["kind"] == "full"
        assert codes(report["items"]) == EXPECTED


async def test_published_lists_are_merged_without_twins(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=capabilities(pull=False))
        uri = client.open(workspace / "shop.py")
        params = await client.notified(
            "textDocument/publishDiagnostics", lambda p: p["uri"] == uri and len(p["diagnostics"]) >= 4
        )

        assert "diagnosticProvider" not in client.capabilities
        assert codes(params["diagnostics"]) == EXPECTED


async def test_a_published_list_shrinks_when_the_text_is_repaired(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=capabilities(pull=False))
        uri = client.open(workspace / "shop.py")
        await client.notified("textDocument/publishDiagnostics", lambda p: len(p["diagnostics"]) == 4)
        client.change(uri, 2, {"text": "x = 1\n"})

        last = await client.notified(
            "textDocument/publishDiagnostics", lambda p: p.get("version") == 2 and not p["diagnostics"]
        )
        assert last["uri"] == uri


async def test_a_syntax_error_is_shown_once_a_line(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        report = await client.pull(client.open(workspace / "broken.py", BROKEN))

        errors = [item for item in report["items"] if item["code"] == "invalid-syntax"]
        assert errors
        assert all(item["source"] == "ty" for item in errors)


async def test_an_unchanged_list_is_not_sent_again(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        first = await client.pull(uri)
        second = await client.pull(uri, previousResultId=first["resultId"])
        client.change(uri, 2, {"text": "import os\n"})
        third = await client.pull(uri, previousResultId=first["resultId"])
        fourth = await client.pull(uri)

        assert second == {"kind": "unchanged", "resultId": first["resultId"]}
        assert third["kind"] == "full"
        assert codes(third["items"]) == codes(fourth["items"])
        assert ("Ruff", "F401") in codes(third["items"])


async def test_full_lists_come_again_when_the_editor_has_forgotten(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")

        assert (await client.pull(uri))["items"] == (await client.pull(uri))["items"]


async def test_the_punie_server_hears_each_new_list_once(
    workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]
) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        await client.result("workspace/executeCommand", {"command": "punie.fix"})
        await client.pull(uri)
        await client.pull(uri)
        client.change(uri, 2, {"text": "import os\n"})
        await client.pull(uri)
        await client.result("workspace/executeCommand", {"command": "punie.fix"})

        heard = [m["params"] for m in fake_log() if m["method"] == "punie/diagnostics"]
        assert [(p["source"], p["version"]) for p in heard] == [("ty", 1), ("ruff", 1), ("ty", 2), ("ruff", 2)]
        assert ("Ruff", "F821") in codes(heard[1]["diagnostics"])
        assert all(p["uri"] == uri for p in heard)


async def test_a_punie_server_that_starts_late_hears_what_is_known(
    workspace: Path, fake_log: Callable[[], list[dict[str, Any]]]
) -> None:
    async with start(environ={"FAKE_START_SECONDS": "0.7"}) as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "shop.py")
        await client.pull(uri)
        await client.result("workspace/executeCommand", {"command": "punie.fix"})

        methods = [m["method"] for m in fake_log()]
        assert methods == [
            "initialize",
            "initialized",
            "textDocument/didOpen",
            "punie/diagnostics",
            "punie/diagnostics",
            "workspace/executeCommand",
        ]
