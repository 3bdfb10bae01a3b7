"""Whether mlx computes fast enough to train here. Asks a process of its own: this one has no reason to import mlx."""

from __future__ import annotations

import json
import subprocess

from punie_training.exceptions import RunError
from punie_training.mlx.environment import environment, module_command

SECONDS = 120.0


def check_speed() -> str:
    """A sentence when the machine is slow now but has a fast BLAS; else "". Blocks: for threads.

    Raises:
        RunError: mlx computes with its own slow BLAS, or does not run at all; the message says what to install.
    """
    command = module_command("punie_training.mlx.speed_worker")
    try:
        done = subprocess.run(
            command, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(f"mlx did not multiply two matrices within {SECONDS:.0f} s: nothing can be trained.") from error
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it says nothing"]
        raise RunError(f"mlx cannot be used ({said[0]}): pip install 'punie-ls[train]'.") from error
    if found["error"]:
        raise RunError(found["error"])
    return found["remark"]
