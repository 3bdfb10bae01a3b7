"""Who owns a name: the scopes of a file, and every place where a name is read, bound or deleted.

Python's own rules: class bodies are not seen from inside functions, a comprehension's first iterable belongs outside,
`:=` in a comprehension binds around it. A test compares the outcome with the standard library's symtable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import libcst as cst

from punie_semantic.refactor.tree import Tree

ScopeKind = Literal["module", "class", "function", "lambda", "comprehension", "type_parameters"]
Use = Literal["read", "bind", "delete"]

# Reads of the caller's variables that no analysis of names sees.
DYNAMIC = frozenset({"locals", "vars", "eval", "exec", "dir", "__class__", "super"})

_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


@dataclass(eq=False)
class Scope:
    """One scope; `bound` are the names that it binds itself, without its `global` and `nonlocal` names."""

    kind: ScopeKind
    node: cst.CSTNode
    parent: Scope | None
    bound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    star_import: bool = False

    def is_within(self, other: Scope) -> bool:
        """True for the scope itself and for all scopes inside it."""
        scope: Scope | None = self
        while scope is not None and scope is not other:
            scope = scope.parent
        return scope is other


@dataclass(frozen=True, eq=False)
class Occurrence:
    """A name at a place; `scope` is where it is written, which need not be the one that owns it."""

    name: str
    use: Use
    node: cst.Name
    start: int
    end: int
    scope: Scope


class Scopes:
    """All scopes and occurrences of a tree, in the order of the text."""

    def __init__(self, tree: Tree) -> None:
        self.module = Scope("module", tree.module, None)
        self.of_node: dict[cst.CSTNode, Scope] = {tree.module: self.module}
        self.occurrences: list[Occurrence] = []
        _Reader(tree, self).visit(tree.module, self.module)
        self.occurrences.sort(key=lambda o: o.start)
        self.by_node: dict[cst.CSTNode, list[Occurrence]] = {}
        for occurrence in self.occurrences:
            self.by_node.setdefault(occurrence.node, []).append(occurrence)

    def owner(self, occurrence: Occurrence) -> Scope | None:
        """The scope whose variable it is; None for builtins and names that come from nowhere in this file."""
        return self.resolve(occurrence.name, occurrence.scope)

    def resolve(self, name: str, scope: Scope) -> Scope | None:
        """What a name means in a scope."""
        start = scope
        current: Scope | None = scope
        while current is not None:
            if name in current.globals:
                return self.module if name in self.module.bound else None
            visible = current.kind != "class" or current is start
            if visible and name in current.bound and name not in current.nonlocals:
                return current
            current = current.parent
        return None

    def of(self, name: str, owner: Scope) -> list[Occurrence]:
        """Every occurrence of a scope's variable."""
        return [o for o in self.occurrences if o.name == name and self.owner(o) is owner]

    def inside(self, span: tuple[int, int]) -> list[Occurrence]:
        """The occurrences within a range."""
        return [o for o in self.occurrences if span[0] <= o.start and o.end <= span[1]]

    def written_in(self, scope: Scope) -> set[str]:
        """Every name that occurs in a scope or in the scopes inside it."""
        return {o.name for o in self.occurrences if o.scope.is_within(scope)}

    def around(self, tree: Tree, node: cst.CSTNode) -> Scope:
        """The scope that a node is evaluated in: decorators, defaults and first iterables belong outside."""
        path = [node]
        for above in tree.ancestors(node):
            if above in self.of_node and _runs_inside(above, path):
                return self.of_node[above]
            path.append(above)
        return self.module


def _runs_inside(scope_node: cst.CSTNode, path: list[cst.CSTNode]) -> bool:
    """Whether the way up to a scope's node comes from what runs in that scope."""
    if isinstance(scope_node, cst.FunctionDef | cst.ClassDef | cst.Lambda):
        return path[-1] is scope_node.body
    if isinstance(scope_node, _COMPREHENSIONS):
        return not (len(path) > 1 and path[-1] is scope_node.for_in and path[-2] is scope_node.for_in.iter)
    return True


class _Reader:
    """Walks a tree once."""

    def __init__(self, tree: Tree, scopes: Scopes) -> None:
        self._tree = tree
        self._scopes = scopes

    def visit(self, node: cst.CSTNode, scope: Scope) -> None:
        method = getattr(self, f"_visit_{type(node).__name__}", None)
        if method is not None:
            method(node, scope)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, scope)
        else:
            self._all(node.children, scope)

    def _all(self, nodes: Iterable[cst.CSTNode | None], scope: Scope) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node, scope)

    def _add(self, node: cst.Name, use: Use, scope: Scope) -> None:
        if use == "bind":
            while scope.kind == "type_parameters" and node.value not in scope.bound:
                assert scope.parent is not None
                scope = scope.parent
        if use != "read" and node.value not in scope.globals:
            scope.bound.add(node.value)
        if use != "read" and node.value in scope.globals:
            self._scopes.module.bound.add(node.value)
        start, end = self._tree.span(node)
        self._scopes.occurrences.append(Occurrence(node.value, use, node, start, end, scope))

    def _inner(self, kind: ScopeKind, node: cst.CSTNode, parent: Scope) -> Scope:
        scope = Scope(kind, node, parent)
        self._scopes.of_node[node] = scope
        return scope

    # Expressions

    def _visit_Name(self, node: cst.Name, scope: Scope) -> None:  # noqa: N802 - libcst's names
        self._add(node, "read", scope)

    def _visit_Attribute(self, node: cst.Attribute, scope: Scope) -> None:  # noqa: N802
        self.visit(node.value, scope)

    def _visit_Arg(self, node: cst.Arg, scope: Scope) -> None:  # noqa: N802
        self.visit(node.value, scope)

    def _visit_NamedExpr(self, node: cst.NamedExpr, scope: Scope) -> None:  # noqa: N802
        around = scope
        while around.kind == "comprehension" and around.parent is not None:
            around = around.parent
        self.visit(node.value, scope)
        self._target(node.target, around)

    def _visit_Lambda(self, node: cst.Lambda, scope: Scope) -> None:  # noqa: N802
        inner = self._inner("lambda", node, scope)
        self._parameters(node.params, scope, inner, scope)
        self.visit(node.body, inner)

    def _comprehension(self, node: cst.CSTNode, scope: Scope) -> None:
        inner = self._inner("comprehension", node, scope)
        generator: cst.CompFor | None = node.for_in  # ty: ignore[missing-attribute] - all four have it
        assert generator is not None
        self.visit(generator.iter, scope)
        first = True
        while generator is not None:
            if not first:
                self.visit(generator.iter, inner)
            self._target(generator.target, inner)
            self._all(generator.ifs, inner)
            generator, first = generator.inner_for_in, False
        if isinstance(node, cst.DictComp):
            self._all((node.key, node.value), inner)
        else:
            self.visit(node.elt, inner)  # ty: ignore[missing-attribute] - the other three

    # Targets

    def _target(self, node: cst.CSTNode, scope: Scope, use: Use = "bind") -> None:
        if isinstance(node, cst.Name):
            self._add(node, use, scope)
        elif isinstance(node, cst.Tuple | cst.List):
            for element in node.elements:
                self._target(element.value, scope, use)
        elif isinstance(node, cst.StarredElement):
            self._target(node.value, scope, use)
        else:
            self.visit(node, scope)

    def _visit_AssignTarget(self, node: cst.AssignTarget, scope: Scope) -> None:  # noqa: N802
        self._target(node.target, scope)

    def _visit_AnnAssign(self, node: cst.AnnAssign, scope: Scope) -> None:  # noqa: N802
        self._target(node.target, scope)
        self._all((node.annotation, node.value), scope)

    def _visit_AugAssign(self, node: cst.AugAssign, scope: Scope) -> None:  # noqa: N802
        if isinstance(node.target, cst.Name):
            self._add(node.target, "read", scope)
        self._target(node.target, scope)
        self.visit(node.value, scope)

    def _visit_Del(self, node: cst.Del, scope: Scope) -> None:  # noqa: N802
        self._target(node.target, scope, "delete")

    def _visit_For(self, node: cst.For, scope: Scope) -> None:  # noqa: N802
        self.visit(node.iter, scope)
        self._target(node.target, scope)
        self._all((node.body, node.orelse), scope)

    def _visit_AsName(self, node: cst.AsName, scope: Scope) -> None:  # noqa: N802
        self._target(node.name, scope)

    def _visit_Global(self, node: cst.Global, scope: Scope) -> None:  # noqa: N802
        names = {item.name.value for item in node.names}
        scope.bound -= names
        scope.globals |= names
        self._scopes.module.bound |= names

    def _visit_Nonlocal(self, node: cst.Nonlocal, scope: Scope) -> None:  # noqa: N802
        scope.nonlocals |= {item.name.value for item in node.names}

    def _visit_Import(self, node: cst.Import, scope: Scope) -> None:  # noqa: N802
        self._all(node.names, scope)

    def _visit_ImportFrom(self, node: cst.ImportFrom, scope: Scope) -> None:  # noqa: N802
        if isinstance(node.names, cst.ImportStar):
            scope.star_import = True
        else:
            self._all(node.names, scope)

    def _visit_ImportAlias(self, node: cst.ImportAlias, scope: Scope) -> None:  # noqa: N802
        bound: cst.CSTNode = node.asname.name if node.asname else node.name
        while isinstance(bound, cst.Attribute):
            bound = bound.value
        self._target(bound, scope)

    # Definitions

    def _visit_FunctionDef(self, node: cst.FunctionDef, scope: Scope) -> None:  # noqa: N802
        self._all(node.decorators, scope)
        self._add(node.name, "bind", scope)
        around = self._type_parameters(node.type_parameters, node, scope)
        inner = self._inner("function", node, around)
        self._parameters(node.params, scope, inner, around)
        self._all((node.returns,), around)
        self.visit(node.body, inner)

    def _visit_ClassDef(self, node: cst.ClassDef, scope: Scope) -> None:  # noqa: N802
        self._all(node.decorators, scope)
        self._add(node.name, "bind", scope)
        around = self._type_parameters(node.type_parameters, node, scope)
        self._all((*node.bases, *node.keywords), around)
        self.visit(node.body, self._inner("class", node, around))

    def _visit_TypeAlias(self, node: cst.TypeAlias, scope: Scope) -> None:  # noqa: N802
        self._add(node.name, "bind", scope)
        around = self._inner("type_parameters", node, scope)
        self._all((node.type_parameters,), around)
        self.visit(node.value, around)

    def _type_parameters(self, parameters: cst.TypeParameters | None, node: cst.CSTNode, scope: Scope) -> Scope:
        if parameters is None:
            return scope
        around = self._inner("type_parameters", parameters, scope)
        self.visit(parameters, around)
        return around

    def _visit_TypeParam(self, node: cst.TypeParam, scope: Scope) -> None:  # noqa: N802
        name = node.param.name
        scope.bound.add(name.value)
        self._add(name, "bind", scope)
        self._all((getattr(node.param, "bound", None), node.default), scope)

    def _parameters(self, parameters: cst.Parameters, outside: Scope, inner: Scope, annotations: Scope) -> None:
        every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
        stars = [p for p in (parameters.star_arg, parameters.star_kwarg) if isinstance(p, cst.Param)]
        for parameter in [*every, *stars]:
            self._add(parameter.name, "bind", inner)
            self._all((parameter.annotation,), annotations)
            self._all((parameter.default,), outside)

    # Patterns

    def _visit_MatchAs(self, node: cst.MatchAs, scope: Scope) -> None:  # noqa: N802
        self._all((node.pattern,), scope)
        if node.name is not None:
            self._add(node.name, "bind", scope)

    def _visit_MatchStar(self, node: cst.MatchStar, scope: Scope) -> None:  # noqa: N802
        if node.name is not None:
            self._add(node.name, "bind", scope)

    def _visit_MatchMapping(self, node: cst.MatchMapping, scope: Scope) -> None:  # noqa: N802
        self._all(node.elements, scope)
        if node.rest is not None:
            self._add(node.rest, "bind", scope)

    def _visit_MatchKeywordElement(self, node: cst.MatchKeywordElement, scope: Scope) -> None:  # noqa: N802
        self.visit(node.pattern, scope)
