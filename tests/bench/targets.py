"""What the figures are to be, and whether they are."""

from __future__ import annotations

from typing import Any

from tests.bench.contenders import BARE, OURS, RASSUMFRASSUM, RAW

UNREAD_PEAK_MB = 100.0

Found = dict[str, Any]
Target = dict[str, Any]


def judge(found: Found) -> list[Target]:
    """One row per target: what, the target in words, what was measured, whether it is met."""
    return [*_overhead(found["overhead"]), *_process(found), *_robustness(found["robustness"]), *_recovery(found)]


def _overhead(rows: list[Found]) -> list[Target]:
    by_name = {row["what"]: row["contenders"] for row in rows}

    def added(what: str, name: str = OURS) -> float:
        return by_name[what][name]["added_p50_ms"]

    raw = {what: added(what) / added(what, RAW) for what in by_name}
    rass = {what: added(what, RASSUMFRASSUM) / added(what) for what in by_name}
    cpu = {what: rows[OURS]["cpu_ms"] / rows[RAW]["cpu_ms"] for what, rows in by_name.items()}
    busiest = max(cpu, key=lambda what: cpu[what])
    worst, closest = max(raw, key=lambda what: raw[what]), min(rass, key=lambda what: rass[what])
    return [
        _at_most("hover, added p50", added("hover"), 0.30, "ms"),
        _at_most("hover, processor time of the relay", by_name["hover"][OURS]["cpu_ms"], 0.30, "ms"),
        _at_most("completion of 346 KB, added p50", added("completion"), 0.8, "ms"),
        _at_most("references of 3 MB, added p50", added("references"), 6, "ms"),
        _at_most(f"added p50 against the raw relay's, at worst ({worst})", raw[worst], 2, "times"),
        _at_most(f"processor time against the raw relay's, at worst ({busiest})", cpu[busiest], 2, "times"),
        _row(
            f"added p50 against rassumfrassum's, at worst ({closest})",
            "at least 3 times below",
            f"{rass[closest]:.1f} times below",
            met=rass[closest] >= 3,
        ),
    ]


def _process(found: Found) -> list[Target]:
    start = found["real"]["start"]
    busy = found["robustness"]["busy"]
    slower = start[OURS]["p50_ms"] - start[BARE]["p50_ms"]
    return [
        _at_most("spawn to initialize reply, above bare ty, p50", slower, 150, "ms"),
        _at_most("resident memory of the relay", found["real"]["memory_mb"][OURS], 45, "MB"),
        _at_most("hover p50, growth while the punie server burns a processor", busy["grown_p50_ms"], 0.3, "ms"),
    ]


def _robustness(rows: Found) -> list[Target]:
    unread, documents, large, changes = (rows[name] for name in ("unread", "documents", "large", "changes"))
    ours, bare = (documents["contenders"][name] for name in (OURS, BARE))
    return [
        _row(
            f"{unread['asked']} unread answers of {unread['bytes'] / 1e6:.1f} MB",
            f"all delivered, relay at most {UNREAD_PEAK_MB:g} MB",
            f"{unread['delivered']} delivered, peak {unread['peak_mb']:.0f} MB",
            met=unread["delivered"] == unread["asked"] and unread["peak_mb"] <= UNREAD_PEAK_MB,
        ),
        _row(
            f"{documents['documents']} documents opened at once",
            "all open, a hover in the last is answered",
            f"after {ours['seconds']:.2f} s (bare ty {bare['seconds']:.2f} s); relay {ours['after_mb']:.0f} MB",
            met=ours["answered"],
        ),
        _row(
            f"edit and hover in a source file of {large['bytes'] / 1e6:.1f} MB",
            "every hover is answered",
            f"{large['right'][OURS]} of {large['asked']}; relay's processor time "
            f"{large['contenders'][OURS]['cpu_ms']:.1f} ms, {large['memory_mb']:.0f} MB",
            met=large["right"][OURS] == large["asked"],
        ),
        _at_most(
            f"memory growth over {changes['changes']} didChange", changes["late_mb"] - changes["early_mb"], 1, "MB"
        ),
    ]


def _recovery(found: Found) -> list[Target]:
    rows = found["recovery"]
    return [
        _at_most(f"kill -9 of {name} to the first right answer on unsaved text, p95", rows[name]["p95_ms"], 500, "ms")
        for name in ("ty", "ruff")
    ]


def _at_most(what: str, value: float, limit: float, unit: str) -> Target:
    shown = f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
    return _row(what, f"at most {limit:g} {unit}", f"{shown} {unit}", met=value <= limit)


def _row(what: str, target: str, measured: str, *, met: bool) -> Target:
    return {"what": what, "target": target, "measured": measured, "met": met}
