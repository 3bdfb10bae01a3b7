"""What can be set for a training run, and its files (YAML, JSON, TOML). Knows no machine and imports no mlx."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from punie_training.exceptions import MissingExtra, RunError

ALL_LAYERS = -1


class LoraConfig(BaseModel):
    """A run's settings. `defaults_for` has values that suit a base, a dataset and a machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fine_tune_type: Literal["lora", "dora", "full"] = "lora"
    rank: int = Field(8, ge=1, le=1024, description="Columns of the low-rank matrices.")
    scale: float = Field(20.0, gt=0, description="What the low-rank change is multiplied with (mlx-lm's `scale`).")
    dropout: float = Field(0.0, ge=0, lt=1)
    keys: tuple[str, ...] = Field((), description="Names of the modules to adapt; all linear ones when empty.")
    num_layers: int = Field(ALL_LAYERS, ge=-1, description="How many of the last layers are adapted; -1: all.")
    learning_rate: float = Field(1e-4, gt=0)
    schedule: Literal["constant", "cosine"] = "cosine"
    warmup: float = Field(0.05, ge=0, lt=1, description="The share of the updates in which the rate rises from 0.")
    optimizer: Literal["adam", "adamw", "muon", "sgd", "adafactor"] = "adam"
    iters: int = Field(300, ge=1)
    batch_size: int = Field(4, ge=1)
    grad_accumulation: int = Field(1, ge=1, description="Batches that make up one update.")
    grad_checkpoint: bool = Field(False, description="Compute activations twice to keep less of them in memory.")
    mask_prompt: bool = Field(True, description="Learn the answers alone, not the questions.")
    max_seq_length: int = Field(2048, ge=16, description="Tokens; longer examples are cut.")
    steps_per_report: int = Field(10, ge=1)
    steps_per_eval: int = Field(50, ge=1)
    steps_per_save: int = Field(50, ge=1)
    val_batches: int = Field(-1, ge=-1, description="Batches of a validation; -1: all, 0: no validation.")
    patience: int = Field(
        0, ge=0, description="Validations without a better loss after which the run stops early; 0: it does not."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.grad_accumulation > self.iters:
            raise ValueError("grad_accumulation is greater than iters: nothing would ever be updated")
        if self.patience and not self.val_batches:
            raise ValueError("patience needs validation: set val_batches to -1 or more than 0")
        if self.num_layers == 0:
            raise ValueError("num_layers is 0: nothing would be trained; -1 means all layers")
        return self

    @property
    def updates(self) -> int:
        """How often the optimizer changes the weights."""
        return self.iters // self.grad_accumulation

    def save_interval(self) -> int:
        """Iterations between checkpoints, at which no gradient is half accumulated."""
        return math.ceil(self.steps_per_save / self.grad_accumulation) * self.grad_accumulation

    def lora_parameters(self) -> dict[str, Any]:
        """mlx-lm's own."""
        parameters: dict[str, Any] = {"rank": self.rank, "scale": self.scale, "dropout": self.dropout}
        return {**parameters, "keys": list(self.keys)} if self.keys else parameters

    def save(self, path: Path) -> None:
        """Write a file whose form its ending tells: .yaml, .yml, .json (and .toml, for reading alone).

        Raises:
            RunError: the ending is another.
        """
        data = self.model_dump(mode="json")
        match path.suffix:
            case ".json":
                path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
            case ".yaml" | ".yml":
                path.write_text(_yaml().safe_dump(data, sort_keys=False), encoding="utf-8")
            case _:
                raise RunError(f"{path}: settings are written as .yaml or .json.")


def load_config(path: Path, **changes: Any) -> LoraConfig:  # noqa: ANN401 - checked by the model
    """A configuration file, with `changes` instead of what it says.

    Raises:
        RunError: it is missing, not of its form, or has names or values that do not exist; each is named.
    """
    return config_of({**_read(path), **changes}, str(path))


def config_of(data: dict[str, Any], where: str) -> LoraConfig:
    """Settings from plain data; `where` is how errors call it. Raises RunError."""
    try:
        return LoraConfig.model_validate(data)
    except ValidationError as error:
        raise RunError(f"{where}: {'; '.join(map(_sentence, error.errors()))}.") from error


def _sentence(error: Any) -> str:  # noqa: ANN401 - a dict of pydantic's
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"`{name}` is no setting (there are: {', '.join(LoraConfig.model_fields)})"
    text = error["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"`{name}`: {text}, but it is {error['input']!r}" if name else text


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path} cannot be read ({error}): name a file of settings.") from error
    try:
        match path.suffix:
            case ".json":
                data = json.loads(text)
            case ".toml":
                data = tomllib.loads(text)
            case ".yaml" | ".yml":
                data = _parse_yaml(text)
            case _:
                raise RunError(f"{path}: settings are a .yaml, .json or .toml file.")
    except ValueError as error:
        raise RunError(f"{path} is not valid {path.suffix[1:]}: {error}.") from error
    if not isinstance(data, dict):
        raise RunError(f"{path} must have names and values, such as `rank: 16`.")
    return data


def _parse_yaml(text: str) -> Any:  # noqa: ANN401 - whatever it says
    yaml = _yaml()
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    if isinstance(data, dict):  # YAML 1.1 reads 1e-4 as text.
        return {key: _number(value) if isinstance(value, str) else value for key, value in data.items()}
    return {} if data is None else data


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _yaml() -> Any:  # noqa: ANN401 - a module
    try:
        import yaml
    except ImportError as error:
        raise MissingExtra("PyYAML") from error
    return yaml
