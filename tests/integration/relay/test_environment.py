"""ty's settings: the project's own Python, and the editor's answers, whatever they are."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.relay.client import Json, capabilities, start

# The last is installed beside Punie, and in no project here.
TEXT = "import inside_venv\nimport msgspec\n"


def make_venv(root: Path) -> Path:
    """A virtual environment with one module, without running pip."""
    venv = root / ".venv"
    packages = venv / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (venv / "bin").mkdir()
    (venv / "bin" / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    (venv / "pyvenv.cfg").write_text(f"home = {sys.base_prefix}/bin\nversion = {sys.version.split()[0]}\n")
    (packages / "inside_venv.py").write_text("x = 1\n")
    return venv


def unresolved(report: Json) -> list[int]:
    return [i["range"]["start"]["line"] for i in report["items"] if i.get("code") == "import-not-found"]


def padded(answer: Json, request: Json) -> Json:
    """An answer to the first item, and null to each other one; what is no such list stays as it is."""
    if not isinstance(answer.get("result"), list) or len(answer["result"]) != 1:
        return answer
    return {"result": [*answer["result"], *[None] * (len(request["params"]["items"]) - 1)]}


async def check(root: Path, answer: Json | None = None, **params: Any) -> list[int]:
    """The lines of TEXT that do not resolve."""
    async with start() as client:
        if answer is not None:
            client.answers["workspace/configuration"] = lambda m: padded(answer, m)
        await client.initialize(root, **params)
        return unresolved(await client.pull(client.open(root / "main.py", TEXT)))


async def test_imports_never_resolve_from_punies_own_environment(workspace: Path) -> None:
    assert await check(workspace) == [0, 1]


async def test_imports_resolve_from_the_projects_environment(workspace: Path) -> None:
    make_venv(workspace)

    assert await check(workspace) == [1]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": -32601, "message": "no"}},
        {"result": None},
        {"result": "x"},
        {"result": []},
        {"result": [17]},
        {"result": [{}, {}]},
    ],
)
async def test_no_answer_of_the_editor_keeps_ty_waiting(workspace: Path, answer: Json) -> None:
    make_venv(workspace)

    assert await check(workspace, answer) == [1]


async def test_an_editor_without_settings_is_not_asked(workspace: Path) -> None:
    make_venv(workspace)
    async with start() as client:
        await client.initialize(workspace, capabilities=capabilities(configuration=False))
        report = await client.pull(client.open(workspace / "main.py", TEXT))

        assert unresolved(report) == [1]
        assert "workspace/configuration" not in [request["method"] for request in client.requests]


async def test_the_users_interpreter_wins(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    venv = make_venv(tmp_path / "elsewhere")
    own = {"pythonExtension": {"activeEnvironment": {"executable": {"sysPrefix": str(venv)}}}}

    assert await check(workspace, {"result": [own]}) == [1]
    assert await check(workspace, initializationOptions={"ty": own}) == [1]
    assert await check(workspace, initializationOptions={"punie": {"interpreter": str(venv)}}) == [1]


async def test_each_folder_has_its_own_environment(workspace: Path, tmp_path: Path) -> None:
    other = (tmp_path / "other").resolve()
    other.mkdir()
    make_venv(other)
    folders = [{"uri": folder.as_uri(), "name": folder.name} for folder in (workspace, other)]
    async with start() as client:
        await client.initialize(workspace, workspaceFolders=folders)

        assert unresolved(await client.pull(client.open(workspace / "main.py", TEXT))) == [0, 1]
        assert unresolved(await client.pull(client.open(other / "main.py", TEXT))) == [1]


async def test_settings_reach_ty_and_ruff_from_the_options(workspace: Path) -> None:
    options = {
        "ty": {"configuration": {"rules": {"unresolved-reference": "ignore"}}},
        "ruff": {"lint": {"select": ["E711"]}},
    }
    async with start() as client:
        await client.initialize(workspace, initializationOptions=options)
        report = await client.pull(client.open(workspace / "a.py", "import os\nx = nope == None\n"))

        assert [item.get("code") for item in report["items"]] == ["E711"]
