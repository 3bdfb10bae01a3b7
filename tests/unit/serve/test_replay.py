"""Which sessions a client has, and what opens each of them again."""

from __future__ import annotations

import itertools
import json
from typing import Any

from punie_ls.serve import messages
from punie_ls.serve.replay import OpenSessions, Request

IDS = itertools.count(1)


def exchange(opened: OpenSessions, method: str, params: Any, result: Any = None, error: Any = None) -> str | None:
    """A request and its answer."""
    key = next(IDS)
    opened.asked(messages.read(json.dumps({"id": key, "method": method, "params": params}).encode()))
    answer = {"id": key, "error": error} if error else {"id": key, "result": result}
    return opened.answered(messages.read(json.dumps(answer).encode()))


def notice(opened: OpenSessions, **update: Any) -> None:
    body = {"method": "session/update", "params": {"sessionId": "s", "update": update}}
    opened.noticed(messages.read(json.dumps(body).encode()))


def new(opened: OpenSessions) -> None:
    params = {"cwd": "/shop", "mcpServers": [{"name": "m"}], "_meta": {"x": 1}}
    assert exchange(opened, "session/new", params, {"sessionId": "s"}) == "s"


def test_a_new_session_is_resumed_where_and_with_what_it_was_begun() -> None:
    opened = OpenSessions()
    new(opened)

    assert opened.opening("s") == [
        Request("session/resume", {"cwd": "/shop", "mcpServers": [{"name": "m"}], "sessionId": "s"})
    ]


def test_settings_are_set_again_in_the_order_in_which_they_were_last_set() -> None:
    opened = OpenSessions()
    new(opened)
    mode = {"sessionId": "s", "modeId": "ask"}
    option = {"sessionId": "s", "configId": "model", "value": "large"}
    exchange(opened, "session/set_mode", {"sessionId": "s", "modeId": "auto"}, {})
    exchange(opened, "session/set_config_option", option, {})
    exchange(opened, "session/set_mode", mode, {})
    exchange(opened, "session/set_mode", {"sessionId": "s", "modeId": "nonsense"}, error={"message": "no"})

    assert opened.opening("s")[1:] == [
        Request("session/set_config_option", option),
        Request("session/set_mode", mode),
    ]


def test_a_mode_that_the_agent_changed_is_kept() -> None:
    opened = OpenSessions()
    new(opened)
    notice(opened, sessionUpdate="current_mode_update", currentModeId="ask")
    notice(opened, sessionUpdate="agent_message_chunk", content={"type": "text", "text": "current_mode_update"})

    assert opened.opening("s")[1:] == [Request("session/set_mode", {"sessionId": "s", "modeId": "ask"})]


def test_loading_begins_anew_and_closing_ends() -> None:
    opened = OpenSessions()
    new(opened)
    exchange(opened, "session/set_mode", {"sessionId": "s", "modeId": "ask"}, {})
    assert exchange(opened, "session/load", {"sessionId": "s", "cwd": "/shop"}, {}) == "s"
    assert len(opened.opening("s")) == 1

    for method in ("session/close", "session/delete"):
        exchange(opened, "session/resume", {"sessionId": "s", "cwd": "/shop"}, {})
        exchange(opened, method, {"sessionId": "s"}, {})
        assert "s" not in opened


def test_what_failed_or_makes_no_sense_opens_nothing() -> None:
    opened = OpenSessions()
    exchange(opened, "session/new", {"cwd": "/shop"}, error={"code": 1, "message": "no"})
    exchange(opened, "session/new", {"cwd": "/shop"}, {"sessionId": 7})
    exchange(opened, "session/new", [], {"sessionId": "s"})
    exchange(opened, "session/set_mode", {"sessionId": "other", "modeId": "ask"}, {})

    assert opened.ids == []
