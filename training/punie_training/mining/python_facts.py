"""Definitions and tests of a Python file, read from its syntax tree. Imports and runs nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from punie_training.mining.facts import PytestCase, Symbol

MOST_SUMMARY = 300
Function = ast.FunctionDef | ast.AsyncFunctionDef


def symbols_of(tree: ast.Module) -> tuple[Symbol, ...]:
    """The classes, functions and methods at the top of a module and of its classes, in order."""
    found: list[Symbol] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found.append(_class(node))
            found += [_function(n, "method", f"{node.name}.") for n in node.body if isinstance(n, Function)]
        elif isinstance(node, Function):
            found.append(_function(node, "function", ""))
    return tuple(found)


def pytest_cases(tree: ast.Module) -> tuple[PytestCase, ...]:
    """The tests as pytest would find them by name, in order."""
    found: list[PytestCase] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            found += [_test(n, f"{node.name}.") for n in node.body if _is_test(n) and isinstance(n, Function)]
        elif _is_test(node) and isinstance(node, Function):
            found.append(_test(node, ""))
    return tuple(found)


def fixtures_of(tree: ast.Module) -> tuple[str, ...]:
    """The names of the module's pytest fixtures."""
    functions = [node for node in tree.body if isinstance(node, Function)]
    return tuple(n.name for n in functions if any(_dotted(d).endswith("fixture") for d in n.decorator_list))


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, Function) and node.name.startswith("test")


def _class(node: ast.ClassDef) -> Symbol:
    return Symbol(
        name=node.name,
        qualified_name=node.name,
        kind="class",
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        summary=_summary(node),
        bases=tuple(name for base in node.bases if (name := _dotted(base))),
    )


def _function(node: Function, kind: str, prefix: str) -> Symbol:
    parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return Symbol(
        name=node.name,
        qualified_name=f"{prefix}{node.name}",
        kind="method" if kind == "method" else "function",
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        summary=_summary(node),
        parameters=tuple(p.arg for p in parameters if p.arg not in ("self", "cls")),
        raises=_once(_raised(node)),
        calls=_once(_called(node)),
    )


def _test(node: Function, prefix: str) -> PytestCase:
    parameters = {argument.arg for argument in node.args.args} - {"self"}
    decorators = [_dotted(decorator) for decorator in node.decorator_list]
    return PytestCase(
        name=node.name,
        qualified_name=f"{prefix}{node.name}",
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        raises=_once(_expected(node)),
        fixtures=tuple(sorted(parameters)),
        calls=_once(_called(node)),
        parametrized=any(name.endswith("parametrize") for name in decorators),
    )


def _summary(node: ast.ClassDef | Function) -> str:
    """The first paragraph of the docstring, as one line."""
    docstring = ast.get_docstring(node) or ""
    text = " ".join(docstring.split("\n\n")[0].split())
    return text if len(text) <= MOST_SUMMARY else ""


def _inside(node: Function) -> Iterator[ast.AST]:
    """All that is in the body; decorators and defaults are the module's."""
    return (each for statement in node.body for each in ast.walk(statement))


def _raised(node: Function) -> Iterator[str]:
    for each in _inside(node):
        if isinstance(each, ast.Raise) and each.exc is not None:
            yield _dotted(each.exc)


def _expected(node: Function) -> Iterator[str]:
    """What stands in `raises(...)` and `assertRaises(...)`."""
    for each in _inside(node):
        if isinstance(each, ast.Call) and each.args and _dotted(each.func).rpartition(".")[2].lower() in _EXPECTING:
            yield _dotted(each.args[0])


_EXPECTING = frozenset({"raises", "assertraises", "assertraisesregex"})


def _called(node: Function) -> Iterator[str]:
    for each in _inside(node):
        if isinstance(each, ast.Call):
            yield _dotted(each.func).rpartition(".")[2]


def _dotted(node: ast.AST) -> str:
    """`a.b.C` of a name, an attribute, a call or a subscript; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            over = _dotted(value)
            return f"{over}.{name}" if over else name
        case ast.Call(func=value) | ast.Subscript(value=value):
            return _dotted(value)
        case _:
            return ""


def _once(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
