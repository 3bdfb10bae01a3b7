"""Statements that do nothing: `a == b` for `a = b`, `x.sort` for `x.sort()`, an exception without raise, `++n`."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit, Kind
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import removed, siblings
from punie_semantic.fixing.tree import Tree

GENERATOR = "useless statement"
_CALLABLE = ("def ", "bound method", "(", "<bound", "Overload[")


async def generate(place: Place) -> list[Candidate]:
    """What the statement was to do."""
    node = place.tree.node_at(place.start, place.end)
    if place.code in ("truthiness-test-of-callable", "redundant-condition"):
        return _called_condition(place, node)
    statement = place.tree.statement(node) if node is not None else None
    if statement is None:
        return []
    if isinstance(statement, ast.Assign):
        return _self_assignment(place, statement)
    if isinstance(statement, ast.AnnAssign):
        return _annotation(place, statement)
    return await _expression(place, statement, statement.value) if isinstance(statement, ast.Expr) else []


async def _expression(place: Place, statement: ast.Expr, value: ast.expr) -> list[Candidate]:
    start, _ = place.tree.span(statement)
    returned = _returned(place.tree, statement)
    found = [*_call(place, value), *_operation(place, value, returned)]
    if isinstance(value, ast.Attribute | ast.Name):
        [shown] = await place.types([value])
        unknown = isinstance(value, ast.Attribute) and shown in ("", "Unknown", "Any")
        if unknown or shown.startswith(_CALLABLE):
            end = place.tree.span(value)[1]
            why = "an attribute alone has no effect" if unknown else f"{place.tree.source(value)} is a function"
            less = 0.4 if isinstance(value, ast.Name) and returned else 0.0
            found.append(_fix("Call it", Edit(end, end, "()"), (0.62 if unknown else 0.9) - less, why))
    if returned:
        found.append(_fix("Return it", Edit(start, start, "return "), returned, "the value is lost"))
    if isinstance(value, ast.Compare):
        tested = _in_test(place.tree, statement)
        if isinstance(value.ops[0], ast.Eq) and len(value.ops) == 1:
            found += _assigned(place, value, 0.55 if tested or returned > 0.8 else 0.85)
        why = "a comparison alone has no effect"
        found.append(_fix("Assert it", Edit(start, start, "assert "), 0.85 if tested else 0.35, why))
    taken = removed(place.tree, statement)
    if taken is not None and place.code in ("B015", "B018"):
        found.append(_fix("Delete the statement", taken, 0.4, "it has no effect", "unsafe_fix"))
    return found


def _fix(title: str, edit: Edit, weight: float, why: str, kind: Kind = "fix") -> Candidate:
    return Candidate(title, (edit,), kind, GENERATOR, weight, why)


def _call(place: Place, value: ast.expr) -> list[Candidate]:
    """An exception that is made and not raised; a task that nobody holds."""
    start, _ = place.tree.span(value)
    if isinstance(value, ast.Call) and place.code == "PLW0133":
        return [_fix("Raise it", Edit(start, start, "raise "), 0.95, "an exception that is only made has no effect")]
    if isinstance(value, ast.Call) and place.code == "RUF006":
        why = "a task that nobody holds can vanish"
        return [_fix("Keep the task", Edit(start, start, "_task = "), 0.4, why, "unsafe_fix")]
    return []


def _operation(place: Place, value: ast.expr, returned: float) -> list[Candidate]:
    """`++n` for `n += 1`, `n + 1` for `n += 1`."""
    start, end = place.tree.span(value)
    match value:
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=ast.UnaryOp(operand=ast.Name() as name)):
            sign = place.text[start]
            title = "Count up" if sign == "+" else "Count down"
            return [_fix(title, Edit(start, end, f"{name.id} {sign}= 1"), 0.9, f"{sign}{sign} does nothing")]
        case ast.BinOp(left=ast.Name() | ast.Attribute() | ast.Subscript() as left, right=right):
            behind = place.tree.span(left)[1]
            sign = place.text[behind : place.tree.span(right)[0]].strip()
            if sign in ("+", "-", "*", "/", "//", "%", "|", "&", "**"):
                at = place.text.index(sign, behind) + len(sign)
                return [_fix("Assign the result", Edit(at, at, "="), 0.8 - 0.3 * returned, "the result is lost")]
    return []


def _assigned(place: Place, value: ast.Compare, weight: float) -> list[Candidate]:
    left, right = value.left, value.comparators[0]
    if not isinstance(left, ast.Name | ast.Attribute | ast.Subscript):
        return []
    found = re.compile(r"==").search(place.text, place.tree.span(left)[1], place.tree.span(right)[0])
    why = "a comparison alone has no effect"
    return [_fix("Change == to =", Edit(*found.span(), "="), weight, why)] if found else []


def _returned(tree: Tree, statement: ast.stmt) -> float:
    """How likely a `return` is missing: the statement ends a function, or a branch of one, without it."""
    function = tree.function_of(statement)
    if function is None or siblings(tree, statement)[-1] is not statement:
        return 0.0
    annotated = function.returns is not None and tree.source(function.returns) not in ("None", '"None"')
    others = any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(function))
    last = function.body[-1] is statement
    if annotated or others:
        return 0.9 if last else 0.75
    return 0.5 if last and function.returns is None else 0.0


def _in_test(tree: Tree, statement: ast.stmt) -> bool:
    function = tree.function_of(statement)
    return function is not None and function.name.startswith("test")


def _called_condition(place: Place, node: ast.AST | None) -> list[Candidate]:
    """A function as a condition is always true: its result was meant."""
    callable_ = place.code == "truthiness-test-of-callable" or re.search(
        r"^(?:Method|Function) `|has type `(?:bound method|def |<bound|Overload\[)", place.message
    )
    if not callable_ or not isinstance(node, ast.Name | ast.Attribute):
        return []
    edit = Edit(place.end, place.end, "()")
    return [Candidate(f"Call {place.source}", (edit,), "fix", GENERATOR, 0.9, "a function is always true")]


def _self_assignment(place: Place, statement: ast.Assign) -> list[Candidate]:
    """`x = x`: in a method `self.x = x`."""
    function = place.tree.function_of(statement)
    target = statement.targets[0]
    if function is None or not function.args.args or not isinstance(target, ast.Name | ast.Attribute):
        return []
    receiver = function.args.args[0].arg
    start, _ = place.tree.span(target)
    if isinstance(target, ast.Name):
        if receiver not in ("self", "cls"):
            return []
        edit, title = Edit(start, start, f"{receiver}."), f"Change {target.id} to {receiver}.{target.id}"
    else:
        value = statement.value
        params = [a.arg for a in (*function.args.args, *function.args.kwonlyargs)]
        if target.attr not in params or place.tree.source(value) != place.tree.source(target):
            return []
        edit, title = Edit(*place.tree.span(value), target.attr), f"Assign the parameter {target.attr}"
    return [Candidate(title, (edit,), "fix", GENERATOR, 0.9, "it is assigned to itself")]


def _annotation(place: Place, statement: ast.AnnAssign) -> list[Candidate]:
    """`x: 3` for `x = 3`."""
    colon = place.text.find(":", place.tree.span(statement.target)[1], place.tree.span(statement.annotation)[0])
    if statement.value is not None or colon < 0:
        return []
    edit = Edit(place.tree.span(statement.target)[1], colon + 1, " =")
    return [Candidate("Change : to =", (edit,), "fix", GENERATOR, 0.93, "the annotation is a value")]
