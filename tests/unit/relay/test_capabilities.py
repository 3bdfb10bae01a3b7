"""The merged answer to `initialize`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest

from punie_ls.relay.capabilities import PUNIE_KINDS, command_owners, initialize_result

TY = {
    "hoverProvider": True,
    "textDocumentSync": {"openClose": True, "change": 2},
    "codeActionProvider": {"codeActionKinds": ["quickfix"]},
    "executeCommandProvider": {"commands": ["ty.debug"]},
    "diagnosticProvider": {"identifier": "ty", "interFileDependencies": True, "workspaceDiagnostics": True},
}
RUFF = {
    "hoverProvider": True,
    "textDocumentSync": 2,
    "codeActionProvider": {"codeActionKinds": ["quickfix", "source.fixAll.ruff"], "resolveProvider": True},
    "executeCommandProvider": {"commands": ["ruff.applyFormat"]},
    "documentFormattingProvider": True,
    "diagnosticProvider": {"identifier": "Ruff", "interFileDependencies": False, "workspaceDiagnostics": False},
}
OF_PUNIE = [
    "punie.ask",
    "punie.fix",
    "punie.fixFile",
    "punie.fixWorkspace",
    "punie.explain",
    "punie.generateTests",
    "punie.annotateTypes",
    "punie.writeDocstring",
    "punie.refactor",
    "punie.runCode",
    "punie.runTests",
    "punie.undo",
    "punie.redo",
    "punie.sessions",
    "punie.selectModel",
    "punie.status",
    "punie.stop",
]


def test_the_answer_is_tys_with_what_the_others_add() -> None:
    assert initialize_result(TY, RUFF, encoding="utf-8", pull=True) == {
        "capabilities": {
            "hoverProvider": True,
            "positionEncoding": "utf-8",
            "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
            "documentFormattingProvider": True,
            "codeActionProvider": {
                "codeActionKinds": [*PUNIE_KINDS, "source.fixAll.ruff"],
                "resolveProvider": True,
            },
            "codeLensProvider": {"resolveProvider": True},
            "executeCommandProvider": {"commands": ["ty.debug", "ruff.applyFormat", *OF_PUNIE]},
            "diagnosticProvider": {
                "identifier": "punie",
                "interFileDependencies": True,
                "workspaceDiagnostics": True,
            },
        },
        "serverInfo": {"name": "punie-ls", "version": version("punie-ls")},
    }


def test_without_ty_it_is_ruffs() -> None:
    merged = initialize_result({}, RUFF, encoding="utf-16", pull=True)["capabilities"]

    assert merged["textDocumentSync"]["change"] == 2
    assert merged["diagnosticProvider"]["workspaceDiagnostics"] is False
    assert merged["executeCommandProvider"] == {"commands": ["ruff.applyFormat", *OF_PUNIE]}


def test_without_both_punie_serves_alone() -> None:
    assert initialize_result({}, {}, encoding="utf-16", pull=True)["capabilities"] == {
        "positionEncoding": "utf-16",
        "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
        "codeActionProvider": {"codeActionKinds": list(PUNIE_KINDS), "resolveProvider": True},
        "codeLensProvider": {"resolveProvider": True},
        "executeCommandProvider": {"commands": OF_PUNIE},
    }


def test_an_editor_that_does_not_pull_is_offered_no_pull() -> None:
    assert "diagnosticProvider" not in initialize_result(TY, RUFF, encoding="utf-16", pull=False)["capabilities"]


WORKSPACE = {"workspaceFolders": {"supported": True}}


@pytest.mark.parametrize(
    ("tys", "merged"),
    [
        ({}, {"textDocumentContent": {"schemes": ["punie"]}}),
        (WORKSPACE, {**WORKSPACE, "textDocumentContent": {"schemes": ["punie"]}}),
        (
            {"textDocumentContent": {"schemes": ["ty"], "id": "1"}},
            {"textDocumentContent": {"schemes": ["ty", "punie"]}},
        ),
    ],
    ids=["none", "others", "one of its own"],
)
def test_content_of_punies_scheme_is_offered_with_tys(tys: dict[str, Any], merged: dict[str, Any]) -> None:
    ty = {**TY, "workspace": tys} if tys else TY

    assert (
        initialize_result(ty, RUFF, encoding="utf-16", pull=True, content=True)["capabilities"]["workspace"] == merged
    )
    assert initialize_result(ty, RUFF, encoding="utf-16", pull=True)["capabilities"].get("workspace", {}) == tys


def test_lenses_of_ty_need_no_more_than_punies() -> None:
    ty = {**TY, "codeLensProvider": {"resolveProvider": False, "workDoneProgress": True}}

    merged = initialize_result(ty, RUFF, encoding="utf-16", pull=True)["capabilities"]

    assert merged["codeLensProvider"] == {"resolveProvider": True}


def test_a_command_belongs_to_the_first_who_offers_it() -> None:
    both = {"executeCommandProvider": {"commands": ["x"]}}

    assert command_owners({"ty": both, "ruff": both}) == {"x": "ty"}
