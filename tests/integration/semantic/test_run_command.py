"""run_command: only when allowed, without a shell, with little environment, bounded, and nothing left running."""

from __future__ import annotations

import asyncio
import signal
import sys
import uuid
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_semantic.bubblewrap import available
from punie_semantic.exceptions import EditError, ExecutionNotAllowed, PathError, ToolUnavailable
from punie_semantic.permissions import Request
from punie_semantic.settings import Layer
from punie_semantic.tools.commands import run_command
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import SHOP, Project
from tests.integration.semantic.running import marked, nothing_marked


class Asked:
    """Answers and remembers the questions."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[Request] = []

    async def ask(self, request: Request) -> bool:
        self.questions.append(request)
        return self.answer


@pytest.fixture(params=["auto", "never"])
async def allowed(project: Project, request: pytest.FixtureRequest) -> AsyncGenerator[Workspace]:
    """Everything is allowed; once in a sandbox, where there is one, and once without."""
    layer = Layer("test", {"sandbox_commands": request.param})
    async with Workspace.open(project(SHOP), layers=[layer]) as workspace:
        workspace.permissions = Asked(True)
        yield workspace


@pytest.fixture
def mark() -> str:
    """An argument that no other process has."""
    return f"mark-{uuid.uuid4()}"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_it_refuses_by_default(shop: Workspace, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    mark = tmp_path / "outside" / "mark"

    with pytest.raises(ExecutionNotAllowed, match="nobody allowed it"):
        await run_command(shop, ["touch", str(mark)])

    assert not mark.exists()


async def test_whoever_is_asked_sees_the_whole_command_and_decides(shop: Workspace) -> None:
    asked = Asked(False)
    shop.permissions = asked

    with pytest.raises(ExecutionNotAllowed, match="`echo 'a; b' -n` was not run"):
        await run_command(shop, ["echo", "a; b", "-n"], cwd="shop")

    (question,) = asked.questions
    assert (question.kind, question.title, question.argv) == ("command", "Run echo", ("echo", "a; b", "-n"))
    assert (question.folder, question.tool, question.trusted) == ("shop", "run_command", False)
    assert question.detail.startswith("echo 'a; b' -n\nin shop\nThe program is /")


async def test_exit_status_and_output(allowed: Workspace) -> None:
    code = "import os, sys; print(os.getcwd()); print('é', file=sys.stderr); sys.exit(3)"

    result = await run_command(allowed, python(code), cwd="shop")

    assert (result.state, result.exit_code, result.stderr) == ("clean", 3, "é\n")
    assert result.stdout == f"{allowed.root / 'shop'}\n"


async def test_arguments_are_no_shell(allowed: Workspace) -> None:
    words = ["$(id)", "; ls", "*", "a b", "`x`", "-n", ""]

    result = await run_command(allowed, [*python("import sys; print(sys.argv[1:])"), *words])

    assert result.stdout == f"{words}\n"


async def test_secrets_do_not_pass(allowed: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "OPENAI_API_KEY",
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "LD_PRELOAD",
        "PYTHONPATH",
        "SSH_AUTH_SOCK",
    ):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LC_TIME", "C")

    result = await run_command(allowed, python("import os; print('\\n'.join(os.environ))"))

    names = set(result.stdout.split())
    assert {"PATH", "LC_TIME"} <= names
    assert not {n for n in names if "KEY" in n or "TOKEN" in n or n in ("LD_PRELOAD", "PYTHONPATH", "SSH_AUTH_SOCK")}


async def test_python_is_the_project_s(allowed: Workspace) -> None:
    result = await run_command(allowed, ["python", "-c", "import sys; print(sys.prefix)"])

    assert result.stdout == f"{allowed.root / '.venv'}\n"


async def test_much_output_is_bounded(allowed: Workspace) -> None:
    result = await run_command(
        allowed, python("import os\nfor _ in range(500): os.write(1, b'x' * 100_000)\nprint('end')")
    )

    assert (result.state, result.exit_code) == ("partial", 0)
    assert len(result.stdout) == 64 << 10
    assert result.stdout.endswith("end\n")


# A program that leaves one of its own running, which has left the process group, and says when both run.
HANG = (
    "import subprocess, sys, time\n"
    "again = [sys.executable, '-c', 'import time; time.sleep(600)', {mark!r}]\n"
    "subprocess.Popen(again, stdin=-3, stdout=-3, stderr=-3, start_new_session={apart})\n"
    "open('started', 'w').close()\n{end}\n"
)


async def started(workspace: Workspace) -> None:
    async with asyncio.timeout(60):
        while not (workspace.root / "started").exists():  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)


def hang(mark: str, end: str, *, apart: bool = True) -> list[str]:
    return [*python(HANG.format(mark=mark, end=end, apart=apart)), mark]


async def test_the_deadline_ends_all_of_it(allowed: Workspace, mark: str) -> None:
    with pytest.raises(ToolUnavailable, match="did not end within 5 s"):
        await run_command(allowed, hang(mark, "time.sleep(600)"), timeout=5)

    await nothing_marked(mark)


async def test_cancelling_ends_all_of_it(allowed: Workspace, mark: str) -> None:
    task = asyncio.create_task(run_command(allowed, hang(mark, "time.sleep(600)")))
    await started(allowed)
    assert marked(mark)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await nothing_marked(mark)


async def test_what_it_leaves_running_is_ended(allowed: Workspace, mark: str) -> None:
    result = await run_command(allowed, hang(mark, ""))

    assert result.exit_code == 0
    await nothing_marked(mark)


# Another Punie, which is killed.
HOST = """
import asyncio, sys
from punie_semantic.settings import Layer
from punie_semantic.tools.commands import run_command
from punie_semantic.workspace import Workspace

class Everybody:
    async def ask(self, request):
        return True

async def main(folder, sandbox, *argv):
    async with Workspace.open(folder, layers=[Layer("test", {"sandbox_commands": sandbox})]) as workspace:
        workspace.permissions = Everybody()
        await run_command(workspace, list(argv))

asyncio.run(main(*sys.argv[1:]))
"""


async def test_it_ends_when_punie_is_killed(
    allowed: Workspace, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # what the killed one leaves there goes with it
    sandbox = allowed.settings.sandbox_commands
    command = [sys.executable, "-c", HOST, str(allowed.root), sandbox, *hang(mark, "time.sleep(600)")]
    punie = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    await started(allowed)

    punie.kill()
    await punie.wait()

    await nothing_marked(mark)


async def test_the_signal_that_ended_it_is_told_as_shells_do(allowed: Workspace) -> None:
    result = await run_command(allowed, python(f"import os; os.kill(os.getpid(), {int(signal.SIGTERM)})"))

    assert result.exit_code == 128 + signal.SIGTERM


async def test_whether_it_was_sandboxed_is_told(allowed: Workspace) -> None:
    there = await available(allowed.settings.sandbox_commands) is not None

    result = await run_command(allowed, ["true"])

    assert result.sandboxed is there


@pytest.mark.parametrize("cwd", ["..", "/", "nowhere", "shop/cart.py"])
async def test_folders_that_are_none(allowed: Workspace, cwd: str) -> None:
    with pytest.raises(PathError):
        await run_command(allowed, ["true"], cwd=cwd)


@pytest.mark.parametrize(
    "argv", [[], [""], ["a\0b"], ["echo", "\ud800"], ["echo", "x" * 40_000], ["echo", *"x" * 1000]]
)
async def test_commands_that_are_none(allowed: Workspace, argv: list[str]) -> None:
    with pytest.raises(EditError):
        await run_command(allowed, argv)


async def test_a_program_that_is_not_there(allowed: Workspace) -> None:
    with pytest.raises(ToolUnavailable, match="could not be started"):
        await run_command(allowed, ["no_such_program_at_all"])
