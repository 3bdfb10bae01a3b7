"""Add type annotations from inferred types: a function's result, or a variable or attribute."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.base import Change, Context, Edit
from punie_semantic.refactor.flow import Flow
from punie_semantic.refactor.regions import Region
from punie_semantic.refactor.scopes import Scopes
from punie_semantic.refactor.spelling import missing_name, spelled, union, visible_types
from punie_semantic.refactor.tree import Span, Tree, walk

_OPEN_ENDED = frozenset({"abstractmethod", "overload"})


@dataclass(frozen=True)
class _Target:
    """What is annotated: where the text goes, in which form, and the expressions whose types it has."""

    name: str
    offset: int
    form: str
    values: tuple[Span, ...]
    may_be_none: bool
    plain_none: bool


class AnnotateTypes:
    """`def total(self):` becomes `def total(self) -> int:`, and `names = []` of strings `names: list[str] = []`."""

    name = "annotate_types"
    kind = "refactor.rewrite.annotate"
    title = "Add type annotation"

    def offer(self, context: Context) -> bool:
        """Whether there is a function or variable without annotation here."""
        node = _annotated_node(context.tree, context.selection)
        return isinstance(node, cst.Assign) or node.returns is None

    async def apply(self, context: Context) -> Change:
        """The annotation. A type whose name is not imported is written all the same, for the caller to import."""
        if context.types is None:
            raise RefactorError("Types come from ty, which is not there.")
        scopes = await asyncio.to_thread(Scopes, context.tree)
        target = await asyncio.to_thread(_target, context.tree, scopes, context.selection)
        shown = await context.types.of(target.values)
        names = visible_types(context.tree, scopes, target.offset)
        wanted = {name for display in shown if (name := missing_name(display, names))}
        found = [spelled(display, names | wanted) for display in shown]
        if not all(found):
            unclear = next(display for display, text in zip(shown, found, strict=True) if not text)
            raise RefactorError(
                f"ty infers {unclear or 'no type'} for {target.name}, which cannot be written as an annotation here."
            )
        text = union([*found, *(["None"] if target.may_be_none else [])])
        if text == "None" and not target.plain_none:
            raise RefactorError(f"{target.name} is only known to be None. Annotate it by hand.")
        return Change((Edit(target.offset, target.offset, target.form.format(text)),), target.name)


def _annotated_node(tree: Tree, selection: Span) -> cst.FunctionDef | cst.Assign:
    """The function in whose head the selection starts, or the assignment on its line."""
    at = selection[0]
    best: cst.FunctionDef | cst.Assign | None = None
    for node in tree.nodes():
        start, end = tree.span(node)
        if isinstance(node, cst.FunctionDef):
            end = tree.span(node.body)[0] - 1
        if isinstance(node, cst.FunctionDef | cst.Assign) and tree.line_start(start) <= at <= end:
            best = node
    if best is None:
        raise RefactorError("There is no function or assignment here. Point at the name of one.")
    return best


def _target(tree: Tree, scopes: Scopes, selection: Span) -> _Target:
    node = _annotated_node(tree, selection)
    return _result(tree, scopes, node) if isinstance(node, cst.FunctionDef) else _variable(tree, scopes, node)


def _result(tree: Tree, scopes: Scopes, node: cst.FunctionDef) -> _Target:
    name = node.name.value
    if node.returns is not None:
        raise RefactorError(f"The result of {name} is annotated already.")
    own = Region(tuple(node.body.body), tree.span(node.body), False).own_nodes()
    if any(isinstance(n, cst.Yield) for n in own):
        raise RefactorError(f"{name} is a generator. Annotate it by hand with what it yields.")
    if any(_is_open(n) for decorator in node.decorators for n in walk(decorator)) or _is_stub(node):
        raise RefactorError(f"{name} is abstract or has no body of its own; what it returns cannot be inferred.")
    returned = [n for n in own if isinstance(n, cst.Return)]
    end = Flow(scopes, scopes.of_node[node]).run(list(node.body.body), frozenset())
    if end is None and not returned:
        raise RefactorError(f"`{name}` never returns. Annotate it by hand.")
    values = tuple(tree.span(n.value) for n in returned if n.value is not None)
    none = end is not None or any(n.value is None for n in returned)
    return _Target(name, tree.span(node.whitespace_before_colon)[0], " -> {}", values, none, True)


def _is_open(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value in _OPEN_ENDED


def _is_stub(node: cst.FunctionDef) -> bool:
    """True for a body that others are meant to replace."""
    lines = [s for line in node.body.body for s in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])]
    lines = [s for s in lines if not (isinstance(s, cst.Expr) and isinstance(s.value, cst.SimpleString))]
    return all(
        isinstance(s, cst.Pass) or (isinstance(s, cst.Expr) and isinstance(s.value, cst.Ellipsis)) for s in lines
    )


def _variable(tree: Tree, scopes: Scopes, node: cst.Assign) -> _Target:
    target = node.targets[0].target
    name = tree.code(target)
    if len(node.targets) != 1 or not isinstance(target, cst.Name | cst.Attribute):
        raise RefactorError("Only an assignment to one name can be annotated. Point at such a one.")
    if isinstance(target, cst.Attribute) and not (isinstance(target.value, cst.Name) and target.value.value == "self"):
        raise RefactorError(f"{name} belongs to another object. Annotate it where it is defined.")
    if isinstance(target, cst.Name):
        known = scopes.by_node[target][0]
        owner = scopes.owner(known)
        if owner is None or len([o for o in scopes.of(name, owner) if o.use != "read"]) != 1:
            raise RefactorError(f"{name} is set in several places. Annotate it by hand.")
        if name in known.scope.globals | known.scope.nonlocals:
            raise RefactorError(f"{name} is declared global or nonlocal, and cannot be annotated here.")
    return _Target(name, tree.outer(target)[1], ": {}", (tree.span(node.value),), False, False)
