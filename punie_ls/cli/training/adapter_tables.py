"""What `punie-ls adapters list`, `show` and `compare` print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from punie_agent.store.adapter_rows import OutcomeCounts
from punie_ls.cli.output import console, print_error, print_text
from punie_training.adapters import AdapterRecord, Registry, open_registry
from punie_training.adapters.comparing import MetricChange, compare_metrics, only_in
from punie_training.adapters.files import check_base, check_digest
from punie_training.exceptions import AdapterError

SHOWN_METRICS = ("tool", "execution", "valid")
_STYLES = {"promoted": "green", "trial": "yellow", "rolled_back": "red"}
_NOTHING = "No adapter was trained yet. Train one: punie-ls train"


def show_list(*, as_json: bool) -> int:
    """All adapters. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        records, outcomes = registry.all(), registry.outcomes()
    if as_json:
        rows = [_plain(record, outcomes.get(record.name)) for record in records]
        print_text(json.dumps({"adapters": rows}, indent=2) + "\n")
        return 0
    if not records:
        print_text(f"{_NOTHING}\n")
        return 0
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("adapter", "state", "base", "parent", *SHOWN_METRICS):
        table.add_column(name, justify="right" if name in SHOWN_METRICS else "left", no_wrap=True)
    for name in ("sessions", "accepted", "rejected", "failed", "made"):
        table.add_column(name, justify="left" if name == "made" else "right", no_wrap=True)
    for record in records:
        table.add_row(*_row(record, outcomes.get(record.name, OutcomeCounts())))
    console().print(table)
    return 0


def show_one(name: str, *, as_json: bool) -> int:
    """One adapter, its ancestors, and whether it could serve now. Gives the exit status: 1 when it could not."""
    with open_registry(tell=print_error) as registry:
        record = registry.get(name)
        lineage, outcome = _lineage(registry, record), registry.outcomes().get(name, OutcomeCounts())
    problem = _problem(record)
    if as_json:
        print_text(json.dumps({**_plain(record, outcome), "lineage": lineage, "problem": problem}, indent=2) + "\n")
        return 1 if problem else 0
    out = console()
    out.print(Text(f"{record.name}: {_state(record)}", style=f"bold {_STYLES.get(record.state, '')}".strip()))
    rows = {
        "made": _date(record.created),
        "by run": record.run,
        "from": " from ".join(lineage),
        "base": record.base,
        "dataset": record.dataset,
        "folder": record.path,
        "versions": ", ".join(f"{package} {version}" for package, version in record.versions.items()),
        "sessions": _told(outcome),
    }
    for label, value in rows.items():
        if value:
            out.print(f"  {label:<9} {value}")
    for label, value in record.metrics.items():
        out.print(f"  {label:<24} {_number(value)}")
    if problem:
        print_error(problem)
    return 1 if problem else 0


def show_comparison(before: str, after: str, *, as_json: bool) -> int:
    """Two adapters. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        one, two = registry.get(before), registry.get(after)
        outcomes = registry.outcomes()
    changes, lonely = compare_metrics(one.metrics, two.metrics), only_in(one.metrics, two.metrics)
    counts = {name: outcomes.get(name, OutcomeCounts()) for name in (before, after)}
    if as_json:
        plain = {
            "metrics": [{**asdict(change), "change": change.change} for change in changes],
            "only_in_one": lonely,
            "outcomes": {name: asdict(count) for name, count in counts.items()},
        }
        print_text(json.dumps(plain, indent=2) + "\n")
        return 0
    out = console()
    if one.dataset != two.dataset:
        out.print(Text("They were trained on different data.", "yellow"))
    if one.base != two.base:
        out.print(Text("They have different bases.", "yellow"))
    out.print(_metrics_table(before, after, changes)) if changes else out.print("They have no metric in common.")
    if lonely:
        out.print(f"Measured of one alone: {', '.join(lonely)}")
    for name, count in counts.items():
        out.print(f"{name}: {_told(count)}")
    return 0


def _metrics_table(before: str, after: str, changes: list[MetricChange]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", before, after, "change"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    styles = {True: "green", False: "red", None: ""}
    for change in changes:
        shown = Text(f"{change.change:+.3f}", styles[change.better])
        table.add_row(change.name, _number(change.before), _number(change.after), shown)
    return table


def _row(record: AdapterRecord, outcome: OutcomeCounts) -> list[str | Text]:
    metrics = [_percent(record.metrics.get(name)) for name in SHOWN_METRICS]
    counts = [str(getattr(outcome, name)) for name in ("sessions", "accepted", "rejected", "failed")]
    state = Text(_state(record), _STYLES.get(record.state, ""))
    return [record.name, state, Path(record.base).name, record.parent, *metrics, *counts, _date(record.created)]


def _plain(record: AdapterRecord, outcome: OutcomeCounts | None) -> dict[str, Any]:
    return {**asdict(record), "outcomes": asdict(outcome or OutcomeCounts())}


def _lineage(registry: Registry, record: AdapterRecord) -> list[str]:
    """The names of its ancestors, the nearest first; one that was removed is the last that is known."""
    known: Mapping[str, AdapterRecord] = {each.name: each for each in registry.all()}
    found: list[str] = []
    name = record.parent
    while name and name not in found:
        found.append(name)
        name = known[name].parent if name in known else ""
    return found


def _problem(record: AdapterRecord) -> str:
    try:
        check_digest(Path(record.path), record.name, record.digest)
        check_base(Path(record.path), record.name, Path(record.base))
    except AdapterError as error:
        return str(error)
    return ""


def _state(record: AdapterRecord) -> str:
    state = record.state.replace("_", " ")
    return f"{state}, {record.share} %" if record.state == "trial" else state


def _told(count: OutcomeCounts) -> str:
    return (
        f"{count.sessions} sessions: {count.accepted} proposals accepted, {count.rejected} rejected, "
        f"{count.failed} turns failed"
    )


def _date(created: float) -> str:
    return datetime.fromtimestamp(created).astimezone().strftime("%Y-%m-%d %H:%M") if created else ""


def _percent(value: object) -> str:
    return f"{100 * value:.0f} %" if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
