"""Running a program in the workspace, when the user allows it."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from pathlib import Path

from punie_semantic.environment import Interpreter
from punie_semantic.exceptions import EditError, ExecutionNotAllowed, PathError
from punie_semantic.paths import inside, relative
from punie_semantic.processes import run
from punie_semantic.results import CommandResult
from punie_semantic.workspace import Workspace

MAX_OUTPUT = 64 << 10
MAX_SECONDS = 3600

# What a program gets to see of the environment. Tokens and passwords live in all the others.
PASSED = frozenset(
    {"HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"}
    | {"CONDA_PREFIX", "VIRTUAL_ENV", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}
    | {"APPDATA", "COMSPEC", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "WINDIR"}
)


async def run_command(workspace: Workspace, argv: list[str], cwd: str = ".", timeout: int = 60) -> CommandResult:
    """Run a program in the workspace, after the user has allowed it. No shell: `argv` is a list of arguments.

    It sees the files on disk, without this turn's edits, and can change them. `timeout` is in seconds.

    Example: `run_command(["python", "-m", "build"]).exit_code`
    """
    folder = inside(workspace.root, cwd)
    if not folder.is_dir():
        raise PathError(f"{cwd} is no folder of the workspace. Pass one that exists.")
    if not argv or not argv[0] or any("\0" in argument for argument in argv):
        raise EditError('The command is empty, or has a NUL character in it. Pass a list such as ["make", "docs"].')
    command = shlex.join(argv)
    detail = f"{command}\nin {relative(workspace.root, folder)}"
    if not await workspace.permissions.ask("execute", f"Run {Path(argv[0]).name}", detail):
        raise ExecutionNotAllowed(f"`{command}` was not run: nobody allowed it. Ask the user, or do without it.")
    started = time.monotonic()
    seconds = min(max(timeout, 1), MAX_SECONDS)
    environ = command_environ(workspace.interpreter)
    done = await run(list(argv), cwd=folder, environ=environ, timeout=seconds, max_output=MAX_OUTPUT)
    return CommandResult(
        state="partial" if done.cut else "clean",
        reason="it wrote so much that the beginning is missing" if done.cut else "",
        exit_code=done.returncode,
        stdout=done.stdout.decode(errors="replace"),
        stderr=done.stderr.decode(errors="replace"),
        duration=time.monotonic() - started,
    )


def command_environ(interpreter: Interpreter, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What is on the list and the locale, with the project's Python first on PATH."""
    passed = {k: v for k, v in environ.items() if k.upper() in PASSED or k.startswith("LC_")}
    programs = str(interpreter.executable.parent)
    passed["PATH"] = os.pathsep.join([programs, *filter(None, [passed.get("PATH")])])
    if (interpreter.sys_prefix / "pyvenv.cfg").exists():
        passed["VIRTUAL_ENV"] = str(interpreter.sys_prefix)
    else:
        passed.pop("VIRTUAL_ENV", None)
    return passed
