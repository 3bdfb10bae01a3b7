"""From the setting `model` to a model that can be asked.

async with open_model(settings.model, settings) as choice:
    ...
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import ModelUnavailable
from punie_agent.models.adapter_choice import open_adapter
from punie_agent.models.builtin import BuiltinModel
from punie_agent.models.choice import ModelChoice, Style
from punie_agent.models.discovery import ModelEntry, Product, Server, find_servers, probe, shown_length
from punie_agent.models.fallback import FallbackModel, Member, OpenMember
from punie_agent.models.families import family_of
from punie_agent.models.limits import read_options
from punie_agent.models.providers import open_provider
from punie_agent.models.served import ServedModel, Setup, open_served
from punie_agent.models.specs import Spec, parse_specs, server_of
from punie_semantic.settings import Settings

logger = logging.getLogger(__name__)

KEY_VARIABLE = "PUNIE_API_KEY"
HINT = "see docs/models.md"

OnNote = Callable[[str], None]


@asynccontextmanager
async def open_model(
    spec: str | Sequence[str],
    settings: Settings,
    *,
    on_note: OnNote | None = None,
    ports: Sequence[tuple[int, Product]] | None = None,
) -> AsyncGenerator[ModelChoice]:
    """The model of a setting, with all that it needs while it is open.

    Args:
        spec: the setting `model`.
        settings: for the adapters, the tool style and the options.
        on_note: gets a sentence when a model of several is passed over; the log does by default.
        ports: where `local` looks, for tests.

    Raises:
        ModelNotUsable: the setting names nothing that can be used.
        ModelUnavailable: the only model there is does not answer.
    """
    specs = parse_specs(spec)
    async with AsyncExitStack() as stack:
        setup = Setup(settings, read_options(settings.model_options), stack, ports, on_note or logger.warning)
        if len(specs) == 1:
            yield await _open(specs[0], setup, alone=True)
        else:
            yield await _open_several(specs, setup)


async def _open_several(specs: Sequence[Spec], setup: Setup) -> ModelChoice:
    members = [Member(spec.text, _opener(spec, setup)) for spec in specs]
    for member in members:
        setup.stack.push_async_callback(member.close)
    name = ", then ".join(spec.text for spec in specs)
    style: Style = "code"
    if all(spec.kind != "builtin" for spec in specs):
        style = "code" if setup.settings.tool_style == "auto" else setup.settings.tool_style
    model = FallbackModel(members, setup.on_note)
    choice = ModelChoice(model, name, ModelSettings(), style)
    if not any(spec.kind == "adapter" and not spec.name for spec in specs):
        return choice
    return replace(choice, by_session=lambda session: replace(choice, model=model.of(session)))


def _opener(spec: Spec, setup: Setup) -> OpenMember:
    return lambda stack: _open(spec, replace(setup, stack=stack), alone=False)


async def _open(spec: Spec, setup: Setup, *, alone: bool) -> ModelChoice:
    match spec.kind:
        case "builtin":
            model = BuiltinModel() if alone else BuiltinModel(decline=True)
            return ModelChoice(model, "builtin", ModelSettings())
        case "local":
            return await _open_local(spec, setup)
        case "adapter":
            return await open_adapter(spec, setup)
        case "http":
            return await _open_url(spec, setup)
        case "provider":
            style = setup.style(family_of(spec.name))
            choice = await open_provider(spec, setup.options, "code" if setup.settings.tool_style == "auto" else style)
            await setup.stack.enter_async_context(choice.model)
            return choice


async def _open_local(spec: Spec, setup: Setup) -> ModelChoice:
    servers = await find_servers(setup.ports)
    server, entry = choose_local(servers, spec.name)
    return await _open_entry(server, entry, setup)


def choose_local(servers: Sequence[Server], name: str) -> tuple[Server, ModelEntry]:
    """The model that `local` or `local:NAME` means. Raises ModelUnavailable with what there is instead."""
    there = [(server, entry) for server in servers for entry in server.models if entry.chats or name]
    if not servers:
        raise ModelUnavailable(
            "No model server answers on this machine: start LM Studio, Ollama, llama.cpp, mlx_lm.server or vLLM "
            f"at its usual port, or set model to its address; {HINT}."
        )
    if not there:
        places = " and ".join(f"{server.product} at {server.place}" for server in servers)
        raise ModelUnavailable(f"{places} has no model: load one there, and ask again.")
    if not name:
        return there[0]
    exact = [pair for pair in there if pair[1].name == name]
    near = exact or [pair for pair in there if name.lower() in pair[1].name.lower()]
    if near and (exact or len({entry.name for _, entry in near}) == 1):
        return near[0]
    candidates = near or there
    names = ", ".join(dict.fromkeys(entry.name for _, entry in candidates[:8]))
    what = "could mean several models" if near else "is no model of this machine's servers"
    raise ModelUnavailable(f"local:{name} {what}; there are {names}.")


async def _open_entry(server: Server, entry: ModelEntry, setup: Setup) -> ModelChoice:
    length = setup.options.context_length or entry.context_length
    if length is None and server.product == "Ollama":
        length = await shown_length(server.url, entry.name)
    return await open_served(ServedModel(server.url, entry.name, context_length=length), setup)


async def _open_url(spec: Spec, setup: Setup) -> ModelChoice:
    url, key = split_key(spec.url)
    server = await probe(url, key=key)
    entries = server.models if server else ()
    if not spec.name and not entries:
        raise ModelUnavailable(
            f"{server_of(url)} does not say which models it has: check that it runs, or name one, as in {url}#NAME."
        )
    entry = next((entry for entry in entries if entry.name == spec.name or not spec.name), ModelEntry(spec.name))
    if server:
        entry_server = Server(url, server.product, server.models)
        length = setup.options.context_length or entry.context_length
        if length is None and entry_server.product == "Ollama":
            length = await shown_length(url, entry.name)
    else:
        length = setup.options.context_length
    return await open_served(ServedModel(url, entry.name, key=key, context_length=length), setup)


def split_key(url: str) -> tuple[str, str]:
    """A URL without credentials, and the API key: the one in the URL, or that of the variable."""
    parts = urlsplit(url)
    key = unquote(parts.password or parts.username or "") or os.environ.get(KEY_VARIABLE, "")
    return urlunsplit((parts.scheme, server_of(url), parts.path, "", "")), key
