"""The results of every example by every door, each tool called once per door."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from punie_agent.codemode.runner import open_runner
from punie_agent.codemode.tools import tool_caller
from punie_agent.codemode.values import to_plain
from punie_agent.exceptions import ProgramError
from punie_semantic.exceptions import SemanticError
from punie_semantic.permissions import Request
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace
from tests.integration.doors import command_line
from tests.integration.doors.examples import EXAMPLES, PROJECT, Code, Example
from tests.integration.semantic.projects import write_project
from tests.integration.semantic.test_git import git

Answers = Mapping[str, Any]
_SECONDS = re.compile(r"\d+\.\d+s")


class Everybody:
    """Allows every program."""

    async def ask(self, request: Request) -> bool:
        """Yes."""
        return True


@pytest.fixture(scope="module", autouse=True)
def plain_pytest() -> Iterator[None]:
    """The examples' pytest writes the same however the tests are run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        patch.setenv("COLUMNS", "80")
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, with a commit and a change after it; its Python has pytest."""
    root = write_project(tmp_path_factory.mktemp("doors") / "project", PROJECT)
    odd = root / "shop" / "odd.py"
    last = odd.read_text()
    odd.write_text(last.replace("  return  1\n", "  return 2\n"))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "First")
    odd.write_text(last)
    (packages,) = (root / ".venv" / "lib").glob("*/site-packages")
    (packages / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return root


@pytest.fixture(scope="module")
def answers(root: Path) -> Mapping[str, Answers]:
    """By door and tool: the result as JSON, or the message of the error."""
    python, program = asyncio.run(_both(root))
    return {"python": python, "program": program, "command line": _by_command_line(root)}


async def _both(root: Path) -> tuple[Answers, Answers]:
    async with Workspace.open(root, trusted=True) as workspace:
        workspace.permissions = Everybody()
        return (
            {name: await example_call(workspace, name) for name in TOOLS if name in EXAMPLES},
            await _by_program(workspace),
        )


async def example_call(workspace: Workspace, name: str) -> Any:
    """Its result as JSON, or the message of its error; in a turn of its own."""
    example = EXAMPLES[name]
    await workspace.begin()
    known: dict[str, Any] = {}
    try:
        for target, tool, arguments in example.before:
            known[target] = await TOOLS[tool].call(workspace, **arguments)
        arguments = {k: eval(v, known.copy()) if isinstance(v, Code) else v for k, v in example.arguments.items()}
        return plain(await TOOLS[name].call(workspace, **arguments))
    except SemanticError as error:
        return str(error)


async def _by_program(workspace: Workspace) -> Answers:
    found: dict[str, Any] = {}
    async with open_runner(render_stubs(), TOOLS) as runner:
        for name, example in EXAMPLES.items():
            await workspace.begin()
            try:
                done = await runner.run(program(name, example), tool_caller(workspace, lambda event: None))
                found[name] = plain(to_plain(done.value))
            except ProgramError as error:
                found[name] = str(error)
    return found


def program(name: str, example: Example) -> str:
    """The example as a program."""
    calls = [f"{target} = {_call(tool, arguments)}\n" for target, tool, arguments in example.before]
    return "".join([*calls, _call(name, example.arguments)])


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    written = (f"{k}={v if isinstance(v, Code) else repr(v)}" for k, v in arguments.items())
    return f"{name}({', '.join(written)})"


def _by_command_line(root: Path) -> Answers:
    lines = [_line(root, name, example) for name, example in EXAMPLES.items()]
    done = subprocess.run(
        [sys.executable, "-m", command_line.__name__],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=True,
    )
    return {
        name: _shown(example, *result)
        for (name, example), result in zip(EXAMPLES.items(), json.loads(done.stdout), strict=True)
    }


def _line(root: Path, name: str, example: Example) -> list[str]:
    if example.before:
        return ["run", "--workspace", str(root), "-c", program(name, example)]
    return ["tools", "call", name, "--json", json.dumps(example.arguments), "--trust", "--workspace", str(root)]


def _shown(example: Example, status: int, out: str, err: str) -> Any:
    if status:
        return err
    return plain(_leading_value(out) if example.before else json.loads(out))


def _leading_value(out: str) -> Any:
    """The program's value, which is printed before the diff of its edits; None when there is none."""
    lines = out.splitlines()
    for end in range(len(lines), 0, -1):
        try:
            return ast.literal_eval("\n".join(lines[:end]))
        except (SyntaxError, ValueError):
            continue
    return None


def plain(value: Any) -> Any:
    """As JSON, without what differs from call to call."""
    value = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if k != "duration"}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return _SECONDS.sub("…s", value) if isinstance(value, str) else value
