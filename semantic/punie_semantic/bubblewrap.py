"""Programs in a sandbox of bubblewrap's: the system is read-only, the home folder hidden, there is no network.

`arguments` is the whole of what a program can see and write; the rest asks whether bubblewrap works here.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from punie_semantic.environment import child_environ
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import Completed
from punie_semantic.settings import Sandboxing, Settings

PROBE_SECONDS = 30
_WORDS = b"bwrap: "
_SIGNALLED = 128
_LAST_SIGNAL = 64
# Not the user's PATH first: a project's environment may be on it.
_FOLDERS = ("/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin")
_HIDDEN = ("/home", "/root", "/run")
_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - what the program sees there is its own
_NAMES = ("/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager", "/run/nscd")
_ALONE = (
    *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--cap-drop", "ALL", "--die-with-parent", "--new-session"),
)


@dataclass(frozen=True)
class Box:
    """What a program gets to see, beside the system.

    Attributes:
        folder: where it runs.
        scratch: a folder for what it takes to be /tmp and the home folder.
        home: the home folder, which is hidden.
        writable: what it can change.
        readable: what it can read though it would be hidden.
        kept: what it cannot change in `writable`.
        network: whether it has one. Without, it has a loopback interface of its own.
    """

    folder: Path
    scratch: Path
    home: Path | None
    writable: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    network: bool = False


@dataclass(frozen=True)
class Boxed:
    """A command as it is to be started, and whether it is in a sandbox."""

    command: list[str]
    environ: dict[str, str]
    sandboxed: bool

    def checked(self, done: Completed) -> Completed:
        """What came of it. Raises ToolUnavailable when the sandbox could not be made, so that nothing ran."""
        if not self.sandboxed:
            return done
        if done.returncode == 1 and done.stderr.startswith(_WORDS):
            why = done.stderr.decode(errors="replace").splitlines()[0]
            raise ToolUnavailable(f"Nothing was run: the sandbox could not be made, or lacks the program: {why}.")
        if _SIGNALLED < done.returncode <= _SIGNALLED + _LAST_SIGNAL:
            return replace(done, returncode=_SIGNALLED - done.returncode)
        return done


def arguments(box: Box) -> list[str]:
    """bubblewrap's arguments, without the program. Later ones lie over earlier ones."""
    found = [*_ALONE, *(() if box.network else ("--unshare-net",))]
    found += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    found += [word for place in _HIDDEN if Path(place).is_dir() for word in ("--tmpfs", place)]
    if box.network:
        found += [word for place in _NAMES for word in ("--ro-bind-try", place, place)]
    places = [(box.scratch / "tmp", Path(place)) for place in _TEMPORARY if Path(place).is_dir()]
    places += [(box.scratch / "home", box.home)] if box.home is not None else []
    found += _binds("--bind", places)
    readable = [p for p in _outer(box.readable) if not any(p.is_relative_to(other) for other in box.writable)]
    found += _binds("--ro-bind", ((path, path) for path in readable))
    # A folder in another one that is writable too cannot be renamed: it is a place where something is mounted.
    found += _binds("--bind", ((path, path) for path in sorted({*box.writable}) if path.exists()))
    found += _binds("--ro-bind", ((p if p.exists() else box.scratch / "none", p) for p in box.kept))
    return [*found, "--chdir", str(box.folder)]


def _binds(option: str, places: Iterable[tuple[Path, Path]]) -> list[str]:
    return [word for source, place in places for word in (option, str(source), str(place))]


def _outer(paths: Sequence[Path]) -> list[Path]:
    """The paths that lie in no other one, and that exist; the root of the file system is none."""
    there = sorted({path for path in paths if path.exists() and path != path.parent})
    return [path for path in there if not any(path != other and path.is_relative_to(other) for other in there)]


@asynccontextmanager
async def boxed(
    command: list[str],
    environ: Mapping[str, str],
    setting: Sandboxing,
    *,
    folder: Path,
    writable: Sequence[Path],
    readable: Sequence[Path],
    kept: Sequence[Path] = (),
    network: bool = False,
) -> AsyncGenerator[Boxed]:
    """A command in a sandbox where there is one, until the block ends. Raises ToolUnavailable where one is a must."""
    program = await available(setting)
    if program is None:
        yield Boxed(command, dict(environ), sandboxed=False)
        return
    with tempfile.TemporaryDirectory(prefix="punie-box-", ignore_cleanup_errors=True) as name:
        scratch = Path(name).resolve()
        home = prepared(scratch, environ)
        box = Box(folder, scratch, home, tuple(writable), tuple(readable), tuple(kept), network)
        environ = dict(environ) | {"TMPDIR": _TEMPORARY[0]}
        yield Boxed([program, *arguments(box), "--", *command], environ, sandboxed=True)


def prepared(scratch: Path, environ: Mapping[str, str]) -> Path | None:
    """Make the folders that a box needs; gives the home folder to hide, if it is a folder of its own."""
    for name in ("tmp", "home", "none"):
        (scratch / name).mkdir(mode=0o700)
    home = environ.get("HOME", "")
    path = Path(home).resolve() if home.startswith("/") else None
    return path if path is not None and path.is_dir() and path != path.parent else None


async def confinement(settings: Settings, *, network: bool) -> list[str]:
    """What a program will be kept from, for whoever decides. Raises ToolUnavailable as `available` does."""
    if await available(settings.sandbox_commands) is None:
        return ["Without a sandbox: it can read and change all that you can."]
    return [f"In a sandbox, {'with' if network else 'without'} network."]


async def available(setting: Sandboxing) -> str | None:
    """The program that makes sandboxes; None when there is none, or none is wanted.

    Raises:
        ToolUnavailable: there has to be one.
    """
    if setting == "never":
        return None
    program = find()
    why = await asyncio.to_thread(probe, program) if program else "it is not installed"
    if not why:
        return program
    if setting == "always":
        raise ToolUnavailable(
            f"Nothing was run: the setting sandbox-commands is always, and bubblewrap does not work here: {why}. "
            "Ask the user to install it, or to set sandbox-commands to auto."
        )
    return None


def find() -> str | None:
    """The bubblewrap program."""
    path = os.pathsep.join([*_FOLDERS, os.environ.get("PATH", "")])
    return shutil.which("bwrap", path=path)


@cache
def probe(program: str) -> str:
    """Why it makes no sandbox here, such as a kernel without user namespaces for everybody; empty when it does."""
    with tempfile.TemporaryDirectory(prefix="punie-box-") as name:
        scratch = Path(name).resolve()
        home = prepared(scratch, os.environ)
        command = [program, *arguments(Box(scratch, scratch, home, (scratch,))), "--", "/bin/sh", "-c", ":"]
        try:
            done = subprocess.run(
                command, env=child_environ(), capture_output=True, text=True, timeout=PROBE_SECONDS, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
    words = done.stderr.strip().splitlines()
    return (words[-1] if words else f"exit status {done.returncode}") if done.returncode else ""
