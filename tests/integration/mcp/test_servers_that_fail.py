"""Servers that do not come, do not answer, write garbage, crash, or are slow: never the end of a session."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from punie_agent.events import Done, Event, Notice
from punie_agent.mcp import connection
from punie_agent.mcp.servers import HttpServer, Server, StdioServer
from tests.integration.mcp.conftest import (
    SERVERS,
    Agent,
    Asked,
    free_port,
    holds,
    opened,
    processes,
    result,
    scripted,
    served,
    told,
    turn,
    until,
    weather,
)
from tests.model_server import ModelServer, call, say

WEATHER = f"import runpy, sys\nsys.argv = ['x']\nrunpy.run_path({str(SERVERS / 'server.py')!r}, run_name='__main__')"
GARBAGE = "import sys\nfor _ in range(1000):\n    print('🚀 no message')\nsys.stdout.flush()\nsys.stdin.read()"
SILENT = "import sys, time\nprint('waiting for a lock', file=sys.stderr, flush=True)\ntime.sleep(600)"
HALF = 'import sys\nprint(\'{"jsonrpc": "2.0", "id"\', flush=True)\nsys.exit(\'no configuration 😢\')'
TALKATIVE = "import sys\nwhile True:\n    sys.stderr.write('x' * 65536)"


def notices(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (StdioServer("gone", "no-such-program-here"), "could not be started: No such file or directory"),
        (StdioServer("gone", sys.executable, (), {}, "no/such/folder"), "The MCP server gone"),
        (StdioServer("nul", sys.executable, ("a\0b",)), "The MCP server nul"),
        (scripted(HALF), "(it said last: no configuration 😢)"),
        (scripted(GARBAGE), "did not answer within 2 s (it said last: 🚀 no message)"),
        (scripted(SILENT), "did not answer within 2 s (it said last: waiting for a lock)"),
        (scripted(TALKATIVE), "did not answer within 2 s"),
        (HttpServer("far", f"http://127.0.0.1:{free_port()}/mcp"), "The MCP server far"),
        (HttpServer("far", f"http://127.0.0.1:{free_port()}/sse", {}, "sse"), "The MCP server far"),
        (HttpServer("odd", "no url at all"), "The MCP server odd"),
        (HttpServer("odd", "http://127.0.0.1:1/mcp", {"X-Odd": "a\nb"}), "The MCP server odd"),
    ],
    ids=["program", "folder", "nul", "half", "garbage", "silent", "talkative", "http", "sse", "url", "header"],
)
async def test_a_server_that_does_not_come_is_one_notice(
    agent: Agent, asked: Asked, monkeypatch: pytest.MonkeyPatch, server: Server, expected: str
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 2.0)
    replies = [call("run_code", code="1 + 1"), say("Two."), say("Again.")]
    with ModelServer(*replies) as model:
        async with agent(model) as manager:
            session = await opened(manager, asked, server)
            first = await turn(session)
            second = await turn(session)
            problems = session.problems

    (text,) = notices(first)
    assert expected in text
    assert text.endswith("Its tools are not there in this session.")
    assert problems == [text]
    assert notices(second) == [], "it is told once"
    assert first[-1] == second[-1] == Done(reason="end_turn")
    if isinstance(server, StdioServer) and server.args:
        assert not processes(server.args[-1])


async def test_the_others_are_there_when_one_fails(agent: Agent, asked: Asked) -> None:
    with ModelServer(call("run_code", code="weather_add(1, 2)"), say("Three.")) as model:
        async with agent(model) as manager:
            gone = StdioServer("gone", "no-such-program-here")
            events = await turn(await opened(manager, asked, gone, weather()))

    assert result(model) == 3
    assert len(notices(events)) == 1


async def test_garbage_between_messages_is_skipped(agent: Agent, asked: Asked) -> None:
    noisy = f"print('Starting 🚀')\n{WEATHER}"
    with ModelServer(call("run_code", code="weather_add(1, 2)"), say("Three.")) as model:
        async with agent(model) as manager:
            events = await turn(await opened(manager, asked, scripted(noisy)))

    assert result(model) == 3
    assert notices(events) == []


async def test_a_server_that_crashes_is_started_once_more_for_the_next_call(agent: Agent, asked: Asked) -> None:
    program = (
        "before = weather_pid()\n"
        "try:\n    weather_crash()\nexcept RuntimeError as error:\n    said = str(error)\n"
        "[said, weather_pid() != before]"
    )
    with ModelServer(call("run_code", code=program), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather()))

    said, another = result(model)
    assert said == (
        "The MCP server weather ended while it was asked for crash (it said last: 💥 out of memory). "
        "Whether it did what was asked is not known: look before you ask again."
    )
    assert another


async def test_a_server_that_does_not_come_back_is_said_to_be_gone(agent: Agent, asked: Asked, tmp_path: Path) -> None:
    once = tmp_path / "once"
    starter = (
        f"import os, sys\nif os.path.exists({str(once)!r}): sys.exit('port taken')\nopen({str(once)!r}, 'w')\n{WEATHER}"
    )
    crash = "try:\n    weather_crash()\nexcept RuntimeError:\n    pass\n"
    again = "try:\n    weather_add(1, 2)\nexcept RuntimeError as error:\n    said.append(str(error))\n"
    with ModelServer(call("run_code", code=f"said = []\n{crash}{again}{again}said"), say("Done.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, scripted(starter)))

    first, second = result(model)
    assert first == second
    assert "(it said last: port taken)" in first


async def test_an_http_server_that_is_started_again_is_found_again(agent: Agent, asked: Asked) -> None:
    port = free_port()
    with ModelServer(
        call("run_code", code="weather_add(1, 2)"),
        say("Three."),
        call("run_code", code="try:\n    weather_add(1, 2)\nexcept RuntimeError as error:\n    print(error)"),
        say("Gone."),
        call("run_code", code="weather_add(2, 2)"),
        say("Four."),
    ) as model:
        async with agent(model) as manager:
            with served("http", port) as (url, _):
                session = await opened(manager, asked, HttpServer("weather", url))
                await turn(session)
                assert result(model) == 3
            await turn(session)
            gone = told(model)
            with served("http", port):
                await turn(session)

    assert "The MCP server weather" in gone
    assert result(model) == 4


@pytest.mark.parametrize("style", ["code", "json"])
async def test_cancelling_a_turn_cancels_the_tool_at_the_server(
    agent: Agent, asked: Asked, tmp_path: Path, style: str
) -> None:
    mark = tmp_path / "mark"
    program = call("run_code", code=f"weather_slow({str(mark)!r})")
    first = program if style == "code" else call("weather_slow", mark=str(mark))
    with ModelServer(first, say("Never."), call("run_code", code="weather_add(1, 2)"), say("3")) as model:
        async with agent(model, style) as manager:
            session = await opened(manager, asked, weather())
            running = asyncio.create_task(turn(session))
            await holds(lambda: mark.exists() and mark.read_text() == "begun")
            await session.cancel()
            events = await running

            assert events[-1] == Done(reason="cancelled", message="Stopped. Nothing was changed.")
            await holds(lambda: mark.read_text() == "cancelled")


async def test_a_tool_that_takes_too_long_is_an_error(
    agent: Agent, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CALL_SECONDS", 1.0)
    mark = tmp_path / "mark"
    with ModelServer(call("run_code", code=f"weather_slow({str(mark)!r})"), say("Slow.")) as model:
        async with agent(model) as manager:
            await turn(await opened(manager, asked, weather()))

    assert "The MCP server weather did not answer within 1 s" in told(model)


async def test_closing_a_session_while_a_server_still_starts_ends_the_server(agent: Agent, asked: Asked) -> None:
    with ModelServer() as model:
        async with agent(model) as manager:
            server = scripted(f"{SILENT}  # closing {time.time_ns()}")
            session = await opened(manager, asked, server)
            await holds(lambda: bool(processes(server.args[-1])))
            await manager.close(session.id)

            assert not processes(server.args[-1])


async def test_cancelling_a_turn_that_waits_for_a_server_leaves_the_server(agent: Agent, asked: Asked) -> None:
    slow_start = f"import time\ntime.sleep(3)\n{WEATHER}"
    with ModelServer(call("run_code", code="weather_add(1, 2)"), say("Three.")) as model:
        async with agent(model) as manager:
            session = await opened(manager, asked, scripted(slow_start))
            running = asyncio.create_task(turn(session))
            await asyncio.sleep(0.5)
            await session.cancel()
            assert (await running)[-1] == Done(reason="cancelled", message="Stopped. Nothing was changed.")
            await turn(session)

    assert result(model) == 3


async def test_a_server_that_ignores_the_end_is_killed_with_its_children(
    agent: Agent, asked: Asked, tmp_path: Path
) -> None:
    mark = f"stubborn-{time.time_ns()}"
    stubborn = (
        "import signal, subprocess, sys, atexit, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', {mark!r}])\n"
        f"atexit.register(time.sleep, 600)\n{WEATHER}"
    )
    with ModelServer(say("Hello.")) as model:
        async with agent(model) as manager:
            session = await opened(manager, asked, scripted(stubborn))
            await turn(session)
            assert processes(mark)
            await manager.close(session.id)

            assert not processes(mark)


@pytest.mark.skipif(os.name != "posix", reason="there the operating system ends them")
def test_servers_end_when_punie_is_killed(tmp_path: Path) -> None:
    mark = f"killed-{time.time_ns()}"
    stubborn = f"import time  # {mark}\nprint('x', flush=True)\ntime.sleep(600)"
    program = textwrap.dedent(f"""
        import asyncio, sys
        from pathlib import Path
        from punie_agent.mcp.servers import StdioServer
        from punie_agent.mcp.session_tools import SessionTools

        async def main():
            tools = SessionTools([StdioServer("x", sys.executable, ("-c", {stubborn!r}))], Path({str(tmp_path)!r}))
            await tools.tools()

        asyncio.run(main())
    """)
    process = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: any(pid != process.pid for pid in processes(mark)))
    process.send_signal(signal.SIGKILL)
    process.wait()

    until(lambda: not processes(mark))
