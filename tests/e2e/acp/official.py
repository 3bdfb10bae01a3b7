"""The official JSON schema of version 1, from the protocol's npm package, as a judge of messages."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from tests.editors.programs import skipped_without

JUDGE = Path(__file__).parent / "judge"
MISSING = skipped_without("npm")

# Stable for the protocol, and none of the methods of a side.
_PROTOCOL = {"$/cancel_request"}


@functools.cache
def packages() -> Path:
    """A folder with the judge and the packages that its lock file names, installed once for each lock file."""
    lock = (JUDGE / "package-lock.json").read_bytes()
    name = f"punie-acp-judge-{os.getuid()}-{hash_of(lock)}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # several tests may begin at once
        if not (folder / "ready").exists():
            for file in ("package.json", "package-lock.json"):
                shutil.copy(JUDGE / file, folder)
            command = ["npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
            (folder / "ready").touch()
    for file in JUDGE.glob("*.mjs"):
        shutil.copy(file, folder)
    return folder


def hash_of(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()[:16]


@functools.cache
def _schema() -> dict[str, Any]:
    path = packages() / "node_modules/@agentclientprotocol/sdk/schema/v1/schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


@functools.cache
def _validator(side: str, method: str, *, answer: bool) -> Validator | None:
    definitions = _schema()["$defs"]
    endings = ("Response",) if answer else ("Request", "Notification")
    name = next(
        (
            name
            for name, entry in definitions.items()
            if entry.get("x-method") == method
            and name.endswith(endings)
            and (entry.get("x-side") == side or method in _PROTOCOL)
        ),
        None,
    )
    if name is None:
        return None
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})


def problems_of(side: str, method: str, value: object, *, answer: bool = False) -> list[str]:
    """What the schema says against the params of a method of a side, or against its answer."""
    if MISSING:
        return []
    validator = _validator(side, method, answer=answer)
    what = f"answer to {method}" if answer else method
    if validator is None:
        return [] if answer else [f"{what}: the {side} has no such method"]
    return [f"{what}: {error.message[:300]} at {list(error.absolute_path)}" for error in validator.iter_errors(value)]
