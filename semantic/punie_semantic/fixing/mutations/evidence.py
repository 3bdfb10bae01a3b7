"""Why a test fails, as far as one run tells: the values it compared, the exception, the frames, and what follows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from punie_semantic.fixing.mutations.facts import Value, facts_of, items, number
from punie_semantic.fixing.tree import Tree

MOST_PAIRS = 20
_NOT_RAISED = re.compile(r"DID NOT RAISE <class '(?:[\w.<>]+\.)?(\w+)'>")
_UNEQUAL = re.compile(r"\A(?P<left>.+?) != (?P<right>.+?)(?: : .*| within .*)?\Z", re.S)
_REGEX = re.compile(r"(?:Expected regex|Regex): (?P<right>.+?)\n\s*(?:Actual message|Input): (?P<left>.+?)\Z", re.S)


@dataclass(frozen=True)
class Frame:
    """A frame of the traceback in the project."""

    file: str
    line: int
    name: str


@dataclass(frozen=True)
class Evidence:
    """What is known of one failure.

    Attributes:
        raised: the exception's class.
        message: its text.
        frames: the frames in the project, outermost first.
        pairs: (actual, expected) for each place where the compared values differ.
        wholes: the compared values as a whole, actual and expected; None when nothing was compared.
        expected_error: the exception that the test waits for; empty when it waits for none.
        facts: what these say about the fault: see `facts_of`.
    """

    raised: str
    message: str
    frames: tuple[Frame, ...]
    pairs: tuple[tuple[Value, Value], ...] = ()
    wholes: tuple[Value, Value] | None = None
    expected_error: str = ""
    facts: frozenset[str] = frozenset()


def evidence_of(failure: Mapping[str, Any], test_tree: Tree | None) -> Evidence:
    """What a failure tells; `test_tree` is that of the test's file, to see which side is the expected one."""
    frames = tuple(Frame(str(f), int(line), str(name)) for f, line, name in failure.get("frames", ()))
    message, raised = str(failure.get("message", "")), str(failure.get("type", ""))
    statement = _statement(test_tree, frames)
    wholes = _compared(failure, message, statement)
    pairs = tuple(_differences(*wholes))[:MOST_PAIRS] if wholes else ()
    found = _NOT_RAISED.search(message)
    expected = found[1] if found else _awaited(test_tree, frames)
    facts = facts_of(wholes, pairs, raised, message, expected, statement)
    return Evidence(raised, message, frames, pairs, wholes, expected, frozenset(facts))


def _statement(tree: Tree | None, frames: Sequence[Frame]) -> ast.stmt | None:
    """The statement of the test that was running."""
    found = None
    for node in tree.nodes if tree and frames else ():
        inside = isinstance(node, ast.stmt) and node.lineno <= frames[0].line <= (node.end_lineno or node.lineno)
        if isinstance(node, ast.stmt) and inside and (found is None or node.lineno >= found.lineno):
            found = node
    return found


def _compared(failure: Mapping[str, Any], message: str, statement: ast.stmt | None) -> tuple[Value, Value] | None:
    """The actual value and the expected one."""
    found: tuple[Value, Value] | None = None
    compared = failure.get("compared") or []
    if compared and compared[-1]["op"] in ("==", "is", "in"):
        found = compared[-1]["left"], compared[-1]["right"]
    elif match := _UNEQUAL.match(message) or _REGEX.search(message):
        found = _literal(match["left"]), _literal(match["right"])
    if found is None:
        return None
    actual, expected = (_approximated(value) for value in found)
    return (expected, actual) if _is_turned(statement) else (actual, expected)


def _literal(text: str) -> Value:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return {"type": "", "repr": text}
    return _plain(value)


def _plain(value: Value) -> Value:
    if isinstance(value, list | tuple | set):
        return {"type": type(value).__name__, "items": [_plain(item) for item in value]}
    if isinstance(value, dict):
        return {"type": "dict", "pairs": [[_plain(k), _plain(v)] for k, v in value.items()]}
    return value if value is None or isinstance(value, bool | int | float | str) else {"type": "", "repr": repr(value)}


def _approximated(value: Value) -> Value:
    return value["fields"]["expected"] if isinstance(value, dict) and "expected" in value.get("fields", {}) else value


def _is_turned(statement: ast.stmt | None) -> bool:
    """Whether the expected value stands first."""
    sides: list[ast.expr] = []
    if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Compare):
        sides = [statement.test.left, *statement.test.comparators]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        sides = statement.value.args[:2]
    return len(sides) == 2 and _is_literal(sides[0]) and not _is_literal(sides[1])


def _is_literal(node: ast.expr) -> bool:
    plain = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.USub, ast.Load)
    return all(isinstance(part, plain) for part in ast.walk(node)) or (
        isinstance(node, ast.Name) and node.id.startswith(("expected", "want"))
    )


def _awaited(tree: Tree | None, frames: Sequence[Frame]) -> str:
    """The exception of the `pytest.raises` around the statement that was running."""
    for node in tree.nodes if tree and frames else ():
        if isinstance(node, ast.With) and node.lineno <= frames[0].line <= (node.end_lineno or 0):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and call.args and ast.unparse(call.func).endswith(("raises", "Raises")):
                    return ast.unparse(call.args[0]).rpartition(".")[2]
    return ""


def _differences(actual: Value, expected: Value) -> Iterator[tuple[Value, Value]]:
    """The innermost values that differ, pair by pair."""
    if actual == expected and type(actual) is type(expected):
        return
    if isinstance(actual, dict) and isinstance(expected, dict) and actual.get("type") == expected.get("type"):
        parts = list(_parts(actual, expected))
        if parts and number(actual) is None and "_name_" not in actual.get("fields", {}):
            for one, other in parts:
                yield from _differences(one, other)
            return
    yield actual, expected


def _parts(actual: dict[str, Any], expected: dict[str, Any]) -> Iterator[tuple[Value, Value]]:
    one, other = items(actual), items(expected)
    if one is not None and other is not None and len(one) == len(other):
        yield from zip(one, other, strict=True)
    if isinstance(actual.get("pairs"), list) and isinstance(expected.get("pairs"), list):
        wanted = {repr(key): value for key, value in expected["pairs"]}
        yield from ((value, wanted[repr(key)]) for key, value in actual["pairs"] if repr(key) in wanted)
    fields, others = actual.get("fields"), expected.get("fields")
    if isinstance(fields, dict) and isinstance(others, dict):
        yield from ((fields[key], others[key]) for key in fields if key in others)
