"""Findings that ty and ruff both report: ty's is shown, ruff's is left out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Raw

# Codes by which one of ruff's findings can have a twin of ty's. Items without these words are not decoded.
_UNDEFINED_NAME = ("F821", "unresolved-reference")
_SYNTAX_ERROR = "invalid-syntax"
_RUFF_WORDS = (b'"F821"', b'"invalid-syntax"')
_TY_WORDS = (b'"unresolved-reference"', b'"invalid-syntax"')


class _Position(msgspec.Struct, frozen=True):
    line: int
    character: int


class _Range(msgspec.Struct, frozen=True):
    start: _Position
    end: _Position


class _Diagnostic(msgspec.Struct):
    range: _Range
    code: int | str | None = None


_decode = msgspec.json.Decoder(_Diagnostic).decode


def without_twins(ty: Sequence[Raw], ruff: Sequence[Raw]) -> list[Raw]:
    """ruff's items less those that ty reports as well: an undefined name at the same range, a syntax error
    on the same line.
    """
    candidates = [i for i, item in enumerate(ruff) if any(word in bytes(item) for word in _RUFF_WORDS)]
    if not candidates or not ty:
        return list(ruff)
    reported = [_decode(item) for item in ty if any(word in bytes(item) for word in _TY_WORDS)]
    names = {d.range for d in reported if d.code == _UNDEFINED_NAME[1]}
    lines = {d.range.start.line for d in reported if d.code == _SYNTAX_ERROR}
    twins = {i for i in candidates if _is_twin(_decode(ruff[i]), names, lines)}
    return [item for i, item in enumerate(ruff) if i not in twins]


def _is_twin(diagnostic: _Diagnostic, names: set[_Range], lines: set[int]) -> bool:
    if diagnostic.code == _UNDEFINED_NAME[0]:
        return diagnostic.range in names
    return diagnostic.code == _SYNTAX_ERROR and diagnostic.range.start.line in lines
