"""The page of the forty questions."""

from __future__ import annotations

from typing import Any

from tests.bench.machine import sentence

Found = dict[str, Any]

_ASKED = {"uses": "who uses it", "subclasses": "which classes derive from it", "overrides": "what overrides it"}
_EXPLANATION = """\
Each question is about lines of the package. What is true was established without ty: a resolver of scopes, imports and
annotations on top of `ast` (`tests/bench/name_oracle.py`). “False” are lines that were given but are no answer,
“missed” are answers that were not given. The text search is what one would type: the whole word for uses,
`class …(…Name…)` for subclasses, `def name` for overrides. The tools were asked by the symbol's name, with
`find_references`, `type_hierarchy` and `find_implementations`."""


def page(found: Found) -> str:
    """The page for people."""
    totals, every, speed = found["totals"], found["every_name"], found["speed"]
    lines = [
        "# Forty questions about symbols",
        "",
        f"Written by `make bench`, on the package {found['package']}. {sentence(found['machine'])}.",
        "",
        f"Lines that answer: {totals['expected']}. Tools: {totals['tools_false']} false, {totals['tools_missed']} "
        f"missed. Text search: {totals['text_false']} false, {totals['text_missed']} missed.",
        "",
        _EXPLANATION,
        "",
        "| symbol | question | answers | tools: false | missed | text: false | missed | tools ms |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| `{r['symbol']}` | {_ASKED[r['kind']]} | {r['expected']} | {r['tools_false']} | {r['tools_missed']} "
            f"| {r['text_false']} | {r['text_missed']} | {r['ms']:.0f} |"
            for r in found["rows"]
        ),
        "",
        f"The same question, “who uses it”, about all {every['names']} module-level names with at least "
        f"{every['lines']} lines: {every['tools_false']} false, {every['tools_missed']} missed of {every['expected']}. "
        f"They differ for: {', '.join(f'`{name}`' for name in every['differ']) or 'none'}. (`_windows.py` defines its "
        "function twice, in a branch per platform; ty does not look into the branch of the other platform.)",
        "",
        "## Times and memory",
        "",
        f"Warm, in a project of {speed['files']} Python files.",
        "",
        "| what | n | p50 ms | p95 ms | target p50 ms | met |",
        "|---|---:|---:|---:|---:|---|",
        *(
            f"| {r['what']} | {r['n']} | {r['p50_ms']:.1f} | {r['p95_ms']:.1f} | {r['target_ms']} "
            f"| {'yes' if r['met'] else '**no**'} |"
            for r in speed["rows"]
        ),
        "",
        f"Resident memory in MB after {speed['memory']['calls_each']} of these calls, and after as many again, twice:",
        f"Punie {_sizes(speed['memory']['punie_mb'])}; ty {_sizes(speed['memory']['ty_mb'])}.",
        "",
    ]
    return "\n".join(lines)


def _sizes(sizes: list[float]) -> str:
    return ", ".join(f"{size:.0f}" for size in sizes)
