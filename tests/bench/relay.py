"""The relay in figures: what it adds, beside a raw relay and two other proxies, and what it withstands."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import machine, overhead, payloads, real_servers, recovery, robustness, targets, workspace
from tests.bench.contenders import RASS
from tests.bench.relay_page import page

__all__ = ["measure", "page"]


def measure() -> dict[str, Any]:
    """Everything, one after the other; only what is compared with each other runs at the same time."""
    if not Path(RASS[0]).exists():
        raise SystemExit("there is no rassumfrassum to compare with; `make bench` installs it")
    found: dict[str, Any] = {"machine": machine.describe()}
    with tempfile.TemporaryDirectory() as scratch:
        mock = payloads.capture(Path(scratch).resolve())
        root = workspace.copy_package(Path(scratch).resolve() / "project")
        os.environ["VIRTUAL_ENV"] = str(root / ".venv")  # bare ty would add the packages beside it
        steps: dict[str, Callable[[], Any]] = {
            "overhead": lambda: overhead.measure(mock, root),
            "real": lambda: real_servers.measure(root),
            "robustness": lambda: robustness.measure(mock, root),
            "recovery": lambda: recovery.measure(root),
        }
        for name, step in steps.items():
            started = time.perf_counter()
            found[name] = step()
            sys.stderr.write(f"{name}: {time.perf_counter() - started:.0f} s\n")
    found["targets"] = targets.judge(found)
    return found
