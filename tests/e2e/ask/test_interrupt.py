"""Ctrl-C once stops the turn, twice leaves; whatever ends it, no process is left and the session goes on later."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.e2e.ask.conftest import Ask, Open, assert_gone, family, running
from tests.editors.programs import skipped_without
from tests.model_server import ModelServer, Reply, call, say

in_terminal = pytest.mark.skipif(skipped_without("tmux"), reason="a terminal needs tmux")
SLEEP = "print(typecheck('shop.py').error_count)\nprint(run_command(['sleep', '600']))"


@in_terminal
def test_once_stops_the_turn_and_keeps_what_was_said(open_terminal: Open, punie: Ask, model: ModelServer) -> None:
    model.add(Reply(text="The beginning. " * 40, hold=12))

    terminal = open_terminal("ask", "hello")
    terminal.wait("The beginning.")
    processes = family(terminal.process)
    terminal.keys("C-c")

    assert terminal.status() == 130
    assert "Stopped. Nothing was changed." in terminal.text()
    assert "Traceback" not in terminal.text()
    assert_gone(processes)
    assert punie("sessions", "list").out.strip().endswith("hello")


@in_terminal
def test_twice_leaves_at_once(open_terminal: Open, model: ModelServer) -> None:
    model.add(call("run_code", code=SLEEP), say("Done."))

    terminal = open_terminal("ask", "hello", "--allow", "command: sleep *")
    terminal.wait("Run sleep")
    processes = family(terminal.process)
    assert len(processes) > 2
    terminal.keys("C-c")
    terminal.keys("C-c")

    assert terminal.status() == 130
    assert "Traceback" not in terminal.text()
    assert_gone(processes)
    # The terminal is as it was: what is typed can be seen.
    terminal.keys("seen")
    terminal.wait("seen")


@in_terminal
def test_while_it_starts(open_terminal: Open, model: ModelServer) -> None:
    terminal = open_terminal("ask", "hello")
    terminal.wait(" Starting…")
    terminal.keys("C-c")

    assert terminal.status() == 130
    assert "Stopped." in terminal.text()
    assert "Traceback" not in terminal.text()
    assert model.chats == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_end_it_in_order(
    project: Path, environ: dict[str, str], model: ModelServer, number: signal.Signals
) -> None:
    model.add(call("run_code", code=SLEEP), say("Done."))

    with running(project, environ, "ask", "hello", "--allow", "command: sleep *") as process:
        model.wait_for(1)
        _wait_for("sleep", process.pid)
        processes = family(process.pid)
        process.send_signal(number)
        process.communicate(timeout=60)

    assert process.returncode == 128 + number
    assert_gone(processes)


def test_killed_in_the_middle_it_goes_on_later(
    ask: Ask, punie: Ask, project: Path, environ: dict[str, str], model: ModelServer
) -> None:
    model.add(say("Remember *this*."), call("run_code", code=SLEEP), say("Yes."))
    ask("first")

    with running(project, environ, "ask", "second", "--continue", "--allow", "command: sleep *") as process:
        model.wait_for(2)
        _wait_for("sleep", process.pid)
        processes = family(process.pid)
        busy = ask("too early", "--continue")
        process.kill()
        process.communicate(timeout=60)

    assert_gone(processes)
    assert busy.code == 1
    assert "A turn runs in session" in busy.err
    assert "(interrupted)" in punie("sessions", "list").out
    again = ask("third", "--continue")
    assert (again.code, again.out) == (0, "Yes.\n")
    said = [m.get("content") for m in model.chats[-1].body["messages"] if m["role"] == "user"]
    assert said == ["first", "second", "third"]


def _wait_for(program: str, process: int) -> None:
    """Wait until a process has started a program."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if any(p.name() == program for p in psutil.Process(process).children(recursive=True)):
                return
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{program} did not start")
