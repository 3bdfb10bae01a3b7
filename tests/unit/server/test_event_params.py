"""From events to what is sent: texts word by word, in order; after a gap nothing of a half word."""

from __future__ import annotations

from typing import Any

from punie_agent.events import Done, Notice, Text
from punie_ls.server.event_params import EventEncoder
from punie_ls.server.event_queue import EventQueue, TurnName

TURN = TurnName("file:///a%20b", "one", 3)
OTHER = TurnName("file:///a%20b", "two", 1)


def sent(encoder: EventEncoder, *events: Any, turn: TurnName = TURN, queue: EventQueue | None = None) -> list[Any]:
    waiting = queue or EventQueue()
    for event in events:
        waiting.add(turn, event)
    return encoder.encode(waiting.take())


def test_an_event_with_its_turn() -> None:
    (params,) = sent(EventEncoder(), Notice(text="Well."))

    assert params == {
        "uri": "file:///a%20b",
        "session": "one",
        "turn": 3,
        "event": {"type": "notice", "text": "Well.", "level": "info"},
    }


def test_what_is_told_with_an_event_is_redacted_too() -> None:
    queue = EventQueue()
    queue.add(TURN, {"type": "turn_started"}, {"prompt": "Is sk-ant-" + "aB3" * 20 + " good?"})

    (params,) = EventEncoder().encode(queue.take())

    assert params["prompt"] == "Is [redacted:anthropic-key] good?"


def test_the_rest_of_a_text_comes_before_what_follows() -> None:
    encoder = EventEncoder()

    first = sent(encoder, Text(text="One tw", message=1))
    second = sent(encoder, Text(text="o three", message=1))
    third = sent(encoder, Text(text="Four", message=2), Done(reason="end_turn"))

    assert [p["event"]["text"] for p in first] == ["One "]
    assert [p["event"]["text"] for p in second] == ["two "]
    assert [(p["event"]["type"], p["event"].get("text"), p["event"].get("message")) for p in third] == [
        ("text", "three", 1),
        ("text", "Four", 2),
        ("done", None, ""),
    ]


def test_two_turns_do_not_mix() -> None:
    encoder = EventEncoder()
    sent(encoder, Text(text="One tw"))
    sent(encoder, Text(text="A b"), turn=OTHER)

    rest = sent(encoder, Text(text="o"), Done(reason="end_turn"))

    assert [p["event"].get("text") for p in rest] == ["two", None]
    assert {p["session"] for p in rest} == {"one"}


def test_after_a_gap() -> None:
    encoder = EventEncoder()
    sent(encoder, Text(text="My key is sk-ant-" + "aB3" * 5))
    queue = EventQueue(events=4)
    for number in range(9):
        queue.add(TURN, Notice(text=str(number)))
    queue.take()
    small = EventQueue(characters=100)
    small.add(TURN, Text(text="x" * 90))
    small.add(OTHER, Text(text="y" * 90))
    small.add(TURN, Text(text="aB3" * 5 + "\nThe next line. "))

    told = [p for p in encoder.encode(small.take()) if p["session"] == "one"]

    assert told[0]["missed"] == 1
    assert "".join(p["event"]["text"] for p in told) == "The next line. "
