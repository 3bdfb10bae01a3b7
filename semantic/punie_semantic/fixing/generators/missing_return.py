"""A path of a function that ends without a return: `return`, `raise` or `yield` put back, the value, the annotation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.annotations import joined
from punie_semantic.fixing.generators.expression import exact, short
from punie_semantic.fixing.generators.returned import (
    GENERATOR,
    Function,
    annotated,
    likely_names,
    local_values,
    returned_values,
    truth_values,
)
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.scope import names_of


async def implicit(place: Place) -> list[Candidate]:
    """A function whose end can be reached without a return."""
    function = place.tree.enclosing(
        place.tree.node_at(place.start, place.end) or place.tree.module, ast.FunctionDef, ast.AsyncFunctionDef
    )
    told = re.search(r"return type `(.+)`$", place.message.partition("\n")[0], re.S)
    if function is None or told is None or function.returns is None:
        return []
    expected = told[1]
    ends = list(exits(function.body))
    candidates = [
        candidate for statement in ends for candidate in _made_return(place, function, statement, expected, len(ends))
    ]
    stub = place.code.endswith("stub-body")
    candidates += [] if stub else _appended(place, function, expected)
    returned = any(value is not None for value in returned_values(function))
    span = place.tree.span(function.returns)
    if returned:
        none = any(
            value is None or (isinstance(value, ast.Constant) and value.value is None)
            for value in returned_values(function)
        )
        text = joined(place, function.returns, "None")
        candidates.append(annotated(span, text, 0.62 if none else 0.4, "not every path returns something", function))
    else:
        candidates.append(annotated(span, "None", 0.3 if ends and not stub else 0.5, "it returns nothing", function))
    if stub:
        # What a stub lacks is its body; nobody can know it.
        candidates = [replace(candidate, kind="unsafe_fix") for candidate in candidates]
    return sorted(candidates, key=lambda candidate: -candidate.weight)[:14]


def exits(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The last statements of the paths that reach the end of a block."""
    if not body:
        return
    last = body[-1]
    match last:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return
        case ast.While(test=ast.Constant(value=True)):
            return
        case ast.If(body=then, orelse=other):
            yield from exits(then)
            yield from exits(other) if other else (last,)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            yield from exits(inner)
        case ast.Try(body=inner, orelse=other, handlers=handlers):
            yield from exits(other or inner)
            for handler in handlers:
                yield from exits(handler.body)
        case ast.Match(cases=cases):
            for case in cases:
                yield from exits(case.body)
            yield last
        case _:
            yield last


def _made_return(
    place: Place, function: Function, statement: ast.stmt, expected: str, ways: int
) -> Iterator[Candidate]:
    """`return`, `raise` or `yield` before what ends a path."""
    start = place.tree.span(statement)[0]
    match statement:
        case ast.Expr(value=ast.Constant(value=str())) if statement is function.body[0]:
            return
        case ast.Expr(value=value):
            text = place.tree.source(value)
            if place.tree.broken and ast.unparse(value) == "0" != text:
                return  # The line does not parse, and the tree has something else for it.
            error = re.match(r"(?:[\w.]+\.)?\w*(?:Error|Exception|Exit)\(", text) is not None
            word = "raise" if error else "return"
            title = f"{word.capitalize()} {short(text)}"
            weight = 0.95 if error or ways == 1 else 0.85
            yield Candidate(
                title, (Edit(start, start, f"{word} "),), "fix", GENERATOR, weight, "its value is lost otherwise"
            )
            if expected.startswith(("Iterator", "Generator", "Iterable", "AsyncIterator")):
                yield Candidate(f"Yield {short(text)}", (Edit(start, start, "yield "),), "fix", GENERATOR, 0.8, "")
        case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
            _, end = place.tree.span(statement)
            indent = place.tree.indent(statement)
            edit = Edit(end, end, f"\n{indent}return {name}")
            unread = not names_of(function)[name].reads
            yield Candidate(f"Return {name}", (edit,), "fix", GENERATOR, 0.88 if unread else 0.6, "it is assigned last")
            head = Edit(start, place.tree.span(value)[0], "return ")
            weight = 0.5 if unread and place.tree.source(target) in ("_", "result", "ret") else 0.35
            yield Candidate(f"Return it instead of {name}", (head,), "fix", GENERATOR, weight, "nobody reads it")
        case ast.Pass():
            for name in likely_names(place, function, expected)[:2]:
                edit = Edit(*place.tree.span(statement), f"return {name.name}")
                yield Candidate(f"Return {name.name}", (edit,), "fix", GENERATOR, 0.4, "")


def _appended(place: Place, function: Function, expected: str) -> Iterator[Candidate]:
    """A `return` at the end of the function."""
    last = function.body[-1]
    end = place.tree.span(last)[1]
    indent = place.tree.indent(function.body[0]) if len(function.body) else ""
    if place.tree.span(function.body[0])[0] != place.tree.line_start(place.tree.span(function.body[0])[0]) + len(
        indent
    ):
        return
    yield from local_values(place, function, Edit(end, end, f"\n{indent}return "), expected, 0.85)
    yield from truth_values(place, function, Edit(end, end, f"\n{indent}return "), expected)
    if function.args.args and function.args.args[0].arg == "self" and _is_self(place, function, expected):
        edit = Edit(end, end, f"\n{indent}return self")
        yield Candidate("Return self", (edit,), "fix", GENERATOR, 0.75, "it gives its own class")


def _is_self(place: Place, function: Function, expected: str) -> bool:
    owner = place.tree.enclosing(function, ast.ClassDef)
    return owner is not None and expected.partition("@")[0] in (owner.name, "Self")


async def useless(place: Place) -> list[Candidate]:
    """A bare `return` at the end of a function whose value is used: what it may have returned."""
    statement = exact(place, ast.Return)
    function = place.tree.function_of(statement) if statement is not None else None
    if function is None or statement is None or statement.value is not None or not _valued(place, function):
        return []
    end = place.tree.span(statement)[1]
    found = list(local_values(place, function, Edit(end, end, " "), "", 0.85))
    before = _last_target(function, statement)
    if before is not None:
        text = place.tree.source(before)
        found.append(
            Candidate(
                f"Return {short(text)}",
                (Edit(end, end, f" {text}"),),
                "fix",
                GENERATOR,
                0.87,
                "it was assigned just before",
            )
        )
    return sorted(found, key=lambda candidate: -candidate.weight)


def _valued(place: Place, function: Function) -> bool:
    """Whether somebody uses what a function returns: it is a property, its docstring says so, or calls do."""
    if any(place.tree.source(decorator).endswith("property") for decorator in function.decorator_list):
        return True
    if re.search(r"\b[Rr]eturns?\b", ast.get_docstring(function) or ""):
        return True
    if function.name.startswith("__"):
        return False
    calls = [node for node in place.tree.nodes if isinstance(node, ast.Call)]
    named = [call for call in calls if place.tree.source(call.func).rpartition(".")[2] == function.name]
    return any(not isinstance(place.tree.parent(call), ast.Expr) for call in named)


def _last_target(function: Function, statement: ast.Return) -> ast.expr | None:
    """What the statement before the last one assigns, also in an `if`."""
    index = next((i for i, one in enumerate(function.body) if one is statement), 0)
    before = function.body[index - 1] if index else None
    if isinstance(before, ast.If) and before.body:
        before = before.body[-1]
    if isinstance(before, ast.Assign) and isinstance(before.targets[0], ast.Attribute | ast.Subscript):
        return before.targets[0]
    return None
