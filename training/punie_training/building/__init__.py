"""Builds datasets from templates: requests with programs that were executed on a real project."""

from __future__ import annotations

from punie_training.building.options import BuildOptions, BuildReport, Progress
from punie_training.building.pipeline import build

__all__ = ["BuildOptions", "BuildReport", "Progress", "build"]
