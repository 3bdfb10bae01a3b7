"""`--json`: the events of a turn, one a line, and nothing else; the last one is always `done`."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from punie_agent.events import EVENTS
from tests.e2e.ask.conftest import TIDY, Ask, assert_gone, family, running
from tests.model_server import ModelServer, call, say

OURS = ("turn_started", "edit_answered")


def events_of(out: str) -> list[dict[str, Any]]:
    """The events, of which those of the agent are what the store keeps."""
    events = [json.loads(line) for line in out.splitlines()]
    for event in events:
        if event["type"] not in OURS:
            EVENTS.validate_python(event)
    assert [e["type"] for e in events].count("done") == 1
    return events


@pytest.mark.parametrize(("arguments", "applied", "code"), [((), False, 1), (("--apply",), True, 0)])
def test_a_turn(ask: Ask, app: Path, model: ModelServer, arguments: tuple[str, ...], applied: bool, code: int) -> None:
    model.add(call("run_code", code=TIDY), say("It is\n🚀 tidy.", thinking="Hm.", size=3))

    done = ask("tidy app.py", "--json", *arguments)

    events = events_of(done.out)
    types = [event["type"] for event in events]
    assert (done.code, done.err) == (code, "")
    assert events[0] | {"session": "", "model": ""} == {
        "type": "turn_started", "session": "", "model": "", "prompt": "tidy app.py",
    }  # fmt: skip
    assert types[-4:] == ["verifying", "edit_proposed", "edit_answered", "done"]
    assert "".join(e["text"] for e in events if e["type"] == "text") == "It is\n🚀 tidy."
    assert [e["applied"] for e in events if e["type"] == "edit_answered"] == [applied]
    assert events[-1] == {"type": "done", "reason": "end_turn", "message": ""}


def test_a_turn_that_fails(ask: Ask, project: Path) -> None:
    (project / "punie.toml").write_text('model = "http://127.0.0.1:9/v1#gone"\n')

    done = ask("hello", "--json")

    last = events_of(done.out)[-1]
    assert done.code == 1
    assert (last["type"], last["reason"]) == ("done", "error")
    assert "127.0.0.1:9" in last["message"]


def test_nobody_is_asked(ask: Ask, model: ModelServer) -> None:
    model.add(call("run_code", code="print(run_command(['touch', 'ran']))"), say("It may not."))

    events = events_of(ask("run it", "--json").out)

    [answer] = [event for event in events if event["type"] == "permission_answered"]
    assert (answer["allowed"], answer["by"]) == (False, "nobody, because nobody can be asked")


def test_a_turn_that_is_stopped(project: Path, environ: dict[str, str], model: ModelServer) -> None:
    model.add(say("The beginning. " * 40, hold=3))

    with running(project, environ, "ask", "hello", "--json") as process:
        model.wait_for(1)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["type"] == "turn_started"
        processes = family(process.pid)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    events = events_of(out.decode())
    assert (process.returncode, err) == (130, b"")
    assert events[-1]["reason"] == "cancelled"
    assert_gone(processes)
