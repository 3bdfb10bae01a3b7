"""Inline variable: every use of a variable becomes the expression that it was set to, and its line goes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.base import Change, Context, Edit
from punie_semantic.refactor.evaluation import statement_after
from punie_semantic.refactor.expressions import fits, is_constant
from punie_semantic.refactor.extract_variable import spaced
from punie_semantic.refactor.scopes import DYNAMIC, Occurrence, Scope, Scopes
from punie_semantic.refactor.tree import Tree, trimmed, walk

_LOOPS = (cst.For, cst.While)
_LAZY = ("function", "lambda")
# What cannot stand in the braces of an f-string before Python 3.12, or means something else there.
_NOT_IN_F_STRING = re.compile(r"""['"\\\n\r{}#]""")


@dataclass(frozen=True)
class _Variable:
    """A variable that is set once, by a statement of its own, to `value`."""

    name: str
    owner: Scope
    line: cst.SimpleStatementLine
    value: cst.BaseExpression
    reads: list[Occurrence]


class InlineVariable:
    """`amount = price * rate` and `total(amount)` become `total(price * rate)`."""

    name = "inline_variable"
    kind = "refactor.inline.variable"
    title = "Inline variable"

    def offer(self, context: Context) -> bool:
        """Whether the selection is a name that an assignment sets, or that is read."""
        node = _selected_name(context.tree, context.selection)
        parent = context.tree.parent(node)
        if isinstance(parent, cst.AssignTarget):
            statement = context.tree.parent(parent)
            return isinstance(statement, cst.Assign) and len(statement.targets) == 1
        same = [n for n in walk(context.tree.module) if isinstance(n, cst.AssignTarget) and n.target.deep_equals(node)]
        return len(same) == 1

    async def apply(self, context: Context) -> Change:
        """The uses replaced and the assignment removed."""
        return await asyncio.to_thread(_inline, context)


def _selected_name(tree: Tree, selection: tuple[int, int]) -> cst.Name:
    start, end = trimmed(tree.text, selection) if selection[0] < selection[1] else selection
    for node in tree.nodes():
        if isinstance(node, cst.Name) and tree.span(node)[0] <= start and end <= tree.span(node)[1]:
            return node
    raise RefactorError("There is no variable at this place. Point at a variable's name.")


def _inline(context: Context) -> Change:
    tree = context.tree
    scopes = Scopes(tree)
    node = _selected_name(tree, context.selection)
    variable = _variable(tree, scopes, node)
    stable = is_constant(variable.value) or isinstance(variable.value, cst.Name)
    if stable:
        _require_stable(tree, scopes, variable)
    else:
        _require_next(tree, scopes, variable)
    edits = [_use(tree, variable, read) for read in variable.reads]
    is_global = variable.owner.kind == "module"
    return Change((*edits, _removed_line(tree, variable)), variable.name, removes_global=is_global)


def _variable(tree: Tree, scopes: Scopes, node: cst.Name) -> _Variable:
    known = scopes.by_node.get(node)
    owner = scopes.owner(known[0]) if known else None
    if not known or owner is None:
        raise RefactorError(f"{node.value} is no variable of this file. Point at one that is set here.")
    name = node.value
    _refuse_owner(tree, scopes, name, owner)
    occurrences = scopes.of(name, owner)
    bindings = [o for o in occurrences if o.use != "read"]
    if len(bindings) != 1:
        raise RefactorError(f"{name} is set or deleted in {len(bindings)} places; one place can be inlined.")
    line, value = _assignment(tree, bindings[0])
    reads = [o for o in occurrences if o.use == "read"]
    if not reads:
        raise RefactorError(f"{name} is never read here. Remove its line instead.")
    if any(tree.span(line)[0] <= o.start < tree.span(line)[1] for o in reads):
        raise RefactorError(f"{name} is set to a value that reads {name} itself.")
    if any(isinstance(inner, cst.NamedExpr) for inner in walk(value)):
        raise RefactorError(f"The value of {name} binds another name with `:=`.")
    return _Variable(name, owner, line, value, reads)


def _refuse_owner(tree: Tree, scopes: Scopes, name: str, owner: Scope) -> None:
    if owner.kind not in ("function", "module"):
        raise RefactorError(f"{name} belongs to a {owner.kind.replace('_', ' ')}. Only variables are inlined.")
    if owner.kind == "module" and not re.match(r"_(?!_)", name):
        raise RefactorError(f"Other modules may use {name}. Only private names of a module (`_name`) are inlined.")
    if any(name in s.globals or name in s.nonlocals for s in scopes.of_node.values()):
        raise RefactorError(f"{name} is declared global or nonlocal, so it may be set elsewhere.")
    if any(o.name in DYNAMIC and o.name not in ("super", "__class__") for o in scopes.inside(tree.span(owner.node))):
        raise RefactorError("The function reads its variables by name (locals, eval or the like).")
    if any(re.search(rf"\b{re.escape(name)}\b", text) for text in _strings_of_names(tree)):
        raise RefactorError(f"{name} is named in `__all__` or in a type in quotes. Change that by hand first.")


def _strings_of_names(tree: Tree) -> list[str]:
    """The strings that mean names: types in quotes, and what `__all__` lists."""
    holders: list[cst.CSTNode] = [n for n in walk(tree.module) if isinstance(n, cst.Annotation)]
    holders += [n for n in walk(tree.module) if isinstance(n, cst.Assign) and "__all__" in tree.code(n.targets[0])]
    return [n.value for holder in holders for n in walk(holder) if isinstance(n, cst.SimpleString)]


def _assignment(tree: Tree, binding: Occurrence) -> tuple[cst.SimpleStatementLine, cst.BaseExpression]:
    """The line that sets the variable, and the value. Raises RefactorError for all but `name = value`."""
    target = tree.parent(binding.node)
    statement = tree.parent(target) if target else None
    if isinstance(target, cst.AnnAssign):
        raise RefactorError(f"{binding.name} has a type annotation, which would be lost. Remove it first.")
    if not isinstance(target, cst.AssignTarget) or not isinstance(statement, cst.Assign):
        raise RefactorError(f"{binding.name} is not set by a plain assignment `{binding.name} = ...`.")
    line = tree.parent(statement)
    if len(statement.targets) != 1 or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        raise RefactorError(f"The assignment of {binding.name} shares its statement or line with others.")
    return line, statement.value


def _require_stable(tree: Tree, scopes: Scopes, variable: _Variable) -> None:
    """A constant or another name: it may be read anywhere below, as long as it still means the same there."""
    constant = is_constant(variable.value)
    for read in variable.reads:
        lazy = _is_lazy(scopes, read, variable.owner)
        if lazy and not constant:
            raise RefactorError(f"{variable.name} is used by a function that may run later.")
        if not lazy or variable.owner.kind == "function":
            _require_dominated(tree, variable, read)
        _refuse_type(tree, read)
    if not constant:
        _require_unchanged(tree, scopes, variable)


def _is_lazy(scopes: Scopes, read: Occurrence, owner: Scope) -> bool:
    scope: Scope | None = read.scope
    while scope is not None and scope is not owner:
        if scope.kind in _LAZY or isinstance(scope.node, cst.GeneratorExp):
            return True
        scope = scope.parent
    return False


def _require_dominated(tree: Tree, variable: _Variable, read: Occurrence) -> None:
    """The assignment has always run before the read: the read comes later in the same block."""
    block = tree.parent(variable.line)
    assert block is not None
    if read.start < tree.span(variable.line)[1] or read.end > tree.span(block)[1]:
        raise RefactorError(f"{variable.name} is read where its assignment may not have run.")


def _require_unchanged(tree: Tree, scopes: Scopes, variable: _Variable) -> None:
    """The other name means the same at each read, and is not set again in between."""
    assert isinstance(variable.value, cst.Name)
    other = variable.value.value
    source = scopes.by_node[variable.value][0]
    owner = scopes.owner(source)
    if any(scopes.resolve(other, read.scope) is not owner for read in variable.reads):
        raise RefactorError(f"{other} means something else where {variable.name} is read.")
    if owner is None:
        return
    if any(other in s.globals or other in s.nonlocals for s in scopes.of_node.values()):
        raise RefactorError(f"{other} is declared global or nonlocal, so it may be set in between.")
    start, end = tree.span(variable.line)[0], max(read.end for read in variable.reads)
    loops = [n for n in tree.ancestors(variable.line) if isinstance(n, _LOOPS)]
    inner = [
        node
        for read in variable.reads
        for node in tree.ancestors(read.node)
        if isinstance(node, _LOOPS) and node not in loops
    ]
    for binding in scopes.of(other, owner):
        if binding.use == "read":
            continue
        in_loop = any(tree.span(n)[0] <= binding.start < tree.span(n)[1] for n in inner)
        outside = owner is not variable.owner and owner.kind != "module"
        if in_loop or outside or start <= binding.start < end:
            raise RefactorError(f"{other} is set again before {variable.name} is read for the last time.")


def _require_next(tree: Tree, scopes: Scopes, variable: _Variable) -> None:
    """Anything else is evaluated once, and at once: by the next statement, before all else in it."""
    if len(variable.reads) != 1:
        raise RefactorError(
            f"{variable.name} is read {len(variable.reads)} times, and its value may differ, or cost, each time."
        )
    read = variable.reads[0]
    if read.scope is not variable.owner and not (read.scope.kind == "comprehension"):
        raise RefactorError(f"{variable.name} is used by a function or class that may run later.")
    statement = statement_after(tree, read.node)
    block = tree.parent(variable.line)
    if block is None or tree.parent(statement) is not block:
        raise RefactorError(f"{variable.name} is not read by the statement right after its assignment.")
    body = block.body  # ty: ignore[missing-attribute] - only blocks and modules hold lines
    if body.index(statement) != body.index(variable.line) + 1:
        raise RefactorError(f"Other statements run between the assignment of {variable.name} and its use.")
    _refuse_type(tree, read)


def _refuse_type(tree: Tree, read: Occurrence) -> None:
    kinds = (cst.Annotation, cst.TypeAlias, cst.TypeParameters, cst.MatchPattern)
    for above in tree.ancestors(read.node):
        if isinstance(above, kinds):
            raise RefactorError(f"{read.name} is used in a type or pattern.")
        if isinstance(above, cst.BaseStatement):
            return


def _use(tree: Tree, variable: _Variable, read: Occurrence) -> Edit:
    """The value in place of a use, in parentheses only where it needs them."""
    parent = tree.parent(read.node)
    code = tree.code(variable.value)
    strings = [a for a in tree.ancestors(read.node) if isinstance(a, cst.FormattedStringExpression)]
    if any(a.equal is not None for a in strings):
        raise RefactorError(f"An f-string prints the name {variable.name} itself (`=`).")
    if strings and _NOT_IN_F_STRING.search(code):
        raise RefactorError(f"The value of {variable.name} cannot stand in an f-string.")
    if any(isinstance(a, cst.TemplatedStringExpression) for a in tree.ancestors(read.node)):
        raise RefactorError("A template string keeps the text of its expressions.")
    lines = "\n" in code or "\r" in code
    bare = not lines and fits(parent, read.node, variable.value)
    if read.node.lpar and not isinstance(variable.value, cst.GeneratorExp):
        bare = True
    if lines and _is_bracketed(tree, variable.value):
        bare = fits(parent, read.node, variable.value)
    return Edit(read.start, read.end, spaced(tree.text, (read.start, read.end), code if bare else f"({code})"))


def _is_bracketed(tree: Tree, value: cst.BaseExpression) -> bool:
    """True when the lines of a value hold together by brackets of its own."""
    try:
        cst.parse_statement(f"_ = {tree.code(value)}")
    except cst.ParserSyntaxError:
        return False
    return True


def _removed_line(tree: Tree, variable: _Variable) -> Edit:
    """The assignment goes; a comment at its end stays, on a line of its own."""
    start, end = tree.span(variable.line)
    start = tree.line_start(start)
    comment = variable.line.trailing_whitespace.comment
    if comment is not None:
        return Edit(start, tree.span(comment)[0], tree.indent(start))
    return Edit(start, tree.line_end(end), "")
