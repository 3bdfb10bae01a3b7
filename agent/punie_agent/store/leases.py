"""Who runs a session's turn: one process at a time, and one that died lets go.

An owner is `<machine>/<pid>/<start of the process>/<store>`. On one machine the process itself is looked for; of
another machine only the heartbeat is known.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import secrets
import time
from pathlib import Path

HEARTBEAT_SECONDS = 10.0
STALE_SECONDS = 60.0


def new_owner() -> str:
    """A name for one store of this process."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{_started(pid)}/{secrets.token_hex(4)}"


def is_alive(owner: str | None, heartbeat: float | None) -> bool:
    """Whether the owner of a lease is still there."""
    if not owner:
        return False
    fresh = heartbeat is not None and abs(time.time() - heartbeat) < STALE_SECONDS
    machine, _, rest = owner.partition("/")
    pid, _, rest = rest.partition("/")
    started = rest.partition("/")[0]
    if machine != _machine() or not pid.isdecimal():
        return fresh
    if not _exists(int(pid)):
        return False
    # A process that sleeps is alive, whatever its heartbeat; where its start is not known, the heartbeat decides.
    now = _started(int(pid))
    return now == started if now and started else fresh


def tell_owner(owner: str) -> str:
    """Who it is, for people."""
    machine, _, rest = owner.partition("/")
    where = f"process {rest.partition('/')[0]}"
    return where if machine == _machine() else f"{where} on another machine"


@functools.cache
def _machine() -> str:
    """This machine since it was started, and this container: where a process id means something."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
    with contextlib.suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.blake2b("\n".join(parts).encode(errors="replace"), digest_size=8).hexdigest()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    # A process that was killed stays in the table until its parent has asked for its end.
    return _status(pid)[:1] != "Z"


def _started(pid: int) -> str:
    """When a process was started, in ticks since the machine was; empty where the system does not tell."""
    fields = _status(pid).split()
    return fields[19] if len(fields) > 19 else ""


def _status(pid: int) -> str:
    """What Linux says of a process, from its state on; empty elsewhere."""
    try:
        # The program's name before it, in brackets, may hold anything.
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].decode("ascii")
    except (OSError, UnicodeDecodeError):
        return ""
