"""The agent file of the AI Assistant: what `punie-ls init` writes fits, and so does what the guide shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from punie_ls.init.editors.jetbrains import editor
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.text_file import read

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "acp.schema.json").read_text())
GUIDE = Path(__file__).parents[3] / "editors" / "pycharm" / "README.md"


def accepted(value: Any) -> bool:
    try:
        fastjsonschema.compile(SCHEMA)(value)
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True


@pytest.mark.parametrize("before", [None, "{}", '{"agent_servers": {"Other": {"command": "/opt/other"}}}'])
def test_what_init_writes_fits(before: str | None, tmp_path: Path) -> None:
    around = Surroundings(tmp_path, {}, "linux", "/home/ada/.local/bin/punie-ls")
    (target,) = editor().targets(around)
    if before is not None:
        target.path.parent.mkdir()
        target.path.write_text(before)

    merged = json.loads(target.merge(read(target.path), None).text)

    assert accepted(merged)
    assert merged["agent_servers"]["Punie"] == {"command": "/home/ada/.local/bin/punie-ls", "args": ["acp"]}


def test_what_the_guide_shows_fits() -> None:
    shown = [part.partition("```")[0] for part in GUIDE.read_text(encoding="utf-8").split("```json\n")[1:]]

    assert len(shown) == 1
    assert accepted(json.loads(shown[0]))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"agent_servers": {"Punie": {"command": "punie-ls"}}},
        {"agent_servers": {"Punie": {"command": "/a", "args": "acp"}}},
        {"agent_servers": [], "default_mcp_settings": {}},
        {"agent_servers": {}, "agents": {}},
    ],
)
def test_the_schema_refuses_what_the_ide_would_not_understand(wrong: dict[str, Any]) -> None:
    assert not accepted(wrong)
