"""Helix's languages.toml: Punie is merged into what is there, and taken back from what became of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from punie_ls.init.editors.helix import _servers
from punie_ls.init.exceptions import Broken
from punie_ls.init.text_file import TextFile
from punie_ls.init.toml_target import TomlTarget, take_back

COMMAND = "/home/ada/日本 🚀/punie-ls"
WANTED = {"language-server": {"punie": {"command": COMMAND}}}


def target(command: str = COMMAND) -> TomlTarget:
    return TomlTarget(Path("languages.toml"), lambda _: command, _servers)


def file_of(text: str) -> TextFile:
    return TextFile(Path("languages.toml"), Path("languages.toml"), text.encode(), text, 0o644)


FILES = {
    "empty": "",
    "without a newline at its end": "# mine",
    "only others": '[[language]]\nname = "rust" # r\n\n[language-server.rust-analyzer]\ncommand = "ra"\n',
    "python without servers": '[[language]]\nname = "python"\nauto-format = true\n\n[editor]\n',
    "python with servers": '[[language]]\nname = "python"\nlanguage-servers = ["ty", {name = "ruff"}, "typos"] # why\n',
    "inline": 'language = [{ name = "python", language-servers = ["pylsp"] }]\n',
    "dotted": '[language-server]\npunie.command = "gone"\n[[language]]\nname = "python"\n',
    "several lines": '[[language]]\nname = "python"\n'
    'language-servers = [\n  "ty", # types\n  # own\n  "typos", # sp\n]\n# end\n',
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("windows", [False, True])
def test_punie_is_merged_and_taken_back(name: str, windows: bool) -> None:
    text = FILES[name].replace("\n", "\r\n") if windows else FILES[name]
    before = tomllib.loads(text)

    merged = target().merge(file_of(text), None)
    again = target().merge(file_of(merged.text), None)
    taken = take_back(merged.text, merged.changes)

    after = tomllib.loads(merged.text)
    python = next(entry for entry in after["language"] if entry["name"] == "python")
    assert after["language-server"]["punie"]["command"] == COMMAND
    assert python["language-servers"][0] == "punie"
    assert not {"ty", "ruff", "pylsp"}.intersection(map(str, python["language-servers"]))
    assert merged.text.count("#") == text.count("#") - text.count("# types")  # what was said of ty goes with ty
    assert again.changes == ()
    assert ("\r\n" in merged.text) == (windows and "\n" in text)
    assert tomllib.loads(taken.text) == before
    assert taken.text.count("#") == text.count("#")
    assert taken.left == ()


def test_the_list_comes_back_as_it_was_written() -> None:
    text = FILES["several lines"]

    merged = target().merge(file_of(text), None)

    assert take_back(merged.text, merged.changes).text == text


def test_lines_that_are_the_users_stay_when_the_rest_goes() -> None:
    merged = target().merge(file_of("# mine\n"), None)
    edited = merged.text + "auto-format = true # my own\n\n# editor\n[editor]\nmouse = false\n"

    taken = take_back(edited, merged.changes)

    assert tomllib.loads(taken.text) == {
        "language": [{"name": "python", "auto-format": True}],
        "editor": {"mouse": False},
    }
    assert "# my own" in taken.text
    assert "# editor" in taken.text


def test_a_list_of_several_lines_keeps_its_lines() -> None:
    merged = target().merge(file_of(FILES["several lines"]), None)

    assert 'language-servers = [\n  # own\n  "punie",\n  "typos", # sp\n]\n# end\n' in merged.text


def test_what_the_user_changed_since_is_left_and_named() -> None:
    merged = target().merge(file_of(""), None)
    edited = merged.text.replace(COMMAND, "/opt/punie-ls")

    taken = take_back(edited, merged.changes)

    assert tomllib.loads(taken.text) == {"language-server": {"punie": {"command": "/opt/punie-ls"}}}
    assert taken.left == ("command of punie in language-server is left, because it was changed since",)


def test_a_server_with_settings_of_the_users_is_left_and_said_to_lack_a_command() -> None:
    merged = target().merge(file_of('[language-server.punie]\nargs = ["--log-level=debug"]\n'), None)

    taken = take_back(merged.text, merged.changes)

    assert tomllib.loads(taken.text) == {"language-server": {"punie": {"args": ["--log-level=debug"]}}}
    assert "Helix wants a command there" in taken.left[0]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('a = 1\n[[language]\nname = "python"\n', 2, "it is not TOML"),
        ("language = 3\n", None, "language must be an array of tables"),
        ('language = ["python"]\n', None, "language must be an array of tables"),
        ("[language-server]\npunie = 3\n", None, "language-server must be a table of tables"),
        (
            '[[language]]\nname = "python"\nlanguage-servers = "ty"\n',
            None,
            "language-servers of python must be an array",
        ),
        ("language-server = { ty = {} }\n", None, "[language-server] is written in a way that cannot be added to"),
    ],
)
def test_what_cannot_be_merged_is_refused(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(Broken) as caught:
        target().merge(file_of(text), None)

    assert str(caught.value).startswith(reason)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        (None, ["punie"]),
        (["ty", "ruff", "jedi", "pylsp"], ["punie"]),
        (["typos", "punie"], ["typos", "punie"]),
        ([{"name": "ruff", "only-features": ["format"]}, {"name": "typos"}], ["punie", {"name": "typos"}]),
        (["punie", "ruff"], ["punie"]),
    ],
)
def test_servers_that_say_everything_twice_go(present: list[Any] | None, wanted: list[Any]) -> None:
    assert _servers(present) == wanted
    assert _servers(wanted) == wanted
