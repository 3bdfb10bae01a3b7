"""What the registry takes and gives. Knows nothing of how it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from punie_agent.store.adapter_rows import AdapterRow, AdapterState, OutcomeCounts
from punie_agent.store.run_rows import RunRow

RunRecord = RunRow
Outcomes = OutcomeCounts


@dataclass(frozen=True)
class AdapterRecord:
    """A trained adapter.

    Attributes:
        name: its name: letters, digits, dots, dashes and underscores, at most 64.
        base: the folder of the model that it was trained on.
        path: the folder with `adapters.safetensors` and `adapter_config.json`; the registry's own copy once added.
        run: the run that made it; empty when none did.
        parent: the adapter that its training went on from; empty for none.
        created: when, in seconds since 1970; 0 for now.
        state: `ready` was never promoted, `trial` has a share of the sessions, `promoted` serves the others,
            `previous` served before, `rolled_back` did and was taken back. Only the registry changes it.
        share: the part of new sessions that one on trial gets, in percent.
        dataset: the hash of what it was trained on.
        metrics: what was measured of it, by name; larger is better unless the name ends in `loss` or `seconds`.
        versions: of the packages that it was trained with.
        digest: of its files; made by the registry.
    """

    name: str
    base: str
    path: str
    run: str = ""
    parent: str = ""
    created: float = 0.0
    state: AdapterState = "ready"
    share: int = 0
    dataset: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""


def record_of(row: AdapterRow) -> AdapterRecord:
    """A stored row as a record."""
    return AdapterRecord(
        name=row.name,
        base=row.base,
        path=row.path,
        run=row.run,
        parent=row.parent,
        created=row.created,
        state=row.state,
        share=row.share,
        dataset=row.dataset,
        metrics=row.metrics,
        versions=row.versions,
        digest=row.digest,
    )


def row_of(record: AdapterRecord) -> AdapterRow:
    """A record as the store keeps it."""
    return AdapterRow(
        name=record.name,
        base=record.base,
        path=record.path,
        digest=record.digest,
        run=record.run,
        parent=record.parent,
        created=record.created,
        dataset=record.dataset,
        metrics=record.metrics,
        versions=record.versions,
    )
