"""The page on the relay says what the tables in the code say."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from punie_ls.relay.routing import ROUTES
from punie_semantic.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "relay.md").read_text(encoding="utf-8")


def quoted(section: str) -> list[str]:
    """The code words of the first column of the first table in a section."""
    lines = PAGE.partition(f"## {section}")[2].partition("\n## ")[0].splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("|")]
    return [word for cell in cells for word in cell.split("`")[1::2]]


@pytest.mark.parametrize("method", [method for method, route in ROUTES.items() if route != "ty"])
def test_every_method_with_an_owner_is_in_the_table(method: str) -> None:
    names = [name.replace("…", "*") for name in quoted("Who owns what")]

    assert any(fnmatch(method, name) or method.endswith(f"/{name}") for name in names)


def test_every_setting_is_in_the_table() -> None:
    named = {name.removesuffix(".*").replace("-", "_") for name in quoted("Settings")}

    assert named == set(Settings.__struct_fields__)
