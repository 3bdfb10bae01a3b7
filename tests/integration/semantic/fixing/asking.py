"""Asking for the fixes of a small project's problem."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace


async def search_for(
    root: Path,
    text: str,
    code: str,
    *,
    select: Sequence[str] = ("F",),
    others: Mapping[str, str] | None = None,
    options: FixOptions | None = None,
) -> FixSearch:
    """The search for the first problem with a code in app.py, which has this text."""
    settings = f'requires-python = ">=3.12"\n[tool.ruff.lint]\nselect = {json.dumps(select)}\n'
    return await searched(root, {**(others or {}), "app.py": text}, "app.py", code, settings, options)


async def searched(
    root: Path, texts: Mapping[str, str], name: str, code: str, settings: str = "", options: FixOptions | None = None
) -> FixSearch:
    """The search for the first problem with a code in one of some files; the settings go on in `[project]`."""
    (root / "pyproject.toml").write_text(f'[project]\nname = "shop"\nversion = "1"\n{settings}')
    for other, text in texts.items():
        (root / other).write_bytes(text.encode())
    async with Workspace.open(root) as workspace:
        findings = await workspace.checker.both(root / name)
        problem = next((p for p in findings.problems if p.code == code), None)
        assert problem is not None, [(p.code, p.message) for p in findings.problems]
        return await find_fixes(workspace, problem, options)


async def first_fix(root: Path, text: str, code: str, **asked: object) -> str:
    """The text with the fix that comes first; what was rejected, when there is none."""
    search = await search_for(root, text, code, **asked)  # ty: ignore[invalid-argument-type] - passed on as it is
    return search.found[0].text if search.found else "\n".join(f"{r.candidate.title}: {r.why}" for r in search.rejected)
