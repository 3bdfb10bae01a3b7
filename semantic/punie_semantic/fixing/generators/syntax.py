"""A file that does not parse: what is missing, surplus or misplaced, as the parser and the file's own style tell."""

from __future__ import annotations

import asyncio

from punie_semantic.fixing.candidate import Candidate
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.syntax.repair import repairs

CODES = frozenset({"invalid-syntax", "E999"})
NAME = "syntax"


async def generate(place: Place) -> list[Candidate]:
    """The repairs of the fault that the finding belongs to; one clears all findings of that fault."""
    if place.code not in CODES or place.file.suffix not in (".py", ".pyi"):
        return []
    found = await asyncio.to_thread(repairs, place.text, place.start)
    return [
        Candidate(repair.title, tuple(sorted(repair.edits)), "fix", NAME, repair.weight, repair.why) for repair in found
    ]
