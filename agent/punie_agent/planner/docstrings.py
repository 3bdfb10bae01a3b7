"""A docstring from what the code says: parameters, results, errors. What they mean is left open, plainly."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import Literal

from punie_agent.planner.asking import asking, name_of
from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import block, code, joined, trouble

Convention = Literal["google", "numpy", "sphinx"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

OPEN = "TODO"
_SIGNS: dict[Convention, re.Pattern[str]] = {
    "google": re.compile(r"^\s*(?:Args|Returns|Raises|Yields|Attributes):\s*$", re.M),
    "numpy": re.compile(r"^\s*(?:Parameters|Returns|Raises|Yields)\s*\n\s*-{3,}\s*$", re.M),
    "sphinx": re.compile(r"^\s*:(?:param|type|return|returns|rtype|raises)\b", re.M),
}

READ_DEFINITION = """
if symbol:
    at = goto_definition(path, symbol=symbol)
    if at.state == "unknown" or not at.locations:
        raise ValueError(at.reason or "There is no definition of `" + symbol + "`.")
    if at.locations[0].external:
        raise ValueError("`" + symbol + "` is not defined in the project.")
    path, line = at.locations[0].file, at.locations[0].line
seen = read_file(path, 1, 100000)
{"file": path, "line": line, "text": seen.text}
"""

_WRITE = """
done = write_file(path, text)
{"changed": done.changed, "diff": done.diff, "error": done.syntax_error}
"""


def step_docstring(slots: Slots, results: Results) -> Step:
    """Read the definition, write the docstring, tell."""
    if not results:
        return asking(slots, READ_DEFINITION)
    if bad := trouble(results[-1]):
        return bad
    if len(results) == 1:
        read = results[0]
        try:
            return program(_WRITE, path=read["file"], text=with_docstring(read["text"], read["line"]))
        except ValueError as error:
            return Answer(f"No docstring was written for {code(name_of(slots))}: {error}")
    done = results[-1]
    said = f"What is marked {OPEN} the code does not say: fill it in, or take it out."
    head = f"Wrote the frame of a docstring for {code(name_of(slots))}, from its code. {said}"
    return Answer(joined(head, block(done["diff"], "diff")) if done["changed"] else "Nothing was changed.")


def with_docstring(text: str, line: int) -> str:
    """The file with a docstring for the definition at a line, which counts from 1. Raises ValueError with a reason."""
    tree = parsed(text)
    node = definition_at(tree, line)
    if node is None:
        raise ValueError("there is no function or class at that place.")
    if ast.get_docstring(node, clean=False) is not None:
        raise ValueError("it has one already.")
    first, at = node.body[0], _head_end(text, node)
    if first.lineno <= at:
        raise ValueError("its body is in the line of its head.")
    lines = text.split("\n")
    indent = re.match(r"\s*", lines[first.lineno - 1])
    new = docstring(node, convention_of(tree))
    end = "\r" if lines[0].endswith("\r") else ""
    prefix = indent.group() if indent else ""
    lines[at:at] = [(f"{prefix}{part}" if part else "") + end for part in new]
    after = "\n".join(lines)
    _check(tree, node, after)
    return after


def parsed(text: str) -> ast.Module:
    """The file's tree. Raises ValueError when it has a syntax error."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ValueError("the file has a syntax error. Correct it first.") from error


def _head_end(text: str, node: Definition) -> int:
    """The line, from 1, in which the head ends: that of the first colon outside brackets and before the body."""
    start = sum(len(part) + 1 for part in text.split("\n")[: node.lineno - 1])
    reader = io.StringIO(text[start:]).readline
    depth = 0
    try:
        for token in tokenize.generate_tokens(reader):
            if token.type != tokenize.OP:
                continue
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and not depth:
                return node.lineno + token.start[0] - 1
    except (tokenize.TokenError, SyntaxError):
        pass
    raise ValueError("its head is written in a way that Punie cannot add to.")


def _check(tree: ast.Module, node: Definition, after: str) -> None:
    """Nothing but the docstring may be new."""
    again = parsed(after)
    new = next((n for n in _definitions(again) if n.name == node.name and n.lineno == node.lineno), None)
    if new is None or ast.get_docstring(new) is None:
        raise ValueError("its head is written in a way that Punie cannot add to.")
    new.body = new.body[1:]
    if ast.dump(again) != ast.dump(tree):
        raise ValueError("its head is written in a way that Punie cannot add to.")


def definition_at(tree: ast.Module, line: int) -> Definition | None:
    """The innermost definition around a line, its decorators included."""
    around = [n for n in _definitions(tree) if _first_line(n) <= line <= (n.end_lineno or n.lineno)]
    return max(around, key=lambda n: n.lineno, default=None)


def _definitions(tree: ast.AST) -> Iterator[Definition]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))


def _first_line(node: Definition) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def convention_of(tree: ast.Module) -> Convention:
    """How the file's other docstrings are written; Google's way when they do not say."""
    texts = [ast.get_docstring(node) or "" for node in (tree, *_definitions(tree))]
    counts = {name: sum(bool(sign.search(text)) for text in texts) for name, sign in _SIGNS.items()}
    best: Convention = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "google"


def docstring(node: Definition, convention: Convention) -> list[str]:
    """The docstring's lines, without indentation."""
    words = " ".join(part for part in re.split(r"_+|(?<=[a-z0-9])(?=[A-Z])", node.name) if part)
    summary = f"{words[:1].upper()}{words[1:].lower()}. {OPEN}: describe it."
    if isinstance(node, ast.ClassDef):
        return [f'"""{summary}"""']
    sections = _SECTIONS[convention](parameters(node), result_kind(node), raised(node))
    return ['"""' + summary, "", *sections, '"""'] if sections else [f'"""{summary}"""']


def parameters(node: Function) -> list[str]:
    """The names of the parameters, without the first of a method, with their stars."""
    args = node.args
    plain = [a.arg for a in (*args.posonlyargs, *args.args)]
    if plain and plain[0] in ("self", "cls"):
        plain = plain[1:]
    star = [f"*{args.vararg.arg}"] if args.vararg else []
    double = [f"**{args.kwarg.arg}"] if args.kwarg else []
    return [*plain, *star, *(a.arg for a in args.kwonlyargs), *double]


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a function, but not in functions and classes inside it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from own_nodes(child)


def result_kind(node: Function) -> Literal["", "Returns", "Yields"]:
    """What the function gives, if anything."""
    nodes = [n for part in node.body for n in (part, *own_nodes(part))]
    if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes):
        return "Yields"
    gives = any(isinstance(n, ast.Return) and not _is_none(n.value) for n in nodes)
    return "Returns" if gives or (node.returns is not None and not _is_none(node.returns)) else ""


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def raised(node: Function) -> list[str]:
    """The classes that its `raise` statements name, in order."""
    names: list[str] = []
    for found in (n for part in node.body for n in (part, *own_nodes(part))):
        if isinstance(found, ast.Raise) and found.exc is not None:
            what = found.exc.func if isinstance(found.exc, ast.Call) else found.exc
            name = ast.unparse(what) if isinstance(what, ast.Name | ast.Attribute) else ""
            if name and name.rpartition(".")[2][:1].isupper() and name not in names:
                names.append(name)
    return names


def _google(names: list[str], result: str, errors: list[str]) -> list[str]:
    groups = [
        ["Args:", *(f"    {name}: {OPEN}." for name in names)] if names else [],
        [f"{result}:", f"    {OPEN}."] if result else [],
        ["Raises:", *(f"    {name}: {OPEN}." for name in errors)] if errors else [],
    ]
    return _spaced(groups)


def _numpy(names: list[str], result: str, errors: list[str]) -> list[str]:
    groups = [
        ["Parameters", "----------", *(part for name in names for part in (name, f"    {OPEN}."))] if names else [],
        [result, "-" * len(result), f"{OPEN}"] if result else [],
        ["Raises", "------", *(part for name in errors for part in (name, f"    {OPEN}."))] if errors else [],
    ]
    return _spaced(groups)


def _sphinx(names: list[str], result: str, errors: list[str]) -> list[str]:
    return [
        *(f":param {name}: {OPEN}." for name in names),
        *([f":{'yields' if result == 'Yields' else 'returns'}: {OPEN}."] if result else []),
        *(f":raises {name}: {OPEN}." for name in errors),
    ]


def _spaced(groups: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for group in groups:
        lines += ["", *group] if lines and group else group
    return lines


_SECTIONS = {"google": _google, "numpy": _numpy, "sphinx": _sphinx}

RECIPES = (
    Recipe(
        name="write_docstring",
        does="Writes the frame of a docstring from the code",
        phrases=(
            (
                "(write|add|generate|create) [a|the] [missing] (docstring|documentation|docs|doc string) "
                "(for|to|of) {symbol}"
            ),
            "(write|add|generate|create) [a|the] (docstring|doc string)",
            "document {symbol}",
        ),
        example="write a docstring for Cart.total",
        step=step_docstring,
        edits=True,
        about="symbol",
        ask="For what? Say for example: `write a docstring for Cart.total`, or put the cursor on a definition.",
    ),
)
