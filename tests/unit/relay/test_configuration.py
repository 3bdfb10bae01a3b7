"""ty's question for its settings, with an editor that says nothing in time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from punie_ls.relay import configuration
from punie_ls.relay.client import Client
from punie_ls.relay.configuration import TyConfiguration
from punie_ls.relay.interpreters import Interpreters
from punie_ls.relay.session import Session


def answering(
    capabilities: dict[str, Any], options: dict[str, Any], prefix: Path
) -> tuple[TyConfiguration, list[bytes]]:
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    (prefix / "bin" / "python").touch()
    written: list[bytes] = []
    session = Session({"capabilities": capabilities, "initializationOptions": options})
    return TyConfiguration(session, Client(written.append), Interpreters(lambda folder: str(prefix))), written


def environment(prefix: Path) -> dict[str, Any]:
    return {"pythonExtension": {"activeEnvironment": {"executable": {"sysPrefix": str(prefix)}}}}


async def ask(asked: TyConfiguration, *items: dict[str, Any]) -> Any:
    return json.loads(await asked.answer(json.dumps({"items": items}).encode()))


async def test_initial_options_are_kept_but_for_those_read_at_the_start_only(tmp_path: Path) -> None:
    options = {"ty": {"diagnosticMode": "workspace", "logLevel": "debug"}}
    asked, written = answering({}, options, tmp_path)

    assert await ask(asked, {"section": "ty"}) == [{"diagnosticMode": "workspace", **environment(tmp_path)}]
    assert written == []


async def test_other_sections_are_not_touched(tmp_path: Path) -> None:
    asked, _ = answering({}, {}, tmp_path)

    assert await ask(asked, {"section": "python"}, {"section": "ty"}) == [None, environment(tmp_path)]


async def test_an_editor_that_never_answers_does_not_keep_ty_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "EDITOR_SECONDS", 0.01)
    asked, written = answering({"workspace": {"configuration": True}}, {}, tmp_path)

    assert await ask(asked, {"section": "ty"}) == [environment(tmp_path)]
    assert len(written) == 1
