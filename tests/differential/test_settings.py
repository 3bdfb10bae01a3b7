"""Settings reach ty and ruff as if each had been started alone."""

from __future__ import annotations

import json
import random

from tests.differential.documents import Document
from tests.differential.editor import Editor
from tests.differential.player import BOTH, RUFF_ONLY, Script, Server, Step
from tests.differential.sessions import run
from tests.differential.workspace import Workspace

TY = {
    "inlayHints": {"variableTypes": False},
    "configuration": {"rules": {"invalid-assignment": "ignore", "unresolved-reference": "warn"}},
}
RUFF = {"lint": {"select": ["D100", "F401"]}, "format": {"preview": True}, "lineLength": 60}
OPTIONS: dict[Server, dict[str, object]] = {"ty": TY, "ruff": {"settings": RUFF}, "punie-ls": {"ty": TY, "ruff": RUFF}}


def session(workspace: Workspace) -> Script:
    document = Document(workspace.root / "faults.py", "utf-16", random.Random(0))
    (workspace.root / "pyproject.toml").write_text('[project]\nname = "sample"\nversion = "1"\n')
    formatting = {**document.identifier, "options": {"tabSize": 4, "insertSpaces": True}}
    return [
        [
            document.open(),
            Step("textDocument/diagnostic", document.identifier, BOTH),
            Step("textDocument/inlayHint", {**document.identifier, "range": document.whole()}),
            Step("textDocument/formatting", formatting, RUFF_ONLY),
        ]
    ]


async def test_initialization_options(workspace: Workspace) -> None:
    outcome = await run(workspace, Editor(configuration=False), session(workspace), options=OPTIONS)

    items = json.loads(outcome.ours.bodies[4])["result"]["items"]
    assert {item["code"] for item in items if item["source"] == "Ruff"} == {"D100", "F401"}
    assert "invalid-assignment" not in {item.get("code") for item in items}
    outcome.check()


async def test_the_answer_to_configuration(workspace: Workspace) -> None:
    outcome = await run(workspace, Editor(), session(workspace), settings=TY)

    items = json.loads(outcome.ours.bodies[4])["result"]["items"]
    assert "invalid-assignment" not in {item.get("code") for item in items}
    outcome.check()
