"""From a request to the plan of a run: the base is found, settings are read, names and hashes are settled."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from punie_training import places
from punie_training.building.verdict_cache import registry_version
from punie_training.chats import Style, family_for, family_named, with_template
from punie_training.dataset import load
from punie_training.evals.suite import HELD_OUT, load_suite
from punie_training.exceptions import DatasetError
from punie_training.mlx.base_models import fingerprint, read_base
from punie_training.mlx.config import config_of, load_config
from punie_training.mlx.estimates import refuse_type
from punie_training.runs.bases import find_base
from punie_training.runs.files import hash_folder
from punie_training.runs.incumbents import free_name, promoted_now
from punie_training.runs.plan import Building, Evaluating, RunPlan, now, versions
from punie_training.runs.verdict import Rule


@dataclass(frozen=True)
class TrainRequest:
    """What the user asks for; what is left out is chosen.

    Attributes:
        dataset: a folder; None builds one.
        base: a folder or a name; "" takes the best that is here.
        chat_template: the family whose template a base without one gets.
        config_file: settings of LoRA; `settings` go before it.
        name: the adapter's; "" makes one up.
    """

    dataset: Path | None = None
    base: str = ""
    chat_template: str = ""
    config_file: Path | None = None
    settings: dict[str, Any] | None = None
    building: Building = field(default_factory=Building)
    evaluating: Evaluating = field(default_factory=Evaluating)
    rule: Rule = field(default_factory=Rule)
    style: Style = "fenced"
    seed: int = 0
    name: str = ""
    fuse: bool = False
    promote: bool = True
    hosts: str = ""


def plan_run(request: TrainRequest) -> RunPlan:
    """The plan of a new run. Nothing is written, but the template beside a base that was given one.

    Raises:
        TrainingError: of everything that is wrong with the request itself.
    """
    promoted = promoted_now()
    base = find_base(request.base, promoted.base if promoted else None).folder
    model = read_base(base)
    if request.chat_template:
        family = family_named(request.chat_template)
        base = with_template(base, family, places.models() / f"{base.name}-{family.name}-chat")
    family_for(base)
    if request.evaluating.suite != HELD_OUT:
        load_suite(request.evaluating.suite)
    settings = dict(request.settings or {})
    if request.config_file:
        written = load_config(request.config_file)
        settings = {**written.model_dump(exclude_unset=True), **settings}
    refuse_type(model, config_of(settings, "The settings"))
    run = new_id()
    return RunPlan(
        id=run,
        created=now(),
        name=free_name(request.name) if request.name else f"{re.sub(r'[^A-Za-z0-9.-]', '-', base.name)[:40]}-{run}",
        base=base,
        base_hash=fingerprint(base),
        dataset=request.dataset.expanduser().resolve() if request.dataset else None,
        dataset_hash=_checked_hash(request.dataset),
        building=request.building,
        settings=settings,
        seed=request.seed,
        style=request.style,
        evaluating=request.evaluating,
        rule=request.rule,
        incumbent=promoted.name if promoted else "",
        fuse=request.fuse,
        promote=request.promote,
        hosts=request.hosts,
        versions=versions(),
        tool_registry=registry_version(),
    )


def new_id() -> str:
    """Ids begin with the time, so that they sort by it."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _checked_hash(dataset: Path | None) -> str:
    """The hash of a dataset that can be read; "" without one."""
    if dataset is None:
        return ""
    found = hash_dataset(dataset)
    load(dataset.expanduser())
    return found


def hash_dataset(dataset: Path) -> str:
    """Names a dataset's content. Raises DatasetError when the folder is not there."""
    folder = dataset.expanduser()
    if not folder.is_dir():
        raise DatasetError(f"{dataset} is no folder. Name one that `punie-ls dataset build` made, or leave it out.")
    return hash_folder(folder)
