"""Agent panels (JetBrains' AI Assistant, Zed's): beside the other agents, as the user has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_ls.init.applying import apply
from punie_ls.init.editors.table import all_editors
from punie_ls.init.planning import make_plan
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.undoing import plan_undo, take_back
from tests.integration.init.conftest import SCRIPT, Home

ACP = ".jetbrains/acp.json"
OTHERS = """\
{
  "default_mcp_settings": {"use_idea_mcp": true},
  "agent_servers": {
    "Other": {"command": "/opt/other", "args": [], "env": {"KEY": "secret"}}
  }
}
"""


def with_acp(home: Home) -> Surroundings:
    return Surroundings(home.folder, {"PATH": ""}, "linux", str(SCRIPT))


def configure(home: Home, name: str) -> None:
    again = lambda: make_plan(all_editors()[name], with_acp(home), named=True)  # noqa: E731 - the plan, made anew
    assert list(apply(again(), again, agreed=True))


@pytest.fixture(autouse=True)
def own_state(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_STATE_DIR", str(home.state))


def test_the_agent_is_added_beside_the_others(home: Home) -> None:
    home.write(ACP, OTHERS)

    configure(home, "jetbrains")

    expected = json.loads(OTHERS)
    expected["agent_servers"]["Punie"] = {"command": str(SCRIPT), "args": ["acp"]}
    # Strict JSON: the IDE may not read comments.
    assert json.loads(home.read(ACP)) == expected
    assert make_plan(all_editors()["jetbrains"], with_acp(home), named=False).state == "configured"


def test_what_the_user_said_about_the_agent_stays(home: Home) -> None:
    home.write(ACP, '{"agent_servers": {"Punie": {"command": "/gone/punie-ls", "env": {"A": "b"}}}}')

    configure(home, "jetbrains")

    assert json.loads(home.read(ACP)) == {
        "agent_servers": {"Punie": {"command": str(SCRIPT), "env": {"A": "b"}, "args": ["acp"]}}
    }


def test_a_command_that_only_path_finds_is_made_absolute(home: Home) -> None:
    home.write(ACP, '{"agent_servers": {"Punie": {"command": "punie-ls", "args": ["acp"]}}}')

    configure(home, "jetbrains")

    assert json.loads(home.read(ACP))["agent_servers"]["Punie"]["command"] == str(SCRIPT)


def test_the_file_and_its_folder_go_again_if_they_were_made(home: Home) -> None:
    configure(home, "jetbrains")
    written = home.files()

    take_back("jetbrains", plan_undo("jetbrains"))

    assert list(written) == [ACP]
    assert list(home.folder.iterdir()) == []


def test_zed_gets_the_agent_too(home: Home) -> None:
    home.write(".config/zed/settings.json", '// Zed\n{\n  "agent_servers": {},\n}\n')

    configure(home, "zed")

    assert home.json(".config/zed/settings.json")["agent_servers"] == {
        "Punie": {"type": "custom", "command": str(SCRIPT), "args": ["acp"]}
    }


def test_zed_starts_the_agent_and_the_server_with_one_program(home: Home) -> None:
    done = home.init("zed", "--yes")

    written = home.json(".config/zed/settings.json")
    assert done.code == 0
    assert written["agent_servers"]["Punie"]["command"] == written["lsp"]["ty"]["binary"]["path"] == str(SCRIPT)
    assert home.init("zed", "--check").code == 0


def test_the_agent_of_the_ai_assistant_from_the_terminal(home: Home) -> None:
    Path(home.folder / ".jetbrains").mkdir()

    done = home.init("jetbrains", "--yes")

    assert done.code == 0
    assert json.loads(home.read(ACP)) == {"agent_servers": {"Punie": {"command": str(SCRIPT), "args": ["acp"]}}}
    assert "LSP4IJ" in done.out, "the agent is only one half"
    assert home.init("jetbrains", "--undo", "--yes").code == 0
    assert not home.path(ACP).exists()


def test_a_file_that_cannot_be_read_is_left_and_named(home: Home) -> None:
    home.write(ACP, '{"agent_servers": ')

    done = home.init("jetbrains", "--yes")

    assert done.code == 2
    assert f"{home.path(ACP)}, line 1" in done.out + done.err
    assert home.read(ACP) == '{"agent_servers": '


def test_the_program_has_the_command_that_is_written() -> None:
    from typer.main import get_group

    from punie_ls.cli.app import app

    assert "acp" in get_group(app).commands
