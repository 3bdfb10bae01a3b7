"""A model's folder as somebody who answers: served while it is evaluated, restarted once when its server dies."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from punie_training.evals.answering import Answer
from punie_training.evals.model_server import ModelServer, launch
from punie_training.evals.streaming import ANSWER_SECONDS, ConnectionLost, Endpoint, ask
from punie_training.exceptions import EvaluationError
from punie_training.mlx.adapter_files import check_adapter

logger = logging.getLogger(__name__)

# Between looking for a free port and taking it, another program may take it.
MOST_STARTS = 3


class ServedAnswerer:
    """A model that is served by a process of ours.

    Attributes:
        name: what it is called in results.
        starts: how often the server was started.
        start_seconds: how long it took to its first token, the last time.
    """

    def __init__(self, model: Path, adapter: Path | None, name: str, endpoint: Endpoint) -> None:
        self.name = name
        self.starts = 0
        self.start_seconds = 0.0
        self._model = model
        self._adapter = adapter
        self._endpoint = endpoint
        self._server: ModelServer | None = None
        self._restarting = asyncio.Lock()

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        """Ask; when the server dies meanwhile it is started anew and asked once more."""
        life = self.starts
        try:
            return await self._ask(query, temperature, seed)
        except ConnectionLost as error:
            logger.warning("the server of %s was lost (%s)", self.name, error)
        await self._restart(life)
        try:
            return await self._ask(query, temperature, seed)
        except ConnectionLost as error:
            said = self._server.said if self._server else ""
            raise EvaluationError(
                f"The server of {self.name} died twice, the last time when it was asked {query!r}{said}. "
                "Look whether it has enough memory, then evaluate again."
            ) from error

    async def start(self) -> None:
        """Start the server, and wait until it has loaded the model. Raises EvaluationError when it cannot."""
        for attempt in range(1, MOST_STARTS + 1):
            began = time.monotonic()
            self.starts += 1
            server = self._server = await launch(self._model, self._adapter, self._endpoint, self.name)
            try:
                await server.loaded()
            except EvaluationError:
                if not server.port_taken or attempt == MOST_STARTS:
                    raise
                await server.stop()
            else:
                self.start_seconds = time.monotonic() - began
                return

    async def stop(self) -> None:
        """End the server, and wait until it is gone."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def _ask(self, query: str, temperature: float, seed: int) -> Answer:
        server = self._server
        if server is None:
            raise ConnectionLost("it is not running")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await ask(server.client, server.endpoint, query, temperature=temperature, seed=seed)
        except TimeoutError as error:
            raise ConnectionLost(f"no answer within {ANSWER_SECONDS:g} s") from error
        except RuntimeError as error:  # its client was closed by a restart
            raise ConnectionLost(str(error)) from error

    async def _restart(self, life: int) -> None:
        """Start the server again, once for all who lost it."""
        async with self._restarting:
            if self.starts == life:
                await self.stop()
                await self.start()


@asynccontextmanager
async def open_served(
    model: Path, adapter: Path | None, *, name: str, endpoint: Endpoint
) -> AsyncGenerator[ServedAnswerer]:
    """A served model, ready to answer.

    Args:
        model: its folder.
        adapter: an adapter's folder, or none.
        name: what it is called in results and messages.
        endpoint: how it is asked; its URL is not looked at.

    Raises:
        EvaluationError: the folder holds no model with a chat template, or it cannot be loaded.
        AdapterError: the adapter is not whole, or for another base.
    """
    check_folders(model, adapter)
    answerer = ServedAnswerer(model.resolve(), adapter.resolve() if adapter else None, name, endpoint)
    try:
        await answerer.start()
        yield answerer
    finally:
        await answerer.stop()


def check_folders(model: Path, adapter: Path | None) -> None:
    """Refuse what cannot be served before a server is started for it.

    Raises:
        EvaluationError: it is no model, or one that cannot be asked.
        AdapterError: the adapter is not whole, or for another base.
    """
    if not (model / "config.json").is_file() or not any(model.glob("*.safetensors")):
        raise EvaluationError(f"{model} holds no MLX model: it needs config.json and *.safetensors.")
    if adapter is not None:
        check_adapter(model, adapter, other_base=True)
    if not _has_chat_template(model):
        raise EvaluationError(
            f"{model} has no chat template, so it cannot be asked. Add the one of its family (chat_template.jinja), "
            "or take the model's instruct version."
        )


def _has_chat_template(model: Path) -> bool:
    if any((model / name).is_file() for name in ("chat_template.jinja", "chat_template.json")):
        return True
    try:
        return '"chat_template"' in (model / "tokenizer_config.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
