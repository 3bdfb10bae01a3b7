"""Toad in a terminal: keys as a user types them, the screen, and its own record of what was said over the protocol.

python -m tests.editors.toad.driver docs/images     # draws the picture of docs/acp.md
"""

from __future__ import annotations

import ast
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from punie_ls.demo.seeds import copy_bookshop
from tests.e2e.ask.terminal import Terminal
from tests.e2e.editor import PUNIE_LS
from tests.model_server import ModelServer, call, say
from tests.tmux import SECONDS

SETUP = Path(__file__).with_name("setup")
KEY_SECONDS = 0.15  # keys that come faster are one paste to Toad
ANYTHING = "How can I help you today?"
# No news to anybody, no sounds, and the same words on the screen each time.
SETTINGS = {
    "statistics": {"allow_collect": False},
    "notifications": {"system": "never", "enable_sounds": False},
    "ui": {"throbber": "pulse"},
}
APP = """\
from shop import price

print("🚀 世界", f"done")
x = price("👩‍🚀")
"""
# What a model writes to take the needless prefix away.
EDIT = "edit_file('app.py', 'f\"done\"', '\"done\"')"
# The picture's.
NOTES = """\
from bookshop.money import Money

print(f"Bücher 📚")
price = Money.of("12.90")
print("from", price)
"""
NOTES_EDIT = "edit_file('notes.py', 'f\"Bücher 📚\"', '\"Bücher 📚\"')"
READERS = "/home/you/projects"

Message = dict[str, Any]


class NoPython(Exception):
    """No Python that Toad could run on."""


def toad_program() -> Path:
    """Where Toad is, or would be. Raises NoPython with a sentence."""
    done = subprocess.run([str(SETUP), "--print"], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        raise NoPython(done.stderr.removeprefix("setup: ").strip())
    done.check_returncode()
    return Path(done.stdout.strip())


def environment(folder: Path) -> dict[str, str]:
    """An environment with nothing of the user's, from which Toad cannot ask the internet for its newest version."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PUNIE_", "TOAD_"))}
    environ.pop("NO_COLOR", None)
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        environ[f"XDG_{kind}_HOME"] = str(folder / kind.lower())
    return {
        **environ,
        "HOME": str(folder),
        "PATH": f"{PUNIE_LS.parent}{os.pathsep}{environ.get('PATH', '')}",
        "TOAD_LOG": str(folder / "toad.log"),
        "COLORTERM": "truecolor",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }


class Toad:
    """Toad on a project, with Punie as its agent.

    Attributes:
        terminal: the window that it runs in.
        root: the project.
        environ: what it was started with.
    """

    def __init__(self, terminal: Terminal, root: Path, environ: dict[str, str]) -> None:
        self.terminal, self.root, self.environ = terminal, root, environ
        self._log = Path(environ["TOAD_LOG"])

    def type(self, text: str) -> None:
        """Type, wherever the keys go."""
        for key in text:
            self.terminal.keys("-l", key)
            time.sleep(KEY_SECONDS)

    def command(self, start: str, shown: str, rest: str) -> None:
        """Choose a slash command from the list by its first letters, and send it with what follows."""
        self.type("/")
        self.terminal.wait("Insert /command")  # until then keys go to the prompt
        self.type(start)
        self.terminal.wait(shown)
        self.terminal.keys("Enter")
        name = shown.split()[0]
        self.until(lambda: "Insert /command" not in self.terminal.text(), "the list of commands to go")
        self.terminal.wait(f"❯ {name}")
        self.type(rest)
        self.terminal.wait(f"❯ {name} {rest}")
        self.terminal.keys("Enter")

    def prompt(self, text: str) -> None:
        """Type something into the prompt, see it there, and send it."""
        self.type(text)
        self.terminal.wait(f"❯ {text}")
        self.terminal.keys("Enter")

    def until(self, check: Callable[[], object], what: str) -> None:
        """Wait for a condition; a failure shows the screen."""
        end = time.monotonic() + SECONDS
        while not check():
            assert time.monotonic() < end, f"waited in vain for {what} in\n{self.terminal.text()}"
            time.sleep(0.05)

    def sent(self, method: str) -> list[Message]:
        """The parameters of what Toad has asked of the agent, or told it."""
        return [m["params"] for side, m in self._messages() if side == "client" and m.get("method") == method]

    def received(self, method: str) -> list[Message]:
        """The parameters of what the agent has asked of Toad, or told it."""
        return [m["params"] for side, m in self._messages() if side == "agent" and m.get("method") == method]

    def updates(self, kind: str) -> list[Message]:
        """The agent's news of one kind."""
        updates = [params["update"] for params in self.received("session/update")]
        return [update for update in updates if update["sessionUpdate"] == kind]

    def stop_reasons(self) -> list[str]:
        """How the turns ended that did."""
        results = [m.get("result") for side, m in self._messages() if side == "agent"]
        return [result["stopReason"] for result in results if result and "stopReason" in result]

    def _messages(self) -> list[tuple[str, Message]]:
        """What was said so far: Toad records the agent's lines as they are, and its own as Python writes them."""
        lines = self._log.read_text(encoding="utf-8").split("\n")[:-1] if self._log.exists() else []
        readers = {"[client] ": ast.literal_eval, "[agent] ": json.loads}
        return [
            (start.strip("[] "), read(line.removeprefix(start)))
            for line in lines
            for start, read in readers.items()
            if line.startswith(start)
        ]


@contextmanager
def open_toad(program: Path, folder: Path, root: Path, width: int = 130, height: int = 42) -> Generator[Toad]:
    """Toad on a project, once it takes a prompt and knows Punie's commands.

    Args:
        program: Toad.
        folder: an empty one, its home.
        root: the project.
        width: of the terminal, in columns.
        height: of the terminal, in rows.
    """
    environ = environment(folder)
    settings = folder / "config" / "toad" / "toad.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS))
    terminal = Terminal(f"punie-toad-{secrets.token_hex(6)}", width, height)
    try:
        terminal.start([str(program), "acp", "punie-ls acp", str(root), "-t", "Punie"], root, environ)
        toad = Toad(terminal, root, environ)
        terminal.wait(ANYTHING)
        toad.until(lambda: toad.updates("available_commands_update"), "Punie's commands")
        yield toad
    finally:
        terminal.end()


def main() -> int:
    """Draw the picture into a folder."""
    target = Path(sys.argv[1], "toad.svg")
    with tempfile.TemporaryDirectory(prefix="punie") as name, ModelServer(models=["qwen3-coder"]) as model:
        root, home = Path(name, "bookshop"), Path(name, "home")
        home.mkdir()
        copy_bookshop(root)
        (root / "punie.toml").write_text(f'model = "{model.spec}"\n')
        (root / "notes.py").write_text(NOTES)
        model.add(call("run_code", code=NOTES_EDIT), say("The prefix is gone."))
        with open_toad(toad_program(), home, root, 136, 20) as toad:
            toad.prompt("Tidy notes.py")
            toad.terminal.wait("Approval request")
            toad.terminal.wait('print("Bücher 📚")')
            toad.terminal.wait("Reject once")  # the last row
            time.sleep(1)  # what is new is drawn together
            toad.terminal.draw(target, "Toad")
            toad.terminal.keys("r")
            toad.until(toad.stop_reasons, "the end of the turn")
        target.write_text(elsewhere(target.read_text(encoding="utf-8"), name), encoding="utf-8")
    return 0


def elsewhere(picture: str, folder: str) -> str:
    """A picture in which a folder is one that a reader could have; what follows it stays where it is."""
    blanks = "&#160;" * (len(folder) - len(READERS))
    return re.sub(f"{re.escape(folder)}([^<]*)<", rf"{READERS}\1{blanks}<", picture)


if __name__ == "__main__":
    sys.exit(main())
