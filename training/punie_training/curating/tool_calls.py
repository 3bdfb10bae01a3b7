"""Which tools a program calls, read from its syntax. Runs nothing."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from punie_agent.models.small_prompt import program_in
from punie_training.dataset import Category

_BUILTINS = frozenset(dir(builtins))
CHECKS = frozenset({"typecheck", "ruff_check", "diagnostics", "verify_edits"})


@dataclass(frozen=True)
class ToolCalls:
    """The names that a program calls, each once, in order.

    Attributes:
        tools: those of the registry.
        unknown: those that are neither a tool, nor built in, nor defined in the program.
    """

    tools: tuple[str, ...]
    unknown: tuple[str, ...]


def tool_calls(program: str) -> ToolCalls:
    """What a program calls. Raises SyntaxError, or ValueError for NUL."""
    tree = parse(program)
    called = list(dict.fromkeys(_called(tree)))
    own = set(_defined(tree))
    names = known_tools()
    tools = tuple(name for name in called if name in names and name not in own)
    unknown = tuple(name for name in called if name not in names | own | _BUILTINS)
    return ToolCalls(tools, unknown)


def parse(program: str) -> ast.Module:
    """The syntax tree. Raises SyntaxError for all that cannot be parsed, however deep it is nested."""
    try:
        return ast.parse(program)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "nested too deep") from error


@cache
def known_tools() -> frozenset[str]:
    """The names of all tools."""
    from punie_semantic.registry import TOOLS  # the engine takes long to import

    return frozenset(TOOLS)


def tools_in(answer: str) -> tuple[str, ...]:
    """The tools that an answer's program calls; none for words and for what does not parse."""
    program = program_in(answer)
    if program is None:
        return ()
    try:
        return tool_calls(program).tools
    except SyntaxError:
        return ()


def category_of(answer: str) -> Category:
    """The category that an answer's form speaks for."""
    program = program_in(answer)
    tools = tools_in(answer)
    if program is None or not tools:
        return "direct"
    if "apply_code_action" in tools and set(tools) & CHECKS:
        return "check_and_fix"
    if len(tools) > 1:
        return "multi_step"
    return "field_access" if any(_is_field(node) for node in ast.walk(parse(program))) else "single_tool"


def _is_field(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)


def _called(tree: ast.AST) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    for call in calls:
        if isinstance(call.func, ast.Name):
            yield call.func.id


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case _:
                pass
