"""What an extracted function takes and gives: which variables flow into a region, and which out of it."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.flow import Definite, Incoming, Outgoing, State, swallows_errors
from punie_semantic.refactor.regions import Region, returns
from punie_semantic.refactor.scopes import Occurrence, Scope, Scopes
from punie_semantic.refactor.tree import Tree, walk


@dataclass(frozen=True)
class Interface:
    """What the new function takes and gives.

    Attributes:
        parameters: in the order of their first reads.
        first_reads: these reads; None for what is passed through only.
        outputs: in the order in which they are first set.
        returns: whether the region always returns by itself.
    """

    parameters: tuple[str, ...]
    first_reads: tuple[Occurrence | None, ...]
    outputs: tuple[str, ...]
    returns: bool


def interface_of(tree: Tree, scopes: Scopes, region: Region, home: Scope, receiver: str) -> Interface:
    """The interface of a region that becomes a function in the scope `home`. Raises RefactorError."""
    scope = scopes.around(tree, region.first)
    occurrences = scopes.inside(region.span)
    bound = frozenset(o.name for o in occurrences if o.use != "read" and scopes.owner(o) is scope)
    _refuse_outer_bindings(scopes, scope, region, occurrences, bound)
    outputs, incoming, ends = _flows(scopes, scope, region, bound)
    own_return = returns(region)
    if own_return and ends is not None:
        raise RefactorError("The selection returns on some ways only. Select up to where all ways return.")
    if own_return and outputs:
        raise RefactorError(f"{_listed(outputs)} is read behind the selection, which returns.")
    taken: dict[str, Occurrence | None] = dict(_free_names(scopes, region, occurrences, home, incoming, scope))
    taken.pop(receiver, None)
    # What only some ways through the region set comes in with its old value, to be given back as it was.
    kept = sorted(outputs - ends - taken.keys()) if ends is not None else []
    taken.update(dict.fromkeys(kept))
    _refuse_captured(tree, scopes, scope, region, bound, set(taken))
    _refuse_unset(tree, scopes, scope, region, set(taken), frozenset(kept))
    _refuse_errors(tree, scopes, scope, region)
    order = [name for name in dict.fromkeys(o.name for o in occurrences if o.use == "bind") if name in outputs]
    return Interface(tuple(taken), tuple(taken.values()), tuple(order), own_return)


def _listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _refuse_outer_bindings(
    scopes: Scopes, scope: Scope, region: Region, occurrences: list[Occurrence], bound: frozenset[str]
) -> None:
    if scope.kind == "class" and not region.is_expression:
        raise RefactorError("The selection is in a class body, where names become attributes. Select an expression.")
    if scope.kind == "module" and bound:
        raise RefactorError(f"The selection sets {_listed(bound)} for the whole module. Select code in a function.")
    if bound and region.is_expression:
        raise RefactorError("The selection binds a name. Select an expression that does not.")
    for occurrence in occurrences:
        if occurrence.use != "read" and occurrence.name in occurrence.scope.globals | occurrence.scope.nonlocals:
            raise RefactorError(f"The selection sets {occurrence.name}, which is global or nonlocal.")
    if any(scope.kind == "type_parameters" for o in occurrences if (scope := scopes.owner(o) or o.scope)):
        raise RefactorError("The selection uses a type parameter of its function.")


def _flows(
    scopes: Scopes, scope: Scope, region: Region, bound: frozenset[str]
) -> tuple[set[str], dict[str, Occurrence], State]:
    """Names that flow out, names that flow in, and what is certainly set at the region's end."""
    if region.is_expression:
        reads = [o for o in scopes.inside(region.span) if scopes.owner(o) is scope and o.use == "read"]
        return set(), {o.name: o for o in reversed(reads)}, frozenset()
    inward = Incoming(scopes, scope)
    ends = inward.run(region.nodes, frozenset())
    if not bound or scope.kind != "function":
        return set(), inward.names, ends
    everything = frozenset(scope.bound)
    outward = Outgoing(scopes, scope, region.last, bound)
    outward.run(_body_of(scope), everything)
    return outward.names, inward.names, ends


def _body_of(scope: Scope) -> list[cst.CSTNode]:
    body = scope.node if isinstance(scope.node, cst.Module) else getattr(scope.node, "body", None)
    return list(getattr(body, "body", ()))


def _free_names(
    scopes: Scopes,
    region: Region,
    occurrences: list[Occurrence],
    home: Scope,
    incoming: dict[str, Occurrence],
    scope: Scope,
) -> dict[str, Occurrence]:
    """What must be passed in: what comes from scopes that cannot be seen from where the function goes."""
    found: dict[str, Occurrence] = {}
    for occurrence in occurrences:
        owner = scopes.owner(occurrence)
        if occurrence.use != "read" or owner is None or owner.kind == "module":
            continue
        if _is_inside(owner, region) or (owner.kind != "class" and home.is_within(owner)):
            continue
        if owner is scope and occurrence.name not in incoming:
            continue
        found.setdefault(occurrence.name, occurrence)
    return found


def _is_inside(owner: Scope, region: Region) -> bool:
    """True when a scope is one of the region itself: of a lambda, comprehension or function in it."""
    return any(inner is owner.node for node in region.nodes for inner in walk(node))


def _refuse_captured(
    tree: Tree, scopes: Scopes, scope: Scope, region: Region, bound: frozenset[str], taken: set[str]
) -> None:
    """Functions that share variables with the region would no longer share them."""
    for name in bound | taken:
        for inner in scopes.of_node.values():
            if name in inner.nonlocals:
                raise RefactorError(f"A function inside sets {name}, which the selection uses.")
    for occurrence in scopes.occurrences:
        if occurrence.name not in bound | taken or scopes.owner(occurrence) is not scope or occurrence.scope is scope:
            continue
        if not _runs_later(occurrence.scope, scope):
            continue
        within = region.span[0] <= occurrence.start < region.span[1]
        if not within and occurrence.name in bound:
            raise RefactorError(f"A function outside the selection uses {occurrence.name}, which the selection sets.")
        settings = [o for o in scopes.of(occurrence.name, scope) if o.use != "read"]
        later = [o for o in settings if o.start >= region.span[0] or _shares_loop(tree, region, o)]
        if within and occurrence.name in taken and later:
            raise RefactorError(f"A function in the selection uses {occurrence.name}, which is set again later.")
        if within and occurrence.name in bound and any(not _in(region, o) for o in settings):
            raise RefactorError(f"A function in the selection uses {occurrence.name}, which is also set outside it.")


def _in(region: Region, occurrence: Occurrence) -> bool:
    return region.span[0] <= occurrence.start < region.span[1]


def _shares_loop(tree: Tree, region: Region, occurrence: Occurrence) -> bool:
    loops = [n for n in tree.ancestors(region.first) if isinstance(n, cst.For | cst.While)]
    return any(tree.span(n)[0] <= occurrence.start < tree.span(n)[1] for n in loops)


def _runs_later(inner: Scope, outer: Scope) -> bool:
    scope: Scope | None = inner
    while scope is not None and scope is not outer:
        if scope.kind in ("function", "lambda") or isinstance(scope.node, cst.GeneratorExp):
            return True
        scope = scope.parent
    return False


def _refuse_unset(
    tree: Tree, scopes: Scopes, scope: Scope, region: Region, taken: set[str], kept: frozenset[str]
) -> None:
    """What is passed must be set before: the call reads it in any case."""
    if scope.kind != "function" or not isinstance(scope.node, cst.FunctionDef):
        return
    statement = region.first
    if region.is_expression:
        statement = tree.enclosing(region.first, (cst.BaseSmallStatement, cst.BaseStatement)) or statement
    definite = Definite(scopes, scope, statement)
    definite.run(_body_of(scope), _parameters(scope.node))
    before = definite.found
    if before is None:
        raise RefactorError("The selection is never reached.")
    own = {name for name in taken if scopes.resolve(name, scope) is scope}
    _refuse_unset_outside(tree, scopes, scope, taken - own)
    if region.is_expression:
        # What an expression reads for sure it would also have failed to read where it stood.
        own = own if any(isinstance(n, _CONDITIONAL) for n in walk(region.first)) else set()
        own -= {o.name for o in scopes.inside(tree.span(statement)) if o.use == "bind"}
    if kept - before:
        raise RefactorError(
            f"{_listed(kept - before)} is set on some ways through the selection only, and read later. Set it before."
        )
    if own - before:
        raise RefactorError(
            f"{_listed(own - before)} may not be set yet before the selection. Set it in all cases first."
        )


def _refuse_unset_outside(tree: Tree, scopes: Scopes, scope: Scope, names: set[str]) -> None:
    """What comes from functions around must be set when the inner one is defined: it may run any time after that."""
    inner: cst.CSTNode = scope.node
    for above in tree.ancestors(scope.node):
        owner = scopes.of_node.get(above)
        if (
            isinstance(above, cst.FunctionDef)
            and owner is not None
            and isinstance(inner, cst.FunctionDef | cst.ClassDef)
        ):
            definite = Definite(scopes, owner, inner)
            definite.run(_body_of(owner), _parameters(above))
            unset = {n for n in names if scopes.resolve(n, scope) is owner} - (definite.found or frozenset())
            if unset - {inner.name.value}:
                raise RefactorError(f"{_listed(unset)} may not be set yet when the selection runs.")
        if isinstance(above, cst.FunctionDef | cst.ClassDef):
            inner = above


_CONDITIONAL = (cst.IfExp, cst.BooleanOperation, cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


def _parameters(function: cst.FunctionDef) -> frozenset[str]:
    every = [*function.params.posonly_params, *function.params.params, *function.params.kwonly_params]
    stars = [p for p in (function.params.star_arg, function.params.star_kwarg) if isinstance(p, cst.Param)]
    return frozenset(p.name.value for p in [*every, *stars])


def _refuse_errors(tree: Tree, scopes: Scopes, scope: Scope, region: Region) -> None:
    """An error in the middle leaves variables set that the call would not set: nobody may read them then."""
    for above in tree.ancestors(region.first):
        if above is scope.node:
            return
        if isinstance(above, cst.Try | cst.TryStar) or (isinstance(above, cst.With) and swallows_errors(above)):
            end = tree.span(above.body)[1]
        else:
            continue
        if not region.span[0] < end:
            continue
        for name in scope.bound:
            occurrences = scopes.of(name, scope)
            if not any(_in(region, o) and o.use != "read" for o in occurrences):
                continue
            if any(o.use == "read" and not (region.span[0] <= o.start < end) for o in occurrences):
                raise RefactorError(f"After an error {name} may be read outside the `try`, as the selection set it.")
