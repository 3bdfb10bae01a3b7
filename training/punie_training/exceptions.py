"""Errors of the training package.

TrainingError
└── DatasetError    a dataset on disk is missing, malformed, or not what its manifest says
"""

from __future__ import annotations


class TrainingError(Exception):
    """Base of the training errors."""


class DatasetError(TrainingError):
    """A dataset on disk is missing, malformed, or not what its manifest says."""
