"""Findings that both checkers report."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from punie_ls.relay.twins import without_twins


def item(code: str | None, line: int, start: int = 0, end: int = 4) -> Raw:
    span: dict[str, Any] = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    return Raw(msgspec.json.encode({"range": span, "code": code, "message": f"about {code}"}))


@pytest.mark.parametrize(
    ("ty", "ruff", "left"),
    [
        ([item("unresolved-reference", 1)], [item("F821", 1)], []),
        ([item("unresolved-reference", 1)], [item("F821", 2)], [0]),
        ([item("unresolved-reference", 1, 0, 3)], [item("F821", 1)], [0]),
        ([item("invalid-syntax", 1, 0)], [item("invalid-syntax", 1, 2)], []),
        ([item("invalid-syntax", 1)], [item("invalid-syntax", 2)], [0]),
        ([item("invalid-syntax", 1)], [item("F821", 1), item("F401", 1)], [0, 1]),
        ([], [item("F821", 1)], [0]),
        ([item("unresolved-reference", 1)], [item(None, 1), item("F821", 1), item("F401", 1)], [0, 2]),
    ],
)
def test_ruffs_copy_is_left_out(ty: list[Raw], ruff: list[Raw], left: list[int]) -> None:
    assert [bytes(i) for i in without_twins(ty, ruff)] == [bytes(ruff[n]) for n in left]
