"""Whether mlx computes fast enough to train, told from a machine that is only busy."""

from __future__ import annotations

import time

from punie_training.exceptions import RunError
from punie_training.mlx import blas

# The reference BLAS does 1 to 3; a fast one does 100, and a share of that while others use the machine.
BUSY_GFLOPS = 4.0
_PAUSES = (0.0, 0.5, 2.0)


def check_speed() -> str:
    """Look several times, as one look says nothing on a machine that others use.

    Returns:
        A sentence when the machine is slow now but has a fast BLAS; else "".

    Raises:
        RunError: mlx computes with its own slow BLAS; the message says what to install.
    """
    best, slow = 0.0, RunError("mlx was not measured.")
    for pause in _PAUSES:
        time.sleep(pause)
        try:
            blas.check()
        except RunError as error:
            slow = error
            best = max(best, blas.measure())
        else:
            return ""
    if blas.load().source == "own" or best < BUSY_GFLOPS:
        raise slow
    return f"mlx computes with {best:.0f} GFLOP/s now: the machine is busy, and this will take longer than it could."
