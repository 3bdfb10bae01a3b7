"""The job of one process: a file's facts, from the cache where the file was read before.

Whatever is in the file, it comes to facts or to a reason: nothing is raised.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import secrets
import stat
from pathlib import Path

from pydantic import ValidationError

from punie_training.mining.documents import sections_of
from punie_training.mining.facts import FileFacts, FileKind
from punie_training.mining.python_facts import fixtures_of, pytest_cases, symbols_of

# Facts of an older form are not read.
FORM = 1
MOST_FILE = 1_000_000


def facts_of(root: str, file: str, kind: FileKind, cache: str) -> tuple[FileFacts, bool]:
    """What is in a file.

    Args:
        root: the project's folder.
        file: the file in it, with slashes.
        kind: what it is taken for.
        cache: the folder of the cache.

    Returns:
        The facts, and whether they were in the cache.
    """
    data, problem = _read(Path(root, file))
    if problem:
        return FileFacts(file=file, kind=kind, problem=problem), False
    name = hashlib.sha256(f"{FORM} {kind} {Path(file).suffix}\0".encode() + data).hexdigest()
    kept = Path(cache, name[:2], f"{name}.json")
    with contextlib.suppress(OSError, ValidationError):
        return FileFacts.model_validate_json(kept.read_bytes()).model_copy(update={"file": file}), True
    facts = _facts(data, file, kind)
    _keep(kept, facts)
    return facts, False


def _read(path: Path) -> tuple[bytes, str]:
    try:
        # A FIFO or a device would never end.
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return b"", "no regular file"
        if status.st_size > MOST_FILE:
            return b"", "large"
        with path.open("rb") as stream:
            data = stream.read(MOST_FILE + 1)
    except OSError:
        return b"", "unreadable"
    return (b"", "binary") if b"\0" in data else (data, "")


def _facts(data: bytes, file: str, kind: FileKind) -> FileFacts:
    if kind == "docs":
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return FileFacts(file=file, kind=kind, problem="no UTF-8")
        return FileFacts(file=file, kind=kind, sections=sections_of(text, Path(file).suffix.lower()))
    try:
        tree = ast.parse(data)
        if kind == "tests":
            return FileFacts(file=file, kind=kind, tests=pytest_cases(tree), fixtures=fixtures_of(tree))
        return FileFacts(file=file, kind=kind, symbols=symbols_of(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return FileFacts(file=file, kind=kind, problem="no Python")


def _keep(kept: Path, facts: FileFacts) -> None:
    """A cache that cannot be written is none."""
    temporary = kept.with_name(f"{kept.name}.{os.getpid()}.{secrets.token_hex(3)}")
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(facts.model_dump_json(), encoding="utf-8")
            temporary.replace(kept)
        finally:
            temporary.unlink(missing_ok=True)
