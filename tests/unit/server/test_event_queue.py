"""What waits for a slow client: pieces become one, order stays, and it is bounded."""

from __future__ import annotations

from punie_agent.events import Done, Notice, ProgramOutput, Text, Thought
from punie_ls.server.event_queue import EventQueue, TurnName, Waiting

ONE, TWO = TurnName("file:///a", "one", 1), TurnName("file:///a", "two", 1)


def texts(taken: list[Waiting]) -> list[tuple[str, str]]:
    return [(item.type, "".join(item.pieces)) for item in taken]


def test_pieces_of_one_text_become_one() -> None:
    queue = EventQueue()
    for event in (
        Text(text="a", message=1),
        Text(text="b🚀", message=1),
        Text(text="c", message=2),
        Thought(text="d", message=2),
        ProgramOutput(id="p", text="e"),
        ProgramOutput(id="p", text="f"),
        ProgramOutput(id="q", text="g"),
    ):
        queue.add(ONE, event)

    assert texts(queue.take()) == [
        ("text", "ab🚀"),
        ("text", "c"),
        ("thought", "d"),
        ("program_output", "ef"),
        ("program_output", "g"),
    ]
    assert queue.take() == []


def test_another_event_parts_a_text() -> None:
    queue = EventQueue()
    for event in (Text(text="a"), Notice(text="!"), Text(text="b")):
        queue.add(ONE, event)

    assert texts(queue.take()) == [("text", "a"), ("notice", ""), ("text", "b")]


def test_turns_do_not_mix() -> None:
    queue = EventQueue()
    for turn, text in ((ONE, "a"), (TWO, "x"), (ONE, "b"), (TWO, "y")):
        queue.add(turn, Text(text=text))

    assert [(item.turn, "".join(item.pieces)) for item in queue.take()] == [(ONE, "ab"), (TWO, "xy")]


def test_what_was_taken_is_not_added_to() -> None:
    queue = EventQueue()
    queue.add(ONE, Text(text="a"))
    taken = queue.take()
    queue.add(ONE, Text(text="b"))

    assert texts(taken) == [("text", "a")]
    assert texts(queue.take()) == [("text", "b")]


def test_too_many_events() -> None:
    queue = EventQueue(events=10)
    queue.add(ONE, {"type": "turn_started"}, {"prompt": "Go"})
    for number in range(25):
        queue.add(ONE, Notice(text=str(number)))
    queue.add(ONE, Done(reason="end_turn"))

    taken = queue.take()

    assert len(taken) <= 10
    assert (taken[0].type, taken[0].more) == ("turn_started", {"prompt": "Go"})
    assert (taken[-2].event, taken[-1].type) == (Notice(text="24"), "done")
    assert sum(item.missed for item in taken) == 25 - (len(taken) - 2)
    assert taken[0].missed > 0


def test_too_much_text() -> None:
    queue = EventQueue(characters=1000)
    queue.add(ONE, {"type": "turn_started"})
    for _ in range(50):
        queue.add(ONE, Text(text="x" * 100))
        queue.add(TWO, Text(text="y"))
    queue.add(ONE, Done(reason="end_turn"))

    taken = queue.take()

    assert sum(item.size for item in taken) <= 1000
    assert next(item.type for item in taken if item.turn is ONE) == "turn_started"
    assert taken[-1].type == "done"
    assert sum(item.missed for item in taken if item.turn is ONE) > 0


def test_events_are_missed_once() -> None:
    queue = EventQueue(events=4)
    for number in range(9):
        queue.add(ONE, Notice(text=str(number)))
    queue.take()
    queue.add(ONE, Notice(text="more"))

    assert [item.missed for item in queue.take()] == [0]
