"""Modules that import each other: the import that comes too early is made later, or only by type checkers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.import_lines import with_import
from punie_semantic.fixing.mutations.evidence import Evidence
from punie_semantic.fixing.mutations.proposing import Mutant
from punie_semantic.fixing.mutations.scene import Function, Mutation, Observed, Scene
from punie_semantic.fixing.mutations.suspicion import is_test
from punie_semantic.fixing.scope import bound_by
from punie_semantic.fixing.spots import body_start, removed
from punie_semantic.fixing.tree import Tree
from punie_semantic.imports import Import
from punie_semantic.workspace import Workspace

OPERATOR = "circular import"
_CIRCULAR = re.compile(r"partially initialized module '([\w.]+)'")
_FRAME = re.compile(r"^(\S[^\n:]*\.py):(\d+): in ", re.M)
_EARLIER = 0.8


def is_circular(error: str) -> bool:
    """Whether an error of Python says that modules import each other."""
    return _CIRCULAR.search(error) is not None


def mutants(workspace: Workspace, copy: Path, error: str) -> list[Mutant]:
    """The ways to break the circle, the likely ones first.

    Args:
        workspace: the project.
        copy: where the error happened.
        error: what pytest says of a file that it could not collect.
    """
    found: list[Mutant] = []
    sure = 1.0
    for file, line in reversed(list(_frames(copy, error))):
        try:
            path = workspace.overlay.resolve(file)
            scene = Scene(file, workspace.overlay.text(path), Evidence(raised="", message="", frames=()), Observed())
        except SemanticError:
            continue
        mutations = [] if scene.tree.broken else list(_broken_up(scene, line))
        found += [Mutant(scene, path, mutation.by(OPERATOR, 1.0), sure) for mutation in mutations]
        sure *= _EARLIER if mutations else 1.0
    return sorted(found, key=lambda mutant: -mutant.prior)


def _frames(copy: Path, error: str) -> Iterator[tuple[str, int]]:
    """The project's lines on the way to the error, the outermost first."""
    for name, line in dict.fromkeys(_FRAME.findall(error)):
        path = copy / name
        if path.is_file() and path.resolve().is_relative_to(copy.resolve()):
            file = path.resolve().relative_to(copy.resolve()).as_posix()
            if not is_test(file):
                yield file, int(line)


def _broken_up(scene: Scene, line: int) -> Iterator[Mutation]:
    """What can become of the import in a line of a module."""
    tree = scene.tree
    statement = next(
        (
            s
            for s in tree.module.body
            if isinstance(s, ast.Import | ast.ImportFrom) and s.lineno <= line <= (s.end_lineno or s.lineno)
        ),
        None,
    )
    gone = removed(tree, statement) if statement is not None else None
    if statement is None or gone is None or getattr(statement, "module", "") == "__future__":
        return
    names = {name for alias in statement.names for name in bound_by(alias)}
    uses = [n for n in tree.nodes if isinstance(n, ast.Name) and n.id in names]
    lazy = _has_lazy_annotations(tree.module)
    annotations = [use for use in uses if _is_annotation(tree, use)]
    quoted = any(_is_quoted(tree, node, names) for node in tree.nodes)
    if (uses or quoted) and len(annotations) == len(uses):
        yield from _for_checkers(scene, statement, gone, lazy=lazy)
    functions = _functions(tree, [use for use in uses if use not in annotations])
    if functions and (lazy or not annotations):
        edits = [gone, *(_at_start(tree, function, statement) for function in functions)]
        if annotations or quoted:
            edits += _under_type_checking(tree, statement)
        where = functions[0].name if len(functions) == 1 else f"{len(functions)} functions"
        why = "by then both modules are complete"
        title = f"Import {', '.join(sorted(names))} in {where}"
        yield Mutation(tuple(sorted(edits, key=lambda e: e.start)), title, 0.7, statement, why=why)


def _for_checkers(
    scene: Scene, statement: ast.Import | ast.ImportFrom, gone: Edit, *, lazy: bool
) -> Iterator[Mutation]:
    """Only annotations use it: no program needs it."""
    edits = [gone, *_under_type_checking(scene.tree, statement)]
    if not lazy:
        at = scene.tree.line_start(scene.tree.span(_first(scene.tree))[0])
        edits.append(Edit(at, at, "from __future__ import annotations\n\n"))
    names = ", ".join(name for alias in statement.names for name in bound_by(alias))
    why = "only annotations use it"
    ordered = tuple(sorted(edits, key=lambda e: e.start))
    yield Mutation(ordered, f"Import {names} for type checkers only", 0.95, statement, why=why)


def _under_type_checking(tree: Tree, statement: ast.Import | ast.ImportFrom) -> list[Edit]:
    """The statement in the block that only type checkers read, which is made when there is none."""
    blocks = [s for s in tree.module.body if isinstance(s, ast.If) and "TYPE_CHECKING" in tree.source(s.test)]
    text = tree.source(statement)
    if blocks:
        first = blocks[0].body[0]
        at = tree.line_start(tree.span(first)[0])
        return [Edit(at, at, f"{tree.indent(first)}{text}\n")]
    known = any(isinstance(s, ast.ImportFrom) and "TYPE_CHECKING" in tree.source(s) for s in tree.module.body)
    last = [s for s in tree.module.body if isinstance(s, ast.Import | ast.ImportFrom)][-1]
    end = tree.line_end(tree.span(last)[1])
    edits = [Edit(end, end, f"\nif TYPE_CHECKING:\n{tree.unit}{text}\n")]
    if not known:
        added = with_import(tree, Import("typing", "TYPE_CHECKING"))
        edits += [added] if added is not None else []
    return edits


def _first(tree: Tree) -> ast.stmt:
    """The first statement behind the module's docstring."""
    body = tree.module.body
    docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1] if docstring and len(body) > 1 else body[0]


def _has_lazy_annotations(module: ast.Module) -> bool:
    return any(
        isinstance(s, ast.ImportFrom) and s.module == "__future__" and s.names[0].name == "annotations"
        for s in module.body
    )


def _is_annotation(tree: Tree, node: ast.AST) -> bool:
    """Whether a name stands in an annotation."""
    inner = node
    for outer in tree.parents(node):
        if inner in (getattr(outer, "annotation", None), getattr(outer, "returns", None)):
            return True
        if isinstance(outer, ast.stmt):
            return False
        inner = outer
    return False


def _is_quoted(tree: Tree, node: ast.AST, names: set[str]) -> bool:
    """Whether a node is an annotation in quotes that names one of these."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    return bool(names & set(re.findall(r"\w+", node.value))) and _is_annotation(tree, node)


def _functions(tree: Tree, uses: Sequence[ast.Name]) -> list[Function]:
    """The functions whose bodies use it; none when anything else does, which runs when the module is imported."""
    found: list[Function] = []
    for use in uses:
        function = tree.function_of(use)
        if function is None or any(use in ast.walk(default) for default in _evaluated_early(function)):
            return []
        while (outer := tree.function_of(function)) is not None:
            function = outer
        if function not in found:
            found.append(function)
    return found


def _evaluated_early(function: Function) -> list[ast.expr]:
    defaults = [default for default in (*function.args.defaults, *function.args.kw_defaults) if default is not None]
    return [*defaults, *function.decorator_list]


def _at_start(tree: Tree, function: Function, statement: ast.Import | ast.ImportFrom) -> Edit:
    first = body_start(function)
    start = tree.span(first)[0]
    if tree.text[tree.line_start(start) : start].strip():  # `def f(): return x`
        return Edit(start, start, f"{tree.source(statement)}; ")
    at = tree.line_start(start)
    return Edit(at, at, f"{tree.indent(first)}{tree.source(statement)}\n\n")
