"""What allowed commands and tests can reach from the sandbox; without one the result says so."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from punie_semantic.bubblewrap import available
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.settings import Layer
from punie_semantic.tools.commands import run_command
from punie_semantic.tools.testing import pytest_run
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project
from tests.integration.semantic.test_git import git
from tests.security.tools.boundary import SECRET, Everybody

# What an attacker's program finds out, as JSON.
PROBE = """
import json, os, pathlib, socket, subprocess

def tried(action):
    try:
        return action() or True
    except OSError as error:
        return type(error).__name__

def connects(address):
    with socket.create_connection(address, timeout=3):
        return True

def loopback():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        return connects(server.getsockname())

def environ_of_all():
    return b"".join(p.read_bytes() for p in pathlib.Path("/proc").glob("[0-9]*/environ") if os.access(p, os.R_OK))

HOME = pathlib.Path(os.environ["HOME"])
OUTSIDE = pathlib.Path({outside!r})
found = {{
    "home": tried(lambda: (HOME / "secret").read_text()),
    "ssh": tried(lambda: (HOME / ".ssh" / "id").read_text()),
    "write home": tried(lambda: (HOME / "mark").write_text("x")),
    "write outside": tried(lambda: (OUTSIDE / "mark").write_text("x")),
    "write system": tried(lambda: pathlib.Path("/usr/mark").write_text("x")),
    "write etc": tried(lambda: pathlib.Path("/etc/mark").write_text("x")),
    "write tmp": tried(lambda: pathlib.Path("/tmp/punie-mark").write_text("x")),
    "processes": max(int(p.name) for p in pathlib.Path("/proc").glob("[0-9]*")),
    "secret in environ": {secret!r}.encode() in environ_of_all(),
    "kill": tried(lambda: os.kill({pid}, 0)),
    "sockets": sorted(p.name for p in pathlib.Path("/run").iterdir()) if pathlib.Path("/run").is_dir() else [],
    "network": tried(lambda: connects(("127.0.0.1", {port}))),
    "interfaces": sorted(name for _, name in socket.if_nameindex()),
    "loopback": tried(loopback),
    "mount": subprocess.run(["mount", "-o", "remount,rw", "/"], capture_output=True).returncode != 0,
    "disk": tried(lambda: os.listdir("/dev/disk")),
    "shared memory": tried(lambda: pathlib.Path("/dev/shm/mark").write_text("x")),
}}
"""


class Sandboxed:
    """A project, a home folder with secrets, a folder outside, and a server on this machine."""

    def __init__(self, workspace: Workspace, base: Path, port: int) -> None:
        self.workspace = workspace
        self.base = base
        self.port = port

    def probe(self) -> str:
        outside = str(self.base / "outside")
        return PROBE.format(outside=outside, secret=SECRET, pid=os.getpid(), port=self.port)

    async def by_command(self, **arguments: Any) -> dict[str, Any]:
        program = f"{self.probe()}\nprint(json.dumps(found))"
        result = await run_command(self.workspace, [sys.executable, "-c", program], **arguments)
        assert result.sandboxed, result
        return json.loads(result.stdout)

    async def by_test(self) -> dict[str, Any]:
        body = "".join(f"    {line}\n" if line else "\n" for line in self.probe().splitlines())
        (self.workspace.root / "test_probe.py").write_text(
            f"def test_probe():\n{body}    raise AssertionError(json.dumps(found))\n"
        )
        await self.workspace.begin()
        result = await pytest_run(self.workspace)
        assert result.sandboxed, result
        (failure,) = result.failures
        text = failure.message
        found, _ = json.JSONDecoder().raw_decode(text[text.index("{") :])
        return found


@pytest.fixture
async def sandboxed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Sandboxed]:
    for name in ("home/.ssh", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "home" / "secret").write_text(SECRET)
    (tmp_path / "home" / ".ssh" / "id").write_text(SECRET)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = write_project(tmp_path / "home" / "project", {"pytest.ini": "[pytest]\naddopts = -vv\n"})
    git(root, "init", "-q", "-b", "main")
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace:
        workspace.permissions = Everybody()
        yield Sandboxed(workspace, tmp_path, port)


async def has_sandbox() -> bool:
    return await available("auto") is not None


def check(found: dict[str, Any], base: Path) -> None:
    """Nothing that matters was reached."""
    assert (found["home"], found["ssh"]) == ("FileNotFoundError", "FileNotFoundError")
    assert not (base / "home" / "mark").exists()
    for place in ("write outside", "write system", "write etc"):
        assert found[place] in ("OSError", "PermissionError", "FileNotFoundError"), (place, found[place])
    assert not (base / "outside" / "mark").exists()
    assert not Path("/tmp/punie-mark").exists()
    assert found["processes"] < 100
    assert not found["secret in environ"]
    assert found["kill"] == "ProcessLookupError"
    assert found["sockets"] == []
    assert found["network"] in ("ConnectionRefusedError", "OSError")
    assert found["interfaces"] == ["lo"]
    assert found["mount"] is True
    assert found["disk"] == "FileNotFoundError"


async def test_a_command_stays_in_its_sandbox(sandboxed: Sandboxed) -> None:
    if not await has_sandbox():
        assert not (await run_command(sandboxed.workspace, ["true"])).sandboxed
        return

    found = await sandboxed.by_command()

    check(found, sandboxed.base)
    assert (found["loopback"], found["write tmp"], found["shared memory"]) == (True, 1, 1)
    assert not Path("/dev/shm/mark").exists()


async def test_tests_stay_in_their_sandbox(sandboxed: Sandboxed) -> None:
    if not await has_sandbox():
        (sandboxed.workspace.root / "test_it.py").write_text("def test_it(): pass\n")
        await sandboxed.workspace.begin()
        assert not (await pytest_run(sandboxed.workspace)).sandboxed
        return

    found = await sandboxed.by_test()

    check(found, sandboxed.base)
    assert found["loopback"] is True


async def test_a_command_that_may_use_the_network_has_it_and_no_more(sandboxed: Sandboxed) -> None:
    if not await has_sandbox():
        assert not (await run_command(sandboxed.workspace, ["true"], network=True)).sandboxed
        return

    found = await sandboxed.by_command(network=True)

    assert found["network"] is True
    check(found | {"network": "OSError", "interfaces": ["lo"], "sockets": []}, sandboxed.base)


async def test_tests_cannot_change_the_project(sandboxed: Sandboxed) -> None:
    root = sandboxed.workspace.root
    (root / "test_evil.py").write_text(
        f"import pathlib\n\ndef test_it():\n    pathlib.Path({str(root)!r}, 'mark').write_text('x')\n"
    )
    await sandboxed.workspace.begin()

    result = await pytest_run(sandboxed.workspace)

    assert (result.failed == 1) is result.sandboxed
    assert (root / "mark").exists() is not result.sandboxed


HOOKS = {
    "a new hook": "pathlib.Path('.git/hooks/post-checkout').write_text('x')",
    "the configuration": "open('.git/config', 'a').write('[core]\\n\\tfsmonitor = evil\\n')",
    "another configuration in its place": "os.replace('other', '.git/config')",
    "another folder in its place": "os.rename('.git', '.git2')",
    "other hooks in their place": "shutil.rmtree('.git/hooks'), os.mkdir('.git/hooks')",
}


@pytest.mark.parametrize("attack", HOOKS)
async def test_a_command_plants_nothing_that_git_runs_later(sandboxed: Sandboxed, attack: str) -> None:
    workspace = sandboxed.workspace
    config, hooks = workspace.root / ".git" / "config", workspace.root / ".git" / "hooks"
    (workspace.root / "other").write_text("[core]\n\tfsmonitor = evil\n")
    before = config.read_bytes()

    result = await run_command(workspace, [sys.executable, "-c", f"import os, pathlib, shutil; {HOOKS[attack]}"])

    if result.sandboxed:
        assert result.exit_code == 1
        assert config.read_bytes() == before
        assert not (hooks / "post-checkout").exists()


async def test_git_commits_in_the_sandbox(sandboxed: Sandboxed) -> None:
    workspace = sandboxed.workspace
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]

    added = await run_command(workspace, ["git", "add", "pytest.ini"])
    done = await run_command(workspace, ["git", *who, "commit", "-q", "-m", "First"])

    assert (added.exit_code, done.exit_code, done.stderr) == (0, 0, "")


async def test_what_was_allowed_outside_can_be_written(sandboxed: Sandboxed) -> None:
    target = sandboxed.base / "outside" / "copy"

    result = await run_command(sandboxed.workspace, ["cp", "pytest.ini", str(target)])

    assert (result.exit_code, result.stderr) == (0, "")
    assert target.read_text().startswith("[pytest]")
    (request,) = sandboxed.workspace.permissions.asked  # ty: ignore[missing-attribute]
    assert (request.kind, request.paths) == ("outside", (str(target),))
    assert str(target) in request.detail.splitlines()[-2]


@pytest.mark.parametrize("path", ["", "new", "..", "project/../../new"])
async def test_a_whole_home_folder_is_refused_and_not_shown_empty(sandboxed: Sandboxed, path: str) -> None:
    command = ["cp", "pytest.ini", f"{sandboxed.base}/home/{path}"]
    if not await has_sandbox():
        assert not (await run_command(sandboxed.workspace, ["true"])).sandboxed
        return

    with pytest.raises(ToolUnavailable, match=r"the sandbox shows of .* nothing but the project"):
        await run_command(sandboxed.workspace, command)

    assert sandboxed.workspace.permissions.asked == []  # ty: ignore[missing-attribute]


async def test_never_means_never_and_is_told(tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", {"a.py": ""})
    async with Workspace.open(root, layers=[Layer("test", {"sandbox_commands": "never"})]) as workspace:
        permissions = Everybody()
        workspace.permissions = permissions

        result = await run_command(workspace, ["true"])

    assert (result.exit_code, result.sandboxed) == (0, False)
    assert permissions.asked[0].detail.endswith("Without a sandbox: it can read and change all that you can.")
