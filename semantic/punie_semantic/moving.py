"""Moving a file or a folder in the overlay, with everything that imports it; undone when ty finds new problems."""

from __future__ import annotations

import asyncio
import keyword
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.exceptions import EditError, PathError, RefactorError, SemanticError
from punie_semantic.module_moves import Follower, Importer
from punie_semantic.overlay import State
from punie_semantic.paths import inside, relative
from punie_semantic.places import PYTHON_FILES
from punie_semantic.project_files import SKIPPED_FOLDERS, imported_names
from punie_semantic.results import EditsResult
from punie_semantic.workspace import Workspace
from punie_semantic.writing import changes_since

MAX_CHECKED = 400
MAX_MENTIONS = 10


@dataclass(frozen=True)
class _Plan:
    """The files that move, the modules that get other names, and the importers as they are before and after."""

    paths: Mapping[Path, Path]
    modules: Mapping[str, str]
    before: Mapping[Path, Importer]
    after: Mapping[Path, Importer]


async def move(workspace: Workspace, path: str, new_path: str) -> EditsResult:
    """Move a file, or a folder with all in it; imports follow. Raises PathError, EditError or SourceError."""
    plan = await asyncio.to_thread(_plan, workspace, path, new_path)
    for old, new in plan.paths.items():
        if new.suffix not in PYTHON_FILES and (named := await importers(workspace, old)):
            raise EditError(f"{path} was not moved: {new.name} is no module, and {', '.join(named[:3])} import it.")
    users = await asyncio.to_thread(_users, workspace, plan)
    overlay = workspace.overlay
    number = overlay.checkpoint()
    start = overlay.checkpoint_state(number)
    problems: list[str] = []
    try:
        for keep_names in (False, True):
            for old, new in plan.paths.items():
                overlay.rename(old, new)
            await asyncio.to_thread(_follow, workspace, plan, users, keep_names)
            problems, unknown = await _new_problems(workspace, plan, users, start)
            if not problems:
                note = " ".join(filter(None, [_mentions(workspace, plan), unknown]))
                return await changes_since(workspace, start, note)
            overlay.rollback(number)
    except BaseException:
        overlay.rollback(number)
        raise
    raise EditError(f"{path} was not moved, because not all that uses it could follow: {'; '.join(problems[:3])}")


async def importers(workspace: Workspace, file: Path) -> list[str]:
    """The files that import a module by some name of it."""
    if file.suffix not in PYTHON_FILES:
        return []
    name = _Names(workspace, {}).of(file)
    return await asyncio.to_thread(_importing, workspace, file, name)


def _importing(workspace: Workspace, file: Path, name: str) -> list[str]:
    found = []
    for path, text in _texts(workspace, [name]).items():
        if path != file and name in imported_names(text, workspace.root, path):
            found.append(relative(workspace.root, path))
    return found


class _Names:
    """Modules' names, with some files in other places."""

    def __init__(self, workspace: Workspace, moved: Mapping[Path, Path]) -> None:
        self._workspace = workspace
        self._gone = set(moved)
        self._new = set(moved.values())

    def of(self, file: Path) -> str:
        """The dotted name by which a file is imported: from its topmost package on, without a `src` folder."""
        root = self._workspace.root
        parts = list(file.relative_to(root).with_suffix("").parts)
        start = len(parts) - 1
        while start and self._has(root.joinpath(*parts[:start]) / "__init__.py"):
            start -= 1
        if start == len(parts) - 1 and parts[-1] != "__init__":
            start = 1 if parts[0] == "src" and len(parts) > 1 else 0
        return ".".join(parts[start:-1] if parts[-1] == "__init__" else parts[start:])

    def _has(self, path: Path) -> bool:
        return path in self._new or (path not in self._gone and self._workspace.overlay.exists(path))


def _plan(workspace: Workspace, path: str, new_path: str) -> _Plan:
    old, new = inside(workspace.root, path), inside(workspace.root, new_path)
    if old.is_dir() and not workspace.overlay.exists(old):
        paths = _below(workspace, old, new)
    else:
        old = workspace.overlay.resolve(path)
        paths = {old: new}
        _check_target(workspace, old, new, new_path)
        for suffix, twin in ((".py", ".pyi"), (".pyi", ".py")):
            if old.suffix == suffix == new.suffix and workspace.overlay.exists(old.with_suffix(twin)):
                paths[old.with_suffix(twin)] = new.with_suffix(twin)
    names, new_names = _Names(workspace, {}), _Names(workspace, paths)
    python = {o: n for o, n in paths.items() if o.suffix in PYTHON_FILES and n.suffix in PYTHON_FILES}
    modules = {names.of(o): new_names.of(n) for o, n in python.items()}
    before = {o: Importer(names.of(o), o.stem == "__init__") for o in python}
    after = {o: Importer(new_names.of(n), n.stem == "__init__") for o, n in python.items()}
    return _Plan(paths, {o: n for o, n in modules.items() if o != n}, before, after)


def _check_target(workspace: Workspace, old: Path, new: Path, new_path: str) -> None:
    if new.is_dir() and not workspace.overlay.exists(new):
        raise PathError(f"{new_path} is a folder. Pass the file's whole new path, as {new_path}/{old.name}.")
    if workspace.overlay.exists(new) and old != new and old.name.lower() != new.name.lower():
        raise EditError(f"{new_path} exists already. Delete it first, or choose another path.")
    if new.suffix in PYTHON_FILES and new.stem != "__init__" and keyword.iskeyword(new.stem):
        raise EditError(f"{new.stem!r} is a Python keyword, so nothing could import the file. Choose another name.")
    if old.stem == "__init__" and old.suffix in PYTHON_FILES:
        others = [p for p in workspace.files.paths if p.is_relative_to(old.parent) and p.stem != "__init__"]
        if any(workspace.overlay.exists(p) for p in others):
            folder = relative(workspace.root, old.parent)
            raise EditError(f"Other modules of the package would lose it. Move the folder {folder} instead.")


def _below(workspace: Workspace, old: Path, new: Path) -> dict[Path, Path]:
    if old == workspace.root or new.is_relative_to(old):
        raise PathError("A folder cannot be moved into itself, nor the workspace. Choose another path.")
    if new.exists() or workspace.overlay.exists(new):
        raise EditError(f"{relative(workspace.root, new)} exists already. Choose another path.")
    files = {path for path in workspace.overlay.state if path.is_relative_to(old)}
    for folder, folders, names in os.walk(old):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS]
        files.update(Path(folder, name) for name in names)
    found = {path: new / path.relative_to(old) for path in sorted(files) if workspace.overlay.exists(path)}
    if not found:
        raise PathError(f"{relative(workspace.root, old)} has no file. Pass a file or a package.")
    return found


def _texts(workspace: Workspace, modules: list[str]) -> dict[Path, str]:
    """The Python files that mention the last part of one of the names, with their texts."""
    words = re.compile(rf"\b(?:{'|'.join(sorted({re.escape(m.rpartition('.')[2]) for m in modules}))})\b")
    overlay = workspace.overlay
    paths = {*workspace.files.paths, *(p for p in (*overlay.state, *overlay.buffers) if p.suffix in PYTHON_FILES)}
    found = {}
    for path in sorted(paths):
        try:
            text = overlay.text(path) if overlay.exists(path) else ""
        except SemanticError:
            continue
        if words.search(text):
            found[path] = text
    return found


def _users(workspace: Workspace, plan: _Plan) -> dict[Path, str]:
    """The files that may have to change, with their texts: those that mention a module, and those that move."""
    texts = _texts(workspace, list(plan.modules)) if plan.modules else {}
    return texts | {path: workspace.overlay.text(path) for path in plan.before}


def _follow(workspace: Workspace, plan: _Plan, users: Mapping[Path, str], keep_names: bool) -> None:
    names = _Names(workspace, {})
    for path, text in users.items():
        importer = Importer(names.of(path), path.stem == "__init__")
        before, after = plan.before.get(path, importer), plan.after.get(path, importer)
        try:
            followed = Follower(text, plan.modules, before, after, keep_names=keep_names).text
        except RefactorError as error:
            if imported_names(text, workspace.root, path) & plan.modules.keys() or path in plan.paths:
                raise EditError(f"{relative(workspace.root, path)} cannot follow the move: {error}") from error
            continue
        if followed != text:
            workspace.overlay.write(plan.paths.get(path, path), followed)


async def _new_problems(
    workspace: Workspace, plan: _Plan, users: Mapping[Path, str], start: State
) -> tuple[list[str], str]:
    """What ty finds now and did not before, in all files that mention the modules; and why it is not known."""
    paths = list(users)[:MAX_CHECKED]
    moved = [plan.paths.get(path, path) for path in paths]
    checker, state = workspace.checker, workspace.overlay.state
    await checker.prefetch(paths, start)
    before = [await checker.by_ty(path, start) for path in paths]
    await checker.prefetch(moved, state)
    after = [await checker.by_ty(path, state) for path in moved]
    problems: list[str] = []
    for earlier, now in zip(before, after, strict=True):
        if not earlier.unknown:
            left = Counter(_renamed(d.message, plan) for d in earlier.problems)
            for problem in now.problems:
                left[_renamed(problem.message, plan)] -= 1
                if left[_renamed(problem.message, plan)] < 0:
                    problems.append(f"{problem.file}:{problem.line + 1}: {problem.message.splitlines()[0]}")
    reasons = [reason for findings in (*before, *after) for reason in findings.unknown]
    if len(users) > len(paths):
        reasons.append(f"only {len(paths)} of {len(users)} files were checked")
    return problems, f"Not checked: {'; '.join(dict.fromkeys(reasons))}." if reasons else ""


def _renamed(message: str, plan: _Plan) -> str:
    for old, new in plan.modules.items():
        message = message.replace(f"`{old}`", f"`{new}`")
    return message


def _mentions(workspace: Workspace, plan: _Plan) -> str:
    """Where strings, comments and settings still have a module's old name."""
    if not plan.modules:
        return ""
    old = re.compile(rf"(?<![\w.])(?:{'|'.join(re.escape(m) for m in sorted(plan.modules, key=len, reverse=True))})\b")
    places = []
    for path, text in _texts(workspace, list(plan.modules)).items():
        for number, line in enumerate(text.split("\n"), start=1):
            if "." in (hit[0] if (hit := old.search(line)) else "") and len(places) < MAX_MENTIONS:
                places.append(f"{relative(workspace.root, path)}:{number}")
    return f"Still named in text: {', '.join(places)}." if places else ""
