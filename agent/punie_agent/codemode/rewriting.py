"""What Monty lacks, said in what it has. Lines stay where they are; errors lead back to the model's own text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from punie_agent.codemode.asynchrony import async_flavour, is_async
from punie_agent.codemode.callbacks import bound_names, may_suspend, top_names, unrolled_callbacks
from punie_agent.codemode.source_edits import Edit, Edited, Place, Text, apply

MOST_PASSES = 20

Pass = Callable[[ast.Module, Text], list[Edit]]


@dataclass
class Program:
    """A program as it was written and as it runs.

    Attributes:
        source: what the model wrote.
        code: what Monty gets; the same lines.
        tree: of the source; None when it is no Python.
        mistake: the line and the cause, when it is no Python.
        suspending: the functions of the program that call tools, and the ones before it.
        asynchronous: whether tools are awaited.
    """

    source: str
    code: str
    tree: ast.Module | None
    suspending: frozenset[str] = frozenset()
    asynchronous: bool = False
    mistake: tuple[int, str] = (0, "")
    edited: list[Edited] = field(default_factory=list)

    def original(self, place: Place) -> Place:
        """A place of `code` in `source`."""
        for step in reversed(self.edited):
            place = step.original(place)
        return place

    def line(self, number: int) -> str:
        """A line of the source, stripped."""
        lines = self.source.split("\n")
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    @property
    def names(self) -> frozenset[str]:
        """What the program defines at its top."""
        return top_names(self.tree) if self.tree else frozenset()


def rewrite(source: str, tools: Collection[str], suspending: Collection[str] = ()) -> Program:
    """A program made ready for Monty.

    Args:
        source: what the model wrote.
        tools: the names that programs can call.
        suspending: names of earlier programs whose functions call tools.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n").expandtabs() if "\r" in source else source
    tree = _parse(source)
    if tree is None:
        return Program(source, source, None, mistake=_mistake(source))
    asynchronous = is_async(tree)
    calls_tools = may_suspend(tree, frozenset(tools) | frozenset(suspending))
    program = Program(source, source, tree, calls_tools - frozenset(tools), asynchronous)
    bound = bound_names(tree)
    _until_done(program, lambda tree, text: list(_statements(tree, text)))
    _until_done(program, lambda tree, text: unrolled_callbacks(tree, text, bound, calls_tools))
    _until_done(program, lambda tree, text: list(_first_of_generator(tree, text, bound)))
    if asynchronous:
        _once(program, lambda tree, text: async_flavour(tree, text, tools))
    return program


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _mistake(source: str) -> tuple[int, str]:
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError):
        pass
    return 0, ""


def _until_done(program: Program, find: Pass) -> None:
    for _ in range(MOST_PASSES):
        if not _once(program, find):
            return


def _once(program: Program, find: Pass) -> bool:
    tree = _parse(program.code)
    try:
        edits = find(tree, Text(program.code)) if tree else []
    except RecursionError:  # an expression so deep that it cannot be written anew
        return False
    if not edits:
        return False
    edited = apply(program.code, edits)
    if _parse(edited.text) is None:
        return False
    program.edited.append(edited)
    program.code = edited.text
    return True


def _statements(tree: ast.Module, text: Text) -> Iterator[Edit]:
    for node in ast.walk(tree):
        match node:
            case ast.Delete():
                yield from _without_del(node, text)
            case ast.ImportFrom(module="__future__"):
                yield Edit(text.start(node), text.end(node), "pass")
            case ast.ImportFrom(module="collections.abc"):
                at = text.text.index("collections.abc", text.start(node))
                yield Edit(at, at + len("collections.abc"), "typing")
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="asyncio"), attr="create_task" | "ensure_future"),
                args=[_],
                keywords=[],
            ):
                yield Edit(text.start(node.func), text.end(node.func), "")


def _without_del(node: ast.Delete, text: Text) -> Iterator[Edit]:
    """`del d[k]` is `d.pop(k)`, `del xs[a:b]` is `xs[a:b] = []`, and a name may as well stay."""
    if not all(isinstance(t, ast.Name | ast.Subscript) for t in node.targets):
        return
    if all(isinstance(target, ast.Name) for target in node.targets):
        yield Edit(text.start(node), text.end(node), "pass")
        return
    at = text.start(node)
    for target in node.targets:
        if not isinstance(target, ast.Subscript):
            yield Edit(at, text.end(target), "; pass" if at > text.start(node) else "pass")
        else:
            yield Edit(at, text.start(target), "; " if at > text.start(node) else "")
            yield from _without_item(target, text)
        at = text.end(target)


def _without_item(target: ast.Subscript, text: Text) -> Iterator[Edit]:
    end = text.end(target)
    if isinstance(target.slice, ast.Slice):
        yield Edit(end, end, " = []")
        return
    bracket = text.text.index("[", text.end(target.value))
    several = isinstance(target.slice, ast.Tuple) and text.text[text.start(target.slice)] != "("
    yield Edit(bracket, bracket + 1, ".pop((" if several else ".pop(")
    yield Edit(end - 1, end, "))" if several else ")")


def _first_of_generator(tree: ast.Module, text: Text, bound: Collection[str]) -> Iterator[Edit]:
    """`next(x for x in xs)`: Monty's generator expressions are lists, which `next` does not take."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp() as first, *_]) if "next" not in bound:
                start, end = text.start(first), text.end(first)
                alone = start == text.end(node.func)
                yield Edit(start, start, "(iter" if alone else "iter(")
                yield Edit(end, end, ")")
