"""Workspace folders that come and go, files that change on disk, and requests that are cancelled."""

from __future__ import annotations

import random

from tests.differential.documents import Document
from tests.differential.editor import Editor
from tests.differential.player import BOTH, RUFF_ONLY, Script, Step, notify
from tests.differential.sessions import run
from tests.differential.workspace import Workspace


def questions(document: Document, *needles: str) -> list[Step]:
    return [
        *(Step("textDocument/definition", document.at(needle)) for needle in needles),
        Step("textDocument/documentSymbol", document.identifier),
        Step("textDocument/diagnostic", document.identifier, BOTH),
        Step("workspace/symbol", {"query": "other"}),
    ]


async def test_a_folder_is_added_and_removed(workspace: Workspace) -> None:
    inside = Document(workspace.root / "shapes.py", "utf-16", random.Random(0))
    outside = Document(workspace.second / "other.py", "utf-16", random.Random(0))
    folder = {"uri": workspace.second.as_uri(), "name": "second"}
    change = "workspace/didChangeWorkspaceFolders"
    script: Script = [
        [inside.open(), *questions(inside, "Circle")],
        [notify(change, {"event": {"added": [folder], "removed": []}})],
        [outside.open(), *questions(outside, "other")],
        [inside.edit(), *questions(inside, "Square")],
        [notify(change, {"event": {"added": [], "removed": [folder]}})],
        [*questions(inside, "Cube"), *questions(outside, "other")],
    ]

    (await run(workspace, Editor(), script)).check()


async def test_the_editor_is_asked_for_the_settings_of_each_folder(workspace: Workspace) -> None:
    document = Document(workspace.root / "faults.py", "utf-16", random.Random(0))
    settings = {"inlayHints": {"variableTypes": False}, "configuration": {"rules": {"invalid-assignment": "ignore"}}}
    hints = Step("textDocument/inlayHint", {**document.identifier, "range": document.whole()})
    script: Script = [[document.open(), hints, *questions(document, "Circle")]]

    outcome = await run(workspace, Editor(), script, settings=settings)

    assert any(message["method"] == "workspace/configuration" for message in outcome.ours.requests)
    outcome.check()


async def test_an_editor_without_configuration_is_not_asked(workspace: Workspace) -> None:
    document = Document(workspace.root / "faults.py", "utf-16", random.Random(0))

    outcome = await run(workspace, Editor(configuration=False), [[document.open(), *questions(document, "Circle")]])

    assert not any(message["method"] == "workspace/configuration" for message in outcome.ours.requests)
    outcome.check()


async def test_a_change_on_disk_is_seen_and_refreshes_the_editor(workspace: Workspace) -> None:
    document = Document(workspace.root / "sibling.py", "utf-16", random.Random(0))
    shapes = workspace.root / "shapes.py"
    text = "class Square:\n    side: str = ''\n\n\ndef other(): ...\n"
    before = [document.open(), *questions(document, "Square", "Cube")]

    def change_on_disk(_: object) -> dict[str, object]:
        if shapes.read_text() != text:
            shapes.write_text(text)
        return {"changes": [{"uri": shapes.as_uri(), "type": 2}]}

    script: Script = [
        before,
        [notify("workspace/didChangeWatchedFiles", change_on_disk), *questions(document, "Square", "Cube")],
    ]

    outcome = await run(workspace, Editor(), script)

    asked = [message["method"] for message in outcome.ours.requests]
    assert {"workspace/diagnostic/refresh", "workspace/inlayHint/refresh"} <= set(asked)
    outcome.check()


async def test_cancelled_requests_are_answered_once(workspace: Workspace) -> None:
    document = Document(workspace.root / "shapes.py", "utf-16", random.Random(0))
    methods = ("textDocument/references", "textDocument/definition", "textDocument/documentSymbol")
    asked = [
        Step(method, {**document.at("Circle"), "context": {"includeDeclaration": True}}, label=method, racing=True)
        for method in methods
    ]
    asked.append(Step("workspace/symbol", {"query": ""}, label="symbols", racing=True))
    asked.append(Step("textDocument/diagnostic", document.identifier, BOTH, label="pull", racing=True))
    cancels = [notify("$/cancelRequest", lambda answers, label=step.label: {"id": answers.id(label)}) for step in asked]
    script: Script = [
        [document.open(), *asked, *cancels, notify("$/cancelRequest", {"id": 99999})],
        [*questions(document, "Circle"), *cancels],
    ]

    (await run(workspace, Editor(), script)).check()


async def test_a_markdown_document_is_formatted_as_by_ruff(workspace: Workspace) -> None:
    path = workspace.root / "README.md"
    path.write_text("# Title\n\n```python\nimport os\nx  =  {  'a':1 }\n```\n")
    document = Document(path, "utf-16", random.Random(0))
    formatting = {**document.identifier, "options": {"tabSize": 4, "insertSpaces": True}}
    script: Script = [
        [
            document.open("markdown"),
            Step("textDocument/formatting", formatting, RUFF_ONLY),
            Step("textDocument/diagnostic", document.identifier, BOTH),
            Step("textDocument/hover", document.at("os"), BOTH),
            Step("textDocument/documentSymbol", document.identifier),
        ]
    ]

    (await run(workspace, Editor(), script)).check()
