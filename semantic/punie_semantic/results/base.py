"""The bases of all results, and problems. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

State = Literal["clean", "errors", "unknown", "partial"]
Severity = Literal["error", "warning", "info", "hint"]


class Result(BaseModel):
    """Base of all results: immutable values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(Result):
    """Base of answers that can be incomplete.

    `state` is clean when the answer is complete, errors when it is complete and there is something wrong,
    partial when something may be missing, unknown when there is no answer; `reason` says why. `versions`
    are those of the editor's open documents that it saw, by file; all other files were as on disk.
    """

    state: State = "clean"
    reason: str = ""
    versions: dict[str, int] = {}


class Problem(Result):
    """One finding of ty or ruff; `id` names it in other calls."""

    id: str
    tool: Literal["ty", "ruff"]
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    code: str
    message: str
    severity: Severity
    fixable: bool
