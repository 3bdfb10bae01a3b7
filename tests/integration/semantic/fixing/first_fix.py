"""What tests of generators ask: the best fix of the first problem with a code, in a small project."""

from __future__ import annotations

from pathlib import Path

from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace


async def search(
    folder: Path, text: str, code: str, *, unsafe: bool = False, others: dict[str, str] | None = None
) -> FixSearch:
    """The search for the first problem with a code in the text as `example.py`, beside other files."""
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    for name, other in (others or {}).items():
        (folder / name).write_text(other)
    file = folder / "example.py"
    file.write_bytes(text.encode())
    async with Workspace.open(folder) as workspace:
        problems = (await workspace.checker.both(file)).problems
        wanted = [problem for problem in problems if problem.code == code]
        assert wanted, f"reported are {[problem.code for problem in problems]}"
        return await find_fixes(workspace, wanted[0], FixOptions(unsafe=unsafe, seconds=60.0, enough_seconds=20.0))


async def first_fix(folder: Path, text: str, code: str, *, others: dict[str, str] | None = None) -> str:
    """The text with the first fix that is found; what was rejected is told when there is none."""
    found = await search(folder, text, code, others=others)
    assert found.found, [(rejected.candidate.title, rejected.why) for rejected in found.rejected]
    return found.found[0].text
