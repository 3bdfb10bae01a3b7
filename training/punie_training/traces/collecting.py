"""From the store of sessions to a dataset: what users asked, took and kept. Nothing in the store is changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from punie_agent.events import Notice
from punie_agent.fix_traces import FixTrace
from punie_agent.redaction import Redactor
from punie_agent.store import SessionStore
from punie_semantic.settings import read_project, read_user_file, resolve
from punie_training.building.verdict_cache import registry_version
from punie_training.curating.secret_scan import SecretScan, open_scan
from punie_training.curating.splitting import divide, group
from punie_training.curating.writing import Written, check_out, write_dataset
from punie_training.dataset import Example
from punie_training.exceptions import DatasetError
from punie_training.traces.fixes import example_of_fix, why_not
from punie_training.traces.standing import Histories
from punie_training.traces.turns import example_of_turn

RATIOS = (0.8, 0.1, 0.1)
REDACTED = "[redacted:"


@dataclass(frozen=True)
class Collected:
    """What was written, how many turns and fixes there were, and why the others were left out."""

    written: Written
    looked_at: int
    dropped: dict[str, int]


@dataclass
class _Sieve:
    """Takes examples as they come; one with a secret is dropped, and what a secret was taken out of, too."""

    scan: SecretScan
    examples: dict[str, Example] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0

    def take(self, found: Example | str) -> None:
        self.looked_at += 1
        if isinstance(found, str):
            self.dropped[found] += 1
        elif self.scan.of(found) or any(REDACTED in message.content for message in found.messages):
            self.dropped["secret"] += 1
        elif found.hash in self.examples:
            self.dropped["the same again"] += 1
        else:
            self.examples[found.hash] = found


async def collect(
    out: Path,
    workspace: Path,
    *,
    all_projects: bool = False,
    seed: int = 0,
    on_notice: Callable[[str], None] = lambda text: None,
) -> Collected:
    """Write examples of what the store knows into a new folder.

    Args:
        out: the new folder.
        workspace: the project whose sessions and fixes are taken, and whose settings name the store.
        all_projects: take those of all projects.
        seed: how they are divided.
        on_notice: gets what the user should know of the store.

    Raises:
        DatasetError: nothing can be learnt from, or `out` cannot be written.
        StoreError: the store cannot be read: newer, locked or damaged.
        MissingExtra: detect-secrets or datasketch is not installed.
    """
    if not workspace.is_dir():
        raise DatasetError(f"{workspace} is not a folder. Pass the project's folder with --workspace.")
    check_out(out)
    project = None if all_projects else workspace
    redactor = Redactor()
    settings = resolve([read_user_file(), read_project(workspace.resolve())]).settings
    store = SessionStore(settings.store, on_notice=lambda notice: _tell(notice, on_notice), redactor=redactor)
    try:
        with open_scan(redactor) as scan:
            sieve = _Sieve(scan)
            async for found in _turns(store, project, redactor):
                sieve.take(found)
            async for found in _fixes(store, project):
                sieve.take(found)
        where = str(store.location)
    finally:
        await store.close()
    if not sieve.examples:
        reasons = ", ".join(f"{reason} {number}" for reason, number in sieve.dropped.most_common())
        seen = f"{sieve.looked_at} turns and fixes were looked at ({reasons})" if reasons else "it holds none"
        raise DatasetError(f"Nothing can be learnt from {where}: {seen}. Accept edits and fixes, and try again.")
    examples = list(sieve.examples.values())
    splits = await asyncio.to_thread(lambda: divide(group(examples), RATIOS, seed))
    written = write_dataset(splits, out, tool_registry=registry_version())
    return Collected(written, sieve.looked_at, dict(sieve.dropped.most_common()))


async def _turns(store: SessionStore, project: Path | None, redactor: Redactor) -> AsyncGenerator[Example | str]:
    histories = Histories(redactor)
    for summary in await store.sessions(project, limit=None):
        stored = await store.load(summary.id)
        for turn in stored.turns:
            yield await asyncio.to_thread(example_of_turn, summary, turn, histories.stands)


async def _fixes(store: SessionStore, project: Path | None) -> AsyncGenerator[Example | str]:
    async for line in store.fixes(project):
        try:
            trace = FixTrace.model_validate_json(line)
        except ValidationError:
            yield "not readable"
            continue
        yield why_not(trace) or example_of_fix(trace)


def _tell(notice: Notice, on_notice: Callable[[str], None]) -> None:
    on_notice(notice.text)
