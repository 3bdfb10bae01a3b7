"""Errors of the training package. Each says what failed, on which thing, and what to do next.

TrainingError
├── MissingExtra    a package of the extra `train` is not installed
├── DatasetError    a dataset on disk is missing, malformed, or not what its manifest says
├── BaseModelError  a model's folder is missing, or not one that can be trained or served
│   └── BaseNotHere the hub may have it: `name` can be fetched
├── RunError        a training run cannot begin, go on, or be used
├── EvaluationError a suite is malformed, or a model cannot be evaluated
├── AdapterError    an adapter is unknown, for another base, or damaged
└── ServingError    a model cannot be served, fetched or measured
"""

from __future__ import annotations


class TrainingError(Exception):
    """Base of the training errors."""


class MissingExtra(TrainingError):
    """A package of the extra `train` is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed, which training needs: pip install 'punie-ls[train]'.")


class DatasetError(TrainingError):
    """A dataset on disk is missing, malformed, or not what its manifest says."""


class BaseModelError(TrainingError):
    """A model's folder is missing, or not one that can be trained or served."""


class BaseNotHere(BaseModelError):
    """There is no such model on this machine, but the hub may have it: `name` is what to fetch."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class RunError(TrainingError):
    """A training run cannot begin, go on, or be used."""


class EvaluationError(TrainingError):
    """A suite is malformed, or a model cannot be evaluated."""


class AdapterError(TrainingError):
    """An adapter is unknown, for another base, or damaged."""


class ServingError(TrainingError):
    """A model cannot be served, fetched or measured."""
