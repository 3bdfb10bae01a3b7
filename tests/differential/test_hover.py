"""Hover, where ruff knows what ty does not."""

from __future__ import annotations

import random

import pytest

from tests.differential.documents import Document
from tests.differential.editor import Editor
from tests.differential.player import BOTH, Step
from tests.differential.sessions import run
from tests.differential.workspace import Workspace


@pytest.mark.parametrize("code", ["F401", "E501", "E402"])
async def test_a_noqa_code_is_explained(workspace: Workspace, code: str) -> None:
    document = Document(workspace.root / "faults.py", "utf-16", random.Random(0))
    hover = Step("textDocument/hover", document.at(code, 1), BOTH, label="hover")

    outcome = await run(workspace, Editor(), [[document.open(), hover]])

    assert b'"result":null' in next(body for number, body in outcome.ty.bodies.items() if number == 4)
    outcome.check()
