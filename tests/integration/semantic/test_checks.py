"""typecheck, ruff_check and diagnostics: clean, errors, and unknown when a tool cannot answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.exceptions import PathError
from punie_semantic.tools.checks import diagnostics, ruff_check, typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import broken_program


async def test_typecheck_of_a_clean_file(shop: Workspace) -> None:
    result = await typecheck(shop, "shop/clean.py")

    assert (result.state, result.success, result.error_count, result.errors, result.reason) == (
        "clean",
        True,
        0,
        [],
        "",
    )


async def test_typecheck_tells_the_place(shop: Workspace) -> None:
    result = await typecheck(shop, "shop/wrong.py")

    assert (result.state, result.success, result.error_count, result.warning_count) == ("errors", False, 1, 0)
    error = result.errors[0]
    assert (error.file, error.line, error.column, error.code) == ("shop/wrong.py", 1, 10, "invalid-assignment")


async def test_typecheck_of_a_folder_with_an_unreadable_file_is_unknown(shop: Workspace) -> None:
    result = await typecheck(shop, "shop")

    assert result.state == "unknown"
    assert not result.success
    assert "binary.py does not decode as utf-8" in result.reason
    assert {e.file for e in result.errors} == {"shop/wrong.py", "shop/syntax.py"}


async def test_ruff_check_tells_the_fix_of_each_violation(shop: Workspace) -> None:
    result = await ruff_check(shop, "shop/cart.py")

    assert (result.state, result.violation_count, result.fixable_count) == ("errors", 1, 1)
    violation = result.violations[0]
    assert (violation.line, violation.column, violation.code, violation.applicability) == (1, 8, "F401", "safe")


async def test_ruff_check_of_a_clean_file(shop: Workspace) -> None:
    assert (await ruff_check(shop, "shop/clean.py")).state == "clean"


async def test_the_project_s_ruff_configuration_counts(shop: Workspace) -> None:
    (shop.root / "ruff.toml").write_text('lint.select = ["E7"]\n')

    assert (await ruff_check(shop, "shop/cart.py")).state == "clean"


async def test_diagnostics_are_both_tools_by_place(shop: Workspace) -> None:
    await edit_file(shop, "shop/wrong.py", 'x: int = "one"\n', 'import os\n\nx: int = "one"\ny = zero\n')

    result = await diagnostics(shop, "shop/wrong.py")

    assert [(p.line, p.tool, p.code) for p in result.problems] == [
        (1, "ruff", "F401"),
        (3, "ty", "invalid-assignment"),
        (4, "ruff", "F821"),
        (4, "ty", "unresolved-reference"),
    ]
    assert [p.fixable for p in result.problems] == [True, False, False, False]


async def test_diagnostics_of_some_lines(shop: Workspace) -> None:
    await edit_file(shop, "shop/wrong.py", 'x: int = "one"\n', 'import os\n\nx: int = "one"\ny = zero\n')

    assert {p.line for p in (await diagnostics(shop, "shop/wrong.py", 3, 3)).problems} == {3}
    assert (await diagnostics(shop, "shop/wrong.py", 2, 2)).state == "clean"


async def test_a_syntax_error_is_told_by_both(shop: Workspace) -> None:
    result = await diagnostics(shop, "shop/syntax.py")

    assert result.state == "errors"
    assert {p.tool for p in result.problems} == {"ty", "ruff"}
    assert {p.code for p in result.problems} == {"invalid-syntax"}


async def test_a_latin_1_source_is_checked_as_its_text(shop: Workspace) -> None:
    result = await diagnostics(shop, "shop/latin.py")

    assert [(p.line, p.code) for p in result.problems] == [(2, "F401")]


async def test_an_unreadable_source_is_unknown(shop: Workspace) -> None:
    result = await diagnostics(shop, "shop/binary.py")

    assert (result.state, result.problems) == ("unknown", [])
    assert "Declare its encoding or convert it to UTF-8" in result.reason


@pytest.mark.parametrize("path", ["../other.py", "shop/gone.py", "/etc/passwd"])
async def test_paths_that_are_no_file_of_the_workspace(shop: Workspace, path: str) -> None:
    for tool in (typecheck, ruff_check, diagnostics):
        with pytest.raises(PathError):
            await tool(shop, path)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "could not be started"),
        ("echo it broke >&2; exit 3", "ruff failed: it broke"),
        ("exit 2", "ruff failed: exit status 2"),
        ("echo not json", "ruff wrote what is not JSON"),
        ("kill -9 $$", "ruff failed"),
    ],
    ids=["missing", "fails", "fails silently", "talks nonsense", "is killed"],
)
async def test_ruff_that_cannot_answer_is_unknown(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None, reason: str
) -> None:
    monkeypatch.setenv("PUNIE_RUFF", broken_program(tmp_path, script=script) if script else "/nowhere/ruff")

    lint, both = await ruff_check(shop, "shop/clean.py"), await diagnostics(shop, "shop/wrong.py")

    assert (lint.state, lint.success, lint.violation_count) == ("unknown", False, 0)
    assert reason in lint.reason
    assert both.state == "unknown"
    assert [p.code for p in both.problems] == ["invalid-assignment"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "ty could not be started"),
        ("echo it broke >&2; exit 3", "it broke"),
        ("echo not lsp; exit 0", "ty did not start"),
        ("printf 'Content-Length: 3\\r\\n\\r\\n{x}'", "ty did not start"),
    ],
    ids=["missing", "fails", "talks nonsense", "sends bad JSON"],
)
async def test_ty_that_cannot_answer_is_unknown(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str | None, reason: str
) -> None:
    monkeypatch.setenv("PUNIE_TY", broken_program(tmp_path, script=script) if script else "/nowhere/ty")

    types, both = await typecheck(shop, "shop/clean.py"), await diagnostics(shop, "shop/cart.py")

    assert (types.state, types.success, types.error_count) == ("unknown", False, 0)
    assert reason in types.reason
    assert both.state == "unknown"
    assert [p.code for p in both.problems] == ["F401"]


async def test_an_answer_is_not_remembered_when_there_was_none(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNIE_RUFF", "/nowhere/ruff")
    assert (await ruff_check(shop, "shop/cart.py")).state == "unknown"
    monkeypatch.delenv("PUNIE_RUFF")

    assert (await ruff_check(shop, "shop/cart.py")).state == "errors"
