"""An attribute that is not there: misspelt here, misspelt where the class sets it, of another object, or of a call."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.place import Member, Place
from punie_semantic.fixing.scope import visible

GENERATOR = "attribute"
_ACCESS = re.compile(r"\s*\.\s*([^\W\d]\w*)\Z")
_ASKED = re.compile(r"<Protocol with members? ([^>]*)>")
_CALLABLE = (2, 3)  # LSP's CompletionItemKind: Method, Function
_METHOD = re.compile(r"^(?:bound method|def )|^Object of type `(?:bound method|def )|^(?:Function|Method) ")
_PYTHON_2 = {
    "iteritems": "items",
    "itervalues": "values",
    "iterkeys": "keys",
    "viewitems": "items",
    "viewvalues": "values",
    "viewkeys": "keys",
    "has_key": "__contains__",
    "next": "__next__",
    "assertEquals": "assertEqual",
    "assertItemsEqual": "assertCountEqual",
    "getchildren": "iter",
    "tostring": "tobytes",
    "fromstring": "frombytes",
    "getcwdu": "getcwd",
    "letters": "ascii_letters",
    "maxint": "maxsize",
    "push": "append",
    "add_all": "update",
    "trim": "strip",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "startsWith": "startswith",
    "endsWith": "endswith",
    "contains": "__contains__",
}
_LENGTHS = ("length", "Length", "size", "count", "len")


async def generate(place: Place) -> list[Candidate]:
    """Members like the missing one, then a call that was left out, then other objects that have it."""
    access = access_at(place)
    if access is None:
        return []
    found = await _members(place, access)
    node = access.node
    return [*found, *_uncalled(place, node), *_receivers(place, node)] if node is not None else found


@dataclass(frozen=True)
class Access:
    """The attribute access at a problem: where its object ends, where its name is, its node if the tree has it."""

    value_end: int
    start: int
    end: int
    name: str
    receiver: str
    node: ast.Attribute | None


def access_at(place: Place) -> Access | None:
    """What the problem marks, all of it; from the text, because in f-strings the tree does not know places."""
    found = _ACCESS.search(place.source)
    if found is None:
        return None
    nodes = place.tree.nodes_in(place.start, place.end, ast.Attribute)
    node = next((n for n in nodes if place.tree.span(n) == (place.start, place.end) and n.attr == found[1]), None)
    start, end = (place.start + at for at in found.span(1))
    return Access(place.start + found.start(), start, end, found[1], place.source[: found.start()], node)


async def _members(place: Place, access: Access) -> list[Candidate]:
    wrong = access.name
    members = {m.name: m for m in await place.members_at(access.value_end) if not m.imports and m.name.isidentifier()}
    own = access.receiver in ("self", "cls", "super()")
    usable = [n for n in members if own or wrong.startswith("_") or not n.startswith("_")]
    # What `hasattr` has asked for, ty knows and does not complete.
    for listed in _ASKED.findall(place.message):
        members |= {name: Member(name, 0, "") for name in re.findall(r"'(\w+)'", listed)}
    usable += [n for n in members if n not in usable and members[n].kind == 0]
    called = place.text.startswith("(", access.end)
    written = place.vocabulary.names
    missed = missed_times(place, wrong)
    found = []
    for name, value in alike(wrong, usable):
        weight = 0.92 * value
        if _is_method(members[name]) != called and members[name].kind:
            weight -= 0.08
        # An attribute that the file uses elsewhere is the likelier one.
        weight += 0.04 if written[name] > 1 else 0
        weight += 0.3 * (await _slip(place, wrong, name) - 0.6)
        # One slip of the keyboard does not misspell a name time and again.
        weight -= 0.12 * min(missed - 1, 4)
        why = f"{_shown(access.receiver)} has {name}"
        edit = Edit(access.start, access.end, name)
        found.append(Candidate(f"Change {wrong} to {name}", (edit,), "fix", GENERATOR, _between(weight), why))
    foreign = _PYTHON_2.get(wrong, "")
    if foreign in members and access.node is not None:
        found += _foreign(place, access.node, foreign)
    elif wrong in _LENGTHS and "__len__" in members and access.node is not None:
        found += _foreign(place, access.node, "__len__")
    return found


def missed_times(place: Place, name: str) -> int:
    """How often the file misses an attribute."""
    codes = {place.code, "missing-attribute", "possibly-missing-attribute"}
    found = [d for d in (place.problem, *place.others) if d.code in codes and f"`{name}`" in d.message]
    return len({(d.line, d.range["start"]["character"]) for d in found})


async def _slip(place: Place, wrong: str, name: str) -> float:
    """How likely the missing name is the misspelt one; what the file does not set is spelt right there."""
    set_here = re.search(rf"\b{name}\b(?=\s*(?::|=[^=]))|\bdef {name}\b", place.text)
    return await place.slip(wrong, name) if set_here else max(place.vocabulary.slip(wrong, name), 0.7)


def _foreign(place: Place, node: ast.Attribute, name: str) -> list[Candidate]:
    """What other languages, or Python 2, call what Python has."""
    tree, why = place.tree, "that is Python's name for it"
    call = tree.parent(node)
    end = tree.span(node)[1]
    start = end - len(node.attr)
    if name == "__contains__" and isinstance(call, ast.Call) and len(call.args) == 1:
        text = f"{tree.source(call.args[0])} in {tree.source(node.value)}"
        edit = Edit(*tree.span(call), text)
    elif name == "__len__" or (name.startswith("__") and isinstance(call, ast.Call) and not call.args):
        whole = call if isinstance(call, ast.Call) and call.func is node and not call.args else node
        edit = Edit(*tree.span(whole), f"{name.strip('_')}({tree.source(node.value)})")
    elif name.startswith("__"):
        return []
    else:
        edit = Edit(start, end, name)
    return [Candidate(f"Change {node.attr} to {name.strip('_')}", (edit,), "fix", GENERATOR, 0.9, why)]


def _uncalled(place: Place, node: ast.Attribute) -> list[Candidate]:
    """`text.strip.upper()`: what has no such attribute is a method, whose result may have it."""
    types = place.quoted[:1]
    if not types or not (_METHOD.search(types[0]) or _METHOD.search(place.message)):
        return []
    end = place.tree.span(node.value)[1]
    why = f"{place.tree.source(node.value)[-40:]} is a method, and is not called"
    return [Candidate("Add the parentheses of the call", (Edit(end, end, "()"),), "fix", GENERATOR, 0.9, why)]


def _receivers(place: Place, node: ast.Attribute) -> list[Candidate]:
    """Other objects that the file takes this attribute from, and that are known here."""
    tree = place.tree
    known = visible(tree, node)
    wrong = tree.source(node.value)
    counted: dict[str, int] = {}
    for other in tree.nodes:
        if isinstance(other, ast.Attribute) and other.attr == node.attr and other is not node:
            root = other.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in known:
                written = ast.unparse(other.value)
                counted[written] = counted.get(written, 0) + 1
    counted.pop(wrong, None)
    found = []
    for receiver, value in (
        alike(wrong, [n for n, k in known.items() if k.scope is not None])[:3] if wrong.isidentifier() else ()
    ):
        edit = Edit(*tree.span(node.value), receiver)
        title = f"Change {wrong}.{node.attr} to {receiver}.{node.attr}"
        found.append(Candidate(title, (edit,), "fix", GENERATOR, 0.75 * value, f"{receiver} is in scope"))
    statement = tree.parent(node)
    if isinstance(statement, ast.Assign) and statement.value is node:
        # `x.a = x.a` says nothing.
        targets = {f"{ast.unparse(t.value)}" for t in statement.targets if isinstance(t, ast.Attribute)}
        counted = {receiver: times for receiver, times in counted.items() if receiver not in targets}
    for receiver, times in sorted(counted.items(), key=lambda pair: -pair[1])[:3]:
        weight = min(0.45 + 0.05 * times + (0.1 if receiver.startswith(f"{wrong}.") else 0), 0.7)
        edit = Edit(*tree.span(node.value), receiver)
        title = f"Change {wrong}.{node.attr} to {receiver}.{node.attr}"
        why = f"the file has {receiver}.{node.attr} elsewhere"
        found.append(Candidate(title, (edit,), "fix", GENERATOR, weight, why))
    return found


def _is_method(member: Member) -> bool:
    return member.kind in _CALLABLE or member.detail.startswith(("bound method", "def "))


def _shown(receiver: str) -> str:
    source = re.sub(r"\s+", " ", receiver)
    return source if len(source) <= 40 else f"…{source[-39:]}"


def _between(weight: float) -> float:
    return max(0.05, min(weight, 0.97))
