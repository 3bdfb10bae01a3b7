"""The adapters of the registry, as far as a model is opened from them: which serves whom, and with what."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.adapters import ServerConfig
from punie_agent.store.adapter_rows import AdapterRow
from punie_agent.store.training_store import open_training_store

SEE = "see: punie-ls adapters list"
WEIGHTS = "adapters.safetensors"


async def serving(store: str | None) -> tuple[AdapterRow | None, AdapterRow | None]:
    """The promoted adapter, and the one on trial. Raises StoreError."""

    def look() -> tuple[AdapterRow | None, AdapterRow | None]:
        with open_training_store(store) as opened:
            return opened.serving()

    return await asyncio.to_thread(look)


def stamp(promoted: AdapterRow | None, trial: AdapterRow | None) -> tuple[object, ...]:
    """What changes when another adapter serves, or another share of the sessions."""
    return promoted and (promoted.name, promoted.path), trial and (trial.name, trial.path, trial.share)


async def every(store: str | None) -> list[AdapterRow]:
    """All adapters, the last one first. Raises StoreError."""

    def look() -> list[AdapterRow]:
        with open_training_store(store) as opened:
            return opened.adapters()

    return await asyncio.to_thread(look)


def config_of(row: AdapterRow) -> ServerConfig:
    """How an adapter is served. Raises ModelNotUsable when its files or its base are not there any more."""
    if not (Path(row.path) / WEIGHTS).is_file():
        raise ModelNotUsable(f"The files of the adapter {row.name} are not in {row.path} any more; {SEE}.")
    if not (Path(row.base) / "config.json").is_file():
        raise ModelNotUsable(f"The base model of the adapter {row.name} is not in {row.base} any more; {SEE}.")
    length = context_length(Path(row.base))
    return ServerConfig(row.base, adapter_path=row.path, context_length=length, short_prompt=True)


def context_length(model: Path) -> int | None:
    """The most tokens that a model's folder says it takes; None when it does not say."""
    try:
        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    inner = config.get("text_config") if isinstance(config, dict) else None
    found = [part.get("max_position_embeddings") for part in (config, inner) if isinstance(part, dict)]
    return next((length for length in found if isinstance(length, int) and length > 0), None)


def has_share(session: str, share: int) -> bool:
    """Whether a session is one of those that an adapter on trial gets: the same answer each time, anywhere.

    Args:
        session: its id.
        share: in percent.
    """
    digest = hashlib.sha256(session.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % 100 < share
