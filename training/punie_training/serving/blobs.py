"""One large file over HTTP, in parts that outlive the process: the hub's library begins anew after every kill.

Must not know models or the hub's API.
"""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import httpx2

from punie_training.exceptions import ServingError

PART = ".part"
ATTEMPTS = 5
_PAUSE_SECONDS = 0.5
_TIMEOUT = httpx2.Timeout(30.0)


class Cut(Exception):
    """The connection was cut, again and again. What has arrived is kept."""


def fetch_blob(url: str, headers: Mapping[str, str], blob: Path, *, size: int, sha256: str) -> None:
    """Fetch a file to `blob`, from where an earlier attempt ended. It is there only when it is whole and right.

    Args:
        url: may redirect; credentials are not passed on to another host.
        headers: of the request.
        blob: where to; beside it stands the part that has arrived.
        size: in bytes.
        sha256: as hexadecimal digits.

    Raises:
        Cut: the connection was cut, and nothing more came in several attempts.
        ServingError: it came with another hash, or another process fetches it now.
        httpx2.HTTPStatusError: the server refused.
        OSError: it cannot be written.
    """
    if blob.exists() and blob.stat().st_size == size:
        return
    blob.parent.mkdir(parents=True, exist_ok=True)
    part = blob.with_name(f"{blob.name}{PART}")
    with part.open("ab") as stream:
        _lock(stream, part)
        _fill(url, headers, stream, size)
    if _digest(part) != sha256:
        part.unlink()
        raise ServingError(
            f"{blob.name[:12]} came with another hash than the hub names. It was removed: run this again."
        )
    part.replace(blob)


def _lock(stream: BinaryIO, part: Path) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ServingError(f"Another process is fetching {part.stem[:12]} now: wait until it has ended.") from error


def _fill(url: str, headers: Mapping[str, str], stream: BinaryIO, size: int) -> None:
    failures = 0
    while (begin := stream.seek(0, 2)) < size:
        try:
            _read(url, headers, stream, begin)
        except httpx2.TransportError as error:
            failures = 0 if stream.seek(0, 2) > begin else failures + 1
            if failures >= ATTEMPTS:
                raise Cut(str(error) or type(error).__name__) from error
            time.sleep(_PAUSE_SECONDS * failures)
    if stream.seek(0, 2) > size:
        stream.truncate(size)


def _read(url: str, headers: Mapping[str, str], stream: BinaryIO, begin: int) -> None:
    asked = {**headers, "Accept-Encoding": "identity", **({"Range": f"bytes={begin}-"} if begin else {})}
    with httpx2.stream("GET", url, headers=asked, follow_redirects=True, timeout=_TIMEOUT) as response:
        response.raise_for_status()
        if begin and response.status_code != httpx2.codes.PARTIAL_CONTENT:
            stream.truncate(0)
        for chunk in response.iter_raw():
            stream.write(chunk)
            stream.flush()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
