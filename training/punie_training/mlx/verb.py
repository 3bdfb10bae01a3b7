"""`python -m punie_training.mlx.verb fuse|convert ARGUMENTS`: verbs of mlx-lm with a fast BLAS under them.

Several run one after the other with `--then` between them, for the price of one start.
"""

from __future__ import annotations

import importlib
import sys

from punie_training.exceptions import MissingExtra
from punie_training.mlx import blas

VERBS = ("fuse", "convert")
THEN = "--then"


def main(arguments: list[str]) -> None:
    """Run them with their own arguments. Raises SystemExit for a verb that is not in `VERBS`."""
    rest = [*arguments, THEN]
    while rest:
        end = rest.index(THEN)
        _run(rest[:end])
        rest = rest[end + 1 :]


def _run(arguments: list[str]) -> None:
    if not arguments or arguments[0] not in VERBS:
        raise SystemExit(f"Name one of: {', '.join(VERBS)}.")
    blas.load()
    try:
        module = importlib.import_module(f"mlx_lm.{arguments[0]}")
    except ImportError as error:
        raise MissingExtra("mlx-lm") from error
    sys.argv = arguments
    module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
