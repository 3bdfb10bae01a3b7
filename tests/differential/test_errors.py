"""Errors are those of bare ty and bare ruff, code and message."""

from __future__ import annotations

import random

import pytest

from tests.differential.documents import Document
from tests.differential.editor import Editor
from tests.differential.player import BOTH, RUFF_ONLY, TY_ONLY, Script, Server, Step, notify
from tests.differential.sessions import run
from tests.differential.workspace import Workspace

UNKNOWN = (
    "textDocument/documentLink",
    "textDocument/linkedEditingRange",
    "textDocument/inlineValue",
    "textDocument/onTypeFormatting",
    "textDocument/semanticTokens/full/delta",
    "textDocument/documentColor",
    "textDocument/moniker",
    "completionItem/resolve",
    "inlayHint/resolve",
    "workspaceSymbol/resolve",
    "not/invented",
    "$/notInvented",
)
OF_TY = (
    "textDocument/definition",
    "textDocument/references",
    "textDocument/rename",
    "textDocument/completion",
    "textDocument/semanticTokens/range",
    "textDocument/inlayHint",
    "textDocument/selectionRange",
    "callHierarchy/incomingCalls",
    "typeHierarchy/subtypes",
    "workspace/symbol",
    "workspace/willRenameFiles",
    "workspace/diagnostic",
)
OF_RUFF = ("textDocument/formatting", "textDocument/rangeFormatting")
OF_BOTH = ("textDocument/hover", "textDocument/diagnostic", "textDocument/codeAction")
BAD_PARAMS = ({}, {"textDocument": {}}, {"textDocument": 5, "position": []}, [], None)


async def check(workspace: Workspace, script: Script) -> None:
    (await run(workspace, Editor(), script)).check()


async def test_unknown_methods(workspace: Workspace) -> None:
    document = Document(workspace.root / "shapes.py", "utf-16", random.Random(0))
    questions = [Step(method, {**document.at("Circle"), "label": "x"}) for method in UNKNOWN]

    await check(workspace, [[document.open(), *questions]])


async def test_unknown_notifications_are_ignored(workspace: Workspace) -> None:
    document = Document(workspace.root / "shapes.py", "utf-16", random.Random(0))
    ignored = [notify(method, {"value": 1}) for method in ("$/notInvented", "$/setTrace", "$/logTrace")]
    last = Step("textDocument/definition", document.at("Circle(Shape)"))

    await check(workspace, [[document.open(), *ignored, last]])


@pytest.mark.parametrize(("methods", "servers"), [(OF_TY, TY_ONLY), (OF_RUFF, RUFF_ONLY)], ids=["of ty", "of ruff"])
async def test_bad_params(workspace: Workspace, methods: tuple[str, ...], servers: tuple[Server, ...]) -> None:
    await check(workspace, [[Step(method, params, servers) for method in methods for params in BAD_PARAMS]])


@pytest.mark.parametrize("method", OF_BOTH)
async def test_bad_params_of_what_both_answer(workspace: Workspace, method: str) -> None:
    """The answer is ty's. Whether ruff complains to the user as well depends on whether it is asked."""
    outcome = await run(workspace, Editor(), [[Step(method, params) for params in BAD_PARAMS]], settle=False)

    assert list(outcome.answers.differences()) == []


async def test_commands(workspace: Workspace) -> None:
    uri = "file:///not/open.py"
    questions: list[tuple[dict[str, object], tuple[Server, ...]]] = [
        ({"command": "not.invented"}, TY_ONLY),
        ({"command": "ty.printDebugInformation", "arguments": [1, {}]}, TY_ONLY),
        ({"command": "ruff.applyAutofix", "arguments": [{"uri": uri, "version": 1}]}, RUFF_ONLY),
        ({"command": "ruff.applyFormat", "arguments": [7]}, RUFF_ONLY),
        ({"command": "ruff.applyOrganizeImports"}, RUFF_ONLY),
    ]

    await check(workspace, [[Step("workspace/executeCommand", *question)] for question in questions])


async def test_no_command(workspace: Workspace) -> None:
    await check(workspace, [[Step("workspace/executeCommand", params) for params in ({}, {"command": 1}, [], None)]])


async def test_a_rename_that_cannot_be(workspace: Workspace) -> None:
    document = Document(workspace.root / "shapes.py", "utf-16", random.Random(0))
    places = [document.at(needle) for needle in ("Circle(Shape)", "math", '"""', "float")]
    names = ("two words", "1", "class", "")
    questions = [Step("textDocument/rename", {**place, "newName": name}, TY_ONLY) for place in places for name in names]

    await check(workspace, [[document.open(), *questions]])


async def test_documents_that_are_not_open(workspace: Workspace) -> None:
    uris = [
        "untitled:one",
        (workspace.root / "nowhere.py").as_uri(),
        workspace.root.as_uri(),
        "http://example.org/x.py",
    ]
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    pulls = [Step("textDocument/diagnostic", {"textDocument": {"uri": uri}}, BOTH) for uri in uris]
    actions = [
        Step(
            "textDocument/codeAction",
            {"textDocument": {"uri": uri}, "range": span, "context": {"diagnostics": []}},
            BOTH,
        )
        for uri in uris
    ]

    await check(workspace, [[*pulls, *actions]])
