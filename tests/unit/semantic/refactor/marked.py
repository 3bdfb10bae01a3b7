"""Refactorings on texts in which the selection stands between « and »."""

from __future__ import annotations

import asyncio

from punie_semantic.refactor.base import Context
from punie_semantic.refactor.table import REFACTORINGS
from punie_semantic.refactor.tree import Tree


def selection(marked: str) -> tuple[str, tuple[int, int]]:
    """The text without its marks, and the range between them."""
    start = marked.index("«")
    end = marked.index("»") - 1
    return marked.replace("«", "").replace("»", ""), (start, end)


def refactored(refactoring: str, marked: str, *, name: str = "", every: bool = False) -> str:
    """The text afterwards. Raises RefactorError."""
    text, span = selection(marked)
    context = Context(Tree.parse(text), span, name, every)
    change = asyncio.run(REFACTORINGS[refactoring].apply(context))
    return change.applied_to(text)
