"""Paths that lead out of the workspace, or to what is no file: every tool that takes a path refuses them, in time."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.workspace import Workspace
from tests.integration.doors.bad_input import says_why, with_path
from tests.integration.doors.conftest import plain
from tests.integration.doors.examples import PROJECT
from tests.integration.semantic.projects import write_project
from tests.integration.semantic.test_git import git
from tests.security.tools.boundary import SECRET, attacked, in_time, seen

ESCAPES = {
    "upwards": "../outside/secret.py",
    "upwards from a folder": "shop/../../outside/secret.py",
    "upwards by another spelling": "shop/./..//../outside/./secret.py",
    "upwards with the other slash": "..\\outside\\secret.py",
    "absolute": "{base}/outside/secret.py",
    "absolute with a workspace in front": "{root}/../outside/secret.py",
    "a sibling whose name begins alike": "{root}-more/secret.py",
    "a link to a file": "link.py",
    "a link to a folder": "linked/secret.py",
    "a link through a link": "twice.py",
    "the home folder": "~/secret.py",
    "a variable": "$HOME/secret.py",
    "another case": "SHOP/../../outside/secret.py",
    "a URI": "file://{base}/outside/secret.py",
    "percent signs": "%2e%2e/outside/secret.py",
    "full-width dots": "．．/outside/secret.py",
    "a NUL character": "shop/cart.py\0.txt",
    "a trailing newline": "shop/cart.py\n",
    "a trailing space": "shop/cart.py ",
    "a newline in the middle": "shop\n/cart.py",
    "half a character": "shop/\ud800.py",
    "a very long name": "a" * 5000,
    "a very long path": "a/" * 5000 + "x.py",
    "many steps upwards": "../" * 3000 + "etc/passwd",
}
DEVICES = {
    "a device": "/dev/zero",
    "a device behind a link": "zero.py",
    "a terminal": "/dev/tty",
    "the environment": "/proc/self/environ",
    "the environment behind a link": "environ.py",
    "the memory": "/proc/self/mem",
    "the root of this process": "/proc/self/root/etc/passwd",
    "a pipe": "pipe.py",
    "a socket": "socket.py",
    "a link to itself": "loop.py",
    "a circle of links": "circle/secret.py",
}
# Tools for whose question it does not matter whether there is such a file: they look at names only.
_NAMES = {"list_files", "dependency_graph", "git_status", "git_diff", "git_log"}
_NEW = {"write_file", "rename_file"}
_IN_THE_WORKSPACE = {
    *("upwards with the other slash", "the home folder", "a variable", "percent signs", "full-width dots", "a URI"),
    *("a trailing newline", "a trailing space", "a newline in the middle"),
}

TAKE_PATHS = [name for name in TOOLS if with_path(name, "x") is not None]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with traps in it, and what is outside."""
    base = tmp_path_factory.mktemp("paths")
    for name in ("outside", "project-more", "home"):
        (base / name).mkdir()
        (base / name / "secret.py").write_text(f"{SECRET.replace('-', '_')} = '{SECRET}'\n")
    root = write_project(base / "project", PROJECT)
    git(root, "init", "-q", "-b", "main")
    links = {
        "link.py": "../outside/secret.py",
        "linked": "../outside",
        "twice.py": "link.py",
        "zero.py": "/dev/zero",
        "environ.py": "/proc/self/environ",
        "loop.py": "loop.py",
        "circle": "round",
        "round": "circle",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root)  # the name of a socket must be short
        try:
            server.bind("socket.py")
        finally:
            os.chdir(here)
    return base


@pytest.fixture
async def workspace(base: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    monkeypatch.setenv("HOME", str(base / "home"))
    monkeypatch.setenv("PUNIE_TEST_TOKEN", SECRET)
    async with attacked(base / "project") as workspace:
        yield workspace


async def attack(workspace: Workspace, base: Path, tool: str, kind: str, path: str) -> str:
    """What came of an attack that should not have; empty when it failed."""
    path = path.format(base=base, root=workspace.root)
    arguments = with_path(tool, path) or {}
    edits = workspace.overlay.state
    result = await in_time(TOOLS[tool].call(workspace, **arguments))
    where = f"{tool}({kind})"
    if isinstance(result, Exception):
        good = isinstance(result, SemanticError) and len(str(result)) > 20
        return "" if good and SECRET not in str(result) else f"{where} raised {result!r}"
    if SECRET in str(plain(result)):
        return f"{where} told the secret: {plain(result)}"
    inside = kind in _IN_THE_WORKSPACE and (tool in _NEW or tool in _NAMES)
    if inside:  # it is the odd name of a new file
        workspace.overlay.rollback(0)
        return ""
    if workspace.overlay.state != edits:
        return f"{where} edited {set(workspace.overlay.state) - set(edits)}"
    harmless = tool in _NAMES and not plain(result).get("files") and not plain(result).get("modules")
    return "" if harmless or says_why(plain(result)) else f"{where} gave {plain(result)}"


@pytest.mark.parametrize("tool", TAKE_PATHS)
async def test_nothing_leads_out(workspace: Workspace, base: Path, tool: str) -> None:
    workspace.overlay.checkpoint()
    outside = {name: seen(base / name) for name in ("outside", "project-more", "home")}

    wrong = [bad for kind, path in ESCAPES.items() if (bad := await attack(workspace, base, tool, kind, path))]

    assert wrong == []
    assert {name: seen(base / name) for name in outside} == outside


@pytest.mark.parametrize("tool", TAKE_PATHS)
async def test_what_is_no_file_is_not_read(workspace: Workspace, base: Path, tool: str) -> None:
    workspace.overlay.checkpoint()

    wrong = [bad for kind, path in DEVICES.items() if (bad := await attack(workspace, base, tool, kind, path))]

    assert wrong == []


@pytest.mark.parametrize("target", ["../evil.py", "/tmp/evil-punie.py", "linked/evil.py", "loop.py", "circle/evil.py"])
async def test_files_are_not_moved_out(workspace: Workspace, base: Path, target: str) -> None:
    before = seen(base)

    result = await in_time(TOOLS["rename_file"].call(workspace, path="shop/cart.py", new_path=target))

    assert isinstance(result, SemanticError)
    assert workspace.overlay.changes() == []
    assert seen(base) == before


async def test_a_link_that_is_put_in_the_way_between_check_and_commit(workspace: Workspace, base: Path) -> None:
    folder = workspace.root / "fresh"
    folder.mkdir()
    await TOOLS["write_file"].call(workspace, path="fresh/evil.py", text="x = 1\n")
    folder.rmdir()
    folder.symlink_to(base / "outside")
    before = seen(base / "outside")
    try:
        result = await in_time(workspace.commit("Evil"))

        assert isinstance(result, SemanticError)
        assert seen(base / "outside") == before
    finally:
        folder.unlink()


async def test_whole_projects_with_traps_are_looked_at_in_time(workspace: Workspace) -> None:
    calls = {
        "list_files": {"glob": "**/*"},
        "search_text": {"pattern": "the-secret-that"},
        "typecheck": {},
        "ruff_check": {},
        "project_structure": {},
        "dependency_graph": {},
        "git_status": {},
        "workspace_symbols": {"query": "the_secret_that"},
    }
    for tool, arguments in calls.items():
        result = await in_time(TOOLS[tool].call(workspace, **arguments))
        assert not isinstance(result, Exception), (tool, result)
        assert SECRET not in str(plain(result)), tool
        assert SECRET.replace("-", "_") not in str(plain(result)), tool
