"""A running `mlx_lm.server`: started, watched, restarted after a crash, ended with its last user.

Works in a thread of its own, because several event loops may use one server. A keeper process stands between, so that
the server ends with Punie however Punie ends.
"""

from __future__ import annotations

import asyncio
import atexit
import collections
import contextlib
import http
import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from punie_agent.exceptions import ModelUnavailable
from punie_agent.models import keeper
from punie_agent.models.adapters import COMMAND, ServerConfig, environment, find_command
from punie_agent.models.quoting import cleaned
from punie_agent.models.server_health import ask_for_a_token, free_port, health, is_free

logger = logging.getLogger(__name__)

BACKOFF_SECONDS = (0.5, 2.0, 5.0, 10.0)
# A server that ran this long has earned new attempts.
STABLE_SECONDS = 60.0
POLL_SECONDS = 0.05
STOP_SECONDS = 10.0
WATCH_SECONDS = 2.0

# The line of a traceback that says what it is about.
_ERROR = re.compile(r"[\w.]*(?:Error|Exception)\b")


class AdapterServer:
    """One server for one configuration.

    Args:
        name: what it is called in messages.
        config: how it is started.
        hint: what to do when it cannot be; by default to look at its setting.
        environ: of its process; by default ours, without a way to the hub.

    Attributes:
        port: where it listens; 0 before it has one.
        starts: how often it was started.
        users: how many use it now.
        trouble: what ended it the last time, as the end of a sentence; empty while it never ended.
    """

    def __init__(
        self, name: str, config: ServerConfig, hint: str = "", environ: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.config = config
        self._hint = hint or f"check the setting adapters.{name}"
        self.port = config.port
        self.starts = 0
        self.users = 0
        self.trouble = ""
        self._environ = environ
        self._failure = ""
        self._healthy = False
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: collections.deque[str] = collections.deque(maxlen=20)
        self._thread = threading.Thread(target=self._run, name=f"adapter {name}", daemon=True)

    @property
    def url(self) -> str:
        """Its base URL."""
        host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
        return f"http://{host}:{self.port}/v1"

    @property
    def healthy(self) -> bool:
        """Whether it answers now; not while it loads, and not after a crash."""
        return self._healthy

    def start(self) -> None:
        """Start it, in the background. Raises ModelNotUsable when there is no such program."""
        self._command = find_command(self.name)
        self._thread.start()

    async def ready(self) -> None:
        """Wait until it answers. Raises ModelUnavailable when it cannot be started, or not any more."""
        while not self._healthy:
            if self._failure:
                raise ModelUnavailable(self._failure)
            await asyncio.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        self._stopping.set()
        self._end()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(STOP_SECONDS)

    def _end(self) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()

    def _run(self) -> None:
        crashes = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            problem = self._run_once()
            if self._stopping.is_set() or self._failure:
                return
            crashes = 1 if time.monotonic() - began > STABLE_SECONDS else crashes + 1
            self.trouble = problem
            logger.warning("adapter %s: %s", self.name, problem)
            if crashes > len(BACKOFF_SECONDS):
                self._failure = self._sentence(problem)
                return
            self._stopping.wait(BACKOFF_SECONDS[crashes - 1])

    def _sentence(self, problem: str) -> str:
        lines = [line.strip() for line in self._lines if line.strip()]
        errors = [line for line in lines if _ERROR.match(line)]
        said = next(reversed(errors or lines), "")
        quoted = f" (it says: {cleaned(said)})" if said else ""
        return f"{COMMAND} for the adapter {self.name} {problem}{quoted}: {self._hint}."

    def _run_once(self) -> str:
        """One life of the server. Gives what ended it, as the end of a sentence."""
        try:
            self.port = self.port or free_port(self.config.host)
            if not is_free(self.config.host, self.port):
                return f"cannot have port {self.port}, which another program uses"
            process = self._launch()
        except OSError as error:
            return f"could not be started ({error.strerror})"
        reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        reader.start()
        try:
            if not self._wait_until_up(process):
                return f"did not get ready within {self.config.start_seconds:g} s"
            if process.poll() is None and (refusal := self._load(process)):
                self._failure = self._sentence(refusal)
                return refusal
            self._watch(process)
        finally:
            self._healthy = False
            self._end()
            _wait(process)
            reader.join(1.0)
        return f"ended with status {process.returncode}"

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", str(Path(keeper.__file__)), *self._command, *self.config.arguments(self.port)]
        self.starts += 1
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment() if self._environ is None else self._environ),
            start_new_session=True,
        )
        if self._stopping.is_set():
            self._end()
        return self._process

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until it listens, or has ended. False when it does neither in time."""
        deadline = time.monotonic() + self.config.start_seconds
        while process.poll() is None and not self._stopping.is_set():
            if health(self.config.host, self.port) is not None:
                return True
            if time.monotonic() > deadline:
                return False
            self._stopping.wait(POLL_SECONDS)
        return True

    def _load(self, process: subprocess.Popen[bytes]) -> str:
        """Have it load its model, which its first answer waits for. Gives what keeps it from that; "" is nothing.

        A server whose model cannot be loaded stays up, calls itself unavailable, and may never answer.
        """
        answers: list[int | None] = []
        asking = threading.Thread(target=ask_for_a_token, args=(self.config.host, self.port, answers), daemon=True)
        asking.start()
        deadline = time.monotonic() + self.config.start_seconds
        while process.poll() is None and not self._stopping.is_set():
            if answers == [http.HTTPStatus.OK]:
                self._healthy = True
                return ""
            if any(answers) or health(self.config.host, self.port) == http.HTTPStatus.SERVICE_UNAVAILABLE:
                return "cannot load its model"
            if time.monotonic() > deadline:
                return f"did not load its model within {self.config.start_seconds:g} s"
            asking.join(POLL_SECONDS)
        return ""

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it ends, or calls itself unavailable."""
        while process.poll() is None:
            try:
                process.wait(WATCH_SECONDS)
            except subprocess.TimeoutExpired:
                if health(self.config.host, self.port) == http.HTTPStatus.SERVICE_UNAVAILABLE:
                    return

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        """Keep its last lines; a full pipe would stop it."""
        assert process.stdout is not None
        with process.stdout as stream:
            while line := stream.readline(4096):
                self._lines.append(line.decode("utf-8", errors="replace").rstrip())


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class AdapterServers:
    """The servers of this process: one for each configuration, however many sessions use it."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, ServerConfig], AdapterServer] = {}
        self._lock = threading.Lock()

    @asynccontextmanager
    async def use(self, name: str, config: ServerConfig, hint: str = "") -> AsyncGenerator[AdapterServer]:
        """A server that answers; it ends with its last user. Raises ModelError when it cannot be started."""
        server = self._take(name, config, hint)
        try:
            await server.ready()
            yield server
        finally:
            await asyncio.shield(asyncio.to_thread(self._give_back, server))

    def _take(self, name: str, config: ServerConfig, hint: str) -> AdapterServer:
        with self._lock:
            key = (name, config)
            server = self._servers.get(key)
            if server is None or server.users == 0:
                server = AdapterServer(name, config, hint)
                server.start()
                if not self._servers:
                    atexit.register(self.close)
                self._servers[key] = server
            server.users += 1
            return server

    def _give_back(self, server: AdapterServer) -> None:
        with self._lock:
            server.users -= 1
            unused = server.users == 0
            if unused:
                self._servers.pop((server.name, server.config), None)
        if unused:
            server.stop()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            servers = list(self._servers.values())
            self._servers.clear()
        for server in servers:
            server.stop()


# Shared on purpose: a second copy of a model would not fit into memory.
SERVERS = AdapterServers()
