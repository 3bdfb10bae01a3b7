"""Runs a command on several workers through mlx.launch. Knows no training."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from punie_training.exceptions import MissingExtra, RunError

LAUNCHER = "mlx.launch"
_MAX_LOCAL = 64
_ATTEMPTS = 20
_PASSED = ("MLX_DISABLE_COMPILE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "OPENBLAS_NUM_THREADS", "PUNIE_BLAS")


def launched(command: list[str], hosts: str, environ: Mapping[str, str]) -> list[str]:
    """The command that runs `command` on all hosts; the command itself when `hosts` is "".

    Args:
        command: a Python command that begins with the interpreter.
        hosts: a number of local processes, host names or addresses with commas between them, or a host file.

        environ: the command's environment, of which other machines get what matters.

    Raises:
        RunError: `hosts` is none of them.
        MissingExtra: mlx.launch is not installed.
    """
    if not hosts:
        return command
    launcher = shutil.which(LAUNCHER, path=str(Path(sys.executable).parent)) or shutil.which(LAUNCHER)
    if launcher is None:
        raise MissingExtra(LAUNCHER)
    passed = [f"--env={name}={environ[name]}" for name in _PASSED if name in environ]
    return [launcher, "--backend", "ring", *_where(hosts), *passed, "--", *command]


def _where(hosts: str) -> list[str]:
    if hosts.isdecimal():
        if not 1 <= int(hosts) <= _MAX_LOCAL:
            raise RunError(f"--hosts {hosts}: the number of local processes is from 1 to {_MAX_LOCAL}.")
        return ["-n", hosts, "--starting-port", str(_free_ports(int(hosts)))]
    if hosts.endswith(".json"):
        if not Path(hosts).is_file():
            raise RunError(f"--hosts {hosts}: there is no such host file.")
        return ["--hostfile", hosts]
    names = [name.strip() for name in hosts.split(",")]
    if not all(names) or any(name.startswith("-") or any(c.isspace() for c in name) for name in names):
        raise RunError(
            f"--hosts {hosts!r}: name a number of local processes, hosts with commas between, or a host file."
        )
    return ["--hosts", ",".join(names)]


def _free_ports(count: int) -> int:
    """The first of so many ports in a row, so that two runs on a machine do not meet."""
    for _ in range(_ATTEMPTS):
        with ExitStack() as stack, suppress(OSError, OverflowError):
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            for place in range(1, count):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port + place))
            return port
    raise RunError(
        f"There are no {count} free ports in a row for the workers: end other programs that use the network."
    )
