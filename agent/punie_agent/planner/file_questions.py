"""Questions about files and texts: show, outline, list, search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from punie_agent.planner.asking import FIND
from punie_agent.planner.programs import program
from punie_agent.planner.recipe import Answer, Recipe, Results, Slots, Step
from punie_agent.planner.telling import block, caveat, code, count, joined, listed, shown_place, trouble

SHOWN_LINES = 200
Tell = Callable[[Slots, Mapping[str, Any]], str]

_SHOW = """
path = found(path)
first = line or 1
asked = end_line - first + 1 if end_line else most
seen = read_file(path, first, min(asked, most))
{"file": seen.file, "text": seen.text[:40000], "line": seen.start_line, "lines": seen.total_lines, "asked": asked}
"""

_OUTLINE = """
path = found(path)
seen = document_symbols(path)
{
    "state": seen.state,
    "reason": seen.reason,
    "file": path,
    "symbols": [s for s in seen.symbols if s.kind not in ("variable", "field") or not s.container][:100],
    "total": seen.total,
}
"""

_LIST = """
seen = list_files(glob, path, limit=5000)
{"state": seen.state, "reason": seen.reason, "files": seen.files[:20], "total": seen.total}
"""

_SEARCH = """
seen = search_text(text, path, regex=regex, word=word, limit=1000)
{
    "state": seen.state,
    "reason": seen.reason,
    "matches": seen.matches[:20],
    "total": len(seen.matches),
    "files": len(set([m.file for m in seen.matches])),
}
"""


def one(body: str, tell: Tell, **values: Any) -> Callable[[Slots, Results], Step]:  # noqa: ANN401
    """The steps of a question that takes one program: the slots over the defaults, then the telling."""

    def step(slots: Slots, results: Results) -> Step:
        if not results:
            return program(body, **{name: slots.get(name, value) for name, value in values.items()})
        return trouble(results[-1]) or Answer(tell(slots, results[-1]))

    return step


def _tell_file(slots: Slots, result: Mapping[str, Any]) -> str:
    shown = result["text"].count("\n") + (not result["text"].endswith("\n")) if result["text"] else 0
    first = result["line"]
    if not shown:
        return f"{code(result['file'])} is empty."
    last = first + shown - 1
    whole = shown >= result["lines"]
    lines = (
        ""
        if whole
        else f", {'line ' + str(first) if first == last else f'lines {first} to {last}'} of {result['lines']}"
    )
    kind = "python" if result["file"].endswith((".py", ".pyi")) else ""
    more = f"Ask for `lines {last + 1}-{last + SHOWN_LINES} of {result['file']}` to see more."
    cut = result["asked"] >= SHOWN_LINES and last < result["lines"]
    return joined(f"{code(result['file'])}{lines}:", block(result["text"], kind), more if cut else "")


def _tell_outline(slots: Slots, result: Mapping[str, Any]) -> str:
    symbols = result["symbols"]
    if not symbols:
        return joined(f"{code(result['file'])} defines nothing.", caveat(result))
    depths = [s["container"].count(".") + 1 if s["container"] else 0 for s in symbols]
    lines = [
        f"{'  ' * d}- {code(s['name'])} {s['kind']}, line {s['line']}" for d, s in zip(depths, symbols, strict=True)
    ]
    more = "" if len(symbols) < 100 else "The first 100 are shown."
    return joined(f"{code(result['file'])} defines:", "\n".join(lines), more, caveat(result))


def _tell_list(slots: Slots, result: Mapping[str, Any]) -> str:
    of = f" like {code(slots['glob'])}" if slots.get("glob") else ""
    where = f" in {code(slots['path'])}" if slots.get("path") else ""
    if not result["total"]:
        return joined(f"There is no file{of}{where}.", caveat(result))
    head = f"{count(result['total'], 'file')}{of}{where}:"
    return joined(
        head[0].upper() + head[1:], listed([code(f) for f in result["files"]], result["total"]), caveat(result)
    )


def _tell_matches(slots: Slots, result: Mapping[str, Any]) -> str:
    what = code(slots["text"]) if slots.get("text") else "TODO or FIXME"
    where = f" in {code(slots['path'])}" if slots.get("path") else ""
    if not result["total"]:
        return joined(f"{what} is nowhere{where}; files that git ignores were not searched.", caveat(result))
    lines = count(result["total"], "line")
    head = f"{what} is in {lines} of {count(result['files'], 'file')}{where}:"
    return joined(head, listed([shown_place(m) for m in result["matches"]], result["total"]), caveat(result))


RECIPES = (
    Recipe(
        name="show_file",
        does="A file, or some of its lines",
        phrases=(
            (
                "(show|open|read|print|display|view|cat|see|look at|give me) [me] [the] [contents|content|text] "
                "[of] {file}"
            ),
            "(show|open|read|print|display|view|see|look at|give me) [me] [the] {place}",
            "what is in|inside {file}",
        ),
        example="show lines 10-20 of src/app.py",
        step=one(_SHOW, _tell_file, path="", line=0, end_line=0, most=SHOWN_LINES),
        about="file",
        ask="Show which file? Say for example: `show src/app.py`.",
    ),
    Recipe(
        name="outline",
        does="What a file defines",
        phrases=(
            f"[{FIND}] [an|the] (outline|structure|symbols|contents) (of|for|in) {{file}}",
            "(what|which) (functions|classes|methods|symbols|names) (are|are there|are defined) [defined] in {file}",
            f"{FIND} (functions|classes|methods|symbols|names|definitions) (in|of) {{file}}",
            "(what|which) [functions|classes|methods|symbols] does {file} (define|contain|have|do)",
            "(explain|describe|summarise|summarize|outline) {file}",
        ),
        example="outline of src/app.py",
        step=one(_OUTLINE, _tell_outline, path=""),
        weight=1,
        about="file",
        ask="The outline of which file? Say for example: `outline of src/app.py`.",
    ),
    Recipe(
        name="list_files",
        does="The project's files, or those like a pattern",
        phrases=(
            f"{FIND} [project] files [in|of|under|below] [{{path}}]",
            f"{FIND} {{glob}} [files] [(in|under|below) {{path}}]",
            "list|show|find [me] [all] [the] python files {python} [(in|of|under) {path}]",
            "(which|what) files (are|are there|exist) [in|under|below] [{path}]",
            "(where is|find|locate|search for) [the] [file|module] {glob}",
            "(how many) files are there [in {path}]",
            "what is in|inside {path}",
            "ls [{path}]",
        ),
        example="list all files in src",
        step=one(_LIST, _tell_list, glob="", path="."),
        about="folder",
        accepts=lambda slots: slots,
    ),
    Recipe(
        name="search_text",
        does="Lines of text",
        phrases=(
            "(search|look|grep) [for] [the] [text|string|phrase|word] {text} [(in|under|inside) {path}]",
            (
                "(find|search [for]|locate|show) [all|every] [the] [lines with|occurrences "
                "of|text|string|phrase|word] {quoted} [(in|under|inside) {path}]"
            ),
            "search|grep [in] {path} for {text}",
            "find [the] (text|string|phrase|word) {text} [(in|under|inside) {path}]",
            "where (does|is) [the] (text|string|phrase|word) {text} (appear|occur|used|found|written) [in {path}]",
            "(which|what) (files|lines) (contain|mention|have) {text}",
        ),
        example='search for "connection lost" in src',
        step=one(_SEARCH, _tell_matches, text="", path=".", regex=False, word=False),
        about="folder",
    ),
    Recipe(
        name="todos",
        does="TODO and FIXME comments",
        phrases=(
            f"{FIND} [open] (todo|fixme) [comment|comments|items|notes] [(in|of) {{path}}]",
            "(are there|do we have|is there) [any] (todo|fixme) [comment|comments] [left] [in {path}]",
            "todo [comments] [in {path}]",
            "(what|which) (is|are) [left] [the] [open] (todo|fixme) [comments] [in {path}]",
        ),
        example="find all TODO comments",
        step=one(_SEARCH, _tell_matches, text=r"\b(TODO|FIXME)\b", path=".", regex=True, word=False),
        weight=2,
        about="folder",
    ),
)
