"""ty drops a request in whose middle a document changes; it is asked again, and nothing is taken for clean."""

from __future__ import annotations

import asyncio
from pathlib import Path

from punie_semantic.workspace import Workspace

TEXT = "import asyncio\nimport email.message\nimport json\nimport unittest\n\nsize: int = 'many'\n"
ROUNDS = 8


async def test_a_request_that_is_dropped_is_asked_again(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text(TEXT)
    for number in range(ROUNDS):  # a new server each time: only a first, slow answer can be interrupted
        async with Workspace.open(tmp_path) as workspace:
            ty = workspace.checker.ty
            await ty.start()
            document = ty.show(workspace.root / "app.py", TEXT)
            request = asyncio.create_task(ty.request("textDocument/diagnostic", {"textDocument": document}))
            await asyncio.sleep(0.004 * number)
            ty.show(workspace.root / "other.py", "x = 1\n")
            report = await request

        assert [item["code"] for item in report["items"]] == ["invalid-assignment"]


async def test_warming_up_disturbs_no_check(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        (tmp_path / f"app_{number}.py").write_text(TEXT)
    async with Workspace.open(tmp_path) as workspace:
        warming = asyncio.create_task(workspace.warm())
        for path in workspace.files.paths:
            findings = await workspace.checker.by_ty(path, {})
            assert ([d.code for d in findings.problems], findings.unknown) == (["invalid-assignment"], ())
        await warming
