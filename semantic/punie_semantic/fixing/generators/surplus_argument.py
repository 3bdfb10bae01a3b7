"""An argument that a function does not take: misspelt, one too many, unnamed, or missing in the definition."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.calling import (
    Definition,
    Parameter,
    agreement,
    call_around,
    definition_of,
    parameters_of,
    removal,
    siblings,
    spoken,
)
from punie_semantic.fixing.generators.expression import short
from punie_semantic.fixing.likeness import alike, likeness
from punie_semantic.fixing.place import Place

GENERATOR = "surplus argument"
_UNDEFINED = ("unresolved-reference", "F821")


async def generate(place: Place) -> list[Candidate]:
    """Names like the wrong one; without the argument; the argument by name; the parameter that the body uses."""
    if place.code == "invalid-syntax":
        return _repeated(place)
    if place.code == "invalid-legacy-type-variable":
        return _unknown_in_type(place)
    call = call_around(place)
    if call is None:
        return []
    overloads = await parameters_of(place, call)
    parameters = overloads[0] if overloads else []
    keyword = next((k for k in call.keywords if place.tree.span(k) == (place.start, place.end)), None)
    found: list[Candidate] = []
    if keyword is not None:
        found += _keyword(place, call, keyword, parameters)
    else:
        found += [*_positional(place, call, parameters), *_named(place, call, parameters), *_grouped(place, call)]
    definition = await definition_of(place, call)
    if definition is not None:
        found += _parameter(place, call, definition, keyword)
    return sorted(found, key=lambda candidate: -candidate.weight)[:14]


def _repeated(place: Place) -> list[Candidate]:
    """A keyword that is given twice: the file does not parse, so only its text is looked at."""
    comma = re.compile(r"\s*,\s*$").search(place.text[: place.start])
    if not place.message.startswith("Duplicate keyword argument") or comma is None:
        return []
    found = [
        Candidate(
            f"Drop {short(place.source)}",
            (Edit(comma.start(), place.end, ""),),
            "fix",
            GENERATOR,
            0.93,
            "it is given twice",
        )
    ]
    name = place.source.partition("=")[0].strip()
    first = list(
        re.finditer(rf"(?<=[(,])\s*{re.escape(name)}\s*=[^,()]*,", place.text[max(0, place.start - 400) : place.start])
    )
    if first:
        start = max(0, place.start - 400) + first[-1].start()
        edit = Edit(start, start + len(first[-1][0]), "")
        found.append(Candidate(f"Drop the first {name}", (edit,), "fix", GENERATOR, 0.4, "it is given twice"))
    return found


def _unknown_in_type(place: Place) -> list[Candidate]:
    """A keyword that `TypeVar` and the like do not take."""
    told = re.match(r"Unknown keyword argument `(\w+)`", place.message)
    node = place.tree.node_at(place.start, place.end)
    call = place.tree.enclosing(node, ast.Call) if node is not None else None
    wrong = (
        next((k for k in call.keywords if told is not None and k.arg == told[1]), None) if call is not None else None
    )
    if call is None or wrong is None:
        return []
    title = f"Drop {short(place.tree.source(wrong))}"
    return [Candidate(title, (removal(place, call, wrong),), "fix", GENERATOR, 0.8, f"it takes no `{wrong.arg}`")]


def unknown(place: Place, call: ast.Call, overloads: list[list[Parameter]]) -> list[Candidate]:
    """For a call with overloads: an argument that is given twice, the keywords that none of them has."""
    names = {parameter.name for parameters in overloads for parameter in parameters}
    texts = [place.tree.source(argument) for argument in call.args]
    for index, argument in enumerate(call.args[1:], 1):
        if texts[index] == texts[index - 1]:
            edit = removal(place, call, argument)
            return [
                Candidate(
                    f"Drop the argument {short(texts[index])}", (edit,), "fix", GENERATOR, 0.85, "it is given twice"
                )
            ]
    if any(parameter.kind == "**" for parameters in overloads for parameter in parameters) or not names:
        return []
    wrong = [keyword for keyword in call.keywords if keyword.arg is not None and keyword.arg not in names]
    merged = list({p.name: p for parameters in overloads for p in parameters}.values())
    found = [candidate for keyword in wrong for candidate in _keyword(place, call, keyword, merged)]
    return sorted(found, key=lambda candidate: -candidate.weight)[:14]


def _keyword(place: Place, call: ast.Call, wrong: ast.keyword, parameters: list[Parameter]) -> Iterator[Candidate]:
    start, _ = place.tree.span(wrong)
    name = wrong.arg or ""
    given = {k.arg for k in call.keywords} | {p.name for p in parameters[: len(call.args)]}
    free = [p.name for p in parameters if p.name not in given and p.kind in ("both", "keyword")]
    span = Edit(start, start + len(name), "")
    value = place.tree.source(wrong.value)
    usual = {k.arg for other in siblings(place, call) for k in other.keywords}
    likely = dict(alike(name, free))
    for other in free[:12]:
        weight = 0.95 * likely.get(other, 0.0) or (0.4 if len(free) == 1 else 0.2)
        weight += (0.1 if spoken(wrong.value) == other else 0.0) + (0.05 if other in usual else 0.0)
        why = f"`{other}` is a parameter that is not given yet"
        title = f"Change {name} to {other}"
        yield Candidate(title, (Edit(span.start, span.end, other),), "fix", GENERATOR, min(weight, 0.96), why)
    if place.code == "positional-only-parameter-as-kwarg":
        edit = Edit(start, place.tree.span(wrong.value)[0], "")
        yield Candidate(
            f"Give {short(value)} without its name", (edit,), "fix", GENERATOR, 0.9, "it has no name for calls"
        )
    weight = 0.5 if not likely else 0.25
    if any(keyword is not wrong and keyword.arg == wrong.arg for keyword in call.keywords):
        weight = 0.8
    why = f"there is no parameter `{name}`" if place.code != "parameter-already-assigned" else "it is given already"
    yield Candidate(f"Drop {short(name + '=' + value)}", (removal(place, call, wrong),), "fix", GENERATOR, weight, why)


def _positional(place: Place, call: ast.Call, parameters: list[Parameter]) -> Iterator[Candidate]:
    """Without the argument after which the others fit their parameters best; doubles first."""
    plain = [p for p in parameters if p.kind in ("positional", "both")]
    texts = [place.tree.source(argument) for argument in call.args]
    scores = [agreement([*call.args[:i], *call.args[i + 1 :]], plain) for i in range(len(call.args))]
    top = max(scores, default=0.0)
    others = siblings(place, call)
    for index, argument in enumerate(call.args):
        double = index > 0 and texts[index] == texts[index - 1]
        following = index + 1 < len(texts) and texts[index] == texts[index + 1]
        weight = (
            0.92
            if double
            else 0.1
            if following
            else 0.6 - 0.4 * (top - scores[index]) - 0.03 * (len(texts) - 1 - index)
        )
        if place.code == "parameter-already-assigned":
            weight *= 0.6
        elif place.tree.span(argument)[0] == place.start and not double:
            weight += 0.08
        if any(len(other.args) == len(call.args) for other in others) and not double:
            weight *= 0.8
        why = "it is given twice" if double else "the others then fit their parameters"
        title = f"Drop the argument {short(texts[index])}"
        yield Candidate(title, (removal(place, call, argument),), "fix", GENERATOR, max(weight, 0.05), why)


def _named(place: Place, call: ast.Call, parameters: list[Parameter]) -> Iterator[Candidate]:
    """The first that is too much, with the name of a parameter that must be named."""
    given = {k.arg for k in call.keywords}
    surplus = next((a for a in call.args if place.tree.span(a)[0] == place.start), None)
    if surplus is None or surplus is not call.args[-1] or isinstance(surplus, ast.Starred):
        return
    free = [p for p in parameters if p.kind == "keyword" and p.name not in given]
    usual = [k.arg for other in siblings(place, call) for k in other.keywords]
    for parameter in free[:8]:
        like = likeness(spoken(surplus), parameter.name)
        weight = 0.5 + 0.4 * like + (0.2 if parameter.name in usual else 0.0) + (0.2 if len(free) == 1 else 0.0)
        edit = Edit(place.start, place.start, f"{parameter.name}=")
        why = f"`{parameter.name}` can be given only by name"
        yield Candidate(f"Give it as {parameter.name}", (edit,), "fix", GENERATOR, min(weight, 0.92), why)


def _grouped(place: Place, call: ast.Call) -> Iterator[Candidate]:
    """Several arguments where one tuple or list is taken."""
    name = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )
    first = 1 if name in ("isinstance", "issubclass") else 0
    if call.keywords or len(call.args) < first + 2 or any(isinstance(a, ast.Starred) for a in call.args):
        return
    start, end = place.tree.span(call.args[first])[0], place.tree.span(call.args[-1])[1]
    known = name in (
        "isinstance",
        "issubclass",
        "append",
        "add",
        "extend",
        "update",
        "join",
        "sum",
        "any",
        "all",
        "len",
    )
    for left, right in ("()", "[]"):
        weight = (0.72 if known else 0.3) * (0.7 if (left == "[") != (name in ("join", "extend", "sum")) else 1.0)
        edits = (Edit(start, start, left), Edit(end, end, right))
        why = "it takes one argument for all of them"
        yield Candidate(f"Put {left}{right} around the arguments", edits, "fix", GENERATOR, weight, why)


def _parameter(place: Place, call: ast.Call, definition: Definition, wrong: ast.keyword | None) -> Iterator[Candidate]:
    """The parameter that the definition lacks: its body uses a name that is defined nowhere."""
    arguments = definition.function.args
    undefined = _undefined_in(place, definition)
    name = wrong.arg if wrong is not None else undefined[0] if undefined else ""
    if not name or (wrong is not None and undefined and name not in undefined):
        return
    ordered = [*arguments.posonlyargs, *arguments.args]
    if ordered and not arguments.vararg and not arguments.kwonlyargs:
        slots = [len(ordered)]
        if wrong is None:
            slots = sorted({len(ordered), *_slots(call, name, len(ordered))}, reverse=True)
        for slot in slots:
            weight = (0.9 if name in undefined else 0.2) - 0.1 * (len(ordered) - slot)
            last = ordered[slot - 1]
            defaults = len(arguments.defaults) > len(ordered) - slot
            end = definition.tree.span(arguments.defaults[slot - 1 - len(ordered)] if defaults else last)[1]
            edit = Edit(end, end, f", {name}{'=None' if defaults else ''}")
            why = f"the body of {definition.function.name} uses {name}" if name in undefined else "the call gives it"
            title = f"Add the parameter {name} to {definition.function.name}"
            yield Candidate(title, (edit,), "fix", GENERATOR, weight, why, definition.file)


def _slots(call: ast.Call, name: str, count: int) -> list[int]:
    """Where among the parameters one of this name would meet an argument of the same name."""
    shift = count - len(call.args) + 1
    return [i + shift for i, argument in enumerate(call.args) if spoken(argument) == name and 0 < i + shift <= count]


def _undefined_in(place: Place, definition: Definition) -> list[str]:
    if definition.file:
        return []
    start, end = definition.tree.span(definition.function)
    found = [place.offsets(other) for other in place.others if other.code in _UNDEFINED]
    return list(dict.fromkeys(place.text[a:b] for a, b in found if start <= a and b <= end))
