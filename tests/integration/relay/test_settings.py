"""Settings that change while the servers run: nobody restarts the editor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.integration.relay.client import Client, Json, capabilities, start
from tests.integration.relay.test_environment import TEXT, make_venv, unresolved

UNDEFINED = "x = nope\n"
COMPARED = "x = 1\ny = x == None\n"


async def until_codes(client: Client, uri: str, wanted: list[str]) -> list[Json]:
    """Pull until a document has these problems and no others, and give them."""
    async with asyncio.timeout(30):
        while True:
            response = await client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            items = response.get("result", {}).get("items", [])
            if "result" in response and sorted(str(item.get("code")) for item in items) == wanted:
                return items
            await asyncio.sleep(0.05)


def answering(client: Client, settings: dict[str, Any]) -> None:
    """Let the editor answer `workspace/configuration` from these sections, as they are when it is asked."""
    client.answers["workspace/configuration"] = lambda message: {
        "result": [settings.get(item.get("section")) for item in message["params"]["items"]]
    }


async def test_ty_gets_changed_settings_that_the_editor_is_asked_for(workspace: Path) -> None:
    settings: dict[str, Any] = {"ty": {}}
    async with start() as client:
        answering(client, settings)
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", UNDEFINED)
        await until_codes(client, uri, ["unresolved-reference"])

        settings["ty"] = {"configuration": {"rules": {"unresolved-reference": "ignore"}}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})

        await until_codes(client, uri, ["F821"])
        await client.notified_request("workspace/diagnostic/refresh")


async def test_ruff_gets_changed_settings_that_the_editor_is_asked_for(workspace: Path) -> None:
    settings: dict[str, Any] = {"ruff": {"lint": {"select": ["E711"]}}}
    async with start() as client:
        answering(client, settings)
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", COMPARED)
        await until_codes(client, uri, ["E711"])

        settings["ruff"] = {"lint": {"select": ["F401"]}}
        client.notify("workspace/didChangeConfiguration", {"settings": {}})

        await until_codes(client, uri, [])


async def test_settings_that_the_editor_sends_unasked(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace, capabilities=capabilities(configuration=False))
        uri = client.open(workspace / "a.py", COMPARED + UNDEFINED)
        await until_codes(client, uri, ["unresolved-reference"])

        rules = {"configuration": {"rules": {"unresolved-reference": "ignore"}}}
        sections = {"punie": {"ty": rules}, "ruff": {"lint": {"select": ["E711"]}}}
        client.notify("workspace/didChangeConfiguration", {"settings": sections})

        await until_codes(client, uri, ["E711"])


async def test_unsaved_text_is_kept_over_a_change_of_settings(workspace: Path) -> None:
    settings: dict[str, Any] = {}
    async with start() as client:
        answering(client, settings)
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", "x = 1\n")
        insertion = {"range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}}
        client.change(uri, 2, {**insertion, "text": "y = '🎈'\n"})
        settings["ty"] = {"inlayHints": {"variableTypes": False}}
        settings["ruff"] = {"lineLength": 99}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        client.change(uri, 3, {"range": insertion["range"], "text": UNDEFINED})

        (problem,) = await until_codes(client, uri, ["unresolved-reference"])
        assert problem["range"]["start"]["line"] == 1


async def test_the_projects_own_settings_change_on_disk(workspace: Path) -> None:
    pyproject = workspace / "pyproject.toml"
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "a.py", UNDEFINED)
        await until_codes(client, uri, ["unresolved-reference"])

        pyproject.write_text("[tool.punie.ty.configuration.rules]\nunresolved-reference = 'ignore'\n", encoding="utf-8")
        changes = [{"uri": pyproject.as_uri(), "type": 1}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})

        await until_codes(client, uri, ["F821"])


async def test_wrong_settings_are_said_once_and_the_rest_holds(workspace: Path) -> None:
    (workspace / "punie.toml").write_text("interpretor = 'x'\n[ruff.lint]\nselect = ['E711']\n", encoding="utf-8")
    async with start() as client:
        await client.initialize(workspace, initializationOptions={"punie": {"interpreter": "nowhere"}})
        uri = client.open(workspace / "a.py", COMPARED)
        await until_codes(client, uri, ["E711"])
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await client.notified("window/showMessage", lambda params: "nowhere" in params["message"])

        said = [n["params"]["message"] for n in client.notifications if n["method"] == "window/showMessage"]
        assert len([text for text in said if "'interpretor'; do you mean 'interpreter'?" in text]) == 1
        assert len([text for text in said if f"no Python environment at {workspace / 'nowhere'}" in text]) == 1


async def test_each_folder_has_its_own_settings_for_ruff(workspace: Path, tmp_path: Path) -> None:
    other = (tmp_path / "other").resolve()
    other.mkdir()
    (other / "punie.toml").write_text("[ruff.lint]\nselect = ['E711']\n", encoding="utf-8")
    folders = [{"uri": folder.as_uri(), "name": folder.name} for folder in (workspace, other)]
    async with start() as client:
        await client.initialize(workspace, workspaceFolders=folders)

        await until_codes(client, client.open(workspace / "a.py", COMPARED), [])
        await until_codes(client, client.open(other / "a.py", COMPARED), ["E711"])


async def test_a_new_environment_is_noticed_without_a_word_from_the_editor(workspace: Path) -> None:
    async with start() as client:
        await client.initialize(workspace)
        uri = client.open(workspace / "main.py", TEXT)
        assert unresolved(await client.pull(uri)) == [0, 1]

        make_venv(workspace)

        async with asyncio.timeout(30):
            while True:
                response = await client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
                if "result" in response and unresolved(response["result"]) == [1]:
                    return
                await asyncio.sleep(0.1)


async def test_an_editor_that_wants_to_be_asked_for_changes_is_asked(workspace: Path) -> None:
    able: Json = capabilities()
    able["workspace"]["didChangeConfiguration"] = {"dynamicRegistration": True}
    async with start() as client:
        await client.initialize(workspace, capabilities=able)
        request = await client.notified_request(
            "client/registerCapability",
            lambda params: params["registrations"][0]["method"] == "workspace/didChangeConfiguration",
        )

        assert request["registrations"][0]["registerOptions"] == {"section": ["punie", "ty", "ruff"]}
