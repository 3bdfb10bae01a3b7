"""Questions about one symbol: where it is used and defined, what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from punie_agent.planner.asking import FIND, name_of, simple
from punie_agent.planner.recipe import Recipe, Slots
from punie_agent.planner.telling import block, caveat, code, count, essence, joined, listed, place, shown_place

SHOW = "(show|show me|display|print|see|get|give me|what is|what are|find|look up)"
CODE_LINES = 200

# A file behind "in" is where the symbol is defined, or else where its uses are wanted.
_REFERENCES = """
within = ""
if path and not line:
    within = path if "." not in path.split("/")[-1] else found(path)
    if find_symbol(symbol, path=within, limit=1).matched == "exact" or "." in symbol:
        path, within = within, ""
    else:
        path = ""
found_uses = find_references(path, line, column, False, symbol=symbol, limit=5000)
uses = [
    u for u in found_uses.locations if not within or u.file == within or u.file.startswith(within.rstrip("/") + "/")
]
{
    "state": found_uses.state,
    "reason": found_uses.reason,
    "candidates": found_uses.candidates,
    "uses": uses[:20],
    "total": len(uses),
    "files": len(set([u.file for u in uses])),
    "within": within,
}
"""

_DEFINITION = """
found_places = goto_definition(path, line, column, symbol=symbol)
{
    "state": found_places.state,
    "reason": found_places.reason,
    "candidates": found_places.candidates,
    "places": found_places.locations[:20],
    "total": found_places.total,
}
"""

_EXPLAIN = """
seen = hover(path, line, column, symbol=symbol)
places, located, uses, used_in, counted = [], seen.state, 0, 0, seen.state
if seen.state != "unknown":
    found_places = goto_definition(path, line, column, symbol=symbol)
    places, located = found_places.locations[:3], found_places.state
    found_uses = find_references(path, line, column, False, symbol=symbol, limit=5000)
    uses, used_in, counted = found_uses.total, len(set([u.file for u in found_uses.locations])), found_uses.state
rule = explain_rule(problem_code) if problem_code else None
{
    "state": seen.state,
    "reason": seen.reason,
    "candidates": seen.candidates,
    "found": seen.found,
    "type": seen.type,
    "docstring": seen.docstring,
    "places": places,
    "located": located,
    "uses": uses,
    "used_in": used_in,
    "counted": counted,
    "rule": rule,
}
"""

_TYPE = """
seen = hover(path, line, column, symbol=symbol)
{"state": seen.state, "reason": seen.reason, "candidates": seen.candidates, "found": seen.found, "type": seen.type}
"""

_FIND_SYMBOL = """
seen = find_symbol(symbol, path=path, limit=200)
fitting = [s for s in seen.symbols if kind in ("", s.kind)]
{
    "state": seen.state,
    "reason": seen.reason,
    "matched": seen.matched,
    "symbols": fitting[:20],
    "total": len(fitting),
}
"""

_SOURCE = """
found_places = goto_definition(path, line, column, symbol=symbol)
file, first, text, total = "", 0, "", 0
if found_places.locations and not found_places.locations[0].external:
    at = found_places.locations[0]
    around = [s for s in document_symbols(at.file).symbols if s.line == at.line]
    last = around[0].end_line if around else at.line
    file, first, total = at.file, at.line, last - at.line + 1
    text = read_file(at.file, at.line, min(total, most)).text[:40000]
{
    "state": found_places.state,
    "reason": found_places.reason,
    "candidates": found_places.candidates,
    "file": file,
    "line": first,
    "text": text,
    "total": total,
}
"""


def _tell_references(slots: Slots, result: Mapping[str, Any]) -> str:
    name, total = code(name_of(slots)), result["total"]
    within = f" in {code(result['within'])}" if result["within"] else ""
    if not total:
        return joined(f"{name} is not used anywhere{within}, as far as ty sees.", caveat(result))
    files = "" if within else f" in {count(result['files'], 'file')}"
    head = f"{name} is used in {count(total, 'place')}{files or within}:"
    return joined(head, listed([shown_place(use) for use in result["uses"]], total), caveat(result))


def _tell_definition(slots: Slots, result: Mapping[str, Any]) -> str:
    name, places = code(name_of(slots)), result["places"]
    if not places:
        return joined(f"ty knows no definition of {name}.", caveat(result))
    if len(places) == 1:
        outside = ", outside the project" if places[0]["external"] else ""
        return joined(
            f"{name} is defined in {place(places[0])}{outside}:", block(places[0]["text"].strip()), caveat(result)
        )
    head = f"{name} has {count(result['total'], 'definition')}:"
    return joined(head, listed([shown_place(p) for p in places], result["total"]), caveat(result))


def _tell_explanation(slots: Slots, result: Mapping[str, Any]) -> str:
    rule = result["rule"]
    about_rule = ""
    if rule and rule["found"]:
        about_rule = joined(f"**{rule['code']}** ({rule['tool']}): {rule['summary']}", essence(rule))
    elif rule:
        about_rule = f"Punie knows no rule {code(rule['code'])}."
    message = str(slots.get("text", "")).strip()
    if not result["found"]:
        return joined(message, about_rule, f"ty knows nothing about {code(name_of(slots))}.", caveat(result))
    places = result["places"]
    defined = f"Defined in {', '.join(place(p) for p in places)}." if places else ""
    if result["located"] == "unknown":
        defined = "Where it is defined could not be found out."
    used = f"Used in {count(result['uses'], 'place')} in {count(result['used_in'], 'file')}."
    if not result["uses"]:
        used = "Not used anywhere, as far as ty sees."
    if result["counted"] == "unknown":
        used = "Where it is used could not be found out."
    documentation = result["docstring"] or "It has no documentation; this is all that is known without a model."
    return joined(
        message, about_rule, block(result["type"]), documentation, f"{defined} {used}".strip(), caveat(result)
    )


def _tell_type(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["found"]:
        return f"ty knows no type for {code(name_of(slots))}."
    return joined(f"{code(name_of(slots))} is:", block(result["type"]))


def _tell_found(slots: Slots, result: Mapping[str, Any]) -> str:
    name, symbols = code(slots["symbol"]), result["symbols"]
    kind = slots.get("kind") or "symbol"
    if not symbols:
        return joined(f"The project has no {kind} {name}.", str(result["reason"]))
    lines = [f"{code(s['qualified_name'])} ({s['kind']}) in {place(s)}" for s in symbols]
    head = f"{name}: {count(result['total'], kind)}" + ("" if result["matched"] == "exact" else " with a similar name")
    return joined(f"{head}:", listed(lines, result["total"]), caveat(result))


def _tell_source(slots: Slots, result: Mapping[str, Any]) -> str:
    if not result["file"]:
        return f"The source of {code(name_of(slots))} is not in the project."
    left = result["total"] - CODE_LINES
    more = f"The first {CODE_LINES} of {result['total']} lines." if left > 0 else ""
    return joined(f"{code(name_of(slots))} in {place(result)}:", block(result["text"]), more)


RECIPES = (
    Recipe(
        name="references",
        does="Every use of a symbol, exactly",
        phrases=(
            (
                f"{FIND} (references|reference|usages|usage|uses|use|every use|every usage|occurrences|every "
                f"reference) (to|of|for) {{symbol}}"
            ),
            "[all] [the] (references|usages|usage|uses|occurrences) (to|of|for) {symbol}",
            f"{FIND} (places|lines|files|modules) (where|that|in which|which) {{symbol}} is used",
            f"{FIND} (places|lines|files|modules) (that|which) use {{symbol}}",
            "(who|what|which code|which files|which modules|which functions) (uses|use|is using|references) {symbol}",
            "where (is|are) {symbol} [being] (used|referenced|needed)",
            "where do we|i use {symbol}",
            "where in [the|this] (code|project|codebase) is {symbol} (used|referenced|needed)",
            "is {symbol} [still|ever] used [anywhere|somewhere]",
            "(how often|how many times) is {symbol} used",
            "references {symbol}",
            "{symbol} (references|usages|uses)",
        ),
        example="find references to Cart.total",
        step=simple(_REFERENCES, _tell_references, narrowed=False),
        about="symbol",
        ask="References to what? Say for example: `find references to Cart.total`.",
    ),
    Recipe(
        name="definition",
        does="Where a symbol is defined",
        phrases=(
            "[show] [me] where (is|are|was|lives) {symbol} (defined|declared|implemented|located|defined at)",
            "[show] [me] where {symbol} (is|are|was) (defined|declared|implemented)",
            "where [is] {symbol}",
            "where does {symbol} (come from|live)",
            "where can|do i find {symbol}",
            "(go to|goto|jump to|navigate to|open|take me to) [the] [definition of] {symbol}",
            f"{FIND} (definition|declaration) (of|for) {{symbol}}",
            "[the] definition|declaration of {symbol}",
            "find|locate where {symbol} is defined",
            "where is [the] definition of {symbol}",
        ),
        example="where is Cart defined?",
        step=simple(_DEFINITION, _tell_definition),
        about="symbol",
        ask="The definition of what? Say for example: `where is Cart defined?`",
    ),
    Recipe(
        name="explain",
        does="What a symbol is: type, documentation, definition, number of uses",
        phrases=(
            "what does {symbol} [actually|really] do",
            "what (do|does) {symbol} mean",
            "how does {symbol} work",
            "(explain|describe) [me|to me] [what] {symbol} [does|is|means]",
            (
                "[show|show me|get|find|read|give me] [the] (docs|doc|documentation|docstring|description) "
                "(of|for|on|about) {symbol}"
            ),
            "what is|are {codelike} [for|about|good for|used for]",
            "what is the (purpose|meaning|point) of {symbol}",
            "[tell me] about {symbol}",
            "hover|help [on|over|with] {codelike}",
            "hover [on|over] {symbol}",
            "[show|give] [me] (info|information|details) (on|about|for) {symbol}",
        ),
        example="what does Cart.total do?",
        step=simple(_EXPLAIN, _tell_explanation, problem_code=""),
        about="symbol",
        ask="Explain what? Name it, for example: `explain Cart.total`, or put the cursor on it.",
    ),
    Recipe(
        name="type_of",
        does="The type or signature of a symbol",
        phrases=(
            "(what|which) type (is|has|does) {symbol} [have]",
            f"[{SHOW}] [the] (type|signature|return type|inferred type) of|for {{symbol}}",
            "what is {symbol} type",
            "what does {symbol} (return|take|accept|give|give back)",
            "(what|which) (arguments|parameters) does {symbol} (take|have|accept)",
        ),
        example="what type is Cart.total?",
        step=simple(_TYPE, _tell_type),
        about="symbol",
        ask="The type of what? Say for example: `what type is Cart.total?`",
    ),
    Recipe(
        name="find_symbol",
        does="Symbols by name",
        phrases=(
            "(find|search [for]|look [up] [for]|locate) [me] [the|a] {kind} [named|called|like] {text}",
            "is there [a] {kind} (named|called|like) {text}",
            "(find|search [for]|list) [all] (symbols|names) (like|named|called|matching) {text}",
            "do we have a {kind} (named|called|like) {text}",
        ),
        example="find the class Cart",
        step=simple(_FIND_SYMBOL, _tell_found, kind=""),
        accepts=lambda slots: {("symbol" if k == "text" else k): v for k, v in slots.items()},
    ),
    Recipe(
        name="show_symbol",
        does="The source of a symbol",
        phrases=(
            (
                "(show|print|display|read|open|view) [me] [the] [source|code|source code|body|implementation] "
                "[of|for] {symbol}"
            ),
            "what does [the] (source|code|body) of {symbol} look like",
            "[the] (source|code|source code) of {symbol}",
        ),
        example="show the source of Cart.total",
        step=simple(_SOURCE, _tell_source, most=CODE_LINES),
        about="symbol",
        ask="Show what? Say for example: `show Cart.total` or `show src/app.py`.",
    ),
)
