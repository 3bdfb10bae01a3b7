"""Every tool on input that cannot work: a typed error that tells what to do, or unknown with its reason."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.workspace import Workspace
from tests.integration.doors.bad_input import BROKEN, bad_paths, bad_places, bad_symbols, outcome, says_why, with_path
from tests.integration.doors.conftest import Answers, Everybody, example_call
from tests.integration.doors.examples import EXAMPLES, PROJECT
from tests.integration.semantic.projects import snapshot, write_project
from tests.integration.semantic.test_git import git
from tests.integration.semantic.test_ty_restart import kill_ty

FAULTS: dict[str, dict[str, str | bytes]] = {
    "a syntax error in the target": {
        "shop/cart.py": "def f(:\n",
        "shop/odd.py": "(\n",
        "shop/prices.py": "VAT = 20\n'''",
    },
    "a syntax error elsewhere": {"shop/worse.py": "from shop.prices import (\n", "tests/test_worse.py": "def (\n"},
    "circular imports": {"shop/prices.py": f"import shop.cart\n\n{PROJECT['shop/prices.py']}"},
}


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncGenerator[Workspace]:
    """A project with one file of each kind that is no good."""
    root = write_project(tmp_path / "project", BROKEN)
    git(root, "init", "-q", "-b", "main")
    (tmp_path / "x.py").write_text("VAT = 20\nprice = 1\n")
    (root / "link.py").symlink_to(tmp_path / "x.py")
    (root / "link").symlink_to(tmp_path, target_is_directory=True)
    (root / "shop" / "locked.py").chmod(0o444)
    async with Workspace.open(root, trusted=True) as opened:
        opened.permissions = Everybody()
        (root / "shop" / "gone.py").unlink()
        before = snapshot(root)
        yield opened
    assert snapshot(root) == before


async def faults(workspace: Workspace, name: str, calls: Iterable[Mapping[str, Any]]) -> list[str]:
    return [bad for arguments in calls if (bad := await outcome(workspace, name, arguments))]


@pytest.mark.parametrize("name", [name for name in TOOLS if with_path(name, "x") is not None])
async def test_paths(workspace: Workspace, name: str) -> None:
    calls = (with_path(name, path) or {} for path in bad_paths(name))

    assert await faults(workspace, name, calls) == []


@pytest.mark.parametrize("name", [name for name in TOOLS if [*bad_places(name)]])
async def test_places(workspace: Workspace, name: str) -> None:
    assert await faults(workspace, name, bad_places(name)) == []


@pytest.mark.parametrize("name", [name for name in TOOLS if [*bad_symbols(name)]])
async def test_symbols(workspace: Workspace, name: str) -> None:
    assert await faults(workspace, name, bad_symbols(name)) == []


async def test_a_file_that_goes_between_two_calls(workspace: Workspace) -> None:
    file = workspace.root / "shop" / "cart.py"
    text = file.read_text()
    wrong = []
    for name in TOOLS:
        arguments = with_path(name, "shop/cart.py")
        if arguments is None or name in ("write_file", "run_command"):
            continue
        await workspace.begin()
        await TOOLS["document_symbols"].call(workspace, path="shop/cart.py")
        file.unlink()
        if bad := await outcome(workspace, name, arguments):
            wrong.append(bad)
        file.write_text(text)

    assert wrong == []


async def test_a_place_on_an_emoji_is_a_place(workspace: Workspace) -> None:
    wrong = []
    for name in TOOLS:
        base = with_path(name, "shop/emoji.py")
        if base is None or "column" not in TOOLS[name].signature.parameters:
            continue
        try:
            await TOOLS[name].call(workspace, **{**base, "line": 1, "column": 6})
        except SemanticError:
            continue
        except Exception as error:
            wrong.append(f"{name}: {error!r}")

    assert wrong == []


async def test_a_ty_that_is_killed_before_each_call(root: Path, answers: Mapping[str, Answers]) -> None:
    wrong = []
    async with Workspace.open(root, trusted=True) as workspace:
        workspace.permissions = Everybody()
        for name in EXAMPLES:
            await kill_ty()
            if await example_call(workspace, name) != answers["python"][name]:
                wrong.append(name)

    assert wrong == []


async def test_without_ty(root: Path, answers: Mapping[str, Answers], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_TY", str(root / "no_such_program"))
    wrong = []
    async with Workspace.open(root, trusted=True) as workspace:
        workspace.permissions = Everybody()
        for name, usual in answers["python"].items():
            result = await example_call(workspace, name)
            same = isinstance(result, str) or result == usual
            if not same and not says_why(result):
                wrong.append((name, result))

    assert wrong == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_faulty_code(tmp_path: Path, fault: str) -> None:
    root = write_project(tmp_path / "project", PROJECT | FAULTS[fault])
    git(root, "init", "-q")
    before = snapshot(root)
    async with Workspace.open(root, trusted=True) as workspace:
        workspace.permissions = Everybody()
        for name in EXAMPLES:
            if name == "apply_code_action" and "target" in fault:
                continue  # nothing is offered that could be applied
            result = await example_call(workspace, name)
            assert not isinstance(result, str) or (len(result) > 20 and workspace.overlay.changes() == [])

    assert {k: v for k, v in snapshot(root).items() if ".git/" not in k} == {
        k: v for k, v in before.items() if ".git/" not in k
    }
