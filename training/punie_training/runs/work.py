"""What the stages of a run share: its folder, its plan, and whom to tell. Holds nothing that a kill could lose."""

from __future__ import annotations

from dataclasses import dataclass

from punie_training.dataset import Dataset, load
from punie_training.exceptions import RunError
from punie_training.mlx.config import LoraConfig
from punie_training.runs.events import OnEvent, Progress, Remark
from punie_training.runs.folder import RunFolder
from punie_training.runs.plan import RunPlan
from punie_training.runs.state import StageName


@dataclass(frozen=True)
class Work:
    """A run at work."""

    folder: RunFolder
    on_event: OnEvent

    @property
    def plan(self) -> RunPlan:
        """As it is on disk: the checks complete it."""
        return self.folder.plan()

    @property
    def config(self) -> LoraConfig:
        """Of LoRA. Raises RunError before the checks have been made."""
        config = self.plan.config
        if config is None:
            raise RunError(f"Run {self.folder.id} has no settings yet. Go on: punie-ls train --resume {self.folder.id}")
        return config

    def dataset(self) -> Dataset:
        """The run's data. Raises DatasetError when it is not there any more."""
        return load(self.plan.dataset or self.folder.data)

    def say(self, stage: StageName, text: str) -> None:
        """Tell something that the user should know."""
        self.on_event(Remark(stage, text))

    def progress(self, stage: StageName, done: int, total: int, text: str = "", **values: float) -> None:
        """Tell how far a stage is."""
        self.on_event(Progress(stage, done, total, text, values))
