"""What tests of generators ask: the best fix of the first problem with a code, in a small project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from punie_semantic.fixing.outcome import FixOptions, FixSearch
from tests.integration.semantic.fixing.asking import searched


async def search(
    folder: Path, text: str, code: str, *, unsafe: bool = False, others: Mapping[str, str] | None = None
) -> FixSearch:
    """The search for the first problem with a code in the text as `example.py`, beside other files."""
    options = FixOptions(unsafe=unsafe, seconds=60.0, enough_seconds=20.0)
    return await searched(folder, {**(others or {}), "example.py": text}, "example.py", code, options=options)


async def first_fix(folder: Path, text: str, code: str, *, others: Mapping[str, str] | None = None) -> str:
    """The text with the first fix that is found; what was rejected is told when there is none."""
    found = await search(folder, text, code, others=others)
    assert found.found, [(rejected.candidate.title, rejected.why) for rejected in found.rejected]
    return found.found[0].text
