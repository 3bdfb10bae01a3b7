"""The parameters of a function and where they are written. Knows no workspace."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.tree import Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef


def opening_parenthesis(tree: Tree, function: Function) -> int:
    """Where the parameters of a function start, behind the parenthesis."""
    found = re.compile(r"(?:async\s+)?def\s+\w+\s*(?:\[[^\]]*\]\s*)?\(").match(tree.text, tree.span(function)[0])
    return found.end() if found else -1


def first_parameter(tree: Tree, function: Function, name: str) -> Edit | None:
    """A parameter more, as the first one."""
    at = opening_parenthesis(tree, function)
    if at < 0:
        return None
    return Edit(at, at, name if re.compile(r"\s*\)").match(tree.text, at) else f"{name}, ")


def without_parameter(tree: Tree, function: Function, argument: ast.arg) -> Edit:
    """A parameter less, with its comma; it has no default."""
    start, end = tree.span(argument)
    comma = re.compile(r"\s*,\s*").match(tree.text, end)
    if comma:
        return Edit(start, comma.end(), "")
    before = re.compile(r".*?(,\s*)\Z", re.S).match(tree.text[opening_parenthesis(tree, function) : start])
    return Edit(start - len(before[1]) if before else start, end, "")


def positional(function: Function) -> list[ast.arg]:
    """The parameters that can be passed by place."""
    return [*function.args.posonlyargs, *function.args.args]


def parameters_of(function: Function) -> list[ast.arg]:
    """All parameters in their order, `*args` and `**kwargs` included."""
    arguments = function.args
    more = [a for a in (arguments.vararg,) if a is not None]
    last = [a for a in (arguments.kwarg,) if a is not None]
    return [*positional(function), *more, *arguments.kwonlyargs, *last]


def default_of(function: Function, name: str) -> ast.expr | None:
    """A parameter's default."""
    plain = positional(function)
    pairs = [(a.arg, d) for a, d in zip(plain[::-1], function.args.defaults[::-1], strict=False)]
    pairs += [(a.arg, d) for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d]
    return dict(pairs).get(name)


def default_text(tree: Tree, function: Function, name: str) -> str | None:
    """A parameter's default as it is written."""
    node = default_of(function, name)
    return tree.source(node) if node is not None else None


def end_of_parameter(tree: Tree, function: Function, argument: ast.arg) -> int:
    """Where a parameter ends, with its default."""
    default = default_of(function, argument.arg)
    return tree.span(default if default is not None else argument)[1]


def parameter_text(tree: Tree, function: Function, argument: ast.arg) -> str:
    """A parameter as it is written: stars, annotation and default."""
    start = tree.span(argument)[0]
    stars = "*" if argument is function.args.vararg else "**" if argument is function.args.kwarg else ""
    return stars + tree.text[start : end_of_parameter(tree, function, argument)]


def end_of_parameters(tree: Tree, function: Function) -> int:
    """Where the closing parenthesis is; -1 when comments hide it."""
    after = [end_of_parameter(tree, function, argument) for argument in parameters_of(function)]
    at = max([opening_parenthesis(tree, function), *after])
    found = re.compile(r"[\s,*/]*(?:#[^\n]*\n[\s,]*)*\)").match(tree.text, at)
    return found.end() - 1 if found else -1
