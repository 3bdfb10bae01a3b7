"""What the setting `adapters` says: a model with an adapter, and how `mlx_lm.server` is started for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from punie_agent.exceptions import ModelNotUsable

COMMAND = "mlx_lm.server"
# The same with a fast BLAS; a package that need not be installed, and that must not be imported here.
MODULE = "punie_training.mlx.server"
# What it calls the model that it was started with.
ADAPTER_MODEL = "default_model"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ServerConfig(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One table of `[tool.punie.adapters]`.

    Attributes:
        model: the folder of an MLX model, or its name in the local cache; nothing is downloaded.
        adapter_path: the folder of a trained adapter.
        draft_model: a small model of the same family that proposes tokens (speculative decoding).
        num_draft_tokens: how many it proposes at once.
        prompt_cache_size: how many conversations are kept ready.
        kv_bits: the precision of what is kept of a conversation: 4 or 8 save memory.
        max_tokens: of one answer.
        temperature: of sampling.
        context_length: the most tokens of a request; the server does not say.
        host: where it listens; this machine only.
        port: 0 takes a free one.
        start_seconds: how long the model may take to load.
        short_prompt: whether the model was trained for Punie: it gets the short prompt of its training, without the
            tools' stubs, and answers with one program.
    """

    model: str
    adapter_path: str | None = None
    draft_model: str | None = None
    num_draft_tokens: int | None = None
    prompt_cache_size: int | None = None
    kv_bits: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    context_length: int | None = None
    host: str = "127.0.0.1"
    port: int = 0
    start_seconds: float = 300.0
    short_prompt: bool = False

    def __post_init__(self) -> None:
        if self.host not in _LOOPBACK:
            raise ValueError(f"host must be one of {', '.join(_LOOPBACK)}: the server takes requests from anybody")
        if not 0 <= self.port <= 65535:
            raise ValueError("port must be between 0 and 65535")
        if self.num_draft_tokens is not None and self.draft_model is None:
            raise ValueError("num-draft-tokens needs a draft-model")
        texts = (self.model, self.adapter_path or "x", self.draft_model or "x")
        if any(not text or text.startswith("-") for text in texts):
            raise ValueError("model, adapter-path and draft-model must be names or folders")

    def arguments(self, port: int) -> list[str]:
        """The arguments of `mlx_lm.server`."""
        given = {
            "--model": _expanded(self.model),
            "--adapter-path": _expanded(self.adapter_path),
            "--draft-model": _expanded(self.draft_model),
            "--num-draft-tokens": self.num_draft_tokens,
            "--prompt-cache-size": self.prompt_cache_size,
            "--kv-bits": self.kv_bits,
            "--max-tokens": self.max_tokens,
            "--temp": self.temperature,
            "--host": self.host,
            "--port": port,
        }
        return [str(part) for name, value in given.items() if value is not None for part in (name, value)]


def _expanded(path: str | None) -> str | None:
    return str(Path(path).expanduser()) if path and path.startswith("~") else path


def read_adapter(adapters: Mapping[str, Mapping[str, Any]], name: str) -> ServerConfig:
    """An adapter's configuration. Raises ModelNotUsable with what is wrong."""
    if name not in adapters:
        there = f"there are {', '.join(sorted(adapters))}" if adapters else "none is set up"
        raise ModelNotUsable(f"There is no adapter {name!r}, {there}; see the setting adapters in docs/models.md.")
    try:
        table = {key.replace("_", "-"): value for key, value in adapters[name].items()}
        return msgspec.convert(table, ServerConfig)
    except msgspec.ValidationError as error:
        raise ModelNotUsable(f"The setting adapters.{name} is wrong: {error}.") from error


def find_command(name: str) -> list[str]:
    """The command that starts a server, without its arguments.

    The `mlx_lm.server` on PATH counts, unless it is that of our own environment: there, Punie starts it with a fast
    BLAS under it. Raises ModelNotUsable when there is none.
    """
    ours = Path(sys.executable).parent
    found = shutil.which(COMMAND)
    if found is not None and Path(found).parent != ours:
        return [found]
    if _has_module():
        return [sys.executable, "-P", "-m", MODULE]
    if found is not None or os.access(ours / COMMAND, os.X_OK):
        return [found or str(ours / COMMAND)]
    raise ModelNotUsable(
        f"{COMMAND} is not installed, so the adapter {name} cannot be started: pip install 'punie-ls[train]'."
    )


def _has_module() -> bool:
    """Whether our own way to start it is there; found without importing it."""
    spec = importlib.util.find_spec(MODULE.partition(".")[0])
    folders = spec.submodule_search_locations if spec else None
    there = any(Path(folder, *MODULE.split(".")[1:]).with_suffix(".py").is_file() for folder in folders or ())
    return there and importlib.util.find_spec("mlx_lm") is not None


def environment() -> dict[str, str]:
    """The server's environment: as ours, but nothing is fetched from a hub unless the user says so."""
    # Compiling its kernels takes most of a minute on Linux, where they run on the CPU and gain little.
    usual = {"MLX_DISABLE_COMPILE": "1"} if sys.platform == "linux" else {}
    return {"HF_HUB_OFFLINE": "1", **usual, **os.environ}
