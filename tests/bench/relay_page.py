"""The relay's figures as a page."""

from __future__ import annotations

from typing import Any

from tests.bench.contenders import BARE, OURS
from tests.bench.machine import PACKAGES, sentence

Found = dict[str, Any]

_EXPLANATION = """\
How it was measured. All contenders run at the same time behind the same client and are asked in turns, in a new order
each round, after a warm-up; n is the number of rounds. Times go from the first byte of the request written to the last
byte of the answer read. “Added” is above bare ty in the same run. Processor time and memory are the proxy process's
own. For the first tables ty is a program that answers at once with results that ty gave on a real package (and on
generated modules, for the largest), so that ty's own time does not hide what is added. Every proxy must give the same
answer, and `punie-ls` and the raw relays the very same bytes, or the benchmark fails.

- byte pump: an asyncio relay that copies bytes as they come. It hands on the first part of a large answer while the
  last is still being written, which nothing that passes on whole messages can.
- raw relay: the same, but whole messages, without a look into them. The targets' “raw relay” is this one.
- punie-ls: ty, ruff and the punie server behind it, always.
- rassumfrassum: `rass`, with ty alone where its own table says nothing else.
- typed pygls proxy: a pygls server and a pygls client, typed objects in between."""


def page(found: Found) -> str:
    """The page for people."""
    packages = ", ".join(f"{name} {found['machine'][name]}" for name in PACKAGES)
    lines = [
        "# The relay",
        "",
        f"Written by `make bench`. {sentence(found['machine'])}; {packages}.",
        "",
        *_targets(found["targets"]),
        "",
        _EXPLANATION,
        "",
        "## Instant ty: what each proxy adds",
        "",
    ]
    for row in found["overhead"]:
        lines += [f"### {row['what']}, {_size(row['bytes'])}", "", *_contenders(row["contenders"]), ""]
    lines += ["## Real ty", "", "rassumfrassum has ruff as well here.", ""]
    for row in found["real"]["requests"]:
        size = f", {_size(row['bytes'])}" if "bytes" in row else ""
        lines += [f"### {row['what']}{size}", "", *_contenders(row["contenders"]), ""]
    lines += [*_start(found["real"]), "", *_robustness(found["robustness"]), "", *_recovery(found["recovery"]), ""]
    return "\n".join(lines)


def _targets(targets: list[Found]) -> list[str]:
    lines = ["| what | target | measured | met |", "|---|---|---|---|"]
    return lines + [
        f"| {t['what']} | {t['target']} | {t['measured']} | {'yes' if t['met'] else '**no**'} |" for t in targets
    ]


def _contenders(rows: dict[str, Found]) -> list[str]:
    lines = [
        "| through | n | min ms | p50 ms | p95 ms | added min ms | added p50 ms | processor ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, row in rows.items():
        values = [row["min_ms"], row["p50_ms"], row["p95_ms"]]
        own = [] if name == BARE else [row["added_min_ms"], row["added_p50_ms"], row["cpu_ms"]]
        cells = [f"{value:.2f}" for value in values] + ([f"{value:.2f}" for value in own] or [""] * 3)
        lines.append(f"| {name} | {row['n']} | {' | '.join(cells)} |")
    return lines


def _start(real: Found) -> list[str]:
    lines = [
        "### Start and memory",
        "",
        "Memory after the requests above.",
        "",
        "| through | n | spawn to initialize reply: min ms | p50 ms | p95 ms | resident MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in real["start"].items():
        memory = real["memory_mb"].get(name)
        shown = "" if memory is None else f"{memory:.0f}"
        lines.append(
            f"| {name} | {row['n']} | {row['min_ms']:.0f} | {row['p50_ms']:.0f} | {row['p95_ms']:.0f} | {shown} |"
        )
    return lines


def _robustness(rows: Found) -> list[str]:
    busy, unread, documents, large, changes = (
        rows[name] for name in ("busy", "unread", "documents", "large", "changes")
    )
    stopped, spinning = busy["stopped"], busy["spinning"]
    lines = [
        "## Hard days",
        "",
        f"- Busy punie server: hover p50 {stopped['p50_ms']:.2f} ms while it stands still, {spinning['p50_ms']:.2f} ms "
        f"while it burns a processor (p95 {stopped['p95_ms']:.2f} and {spinning['p95_ms']:.2f} ms; "
        f"n = {stopped['n']} each, by turns).",
        f"- {unread['asked']} answers of {unread['bytes'] / 1e6:.1f} MB that the editor does not read: the relay has "
        f"{unread['before_mb']:.0f} MB before, {unread['unread_mb']:.0f} MB while they wait, "
        f"{unread['peak_mb']:.0f} MB at most; {unread['delivered']} are delivered once the editor reads.",
    ]
    for name, row in documents["contenders"].items():
        lines.append(
            f"- {documents['documents']} documents of {_size(documents['bytes'])} opened at once, {name}: the hover in "
            f"the last is answered after {row['seconds']:.2f} s; {row['before_mb']:.0f} MB before, "
            f"{row['after_mb']:.0f} MB when all is quiet."
        )
    bare, ours = large["contenders"][BARE], large["contenders"][OURS]
    lines += [
        f"- Source file of {_size(large['bytes'])}, an edit in the middle and a hover (n = {ours['n']}): p50 "
        f"{ours['p50_ms']:.0f} ms, bare ty {bare['p50_ms']:.0f} ms; the relay's processor time "
        f"{ours['cpu_ms']:.1f} ms.",
        f"- {changes['changes']} didChange, no faster than all three servers follow ({changes['seconds']:.0f} s): "
        f"{changes['early_mb']:.1f} MB early, {changes['late_mb']:.1f} MB at the end.",
        "- As many again without a pause, which no one can type: "
        f"{changes['unpaced_peak_mb']:.0f} MB at most, for the relay keeps what a server has not read yet.",
    ]
    return lines


def _recovery(rows: dict[str, Found]) -> list[str]:
    lines = [
        "## kill -9 to the first right answer on unsaved text",
        "",
        "A fresh relay each time. The second time comes right after; restarts are spaced out on purpose then.",
        "",
        "| killed | n | min ms | p50 ms | p95 ms | max ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in rows.items():
        times = " | ".join(f"{row[key]:.0f}" for key in ("min_ms", "p50_ms", "p95_ms", "max_ms"))
        lines.append(f"| {name} | {row['n']} | {times} |")
    return lines


def _size(count: int) -> str:
    if count >= 1_000_000:
        return f"{count / 1e6:.1f} MB"
    return f"{count / 1000:.1f} KB" if count < 10_000 else f"{count / 1000:.0f} KB"
