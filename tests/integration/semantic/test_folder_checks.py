"""A whole folder is opened in ty before it is asked about, and stays open: the second look costs what was edited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from punie_semantic.lsp.connection import ChildConnection
from punie_semantic.tools.checks import typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.test_ty_restart import kill_ty

MODULES = {
    "pkg/__init__.py": "",
    **{f"pkg/m{n}.py": f"from pkg.m{n - 1} import f\n\nx: int = f()\n" for n in range(1, 40)},
    "pkg/m0.py": "def f() -> int:\n    return 1\n",
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What ty is sent from now on: methods, with the file's name for documents."""
    methods: list[str] = []
    send = ChildConnection._send

    def record(self: ChildConnection, message: dict[str, Any]) -> None:
        uri = message.get("params", {}).get("textDocument", {}).get("uri", "") if message.get("params") else ""
        if "method" in message and "punie_control" not in uri:
            methods.append(f"{message['method']} {Path(uri).name}".strip())
        send(self, message)

    monkeypatch.setattr(ChildConnection, "_send", record)
    return methods


async def test_everything_is_opened_before_anything_is_asked(project: Project, sent: list[str]) -> None:
    async with Workspace.open(project({**MODULES})) as workspace:
        result = await typecheck(workspace)

    documents = [method for method in sent if method.startswith("textDocument/")]
    assert (result.state, result.files_checked) == ("clean", 41)
    assert [d.split()[0] for d in documents[:41]] == ["textDocument/didOpen"] * 41
    assert {d.split()[0] for d in documents[41:]} == {"textDocument/diagnostic"}


async def test_after_an_edit_nothing_is_opened_again(project: Project, sent: list[str]) -> None:
    files = {**MODULES, **{f"pkg/m{n}.py": "from pkg.m0 import f\n\nx: int = f()\n" for n in range(1, 40)}}
    async with Workspace.open(project({**files})) as workspace:
        first = await typecheck(workspace)
        sent.clear()
        await edit_file(workspace, "pkg/m0.py", "-> int", "-> str")
        second = await typecheck(workspace)
        changes = [method for method in sent if "/did" in method]

    assert first.state == "clean"
    assert len({e.file for e in second.errors}) == 40
    assert changes == ["textDocument/didChange m0.py"]


async def test_a_ty_that_dies_between_two_looks_is_shown_the_folder_again(project: Project) -> None:
    async with Workspace.open(project({"a.py": "x: int = ''\n", "b.py": "y = 1\n"})) as workspace:
        first = await typecheck(workspace)
        await kill_ty()
        await edit_file(workspace, "b.py", "y = 1", "y: int = ''")
        second = await typecheck(workspace)

    assert ([e.file for e in first.errors], [e.file for e in second.errors]) == (["a.py"], ["a.py", "b.py"])
