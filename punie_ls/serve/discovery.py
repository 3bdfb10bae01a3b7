"""Where this user's server runs: a file in the state directory, and a lock that its process holds as long as it lives.

Light: the bridge and `punie-ls ask` import it. Whoever can read the file may use the server, so only the user can.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from punie_ls.serve.exceptions import AlreadyRunning
from punie_semantic.file_locks import lock_file
from punie_semantic.journal import state_folder

TOKEN_VARIABLE = "PUNIE_SERVE_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_BYTES = 32
LOCK_SECONDS = 1.0


class Server(msgspec.Struct, frozen=True):
    """A running server.

    Attributes:
        url: of its ACP endpoint, `ws://127.0.0.1:4747/acp`.
        token: what it demands.
        pid: its process; 0 for one that was not found here.
        version: Punie's.
    """

    url: str
    token: str
    pid: int = 0
    version: str = ""

    @property
    def http(self) -> str:
        """The URL of its pages, without a slash at the end."""
        return "http" + self.url.removeprefix("ws").removesuffix("/acp")


def folder() -> Path:
    """Where the server keeps its files."""
    return state_folder() / "serve"


def find_server() -> Server | None:
    """This user's server; None when none runs. A file that a killed server left counts for nothing."""
    if not _is_held(folder() / "lock"):
        return None
    try:
        return msgspec.json.decode((folder() / "server.json").read_bytes(), type=Server)
    except (OSError, msgspec.DecodeError):  # it is just beginning, or just ending
        return None


@contextmanager
def announcing() -> Generator[Announcement]:
    """Hold the user's one place for a server. Raises AlreadyRunning, or OSError when the folder cannot be used."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder() / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not lock_file(handle, LOCK_SECONDS):
            found = find_server()
            where = f" at {found.url} (process {found.pid})" if found else ""
            raise AlreadyRunning(f"`punie-ls serve` runs already{where}. `punie-ls serve --status` shows it.")
        announcement = Announcement(folder() / "server.json")
        announcement.withdraw()
        try:
            yield announcement
        finally:
            announcement.withdraw()
    finally:
        os.close(handle)


class Announcement:
    """The file that says where the server is; what is left of a killed one is removed first."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def publish(self, server: Server) -> None:
        """Let clients find it, from one moment to the next. Raises OSError."""
        _write_private(self._path, msgspec.json.encode(server))

    def withdraw(self) -> None:
        """Let nobody find it any more."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def token_file() -> Path:
    """Where the token is kept between runs, so that a client can be set up once."""
    return folder() / "token"


def load_token(*, fresh: bool = False) -> str:
    """The token: of the variable, or the one that is kept, or a new one. Raises OSError."""
    if given := os.environ.get(TOKEN_VARIABLE):
        return given
    with contextlib.suppress(OSError, UnicodeDecodeError):
        kept = token_file().read_text(encoding="ascii").strip()
        if len(kept) >= TOKEN_BYTES and not fresh:
            token_file().chmod(0o600)
            return kept
    token = secrets.token_urlsafe(TOKEN_BYTES)
    _write_private(token_file(), f"{token}\n".encode())
    return token


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _is_held(path: Path) -> bool:
    """Whether a process holds the server's lock."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Shared, so that two who ask do not take each other for the server.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
