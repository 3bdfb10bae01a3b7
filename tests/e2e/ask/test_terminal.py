"""In a real terminal: Markdown as it is written, questions, and a screen that nothing can take over."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.e2e.ask.conftest import APP, TIDY, Open
from tests.editors.programs import skipped_without
from tests.model_server import ModelServer, Reply, call, say

pytestmark = pytest.mark.skipif(skipped_without("tmux"), reason="a terminal needs tmux")

ANSWER = """\
# Carts

`Cart.add` is called in **two** places:

1. in `orders.py`
2. in `test_orders.py`

```python
def total() -> int:
    return 1
```

| who | 数 |
|---|---|
| 漢字 | 👩‍🚀 |

A List<int>, [a page](https://example.com/x), and the end.
"""
COMMAND = "print(run_command(['touch', 'ran']))"


def test_an_answer_is_drawn_once_and_stays(open_terminal: Open, model: ModelServer) -> None:
    model.add(say(ANSWER, thinking="Let me see.", size=9, pause=0.01))

    terminal = open_terminal("ask", "who calls it?", height=12)

    assert terminal.status() == 0
    text = terminal.text()
    assert "Let me see.\n" in text
    assert "Cart.add is called in two places:\n\n 1. in orders.py\n 2. in test_orders.py\n" in text
    assert "  def total() -> int:\n      return 1\n" in text
    assert "A List<int>, a page (https://example.com/x), and the end.\n" in text
    assert re.search(r"漢字 +👩", text)
    assert [text.count(word) for word in ("Carts", "Let me see", "in orders.py", "return 1", "the end")] == [1] * 5
    assert not re.search("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]|Starting|Waiting", text)
    assert re.search(r"\x1b\[\d*;?1m", terminal.coded())


def test_what_comes_is_seen_before_it_is_complete(open_terminal: Open, model: ModelServer) -> None:
    model.add(Reply(text="A first block.\n\nThe **second** one goes on and on and on.", hold=7))

    terminal = open_terminal("ask", "hello")

    assert "Starting…" in terminal.wait("…")
    terminal.wait("The second one")
    model.release()
    assert terminal.status() == 0
    assert terminal.text().count("A first block.") == 1


@pytest.mark.parametrize(
    ("keys", "status", "before", "after"),
    [
        (["y"], 0, 0, 2),
        (["n"], 1, 2, 0),
        (["what", "d", "no"], 1, 2, 0),
        (["h", "n", "y"], 0, 1, 1),
        (["h", "q"], 1, 2, 0),
        (["C-d"], 1, 2, 0),
        (["C-c"], 130, 2, 0),
    ],
)
def test_edits_are_asked_about(
    open_terminal: Open, app: Path, model: ModelServer, keys: list[str], status: int, before: int, after: int
) -> None:
    model.add(call("run_code", code=TIDY), say("Done."))

    terminal = open_terminal("ask", "tidy app.py")
    screen = terminal.wait("y/n/h/d>")
    for key in keys:
        terminal.keys(key) if key.startswith("C-") else terminal.keys(key, "Enter")
        time.sleep(0.3)

    assert "✓ Re-checked by ty and ruff: nothing new is reported. 2 problems are gone." in screen
    assert '+first = "📚 one"' in screen
    assert terminal.status() == status
    text = app.read_bytes().decode()
    assert (text.count('f"'), text.count('= "')) == (before, after)
    assert text.replace('f"', '"') == APP.replace('f"', '"').replace("\n", "\r\n")
    assert ("Take it back with: punie-ls undo" in terminal.text()) == (after > 0)
    if keys[0] == "what":
        assert "Please answer with one of y, n, h, d." in terminal.text()
        assert terminal.text().count('+first = "📚 one"') == 2


@pytest.mark.parametrize(("key", "again", "ran"), [("y", True, 2), ("s", False, 2), ("n", True, 0), ("d", False, 0)])
def test_permission_is_asked_for_with_the_exact_command(
    open_terminal: Open, project: Path, model: ModelServer, key: str, again: bool, ran: int
) -> None:
    program = "print(run_command(['sh', '-c', 'echo one >> \"ran 📚\"']))"
    model.add(call("run_code", code=program), call("run_code", code=program), say("Done."))

    terminal = open_terminal("ask", "run it")
    screen = terminal.wait("y/s/p/n/d>")
    terminal.keys(key, "Enter")
    if again:
        end = time.monotonic() + 60
        while terminal.text().count("y/s/p/n/d>") < 2:
            assert time.monotonic() < end, terminal.text()
            time.sleep(0.1)
        terminal.keys(key, "Enter")

    assert "? Run sh" in screen
    assert """  sh -c 'echo one >> "ran 📚"'\n  in .\n""" in screen
    assert terminal.status() == 0
    assert terminal.text().count("y/s/p/n/d>") == (2 if again else 1)
    file = project / "ran 📚"
    assert (file.read_text() if file.exists() else "") == "one\n" * ran


def test_what_was_typed_before_the_question_is_no_answer(
    open_terminal: Open, project: Path, model: ModelServer
) -> None:
    model.add(Reply(calls=call("run_code", code=COMMAND).calls, delay=3), say("Done."))

    terminal = open_terminal("ask", "run it")
    terminal.wait("Waiting for the model")
    terminal.keys("y", "Enter")
    terminal.wait("y/s/p/n/d>")
    time.sleep(1)
    assert not (project / "ran").exists()
    assert "status=" not in terminal.text()
    terminal.keys("n", "Enter")

    assert terminal.status() == 0
    assert not (project / "ran").exists()


def test_stopping_takes_the_question_back(open_terminal: Open, project: Path, model: ModelServer) -> None:
    model.add(call("run_code", code=COMMAND), say("Done."))

    terminal = open_terminal("ask", "run it")
    terminal.wait("y/s/p/n/d>")
    terminal.keys("C-c")

    assert terminal.status() == 130
    assert "Stopped. Nothing was changed." in terminal.text()
    assert not (project / "ran").exists()


def test_a_terminal_is_not_obeyed_by_what_others_write(open_terminal: Open, project: Path, model: ModelServer) -> None:
    (project / "x\x1b]0;owned\x07.py").write_text("a = 1\n")
    escapes = (
        "Clear \x1b[2J\x1b[H, &#155;2J, `\x1b]52;c;eA==\x07`, \u202eturned, \x1bc reset.\n\n```\n\x1b[?25lhidden\n```\n"
    )
    program = "edit_file('x\\x1b]0;owned\\x07.py', 'a = 1', 'a = \"\\x1b[2J\"')"
    model.add(call("run_code", code=program), say(escapes, thinking="Hm \x1b[31mred\x1b[2J.", size=1))

    terminal = open_terminal("ask", "attack")
    terminal.wait("y/n/h/d>")
    terminal.keys("n", "Enter")

    assert terminal.status() == 1
    text = terminal.text()
    assert "Hm \\x1b[31mred\\x1b[2J." in text
    assert "Clear \\x1b[2J\\x1b[H, " in text
    assert "\\u202eturned, \\x1bc reset." in text
    assert "\\x1b[?25lhidden" in text
    assert "x\\x1b]0;owned\\x07.py" in text
    assert "owned" not in terminal.tell("display-message", "-p", "-t", "main", "#{pane_title}")


def test_colours_can_be_switched_off(open_terminal: Open, app: Path, model: ModelServer) -> None:
    model.add(call("run_code", code=TIDY), say(ANSWER))

    terminal = open_terminal("ask", "tidy", "--apply", NO_COLOR="1")

    assert terminal.status() == 0
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7]|38|48)[;m]", terminal.coded())


def test_a_narrow_terminal(open_terminal: Open, app: Path, model: ModelServer) -> None:
    model.add(call("run_code", code=TIDY), say("漢字" * 30 + "\n\n" + ANSWER))

    terminal = open_terminal("ask", "tidy", "--apply", width=24, height=8)

    assert terminal.status() == 0
    assert terminal.text().replace("\n", "").count("漢字" * 30) == 1
    assert "+first" in terminal.text()


def test_a_terminal_that_can_do_nothing(open_terminal: Open, app: Path, model: ModelServer) -> None:
    model.add(call("run_code", code=TIDY), say(ANSWER))

    terminal = open_terminal("ask", "tidy", PUNIE_TERM="dumb")
    terminal.wait("y/n/h/d>")
    terminal.keys("y", "Enter")

    assert terminal.status() == 0
    assert "\x1b" not in terminal.coded()
    assert "Cart.add is called in two places:" in terminal.text()
    assert 'f"' not in app.read_text()
