"""A tool that is silent about a planted error proves nothing by its silence: unknown, never clean."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from punie_semantic.environment import find_tool
from punie_semantic.tools.checks import diagnostics, ruff_check, typecheck
from punie_semantic.tools.files import edit_file
from punie_semantic.tools.review import checkpoint, verify_edits
from punie_semantic.workspace import Workspace
from tests.integration.semantic.conftest import Project
from tests.integration.semantic.test_ty_restart import kill_ty

BLIND_TY = """#!{python}
import json, sys
def read():
    length = 0
    while (line := sys.stdin.buffer.readline().strip()):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length)) if length else None
while (message := read()):
    if message.get("method") == "exit":
        break
    if "id" in message and "method" in message:
        results = {{"initialize": {{"capabilities": {{}}}}, "shutdown": None}}
        result = results.get(message["method"], {{"kind": "full", "items": []}})
        body = json.dumps({{"jsonrpc": "2.0", "id": message["id"], "result": result}}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
        sys.stdout.buffer.flush()
"""


def program(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


async def test_a_blind_ty_is_never_clean(shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUNIE_TY", program(tmp_path, BLIND_TY.format(python=sys.executable)))
    start = await checkpoint(shop)
    await edit_file(shop, "shop/clean.py", "one = 1", "one = 2")

    alone, folder = await typecheck(shop, "shop/clean.py"), await typecheck(shop, "shop")
    report = await verify_edits(shop, start)

    assert {alone.state, folder.state, report.state} == {"unknown"}
    assert "did not find a planted error" in alone.reason
    assert (report.unknown, report.introduced) == (["shop/clean.py"], [])


async def test_a_blind_ruff_is_never_clean(shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUNIE_RUFF", program(tmp_path, "#!/bin/sh\ncat >/dev/null\necho '[]'\n"))

    alone, folder = await ruff_check(shop, "shop/clean.py"), await ruff_check(shop, "shop")

    assert {alone.state, folder.state} == {"unknown"}
    assert "did not find a planted error" in alone.reason


async def test_a_restarted_ty_has_to_prove_itself_again(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert (await typecheck(shop, "shop/clean.py")).state == "clean"
    await kill_ty()
    monkeypatch.setenv("PUNIE_TY", program(tmp_path, BLIND_TY.format(python=sys.executable)))
    await edit_file(shop, "shop/clean.py", "one = 1", "one = 2")

    assert (await typecheck(shop, "shop/clean.py")).state == "unknown"


async def test_a_replaced_ruff_has_to_prove_itself_again(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = program(tmp_path, f'#!/bin/sh\nexec "{find_tool("ruff")}" "$@"\n')
    monkeypatch.setenv("PUNIE_RUFF", path)
    assert (await ruff_check(shop, "shop/clean.py")).state == "clean"
    program(tmp_path, "#!/bin/sh\ncat >/dev/null\necho '[]'\n# another one\n")
    await edit_file(shop, "shop/clean.py", "one = 1", "one = 2")

    assert (await ruff_check(shop, "shop/clean.py")).state == "unknown"


async def test_no_setting_of_the_project_makes_the_control_fail(project: Project) -> None:
    settings = (
        '[tool.ty.rules]\nall = "ignore"\n[tool.ty.src]\nexclude = ["app.py"]\n'
        '[tool.ruff]\nextend-exclude = ["*"]\nlint.select = []\nlint.per-file-ignores = { "*" = ["ALL"] }\n'
    )
    root = project({"pyproject.toml": settings, "app.py": "x: int = ''\n"})
    async with Workspace.open(root) as workspace:
        result = await diagnostics(workspace, "app.py")

    assert (result.state, result.reason) == ("clean", "")


async def test_settings_that_exclude_every_file_make_ty_s_silence_unknown(project: Project) -> None:
    root = project({"pyproject.toml": '[tool.ty.src]\nexclude = ["**"]\n', "app.py": "x: int = ''\n"})
    async with Workspace.open(root) as workspace:
        result = await typecheck(workspace, "app.py")

    assert result.state == "unknown"
    assert "see whether the project's settings exclude all its files" in result.reason


async def test_the_planted_error_leaves_nothing_behind(shop: Workspace) -> None:
    before = sorted(p.name for p in shop.root.iterdir())

    await typecheck(shop, ".")
    await ruff_check(shop, ".")

    assert sorted(p.name for p in shop.root.iterdir()) == before
