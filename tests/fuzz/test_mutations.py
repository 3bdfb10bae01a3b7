"""A short run of what `make fuzz` does for longer."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.fuzz.campaign import Tally, damaged_header, round_of_messages


async def test_spoilt_messages_are_answered_once_and_kill_nobody(root: Path) -> None:
    tally = Tally()

    await round_of_messages(root, Random(1), 500, tally)

    assert sum(tally.sent.values()) == 500
    assert tally.texts == {"equal": 1}


async def test_spoilt_headers_end_the_relay_at_most(root: Path) -> None:
    tally = Tally()
    chance = Random(1)
    for _ in range(4):
        await damaged_header(root, chance, tally)

    assert sum(tally.streams.values()) == 4
