"""What is around: git, the file system, Linux's limit on watched directories, variables, and the log."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from punie_ls.doctor.report import Finding, Logs, Machine, Watching
from punie_ls.relay.logs import directory, log_files
from punie_semantic.environment import child_environ
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run

GIT_SECONDS = 10.0
COUNT_SECONDS = 3.0
LOG_FILES = 5
LOG_ERRORS = 5
LOG_TAIL_BYTES = 256 << 10

INOTIFY_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
MOUNTS = Path("/proc/self/mountinfo")

# Changes that another machine makes there are not noticed, and each look at a file takes a trip.
_REMOTE = re.compile(r"nfs\d?|cifs|smb\d?|9p|drvfs|vboxsf|afs|ceph|fuse\.(?!fuseblk|snapfuse|portal).*")
_VARIABLES = re.compile(r"(PUNIE|TY|RUFF)_.+|VIRTUAL_ENV|CONDA_PREFIX|UV_PROJECT_ENVIRONMENT")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW", re.IGNORECASE)
_ERROR_LINE = re.compile(r"\S+ \d+ (ERROR|CRITICAL) ")


async def examine_machine(findings: list[Finding], folder: Path, environ: Mapping[str, str] = os.environ) -> Machine:
    """The machine, as far as it can be in the way."""
    git, watching = await asyncio.gather(_git(folder, environ), asyncio.to_thread(_watching, folder))
    file_system = _file_system(folder)
    if file_system and _REMOTE.fullmatch(file_system):
        what = f"The project is on a network or shared file system ({file_system}): checks take longer there, "
        what += "and what other programs change may go unnoticed."
        findings.append(Finding(what, "Keep the project on a local disk if you can.", wrong=False))
    if watching and watching.directories * 2 > watching.limit:
        findings.append(_watch_finding(watching))
    return Machine(f"{platform.system()} {platform.release()} {platform.machine()}", git, file_system, watching)


def examine_logs(findings: list[Finding], environ: Mapping[str, str] = os.environ) -> Logs:
    """The log directory and the last errors in it."""
    try:
        folder = directory(environ)
    except RuntimeError as error:  # there is no home directory
        findings.append(Finding(f"There is no place for log files: {error}.", "Set PUNIE_LOG_DIR to a folder."))
        return Logs(None)
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        what = f"Log files cannot be written: {there} is {'not writable' if there.is_dir() else 'no folder'}."
        findings.append(Finding(what, "Set PUNIE_LOG_DIR to a folder that you may write to."))
    files = log_files(folder)
    errors = sorted((line, path) for path in files[:LOG_FILES] for line in _errors(path))[-LOG_ERRORS:]
    if errors:
        line, path = errors[-1]
        findings.append(
            Finding(f"The log has errors; the last one is of {line.split()[0]}.", f"See {path}.", wrong=False)
        )
    return Logs(str(folder), [str(path) for path in files[:LOG_FILES]], [line for line, _ in errors])


def variables(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the server would read, without the values of secrets."""
    found = {name: value for name, value in sorted(environ.items()) if _VARIABLES.fullmatch(name)}
    return {name: "(not shown)" if _SECRET.search(name) else value for name, value in found.items()}


async def _git(folder: Path, environ: Mapping[str, str]) -> str | None:
    program = shutil.which("git", path=environ.get("PATH"))
    if program is None:
        return None
    try:
        # Not in the project's folder: its .git/config is none of our business.
        done = await run([program, "--version"], cwd=Path("/"), environ=child_environ(environ), timeout=GIT_SECONDS)
    except ToolUnavailable as error:
        return str(error)
    return done.stdout.decode(errors="replace").strip().removeprefix("git version ") or None


def _file_system(folder: Path) -> str | None:
    """The type of the file system that the folder is on; None where this cannot be known."""
    best = ("", None)
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        left, _, right = line.partition(" - ")
        point = re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), left.split()[4])
        if folder.is_relative_to(point) and len(point) >= len(best[0]):
            best = (point, right.split()[0])
    return best[1]


def _watching(folder: Path) -> Watching | None:
    if sys.platform != "linux":
        return None
    try:
        limit = int(INOTIFY_LIMIT.read_text())
    except (OSError, ValueError):
        return None
    return Watching(limit, *_count_directories(folder, COUNT_SECONDS))


def _count_directories(folder: Path, seconds: float) -> tuple[int, bool]:
    """How many there are, as far as they could be counted in the time, and whether these are all."""
    deadline = time.monotonic() + seconds
    count = 0
    for _ in os.walk(folder):
        count += 1
        if time.monotonic() > deadline:
            return count, False
    return count, True


def _watch_finding(watching: Watching) -> Finding:
    size = f"{'' if watching.complete else 'more than '}{watching.directories}"
    do = f"Raise the limit: sudo sysctl fs.inotify.max_user_watches={max(524288, watching.directories * 4)}"
    if watching.directories > watching.limit:
        what = f"The project has {size} folders and Linux lets you watch {watching.limit}: changes go unnoticed."
        return Finding(what, do)
    what = f"The project has {size} folders, more than half of the {watching.limit} that Linux lets you watch."
    return Finding(what, do, wrong=False)


def _errors(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if _ERROR_LINE.match(line)]
