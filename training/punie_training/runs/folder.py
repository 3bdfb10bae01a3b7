"""A run's folder: its plan, its state, its results, and the lock of whoever works on it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from punie_semantic.file_locks import lock_file
from punie_training import places
from punie_training.exceptions import RunError
from punie_training.runs.files import write_atomically
from punie_training.runs.plan import RunPlan
from punie_training.runs.state import RunState, new_state

Model = TypeVar("Model", bound=BaseModel)

_PLAN = "plan.json"
_STATE = "state.json"
_LOCK = "lock"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


@dataclass(frozen=True)
class RunFolder:
    """One run on disk. What is in `path` beside the plan and the state belongs to the stages."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id."""
        return self.path.name

    @property
    def data(self) -> Path:
        """The dataset, when the run built it."""
        return self.path / "dataset"

    @property
    def chats(self) -> Path:
        """The dataset as mlx-lm reads it."""
        return self.path / "chats"

    @property
    def adapter(self) -> Path:
        """What LoRA made."""
        return self.path / "adapter"

    @property
    def fused(self) -> Path:
        """The candidate as a model of its own."""
        return self.path / "fused"

    @property
    def report(self) -> Path:
        """The report."""
        return self.path / "report.html"

    def evaluation(self, name: str) -> Path:
        """The result of an evaluation: `base`, `incumbent` or `candidate`."""
        return self.path / f"eval-{name}.json"

    def plan(self) -> RunPlan:
        """The run's plan. Raises RunError when it is missing or damaged."""
        return _read(self.path / _PLAN, RunPlan)

    def state(self) -> RunState:
        """How far it is. Raises RunError when that is missing or damaged."""
        return _read(self.path / _STATE, RunState)

    def write_plan(self, plan: RunPlan) -> None:
        """Keep the plan."""
        write_atomically(self.path / _PLAN, plan.model_dump_json(indent=2) + "\n")

    def write_state(self, state: RunState) -> None:
        """Keep the state."""
        write_atomically(self.path / _STATE, state.model_dump_json(indent=2) + "\n")

    def write_json(self, name: str, value: Any) -> None:  # noqa: ANN401 - any plain data
        """Keep plain data for people and for the report."""
        write_atomically(self.path / name, json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    @contextmanager
    def locked(self) -> Generator[None]:
        """Nobody else works on this run meanwhile. Raises RunError when somebody does."""
        handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not lock_file(handle, 0):
                raise RunError(f"Run {self.id} is at work in another process. Wait for it, or stop it first.")
            yield
        finally:
            os.close(handle)


def create(plan: RunPlan) -> RunFolder:
    """Make a run's folder. Raises RunError when there is one of this id, or none can be made."""
    folder = RunFolder(places.runs() / plan.id)
    try:
        folder.path.mkdir(parents=True)
        folder.write_state(new_state())
        folder.write_plan(plan)
    except FileExistsError:
        raise RunError(f"There is a run {plan.id} already. Go on with it: punie-ls train --resume {plan.id}") from None
    except OSError as error:
        raise RunError(f"The run's folder {folder.path} cannot be made: {error.strerror}.") from error
    return folder


def find(name: str = "") -> RunFolder:
    """The run of an id, or of the beginning of one; without a name the newest that is unfinished.

    Raises RunError when there is none, or several begin so.
    """
    every = runs()
    if not name:
        return _unfinished(every)
    if not _ID.fullmatch(name):
        raise RunError(f"{name!r} is no id of a run. See the folders in {places.runs()}.")
    found = [folder for folder in every if folder.id == name] or [f for f in every if f.id.startswith(name)]
    match found:
        case [folder]:
            return folder
        case []:
            known = ", ".join(folder.id for folder in every[:5]) or "there are none"
            raise RunError(f"There is no run {name}. The newest: {known}.")
        case _:
            raise RunError(f"Several runs begin with {name}: {', '.join(folder.id for folder in found[:5])}.")


def runs() -> list[RunFolder]:
    """All runs, the newest first; their ids begin with the time."""
    try:
        names = [entry.name for entry in places.runs().iterdir() if entry.is_dir()]
    except FileNotFoundError:
        return []
    return [RunFolder(places.runs() / name) for name in sorted(names, reverse=True) if _ID.fullmatch(name)]


def _unfinished(every: list[RunFolder]) -> RunFolder:
    for folder in every:
        try:
            if folder.state().ending == "unfinished":
                return folder
        except RunError:
            continue
    raise RunError("There is no unfinished run to go on with. Start one: punie-ls train")


def _read(file: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise RunError(f"{file} is missing: this run cannot be used. Start a new one: punie-ls train") from None
    except (OSError, ValidationError) as error:
        raise RunError(f"{file} is damaged ({_why(error)}). Start a new run: punie-ls train") from error


def _why(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:2])
