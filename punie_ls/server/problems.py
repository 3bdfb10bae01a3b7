"""What ty and ruff reported for open documents, as the relay passes it on, and which of it is worth a fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from punie_agent.requests import FixRequest
from punie_semantic.wire.positions import Encoding, TextLines

FIX_COMMAND = "punie.fix"
HINT = 4
MOST_PROBLEMS = 20
_TITLE_LENGTH = 80

# ruff's name for what ty calls by another one; one action is enough.
_TWINS = {("ruff", "F821"): ("ty", "unresolved-reference")}


class _Position(msgspec.Struct):
    line: Annotated[int, msgspec.Meta(ge=0)]
    character: Annotated[int, msgspec.Meta(ge=0)]


class _Range(msgspec.Struct):
    start: _Position
    end: _Position


class _Problem(msgspec.Struct):
    tool: Literal["ty", "ruff"]
    code: str
    message: str
    range: _Range


class _Carried(msgspec.Struct):
    uri: str
    problem: _Problem
    version: int | None = None
    choice: str = ""
    by: Literal["", "search", "model"] = ""


@dataclass(frozen=True)
class CarriedFix:
    """What a fix action carries.

    Attributes:
        uri: the document.
        problem: what to fix.
        version: of the document, when it was offered; None when it was not open.
        choice: the title of one fix of several; empty for the best.
        by: who looks for it: the search, which needs no model, or the model; empty for the usual one.
    """

    uri: str
    problem: ReportedProblem
    version: int | None
    choice: str = ""
    by: Literal["", "search", "model"] = ""


@dataclass(frozen=True)
class ReportedProblem:
    """A diagnostic of ty or ruff in the client's position encoding."""

    tool: str
    code: str
    message: str
    range: Mapping[str, Mapping[str, int]]

    @property
    def title(self) -> str:
        """The message as a menu shows it."""
        return shortened(self.message)

    def to_data(self) -> dict[str, Any]:
        """As JSON, for the code action's `data` or a command's argument; `from_data` reads it."""
        return {"tool": self.tool, "code": self.code, "message": self.message, "range": self.range}

    def request(self, file: str, text: str, encoding: Encoding) -> FixRequest:
        """The request for the agent: 1-based code points."""
        lines = TextLines(text)
        start = lines.position(lines.offset(self.range["start"], encoding), "utf-32")
        # Choosing one fix in the editor is consent to an unsafe one, as with ruff's own quick fixes; it comes last.
        line, column = start["line"] + 1, start["character"] + 1
        return FixRequest(file, line, column, self.tool, self.code, self.message, unsafe_fixes=True)


def shortened(text: str) -> str:
    """The first line, cut where a menu would become too wide."""
    first = text.strip().partition("\n")[0]
    return first if len(first) <= _TITLE_LENGTH else f"{first[: _TITLE_LENGTH - 1]}…"


def from_lsp(item: Mapping[str, Any]) -> ReportedProblem | None:
    """An LSP diagnostic that may be fixed; None for hints and for other servers' findings."""
    tool = {"ty": "ty", "ruff": "ruff"}.get(str(item.get("source", "")).lower())
    code = item.get("code")
    if tool is None or item.get("severity") == HINT or not code:
        return None
    return ReportedProblem(tool, str(code), str(item.get("message", "")), item["range"])


def from_data(data: Mapping[str, Any]) -> CarriedFix:
    """What an action carries. Raises ValueError that names what is missing or wrong."""
    checked = msgspec.convert(data, _Carried)
    problem = checked.problem
    span = {end: msgspec.structs.asdict(getattr(problem.range, end)) for end in ("start", "end")}
    found = ReportedProblem(problem.tool, problem.code, problem.message, span)
    return CarriedFix(checked.uri, found, checked.version, checked.choice, checked.by)


def worth_fixing(items: Iterable[Mapping[str, Any]], span: Mapping[str, Any]) -> list[ReportedProblem]:
    """The problems that touch a range, each once, in the order given; of very many the first."""
    found: list[ReportedProblem] = []
    for item in items:
        problem = from_lsp(item) if touches(item["range"], span) else None
        if problem and problem not in found:
            found.append(problem)
        if len(found) == MOST_PROBLEMS:
            break
    present = {(p.tool, p.code, _start(p.range)) for p in found}
    return [p for p in found if not _has_twin(p, present)]


def _has_twin(problem: ReportedProblem, present: set[tuple[str, str, tuple[int, int]]]) -> bool:
    twin = _TWINS.get((problem.tool, problem.code))
    return twin is not None and (*twin, _start(problem.range)) in present


def touches(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """True when two ranges share a place or meet; an empty range at either end counts."""
    return _start(one) <= _end(other) and _start(other) <= _end(one)


def _start(span: Mapping[str, Any]) -> tuple[int, int]:
    return span["start"]["line"], span["start"]["character"]


def _end(span: Mapping[str, Any]) -> tuple[int, int]:
    return span["end"]["line"], span["end"]["character"]
