"""Extract function: statements, or an expression, become a function or method of their own."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace

import libcst as cst

from punie_semantic.exceptions import RefactorError
from punie_semantic.refactor.base import Change, Context, Edit
from punie_semantic.refactor.dataflow import Interface, interface_of
from punie_semantic.refactor.extract_variable import first_line, spaced, standing_alone
from punie_semantic.refactor.names import choose, suggested
from punie_semantic.refactor.regions import (
    Region,
    has_name,
    refuse_what_cannot_move,
    selected_region,
    string_lines,
    waits,
)
from punie_semantic.refactor.scopes import Scope, Scopes
from punie_semantic.refactor.spelling import spelled, visible_types
from punie_semantic.refactor.tree import Span, Tree, walk

_PRIVATE = re.compile(r"__\w*[^_\W]_?$|__$")
_NO_NEW_METHODS = ("Protocol", "TypedDict", "NamedTuple")


@dataclass(frozen=True)
class _Home:
    """Where the function goes: an offset and its indentation, and what it is called through (`self.` or nothing)."""

    offset: int
    indent: str
    receiver: str
    decorator: str
    is_method: bool
    scope: Scope


@dataclass(frozen=True)
class _Plan:
    """All that the new function is written from."""

    tree: Tree
    scopes: Scopes
    region: Region
    interface: Interface
    home: _Home
    name: str
    types: tuple[str, ...] = ()
    is_annotated: bool = False


class ExtractFunction:
    """Selected lines become `total = summed(prices)` and `def summed(prices): ...`."""

    name = "extract_function"
    kind = "refactor.extract.function"
    title = "Extract function"

    def offer(self, context: Context) -> bool:
        """Whether the selection can move, as far as its own text tells."""
        region = selected_region(context.tree, context.selection)
        refuse_what_cannot_move(region)
        return not isinstance(region.first, cst.Name | cst.SimpleString | cst.BaseNumber)

    async def apply(self, context: Context) -> Change:
        """The new function, and a call of it in place of the selection."""
        plan = await asyncio.to_thread(_planned, context)
        return await asyncio.to_thread(_written, await _with_types(context, plan))


def _planned(context: Context) -> _Plan:
    tree = context.tree
    region = selected_region(tree, context.selection)
    refuse_what_cannot_move(region)
    scopes = Scopes(tree)
    home = _home(tree, scopes, region)
    interface = interface_of(tree, scopes, region, home.scope, home.receiver)
    suggestion = suggested(region.first, "extracted") if isinstance(region.first, cst.BaseExpression) else "extracted"
    taken = scopes.written_in(scopes.module)
    if home.is_method:
        taken |= {n.attr.value for n in tree.nodes() if isinstance(n, cst.Attribute)}
    # Private, so that `import *` does not bring it to other modules, nor documentation to readers.
    suggestion = f"_{suggestion}"
    name = choose(context.name, suggestion, taken)
    return _Plan(tree, scopes, region, interface, home, name)


# Where it goes


def _home(tree: Tree, scopes: Scopes, region: Region) -> _Home:
    """Behind the method that it is from when it uses `self` or `cls`, else before the outermost definition."""
    function = _enclosing_function(tree, region)
    owner = tree.enclosing(function, cst.ClassDef) if function is not None else None
    if function is not None and owner is not None and tree.enclosing(function, _SCOPED) is owner:
        first = _receiver(function)
        if first and any(has_name(node, first) for node in region.nodes):
            return _method_home(tree, scopes, function, owner, first)
    top = region.first
    for above in tree.ancestors(region.first):
        if isinstance(above, cst.Module):
            break
        top = above
    if any(_is_mangled(n) for node in region.nodes for n in walk(node)) and _is_in_class(tree, region):
        raise RefactorError("The selection uses a private name (`__name`) that means something else outside the class.")
    return _Home(_above_comments(tree, first_line(tree, top)), "", "", "", False, scopes.module)  # ty: ignore[invalid-argument-type]


_SCOPED = (cst.FunctionDef, cst.ClassDef, cst.Lambda)


def _enclosing_function(tree: Tree, region: Region) -> cst.FunctionDef | None:
    """The function whose body the region is in."""
    start = tree.span(region.first)[0]
    found = tree.enclosing(region.first, (cst.FunctionDef, cst.ClassDef))
    return found if isinstance(found, cst.FunctionDef) and start >= tree.span(found.body)[0] else None


def _receiver(function: cst.FunctionDef) -> str:
    """The first parameter of a method or class method; empty for static methods."""
    decorators = {d.decorator.value for d in function.decorators if isinstance(d.decorator, cst.Name)}
    parameters = [*function.params.posonly_params, *function.params.params]
    return "" if "staticmethod" in decorators or not parameters else parameters[0].name.value


def _method_home(tree: Tree, scopes: Scopes, function: cst.FunctionDef, owner: cst.ClassDef, first: str) -> _Home:
    if any(has_name(base, word) for base in (*owner.bases, *owner.keywords) for word in _NO_NEW_METHODS):
        raise RefactorError(f"The class {owner.name.value} cannot get another method. Select code without {first}.")
    decorators = {d.decorator.value for d in function.decorators if isinstance(d.decorator, cst.Name)}
    if function.name.value in ("__new__", "__init_subclass__", "__class_getitem__"):
        raise RefactorError(f"{function.name.value} is called before the class is ready. Select code without {first}.")
    if len([o for o in scopes.occurrences if o.name == first and o.use != "read" and o.scope.node is function]) > 1:
        raise RefactorError(f"{first} is set again in the method.")
    decorator = "@classmethod" if "classmethod" in decorators else ""
    start = first_line(tree, function)
    return _Home(_below(tree, function), tree.indent(start), first, decorator, True, scopes.of_node[owner])


def _below(tree: Tree, function: cst.FunctionDef) -> int:
    """The end of a function's last line, with the comments that belong to its body."""
    depth = len(tree.indent(tree.span(function)[0]))
    end = tree.line_end(tree.span(function)[1])
    at = end
    while at < len(tree.text):
        line = tree.text[at : tree.line_end(at)]
        if line.strip() and not (line.lstrip().startswith("#") and len(tree.indent(at)) > depth):
            break
        at = tree.line_end(at)
        end = at if line.strip() else end
    return end


def _above_comments(tree: Tree, offset: int) -> int:
    """The start of the comment lines right above a line; those at the top of the file stay there."""
    start = offset
    while start > 0:
        above = tree.line_start(start - 1 - (tree.text[start - 2 : start] == "\r\n"))
        if not tree.text[above:start].startswith("#"):
            return start
        start = above
    return offset


def _is_mangled(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value.startswith("__") and not node.value.endswith("__")


def _is_in_class(tree: Tree, region: Region) -> bool:
    return tree.enclosing(region.first, cst.ClassDef) is not None


# What it is


async def _with_types(context: Context, plan: _Plan) -> _Plan:
    """With annotations, where the code around has them and every type can be written in the file."""
    function = _enclosing_function(context.tree, plan.region)
    if context.types is None or function is None or not _is_annotated(function):
        return plan
    reads = plan.interface.first_reads
    shown = iter(await context.types.of([(o.start, o.end) for o in reads if o is not None]))
    names = visible_types(context.tree, plan.scopes, plan.home.offset)
    types = tuple("" if o is None else spelled(next(shown), names) for o in reads)
    return replace(plan, types=types, is_annotated=True)


def _is_annotated(function: cst.FunctionDef) -> bool:
    parameters = [*function.params.posonly_params, *function.params.params, *function.params.kwonly_params]
    return function.returns is not None or any(p.annotation is not None for p in parameters)


def _written(plan: _Plan) -> Change:
    definition = _definition(plan)
    home, tree = plan.home, plan.tree
    if home.is_method:
        before = "" if tree.text[home.offset - 1 : home.offset] in ("\n", "\r") else "\n"
        text = f"{before}\n{definition}"
    else:
        text = f"{definition}\n\n"
    edits = (Edit(home.offset, home.offset, text), _call(plan))
    return Change(edits, plan.name, adds_method=home.is_method, wants_result_type=plan.is_annotated)


def _definition(plan: _Plan) -> str:
    home, unit = plan.home, plan.tree.module.default_indent
    types = [*plan.types, *[""] * len(plan.interface.parameters)]
    parameters = [f"{n}: {t}" if t else n for n, t in zip(plan.interface.parameters, types, strict=False)]
    receiver = [home.receiver] if home.receiver else []
    keyword = "async def" if waits(plan.region) else "def"
    lines = [f"{home.indent}{home.decorator}\n"] if home.decorator else []
    lines.append(f"{home.indent}{keyword} {plan.name}({', '.join([*receiver, *parameters])}):\n")
    lines.append(_body(plan, home.indent + unit))
    return "".join(lines)


def _body(plan: _Plan, indent: str) -> str:
    region, tree = plan.region, plan.tree
    if region.is_expression:
        node = region.first
        assert isinstance(node, cst.BaseExpression)
        return f"{indent}return {standing_alone(tree, node)}\n"
    text = _indented(tree, region.span, tree.indent(tree.span(region.first)[0]), indent)
    text += "" if text.endswith(("\n", "\r")) else "\n"
    if plan.interface.outputs:
        text += f"{indent}return {', '.join(plan.interface.outputs)}\n"
    return text


def _indented(tree: Tree, span: Span, old: str, new: str) -> str:
    """Whole lines with another indentation; what is inside strings stays."""
    fixed = string_lines(tree, span)
    parts, at = [], span[0]
    while at < span[1]:
        end = min(tree.line_end(at), span[1])
        line = tree.text[at:end]
        if at in fixed or not line.strip():
            parts.append(line)
        elif line.startswith(old):
            parts.append(new + line[len(old) :])
        else:
            parts.append(new + line.lstrip(" \t\f"))
        at = end
    return "".join(parts)


def _call(plan: _Plan) -> Edit:
    region, tree = plan.region, plan.tree
    receiver = f"{plan.home.receiver}." if plan.home.receiver else ""
    call = f"{receiver}{plan.name}({', '.join(plan.interface.parameters)})"
    call = f"await {call}" if waits(region) else call
    if region.is_expression:
        needs = waits(region) and not isinstance(
            tree.parent(region.first), cst.Assign | cst.Return | cst.Expr | cst.Arg
        )
        return Edit(*region.span, spaced(tree.text, region.span, f"({call})" if needs else call))
    if plan.interface.returns:
        call = f"return {call}"
    elif plan.interface.outputs:
        call = f"{', '.join(plan.interface.outputs)} = {call}"
    ending = tree.text[region.span[0] : region.span[1]]
    end = "\n" if ending.endswith(("\n", "\r")) else ""
    return Edit(*region.span, f"{tree.indent(tree.span(region.first)[0])}{call}{end}")
