"""The list of refactorings. Adding one is adding its module, and one line here."""

from __future__ import annotations

from punie_semantic.refactor.annotate_types import AnnotateTypes
from punie_semantic.refactor.base import Refactoring
from punie_semantic.refactor.extract_function import ExtractFunction
from punie_semantic.refactor.extract_variable import ExtractVariable
from punie_semantic.refactor.inline_variable import InlineVariable

_ALL: tuple[Refactoring, ...] = (ExtractVariable(), ExtractFunction(), InlineVariable(), AnnotateTypes())

REFACTORINGS: dict[str, Refactoring] = {refactoring.name: refactoring for refactoring in _ALL}
