"""A model of any server that speaks OpenAI's protocol, with what its family and the user want of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module

from pydantic_ai.settings import ModelSettings

from punie_agent.models.choice import ModelChoice, Style
from punie_agent.models.discovery import Product, probe
from punie_agent.models.failures import Endpoint
from punie_agent.models.families import Family, family_of, sampling
from punie_agent.models.http import open_client
from punie_agent.models.limits import ModelOptions
from punie_agent.models.single_turn import answer_tokens
from punie_agent.models.tolerant import TolerantModel
from punie_agent.models.trained import TrainedModel
from punie_semantic.registry import TOOLS
from punie_semantic.settings import Settings


@dataclass(frozen=True)
class Setup:
    """What all models of one setting share.

    Attributes:
        settings: the user's.
        options: how the user wants models to be asked.
        stack: ends what they need while they are open.
        ports: where servers of this machine are looked for; None for the usual ports.
        on_note: gets a sentence when a model of several is passed over.
    """

    settings: Settings
    options: ModelOptions
    stack: AsyncExitStack
    ports: Sequence[tuple[int, Product]] | None
    on_note: Callable[[str], None]

    def style(self, family: Family) -> Style:
        """How a family's models call tools; the user's word counts."""
        return family.tool_style if self.settings.tool_style == "auto" else self.settings.tool_style


@dataclass(frozen=True)
class ServedModel:
    """A model as a server has it.

    Attributes:
        url: the server's base URL.
        name: the model, as the server calls it.
        key: the API key; empty for none.
        context_length: in tokens; None when nobody says.
        shown: what people call it, when that is not its name.
        family: the name that tells its family, when its own does not.
        defaults: of sampling; the user's options count more.
        before: waits until the server can be asked, as after a restart.
        trained: whether it was trained for Punie; see `trained`. None leaves it to the user's options.
    """

    url: str
    name: str
    key: str = ""
    context_length: int | None = None
    shown: str = ""
    family: str = ""
    defaults: ModelSettings | None = None
    before: Callable[[], Awaitable[None]] | None = None
    trained: bool | None = None


async def open_served(served: ServedModel, setup: Setup) -> ModelChoice:
    """A model that is ready to be asked; whether its server answers is seen at the first request."""
    kind, options, length = family_of(served.family or served.name), setup.options, served.context_length
    trained = options.short_prompt if served.trained is None else served.trained
    client = open_client(served.url, seconds=30 + max(options.first_token_seconds, options.between_tokens_seconds))
    setup.stack.push_async_callback(client.aclose)
    usual = _short_sampling(kind, length) if trained else sampling(kind, length)
    settings = options.over(ModelSettings(**{**usual, **(served.defaults or {})}))
    compatible = await asyncio.to_thread(import_module, "punie_agent.models.compatible")
    model = compatible.chat_model(served.name, served.url, served.key, client, settings)
    endpoint = Endpoint(served.shown or served.name, served.url, key=served.key, context_length=length)

    async def names() -> list[str]:
        server = await probe(served.url, key=served.key)
        return [entry.name for entry in server.models] if server else []

    thinks = kind.thinking == "from_start" and not trained
    tolerant = TolerantModel(
        model, endpoint, options, tools=TOOLS, thinks_first=thinks, names=names, before=served.before
    )
    if trained:
        return ModelChoice(TrainedModel(tolerant, endpoint), endpoint.who, settings, "code", length, single_turn=True)
    return ModelChoice(tolerant, endpoint.who, settings, setup.style(kind), length)


def _short_sampling(family: Family, context_length: int | None) -> ModelSettings:
    """Greedy, as it was evaluated; a program is short."""
    usual = sampling(family, context_length)
    settings = ModelSettings(temperature=0.0, max_tokens=answer_tokens(context_length))
    if "stop_sequences" in usual:
        settings["stop_sequences"] = usual["stop_sequences"]
    return settings
