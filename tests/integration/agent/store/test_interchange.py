"""Sessions as JSON and Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_agent.events import (
    Done,
    EditDeclined,
    EditProposed,
    Event,
    FileDiff,
    Notice,
    PermissionAnswered,
    PermissionRequested,
    Plan,
    PlanEntry,
    Program,
    ProgramEnded,
    ProgramOutput,
    Text,
    Thought,
    ToolCallEnded,
    ToolCallStarted,
    ToolCallUpdated,
    Usage,
)
from punie_agent.exceptions import StoreError
from punie_agent.store import SessionStore
from punie_agent.store.transcript import transcript
from punie_semantic.results import VerificationReport
from tests.integration.agent.store.conftest import OpenStore, answered, asked, called, texts

DIFF = "--- app.py\n+++ app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
NOTHING = {name: [] for name in ("fixed", "introduced", "files_checked", "unknown", "unchecked")}
CLEAN = VerificationReport.model_validate({"state": "clean", "target_fixed": True, "unchanged": 0, **NOTHING})
UNKNOWN = CLEAN.model_copy(update={"state": "unknown", "reason": "ty did not answer"})

EVENTS: list[Event] = [
    Thought(text="Let me see."),
    Plan(entries=[PlanEntry(content="Look", status="completed"), PlanEntry(content="Fix")]),
    Program(id="p1", code='print("```")'),
    ToolCallStarted(id="1", tool="edit_file", kind="edit", title="Edit app.py", program="p1"),
    ToolCallUpdated(id="1", message="Almost."),
    ToolCallEnded(id="1", tool="edit_file", diffs=[FileDiff(file="app.py", diff=DIFF)]),
    ToolCallStarted(id="2", tool="run_command", kind="execute", title="Run make"),
    PermissionRequested(id="2", kind="execute", title="Run make?", detail="make docs", choices=["allow_once"]),
    PermissionAnswered(id="2", allowed=False, by="you"),
    ToolCallEnded(id="2", tool="run_command", error="It was refused."),
    ProgramOutput(id="p1", text="```\n"),
    ProgramEnded(id="p1", error="line 2: no"),
    Text(text="I did "),
    Text(text="it."),
    EditProposed(files=[FileDiff(file="app.py", diff=DIFF)], report=CLEAN),
    EditDeclined(files=[], report=UNKNOWN),
    Notice(text="Look out.", level="warning"),
    Done(reason="end_turn"),
]


async def rich_session(store: SessionStore, folder: Path) -> str:
    session = await store.create(folder, model="local")
    turn = await store.begin_turn(session, "Change x\nto 2")
    for event in EVENTS:
        await store.add_event(session, turn, event)
    await store.add_messages(session, turn, [asked("Change x"), called("edit_file", "c1")])
    usage = Usage(requests=2, input_tokens=100, output_tokens=20, tool_calls=2, cost=0.0125)
    await store.end_turn(session, turn, "end_turn", usage=usage)
    turn = await store.begin_turn(session, "More")
    await store.add_messages(session, turn, [asked("More"), answered("No.")])
    await store.end_turn(session, turn, "budget", "The turn has used its 50 requests.")
    return session


async def test_json_goes_out_and_comes_back(store: SessionStore, tmp_path: Path) -> None:
    session = await rich_session(store, tmp_path)
    exported = await store.export_session(session)
    before = await store.load(session)

    copy = await store.import_session(exported)
    assert copy != session
    assert json.loads(await store.export_session(copy)) == {**json.loads(exported), "id": copy}
    await store.delete(session)
    assert await store.import_session(exported) == session

    assert await store.export_session(session) == exported
    after = await store.load(session)
    assert (after.summary, after.turns) == (before.summary, before.turns)
    assert texts(after.messages) == texts(before.messages)
    assert await store.begin_turn(session, "Go on") == 3


async def test_the_form_of_the_json(store: SessionStore, tmp_path: Path) -> None:
    exported = json.loads(await store.export_session(await rich_session(store, tmp_path)))

    assert list(exported) == [
        *("format", "version", "id", "project", "title", "model", "parent", "created", "updated"),
        *("turns", "messages"),
    ]
    assert (exported["format"], exported["version"], exported["title"]) == ("punie-session", 1, "Change x")
    assert list(exported["turns"][0]) == [
        *("number", "prompt", "started", "ended", "reason", "message", "usage", "events"),
    ]
    assert exported["turns"][0]["events"][0] == {"type": "thought", "text": "Let me see.", "message": 0}
    assert [m["turn"] for m in exported["messages"]] == [1, 1, 2, 2]
    assert exported["messages"][0]["message"]["kind"] == "request"


async def test_an_interrupted_turn_comes_back_as_one(open_store: OpenStore, tmp_path: Path) -> None:
    first, second = open_store(), open_store()
    session = await first.create(tmp_path)
    turn = await first.begin_turn(session, "Go")
    await first.add_messages(session, turn, [asked("Go")])
    await first.close()

    copy = await second.import_session(await second.export_session(session))

    [turn] = (await second.load(copy)).turns
    assert (turn.ended, turn.reason) == (None, None)


BAD = {
    "no JSON": "Hello",
    "no object": "[1]",
    "another format": '{"format": "zip", "messages": []}',
    "nothing in it": "{}",
    "a newer version": '{"format": "punie-session", "version": 2, "id": "a", "messages": []}',
    "a turn is missing": (
        '{"format": "punie-session", "version": 1, "id": "a", "project": "/p", "title": "", "model": "", "created": 1,'
        ' "updated": 1, "turns": [], "messages": [{"turn": 1, "message": {"kind": "request", "parts": []}}]}'
    ),
    "very deep": '{"messages": [], "id": ' + "[" * 100_000,
}


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
async def test_what_is_no_exported_session_is_refused(store: SessionStore, text: str) -> None:
    with pytest.raises(StoreError, match="This is no session that Punie exported as JSON: "):
        await store.import_session(text)

    assert await store.sessions() == []


async def test_an_imported_session_is_redacted(store: SessionStore, tmp_path: Path) -> None:
    key = "ghp_" + "aB3d" * 9
    exported = await store.export_session(await rich_session(store, tmp_path))

    copy = await store.import_session(exported.replace("Change x", f"Change {key}").replace("Let me see", key))

    again = await store.export_session(copy)
    assert key not in again
    assert again.count("[redacted:github-token]") == 4


async def test_markdown(store: SessionStore, tmp_path: Path) -> None:
    session = await rich_session(store, tmp_path)

    page = transcript(await store.load(session))

    head, _, rest = page.partition("## Turn 1\n\n")
    assert head.startswith(f"# Change x\n\n{tmp_path} · local · begun 20")
    assert head.endswith(f" UTC · 2 turns · session {session}\n\n")
    first, _, second = rest.partition("\n\n## Turn 2\n\n")
    body, _, end = first.rpartition("\n\n")
    assert body == (
        "> Change x\n> to 2\n\n"
        "<details><summary>Thought</summary>\n\nLet me see.\n\n</details>\n\n"
        "- [x] Look\n- [ ] Fix\n\n"
        '<details><summary>Program</summary>\n\n````python\nprint("```")\n````\n\n</details>\n\n'
        "- `edit_file`: Edit app.py\n\n  Almost.\n\n"
        "```diff\n--- app.py\n+++ app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n```\n\n"
        "- `run_command`: Run make\n\n**Permission asked:** Run make?\n\n```text\nmake docs\n```\n\n"
        "**Refused** by you.\n\n- `run_command` failed: It was refused.\n\n"
        "<details><summary>Output</summary>\n\n````text\n```\n````\n\n</details>\n\n"
        "The program failed:\n\n```text\nline 2: no\n```\n\n"
        "I did it.\n\n"
        "**Edit proposed**, re-checked clean:\n\n"
        "```diff\n--- app.py\n+++ app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n```\n\n"
        "**Edit dropped**, re-checked unknown (ty did not answer):\n\n"
        "**Warning:** Look out."
    )
    assert end.endswith(" s, 2 requests, 100 + 20 tokens, 2 tool calls, $0.0125*")
    assert second.startswith("> More\n\n*stopped by its budget, ")
    assert second.endswith(" s* The turn has used its 50 requests.\n")


async def test_markdown_of_an_interrupted_turn(open_store: OpenStore) -> None:
    first, second = open_store(), open_store()
    session = await first.create("/p")
    turn = await first.begin_turn(session, "Go")
    await first.add_event(session, turn, Text(text="Half"))
    assert transcript(await first.load(session)).endswith("> Go\n\n*The turn is running.*\n")
    await first.close()

    assert transcript(await second.load(session)).endswith("> Go\n\nHalf\n\n*The turn was interrupted.*\n")
