"""Refactorings of one file. Each is refused, with a reason, where it would not keep what the program does.

libcst loads when the first of them is called: nobody else pays for it.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from punie_semantic.diagnostics import Diagnostic, new_in
from punie_semantic.exceptions import RefactorError, SemanticError
from punie_semantic.paths import relative
from punie_semantic.places import position
from punie_semantic.results.refactor import RefactorResult
from punie_semantic.text_edits import unified_diff
from punie_semantic.tools.actions import apply_code_action, code_actions
from punie_semantic.wire.positions import TextLines
from punie_semantic.workspace import Workspace

if TYPE_CHECKING:
    from punie_semantic.refactor.base import Change, Context, Refactoring

MAX_NAMES = 50
MAX_IMPORTS = 5


async def extract_variable(
    workspace: Workspace,
    path: str,
    line: int,
    start_column: int,
    end_column: int,
    end_line: int = 0,
    name: str = "",
    every: bool = False,
) -> RefactorResult:
    """Name an expression in a line before its statement. `end_column` is behind its last character.

    `every` also replaces equal expressions below, where they surely have the same value.

    Example: `extract_variable("src/app.py", 12, 16, 28, name="amount").diff`
    """
    file, span = _span(workspace, path, (line, start_column), (end_line or line, end_column))
    return await refactor(workspace, "extract_variable", file, span, name=name, every=every)


async def extract_function(
    workspace: Workspace,
    path: str,
    start_line: int,
    end_line: int,
    start_column: int = 1,
    end_column: int = 0,
    name: str = "",
) -> RefactorResult:
    """Move whole lines, or with columns an expression, into a function or method of their own.

    Example: `extract_function("src/app.py", 12, 19, name="summed").diff`
    """
    file, _ = position(workspace, path, start_line, start_column)
    lines = TextLines(workspace.overlay.text(file))
    last = end_column or (len(lines.line(end_line - 1)) + 1 if 1 <= end_line <= len(lines) else 1)
    file, span = _span(workspace, path, (start_line, start_column), (end_line, last))
    return await refactor(workspace, "extract_function", file, span, name=name)


async def inline_variable(workspace: Workspace, path: str, line: int, column: int) -> RefactorResult:
    """Replace every use of a variable by its value and remove its assignment. Point at any place of its name.

    Example: `inline_variable("src/app.py", 12, 5).diff`
    """
    file, span = _span(workspace, path, (line, column), (line, column))
    return await refactor(workspace, "inline_variable", file, span)


async def annotate_types(workspace: Workspace, path: str, line: int, column: int = 1) -> RefactorResult:
    """Annotate what the function or assignment of a line gives, with the type that ty infers; adds its import.

    Example: `annotate_types("src/app.py", 12).diff`
    """
    file, span = _span(workspace, path, (line, column), (line, column))
    return await refactor(workspace, "annotate_types", file, span)


Span = tuple[int, int]


def _span(workspace: Workspace, path: str, start: Span, end: Span) -> tuple[Path, Span]:
    """The code points of a 1-based range. Raises PathError, SourceError or PositionError."""
    file, first = position(workspace, path, *start)
    _, last = position(workspace, path, *end)
    lines = TextLines(workspace.overlay.text(file))
    return file, (lines.offset(first, "utf-32"), lines.offset(last, "utf-32"))


async def refactor(
    workspace: Workspace, refactoring: str, file: Path, span: tuple[int, int], *, name: str = "", every: bool = False
) -> RefactorResult:
    """Apply one refactoring of the table to a file in the overlay: all of it or nothing.

    Args:
        workspace: where the file is.
        refactoring: its name in the table.
        file: an absolute path in the workspace.
        span: the selected code points.
        name: the name of what is extracted; empty for a suggestion.
        every: whether equal expressions are replaced as well.
    """
    before = workspace.overlay.text(file)
    start = workspace.overlay.checkpoint()
    change, after = await _changed(workspace, refactoring, file, before, span, name=name, every=every)
    try:
        workspace.overlay.write(file, after)
        if refactoring == "annotate_types":
            await _import_types(workspace, file, before)
        if change.wants_result_type:
            await _annotate_result(workspace, file, change.name)
    except BaseException:
        workspace.overlay.rollback(start)
        raise
    shown = relative(workspace.root, file)
    diff = unified_diff(before, workspace.overlay.text(file), shown)
    return RefactorResult(file=shown, changed=after != before, diff=diff, name=change.name)


async def _changed(
    workspace: Workspace, refactoring: str, file: Path, text: str, span: tuple[int, int], *, name: str, every: bool
) -> tuple[Change, str]:
    table = await asyncio.to_thread(import_module, "punie_semantic.refactor.table")
    trees = import_module("punie_semantic.refactor.tree")
    bases = import_module("punie_semantic.refactor.base")
    types = import_module("punie_semantic.refactor.types")
    tree = await asyncio.to_thread(trees.Tree.parse, text)
    context = bases.Context(tree, span, name, every, types.TyTypes(workspace.checker, file))
    change = await _free_of_others(workspace, file, table.REFACTORINGS[refactoring], context)
    after = change.applied_to(text)
    try:
        await asyncio.to_thread(trees.Tree.check, after)
    except RefactorError as error:
        raise RefactorError("The refactoring cannot be written at this place. Edit by hand.") from error
    return change, after


async def _free_of_others(workspace: Workspace, file: Path, chosen: Refactoring, context: Context) -> Change:
    """The change, once its name means nothing to other files: subclasses, or users of a private name."""
    change: Change = await chosen.apply(context)
    if change.removes_global:
        others = await asyncio.to_thread(_others_with, workspace, file, change.name)
        if others:
            raise RefactorError(f"{others[0]} mentions {change.name} too. Look at it, and edit by hand.")
    wished, first, number = bool(context.name), change.name, 2
    while change.adds_method and (others := await asyncio.to_thread(_others_with, workspace, file, change.name)):
        if wished or number > MAX_NAMES:
            raise RefactorError(f"{others[0]} uses the name {change.name}, maybe in a subclass. Pass another name.")
        change = await chosen.apply(replace(context, name=f"{first}_{number}"))
        number += 1
    return change


def _others_with(workspace: Workspace, file: Path, name: str) -> list[str]:
    """Other Python files of the workspace in which a word occurs."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    found = []
    for other in workspace.files.paths:
        try:
            if other != file and word.search(workspace.overlay.text(other)):
                found.append(relative(workspace.root, other))
        except SemanticError:
            continue
    return found


async def _annotate_result(workspace: Workspace, file: Path, name: str) -> None:
    """Annotate the result of a new function, when its type can be written without another import."""
    text = workspace.overlay.text(file)
    at = re.search(rf"\bdef {re.escape(name)}\(", text)
    assert at is not None
    try:
        span = (at.start(), at.start())
        _, after = await _changed(workspace, "annotate_types", file, text, span, name="", every=False)
        workspace.overlay.write(file, after)
        if await _new_problems(workspace, file, text):
            workspace.overlay.write(file, text)
    except RefactorError:
        workspace.overlay.write(file, text)


async def _import_types(workspace: Workspace, file: Path, before: str) -> None:
    """Import what the new annotation names. Raises RefactorError when ty is not content with it."""
    shown = relative(workspace.root, file)
    for _ in range(MAX_IMPORTS):
        news = await _new_problems(workspace, file, before)
        missing = [d for d in news if d.code == "unresolved-reference"]
        if not missing:
            break
        found = await code_actions(workspace, shown, missing[0].line + 1, "unresolved-reference")
        imports = [a for a in found.actions if a.kind == "import" and a.problem_id == missing[0].id]
        if not imports:
            raise RefactorError(f"A type of the annotation cannot be imported: {missing[0].message}")
        await apply_code_action(workspace, imports[0].id)
    news = await _new_problems(workspace, file, before)
    if news:
        raise RefactorError(f"With the annotation ty would report: {news[0].message}. Annotate it by hand.")


async def _new_problems(workspace: Workspace, file: Path, before: str) -> list[Diagnostic]:
    earlier = await workspace.checker.by_ty(file, {**workspace.overlay.state, file: before})
    now = await workspace.checker.by_ty(file)
    if earlier.unknown or now.unknown:
        raise RefactorError(f"The annotation could not be checked: {'; '.join([*earlier.unknown, *now.unknown])}")
    return new_in(now.problems, earlier.problems)
