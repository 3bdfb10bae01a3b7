"""Format strings whose placeholders and arguments do not match: `%`, `str.format` and logging."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.calling import insertion, removal
from punie_semantic.fixing.generators.expression import exact, short
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import visible

GENERATOR = "format string"
_PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[a-zA-Z]|%%")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}:!]*)([^{}]*)\}")


async def generate(place: Place) -> list[Candidate]:
    """An argument more or less, a placeholder more or less, another name in a placeholder."""
    call = exact(place, ast.Call)
    if call is not None and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Constant):
        return sorted(_format(place, call, call.func.value), key=lambda candidate: -candidate.weight)
    percent = exact(place, ast.BinOp)
    if percent is not None and isinstance(percent.left, ast.Constant) and isinstance(percent.op, ast.Mod):
        return sorted(_percent(place, percent, percent.left), key=lambda candidate: -candidate.weight)
    if call is not None and call.args and isinstance(call.args[0], ast.Constant):
        return sorted(_logged(place, call), key=lambda candidate: -candidate.weight)
    return []


def _unread(place: Place, node: ast.AST) -> list[str]:
    """Names of the function that nobody reads."""
    names = visible(place.tree, node).values()
    return [name.name for name in names if name.depth == 0 and name.scope is not None and not name.reads]


def _format(place: Place, call: ast.Call, template: ast.Constant) -> Iterator[Candidate]:
    start, end = place.tree.span(template)
    text = place.text[start:end]
    fields = [field for field in _BRACES.finditer(text) if field[0] not in ("{{", "}}")]
    given = [keyword.arg or "" for keyword in call.keywords]
    named = [field for field in fields if field[1] and not field[1][0].isdigit()]
    for field in named:
        head = re.split(r"[.\[]", field[1])[0]
        if head in given:
            continue
        for other, value in alike(head, given) or [(name, 0.5) for name in given if name not in text]:
            edit = Edit(start + field.start(1), start + field.start(1) + len(head), other)
            yield _fix(f"Change {head} to {other} in the text", edit, 0.9 * value, f"`{other}` is given")
            keyword = next(k for k in call.keywords if k.arg == other)
            at = place.tree.span(keyword)[0]
            yield _fix(
                f"Change {other} to {head}", Edit(at, at + len(other), head), 0.85 * value, f"the text has {{{head}}}"
            )
        if head in visible(place.tree, call):
            yield _fix(f"Give {head}", insertion(place, call, 99, f"{head}={head}"), 0.75, "the scope has it")
    for keyword in call.keywords:
        if keyword.arg and place.code == "F522" and keyword.arg in place.message:
            yield _fix(f"Drop {keyword.arg}", removal(place, call, keyword), 0.4, "the text does not use it")
    yield from _numbered(place, call, fields, start, end)


def _numbered(place: Place, call: ast.Call, fields: list[re.Match[str]], start: int, end: int) -> Iterator[Candidate]:
    plain = [field for field in fields if not field[1]]
    digits = [field for field in fields if field[1].isdigit()]
    count = len(call.args)
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    if place.code == "F524" and len(plain) > count:
        for name in _unread(place, call):
            yield _fix(f"Give {name}", insertion(place, call, count, name), 0.8, "nobody reads it")
        for index, field in enumerate(plain):
            edit = Edit(start + field.start(), start + field.end(), "")
            yield _fix("Drop a placeholder", edit, 0.35 - 0.02 * (len(plain) - index), "nothing is given for it")
    if place.code == "F523":
        for argument in reversed(call.args):
            title = f"Drop {short(place.tree.source(argument))}"
            yield _fix(title, removal(place, call, argument), 0.45, "the text does not use it")
        yield _fix("Add a placeholder", Edit(end - 1, end - 1, " {}"), 0.4, "an argument is not shown")
    used = {int(field[1]) for field in digits}
    for field in digits:
        for free in [n for n in range(count) if n not in used] if int(field[1]) >= count else []:
            edit = Edit(start + field.start(1), start + field.end(1), str(free))
            yield _fix(f"Change {field[1]} to {free}", edit, 0.85, f"argument {free} is not used")


def _percent(place: Place, node: ast.BinOp, template: ast.Constant) -> Iterator[Candidate]:
    start, end = place.tree.span(template)
    fields = [field for field in _PERCENT.finditer(place.text, start, end) if field[0] != "%%"]
    if isinstance(node.right, ast.Dict):
        given = [str(key.value) for key in node.right.keys if isinstance(key, ast.Constant)]
        for field in fields:
            if field[1] and field[1] not in given:
                for other, value in alike(field[1], given):
                    yield _fix(
                        f"Change {field[1]} to {other}", Edit(*field.span(1), other), 0.9 * value, f"{other} is given"
                    )
        return
    values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    if len(values) < len(fields):
        yield from _more_values(place, node, values)
        yield from _less_fields(place, fields)
    elif len(values) > len(fields):
        yield _fix("Add a placeholder", Edit(end - 1, end - 1, " %s"), 0.45, "an argument is not shown")
        for index in range(len(values) - 1, -1, -1):
            yield _dropped(place, node, values, index)


def _more_values(place: Place, node: ast.BinOp, values: list[ast.expr]) -> Iterator[Candidate]:
    close = place.tree.span(node.right)[1]
    for name in _unread(place, node):
        if isinstance(node.right, ast.Tuple):
            at = place.tree.span(values[-1])[1] if values else close - 1
            lone = at if len(values) != 1 else place.text.index(",", at) + 1
            edits: tuple[Edit, ...] = (Edit(at, lone, f", {name}" if values else f"{name},"),)
        else:
            left = place.tree.span(node.right)[0]
            edits = (Edit(left, left, "("), Edit(close, close, f", {name})"))
        yield Candidate(f"Give {name}", edits, "fix", GENERATOR, 0.85, "nobody reads it")


def _less_fields(place: Place, fields: list[re.Match[str]]) -> Iterator[Candidate]:
    for index, field in enumerate(fields):
        lead = 1 if place.text[field.start() - 1] == " " else 0
        edit = Edit(field.start() - lead, field.end(), "")
        yield _fix("Drop a placeholder", edit, 0.35 - 0.02 * (len(fields) - index), "nothing is given for it")


def _dropped(place: Place, node: ast.BinOp, values: list[ast.expr], index: int) -> Candidate:
    left = place.tree.span(values[index - 1])[1] if index else place.tree.span(values[0])[0]
    right = place.tree.span(values[index])[1] if index or len(values) < 2 else place.tree.span(values[1])[0]
    comma = "," if len(values) == 2 and index else ""
    title = f"Drop {short(place.tree.source(values[index]))}"
    return _fix(title, Edit(left, right, comma), 0.4, "the text does not use it")


def _logged(place: Place, call: ast.Call) -> Iterator[Candidate]:
    """`logger.info("%s of %s", one)`."""
    start, end = place.tree.span(call.args[0])
    fields = [field for field in _PERCENT.finditer(place.text, start, end) if field[0] != "%%"]
    if len(fields) > len(call.args) - 1:
        for name in _unread(place, call):
            yield _fix(f"Give {name}", insertion(place, call, len(call.args), name), 0.85, "nobody reads it")
        for field in fields:
            lead = 1 if place.text[field.start() - 1] == " " else 0
            yield _fix(
                "Drop a placeholder", Edit(field.start() - lead, field.end(), ""), 0.3, "nothing is given for it"
            )
    elif len(fields) < len(call.args) - 1:
        yield _fix("Add a placeholder", Edit(end - 1, end - 1, " %s"), 0.5, "an argument is not shown")
        for argument in reversed(call.args[1:]):
            title = f"Drop {short(place.tree.source(argument))}"
            yield _fix(title, removal(place, call, argument), 0.45, "the text does not use it")


def _fix(title: str, edit: Edit, weight: float, why: str) -> Candidate:
    return Candidate(title, (edit,), "fix", GENERATOR, weight, why)
