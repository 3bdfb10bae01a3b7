"""Requests that front ends make in words, so that every model gets the same prompt. Light: it imports no model."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIX = re.compile(
    r"^Fix the problem at (?P<file>.+?):(?P<line>\d+):(?P<column>\d+) \((?P<tool>ty|ruff) (?P<code>[\w-]+)\)"
)
_UNSAFE = "Unsafe fixes are allowed."


@dataclass(frozen=True)
class FixRequest:
    """A problem to fix, as a prompt states it; line and column count from 1."""

    file: str
    line: int
    column: int
    tool: str
    code: str
    message: str
    unsafe_fixes: bool = False

    def prompt(self) -> str:
        """The request in words: any model gets the same."""
        first = self.message.strip().splitlines()[0] if self.message.strip() else ""
        place = f"{self.file}:{self.line}:{self.column} ({self.tool} {self.code})"
        return f"Fix the problem at {place}: {first}" + (f"\n{_UNSAFE}" if self.unsafe_fixes else "")


def parse_fix_request(prompt: str) -> FixRequest | None:
    """The request that a prompt states; None when it is about something else."""
    match = _FIX.match(prompt)
    if not match:
        return None
    message = prompt[match.end() :].removeprefix(": ").splitlines()
    return FixRequest(
        file=match["file"],
        line=int(match["line"]),
        column=int(match["column"]),
        tool=match["tool"],
        code=match["code"],
        message=message[0] if message else "",
        unsafe_fixes=_UNSAFE in prompt.splitlines()[1:],
    )
