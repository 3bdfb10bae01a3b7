"""run_command: only when allowed, without a shell, with little environment, bounded, and nothing left running."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from punie_semantic.exceptions import EditError, ExecutionNotAllowed, PathError, ToolUnavailable
from punie_semantic.tools.commands import run_command
from punie_semantic.workspace import Workspace
from tests.integration.semantic.running import nothing_runs, written


class Asked:
    """Answers and remembers the questions."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[tuple[str, str, str]] = []

    async def ask(self, kind: str, title: str, detail: str) -> bool:
        self.questions.append((kind, title, detail))
        return self.answer


@pytest.fixture
async def allowed(shop: Workspace) -> Workspace:
    shop.permissions = Asked(True)
    return shop


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_it_refuses_by_default(shop: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    with pytest.raises(ExecutionNotAllowed, match="nobody allowed it"):
        await run_command(shop, ["touch", str(mark)])

    assert not mark.exists()


async def test_whoever_is_asked_sees_the_whole_command_and_decides(shop: Workspace) -> None:
    asked = Asked(False)
    shop.permissions = asked

    with pytest.raises(ExecutionNotAllowed, match="`echo 'a; b' -n` was not run"):
        await run_command(shop, ["echo", "a; b", "-n"], cwd="shop")

    assert asked.questions == [("execute", "Run echo", "echo 'a; b' -n\nin shop")]


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


HANG = (
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "open({mark!r} + '.new', 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
    "os.rename({mark!r} + '.new', {mark!r})\n{end}\n"
)


async def test_the_deadline_ends_all_of_it(allowed: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "pids"

    with pytest.raises(ToolUnavailable, match="did not end within 5 s"):
        await run_command(allowed, python(HANG.format(mark=str(mark), end="time.sleep(600)")), timeout=5)

    await nothing_runs(await written(mark))


async def test_cancelling_ends_all_of_it(allowed: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    task = asyncio.create_task(run_command(allowed, python(HANG.format(mark=str(mark), end="time.sleep(600)"))))
    pids = await written(mark)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await nothing_runs(pids)


async def test_what_it_leaves_running_is_ended(allowed: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "pids"

    result = await run_command(allowed, python(HANG.format(mark=str(mark), end="")))

    assert result.exit_code == 0
    await nothing_runs(await written(mark))


@pytest.mark.parametrize("cwd", ["..", "/", "nowhere", "shop/cart.py"])
async def test_folders_that_are_none(allowed: Workspace, cwd: str) -> None:
    with pytest.raises(PathError):
        await run_command(allowed, ["true"], cwd=cwd)


@pytest.mark.parametrize("argv", [[], [""], ["a\0b"]])
async def test_commands_that_are_none(allowed: Workspace, argv: list[str]) -> None:
    with pytest.raises(EditError):
        await run_command(allowed, argv)


async def test_a_program_that_is_not_there(allowed: Workspace) -> None:
    with pytest.raises(ToolUnavailable, match="could not be started"):
        await run_command(allowed, ["no_such_program_at_all"])
