"""Events as updates, one by one; what no scripted conversation shows is here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from punie_agent import events
from punie_agent.acp.places import Folder
from punie_agent.acp.projection import Projection, edit_call
from punie_agent.streamed_secrets import StreamRedactor
from punie_semantic.overlay import FileChange
from punie_semantic.results import VerificationReport
from punie_semantic.sources import Source

FOLDER = Folder(Path("/shop"), Path("/shop"))
KEY = "ghp_" + "x1Y2" * 10


def seen(*taken: events.Event) -> list[dict[str, Any]]:
    """The updates as JSON."""
    projection = Projection(FOLDER, StreamRedactor({}))
    found = [update for event in taken for update in projection.take(event)] + projection.finish()
    return [update.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True) for update in found]


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["content"]["text"] for update in updates]


def test_a_plan() -> None:
    entries = [events.PlanEntry(content="Look", status="completed"), events.PlanEntry(content="Fix")]
    assert seen(events.Plan(entries=entries)) == [
        {
            "sessionUpdate": "plan",
            "entries": [
                {"content": "Look", "priority": "medium", "status": "completed"},
                {"content": "Fix", "priority": "medium", "status": "pending"},
            ],
        }
    ]


def test_two_messages_are_apart() -> None:
    updates = seen(events.Text(text="One.", message=1), events.Text(text="Two.", message=2))
    assert "".join(texts(updates)) == "One.\n\nTwo."
    assert len({update["messageId"] for update in updates}) == 2


def test_a_thought_between_messages() -> None:
    updates = seen(
        events.Text(text="One.", message=1), events.Thought(text="Hm.", message=2), events.Text(text="Two.", message=3)
    )
    assert [update["sessionUpdate"] for update in updates] == [
        "agent_message_chunk",
        "agent_thought_chunk",
        "agent_message_chunk",
    ]
    assert texts(updates) == ["One.", "Hm.", "Two."]


def test_no_half_of_a_secret_is_sent() -> None:
    pieces = [events.Text(text=KEY[at : at + 4], message=1) for at in range(0, len(KEY), 4)]
    assert "".join(texts(seen(*pieces))) == "[redacted:github-token]"


def test_a_held_text_comes_before_what_follows() -> None:
    updates = seen(events.Text(text="Held", message=1), events.Program(id="p", code="1"))
    assert [update["sessionUpdate"] for update in updates] == ["agent_message_chunk", "tool_call"]


@pytest.mark.parametrize("length", [None, 8192])
def test_usage_needs_to_know_the_window(length: int | None) -> None:
    usage = events.Usage(
        requests=1, input_tokens=5, output_tokens=5, tool_calls=0, cost=0.5, context=10, context_length=length
    )
    shown = {"sessionUpdate": "usage_update", "used": 10, "size": 8192, "cost": {"amount": 0.5, "currency": "USD"}}
    assert seen(usage) == ([shown] if length else [])


def test_code_that_holds_a_fence() -> None:
    (start,) = seen(events.Program(id="p", code='"""\n````\n"""'))
    assert start["content"][0]["content"]["text"].startswith("`````python\n")


def test_what_nobody_was_asked_is_not_shown() -> None:
    asked = events.PermissionRequested(id="q", kind="command", title="Run git", detail="git", choices=[])
    assert seen(asked, events.PermissionAnswered(id="q", allowed=True, by="rule")) == []


@pytest.mark.parametrize(
    ("allowed", "by", "said"),
    [
        (True, "a person", "Allowed by a person."),
        (False, "a person", "Refused by a person."),
        (False, "nobody", "Not allowed."),
        (False, "nobody, because the question was taken back", "Not allowed, because the question was taken back."),
    ],
)
def test_what_was_decided(allowed: bool, by: str, said: str) -> None:
    projection = Projection(FOLDER, StreamRedactor({}))
    asked = events.PermissionRequested(id="q", kind="command", title="Run git", detail="git", choices=["allow_once"])
    assert projection.asked(asked).status == "pending"

    (news,) = projection.take(events.PermissionAnswered(id="q", allowed=allowed, by=by))

    assert news.content[0].content.text == said
    assert news.status == ("completed" if allowed else "failed")


def test_unknown_is_not_clean() -> None:
    report = VerificationReport(
        state="unknown", reason="ty did not answer in time", target_fixed=False, fixed=[], introduced=[], unchanged=0,
        files_checked=[], unknown=["a.py"], unchecked=[],
    )  # fmt: skip
    files = [events.FileDiff(file="a.py", diff="--- a/a.py\n")]
    _, end = seen(events.Verifying(files=["a.py"]), events.EditDeclined(files=files, report=report))
    assert end["status"] == "failed"
    assert "ty did not answer in time" in end["content"][0]["content"]["text"]


def change(kind: Any, before: str, after: str, old_file: str = "") -> FileChange:
    return FileChange(Path("/shop/a.py"), "a.py", Source(before), after, None, kind, None, old_file)


@pytest.mark.parametrize(
    ("proposed", "title", "content"),
    [
        (change("edit", "a\r\n", "b\r\n"), "Edit a.py", [("/shop/a.py", "a\r\n", "b\r\n")]),
        (change("create", "", "b"), "Create a.py", [("/shop/a.py", None, "b")]),
        (change("delete", "a", ""), "Delete a.py", [("/shop/a.py", "a", "")]),
        (change("rename", "a", "a", "old.py"), "Rename to a.py", ["`old.py` becomes `a.py`"]),
        (change("rename", "a", "b", "old.py"), "Rename to a.py", ["`old.py` becomes `a.py`", ("/shop/a.py", "a", "b")]),
    ],
    ids=["edit", "create", "delete", "rename", "rename and edit"],
)
def test_what_is_proposed(proposed: FileChange, title: str, content: list[Any]) -> None:
    call = edit_call("key", FOLDER, [proposed])
    assert call.title == title
    assert call.content is not None
    found = [
        part.content.text if part.type == "content" else (part.path, part.old_text, part.new_text)
        for part in call.content
    ]
    assert found == content
