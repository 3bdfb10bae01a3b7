"""The page of the sandboxes."""

from __future__ import annotations

from typing import Any

from tests.bench.machine import sentence

Found = dict[str, Any]

_EXPLANATION = """\
Three ways to run a model's program, with the same three tools: Punie's code mode, smolagents' `LocalPythonExecutor`
with its default imports and a time limit, and plain `exec` with the usual builtins. Punie type-checks each program
before it runs, in a process of its own; that is in its times."""
_ESCAPES = """\
Each attempt is made as it is written and once more inside `exec(...)`, out of a type checker's sight. It has succeeded
when its effect is there: a secret in what comes back (from the environment, a file or the host's names), a file that
was written, a connection that was made, a name of the host's that is another, or a host process that has ended. What
was raised does not count. smolagents itself says that its executor is no security sandbox."""


def page(found: Found) -> str:
    """The page for people."""
    kinds, limits = found["kinds"], found["limits"]
    lines = [
        "# The sandbox",
        "",
        f"Written by `make bench` (`python -P -m tests.bench sandbox`). {sentence(found['machine'])}, Monty "
        f"{found['machine']['pydantic-monty']}, smolagents {found['machine']['smolagents']}.",
        "",
        _EXPLANATION,
        "",
        *_table(["what", *(f"{kind} p50 ms" for kind in kinds)], [_speed(row, kinds) for row in found["speed"]]),
        "",
        "## Escapes",
        "",
        _ESCAPES,
        "",
        *_table(
            ["", *kinds],
            [[f"of {len(found['escapes'])} succeeded", *(str(_escaped(found, kind)) for kind in kinds)]],
        ),
        "",
        "## Denial of service",
        "",
        f"Limits where there are any: {limits['seconds']:g} s and {limits['memory_mb']} MB; every host may have 2 GB. "
        f"An attempt was back in time when it had ended and the next program had run within {limits['deadline']:g} s.",
        "",
        *_table(["", *kinds], _denial_sums(found)),
        "",
        "## One by one",
        "",
        *_table(["escape", *kinds], [_escape(row, kinds) for row in found["escapes"]]),
        "",
        *_table(["denial of service", *kinds], [_denial(row, kinds) for row in found["denials"]]),
        "",
    ]
    return "\n".join(lines)


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [_line(head), _line(["---", *["---:"] * (len(head) - 1)]), *(_line(row) for row in rows)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _speed(row: Found, kinds: list[str]) -> list[str]:
    return [row["what"], *(_ms(row[kind]["p50_ms"]) for kind in kinds)]


def _ms(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _escaped(found: Found, kind: str) -> int:
    return sum(bool(row[kind]["effects"]) for row in found["escapes"])


def _escape(row: Found, kinds: list[str]) -> list[str]:
    return [row["name"], *(", ".join(row[kind]["effects"]) or "no" for kind in kinds)]


def _denial_sums(found: Found) -> list[list[str]]:
    kinds, rows, most = found["kinds"], found["denials"], found["limits"]["peak_mb"]
    times = {kind: [r[kind]["seconds"] for r in rows if r[kind]["seconds"] is not None] for kind in kinds}
    return [
        [f"of {len(rows)} back in time", *(str(len(times[kind])) for kind in kinds)],
        ["longest of these, s", *(f"{max(times[kind]):.2f}" for kind in kinds)],
        ["ended the host", *(str(sum(row[kind]["ended"] for row in rows)) for kind in kinds)],
        [
            f"host over {most:g} MB",
            *(str(sum(row[kind]["peak_mb"] > most for row in rows)) for kind in kinds),
        ],
        ["host's most memory, MB", *(f"{max(row[kind]['peak_mb'] for row in rows):.0f}" for kind in kinds)],
        ["most of a process beside it, MB", *(f"{max(row[kind]['beside_mb'] for row in rows):.0f}" for kind in kinds)],
    ]


def _denial(row: Found, kinds: list[str]) -> list[str]:
    return [row["name"], *(_came_of(row[kind]) for kind in kinds)]


def _came_of(outcome: Found) -> str:
    if outcome["ended"]:
        return "**ended the host**"
    seconds = f"{outcome['seconds']:.2f} s" if outcome["seconds"] is not None else "**not back**"
    return f"{seconds}, {outcome['peak_mb']:.0f} MB"
