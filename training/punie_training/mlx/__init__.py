"""mlx on any machine: LoRA runs in processes of their own, fused and quantized models. Imports no mlx."""

from __future__ import annotations

from punie_training.mlx.config import LoraConfig, load_config
from punie_training.mlx.defaults import Defaults, defaults_for
from punie_training.mlx.environment import environment, module_command
from punie_training.mlx.estimates import Estimate, estimate, refuse_what_cannot_run
from punie_training.mlx.fusing import fuse, quantize
from punie_training.mlx.job import Checkpoint, Ended, Event, LoraJob, LoraResult, Note, TrainPoint, ValidPoint
from punie_training.mlx.lora import run_lora

__all__ = [
    "Checkpoint",
    "Defaults",
    "Ended",
    "Estimate",
    "Event",
    "LoraConfig",
    "LoraJob",
    "LoraResult",
    "Note",
    "TrainPoint",
    "ValidPoint",
    "defaults_for",
    "environment",
    "estimate",
    "fuse",
    "load_config",
    "module_command",
    "quantize",
    "refuse_what_cannot_run",
    "run_lora",
]
