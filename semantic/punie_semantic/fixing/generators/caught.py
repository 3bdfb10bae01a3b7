"""Which exception a `try` block is about, from what the block does. Knows no workspace."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from punie_semantic.fixing.tree import Tree

Guess = tuple[str, float, str]
_CALLS: dict[str, tuple[str, float]] = {
    "next": ("StopIteration", 0.86),
    "int": ("ValueError", 0.78),
    "float": ("ValueError", 0.78),
    "index": ("ValueError", 0.78),
    "remove": ("ValueError", 0.6),
    "strptime": ("ValueError", 0.78),
    "fromisoformat": ("ValueError", 0.78),
    "getattr": ("AttributeError", 0.78),
    "len": ("TypeError", 0.76),
    "iter": ("TypeError", 0.82),
    "hash": ("TypeError", 0.82),
    "issubclass": ("TypeError", 0.82),
    "open": ("OSError", 0.82),
    "read_text": ("OSError", 0.82),
    "write_text": ("OSError", 0.82),
    "read_bytes": ("OSError", 0.82),
    "unlink": ("OSError", 0.82),
    "makedirs": ("OSError", 0.82),
    "mkdir": ("OSError", 0.82),
    "stat": ("OSError", 0.82),
    "decode": ("UnicodeDecodeError", 0.82),
    "encode": ("UnicodeEncodeError", 0.78),
    "import_module": ("ImportError", 0.84),
    "__import__": ("ImportError", 0.84),
    "loads": ("ValueError", 0.7),
    "get_nowait": ("Empty", 0.7),
}


def guesses(tree: Tree, block: ast.Try) -> list[Guess]:
    """Exceptions that a block can raise, the likeliest first; those that handlers before have are left out."""
    known = [*_all(block), *_raised_around(tree, block), *_usual(tree, block)]
    taken = {n.id for h in block.handlers for n in ast.walk(h.type or h) if isinstance(n, ast.Name)}
    found: dict[str, Guess] = {}
    for name, weight, why in known:
        # The more a block does, the less its one call says.
        sure = weight - (0.06 * (len(block.body) - 1) if weight > 0.5 else 0)
        if name not in taken and sure > found.get(name, ("", 0.1, ""))[1]:
            found[name] = (name, sure, why)
    return sorted(found.values(), key=lambda guess: -guess[1])[:4]


def _raised_around(tree: Tree, block: ast.Try) -> Iterator[Guess]:
    """What the functions inside of the same function raise, and what the block itself raises."""
    function = tree.function_of(block)
    inner = [n for n in ast.walk(function) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)] if function else []
    for scope in (*(one for one in inner if one is not function), *block.body):
        for node in ast.walk(scope):
            called = node.exc.func if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) else None
            raised = called if called is not None else node.exc if isinstance(node, ast.Raise) else None
            if isinstance(raised, ast.Name):
                yield raised.id, 0.88, "it is raised in there"


def _usual(tree: Tree, block: ast.Try) -> Iterator[Guess]:
    """What the file catches where it tries the same call."""
    mine = _called(block)
    caught: Counter[str] = Counter()
    for other in tree.nodes:
        if isinstance(other, ast.Try) and other is not block and mine & _called(other):
            caught.update(tree.source(handler.type) for handler in other.handlers if handler.type is not None)
    for name, times in caught.most_common(3):
        # The wider one lets less through.
        yield name, 0.78 if name.startswith("(") else 0.74, f"the file catches it {times} times for the same call"


def _called(block: ast.Try) -> set[str]:
    calls = [n.func for statement in block.body for n in ast.walk(statement) if isinstance(n, ast.Call)]
    return {f.id if isinstance(f, ast.Name) else getattr(f, "attr", "") for f in calls} - {""}


def _all(block: ast.Try) -> Iterator[Guess]:
    for node in (node for statement in block.body for node in ast.walk(statement)):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield "ImportError", 0.92, "the block imports"
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _CALLS:
                exception, weight = _CALLS[name]
                yield exception, weight, f"{name} raises it"
            case ast.Subscript(slice=ast.Constant(value=int()) | ast.UnaryOp(operand=ast.Constant())):
                yield "IndexError", 0.72, "the block takes an item"
            case ast.Subscript(slice=ast.Slice()):
                pass
            case ast.Subscript(ctx=ast.Load() | ast.Del()):
                yield "KeyError", 0.81 if len(block.body) == 1 else 0.7, "the block looks something up"
            case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod(), right=ast.Name() | ast.Attribute()):
                yield "ZeroDivisionError", 0.7, "the block divides"
    yield from _whole(block)


def _whole(block: ast.Try) -> Iterator[Guess]:
    """What the block as a whole says."""
    if any(_makes_number(node) for statement in block.body for node in ast.walk(statement)):
        yield "(TypeError, ValueError)", 0.72 + 0.06 * len(block.body), "a number is made of it"
    only = block.body[0].value if len(block.body) == 1 and isinstance(block.body[0], ast.Expr | ast.Assign) else None
    if isinstance(only, ast.Attribute):
        yield "AttributeError", 0.85, "the block reads an attribute"
    elif isinstance(only, ast.Name):
        yield "NameError", 0.85, "the block reads a name"


def _makes_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "float")
