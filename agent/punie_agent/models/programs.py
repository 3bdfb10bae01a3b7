"""Programs among text: does this Python call a tool, and what is the program of a fenced block?"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

from punie_agent.models.json_calls import call_of, calls_in, decode_at, load_object
from punie_agent.models.reading import RUN_CODE, Action, Known, Program, Reading

MAX_CODE = 200_000
MAX_FENCES = 12

PYTHON_LABELS = frozenset({"python", "py", "python3", "py3", "python-repl", "run_code", "tool_code", "execute"})
ALWAYS_RUN = frozenset({"tool_code", "run_code"})
DATA_LABELS = frozenset({"json", "tool_call", "xml", "tool_use"})

_HEAD = re.compile(r"(?P<fence>`{3,}|~{3,})[ \t]*(?P<label>[\w+.#-]*)[ \t]*(?P<rest>[^\n]*)")


def parse(code: str) -> ast.Module | None:
    """The syntax tree; None when it has none, or is too long to look."""
    if len(code) > MAX_CODE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def calls_tool(tree: ast.Module, known: Known) -> bool:
    """Whether running it calls a tool: a call in the body of a function counts when the function is called."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    waiting: list[ast.AST] = [node for node in tree.body if node not in functions.values()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name in known.tools or name == RUN_CODE:
                return True
            if name in functions:
                waiting.extend(functions.pop(name).body)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def as_actions(code: str, known: Known, *, sure: bool = False) -> tuple[Action, ...]:
    """What a piece of Python asks for: a program, or where programs are not run, the tool calls that it consists of.

    Args:
        code: the Python.
        known: the tools.
        sure: it was marked as a program, so that even one without tool calls is meant to run.
    """
    code = code.replace("\r\n", "\n").strip("\r\n")
    tree = parse(code)
    if tree is None:
        mentions = any(re.search(rf"\b{re.escape(name)}\s*\(", code) for name in known.tools)
        return (Program(code),) if known.programs and code.strip() and (sure or mentions) else ()
    if not tree.body or not (sure or calls_tool(tree, known)):
        return ()
    calls = literal_calls(tree, known)
    if not known.programs:
        return calls
    # A program that is nothing but `run_code("...")` means what is inside.
    return calls if calls and all(isinstance(call, Program) for call in calls) else (Program(code),)


def literal_calls(tree: ast.Module, known: Known) -> tuple[Action, ...]:
    """The calls of a program that consists of nothing but calls of tools with literal arguments."""
    found: list[Action] = []
    for statement in tree.body:
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.List):
            expressions: list[ast.expr] = value.elts
        else:
            expressions = [value] if value else []
        calls = [_literal_call(expression, known) for expression in expressions]
        if not calls or None in calls:
            return ()
        found.extend(call for call in calls if call)
    return tuple(found)


def _literal_call(node: ast.expr, known: Known) -> Action | None:
    if not isinstance(node, ast.Call):
        return None
    name = ast.unparse(node.func)
    if name == "print" and len(node.args) == 1:
        return _literal_call(node.args[0], known)
    tool = known.resolve(name)
    if tool is None:
        return None
    try:
        arguments = {k.arg: ast.literal_eval(k.value) for k in node.keywords if k.arg}
        positional = [ast.literal_eval(argument) for argument in node.args]
    except (ValueError, TypeError, RecursionError):
        return None
    if tool == RUN_CODE and known.programs and len(positional) == 1 and not arguments:
        arguments, positional = {"code": positional[0]}, []
    return None if positional else call_of(name, arguments, known)


def read_fence(text: str, start: int, known: Known, earlier: list[str], *, final: bool) -> Reading | None:
    """A fenced block; None while it is not finished. Python that is no program is kept in `earlier`."""
    head = _HEAD.match(text, start)
    if head is None or (head.end() == len(text) and not final):
        return None if not final else Reading(start + 3, text=text[start : start + 3])
    fence, label, rest = head["fence"], head["label"].lower(), head["rest"]
    if rest.rstrip().endswith(fence) and rest.strip() != fence:
        # All on one line.
        inside = rest.rstrip().removesuffix(fence)
        return _block(text, start, head.end(), inside, label, known, earlier)
    if rest.strip("` ") and label not in PYTHON_LABELS:
        return Reading(start + len(fence), text=text[start : start + len(fence)])
    body = head.end() + 1
    ends = _closings(text, body, fence, final=final)
    if not ends:
        if not final:
            return None
        return _block(text, start, len(text), text[body:], label, known, earlier)
    python = label in PYTHON_LABELS or not label
    for inside, end in ends:
        if not python or parse(text[body:inside]) is not None:
            return _block(text, start, end, text[body:inside], label, known, earlier)
    if not final:
        # The fence may be one inside a string of the program.
        return None
    inside, end = ends[0]
    return _block(text, start, end, text[body:inside], label, known, earlier)


def _closings(text: str, body: int, fence: str, *, final: bool) -> list[tuple[int, int]]:
    """Where the block may end: (end of its text, end of the closing fence)."""
    pattern = re.compile(
        rf"(?:^[ \t]*|(?<=[^\n{fence[0]}])){re.escape(fence)}{re.escape(fence[0])}*[ \t]*$", re.MULTILINE
    )
    found = []
    for match in pattern.finditer(text, body):
        # At the end of what has come so far, it may yet become a fence with a label.
        if match.end() < len(text) or final:
            found.append((match.start(), match.end()))
        if len(found) == MAX_FENCES:
            break
    return found


def _block(text: str, start: int, end: int, inside: str, label: str, known: Known, earlier: list[str]) -> Reading:
    actions: tuple[Action, ...] = ()
    if label in PYTHON_LABELS:
        actions = as_actions(_dedented(inside), known, sure=label in ALWAYS_RUN)
    if not actions and (label in DATA_LABELS or not label):
        value = load_object(inside) if inside.lstrip().startswith("{") else _list(inside)
        actions = calls_in(value, known)
    if not actions and not label and parse(_dedented(inside)) is not None:
        actions = as_actions(_dedented(inside), known)
    if not actions:
        if label in PYTHON_LABELS:
            earlier.append(inside)
        return Reading(end, text=text[start:end])
    if len(actions) == 1 and isinstance(actions[0], Program):
        actions = (Program(with_definitions(actions[0].code, earlier)),)
    return Reading(end, actions)


def _list(text: str) -> object:
    decoded = decode_at(text.strip(), 0) if text.lstrip().startswith("[") else None
    return decoded[0] if decoded else None


def _dedented(code: str) -> str:
    return textwrap.dedent(code)


def with_definitions(code: str, earlier: list[str]) -> str:
    """A program with those of the blocks before it that define names which it uses."""
    parts = [code]
    for block in reversed(earlier[-MAX_FENCES:]):
        tree, block_tree = parse("\n".join(parts)), parse(block)
        if tree is None or block_tree is None:
            continue
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        if used & _bound(block_tree) - _bound(tree):
            parts.insert(0, block.strip("\n"))
    return "\n".join(parts)


def _bound(tree: ast.Module) -> set[str]:
    """The names that a program's statements define at its top level."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        else:
            stores = (n for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            names.update(n.id for n in stores)
    return names
