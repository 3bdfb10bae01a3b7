"""A process of `mlx_lm.server` with one model: started, waited for until it has loaded, and ended. Asks nothing else.

It ends with us, however we end (`punie_agent.models.keeper`).
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path

import httpx2

from punie_agent.models import keeper
from punie_agent.models.http import open_client
from punie_training.evals.streaming import ANSWER_SECONDS, Endpoint, ask
from punie_training.exceptions import EvaluationError

START_SECONDS = 300.0
STOP_SECONDS = 8.0
POLL_SECONDS = 0.05
# An error that was printed may belong to one request alone; after so long without an answer it does not.
AFTER_ERROR_SECONDS = 1.0
# What the server calls the model that it was started with.
SERVED = "default_model"
TAKEN = "Address already in use"

_ERROR = re.compile(r"^[\w.]*(?:Error|Exception)\b.*:")


class ModelServer:
    """One life of a server.

    Attributes:
        client: asks it.
        endpoint: where it is.
    """

    def __init__(self, process: asyncio.subprocess.Process, endpoint: Endpoint, name: str) -> None:
        self.endpoint = endpoint
        self.client: httpx2.AsyncClient = open_client(endpoint.url, seconds=ANSWER_SECONDS)
        self._process = process
        self._name = name
        self._lines: deque[str] = deque(maxlen=60)
        self._reading = asyncio.create_task(self._read())

    async def loaded(self) -> None:
        """Wait until it has answered with a token: it listens before it has a model, and may never say that it failed.

        Raises:
            EvaluationError: it cannot load its model, with what it says.
        """
        ending = asyncio.create_task(self._process.wait())
        failing = asyncio.create_task(self._failed())
        asking = asyncio.create_task(self._first_token())
        tasks = {ending, failing, asking}
        try:
            async with asyncio.timeout(START_SECONDS):
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise EvaluationError(
                f"The server of {self._name} did not load its model within {START_SECONDS:g} s{self.said}."
            ) from None
        finally:
            for task in tasks - {asking} if asking.done() else tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not asking.done() or asking.cancelled() or asking.exception():
            raise EvaluationError(f"The model of {self._name} cannot be loaded{self.said}. Check its folder.")

    async def stop(self) -> None:
        """End it, and wait until it is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self.client.aclose()

    @property
    def said(self) -> str:
        """The last error that it printed, in brackets; "" when it printed none."""
        last = next((line for line in reversed(self._lines) if _ERROR.match(line)), "")
        return f" (it says: {last[:300]})" if last else ""

    @property
    def port_taken(self) -> bool:
        """Whether another program had its port."""
        return any(TAKEN in line for line in self._lines)

    async def _first_token(self) -> None:
        health = self.endpoint.url.removesuffix("/v1") + "/health"
        while True:
            with suppress(httpx2.HTTPError):
                await self.client.get(health)
                break
            await asyncio.sleep(POLL_SECONDS)
        short = Endpoint(self.endpoint.url, SERVED, self.endpoint.prompt, 1)
        await ask(self.client, short, "hi", temperature=0.0, seed=0)

    async def _failed(self) -> None:
        """Returns when it has printed an error and stays silent: then it will never answer."""
        while not self.said:  # noqa: ASYNC110 - lines come from a pipe
            await asyncio.sleep(POLL_SECONDS)
        await asyncio.sleep(AFTER_ERROR_SECONDS)

    async def _read(self) -> None:
        """Keep its last lines; a full pipe would stop it."""
        assert self._process.stdout is not None
        rest = ""
        while piece := await self._process.stdout.read(65_536):
            *lines, rest = (rest + piece.decode(errors="replace")).split("\n")
            self._lines.extend(line.rstrip() for line in lines if line.strip())
            rest = rest[-10_000:]


async def launch(model: Path, adapter: Path | None, endpoint: Endpoint, name: str) -> ModelServer:
    """Start a server at a free port.

    Args:
        model: the model's folder.
        adapter: an adapter's folder, or none.
        endpoint: how it will be asked; its URL is not looked at.
        name: what the model is called in messages.
    """
    from punie_training.mlx.environment import environment, module_command

    port = _free_port()
    command = module_command("punie_training.mlx.server", "--model", str(model), "--host", "127.0.0.1")
    command += ["--port", str(port), "--max-tokens", str(endpoint.max_tokens), "--log-level", "WARNING"]
    command += ["--adapter-path", str(adapter)] if adapter else []
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(Path(keeper.__file__)), *command, env=environment(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/v1"
    return ModelServer(process, Endpoint(url, SERVED, endpoint.prompt, endpoint.max_tokens, endpoint.options), name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
