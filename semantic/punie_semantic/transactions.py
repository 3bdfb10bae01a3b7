"""Writing an overlay to disk: all files or none, and only onto what the edits were made for."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from punie_semantic.exceptions import StaleError
from punie_semantic.overlay import FileChange
from punie_semantic.paths import inside


def commit(root: Path, changes: Sequence[FileChange]) -> None:
    """Write the changes. Encoding, BOM, line ends and file mode stay as they were.

    Raises:
        StaleError: a file on disk is no longer what the edits were based on; nothing is written.
        PathError: a path leaves the workspace.
        OSError: the disk refused; files already replaced are put back.
    """
    originals: list[tuple[Path, bytes]] = []
    for change in changes:
        path = inside(root, change.path)
        data = path.read_bytes() if path.exists() else b""
        if data != change.source.encode(change.source.text):
            raise StaleError(f"{change.file} changed on disk meanwhile. Nothing was written; run the fix again.")
        originals.append((path, data))
    staged: list[Path] = []
    done: list[tuple[Path, bytes]] = []
    try:
        for (path, _), change in zip(originals, changes, strict=True):
            _stage(path.resolve(), change.source.encode(change.text), staged)
        for temporary, (path, data) in zip(staged, originals, strict=True):
            temporary.replace(path.resolve())
            done.append((path, data))
    except OSError:
        for path, data in done:
            path.write_bytes(data)
        raise
    finally:
        for temporary in staged:
            temporary.unlink(missing_ok=True)


def _stage(target: Path, data: bytes, staged: list[Path]) -> None:
    """Write the new content beside the file, flushed, with the file's mode; `staged` gets its path."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".punie", dir=target.parent)
    staged.append(Path(name))
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(OSError):
        Path(name).chmod(target.stat().st_mode & 0o7777)
