"""What each child is told of the editor's `initialize`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from punie_ls.relay.session import Session, path_of


def session(**params: Any) -> Session:
    return Session({"capabilities": {}, **params})


def test_every_child_gets_the_one_encoding_and_our_process() -> None:
    capabilities = {"general": {"positionEncodings": ["utf-16", "utf-8"], "other": 1}}
    params = session(capabilities=capabilities, processId=1).child_params("ruff")

    assert params["capabilities"]["general"] == {"positionEncodings": ["utf-8"], "other": 1}
    assert params["processId"] == os.getpid()


def test_merged_features_are_registered_statically_and_others_as_the_editor_likes() -> None:
    features = ("diagnostic", "codeAction", "codeLens", "formatting", "rangeFormatting", "hover")
    text = {name: {"dynamicRegistration": True} for name in features}
    workspace = {"executeCommand": {"dynamicRegistration": True}, "diagnostics": {"refreshSupport": True}}
    capabilities = session(capabilities={"textDocument": text, "workspace": workspace}).child_params("punie")[
        "capabilities"
    ]

    assert [capabilities["textDocument"][n]["dynamicRegistration"] for n in features] == [False] * 5 + [True]
    assert capabilities["workspace"]["executeCommand"] == {"dynamicRegistration": False}


def test_an_editor_that_cannot_be_told_to_ask_again_is_sent_diagnostics() -> None:
    text = {"diagnostic": {"dynamicRegistration": True}}
    told = session(capabilities={"textDocument": text})

    assert not told.pulls_diagnostics
    assert "diagnostic" not in told.child_params("ty")["capabilities"]["textDocument"]


@pytest.mark.parametrize(
    ("method", "able", "taken"),
    [
        ("workspace/codeLens/refresh", {"codeLens": {"refreshSupport": True}}, True),
        ("workspace/codeLens/refresh", {"codeLens": {"refreshSupport": False}}, False),
        ("workspace/codeLens/refresh", {"codeLens": {}}, False),
        ("workspace/codeLens/refresh", {}, False),
        ("workspace/textDocumentContent/refresh", {"textDocumentContent": {}}, True),
        ("workspace/textDocumentContent/refresh", {}, False),
        ("workspace/applyEdit", {}, True),
    ],
)
def test_an_editor_is_asked_to_refresh_only_what_it_can(method: str, able: dict[str, Any], taken: bool) -> None:
    assert session(capabilities={"workspace": able}).takes(method) is taken


def test_only_ty_is_told_that_it_may_always_ask_for_its_configuration() -> None:
    assert session().child_params("ty")["capabilities"]["workspace"].get("configuration") is True
    assert "configuration" not in session().child_params("punie")["capabilities"]["workspace"]


def test_each_child_gets_its_own_options() -> None:
    options = {
        "ty": {"diagnosticMode": "workspace", "pythonExtension": {}},
        "ruff": {"lineLength": 90},
        "punie": {"interpreter": ".venv"},
    }
    told = session(initializationOptions=options)
    others = {name: options[name] for name in ("ty", "ruff")}

    assert told.child_params("ty")["initializationOptions"] == {"diagnosticMode": "workspace"}
    assert told.child_params("ruff")["initializationOptions"] == {"settings": {"lineLength": 90}}
    assert told.child_params("punie")["initializationOptions"] == {"punie": {**options["punie"], **others}}
    assert told.settings.of(None).settings.interpreter == ".venv"


@pytest.mark.parametrize("options", [None, {}, [], "x", {"logLevel": "debug"}])
def test_options_of_no_section_reach_nobody(options: object) -> None:
    told = session(initializationOptions=options)

    assert all("initializationOptions" not in told.child_params(name) for name in ("ty", "ruff"))
    assert told.child_params("punie")["initializationOptions"] == {"punie": {}}


def test_the_editors_params_are_left_as_they_are() -> None:
    told = session(capabilities={"textDocument": {"formatting": {"dynamicRegistration": True}}})
    before = json.dumps(told.params)
    told.child_params("ty")

    assert json.dumps(told.params) == before


def test_folders_are_followed_for_servers_that_start_later() -> None:
    told = session(workspaceFolders=[{"uri": "file:///a", "name": "a"}, {"uri": "file:///b", "name": "b"}])
    event = {"added": [{"uri": "file:///c%20d", "name": "c"}], "removed": [{"uri": "file:///a", "name": "a"}]}
    body = json.dumps({"params": {"event": event}}).encode()
    told.follow("workspace/didChangeWorkspaceFolders", body)

    assert told.folders == [Path("/b"), Path("/c d")]
    assert [f["name"] for f in told.child_params("ty")["workspaceFolders"]] == ["b", "c"]


def test_the_root_counts_when_there_are_no_folders() -> None:
    assert session(rootUri="file:///a").folders == [Path("/a")]
    assert session(rootPath="/b").folders == [Path("/b")]
    assert session(workspaceFolders=None).folders == []


@pytest.mark.parametrize("uri", [None, 1, "untitled:Untitled-1", "https://a/b"])
def test_only_files_have_paths(uri: object) -> None:
    assert path_of(uri) is None
