"""What a program calls, read from its syntax tree: the first tool, its arguments by name, equal programs.

Nothing is executed here, and nothing is known of models.
"""

from __future__ import annotations

import ast
import json
import posixpath
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from punie_semantic.registry import TOOLS

# Longer programs are no answers; parsing them could take all memory.
MOST_CHARACTERS = 20_000

_PATHS = ("path", "new_path", "cwd")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool as it is written."""

    tool: str
    node: ast.Call

    @property
    def arguments(self) -> dict[str, str] | None:
        """The arguments by name, each in one canonical form; None when the call does not fit the tool's signature.

        Defaults are filled in, and `./src/` is `src`.
        """
        if self._open_ended:
            return None
        keywords: dict[str, Any] = {str(k.arg): _plain(k.value) for k in self.node.keywords}
        return canonical(self.tool, tuple(_plain(a) for a in self.node.args), keywords)

    @property
    def fits(self) -> bool:
        """Whether the tool can be called like this, as far as the tree tells it."""
        return self._open_ended or self.arguments is not None

    @property
    def _open_ended(self) -> bool:
        """Whether it has `*` or `**`, which only running it tells."""
        return any(isinstance(a, ast.Starred) for a in self.node.args) or any(k.arg is None for k in self.node.keywords)


def parsed(code: str) -> ast.Module | None:
    """The syntax tree; None for what is no Python, or longer than any answer may be."""
    if len(code) > MOST_CHARACTERS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def first_call(code: str) -> ToolCall | None:
    """The tool call that is evaluated first; None when no tool is called or it is no Python."""
    return next(iter(tool_calls(code)), None)


def tool_calls(code: str) -> list[ToolCall]:
    """All tool calls, in the order of evaluation as far as the tree tells it; bodies of functions come last."""
    tree = parsed(code)
    if tree is None:
        return []
    later: list[ast.AST] = []
    found = [ToolCall(node.func.id, node) for node in _calls(tree, later) if isinstance(node.func, ast.Name)]
    while later:
        body, inner = later.pop(0), []
        found += [ToolCall(n.func.id, n) for n in _inside(body, inner) if isinstance(n.func, ast.Name)]
        later += inner
    return [call for call in found if call.tool in TOOLS]


def canonical(tool: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, str] | None:
    """The arguments of a call by name, in one form; None when they do not fit the tool's signature."""
    try:
        bound = TOOLS[tool].signature.bind(*args, **kwargs)
    except (TypeError, KeyError):
        return None
    bound.apply_defaults()
    return {name: one_form(name, value) for name, value in bound.arguments.items()}


def one_form(parameter: str, value: Any) -> str:  # noqa: ANN401 - any argument
    """An argument in the form in which arguments are compared."""
    return _text(_path(value) if parameter in _PATHS else value)


def same_program(one: str, other: str) -> bool:
    """Whether two programs have the same syntax tree: spaces, quotes and comments do not count."""
    first, second = parsed(one), parsed(other)
    return first is not None and second is not None and ast.dump(first) == ast.dump(second)


def _calls(node: ast.AST, later: list[ast.AST]) -> Iterator[ast.Call]:
    """Calls below a node, inner ones first; definitions are put off."""
    if isinstance(node, _DEFINITIONS):
        later.append(node)
        return
    yield from _children(node, later)
    if isinstance(node, ast.Call):
        yield node


def _inside(node: ast.AST, later: list[ast.AST]) -> Iterator[ast.Call]:
    yield from _children(node, later)


def _children(node: ast.AST, later: list[ast.AST]) -> Iterator[ast.Call]:
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, _COMPREHENSIONS):  # what is looped over is evaluated before what is made of it
        children.sort(key=lambda child: not isinstance(child, ast.comprehension))
    for child in children:
        yield from _calls(child, later)


def _plain(node: ast.expr) -> Any:  # noqa: ANN401 - a literal
    """A literal's value; of any other expression its tree, which equals that of the same expression only."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {"expression": ast.dump(node)}


def _path(value: Any) -> Any:  # noqa: ANN401 - any argument
    if not isinstance(value, str) or not value:
        return value
    return posixpath.normpath(value)


def _text(value: Any) -> str:  # noqa: ANN401 - any argument
    if isinstance(value, tuple):
        value = list(value)
    return json.dumps(value, sort_keys=True, default=repr)
