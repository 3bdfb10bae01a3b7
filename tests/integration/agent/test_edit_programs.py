"""Every edit tool called by a program in the sandbox, as models write them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_agent.codemode.runner import open_runner
from punie_agent.codemode.tools import tool_caller
from punie_semantic.registry import TOOLS
from punie_semantic.stubs import render_stubs
from punie_semantic.workspace import Workspace

FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": "import os\n\n\ndef price(name: str) -> int:\n    return len( name )\n",
    "shop/cart.py": "from shop.prices import price\n\ntotal = price('📚')\n",
    "old.py": "x = 1\n",
}


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncGenerator[Workspace]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    async with Workspace.open(tmp_path) as opened:
        yield opened


PROGRAM = """
done = []
done.append(edit_file("shop/cart.py", "total", "sum_", replace_all=True).changed)
done.append(write_file("shop/new.py", "y = 2").diff.splitlines()[-1])
done.append(insert_at_symbol("price", "after", "def tax() -> int:\\n    return 20").changed)
done.append(replace_symbol("tax", "def tax() -> int:\\n    return 21").syntax_error)
done.append(rename_symbol("cost", "price").files)
done.append(format_code("shop/prices.py").changed)
done.append(ruff_format(".").files)
done.append(organize_imports("shop/prices.py").changed)
done.append(remove_unused("shop/prices.py").removed)
done.append(add_import("shop/new.py", "pathlib", "Path").changed)
done.append(rename_file("shop/prices.py", "shop/costs.py").files)
done.append(delete_file("old.py").note)
try:
    edit_file("shop/cart.py", "nothing like it", "x")
except Exception as error:
    done.append("was not found" in str(error))
done
"""


async def test_a_program_with_every_edit_tool(workspace: Workspace) -> None:
    async with open_runner(render_stubs(), TOOLS) as runner:
        done = await runner.run(PROGRAM, tool_caller(workspace, lambda _: None))

    assert done.value == [
        True,
        "+y = 2",
        True,
        "",
        ["shop/cart.py", "shop/prices.py"],
        True,
        ["shop/cart.py"],
        False,
        ["line 1: `os` imported but unused (F401)"],
        True,
        ["shop/cart.py", "shop/costs.py"],
        "",
        True,
    ]
    assert [(c.kind, c.file) for c in workspace.overlay.changes()] == [
        ("delete", "old.py"),
        ("edit", "shop/cart.py"),
        ("rename", "shop/costs.py"),
        ("create", "shop/new.py"),
    ]
    assert (workspace.root / "old.py").exists()
