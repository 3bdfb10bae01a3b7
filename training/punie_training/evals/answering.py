"""Who is evaluated: from what the user named to something that answers queries. Knows no suite and no score."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from punie_training.exceptions import EvaluationError

FORMS = "builtin, adapter, scripted:FILE, a model's FOLDER, MODEL_FOLDER+ADAPTER_FOLDER, or http://host:port/v1#NAME"

Prompt = Literal["small", "full"]


@dataclass(frozen=True)
class Answer:
    """What a model said.

    Attributes:
        text: all of it.
        first_token_seconds: from the request to the first token; None when there are no tokens.
        seconds: from the request to the end.
        tokens: how many there are, as the server counts them; 0 when nobody counted.
        cut: it did not end by itself, but at the most tokens that it may have.
    """

    text: str
    first_token_seconds: float | None = None
    seconds: float = 0.0
    tokens: int = 0
    cut: bool = False


class Answerer(Protocol):
    """Something that answers one query at a time, several at once."""

    @property
    def name(self) -> str:
        """What it is called in results."""
        ...

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        """Answer a query. Raises EvaluationError when nothing can be answered any more."""
        ...


@asynccontextmanager
async def open_answerer(spec: str, *, prompt: Prompt = "small", max_tokens: int = 96) -> AsyncGenerator[Answerer]:
    """What `--model` names, ready to answer; servers are started, and stopped at the end.

    Args:
        spec: see FORMS.
        prompt: `small` is the one that models are trained for; `full` has the stubs of all tools, for big models.
        max_tokens: the most tokens of one answer.

    Raises:
        EvaluationError: there is no such model, or it cannot be started.
    """
    if spec == "builtin":
        from punie_training.evals.builtin_line import BuiltinAnswerer

        yield BuiltinAnswerer()
    elif spec.startswith("scripted:"):
        from punie_training.evals.scripted import read_script

        yield read_script(Path(spec.removeprefix("scripted:")))
    elif spec.startswith(("http://", "https://")):
        from punie_training.evals.streaming import open_url

        async with open_url(spec, prompt=prompt, max_tokens=max_tokens) as answerer:
            yield answerer
    else:
        from punie_training.evals.served import open_served
        from punie_training.evals.streaming import Endpoint

        model, adapter = await asyncio.to_thread(_folders, spec)
        endpoint = Endpoint("", "", prompt, max_tokens)
        async with open_served(model, adapter, name=spec, endpoint=endpoint) as answerer:
            yield answerer


def _folders(spec: str) -> tuple[Path, Path | None]:
    """A model's folder and its adapter's."""
    if spec == "adapter" or spec.startswith("adapter:"):
        return _registered(spec.partition(":")[2])
    whole = Path(spec).expanduser()
    if whole.is_dir():  # a folder may have a plus in its name
        return whole, None
    pairs = [(Path(spec[:i]).expanduser(), Path(spec[i + 1 :]).expanduser()) for i, c in enumerate(spec) if c == "+"]
    models = [(model, adapter) for model, adapter in pairs if model.is_dir()]
    if not models:
        raise EvaluationError(f"There is no model {spec!r}. It may be: {FORMS}.")
    found = next(((model, adapter) for model, adapter in models if adapter.is_dir()), None)
    if found is None:
        raise EvaluationError(
            f"There is no adapter at {str(models[-1][1])!r}. Name a folder with adapters.safetensors."
        )
    return found


def _registered(name: str) -> tuple[Path, Path | None]:
    """The promoted adapter of the registry, or one by its name."""
    from punie_training.adapters import open_registry

    with open_registry() as registry:
        record = registry.get(name) if name else registry.promoted()
    if record is None:
        raise EvaluationError("No adapter is promoted. Train one with `punie-ls train`, or name it: adapter:NAME.")
    base, adapter = Path(record.base), Path(record.path)
    if not base.is_dir():
        raise EvaluationError(f"The base model of the adapter {record.name} is not at {base} any more.")
    return base, adapter
