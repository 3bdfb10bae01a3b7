"""Where training keeps its files. Knows names of folders alone, and creates none."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "PUNIE_TRAINING_HOME"


def home() -> Path:
    """The folder of all of it: the one that PUNIE_TRAINING_HOME names, else `training` in the user's data directory."""
    named = os.environ.get(HOME_VARIABLE, "").strip()
    return Path(named).expanduser() if named else platformdirs.user_data_path("punie") / "training"


def datasets() -> Path:
    """Datasets that were made without a folder of their own."""
    return home() / "datasets"


def runs() -> Path:
    """A folder for each training run: its plan, checkpoints, logs and report."""
    return home() / "runs"


def adapters() -> Path:
    """A folder for each adapter of the registry."""
    return home() / "adapters"


def models() -> Path:
    """Fused and quantized models."""
    return home() / "models"


def studies() -> Path:
    """Studies of `punie-ls tune`."""
    return home() / "studies"


def cache() -> Path:
    """What can be made again, such as mined files: in the user's cache, or beside the rest where that is named."""
    named = os.environ.get(HOME_VARIABLE, "").strip()
    return home() / "cache" if named else platformdirs.user_cache_path("punie") / "training"
