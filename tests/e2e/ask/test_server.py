"""With a running `punie-ls serve`: the same answers, questions and edits, from an agent that has all loaded already."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.ask.conftest import APP, TIDY, Ask, Open
from tests.e2e.editor import PUNIE_LS
from tests.editors.programs import skipped_without
from tests.model_server import ModelServer, Reply, call, say

in_terminal = pytest.mark.skipif(skipped_without("tmux"), reason="a terminal needs tmux")


@pytest.fixture
def server(tmp_path: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A server of the test's own."""
    process = subprocess.Popen(
        [str(PUNIE_LS), "serve", "--port", "0"],
        cwd=tmp_path,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "serves ACP at ws://127.0.0.1" in process.stderr.readline()
    yield process
    process.terminate()
    process.communicate(timeout=60)


def workers(punie: Ask) -> int:
    """How many projects the server has opened."""
    return len(json.loads(punie("serve", "--status", "--json").out)["projects"])


def test_answers_and_edits_are_those_of_an_own_agent(
    punie: Ask, ask: Ask, app: Path, model: ModelServer, server: subprocess.Popen[str]
) -> None:
    model.add(say("It is *fine*. 📚", thinking="Hm."), call("run_code", code=TIDY), say("Tidied."))
    model.add(call("run_code", code=TIDY), say("Again."), Reply(status=400, text="No, never."))
    before = app.read_bytes()

    plain = ask("is it fine?")
    shown = ask("tidy app.py", "--continue")
    untouched = app.read_bytes()
    written = ask("tidy app.py", "--continue", "--apply")
    after = app.read_bytes()
    failed = ask("fail", "--continue")
    undone = punie("undo")

    assert workers(punie) == 1
    assert (plain.code, plain.out) == (0, "It is *fine*. 📚\n")
    assert (shown.code, shown.out, untouched) == (1, "Tidied.\n", before)
    assert '-first = f"📚 one"\n+first = "📚 one"\n' in shown.err
    assert "Not written: nobody can be asked here." in shown.err
    assert (written.code, after) == (0, APP.replace('f"', '"').replace("\n", "\r\n").encode())
    assert "Take it back with: punie-ls undo " in written.err
    assert (failed.code, failed.out, failed.err.count("Failed: ")) == (1, "", 1), failed.err
    assert (undone.code, app.read_bytes()) == (0, before)
    assert len(punie("sessions", "list").out.splitlines()) == 1


@in_terminal
def test_questions_are_asked_and_turns_stopped(
    open_terminal: Open, app: Path, project: Path, model: ModelServer, server: subprocess.Popen[str]
) -> None:
    run = "print(run_command(['touch', 'ran 📚']))\n"
    model.add(call("run_code", code=run + TIDY), say("Tidied."), Reply(text="The beginning. " * 40, hold=12))

    chat = open_terminal("chat")
    chat.wait("else there is\n>")
    chat.keys("tidy app.py", "Enter")
    asked = chat.wait("y/s/p/n/d>")
    chat.keys("y", "Enter")
    chat.wait("y/n/d>")
    chat.keys("y", "Enter")
    chat.wait("Written: app.py (+2 -2).")
    chat.wait_for_prompt()
    chat.keys("and?", "Enter")
    chat.wait("The beginning.")
    chat.keys("C-c")
    chat.wait("Stopped. Nothing was changed.")
    chat.wait_for_prompt()
    chat.keys("C-d")

    assert chat.status() == 0
    assert "✓\n" not in chat.text()
    assert "? Run touch\n  touch 'ran 📚'\n  in .\n" in asked
    assert (project / "ran 📚").exists()
    assert app.read_bytes() == APP.replace('f"', '"').replace("\n", "\r\n").encode()


def test_a_server_that_was_killed_counts_for_nothing(
    ask: Ask, app: Path, model: ModelServer, server: subprocess.Popen[str]
) -> None:
    model.add(say("By itself."))
    server.send_signal(signal.SIGKILL)
    server.wait(10)

    done = ask("hello")

    assert (done.code, done.out) == (0, "By itself.\n")
