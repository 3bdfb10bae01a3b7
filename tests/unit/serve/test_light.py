"""The server and the bridge stay small processes: what is heavy is the workers' business."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("acp", "pydantic", "pydantic_ai", "openai", "sqlalchemy", "typer", "rich", "libcst", "lsprotocol")


@pytest.mark.parametrize(
    ("module", "light"),
    [
        ("punie_ls.serve.main", ()),
        ("punie_ls.serve.status", ("websockets",)),
        ("punie_ls.serve.discovery", ("websockets", "asyncio")),
        ("punie_ls.bridge.main", ()),
    ],
)
def test_nothing_heavy_is_imported(module: str, light: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([name for name in {(*HEAVY, *light)!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
