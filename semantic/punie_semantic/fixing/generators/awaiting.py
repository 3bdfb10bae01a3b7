"""`await` and `async`: missing or surplus, at the expression, at the statement, or at the function around."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.calling import Definition, Function, definition_of
from punie_semantic.fixing.generators.expression import Expression, expression_at, in_async, part_of, short
from punie_semantic.fixing.place import Place

GENERATOR = "await"
_COROUTINE = re.compile(r"`[^`]*\b(?:CoroutineType|Coroutine|Awaitable)\[")
_FORMS = (ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.comprehension)


async def generate(place: Place) -> list[Candidate]:
    """What a problem with a coroutine, with `await` or with an `async` statement may need."""
    found: list[Candidate] = []
    if _outside(place):
        found += _function_async(place)
    elif place.code == "invalid-await":
        found += await _surplus(place)
    else:
        if place.code in ("invalid-context-manager", "not-iterable"):
            found += _statement(place)
        if _COROUTINE.search(place.message):
            found += await _missing(place)
    return sorted(found, key=lambda candidate: -candidate.weight)


def _outside(place: Place) -> bool:
    return place.code in ("PLE1142", "F704") or "outside of an asynchronous function" in place.message


def _function_async(place: Place) -> Iterator[Candidate]:
    """`async def`, or no `await`."""
    node = place.tree.node_at(place.start, min(place.end, place.start + 5)) or place.tree.module
    function = place.tree.function_of(node)
    lambdas = [n for n in place.tree.parents(node) if isinstance(n, ast.Lambda)]
    if isinstance(function, ast.FunctionDef) and not lambdas:
        awaits = sum(isinstance(n, ast.Await | ast.AsyncWith | ast.AsyncFor) for n in ast.walk(function))
        awaited = _awaited(place, function.name)
        weight = min(0.82 + 0.05 * (awaits - 1) + 0.1 * bool(awaited), 0.97)
        if function.name.startswith("__") and function.name.endswith("__") and not function.name.startswith("__a"):
            weight = 0.1
        why = f"it awaits {awaits} times" if awaits > 1 else "it awaits"
        yield _made_async(place.tree.span(function)[0], function.name, weight, why)
    text = place.text[place.start : place.end]
    for word in ("await ", "async "):
        if text.startswith(word):
            edit = Edit(place.start, place.start + len(word), "")
            yield Candidate(f"Drop {word.strip()}", (edit,), "fix", GENERATOR, 0.4, "the function is not async")


def _made_async(start: int, name: str, weight: float, why: str, file: str = "") -> Candidate:
    return Candidate(f"Make {name} async", (Edit(start, start, "async "),), "fix", GENERATOR, weight, why, file)


def _awaited(place: Place, name: str) -> int:
    """How often the file awaits a function of this name."""
    return len(re.findall(rf"\bawait\s+(?:[\w.]+\.)?{re.escape(name)}\s*\(", place.text))


def _called(place: Place, name: str) -> int:
    return len(re.findall(rf"(?<!def )\b{re.escape(name)}\s*\(", place.text))


async def _surplus(place: Place) -> list[Candidate]:
    """No `await`; or the function that is called should be async."""
    node = place.tree.node_at(place.start, place.end)
    outer = next((n for n in (node, *place.tree.parents(node)) if isinstance(n, ast.Await)), None) if node else None
    at = place.tree.span(outer)[0] if outer is not None else place.text.rfind("await", 0, place.start)
    word = re.compile(r"await\s+").match(place.text, max(at, 0))
    found = []
    if word:
        edit = Edit(word.start(), word.end(), "")
        found.append(Candidate("Drop await", (edit,), "fix", GENERATOR, 0.75, "it is nothing to wait for"))
    inner = outer.value if outer is not None else node
    if isinstance(inner, ast.Call) and (definition := await definition_of(place, inner)) is not None:
        found += _definition_async(place, definition)
    return found


def _definition_async(place: Place, definition: Definition) -> Iterator[Candidate]:
    function = definition.function
    if not isinstance(function, ast.FunctionDef) or function.name == "__init__":
        return
    awaited, called = _awaited(place, function.name), _called(place, function.name)
    inside = any(isinstance(n, ast.Await | ast.AsyncWith | ast.AsyncFor) for n in ast.walk(function))
    weight = 0.92 if inside else 0.7 + 0.06 * min(awaited, 3) if awaited >= called and awaited > 1 else 0.4
    why = f"{awaited} of {called} calls await it"
    start = definition.tree.span(function)[0]
    yield _made_async(start, function.name, weight, why, definition.file)


def _statement(place: Place) -> Iterator[Candidate]:
    """`async with` for `with`, `for` for `async for` and so on."""
    node = place.tree.node_at(place.start, place.end)
    form = next((n for n in place.tree.parents(node) if isinstance(n, _FORMS)), None) if node is not None else None
    if node is None or form is None:
        return
    start = _keyword(place, form)
    word = re.compile(r"async\s+").match(place.text, start)
    if word is not None:
        sure = 0.95 if "sync context managers" in place.message or "not async-iterable" in place.message else 0.5
        yield Candidate("Drop async", (Edit(start, word.end(), ""),), "fix", GENERATOR, sure, "it is not asynchronous")
    elif in_async(place, node):
        sure = 0.95 if "async context managers" in place.message else 0.45
        why = "the function is async"
        yield Candidate("Make it async", (Edit(start, start, "async "),), "fix", GENERATOR, sure, why)
    elif isinstance(function := place.tree.function_of(node), ast.FunctionDef) and "async" in place.message:
        edits = (
            Edit(start, start, "async "),
            Edit(place.tree.span(function)[0], place.tree.span(function)[0], "async "),
        )
        title = f"Make it and {function.name} async"
        yield Candidate(title, edits, "fix", GENERATOR, 0.6, "it is asynchronous")


def _keyword(place: Place, form: ast.AST) -> int:
    """Where `for` or `with` of a statement or comprehension is, `async` included."""
    if not isinstance(form, ast.comprehension):
        return place.tree.span(form)[0]
    target = place.tree.span(form.target)[0]
    found = [m.start() for m in re.finditer(r"(?:async\s+)?\bfor\b", place.text[:target])]
    return found[-1] if found else target


async def _missing(place: Place) -> list[Candidate]:
    """`await` at the expression, or where the name at it gets its value."""
    here = expression_at(place, place.start, place.end)
    if here is None:
        return []
    here = _coroutine(here, place)
    found = list(_here(place, here))
    node = place.tree.node_at(here.start, here.end)
    node = node.value if isinstance(node, ast.Expr) else node
    if isinstance(node, ast.Call):
        definition = await definition_of(place, node)
        if definition is not None and isinstance(definition.function, ast.AsyncFunctionDef):
            found += _definition_sync(place, definition)
    return found


def _coroutine(here: Expression, place: Place) -> Expression:
    """The part of what is marked that is the coroutine: the whole, or what is before `.name` or `[…]`."""
    owner = here.node.value if isinstance(here.node, ast.Attribute) and "attribute" in place.message else None
    if isinstance(here.node, ast.BinOp | ast.Compare):
        left = here.node.left
        right = here.node.right if isinstance(here.node, ast.BinOp) else here.node.comparators[0]
        owner = left if re.search(r"of type `(?:types\.)?Coroutine", place.message) else right
    if isinstance(here.node, ast.Subscript) and "subscript" in place.message:
        owner = here.node.value
    return here if owner is None else part_of(place, here, owner)


def _here(place: Place, here: Expression) -> Iterator[Candidate]:
    follows = place.text[here.end : here.end + 1] in (".", "[") and place.text[here.end : here.end + 1] != ""
    text = f"(await {here.text})" if follows else f"await {here.text}"
    edit = Edit(here.start, here.end, text)
    title = f"Await {short(here.text)}"
    if in_async(place, here.around):
        weight = 0.96 if isinstance(here.node, ast.Call) else 0.6
        yield Candidate(title, (edit,), "fix", GENERATOR, weight, "it is a coroutine")
        return
    function = place.tree.function_of(here.around)
    if isinstance(function, ast.FunctionDef):
        start = place.tree.span(function)[0]
        weight = 0.75 if _awaited(place, function.name) else 0.4
        edits = (edit, Edit(start, start, "async "))
        yield Candidate(f"{title} and make {function.name} async", edits, "fix", GENERATOR, weight, "it is a coroutine")
    if "asyncio" in place.text:
        run = Edit(here.start, here.end, f"asyncio.run({here.text})")
        yield Candidate(f"Run {short(here.text)}", (run,), "unsafe_fix", GENERATOR, 0.4, "it is a coroutine")


def _definition_sync(place: Place, definition: Definition) -> Iterator[Candidate]:
    """`def` for `async def` when the body has nothing to wait for and the calls do not wait."""
    function: Function = definition.function
    inside = any(isinstance(n, ast.Await | ast.AsyncWith | ast.AsyncFor) for n in ast.walk(function))
    awaited, called = _awaited(place, function.name), _called(place, function.name)
    start = definition.tree.span(function)[0]
    word = re.compile(r"async\s+").match(definition.tree.text, start)
    if inside or word is None:
        return
    weight = 0.85 if not awaited and called > 1 else 0.6 if not awaited else 0.15
    title = f"Make {function.name} a plain function"
    why = f"it awaits nothing, and {called - awaited} of {called} calls do not await it"
    edit = Edit(start, word.end(), "")
    yield Candidate(title, (edit,), "fix", GENERATOR, weight, why, definition.file)
