"""One diagnostic form for ty and ruff: utf-32 LSP positions, and the fix that came with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from punie_semantic.results import Problem, Severity

Applicability = Literal["safe", "unsafe", "display"]
ToolName = Literal["ty", "ruff"]

_SEVERITIES: dict[int, Severity] = {1: "error", 2: "warning", 3: "info", 4: "hint"}


@dataclass(frozen=True)
class Fix:
    """A fix that ruff proposes; `edits` are LSP TextEdits of the diagnostic's own file."""

    title: str
    applicability: Applicability
    edits: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Diagnostic:
    """A finding at a 0-based utf-32 range of `file` (relative to the workspace)."""

    tool: ToolName
    file: str
    range: Mapping[str, Mapping[str, int]]
    code: str
    message: str
    severity: Severity
    fix: Fix | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def line(self) -> int:
        """0-based first line."""
        return self.range["start"]["line"]

    @property
    def kind(self) -> tuple[str, str, str, str]:
        """What makes two findings the same problem, wherever edits have moved it."""
        return (self.tool, self.file, self.code, self.message)

    @property
    def id(self) -> str:
        """A name for it in tool calls; it holds for one state of the overlay."""
        start = self.range["start"]
        return f"{self.tool}:{self.code}:{self.file}:{start['line'] + 1}:{start['character'] + 1}"

    def problem(self) -> Problem:
        """The finding as tools return it."""
        start, end = self.range["start"], self.range["end"]
        return Problem(
            id=self.id,
            tool=self.tool,
            file=self.file,
            line=start["line"] + 1,
            column=start["character"] + 1,
            end_line=end["line"] + 1,
            end_column=end["character"] + 1,
            code=self.code,
            message=self.message,
            severity=self.severity,
            fixable=self.fix is not None and self.fix.applicability == "safe",
        )


def from_ty(item: Mapping[str, Any], file: str) -> Diagnostic:
    """An LSP diagnostic of ty, in utf-32."""
    return Diagnostic(
        tool="ty",
        file=file,
        range=item["range"],
        code=str(item.get("code") or "hint"),
        message=item["message"],
        severity=_SEVERITIES.get(item.get("severity", 1), "error"),
        raw=item,
    )


def from_ruff(item: Mapping[str, Any], file: str) -> Diagnostic:
    """One entry of ruff's JSON; its rows and columns are 1-based code points."""
    fix = item.get("fix")
    return Diagnostic(
        tool="ruff",
        file=file,
        range=_ruff_range(item),
        code=item.get("code") or "invalid-syntax",
        message=item["message"],
        severity="error" if not item.get("code") or item["code"] == "invalid-syntax" else "warning",
        fix=Fix(
            title=fix.get("message") or item["message"],
            applicability=fix["applicability"],
            edits=tuple({"range": _ruff_range(e), "newText": e["content"]} for e in fix["edits"]),
        )
        if fix
        else None,
    )


def _ruff_range(item: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    def position(place: Mapping[str, int]) -> dict[str, int]:
        return {"line": place["row"] - 1, "character": place["column"] - 1}

    return {"start": position(item["location"]), "end": position(item["end_location"])}


def is_problem(diagnostic: Diagnostic) -> bool:
    """Hints (faded unused names and the like) are no problems."""
    return diagnostic.severity != "hint"


def new_in(after: Iterable[Diagnostic], before: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings of `after` beyond those of `before`, compared by kind and number, not by place."""
    left = Counter(d.kind for d in before)
    fresh = []
    for diagnostic in after:
        if left[diagnostic.kind] > 0:
            left[diagnostic.kind] -= 1
        else:
            fresh.append(diagnostic)
    return fresh
