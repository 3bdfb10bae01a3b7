"""Other processes on the same store: `python processes.py VERB STORE ...`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, ToolCallPart

from punie_agent.events import Text, ToolCallStarted
from punie_agent.store import SessionStore

ROOT = Path(__file__).parents[4]


def start(*arguments: str) -> subprocess.Popen[str]:
    """This file in a process of its own; its first line of output says that it is ready."""
    command = [sys.executable, __file__, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


async def half_a_turn(store: SessionStore, session: str = "") -> None:
    """Begin a turn, write into it, and wait for ever."""
    if session:
        await store.load(session)
    session = session or await store.create("/p")
    turn = await store.begin_turn(session, "Fix everything")
    await store.add_event(session, turn, Text(text="I look."))
    await store.add_event(session, turn, ToolCallStarted(id="1", tool="read_file", kind="read", title="Read app.py"))
    call = ToolCallPart("read_file", {"path": "app.py"}, tool_call_id="c1")
    await store.add_messages(session, turn, [ModelRequest.user_text_prompt("Fix everything"), ModelResponse([call])])
    tell(session)
    for number in range(10**9):
        await store.add_event(session, turn, Text(text=str(number), message=number))
        await asyncio.sleep(0.001)


async def many_turns(store: SessionStore, count: str) -> None:
    """Write a session with so many turns, as fast as it can."""
    tell("ready")
    sys.stdin.readline()
    session = await store.create("/p")
    for number in range(int(count)):
        turn = await store.begin_turn(session, f"Prompt {number}")
        for piece in range(20):
            await store.add_event(session, turn, Text(text=f"{number}.{piece}", message=piece))
        await store.add_messages(session, turn, [ModelResponse([TextPart(f"Answer {number}")])])
        await store.end_turn(session, turn, "end_turn")
    tell(session)


async def own_turns(store: SessionStore, session: str, count: str) -> None:
    """Take turns with others in one session until so many are done here."""
    from punie_agent.exceptions import SessionBusy, SessionChanged

    tell("ready")
    sys.stdin.readline()
    done = 0
    while done < int(count):
        try:
            await store.load(session)
            turn = await store.begin_turn(session, f"From {time.time()}")
        except (SessionBusy, SessionChanged):
            await asyncio.sleep(0.005)
            continue
        await store.add_messages(session, turn, [ModelResponse([TextPart(f"{turn}a")]), ModelResponse([TextPart("b")])])
        await store.end_turn(session, turn, "end_turn")
        done += 1
    tell("done")


async def main(verb: str, place: str, *arguments: str) -> None:
    verbs = {"half_a_turn": half_a_turn, "many_turns": many_turns, "own_turns": own_turns}
    store = SessionStore(place, on_notice=lambda notice: tell(f"notice: {notice.text}"))
    try:
        await verbs[verb](store, *arguments)
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
