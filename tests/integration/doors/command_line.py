"""Many command lines of `punie-ls` in one process: starting one for each would take a minute.

Run as a program: reads a JSON list of argument lists from stdin, writes a list of [exit status, stdout, stderr].
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from punie_ls.cli.app import app


def one(arguments: list[str]) -> tuple[int, str, str]:
    """One command line, as the console script would run it."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app(arguments, prog_name="punie-ls")
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    json.dump([one(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
