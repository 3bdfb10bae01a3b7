"""A PostgreSQL of the tests' own, from Debian's packages: in a temporary folder, on loopback, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import URL

READY_SECONDS = 60.0
USER = "punie"
PASSWORD = "s3cret-of-the-test"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs: the newest of Debian's, or the one on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


class PostgresServer:
    """A server; `start` and `stop` as often as wanted, the data stays until `remove`."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        # Neither deep, for the socket's path has to be short, nor in a folder that only root may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="punie-pg-", dir="/tmp"))
        self._as = _somebody()
        self._process: subprocess.Popen[Any] | None = None
        self.port = _free_port()
        password = self.folder / "password"
        password.write_text(PASSWORD)
        for path in (self.folder, password):
            if self._as:
                os.chown(path, self._as["user"], self._as["group"])
        self._run("initdb", "-D", f"{self.folder}/data", "-U", USER, "-A", "scram-sha-256", "--pwfile", f"{password}",
                  "-E", "UTF8", "--locale", "C", "--no-sync")  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = ["fsync=off", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}"]
        command = [self._binaries / "postgres", "-D", f"{self.folder}/data", "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *(word for setting in settings for word in ("-c", setting))],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._as,
            )
        self._process = process
        end = time.monotonic() + READY_SECONDS
        while not self._answers():
            assert process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> None:
        """End it: SIGINT is an orderly end that waits for nobody, SIGQUIT is a crash."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(READY_SECONDS)
            self._process = None

    def remove(self) -> None:
        """End it, and delete all of it."""
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str, *, user: str = USER, password: str = PASSWORD, local: bool = False) -> str:
        """The setting `store` for a database."""
        query = {"host": str(self.folder)} if local else {}
        host = None if local else "127.0.0.1"
        url = URL.create("postgresql", user, password, host, self.port, database, query)
        return url.render_as_string(hide_password=False)

    def create(self) -> str:
        """A new empty database. Gives its name."""
        name = f"test_{secrets.token_hex(4)}"
        self.execute("postgres", sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def execute(self, database: str, statement: sql.Composed | LiteralString | bytes, *values: object) -> list[Any]:
        """Run a statement of the test's own, and give its rows."""
        with self._connect(database) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments], capture_output=True, text=True, cwd="/", check=False, **self._as
        )
        assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _somebody() -> dict[str, Any]:
    """Who it runs as: PostgreSQL refuses to be root's."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    found = known.get("postgres") or known["nobody"]
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
