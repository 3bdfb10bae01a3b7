"""Questions about symbols and others: callers, subclasses, tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import FIND, name_of, simple
from punie_agent.planner.recipe import Recipe, Slots
from punie_agent.planner.telling import caveat, code, count, joined, listed, place, shown_place

_CALLS = """
seen = call_hierarchy(path, line, column, symbol=symbol, direction=direction)
{
    "state": seen.state,
    "reason": seen.reason,
    "candidates": seen.candidates,
    "entries": seen.entries[:20],
    "total": seen.total,
    "calls": sum([len(e.places) for e in seen.entries]),
}
"""

_TYPES = """
seen = type_hierarchy(path, line, column, symbol=symbol, direction=direction)
{
    "state": seen.state,
    "reason": seen.reason,
    "candidates": seen.candidates,
    "entries": seen.entries[:20],
    "total": seen.total,
}
"""

_IMPLEMENTATIONS = """
seen = find_implementations(path, line, column, symbol=symbol)
{
    "state": seen.state,
    "reason": seen.reason,
    "candidates": seen.candidates,
    "places": seen.locations[:20],
    "total": seen.total,
}
"""

# Tests that call it, in up to three steps, and those that only name it.
_COVERING = """
def is_test(file):
    name = file.split("/")[-1]
    return name.startswith("test_") or name.endswith("_test.py")

uses = find_references(path, line, column, False, symbol=symbol, limit=5000)
tests, seen = [], []
if uses.state != "unknown":
    called = call_hierarchy(path, line, column, symbol=symbol, depth=3)
    for entry in called.entries:
        if is_test(entry.file) and entry.name.startswith("test") and entry.qualified_name not in seen:
            seen.append(entry.qualified_name)
            tests.append(
                {"name": entry.qualified_name, "file": entry.file, "line": entry.line, "depth": entry.depth}
            )
    outlines = {}
    for use in [u for u in uses.locations if is_test(u.file)]:
        if use.file not in outlines:
            outlines[use.file] = [
                s
                for s in document_symbols(use.file).symbols
                if s.name.startswith("test") and s.kind in ("function", "method")
            ]
        for s in outlines[use.file]:
            if s.line <= use.line <= s.end_line and s.qualified_name not in seen:
                seen.append(s.qualified_name)
                tests.append({"name": s.qualified_name, "file": s.file, "line": s.line, "depth": 1})
{
    "state": uses.state,
    "reason": uses.reason,
    "candidates": uses.candidates,
    "tests": sorted(tests, key=lambda t: (t["depth"], t["file"], t["line"]))[:20],
    "total": len(tests),
}
"""


def _tell_callers(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return joined(f"Nothing in the project calls {code(name_of(slots))}, as far as ty sees.", caveat(result))
    head = f"{code(name_of(slots))} is called by {count(result['total'], 'function')}:"
    lines = [
        f"{code(e['qualified_name'])} in {', '.join(place(p) for p in e['places'][:3])}" for e in result["entries"]
    ]
    return joined(head, listed(lines, result["total"]), caveat(result))


def _tell_callees(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["total"]:
        return joined(f"{code(name_of(slots))} calls nothing that ty knows.", caveat(result))
    head = f"{code(name_of(slots))} calls {count(result['total'], 'function')}:"
    return joined(head, _entries(result), caveat(result))


def _entries(result: Mapping[str, Any]) -> str:
    lines = [
        f"{code(e['qualified_name'])}, outside the project"
        if e["external"]
        else f"{code(e['qualified_name'])} in {place(e)}"
        for e in result["entries"]
    ]
    return listed(lines, result["total"])


def _tell_types(noun: str, nothing: str) -> Any:  # noqa: ANN401 - a telling
    def tell(slots: Slots, result: Mapping[str, Any]) -> str:
        name = code(name_of(slots))
        if not result["total"]:
            return joined(nothing.format(name=name), caveat(result))
        return joined(f"{name} has {count(result['total'], noun, noun + 'es')}:", _entries(result), caveat(result))

    return tell


def _tell_implementations(slots: Slots, result: Mapping[str, Any]) -> str:
    name = code(name_of(slots))
    if not result["total"]:
        return joined(f"Nothing in the project implements or overrides {name}.", caveat(result))
    head = f"{name} has {count(result['total'], 'implementation')}:"
    return joined(head, listed([shown_place(p) for p in result["places"]], result["total"]), caveat(result))


def _tell_covering(slots: Slots, result: Mapping[str, Any]) -> str:
    name = code(name_of(slots))
    how = "Found by who uses and calls it (up to three steps away); no test was run."
    if not result["total"]:
        return joined(f"No test uses {name}, as far as ty sees.", how, caveat(result))
    steps = {1: "", 2: ", through one other function", 3: ", through two other functions"}
    lines = [f"{code(t['name'])} in {place(t)}{steps.get(t['depth'], '')}" for t in result["tests"]]
    uses = "uses" if result["total"] == 1 else "use"
    return joined(
        f"{count(result['total'], 'test')} {uses} {name}:", listed(lines, result["total"]), how, caveat(result)
    )


RECIPES = (
    Recipe(
        name="callers",
        does="Who calls a function",
        phrases=(
            (
                "(who|what|which code|which functions|what functions|which methods) (calls|call|is "
                "calling|invokes|invoke) {symbol}"
            ),
            f"{FIND} (callers|caller|calls|incoming calls|call sites) (of|to|for) {{symbol}}",
            "[all] [the] (callers|calls|incoming calls|call sites) (of|to|for) {symbol}",
            "where (is|are) {symbol} (called|invoked) [from]",
            f"{FIND} every caller of {{symbol}}",
            f"{FIND} (places|functions) (where|that|which) (call {{symbol}}|{{symbol}} is called)",
        ),
        example="who calls Cart.total?",
        step=simple(_CALLS, _tell_callers, direction="incoming"),
        about="symbol",
        ask="Callers of what? Say for example: `who calls Cart.total?`",
    ),
    Recipe(
        name="callees",
        does="What a function calls",
        phrases=(
            "(what|which functions|which methods|what functions) (does|do) {symbol} (call|invoke)",
            f"{FIND} (callees|outgoing calls) (of|from|for) {{symbol}}",
            "[all] [the] (callees|outgoing calls) (of|from|for) {symbol}",
            "(what|which functions) is|are called by {symbol}",
        ),
        example="what does Cart.total call?",
        step=simple(_CALLS, _tell_callees, direction="outgoing"),
        about="symbol",
        ask="Calls of what? Say for example: `what does Cart.total call?`",
    ),
    Recipe(
        name="subclasses",
        does="The classes derived from a class",
        phrases=(
            (
                f"[{FIND}] [all] [the] (subclasses|child classes|derived classes|children|descendants|subtypes) "
                f"(of|for) {{symbol}}"
            ),
            (
                "(what|which|which classes|what classes|who) "
                "(inherits|inherit|derive|derives|extend|extends|subclass|subclasses) [from] {symbol}"
            ),
            f"{FIND} classes that|which (inherit from|inherit|extend|derive from|subclass) {{symbol}}",
            "(what|which) (classes|subclasses) (are derived from|are subclasses of|does) {symbol} [have]",
        ),
        example="subclasses of Cart",
        step=simple(_TYPES, _tell_types("subclass", "{name} has no subclass in the project."), direction="subtypes"),
        about="symbol",
        ask="Subclasses of what? Say for example: `subclasses of Cart`.",
    ),
    Recipe(
        name="superclasses",
        does="The classes that a class is derived from",
        phrases=(
            (
                f"[{FIND}] [the] (superclasses|superclass|base classes|base class|bases|parents|parent "
                f"class|parent classes|supertypes|ancestors) (of|for) {{symbol}}"
            ),
            "(what|which class|which classes) does {symbol} (inherit from|extend|derive from|subclass|inherit)",
        ),
        example="superclasses of Cart",
        step=simple(
            _TYPES, _tell_types("superclass", "{name} has no superclass but `object`."), direction="supertypes"
        ),
        about="symbol",
        ask="Superclasses of what? Say for example: `superclasses of Cart`.",
    ),
    Recipe(
        name="implementations",
        does="What implements a class or overrides a method",
        phrases=(
            f"[{FIND}] [all] [the] (implementations|implementers|implementors|overrides) (of|for) {{symbol}}",
            "(who|what|which classes|which class|which methods) (implements|implement|overrides|override) {symbol}",
            "where is {symbol} (overridden|overriden)",
        ),
        example="find implementations of Storage.save",
        step=simple(_IMPLEMENTATIONS, _tell_implementations),
        weight=1,
        about="symbol",
        ask="Implementations of what? Say for example: `find implementations of Storage.save`.",
    ),
    Recipe(
        name="covering_tests",
        does="Which tests use a symbol, by its callers",
        phrases=(
            "(which|what) (tests|test) (cover|covers|test|tests|use|uses|exercise|check|touch|call|run) {symbol}",
            f"{FIND} (tests|test|test cases) (for|of|covering|that cover|that use|using) {{symbol}}",
            "[the] tests (for|of|covering|that cover) {symbol}",
            "is {symbol} (tested|covered) [by tests|by a test|by any test|anywhere]",
            "(are there|do we have|does) [any] tests [exist] (for|that cover) {symbol}",
        ),
        example="which tests cover Cart.total?",
        step=simple(_COVERING, _tell_covering),
        weight=1,
        about="symbol",
        ask="Tests for what? Say for example: `which tests cover Cart.total?`",
    ),
)
