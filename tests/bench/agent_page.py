"""The page of the agent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.bench.machine import sentence

Found = dict[str, Any]

_SESSION = """\
“find references to …” about names of the package, one after the other in one session, which is stored as always. A
turn looks at the disk anew; that counts. All is warm: the first answers are left out."""
_OVERHEAD = """\
Programs whose tools give at once what they gave before, so that only the way to them and back is measured: making the
program ready, type-checking it against all tools, starting it, and for every call its arguments, its events and its
result. A turn begins with a fresh sandbox."""
_TOGETHER = """\
Each session has requests of its own: a question, an edit (a rename across files, imports, formatting), and references.
Afterwards every request is made once more alone, and the answers must be the same."""


def page(found: Found) -> str:
    """The page for people."""
    session, server, together = found["session"], found["server"], found["together"]
    lines = [
        "# The agent",
        "",
        f"Written by `make bench` (`python -P -m tests.bench agent`), on the package rich with the builtin model. "
        f"{sentence(found['machine'])}, pydantic-ai {found['machine']['pydantic-ai-slim']}, Monty "
        f"{found['machine']['pydantic-monty']}.",
        "",
        *_table(("what", "target", "measured", ""), _targets(found["targets"]), left=4),
        "",
        "## One question after the other",
        "",
        _SESSION,
        "",
        *_table(
            ("", "n", "min ms", "p50 ms", "p95 ms"),
            [
                *(_times(step["what"], step) for step in session["steps"]),
                _times("**until the end of the turn**", session["done"]),
                _times("the same by `punie.ask` in an editor: until the first progress", server["first_event"]),
                _times("**until the answer**", server["done"]),
            ],
        ),
        "",
        f"The first question of all took {session['first']['done_ms']:.0f} ms in a session; from the start of "
        f"`punie-ls` to its first answer it took {server['first_ms'] / 1000:.1f} s.",
        "",
        "## Code mode beyond the tools",
        "",
        _OVERHEAD,
        "",
        *_table(("", "n", "min ms", "p50 ms", "p95 ms"), _overhead(found["overhead"])),
        "",
        "What a model is shown of the tools, in bytes:",
        "",
        *_table(("", "code mode", "JSON schemas", "times"), (_schema(*row) for row in found["schemas"].items())),
        "",
        "## Stopping",
        "",
        "From the wish to stop to the last event, with a model server that speaks HTTP; the commands run for real.",
        "",
        *_table(
            ("what is stopped", "n", "p50 ms", "p95 ms", "most ms", "processes left"),
            (_stopping(row) for row in found["cancelling"]),
        ),
        "",
        "## Sessions at once",
        "",
        _TOGETHER,
        "",
        f"{together['sessions']} sessions, {together['prompts']} requests, {together['edits']} proposals of edits, "
        f"{len(together['problems'])} wrong answers, {together['wall_seconds']:.1f} s in all.",
        "",
        *_table(
            ("", "n", "min ms", "p50 ms", "p95 ms"),
            [_times("until the first event", together["first_event"]), _times("until the end", together["done"])],
        ),
        "",
        *_problems(found),
        "## Memory",
        "",
        "In MB, behind a real `punie-ls`: after one prompt, and after many more. The sandbox ends with each turn.",
        "",
        *_table(("process", "resident", "proportional", "later: resident", "proportional"), _memory(server)),
        "",
    ]
    return "\n".join(lines)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]], left: int = 1) -> list[str]:
    names = list(head)
    aligned = ["---" if number < left else "---:" for number in range(len(names))]
    return [f"| {' | '.join(cells)} |" for cells in (names, aligned, *rows)]


def _targets(targets: list[Found]) -> list[list[str]]:
    return [[t["what"], t["target"], t["measured"], "met" if t["met"] else "**missed**"] for t in targets]


def _times(what: str, row: Found) -> list[str]:
    return [what, str(row["n"]), _ms(row["min_ms"]), _ms(row["p50_ms"]), _ms(row["p95_ms"])]


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _overhead(found: Found) -> list[list[str]]:
    return [_times(what, row) for rows in found.values() for what, row in rows.items()]


def _schema(which: str, row: Found) -> list[str]:
    names = {"core": "the core tools", "all": "all tools, in code mode the rest by name only"}
    times = row["json"] / row["code"]
    return [f"{names[which]} ({row['tools']})", f"{row['code']:,}", f"{row['json']:,}", f"{times:.1f}"]


def _stopping(row: Found) -> list[str]:
    times = (_ms(row[name]) for name in ("p50_ms", "p95_ms", "max_ms"))
    return [row["what"], str(row["n"]), *times, str(row["left"])]


def _problems(found: Found) -> list[str]:
    """What went wrong, where something did."""
    parts = [found["session"], found["server"], found["together"], *found["cancelling"]]
    said = [problem for part in parts for problem in part["problems"]]
    return ["## What went wrong", "", *(f"- {problem}".replace("\n", " ") for problem in said), ""] if said else []


def _memory(server: Found) -> list[list[str]]:
    later = {row["name"]: row for row in server["memory_later"]}
    rows = []
    for row in server["memory"]:
        after = later.get(row["name"])
        sizes = [row["rss_mb"], row["pss_mb"], *([after["rss_mb"], after["pss_mb"]] if after else [])]
        rows.append([row["name"], *(f"{size:.0f}" for size in sizes), *[""] * (4 - len(sizes))])
    return rows
