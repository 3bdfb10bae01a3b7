"""Arguments that want to be options, and repositories and projects that want to run something: nothing runs."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from punie_semantic.exceptions import SemanticError
from punie_semantic.registry import TOOLS
from punie_semantic.settings import Layer
from punie_semantic.workspace import Workspace
from tests.integration.doors.conftest import plain
from tests.integration.semantic.projects import write_project
from tests.integration.semantic.test_git import git
from tests.security.tools.boundary import SECRET, Everybody, Nobody, attacked, in_time, made, seen


@pytest.fixture
async def repository(tmp_path: Path) -> AsyncGenerator[Workspace]:
    root = write_project(tmp_path / "project", {"a.py": "x = 1\n", "-evil.py": "y = 1\n"})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A", "--", "a.py")
    git(root, "commit", "-q", "-m", "First")
    (root / "a.py").write_text("x = 2\n")
    async with attacked(root) as workspace:
        yield workspace


OPTIONS = (
    *(
        "--output={mark}",
        "-o{mark}",
        "--ext-diff",
        "--textconv",
        "--exec={touch}",
        "-O{touch}",
        "--upload-pack={touch}",
    ),
    *("--no-index", "-p", "-c core.pager={touch}", "--open-files-in-pager={touch}", "--help", "--paginate", "@{{-1}}"),
    *("HEAD --output={mark}", "HEAD\n--output={mark}", "HEAD\0--output={mark}", "$({touch})", "`{touch}`", ";{touch}"),
    *("..", "HEAD:a.py", ":/First", "HEAD^{{/First}}", "", " ", "-", "--", "a" * 100_000),
)


@pytest.mark.parametrize("option", OPTIONS)
async def test_revisions_are_no_options(repository: Workspace, tmp_path: Path, option: str) -> None:
    mark = tmp_path / "mark"
    revision = option.format(mark=mark, touch=f"touch {mark}")
    before = seen(repository.root)

    for tool in ("git_diff", "git_log"):
        await in_time(TOOLS[tool].call(repository, revision=revision))

    assert not await made(mark, 0.1)
    assert {k: v for k, v in seen(repository.root).items() if ".git/" not in k} == {
        k: v for k, v in before.items() if ".git/" not in k
    }


@pytest.mark.parametrize(
    "path", ["-evil.py", "--output=mark", "--", ":(top)a.py", ":!a.py", ":/", "*", "a.py\n-evil.py"]
)
@pytest.mark.parametrize("tool", ["git_diff", "git_log", "git_status", "ruff_check", "typecheck", "diagnostics"])
async def test_paths_are_no_options(repository: Workspace, tool: str, path: str) -> None:
    before = seen(repository.root)

    result = await in_time(TOOLS[tool].call(repository, path=path))

    assert not isinstance(result, Exception) or isinstance(result, SemanticError), result
    assert {k: v for k, v in seen(repository.root).items() if ".git/" not in k} == {
        k: v for k, v in before.items() if ".git/" not in k
    }


HOSTILE = {
    "a text conversion": ("*.py diff=evil\n", '[diff "evil"]\n\ttextconv = {touch}\n'),
    "an external diff": ("*.py diff=evil\n", '[diff "evil"]\n\tcommand = {touch}\n'),
    "an external diff for all": ("", "[diff]\n\texternal = {touch}\n"),
    "a filter": ("*.py filter=evil\n", '[filter "evil"]\n\tclean = {touch}\n\tsmudge = {touch}\n\tprocess = {touch}\n'),
    "a filter with a dot": ("*.py filter=e.v\n", '[filter "e.v"]\n\tclean = {touch}\n\trequired = true\n'),
    "a watcher of files": ("", "[core]\n\tfsmonitor = {touch}\n"),
    "a pager": ("", "[core]\n\tpager = {touch}\n[pager]\n\tdiff = {touch}\n\tlog = {touch}\n"),
    "hooks elsewhere": ("", "[core]\n\thooksPath = ../hooks\n"),
    "an ssh command": (
        "",
        '[core]\n\tsshCommand = {touch}\n[remote "origin"]\n\turl = ext::{touch}\n\tpromisor = true\n',
    ),
    "an alias": ("", "[alias]\n\tdiff = !{touch}\n\tlog = !{touch}\n\tstatus = !{touch}\n"),
    "an editor and askpass": ("", "[core]\n\teditor = {touch}\n\taskpass = {touch}\n[sequence]\n\teditor = {touch}\n"),
    "a signature program": ("", "[gpg]\n\tprogram = {touch}\n[log]\n\tshowSignature = true\n"),
    "another worktree": ("", "[core]\n\tworktree = /\n"),
    "an included file": ("", "[include]\n\tpath = ../more\n"),
    "a merge driver": ("*.py merge=evil\n", '[merge "evil"]\n\tdriver = {touch}\n'),
}


@pytest.mark.parametrize("trap", HOSTILE)
async def test_a_hostile_repository_runs_nothing(repository: Workspace, tmp_path: Path, trap: str) -> None:
    root, mark = repository.root, tmp_path / "mark"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    attributes, settings = (text.format(touch=program) for text in HOSTILE[trap])
    (root / ".gitattributes").write_text(attributes)
    (root / "more").write_text(f"[core]\n\tfsmonitor = {program}\n[diff]\n\texternal = {program}\n")
    (root / "hooks").mkdir()
    for folder in (root / "hooks", root / ".git" / "hooks"):
        for name in (
            "post-index-change",
            "pre-auto-gc",
            "reference-transaction",
            "post-checkout",
            "fsmonitor-watchman",
        ):
            (folder / name).write_bytes(program.read_bytes())
            (folder / name).chmod(0o755)
    with (root / ".git" / "config").open("a") as stream:
        stream.write(settings)

    calls: list[tuple[str, dict[str, Any]]] = [("git_status", {}), ("git_diff", {}), ("git_diff", {"staged": True})]
    calls += [("git_diff", {"revision": "HEAD"}), ("git_log", {}), ("git_log", {"path": "a.py"}), ("list_files", {})]
    for tool, arguments in calls:
        await in_time(TOOLS[tool].call(repository, **arguments))
    await repository.begin()

    assert not await made(mark)


TEST_IDS = (
    *(
        "-p evil",
        "-pevil",
        "--rootdir=/",
        "-c/etc/passwd",
        "--pdb",
        "@options",
        "-x",
        "--collect-only",
        "--junitxml=mark",
    ),
    *(
        "test_a.py --pdb",
        "../evil/test_evil.py",
        "/etc/passwd",
        "evil/conftest.py",
        "--",
        "-",
        "test_a.py::-p",
        "~/x.py",
    ),
    *("::", "test_a.py::" + "a" * 10_000, "test_a.py\n-pevil", "test_a.py\0", "\ud800"),
)


@pytest.fixture
async def tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Workspace]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    mark = f"import pathlib\npathlib.Path({str(tmp_path / 'mark')!r}).write_text('x')\n"
    root = write_project(tmp_path / "project", {"test_a.py": "def test_a(): pass\n", "options": "-p\nevil\n"})
    (tmp_path / "evil").mkdir()
    for name in ("conftest.py", "test_evil.py", "evil.py"):
        (tmp_path / "evil" / name).write_text(mark)
    (tmp_path / "conftest.py").write_text(mark)
    (root / "linked").symlink_to(tmp_path / "evil")
    async with Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace:
        workspace.permissions = Everybody()
        yield workspace


@pytest.mark.parametrize("target", [*TEST_IDS, "linked/test_evil.py", "linked"])
async def test_test_ids_are_no_options(tested: Workspace, tmp_path: Path, target: str) -> None:
    before = seen(tested.root)

    for arguments in ({"ids": [target]}, {"path": target}):
        result = await in_time(TOOLS["pytest_run"].call(tested, **arguments), 100)
        if not isinstance(result, Exception):
            assert plain(result)["passed"] == 0, result
        else:
            assert isinstance(result, SemanticError), result

    assert not await made(tmp_path / "mark", 0.1)
    assert seen(tested.root) == before


@pytest.mark.parametrize(
    "text", ["-p evil", "--pdb", "a' -p evil '", "__import__('os').system('touch {mark}')", "a\n-p"]
)
async def test_keywords_and_markers_are_no_options(tested: Workspace, tmp_path: Path, text: str) -> None:
    mark = tmp_path / "mark"
    text = text.format(mark=mark)

    for arguments in ({"keyword": text}, {"markers": text}):
        result = await in_time(TOOLS["pytest_run"].call(tested, **arguments), 100)
        assert isinstance(result, SemanticError) or plain(result)["passed"] == 0

    assert not await made(mark, 0.1)


async def test_a_conftest_above_the_workspace_does_not_run(tested: Workspace, tmp_path: Path) -> None:
    result = await TOOLS["pytest_run"].call(tested)

    assert result.passed == 1
    assert not await made(tmp_path / "mark", 0.1)


@pytest.mark.parametrize(
    "argv",
    [[], [""], ["\0"], ["true", "\0"], ["a" * 10_000_000], ["true"] * 100_000, ["true", "x" * (1 << 20)], ["\ud800"]],
)
async def test_commands_that_are_none(tmp_path: Path, argv: list[str]) -> None:
    root = write_project(tmp_path / "project", {"a.py": ""})
    async with attacked(root) as workspace:
        result = await in_time(TOOLS["run_command"].call(workspace, argv=argv))

        assert isinstance(result, SemanticError)
        assert len(str(result)) < 1000 or argv[0] == "a" * 10_000_000
        assert workspace.permissions.asked == []  # ty: ignore[missing-attribute]


@pytest.mark.parametrize("sandbox", ["auto", "never"])
async def test_secrets_of_the_environment_reach_no_program(
    tested: Workspace, monkeypatch: pytest.MonkeyPatch, sandbox: str
) -> None:
    names = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "MY_SECRET")
    for name in names:
        monkeypatch.setenv(name, SECRET)
    (tested.root / "test_environment.py").write_text(
        f"import os\n\ndef test_environment():\n    assert {SECRET!r} not in os.environ.values()\n"
    )
    async with Workspace.open(
        tested.root, trusted=True, interpreter=sys.prefix, layers=[Layer("test", {"sandbox_commands": sandbox})]
    ) as workspace:
        workspace.permissions = Everybody()

        done = await TOOLS["run_command"].call(workspace, argv=["env"])
        run = await TOOLS["pytest_run"].call(workspace, path="test_environment.py")

    assert SECRET not in done.stdout
    assert (run.passed, run.failed) == (1, 0)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("run_command", {"argv": ["touch", "mark"]}),
        ("pytest_run", {}),
        ("pytest_collect", {}),
        ("verify_edits", {"tests": True}),
    ],
)
async def test_a_no_holds(tested: Workspace, tool: str, arguments: dict[str, Any]) -> None:
    tested.permissions = nobody = Nobody()
    (tested.root / "conftest.py").write_text("import pathlib\npathlib.Path('mark').write_text('x')\n")

    result = await in_time(TOOLS[tool].call(tested, **arguments))

    assert isinstance(result, SemanticError)
    assert "Ask the user" in str(result)
    assert [request.tool for request in nobody.asked] == [tool]
    assert not await made(tested.root / "mark", 0.2)
