"""Model servers on this machine: which answer at their usual ports, and what they have. Loopback only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx2

from punie_agent.models.http import open_client
from punie_agent.models.specs import server_of

PROBE_SECONDS = 2.0
MAX_MODELS = 500

Product = Literal["LM Studio", "Ollama", "llama.cpp", "mlx_lm.server", "vLLM", "a model server"]

# Where servers listen unless they are told otherwise, in the order in which they are taken.
USUAL_PORTS: tuple[tuple[int, Product], ...] = (
    (1234, "LM Studio"),
    (11434, "Ollama"),
    # llama.cpp listens there too, and says that it is it.
    (8080, "mlx_lm.server"),
    (8081, "mlx_lm.server"),
    # Where vLLM listens, and it says so too.
    (8000, "a model server"),
)
_LENGTHS = ("max_model_len", "context_length", "max_context_length", "n_ctx", "context_window", "loaded_context_length")
# Not for chatting.
_NO_CHAT = ("embed", "rerank", "whisper", "tts")


@dataclass(frozen=True)
class ModelEntry:
    """One model of a server.

    Attributes:
        name: as the server calls it.
        context_length: the most tokens that it takes as it is loaded; None when the server does not say.
        loaded: whether it answers without loading; None when the server does not say.
    """

    name: str
    context_length: int | None = None
    loaded: bool | None = None

    @property
    def chats(self) -> bool:
        """Whether it is for chatting, by its name."""
        return not any(word in self.name.lower() for word in _NO_CHAT)


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        url: its base URL.
        product: what it is, as far as it shows.
        models: what it has, loaded ones first.
    """

    url: str
    product: Product
    models: tuple[ModelEntry, ...]

    @property
    def place(self) -> str:
        """Its host and port."""
        return server_of(self.url)


async def find_servers(ports: Sequence[tuple[int, Product]] | None = None) -> list[Server]:
    """The servers at the usual ports that answer like one, all asked at once."""
    asked = [probe(f"http://127.0.0.1:{port}/v1", product) for port, product in ports or USUAL_PORTS]
    return [server for server in await asyncio.gather(*asked) if server is not None]


async def probe(
    url: str, product: Product = "a model server", *, key: str = "", seconds: float = PROBE_SECONDS
) -> Server | None:
    """What a server says of itself; None when nothing there answers like a model server in time."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    async with open_client(url, seconds=seconds) as client:
        try:
            async with asyncio.timeout(seconds):
                listed = await _get(client, f"{url}/models", headers)
                if not isinstance(listed, Mapping) or not isinstance(listed.get("data"), list):
                    return None
                rows = [row for row in listed["data"][:MAX_MODELS] if isinstance(row, Mapping) and row.get("id")]
        except (TimeoutError, httpx2.HTTPError, OSError):
            return None
        product = _product(rows, product)
        more = await _details(client, url.removesuffix("/v1"), headers, seconds)
    return Server(url, more.product or product, tuple(_entries(rows, more)))


async def _get(client: httpx2.AsyncClient, url: str, headers: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """A JSON answer; None when it is none."""
    response = await client.get(url, headers=headers)
    try:
        return response.json() if response.status_code == httpx2.codes.OK else None
    except ValueError:
        return None


@dataclass(frozen=True)
class _More:
    """What servers say beside OpenAI's protocol."""

    product: Product | None = None
    lengths: Mapping[str, int] | None = None
    loaded: Mapping[str, bool] | None = None
    length: int | None = None


async def _details(client: httpx2.AsyncClient, root: str, headers: dict[str, str], seconds: float) -> _More:
    """LM Studio's, llama.cpp's and Ollama's own pages, all asked at once; what fails is not known."""

    async def get(path: str) -> Any:  # noqa: ANN401 - JSON
        try:
            async with asyncio.timeout(seconds):
                return await _get(client, f"{root}{path}", headers)
        except (TimeoutError, httpx2.HTTPError, OSError):
            return None

    studio, props, running = await asyncio.gather(get("/api/v0/models"), get("/props"), get("/api/ps"))
    if isinstance(studio, Mapping) and isinstance(studio.get("data"), list):
        rows = [row for row in studio["data"] if isinstance(row, Mapping) and row.get("id")]
        lengths = {str(row["id"]): n for row in rows if (n := _studio_length(row))}
        return _More("LM Studio", lengths, {str(row["id"]): row.get("state") == "loaded" for row in rows})
    if isinstance(props, Mapping) and (length := _props_length(props)):
        return _More("llama.cpp", length=length)
    if isinstance(running, Mapping) and isinstance(running.get("models"), list):
        rows = [row for row in running["models"] if isinstance(row, Mapping) and row.get("name")]
        lengths = {str(row["name"]): n for row in rows if (n := _positive(row.get("context_length")))}
        return _More("Ollama", lengths, {str(row["name"]): True for row in rows})
    return _More()


def _studio_length(row: Mapping[str, Any]) -> int | None:
    """The length that a model is loaded with; what it could take at most only says what might be."""
    loaded = _positive(row.get("loaded_context_length"))
    return loaded or (None if row.get("state") == "loaded" else _positive(row.get("max_context_length")))


def _props_length(props: Mapping[str, Any]) -> int | None:
    generation = props.get("default_generation_settings")
    inner = generation.get("n_ctx") if isinstance(generation, Mapping) else None
    return _positive(inner) or _positive(props.get("n_ctx"))


async def shown_length(url: str, model: str, *, seconds: float = PROBE_SECONDS) -> int | None:
    """Ollama's `/api/show`: the length set for a model, or None. Its weights may take more than it is run with."""
    async with open_client(url, seconds=seconds) as client:
        try:
            async with asyncio.timeout(seconds):
                response = await client.post(f"{url.removesuffix('/v1')}/api/show", json={"model": model})
                shown = response.json() if response.status_code == httpx2.codes.OK else None
        except (TimeoutError, httpx2.HTTPError, OSError, ValueError):
            return None
    if not isinstance(shown, Mapping):
        return None
    for line in str(shown.get("parameters", "")).splitlines():
        name, _, value = line.strip().partition(" ")
        if name == "num_ctx" and value.strip().isdigit():
            return int(value)
    return None


def _product(rows: Sequence[Mapping[str, Any]], product: Product) -> Product:
    owners = {str(row.get("owned_by", "")).lower() for row in rows}
    if "vllm" in owners:
        return "vLLM"
    if "llamacpp" in owners:
        return "llama.cpp"
    return "Ollama" if product == "Ollama" or "library" in owners else product


def _entries(rows: Sequence[Mapping[str, Any]], more: _More) -> list[ModelEntry]:
    entries = []
    for row in rows:
        name = str(row["id"])
        length = (more.lengths or {}).get(name) or _row_length(row) or more.length
        loaded = (more.loaded or {}).get(name, False) if more.loaded is not None else None
        entries.append(ModelEntry(name, length, True if more.product == "llama.cpp" else loaded))
    return sorted(entries, key=lambda entry: (not entry.chats, entry.loaded is False))


def _row_length(row: Mapping[str, Any]) -> int | None:
    meta = row.get("meta")
    places = (row, meta) if isinstance(meta, Mapping) else (row,)
    return next((n for place in places for key in _LENGTHS if (n := _positive(place.get(key)))), None)


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
