"""`punie-ls tools`: the generated pages."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from punie_semantic.reference import render_reference
from punie_semantic.registry import TOOLS
from tests.integration.cli.conftest import Project, punie


def test_the_stubs_are_printed(tmp_path: Path) -> None:
    done = punie("tools", "stubs", cwd=tmp_path)

    tree = ast.parse(done.out)
    assert done.code == 0
    assert [n.name for n in tree.body if isinstance(n, ast.FunctionDef)] == list(TOOLS)


def test_the_tools_are_listed_and_shown(tmp_path: Path) -> None:
    listed = punie("tools", "list", "--json", cwd=tmp_path)
    shown = punie("tools", "show", "rename_symbol", cwd=tmp_path)
    misspelt = punie("tools", "show", "rename_symbl", cwd=tmp_path)

    assert [row["name"] for row in json.loads(listed.out)] == list(TOOLS)
    assert all(row["summary"].endswith(".") for row in json.loads(listed.out))
    assert "def rename_symbol(" in shown.out
    assert "class EditsResult:" in shown.out
    assert (misspelt.code, "Do you mean rename_symbol" in misspelt.err) == (2, True)


def test_a_call_gives_the_result_as_json(project: Project) -> None:
    root = project({"app.py": "def price() -> int:\n    return 1\n\n\nprice()\n"})
    done = punie("tools", "call", "find_references", "--json", '{"symbol": "price"}', cwd=root)

    assert (done.code, done.err) == (0, "")
    assert [place["line"] for place in json.loads(done.out)["locations"]] == [1, 5]


def test_an_edit_is_written_when_asked_and_clean_and_can_be_undone(project: Project) -> None:
    source = "def price() -> int:\r\n    return 1\r\n\r\n\r\nprint('🎈', price())\r\n"
    root = project({"app.py": source.encode()})
    arguments = json.dumps({"new_name": "cost", "symbol": "price"})
    dry = punie("tools", "call", "rename_symbol", "--json", "-", cwd=root, stdin=arguments)
    unwritten = (root / "app.py").read_bytes()
    wet = punie("tools", "call", "rename_symbol", "--json", arguments, "--apply", cwd=root)
    written = (root / "app.py").read_bytes()
    undone = punie("undo", cwd=root)

    assert (dry.code, unwritten) == (0, source.encode())
    assert (wet.code, written) == (0, source.replace("price", "cost").encode())
    assert (undone.code, (root / "app.py").read_bytes()) == (0, source.encode())


def test_an_edit_that_breaks_something_is_not_written(project: Project) -> None:
    root = project({"app.py": "def price() -> int:\n    return 1\n"})
    edit = json.dumps({"path": "app.py", "old": "return 1", "new": "return 'x'"})
    done = punie("tools", "call", "edit_file", "--json", edit, "--apply", cwd=root)

    assert done.code == 1
    assert "do not re-check clean" in done.err
    assert (root / "app.py").read_text() == "def price() -> int:\n    return 1\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("call", "nothing_like_it"), 2, "There is no tool 'nothing_like_it'. See: punie-ls tools list"),
        (("call", "hover", "--json", "{"), 2, "See: punie-ls tools show hover"),
        (("call", "hover", "--json", "[]"), 2, "the arguments must be one JSON object"),
        (("call", "read_file", "--json", '{"path": 3}'), 2, "read_file: path: Input should be a valid string"),
        (("call", "read_file", "--json", '{"path": "../x"}'), 1, "outside"),
        (("call", "read_file", "--json", '{"path": "gone.py"}'), 1, "gone.py"),
        (("call", "pytest_run"), 1, "not trusted"),
    ],
)
def test_what_cannot_be_done_is_said(project: Project, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = punie("tools", *arguments, cwd=project({"app.py": "x = 1\n"}))

    assert (done.code, done.out) == (code, "")
    assert message in done.err


def test_the_reference_is_written_and_checked(tmp_path: Path) -> None:
    page = tmp_path / "tools.md"

    assert punie("tools", "reference", "--check", str(page), cwd=tmp_path).code == 1
    assert punie("tools", "reference", "--write", str(page), cwd=tmp_path).code == 0
    assert punie("tools", "reference", "--check", str(page), cwd=tmp_path).code == 0
    assert page.read_text(encoding="utf-8") == render_reference()
    page.write_text("old")
    stale = punie("tools", "reference", "--check", str(page), cwd=tmp_path)

    assert stale.code == 1
    assert "tools.md is out of date. Run: make docs" in stale.err
