"""`workspace/diagnostic`: held open for open files only, and streamed for the whole workspace."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.differential.additions import CHECKING
from tests.differential.documents import Document
from tests.differential.editor import Editor
from tests.differential.messages import PROGRESS
from tests.differential.player import Script, Server, Step, Transcript, notify, start
from tests.differential.sessions import Finished, run
from tests.differential.workspace import Workspace

Json = dict[str, Any]

# The id of the request in these sessions, after `initialize`, `initialized`, an opening and an edit.
ASKED = 5
SETTINGS = {"diagnosticMode": "workspace"}


def reports(transcript: Transcript) -> dict[str, Json]:
    """Every file's report, from the partial results and the answer; they come in any order and number."""
    answer = json.loads(transcript.bodies.get(ASKED, b"{}"))
    found = (answer.get("result") or {"items": []})["items"]
    for value in progress(transcript, "partial"):
        found = [*found, *value["items"]]
    return {item["uri"]: {key: value for key, value in item.items() if key != "resultId"} for item in found}


def progress(transcript: Transcript, token: str) -> list[Json]:
    return [
        message["params"]["value"]
        for message in transcript.notifications
        if message["method"] == PROGRESS and message["params"]["token"] == token
    ]


def has_all(expected: dict[str, Json]) -> Finished:
    return lambda transcript: reports(transcript).keys() >= expected.keys()


def is_answered(transcript: Transcript) -> bool:
    return ASKED in transcript.bodies


def session(workspace: Workspace, **tokens: str) -> Script:
    document = Document(workspace.root / "faults.py", "utf-16", random.Random(0))
    ask = Step("workspace/diagnostic", {"previousResultIds": [], **tokens}, held=True)
    return [[document.open(), document.edit()], [ask]]


async def all_reports(workspace: Workspace) -> dict[str, Json]:
    """What bare ty answers when it may not send parts."""
    async with start("ty", workspace.environment, Editor().initialize(workspace), settings=SETTINGS) as player:
        await player.play(session(workspace))
        await player.until(lambda: is_answered(player.transcript))
        return reports(player.transcript)


async def test_partial_results_and_progress_are_those_of_ty(workspace: Workspace) -> None:
    expected = await all_reports(workspace)
    script = session(workspace, workDoneToken="work", partialResultToken="partial")
    finished: dict[Server, Finished] = {"ty": has_all(expected), "punie-ls": has_all(expected)}

    outcome = await run(workspace, Editor(), script, settings=SETTINGS, finished=finished)

    assert len(expected) > 10
    assert reports(outcome.ty) == expected
    assert reports(outcome.ours) == expected
    assert progress(outcome.ours, "partial")
    # How often it is reported in between is a matter of time.
    begun = [value for value in progress(outcome.ours, "work") if value["kind"] != "report"]
    assert begun == [] or [begun[0], *(value["kind"] for value in begun[1:])] in (list(CHECKING[:1]), list(CHECKING))
    assert outcome.messages == []


async def test_one_answer_holds_all_without_a_token(workspace: Workspace) -> None:
    expected = await all_reports(workspace)
    finished: dict[Server, Finished] = {"ty": has_all(expected), "punie-ls": has_all(expected)}

    outcome = await run(workspace, Editor(), session(workspace), settings=SETTINGS, finished=finished)

    assert reports(outcome.ours) == expected
    assert progress(outcome.ours, "partial") == []


async def test_for_open_files_only_it_is_held_until_it_is_cancelled(workspace: Workspace) -> None:
    document = Document(workspace.root / "faults.py", "utf-16", random.Random(0))
    ask = Step("workspace/diagnostic", {"previousResultIds": []}, label="held", held=True)
    script: Script = [
        [document.open(), document.edit(), ask, Step("textDocument/documentSymbol", document.identifier)],
        [notify("$/cancelRequest", lambda answers: {"id": answers.id("held")})],
        [Step("textDocument/documentSymbol", document.identifier)],
    ]
    finished: dict[Server, Finished] = {"ty": is_answered, "punie-ls": is_answered}

    outcome = await run(workspace, Editor(), script, finished=finished)

    assert json.loads(outcome.ours.bodies[ASKED])["error"]["code"] == -32800
    outcome.check()
