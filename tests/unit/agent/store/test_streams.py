"""Pieces of a streamed text, put together again."""

from __future__ import annotations

from punie_agent.events import Done, Event, ProgramOutput, Text, Thought
from punie_agent.redaction import Redactor
from punie_agent.store.streams import KEPT_CHARACTERS, MOST_CHARACTERS, Stream


def through(*events: Event) -> list[Event]:
    stream = Stream()
    return [done for event in events for done in stream.add(event)] + stream.flush()


def test_pieces_of_one_message_become_one() -> None:
    assert through(Text(text="a"), Text(text="b"), Thought(text="c"), Text(text="d"), Done(reason="end_turn")) == [
        Text(text="ab"),
        Thought(text="c"),
        Text(text="d"),
        Done(reason="end_turn"),
    ]


def test_messages_and_programs_stay_apart() -> None:
    events = [Text(text="a", message=1), Text(text="b", message=2), ProgramOutput(id="1", text="c")]

    assert through(*events, ProgramOutput(id="2", text="d")) == [*events, ProgramOutput(id="2", text="d")]


def test_a_very_long_text_is_cut_between_words_and_nothing_is_lost() -> None:
    pieces = [Text(text="word-and-more ") for _ in range(2 * MOST_CHARACTERS // 14)]

    done = through(*pieces)

    texts = [event.text for event in done if isinstance(event, Text)]
    assert len(texts) > 1
    assert all(text.endswith(" ") for text in texts)
    assert "".join(texts) == "word-and-more " * len(pieces)


def test_a_cut_never_goes_through_a_private_key() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "abc\n" * (KEPT_CHARACTERS // 2) + "-----END PRIVATE KEY-----\n"
    filled = "x y " * ((MOST_CHARACTERS - len(key) // 2) // 4)

    done = through(
        *[Text(text=(filled + key + filled)[at : at + 100]) for at in range(0, 2 * len(filled) + len(key), 100)]
    )

    redacted = [Redactor({}).text(event.text) for event in done if isinstance(event, Text)]
    assert len(redacted) > 1
    assert "".join(redacted) == f"{filled}[redacted:private-key]\n{filled}"
