"""Annotations that do not fit: what they would be instead, in the style of the file. Knows no workspace."""

from __future__ import annotations

import ast
import builtins
import re

from punie_semantic.fixing import type_text
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible


def written(place: Place, found: str, at: ast.AST) -> str:
    """A type as an annotation at a node; empty where a name it needs is not there."""
    names = {*visible(place.tree, at), *dir(builtins)}
    plain = re.sub(r"\[(?:Unknown(?:, )?)+\]", "", found).replace("types.GeneratorType", "Generator")
    text = type_text.annotation(plain, names)
    if text:
        return text
    # `datetime.date` where the file has `from datetime import date`, and `Box` for `module.Box`.
    short = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", plain)
    return type_text.annotation(short, names)


def with_none(place: Place, annotation: ast.expr) -> str:
    """An annotation that also allows None, as this file writes that."""
    text = place.tree.source(annotation)
    optional = len(re.findall(r"\bOptional\[", place.text))
    union = len(re.findall(r"\| None\b", place.text))
    imported = re.search(r"^from typing import .*\bOptional\b|^    Optional,$", place.text, re.M)
    quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    # Where ruff wants `X | None`, one more `Optional` would be one more finding.
    unwanted = any(other.code in ("UP045", "UP007") for other in place.others)
    if imported and optional > union and not unwanted:
        return f"Optional[{text}]"
    if quoted and text[:1] in "\"'":
        return f"{text[:-1]} | None{text[-1]}"
    return f"{text} | None"


def without_none(text: str) -> str:
    """An annotation that does not allow None; empty when it does not."""
    match = re.fullmatch(r"Optional\[(.+)\]", text, re.S)
    if match:
        return match[1]
    plain = type_text.without_none(text)
    return plain if plain != text and plain else ""


def joined(place: Place, annotation: ast.expr, found: str) -> str:
    """An annotation that also allows a type, in the style of the file."""
    text = place.tree.source(annotation)
    if found == "None":
        return with_none(place, annotation)
    if re.search(r"\bUnion\[", place.text) and " | " not in text:
        return f"Union[{text}, {found}]"
    return f"{text} | {found}"
