"""Programs that tests of editors need: without them a test is skipped, unless nothing may be missing."""

from __future__ import annotations

import os
import shutil

# `make test-editors` and CI ask for all.
REQUIRED = os.environ.get("PUNIE_EDITORS") == "required"


def skipped_without(program: str) -> bool:
    """Whether a test is to be skipped because a program is not there; where all are required, it fails instead."""
    return shutil.which(program) is None and not REQUIRED
