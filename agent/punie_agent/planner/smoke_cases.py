"""Which calls a smoke test can make: public functions and classes, with simple values, that stay in the program."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from punie_agent.planner.docstrings import Function, definition_at, parsed
from punie_agent.planner.telling import code

MOST_CASES = 40

_VALUES = {
    **{
        "int": "1",
        "float": "1.0",
        "str": '"text"',
        "bool": "True",
        "bytes": 'b"data"',
        "complex": "1j",
        "None": "None",
    },
    **{
        "list": "[]",
        "List": "[]",
        "dict": "{}",
        "Dict": "{}",
        "set": "set()",
        "Set": "set()",
        "frozenset": "frozenset()",
    },
    **{
        "Sequence": "[]",
        "Iterable": "[]",
        "Collection": "[]",
        "Mapping": "{}",
        "Optional": "None",
        "object": "1",
        "Any": "1",
    },
}

_CHECKS = {
    **{name: name for name in ("int", "str", "bool", "bytes", "list", "dict", "set", "frozenset", "tuple")},
    **{"float": "int | float"},
}

# What calls these, or the names below, may do something outside the program; no test is written for it.
_OUTSIDE = """
os shutil subprocess socket sys pathlib requests httpx urllib http smtplib ftplib sqlite3 signal multiprocessing
threading asyncio ctypes importlib tempfile webbrowser aiohttp boto3 psycopg paramiko sqlalchemy redis
"""

_REACHES_OUT = frozenset(_OUTSIDE.split())

_ACTS = frozenset(["open", "exec", "eval", "input", "exit", "quit", "compile", "__import__", "breakpoint"])

_CHANGING = "delete remove drop kill send write save store upload publish deploy purge wipe clear reset main run"

_VERBS = frozenset(_CHANGING.split())


@dataclass(frozen=True)
class Case:
    """One test: its name, and the lines of its body."""

    name: str
    lines: tuple[str, ...]


def cases_for(text: str, line: int) -> tuple[list[str], list[Case], list[str]]:
    """Names to import, tests, and why some definitions have none. A line of 0 means the whole file."""
    tree = parsed(text)
    top = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    method = ""
    if line:
        chosen = definition_at(tree, line)
        if chosen is None:
            raise ValueError("there is no function or class at that place.")
        top = [n for n in top if n.lineno <= chosen.lineno <= (n.end_lineno or 0)]
        method = "" if chosen in top else chosen.name
    outside = _outside_names(tree)
    names, cases, skipped = [], [], []
    for node in top:
        if node.name.startswith("_") and not line:
            continue
        found = (
            _class_cases(node, outside, method) if isinstance(node, ast.ClassDef) else _function_cases(node, outside)
        )
        new = [item for item in found if isinstance(item, Case)]
        skipped += [item for item in found if isinstance(item, str)]
        names += [node.name] if new else []
        cases += new
    return names, cases[:MOST_CASES], skipped


def _outside_names(tree: ast.Module) -> frozenset[str]:
    """Names that lead out of the program: imports of such modules, and functions of this file that use them."""
    names = set(_ACTS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [a for a in node.names if a.name.partition(".")[0] in _REACHES_OUT]
            names |= {(a.asname or a.name).partition(".")[0] for a in found}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _REACHES_OUT:
            names |= {a.asname or a.name for a in node.names}
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    grown = True
    while grown:
        more = {f.name for f in functions if f.name not in names and _mentions(f, frozenset(names))}
        names |= more
        grown = bool(more)
    return frozenset(names)


def _mentions(node: ast.AST, names: frozenset[str]) -> bool:
    words = (
        n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(node) if isinstance(n, ast.Name | ast.Attribute)
    )
    return any(word in names for word in words)


def _function_cases(node: Function, outside: frozenset[str]) -> list[Case | str]:
    why = _unfit(node, outside)
    arguments = _arguments(node.args, skip_first=False)
    if why or arguments is None:
        return [f"{code(node.name)}: {why or 'its parameters have no simple types'}"]
    return [Case(f"test_{node.name.strip('_')}_runs", tuple(_call(f"{node.name}({arguments})", node)))]


def _class_cases(node: ast.ClassDef, outside: frozenset[str], method: str) -> list[Case | str]:
    made = _construction(node, outside)
    if not made.startswith(f"{node.name}("):
        return [f"{code(node.name)}: {made}"]
    stem = f"test_{_snake(node.name)}"
    found: list[Case | str] = []
    if not method:
        found.append(Case(f"{stem}_can_be_made", (f"assert isinstance({made}, {node.name})",)))
    for item in node.body:
        if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) or item.name.startswith("_"):
            continue
        if method and item.name != method:
            continue
        found += _method_cases(node.name, item, made, stem, outside)
    return found


def _method_cases(owner: str, item: Function, made: str, stem: str, outside: frozenset[str]) -> Iterator[Case | str]:
    marks = {ast.unparse(d) for d in item.decorator_list}
    if marks - {"property", "cached_property", "functools.cached_property"}:
        return
    why, arguments = _unfit(item, outside), _arguments(item.args, skip_first=True)
    if why or arguments is None:
        yield f"{code(f'{owner}.{item.name}')}: {why or 'its parameters have no simple types'}"
        return
    call = f"{made}.{item.name}" if marks else f"{made}.{item.name}({arguments})"
    yield Case(f"{stem}_{item.name}_runs", tuple(_call(call, item)))


def _construction(node: ast.ClassDef, outside: frozenset[str]) -> str:
    """The call that makes an object, or why there is none."""
    init = next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    if any(isinstance(n, ast.FunctionDef) and "abstractmethod" in ast.unparse(n) for n in node.body):
        return "it is abstract"
    if init is not None:
        arguments = None if _mentions(init, outside) else _arguments(init.args, skip_first=True)
    elif any("dataclass" in ast.unparse(d) for d in node.decorator_list):
        fields = [n for n in node.body if isinstance(n, ast.AnnAssign) and n.value is None]
        values = [value_for(n.annotation) for n in fields]
        arguments = None if None in values or node.bases else ", ".join(v for v in values if v)
    else:
        arguments = "" if not node.bases else None
    return "it cannot be made from simple values" if arguments is None else f"{node.name}({arguments})"


def _unfit(node: Function, outside: frozenset[str]) -> str:
    if isinstance(node, ast.AsyncFunctionDef):
        return "it is asynchronous"
    if node.name.strip("_").split("_")[0] in _VERBS:
        return "by its name it changes something"
    return "it may reach outside the program (files, network, processes)" if _mentions(node, outside) else ""


def _arguments(args: ast.arguments, *, skip_first: bool) -> str | None:
    """Values for what has no default; None when one has no simple type."""
    plain = [*args.posonlyargs, *args.args]
    needed = plain[: len(plain) - len(args.defaults)][1 if skip_first else 0 :]
    named = [a for a, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is None]
    values = [value_for(a.annotation) for a in needed]
    named_values = [value_for(a.annotation) for a in named]
    if None in values or None in named_values:
        return None
    keywords = [f"{a.arg}={v}" for a, v in zip(named, named_values, strict=True)]
    return ", ".join([*(v for v in values if v), *keywords])


def value_for(annotation: ast.expr | None) -> str | None:
    """A simple value of a type, as source; None when there is none."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return "None" if _name(right) == "None" or _name(left) == "None" else value_for(left)
        case ast.Subscript(value=base, slice=inner) if _name(base) == "Literal":
            first = inner.elts[0] if isinstance(inner, ast.Tuple) else inner
            return ast.unparse(first)
        case ast.Subscript(value=base, slice=ast.Tuple(elts=[_, ast.Constant(value=ellipsis)])) if (
            _name(base) == "tuple"
        ):
            return "()" if ellipsis is Ellipsis else None
        case ast.Subscript(value=base):
            return _VALUES.get(_name(base)) if _name(base) != "tuple" else None
        case None:
            return None
        case _:
            return _VALUES.get(_name(annotation))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and node.value is None:
        return "None"
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _call(call: str, node: Function) -> list[str]:
    returns = node.returns
    if returns is not None and _name(returns) == "None":
        return [call]
    base = returns.value if isinstance(returns, ast.Subscript) else returns
    check = _CHECKS.get(_name(base)) if base is not None else None
    return [f"assert isinstance({call}, {check})"] if check else [f"_ = {call}"]


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
