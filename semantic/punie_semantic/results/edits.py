"""What edits and candidate fixes return. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from punie_semantic.results.base import Answer, Result


class EditResult(Result):
    """An edit that the overlay took. Nothing is on disk yet; `diff` is against the file before this call.

    `syntax_error` says why the file does not parse now; empty when it does. `note` is what else to know.
    """

    file: str
    changed: bool
    diff: str
    syntax_error: str = ""
    note: str = ""


class EditsResult(Result):
    """Edits of several files, all of which the overlay took; `diff` is theirs together.

    `note` says what was left alone and may need a look, as strings that name what was renamed.
    """

    changed: bool
    files: list[str]
    edits: list[EditResult]
    diff: str
    note: str = ""


class CleanupResult(EditResult):
    """An edit that removes; `removed` says what, `left` what was found but is not safe to remove."""

    removed: list[str]
    left: list[str]


class Action(Result):
    """A candidate fix. `kind`: fix (safe), unsafe_fix, import, or suppress (a comment hides the problem)."""

    id: str
    title: str
    tool: Literal["ty", "ruff"]
    kind: Literal["fix", "unsafe_fix", "import", "suppress"]
    problem_id: str
    preferred: bool


class ActionsResult(Answer):
    """Candidate fixes, best first; `partial` or `unknown` when a tool could not be asked, see `reason`."""

    actions: list[Action]
