"""What questions about types, signatures, completions and rules return. Lines and columns are 1-based code points."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from punie_semantic.results.base import Answer, Result
from punie_semantic.results.symbols import HierarchyEntry, Location, SymbolMatch


class HoverResult(Answer):
    """What ty says about a symbol; `found` is false where there is none. `text` is `type` and `docstring` together."""

    found: bool
    type: str
    docstring: str
    text: str
    candidates: list[SymbolMatch] = Field(default_factory=list)


class HoversResult(Answer):
    """One answer for each position that was asked about, in that order."""

    answers: list[HoverResult]


class Signature(Result):
    """One way to call; `active_parameter` counts from 0 and is -1 where no parameter is being written."""

    label: str
    parameters: list[str]
    docstring: str
    active_parameter: int


class SignaturesResult(Answer):
    """The signatures of a call, overloads in order; `active` is the index of the one that fits so far."""

    signatures: list[Signature]
    active: int


class Completion(Result):
    """One completion; `module` is where it would be imported from, empty when it is in scope already."""

    label: str
    kind: str
    detail: str
    module: str


class CompletionsResult(Answer):
    """Completions, best first; `total` also counts what `limit` left out."""

    completions: list[Completion]
    total: int


class RuleExplanation(Answer):
    """What a rule of ruff or ty means. `nearest` has codes like an unknown one."""

    found: bool
    tool: Literal["ruff", "ty", ""]
    code: str
    name: str
    summary: str
    fix: str
    explanation: str
    nearest: list[str]


class LSPResult(Answer):
    """The answer to an LSP operation; only what belongs to the operation is filled."""

    operation: str
    locations: list[Location] = Field(default_factory=list)
    symbols: list[SymbolMatch] = Field(default_factory=list)
    entries: list[HierarchyEntry] = Field(default_factory=list)
    signatures: list[Signature] = Field(default_factory=list)
    completions: list[Completion] = Field(default_factory=list)
    text: str = ""
    total: int = 0
    candidates: list[SymbolMatch] = Field(default_factory=list)
