"""git, asked so that a repository cannot run anything: no hook, pager, filter, external diff, fsmonitor or transport.

Whoever wrote the repository's configuration and attributes is not trusted; the user's own configuration is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from punie_semantic.environment import child_environ
from punie_semantic.exceptions import PathError, ToolUnavailable
from punie_semantic.processes import Completed, run

SECONDS = 20.0
MAX_OUTPUT = 4 << 20
SMALL_ENTRIES = 1000
SMALL_BYTES = 32 << 20

_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.quotePath": "false",
    "log.showSignature": "false",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}
_ENVIRON = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",  # no refreshed index is written
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
}
_FILTER_KEYS = {"clean": "", "smudge": "", "process": "", "required": "false"}


async def git(root: Path, arguments: list[str], *, timeout: float = SECONDS) -> Completed:
    """Run git in a folder of a repository.

    Args:
        root: the workspace.
        arguments: the command and its options; paths come after `--`.
        timeout: seconds.

    Raises:
        ToolUnavailable: git is missing, failed, or did not answer in time.
        PathError: the workspace is in no repository, or in one whose files are elsewhere.
    """
    settings = dict(_SETTINGS)
    for key in (await _run(root, ["config", "--null", "--name-only", "--list"], settings, timeout)).stdout.split(b"\0"):
        name = key.decode(errors="surrogateescape")
        if name.lower().startswith("filter.") and name.count(".") > 1:
            settings |= {f"{name.rpartition('.')[0]}.{last}": value for last, value in _FILTER_KEYS.items()}
    done = await _run(root, ["rev-parse", "--show-toplevel"], settings, timeout)
    top = Path(os.fsdecode(done.stdout).rstrip("\n"))
    if done.returncode:
        raise PathError(f"{root.name} is in no git repository that can be read: {_words(done)}")
    if not root.is_relative_to(top.resolve()):
        raise PathError(f"The repository's files are in {top}, outside the workspace. Nothing was read.")
    done = await _run(root, arguments, settings, timeout)
    if done.returncode not in (0, 1):
        raise ToolUnavailable(f"git {arguments[0]} failed: {_words(done)}")
    return done


async def ignored_folders(root: Path) -> frozenset[Path]:
    """Large folders that git ignores; none when there is no repository. Small ones are not worth a link."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return frozenset()
    command = ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z", "--", "."]
    try:
        done = await git(root, command)
    except (PathError, ToolUnavailable):
        return frozenset()
    names = [os.fsdecode(name) for name in done.stdout.split(b"\0") if name.endswith(b"/")]
    return frozenset(folder for name in names if _is_large(folder := root / name.rstrip("/")))


async def _run(root: Path, arguments: list[str], settings: Mapping[str, str], timeout: float) -> Completed:
    environ = {k: v for k, v in child_environ().items() if not k.startswith("GIT_") or k == "GIT_CONFIG_GLOBAL"}
    environ |= _ENVIRON | _as_variables(settings.items())
    command = ["git", "--no-pager", "--literal-pathspecs", *arguments]
    return await run(command, cwd=root, environ=environ, timeout=timeout, max_output=MAX_OUTPUT)


def _as_variables(settings: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Settings that win over all files; unlike `-c` they may have `=` in their names."""
    pairs = list(settings)
    variables = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (key, value) in enumerate(pairs):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables


def _is_large(folder: Path) -> bool:
    entries = size = 0
    for parent, _, files in os.walk(folder):
        entries += len(files) + 1
        size += sum(p.lstat().st_size for name in files if (p := Path(parent, name)).is_file())
        if entries > SMALL_ENTRIES or size > SMALL_BYTES:
            return True
    return False


def _words(done: Completed) -> str:
    words = done.stderr.decode(errors="replace").strip().splitlines()
    return words[0] if words else f"exit status {done.returncode}"
