"""A default that a definition lost: several calls leave the argument out, functions beside it have one."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.calling import Definition
from punie_semantic.fixing.generators.expression import short
from punie_semantic.fixing.place import Place


def lost_defaults(place: Place, definition: Definition, name: str, generator: str) -> Iterator[Candidate]:
    """A default in the definition, as functions beside it have, when several calls leave the argument out."""
    arguments = definition.function.args
    parameter = next((a for a in (*arguments.args, *arguments.kwonlyargs) if a.arg == name), None)
    if parameter is None:
        return
    complaints = 1 + sum(other.message == place.message for other in place.others)
    known: Counter[str] = Counter()
    for other in ast.walk(definition.tree.module):
        if isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef) and other is not definition.function:
            known.update(_default_in(definition, other, name))
    annotation = definition.tree.source(parameter.annotation) if parameter.annotation else ""
    if "None" in annotation or "Optional" in annotation:
        known["None"] += 1
    end = definition.tree.span(parameter)[1]
    for text, count in known.most_common(2):
        weight = min(0.3 + 0.12 * complaints + 0.04 * count, 0.9)
        why = f"{complaints} calls leave it out" if complaints > 1 else "functions beside it have this default"
        edit = Edit(end, end, f" = {text}" if annotation else f"={text}")
        title = f"Give {name} the default {short(text)} in {definition.function.name}"
        yield Candidate(title, (edit,), "fix", generator, weight, why, definition.file)


def _default_in(definition: Definition, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> list[str]:
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True)]
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    return [definition.tree.source(default) for parameter, default in pairs if parameter.arg == name]
