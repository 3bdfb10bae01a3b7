"""Files that are whole or not there, and hashes of folders. Knows nothing of runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

# Of a file that is larger, only its size and as much of its beginning and of its end is read.
WHOLE_BYTES = 64 << 20
SAMPLE_BYTES = 4 << 20


def write_atomically(path: Path, text: str) -> None:
    """Write a file such that a reader, or a kill at any moment, finds the old text or the new one. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def hash_folder(folder: Path) -> str:
    """Names the content of a folder's own files, 24 hexadecimal digits; the folder's place does not count.

    Hidden files and subfolders are left out. Of a file above `WHOLE_BYTES` its size, beginning and end count.
    """
    total = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            total.update(f"{file.name}\0{_hash_file(file)}\n".encode())
    return total.hexdigest()[:24]


def _hash_file(file: Path) -> str:
    size = file.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with file.open("rb") as stream:
        if size <= WHOLE_BYTES:
            while block := stream.read(1 << 20):
                digest.update(block)
        else:
            digest.update(stream.read(SAMPLE_BYTES))
            stream.seek(-SAMPLE_BYTES, os.SEEK_END)
            digest.update(stream.read(SAMPLE_BYTES))
    return digest.hexdigest()
