"""typecheck when ty's server cannot be started: `ty check` on a copy, with the edits and a planted error in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.environment import find_tool
from punie_semantic.tools.checks import typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import broken_program, snapshot


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = f'test "$1" = check || exit 3\nexec "{find_tool("ty")}" "$@"'
    monkeypatch.setenv("PUNIE_TY", broken_program(tmp_path, script=script))


@pytest.mark.usefixtures("no_server")
async def test_the_command_answers_with_the_edits_in_view(shop: Workspace) -> None:
    before = snapshot(shop.root)
    broken = "-> str:\n    s = '📚'; y: int = ''\n    return s"
    await edit_file(shop, "shop/prices.py", "-> int:\n    return len(name)", broken)
    shop.overlay.create(shop.root / "shop" / "new.py", "z: int = ''\n")

    one, folder = await typecheck(shop, "shop/prices.py"), await typecheck(shop)

    assert [(e.line, e.column, e.code, e.severity) for e in one.errors] == [(2, 23, "invalid-assignment", "error")]
    assert {e.file for e in folder.errors} == {f"shop/{n}.py" for n in ("cart", "new", "prices", "syntax", "wrong")}
    assert folder.state == "unknown"  # for binary.py
    assert folder.reason.startswith("ty: ty did not start: ty ")
    assert snapshot(shop.root) == before


@pytest.mark.usefixtures("no_server")
async def test_a_clean_file_is_clean(shop: Workspace) -> None:
    result = await typecheck(shop, "shop/clean.py")

    assert (result.state, result.success, result.reason) == ("clean", True, "")


async def test_a_command_that_is_blind_is_not_believed(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PUNIE_TY", broken_program(tmp_path, script='test "$1" = check || exit 3\necho "[]"'))

    result = await typecheck(shop, "shop/clean.py")

    assert result.state == "unknown"
    assert "`ty check` did not find a planted error" in result.reason
