"""The process that looks whether mlx computes fast enough to train, told from a machine that is only busy.

`python -m punie_training.mlx.speed_worker` prints a JSON object with `remark` and `error`, one of them empty or both.
"""

from __future__ import annotations

import json
import sys
import time

from punie_training.exceptions import RunError
from punie_training.mlx import blas

# The reference BLAS does 1 to 4; a fast one does 100, and a share of that while others use the machine.
BUSY_GFLOPS = 4.0
_PAUSES = (0.0, 0.5, 2.0)


def main() -> None:
    """Look, and print what was found."""
    try:
        found = {"remark": look(), "error": ""}
    except RunError as error:
        found = {"remark": "", "error": str(error)}
    sys.stdout.write(json.dumps(found) + "\n")


def look() -> str:
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


if __name__ == "__main__":
    main()
