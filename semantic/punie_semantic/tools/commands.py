"""Running a program in the workspace, when the user allows it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from punie_semantic.bubblewrap import available, boxed, confinement
from punie_semantic.command_kinds import kind_of, outside_paths
from punie_semantic.environment import Interpreter
from punie_semantic.exceptions import EditError, ExecutionNotAllowed, PathError, ToolUnavailable
from punie_semantic.exposed import exposable, homes, needed_by_program, needed_by_python, repository_of
from punie_semantic.paths import inside, relative
from punie_semantic.permissions import Kind, Request
from punie_semantic.processes import find_program, run
from punie_semantic.questions import command_detail, command_line, shown
from punie_semantic.results import CommandResult
from punie_semantic.workspace import Workspace

MAX_OUTPUT = 64 << 10
MAX_SECONDS = 3600
MAX_ARGUMENTS = 1000
MAX_CHARACTERS = 32 << 10
_SIGNALLED = 128

# What a program gets to see of the environment. Tokens and passwords live in all the others.
PASSED = frozenset(
    {"HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"}
    | {"CONDA_PREFIX", "VIRTUAL_ENV", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}
    | {"APPDATA", "COMSPEC", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "WINDIR"}
)


async def run_command(
    workspace: Workspace, argv: list[str], cwd: str = ".", timeout: int = 60, network: bool = False
) -> CommandResult:
    """Run a program in the workspace, after the user has allowed it. No shell: `argv` is a list of arguments.

    It sees the files on disk, without this turn's edits, and can change them. Pass `network` when it needs the network.
    `timeout` is in seconds.

    Example: `run_command(["python", "-m", "build"]).exit_code`
    """
    folder = inside(workspace.root, cwd)
    if not folder.is_dir():
        raise PathError(f"{cwd} is no folder of the workspace. Pass one that exists.")
    _check(argv)
    environ = command_environ(workspace.interpreter)
    command = _Command(list(argv), folder, environ, find_program(argv[0], folder, environ))
    request = await asyncio.to_thread(command.request, workspace, network=network)
    online = request.kind in ("network", "packages")
    notes = [*command.notes(request), *await confinement(workspace.settings, network=online)]
    writable = _places(request.paths, workspace.root) if await available(workspace.settings.sandbox_commands) else []
    detail = command_detail(argv, relative(workspace.root, folder), notes)
    if not await workspace.permissions.ask(replace(request, detail=detail)):
        raise ExecutionNotAllowed(
            f"`{command_line(argv)}` was not run: nobody allowed it. Ask the user, or do without it."
        )
    return await _run(workspace, command, request, writable, min(max(timeout, 1), MAX_SECONDS))


def _check(argv: list[str]) -> None:
    if not argv or not argv[0] or any("\0" in argument for argument in argv):
        raise EditError('The command is empty, or has a NUL character in it. Pass a list such as ["make", "docs"].')
    if len(argv) > MAX_ARGUMENTS or sum(map(len, argv)) > MAX_CHARACTERS:
        raise EditError(
            f"The command has more than {MAX_ARGUMENTS} arguments or {MAX_CHARACTERS} characters, too many to read. "
            "Put what is long into a file of the project, and pass its name."
        )
    try:
        for argument in argv:
            os.fsencode(argument)
    except UnicodeEncodeError as error:
        raise EditError("The command has half a character in it (a lone surrogate). Pass text.") from error


@dataclass(frozen=True)
class _Command:
    """A command that is not yet allowed."""

    argv: list[str]
    folder: Path
    environ: dict[str, str]
    program: Path

    def request(self, workspace: Workspace, *, network: bool) -> Request:
        """What is asked, but for the words of the question."""
        root = workspace.root
        outside = outside_paths(self.argv, self.folder, root)
        kind: Kind = kind_of(self.argv, outside)
        if network and kind != "packages":
            kind = "network"
        return Request(
            kind=kind,
            title=f"Run {shown(self.argv[0])}",
            detail="",
            argv=tuple(self.argv),
            folder=relative(root, self.folder),
            paths=outside,
            tool="run_command",
            program=str(self.program),
            own_program=self.program.is_relative_to(root) or self.program.resolve().is_relative_to(root),
            trusted=workspace.trusted,
        )

    def notes(self, request: Request) -> list[str]:
        """What the words of the command do not tell."""
        found = [f"The program is {shown(request.program)}{', which is of this project' * request.own_program}."]
        if request.kind == "packages":
            found.append("It can change which packages are installed.")
        if request.kind in ("network", "packages"):
            found.append("It can use the network.")
        if request.paths:
            found.append(f"It can change, outside the workspace: {', '.join(map(shown, request.paths))}")
        return found


async def _run(
    workspace: Workspace, command: _Command, request: Request, writable: list[Path], seconds: int
) -> CommandResult:
    started = time.monotonic()
    root = workspace.root
    own, shared = await asyncio.to_thread(repository_of, root)
    needed = await asyncio.to_thread(needed_by_python, workspace.interpreter)
    needed += needed_by_program(command.program, command.environ) + shared
    async with boxed(
        [str(command.program), *command.argv[1:]] if command.program.name == command.argv[0] else command.argv,
        command.environ,
        workspace.settings.sandbox_commands,
        folder=command.folder,
        writable=[root, *own, *writable],
        readable=[path for path in needed if exposable(path, homes())],
        kept=[folder / name for folder in own for name in ("hooks", "config")],
        network=request.kind in ("network", "packages"),
    ) as box:
        done = box.checked(
            await run(
                box.command,
                cwd=command.folder,
                environ=box.environ,
                timeout=seconds,
                max_output=MAX_OUTPUT,
                tethered=not box.sandboxed,
            )
        )
    return CommandResult(
        state="partial" if done.cut else "clean",
        reason="it wrote so much that the beginning is missing" if done.cut else "",
        exit_code=done.returncode if done.returncode >= 0 else _SIGNALLED - done.returncode,
        stdout=done.stdout.decode(errors="replace"),
        stderr=done.stderr.decode(errors="replace"),
        duration=time.monotonic() - started,
        sandboxed=box.sandboxed,
    )


def _places(paths: tuple[str, ...], root: Path) -> list[Path]:
    """Where allowed paths can be written: they themselves, or the folder that they are to be made in.

    Raises:
        ToolUnavailable: one is too much for a sandbox, which would show it empty.
    """
    found = []
    for path in map(Path, paths):
        there = path if path.exists() else path.parent
        if there == there.parent:
            continue
        if any(home.is_relative_to(there) for home in (root, *homes())):
            raise ToolUnavailable(
                f"Nothing was run: the sandbox shows of {there} nothing but the project. Pass the path of something in "
                "it that exists, or ask the user to set sandbox-commands to never."
            )
        if there.exists():
            found.append(there)
    return found


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
