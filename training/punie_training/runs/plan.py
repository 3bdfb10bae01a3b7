"""The plan of a run: everything that decides its result, written down before it begins. Does nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from punie_training.chats.families import Style
from punie_training.mlx.config import LoraConfig
from punie_training.runs.verdict import Rule

FORMAT = 1


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Building(_Model):
    """How the data is made when none was given.

    Attributes:
        workspace: the project whose names fill the templates; None is the sample project.
        tools: only these; all when empty.
        per_template: examples of each phrasing.
        direct_share: of direct answers.
        traces: whether what the store has verified is added to it.
    """

    workspace: Path | None = None
    tools: tuple[str, ...] = ()
    per_template: int = 4
    direct_share: float = 0.3
    traces: bool = True


class Evaluating(_Model):
    """How models are compared.

    Attributes:
        suite: `held-out` for the data's test split, else a built-in suite's name or a file.
        workspace: the project that programs run on; None is the suite's own, or the sample project.
        limit: at most so many cases; None takes all.
        max_tokens: of an answer.
        seeds: how many answers to each query at a temperature above 0.
        temperature: at which they are compared.
    """

    suite: str = "held-out"
    workspace: Path | None = None
    limit: int | None = None
    max_tokens: int = 96
    seeds: int = 1
    temperature: float = 0.0


class RunPlan(_Model):
    """One run.

    Attributes:
        id: names the run and its folder.
        name: the adapter that it may make.
        base: the base model's folder, with its `base_hash`.
        dataset: the folder of the data; None when it is built, as `building` says. `dataset_hash` is "" until then.
        settings: of LoRA, those that the user chose. `config` is all of them, once the data is there; `choices` say in
            sentences why the others are what they are.
        style: the form in which programs are taught.
        incumbent: the adapter that was promoted when the run began, which the candidate has to beat.
        fuse: whether the candidate is also fused into a model of its own.
        promote: whether a better candidate is promoted; otherwise it is only kept.
        hosts: what `mlx.launch` is given; empty for one process.
        versions: of what takes part, by distribution.
        tool_registry: the version of the tools.
    """

    format: Literal[1] = FORMAT
    id: str
    created: str
    name: str
    base: Path
    base_hash: str
    dataset: Path | None = None
    dataset_hash: str = ""
    building: Building = Building()
    settings: dict[str, Any] = {}
    config: LoraConfig | None = None
    choices: tuple[str, ...] = ()
    seed: int = 0
    style: Style = "fenced"
    evaluating: Evaluating = Evaluating()
    rule: Rule = Rule()
    incumbent: str = ""
    fuse: bool = False
    promote: bool = True
    hosts: str = ""
    versions: dict[str, str]
    tool_registry: str


def now() -> str:
    """The time, as it is written into runs: ISO 8601, UTC, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """The versions of what decides a result, by distribution; what is not installed is left out."""
    found = {}
    for name in ("punie-ls", "mlx", "mlx-lm", "transformers", "numpy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
