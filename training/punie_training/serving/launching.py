"""`model serve`: one model served on this machine, watched and started again after a crash, until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from punie_agent.exceptions import ModelError
from punie_agent.models.adapter_server import AdapterServer
from punie_agent.models.adapters import ADAPTER_MODEL, ServerConfig
from punie_agent.models.server_health import is_free
from punie_training.adapters import Registry
from punie_training.adapters.files import check_base, check_digest, check_files
from punie_training.exceptions import AdapterError, BaseModelError, ServingError
from punie_training.mlx.base_models import read_base
from punie_training.mlx.environment import environment
from punie_training.runs.bases import find_base

WATCH_SECONDS = 0.2


@dataclass(frozen=True)
class ToServe:
    """What is served.

    Attributes:
        name: what messages call it.
        model: the folder of the model.
        adapter: the folder of an adapter; None serves the model as it is.
        trained: whether it is known to be trained for Punie.
    """

    name: str
    model: Path
    adapter: Path | None = None
    trained: bool = False


@dataclass(frozen=True)
class ServeOptions:
    """How it is served.

    Attributes:
        host: where it listens; this machine only.
        port: 0 takes a free one.
        draft: the folder of a small model of the same family that proposes tokens; None for none.
        draft_tokens: how many it proposes at once; None leaves that to the server.
        start_seconds: how long the model may take to load.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    draft: Path | None = None
    draft_tokens: int | None = None
    start_seconds: float = 300.0


@dataclass(frozen=True)
class Serving:
    """A server that answers.

    Attributes:
        url: its base URL.
        model: what it calls its model.
        server: the server itself.
    """

    url: str
    model: str
    server: AdapterServer

    async def watch(self, tell: Callable[[str], None]) -> None:
        """Tell of crashes and returns, until cancelled. Raises ServingError when it cannot be started again."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self.server.healthy or not self.server.trouble:
                continue
            tell(f"The server {self.server.trouble}; it is being started again.")
            try:
                await self.server.ready()
            except ModelError as error:
                raise ServingError(str(error)) from error
            tell(f"It answers again at {self.url}.")


def what_to_serve(registry: Registry, name: str = "", adapter: str = "") -> ToServe:
    """What a name means.

    Args:
        registry: for the names of adapters.
        name: a model's folder or name, or the name of an adapter; "" is the promoted adapter.
        adapter: an adapter's name or folder, to be served on the model `name`.

    Raises:
        AdapterError: there is no such adapter, it is damaged, or for another model.
        BaseModelError: there is no such model on this machine.
        ServingError: nothing is promoted, and nothing was named.
    """
    if adapter:
        return _with_adapter(registry, name, adapter)
    names = {record.name for record in registry.all()}
    if name and (name not in names or Path(name).expanduser().is_dir()):
        folder = find_base(name).folder
        read_base(folder)
        return ToServe(name, folder)
    record = registry.get(name) if name else registry.promoted()
    if record is None:
        raise ServingError(
            "Nothing is promoted that could be served. Name a model: punie-ls model list shows those of this machine."
        )
    check_digest(Path(record.path), record.name, record.digest)
    check_base(Path(record.path), record.name, Path(record.base))
    return ToServe(record.name, Path(record.base), Path(record.path), trained=True)


def _with_adapter(registry: Registry, name: str, adapter: str) -> ToServe:
    folder = Path(adapter).expanduser()
    known = folder.is_dir()
    record = None if known else registry.get(adapter)
    folder = folder.resolve() if record is None else Path(record.path)
    check_files(folder, adapter)
    if not name and record is None:
        raise AdapterError(f"Name the model that {adapter} belongs to: punie-ls model serve MODEL --adapter {adapter}")
    base = find_base(name).folder if name or record is None else Path(record.base)
    check_base(folder, adapter, base)
    return ToServe(folder.name if known else adapter, base, folder, trained=record is not None)


@asynccontextmanager
async def open_server(what: ToServe, options: ServeOptions) -> AsyncGenerator[Serving]:
    """A server that answers; it ends with the block, and with this process however that ends.

    Raises:
        ServingError: the port is taken, the draft model does not fit, or the model cannot be loaded.
    """
    if options.port and not is_free(options.host, options.port):
        raise ServingError(
            f"Another program uses port {options.port}. Stop that one, or pass --port 0 for a free port."
        )
    if options.draft is not None:
        _check_draft(what.model, options.draft)
    try:
        config = ServerConfig(
            str(what.model),
            adapter_path=str(what.adapter) if what.adapter else None,
            draft_model=str(options.draft) if options.draft else None,
            num_draft_tokens=options.draft_tokens,
            host=options.host,
            port=options.port,
            start_seconds=options.start_seconds,
        )
    except ValueError as error:
        raise ServingError(f"{what.name} cannot be served like this: {error}.") from error
    hint = "see whether it is whole and fits this machine: punie-ls model fit"
    server = AdapterServer(what.name, config, hint, environment())
    try:
        server.start()
        await server.ready()
        yield Serving(server.url, ADAPTER_MODEL, server)
    except ModelError as error:
        raise ServingError(str(error)) from error
    finally:
        await asyncio.shield(asyncio.to_thread(server.stop))


def _check_draft(model: Path, draft: Path) -> None:
    """See that a draft model writes the same tokens. Raises ServingError."""
    try:
        own, other = read_base(model), read_base(draft)
    except BaseModelError as error:
        raise ServingError(f"The draft model cannot be used: {error}") from error
    if own.vocabulary != other.vocabulary:
        raise ServingError(
            f"The draft model {draft} has {other.vocabulary:,} tokens and {model} has {own.vocabulary:,}: "
            "take a smaller model of the same family."
        )
