"""What docs/editors.md shows is what is written."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from punie_ls.init.editors.table import all_editors
from tests.integration.init.conftest import SCRIPT, Home

PAGE = (Path(__file__).parents[3] / "docs" / "editors.md").read_text(encoding="utf-8")
SHOWN = "/home/ada/.local/bin/punie-ls"


def example(language: str) -> str:
    """The only example in a language, with the path of this program."""
    blocks = PAGE.split(f"```{language}\n")[1:]
    assert len(blocks) == 1
    return blocks[0].partition("```")[0].replace(SHOWN, str(SCRIPT))


def test_the_page_shows_what_is_written_for_zed(home: Home) -> None:
    home.init("zed", "--yes")

    assert json.loads(home.read(".config/zed/settings.json"))["lsp"] == json.loads(example("json"))["lsp"]
    assert json.loads(home.read(".config/zed/settings.json"))["languages"] == json.loads(example("json"))["languages"]


def test_the_page_shows_what_is_written_for_helix(home: Home) -> None:
    home.init("helix", "--yes")

    assert home.read(".config/helix/languages.toml") == example("toml")
    assert tomllib.loads(example("toml"))


@pytest.mark.parametrize("name", all_editors())
def test_the_page_and_the_help_name_each_editor(name: str, home: Home) -> None:
    assert f"`{name}`" in PAGE
    assert name in home.init("--help", COLUMNS="200").out
