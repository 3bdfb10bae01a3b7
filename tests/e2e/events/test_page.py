"""docs/events.md: each example has the shape of what is really sent, and each event of the agent is in its table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from punie_agent.events import EVENTS, Event
from tests.e2e.events.conftest import ALL, Chat
from tests.e2e.events.test_events import EDIT, plain_json
from tests.e2e.events.test_state import data
from tests.model_server import call, say

in_the_module = pytest.mark.asyncio(loop_scope="module")

PAGE = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")
EXAMPLES: list[Any] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, flags=re.S)]


def example(*names: str) -> Any:
    """The only example with these names at its top, or in its first row."""
    found = [e for e in EXAMPLES if set(names) <= set(e[0] if isinstance(e, list) else e)]
    assert len(found) == 1, names
    return found[0]


def shape(value: Any) -> Any:
    """The names in a JSON value and the types under them; of a list, those of its first item."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def test_the_capabilities_are_those_of_the_tests() -> None:
    assert example("capabilities") == {"capabilities": {"experimental": ALL}}


def test_the_table_has_every_event_with_its_fields() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| (`.*?`) \| [^|]+ \|$", PAGE, flags=re.M))
    union = get_args(Event)[0]
    kinds = {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(union)}

    for name, kind in kinds.items():
        assert re.findall(r"`(\w+)`", table[name]) == [field for field in kind.model_fields if field != "type"], name


def test_the_events_of_the_examples_are_events() -> None:
    events = [e["event"] for e in EXAMPLES if isinstance(e, dict) and "event" in e]

    assert [event["type"] for event in events] == ["turn_started", "text", "done"]
    for event in events[1:]:
        assert EVENTS.validate_python(event)
    for turn in example("session", "turns", "problems")["turns"]:
        assert [EVENTS.validate_python(event) for event in turn["events"]]
    EVENTS.validate_python(example("usage", "running")["usage"])


@in_the_module
async def test_what_is_really_sent(chat: Chat, app: str) -> None:
    run = call("run_code", code="run_command(['git', '--version']).exit_code")
    chat.model.add(run, EDIT, say("I removed the prefix."))
    chat.plugin.replies += [{"choice": "allow_once"}, {"choice": "apply"}]

    await chat.editor.run("punie.ask", {"prompt": "Tidy app.py", "uri": app, "session": "new"})

    told = chat.plugin.told
    examples = [e for e in EXAMPLES if isinstance(e, dict) and "event" in e]
    for wanted in examples:
        kind = wanted["event"]["type"]
        assert shape(next(t for t in told if t["event"]["type"] == kind)) == shape(wanted), kind
    permission, edit = chat.plugin.asked
    assert shape(permission) == shape(example("kind", "id"))
    assert permission["choices"] == example("kind", "id")["choices"]
    assert shape(edit) == shape(example("kind", "files"))
    assert edit["choices"] == example("kind", "files")["choices"]


@in_the_module
async def test_the_state_and_the_lists(chat: Chat, app: str) -> None:
    chat.model.add(say("Well."))
    await chat.editor.run("punie.ask", {"prompt": "Who?", "session": "new"})
    session = chat.plugin.told[0]["session"]

    # While a turn runs, for then something runs.
    working = await chat.plugin.state(state="working", session=session)
    idle = await chat.plugin.state(state="idle", session=session)

    wanted = example("state", "running")
    assert shape({**idle, "running": working["running"]}) == shape(wanted)
    (row, *_) = await data(chat, "punie.sessions", action="list")
    assert shape([row]) == shape(example("id", "turns", "current"))
    shown = await data(chat, "punie.sessions", action="show", session=session)
    assert _names(shown) == _names(example("session", "turns", "problems"))
    rows = [row for row in await data(chat, "punie.selectModel") if row["spec"] == "builtin"]
    assert list(rows[0]) == list(example("spec", "chosen")[0])
    assert plain_json(rows[0])["name"] == example("spec", "chosen")[0]["name"]


def _names(shown: Any) -> Any:
    return [list(shown), list(shown["session"]), list(shown["turns"][0])]
