"""Where an import goes in a file, whether it is there already, and whether it would close a circle."""

from __future__ import annotations

import keyword
from collections import deque
from pathlib import Path

import libcst as cst

from punie_semantic.checking import Findings
from punie_semantic.diagnostics import new_in
from punie_semantic.exceptions import EditError, RefactorError, SemanticError
from punie_semantic.imports import Import, absolute
from punie_semantic.module_imports import imports_of, runtime_imports
from punie_semantic.outlines import module_name, unsaved
from punie_semantic.places import PYTHON_FILES
from punie_semantic.refactor.tree import Tree
from punie_semantic.sources import line_ending
from punie_semantic.workspace import Workspace

UNRESOLVED = ("import-not-found", "unresolved-import")


def with_import(text: str, module: str, name: str, alias: str) -> str:
    """The text with the import after the last one at its top; the same text when it has it. Raises EditError."""
    _check_names(module, name, alias)
    try:
        tree = Tree.parse(text)
    except RefactorError as error:
        raise EditError(f"The import cannot be placed: {error}") from error
    wanted = Import(module, name, alias)
    for there in imports_of(tree, top_level=True):
        if there == wanted:
            return text
    _check_free(tree, wanted)
    return _inserted(tree, wanted.statement)


def _check_names(module: str, name: str, alias: str) -> None:
    parts = [part for part in module.lstrip(".").split(".") if part]
    if module.startswith(".") and not name:
        raise EditError("A relative import needs a name: pass module='.cart' with name='Cart'.")
    names = [*parts, *([name] if name and name != "*" else []), *([alias] if alias else [])]
    if (not module.strip(".") and not name) or ".." in module.lstrip("."):
        raise EditError(f"{module!r} is no module. Pass its dotted name.")
    for part in names:
        if not part.isidentifier() or keyword.iskeyword(part):
            raise EditError(f"{part!r} is no name that can be imported. Pass module='pkg.mod', and name='Thing'.")
    if name == "*" or (module == "__future__" and alias):
        raise EditError("Import the names that are needed, one by one, without `*`.")


def _check_free(tree: Tree, wanted: Import) -> None:
    """Refuse when the name means something else at the top of the file."""
    bound = wanted.binds
    for there in imports_of(tree, top_level=True):
        same_package = not there.name and not wanted.name and not there.alias and not wanted.alias
        if there.binds == bound and not same_package:
            raise EditError(f"{bound} is imported already, by `{there.statement}`. Pass another alias.")
    for statement in tree.module.body:
        if bound in _bound_by(statement):
            line = tree.text.count("\n", 0, tree.span(statement)[0]) + 1
            raise EditError(f"{bound} is defined in line {line} of this file already. Pass an alias.")


def _bound_by(statement: cst.BaseStatement | cst.BaseSmallStatement) -> set[str]:
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        return {statement.name.value}
    names: set[str] = set()
    for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
        targets = [t.target for t in small.targets] if isinstance(small, cst.Assign) else []
        if isinstance(small, cst.AnnAssign | cst.AugAssign):
            targets.append(small.target)
        names |= {target.value for target in targets if isinstance(target, cst.Name)}
    return names


def _inserted(tree: Tree, statement: str) -> str:
    """A new line after the imports at the top, or after docstring and opening comments."""
    future = statement.startswith("from __future__")
    at, has_imports = 0, False
    for number, line in enumerate(tree.module.body):
        smalls = line.body if isinstance(line, cst.SimpleStatementLine) else ()
        is_import = bool(smalls) and all(isinstance(small, cst.Import | cst.ImportFrom) for small in smalls)
        is_docstring = not number and bool(smalls) and _is_string(smalls[0])
        later = future and is_import and not tree.code(line).startswith("from __future__")
        if later or not (is_import or is_docstring):
            break
        at, has_imports = tree.line_end(tree.span(line)[1]), has_imports or is_import
    if not at:
        at = _after_opening_comments(tree)
    ending = line_ending(tree.text)
    before, after = tree.text[:at], tree.text[at:]
    if before and not before.endswith(("\n", "\r")):
        before += ending
    blank_before = ending if before and not has_imports else ""
    blank_after = ending if after and not has_imports and not after.startswith(("\n", "\r")) else ""
    return f"{before}{blank_before}{statement}{ending}{blank_after}{after}"


def _is_string(small: cst.BaseSmallStatement) -> bool:
    return isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString | cst.ConcatenatedString)


def _after_opening_comments(tree: Tree) -> int:
    """Where the comments that belong to the whole file end: a block that a blank line follows, or #! and the cookie."""
    at = block = 0
    for line in tree.text.splitlines(keepends=True):
        if line.startswith(("#!", "# -*-", "#-*-", "# coding", "# vim")):
            at = block + len(line)
        elif not line.strip():
            at = block if block else at
            break
        elif not line.startswith("#"):
            break
        block += len(line)
    return at


def check_no_cycle(workspace: Workspace, file: Path, module: str, name: str) -> None:
    """Refuse an import whose module imports this file when it is loaded. Raises EditError."""
    own = module_name(workspace.root, file)
    known = _modules(workspace)
    start = _loads(Import(module, name), own, file, own, known)
    queue: deque[tuple[str, tuple[str, ...]]] = deque((target, (target,)) for target in start)
    seen = set(start)
    while queue:
        here, way = queue.popleft()
        if known[here] == file:
            chain = " imports ".join([own, *way])
            raise EditError(
                f"That would be a circular import: {chain}. Import it inside of the function that needs it, "
                "or under `if TYPE_CHECKING:` when only annotations do."
            )
        for found in _read(workspace, known[here]):
            for target in _loads(found, here, known[here], own, known):
                if target not in seen:
                    seen.add(target)
                    queue.append((target, (*way, target)))


def _loads(found: Import, importer: str, path: Path, own: str, known: dict[str, Path]) -> list[str]:
    """The workspace's modules that an import loads. Packages around the file are loading already, so they count
    only when a name of theirs is wanted."""
    base = absolute(found.module, importer, path.stem == "__init__")
    wanted = base if found.name and f"{base}.{found.name}" not in known else ""
    modules = [m for m in found.modules(importer, path.stem == "__init__") if m in known]
    return [m for m in modules if m in (wanted, own) or not f"{own}.".startswith(f"{m}.")]


def _read(workspace: Workspace, path: Path) -> list[Import]:
    try:
        return list(runtime_imports(workspace.overlay.text(path)))
    except SemanticError:
        return []


def _modules(workspace: Workspace) -> dict[str, Path]:
    overlay = workspace.overlay
    paths = {*workspace.files.paths, *(p for p in unsaved(workspace) if p.suffix in PYTHON_FILES)}
    return {module_name(workspace.root, path): path for path in sorted(paths) if overlay.exists(path)}


async def check_resolves(workspace: Workspace, file: Path, before: Findings, module: str, name: str) -> None:
    """Refuse an import that ty cannot find. Raises EditError; what ty cannot answer is let through."""
    after = await workspace.checker.by_ty(file)
    if before.unknown or after.unknown:
        return
    for problem in new_in(after.problems, before.problems):
        if problem.code in UNRESOLVED:
            what = f"{name} in {module}" if name else module
            message = problem.message.splitlines()[0]
            raise EditError(f"There is no {what} to import: {message}. Look for it with find_symbol.")
