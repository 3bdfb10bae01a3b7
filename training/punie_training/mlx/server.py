"""`python -m punie_training.mlx.server`: mlx_lm.server with a fast BLAS under it, and the same arguments.

With PUNIE_GRAMMAR=1 it also decodes under the grammar of programs. Knows nothing of requests.
"""

from __future__ import annotations

import importlib
import os

from punie_training.exceptions import MissingExtra
from punie_training.mlx import blas

GRAMMAR_VARIABLE = "PUNIE_GRAMMAR"
GRAMMAR_MODULE = "punie_training.grammar.server_hook"


def main() -> None:
    """Serve until ended."""
    blas.load()
    try:
        from mlx_lm import server
    except ImportError as error:
        raise MissingExtra("mlx-lm") from error
    if os.environ.get(GRAMMAR_VARIABLE, "").strip() == "1":
        importlib.import_module(GRAMMAR_MODULE).install()
    server.main()


if __name__ == "__main__":
    main()
