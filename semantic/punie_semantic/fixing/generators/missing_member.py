"""A class without what its base, a protocol or an operator asks for: a misspelt method gets its name, else a stub."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.found_class import FoundClass, class_named, class_of_type, inherited, proposal
from punie_semantic.fixing.generators.misspelt import read_attributes
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.occurrences import name_span
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.spots import Function, decorators, end_of_class, inner_indent, methods
from punie_semantic.fixing.tree import Tree

GENERATOR = "missing member"
_ABSTRACT = re.compile(r"Cannot instantiate `([\w.]+)`")
_LACKS = re.compile(r"`([^`]+)` is not assignable to protocol `(\w+)")
_MEMBER = re.compile(r"protocol member `(\w+)` is not defined")
_DUNDER = re.compile(r"type `([^`]+)`.*?`(__\w+__)`(?: and `(__\w+__)`)?", re.S)


async def generate(place: Place) -> list[Candidate]:
    """For each member that the message misses."""
    found: list[Candidate] = []
    for owner, name, wanted in (await _missing(place))[:4]:
        found += _misspelt(owner, name)
        if wanted == "abstract":
            found += await _of_base(place, owner, name)
    return found


async def _missing(place: Place) -> list[tuple[FoundClass, str, str]]:
    """The classes and the names that they lack, and who says so."""
    message = place.message
    if match := _ABSTRACT.search(message):
        owner = await class_named(place, match[1].rpartition(".")[2])
        names = re.findall(r"`(\w+)`", message.splitlines()[0][match.end() :])
        return [(owner, name, "abstract") for name in names] if owner is not None else []
    if (match := _LACKS.search(message)) and (names := _MEMBER.findall(message)):
        owner = await class_of_type(place, match[1])
        return [(owner, name, "protocol") for name in names] if owner is not None else []
    if match := _DUNDER.search(message):
        owner = await class_of_type(place, match[1])
        return [(owner, name, "operator") for name in match.groups()[1:] if name] if owner is not None else []
    return []


def _misspelt(owner: FoundClass, missing: str) -> list[Candidate]:
    """A method or attribute that is like it, and that nobody uses under its present name."""
    used = read_attributes(owner.tree)
    names = {name: node for name, node in _members(owner.node).items() if not used[name]}
    found = []
    for name, value in alike(missing, names):
        span = name_span(owner.tree, names[name], name)
        if span is not None:
            why = f"{owner.node.name} lacks {missing}"
            title = f"Rename {name} to {missing}"
            found.append(proposal(owner, title, (Edit(*span, missing),), 0.84 + 0.13 * value, why, name=GENERATOR))
    return found


def _members(owner: ast.ClassDef) -> dict[str, ast.AST]:
    """The methods and attributes that a class body defines, with the node that has the name."""
    found: dict[str, ast.AST] = {**methods(owner)}
    for statement in owner.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name) as target) | ast.Assign(targets=[ast.Name(id=name) as target]):
                found[name] = target
    return found


async def _of_base(place: Place, owner: FoundClass, name: str) -> list[Candidate]:
    """The abstract method itself: without its decorator when it has a body; or a stub of it in the class."""
    base = await inherited(place, owner, name)
    if base is None:
        return []
    found = []
    marked = decorators(base[1]).get("abstractmethod")
    if marked is not None and base[0].file != "?" and not _is_stub(base[1]):
        start, end = base[0].tree.span(marked)
        edit = Edit(base[0].tree.line_start(start), base[0].tree.line_end(end), "")
        why = "it has a body"
        found.append(proposal(base[0], f"Take @abstractmethod off {name}", (edit,), 0.7, why, name=GENERATOR))
    edit = end_of_class(owner.tree, owner.node, _stub(owner, base[0].tree, base[1]))
    why = f"{base[0].node.name} asks for it"
    title = f"Add {name} to {owner.node.name}, which raises NotImplementedError"
    found.append(proposal(owner, title, (edit,), 0.5, why, name=GENERATOR, kind="unsafe_fix"))
    return found


def _is_stub(function: Function) -> bool:
    """Whether a body is only a docstring, `...`, `pass` or NotImplementedError."""
    rest = [s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return all(isinstance(s, ast.Pass) or "NotImplemented" in ast.dump(s) for s in rest)


def _stub(owner: FoundClass, tree: Tree, function: Function) -> str:
    """The method's head as the base has it, and a body that raises."""
    indent = inner_indent(owner.tree, owner.node)
    start = tree.span(function)[0]
    end = tree.span(function.body[0])[0]
    head = re.sub(r"\s*\n\s*", " ", tree.text[start:end].strip())
    head = re.sub(r"\(\s+|,\s*\)", lambda m: "(" if m[0][0] == "(" else ")", head)
    kinds = [d for d in decorators(function) if d in ("property", "classmethod", "staticmethod")]
    lines = [*(f"{indent}@{kind}" for kind in kinds), f"{indent}{head}"]
    return "\n".join([*lines, f"{indent}{owner.tree.unit}raise NotImplementedError", ""])
