"""docs/commands.md says of every command what it takes; the relay advertises exactly these."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from punie_ls.relay.methods import PUNIE_COMMANDS
from punie_ls.server.commands.arguments import FixTestArguments, RefactorArguments
from punie_ls.server.commands.table import COMMANDS

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
ROWS = {
    row[1]: re.findall(r"`(\w+)`", row[2])
    for row in re.finditer(r"^\| `(punie\.\w+)` \|[^|]*\| (.*) \|$", PAGE, re.MULTILINE)
}

# These two read their arguments themselves, for code actions carry them in another shape.
CARRIED = {
    "punie.fix": (["uri", "version", "problem", "choice", "by"], FixTestArguments),
    "punie.refactor": (["uri", "version", "range", "refactoring"], RefactorArguments),
}


def names(shape: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(shape)}


def test_every_command_is_in_the_table() -> None:
    assert list(ROWS) == list(COMMANDS)


def test_the_relay_offers_them_all() -> None:
    assert set(PUNIE_COMMANDS) == set(COMMANDS)


@pytest.mark.parametrize("command", [name for name, entry in COMMANDS.items() if entry.shape])
def test_the_fields_are_those_of_the_shape(command: str) -> None:
    shape = COMMANDS[command].shape
    assert shape is not None

    assert set(ROWS[command]) == names(shape)


@pytest.mark.parametrize("command", CARRIED)
def test_the_fields_of_both_forms(command: str) -> None:
    carried, shape = CARRIED[command]

    assert ROWS[command][: len(carried)] == carried
    assert set(ROWS[command][len(carried) :]) == names(shape)


@pytest.mark.parametrize("editor", ["Neovim", "Helix", "Emacs, eglot", "PyCharm, LSP4IJ", "VS Code"])
def test_every_editor_has_a_line(editor: str) -> None:
    (line,) = re.findall(rf"^\| {editor}[^|]*\| (.*) \|$", PAGE, re.MULTILINE)

    called = re.findall(r"punie\.\w+", line)
    assert set(called) <= set(COMMANDS)
    assert called or "code actions" in line
