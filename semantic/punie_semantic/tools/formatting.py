"""ruff's rewriting as tools: formatting, imports in order, an import added, unused names removed."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path

from punie_semantic import ruff_rewrite
from punie_semantic.exceptions import EditError, SourceError
from punie_semantic.layout import take_form
from punie_semantic.paths import inside
from punie_semantic.places import python_file
from punie_semantic.results import CleanupResult, EditResult, EditsResult
from punie_semantic.text_edits import split_lines
from punie_semantic.workspace import Workspace
from punie_semantic.writing import all_or_nothing, put, put_all

SORTING = ("I001",)
UNUSED = ("F401", "F811", "F841")
MAX_FORMATTED = 500


async def format_code(workspace: Workspace, path: str, start_line: int = 0, end_line: int = 0) -> EditResult:
    """Format a file with ruff and the project's settings, or only the statements in some of its lines.

    Example: `format_code("src/app.py", 10, 20).diff`
    """
    file = python_file(workspace, path)
    text = workspace.overlay.text(file)
    lines = None
    if start_line or end_line:
        count = max(len(split_lines(text)), 1)
        lines = (start_line or 1, min(end_line or count, count))
        if not 1 <= lines[0] <= lines[1]:
            raise EditError(f"Lines {start_line} to {end_line} are no range of {path}, which has {count} lines.")
    after = await ruff_rewrite.formatted(workspace.root, file, text, lines=lines)
    return await put(workspace, file, take_form(text, after))


async def ruff_format(workspace: Workspace, path: str = ".") -> EditsResult:
    """Format every Python file of a folder with ruff. `note` names the files that do not parse and were left alone.

    Example: `ruff_format("src").files`
    """
    below = inside(workspace.root, path)
    files = [file for file in workspace.files.paths if file.is_relative_to(below) and workspace.overlay.exists(file)]
    if not below.is_dir() and files in ([], [below]):
        files = [python_file(workspace, path)]
    if len(files) > MAX_FORMATTED:
        raise EditError(
            f"{path} has {len(files)} Python files; at most {MAX_FORMATTED} are formatted. Pass a subfolder."
        )
    texts: dict[Path, str] = {}
    left: list[str] = []
    for file in files:
        try:
            text = workspace.overlay.text(file)
            after = take_form(text, await ruff_rewrite.formatted(workspace.root, file, text))
        except (EditError, SourceError) as error:
            left.append(str(error))
            continue
        if after != text:
            texts[file] = after
    return await put_all(workspace, texts, note=" ".join(left))


async def organize_imports(workspace: Workspace, path: str) -> EditResult:
    """Sort and group a file's imports as ruff's isort does, with the project's settings. Nothing is removed.

    Example: `organize_imports("src/app.py").changed`
    """
    file = python_file(workspace, path)
    text = workspace.overlay.text(file)
    unsorted = await ruff_rewrite.found(workspace.root, file, text, SORTING)
    after = await ruff_rewrite.fixed(workspace.root, file, text, SORTING) if unsorted else text
    return await put(workspace, file, take_form(text, after))


async def add_import(workspace: Workspace, path: str, module: str, name: str = "", alias: str = "") -> EditResult:
    """Add `import module`, or `from module import name`, in its place at the top of a file; never twice.

    Refuses what would make modules import each other in a circle, and what cannot be imported.

    Example: `add_import("src/app.py", "pathlib", "Path").changed`
    """
    file = python_file(workspace, path)
    text = workspace.overlay.text(file)
    # libcst loads when it is needed, and off the loop.
    adding = await asyncio.to_thread(import_module, "punie_semantic.import_adding")
    after = adding.with_import(text, module, name, alias)
    if after == text:
        return await put(workspace, file, text, note="The file imports it already.")
    adding.check_no_cycle(workspace, file, module, name)
    if not await ruff_rewrite.found(workspace.root, file, text, SORTING):
        after = take_form(text, await ruff_rewrite.fixed(workspace.root, file, after, SORTING))
    with all_or_nothing(workspace):
        before = await workspace.checker.by_ty(file)
        result = await put(workspace, file, after)
        await adding.check_resolves(workspace, file, before, module, name)
    return result


async def remove_unused(workspace: Workspace, path: str) -> CleanupResult:
    """Remove unused imports and names, as far as it is safe. `removed` lists them, `left` what may be needed yet.

    Example: `remove_unused("src/app.py").removed`
    """
    file = python_file(workspace, path)
    text = workspace.overlay.text(file)
    before = await ruff_rewrite.found(workspace.root, file, text, UNUSED)
    after = text
    if any(finding.safe for finding in before):
        after = take_form(text, await ruff_rewrite.fixed(workspace.root, file, text, UNUSED))
    left = await ruff_rewrite.found(workspace.root, file, after, UNUSED) if after != text else before
    edit = await put(workspace, file, after)
    remaining = [_told(finding) for finding in left]
    kept = [finding.message for finding in left]
    removed = []
    for finding in before:
        if finding.message in kept:
            kept.remove(finding.message)
        else:
            removed.append(_told(finding))
    return CleanupResult(**edit.model_dump(), removed=removed, left=remaining)


def _told(finding: ruff_rewrite.Finding) -> str:
    return f"line {finding.line}: {finding.message} ({finding.code})"
