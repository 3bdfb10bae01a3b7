"""The models that could be chosen here and now, and which one is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from punie_agent.exceptions import ModelError, StoreError
from punie_agent.models import registered
from punie_agent.models.adapters import find_command, read_adapter
from punie_agent.models.discovery import Product, Server, find_servers, probe
from punie_agent.models.families import family_of
from punie_agent.models.opening import choose_local, split_key
from punie_agent.models.specs import Spec, parse_specs, server_of
from punie_agent.store.adapter_rows import AdapterRow
from punie_semantic.settings import Settings


@dataclass(frozen=True)
class ModelRow:
    """One model.

    Attributes:
        spec: what to write into the setting `model`.
        name: as the server calls it.
        server: what answers, and where; "" for what needs no server.
        context_length: in tokens; None when nobody says.
        loaded: whether it answers without loading; None when nobody says.
        tool_style: how it would call tools.
        chosen: its place in the setting, from 1; 0 when it is not chosen.
        problem: why it cannot be used now; "" when it can.
    """

    spec: str
    name: str
    server: str = ""
    context_length: int | None = None
    loaded: bool | None = None
    tool_style: str = "code"
    chosen: int = 0
    problem: str = ""


async def list_models(
    settings: Settings, *, ask_strangers: bool = True, ports: Sequence[tuple[int, Product]] | None = None
) -> list[ModelRow]:
    """The builtin planner, the adapters, what answers on this machine, and what the settings name besides.

    Args:
        settings: the settings.
        ask_strangers: whether servers on other machines that the setting names may be asked what they have.
        ports: where to look on this machine, for tests.

    Raises:
        ModelNotUsable: the setting `model` cannot be understood.
    """
    specs = parse_specs(settings.model)
    local, named = await asyncio.gather(
        find_servers(ports), _ask_named([spec for spec in specs if ask_strangers or spec.stays_here])
    )
    order = {spec.text: number for number, spec in reversed(list(enumerate(specs, 1)))}
    rows = [ModelRow("builtin", "the planner: rules, no weights", loaded=True, chosen=order.get("builtin", 0))]
    rows += [_adapter_row(settings, name, order) for name in settings.adapters]
    rows += await _registered_rows(settings, order)
    servers = {server.url: server for server in (*local, *(server for server in named.values() if server))}
    chosen_locally = _chosen_locally(specs, local)
    for server in servers.values():
        rows += _server_rows(server, settings, order, chosen_locally)
    rows += _rest(specs, rows, local, named, order)
    return rows


async def _ask_named(specs: Iterable[Spec]) -> dict[str, Server | None]:
    """What the addresses in the setting answer."""
    urls = [spec.url for spec in specs if spec.kind == "http"]
    parts = [split_key(url) for url in urls]
    answers = await asyncio.gather(*(probe(url, key=key) for url, key in parts))
    return {url: answer for (url, _), answer in zip(parts, answers, strict=True)}


def _chosen_locally(specs: Sequence[Spec], servers: Sequence[Server]) -> dict[tuple[str, str], int]:
    """What `local` and `local:NAME` mean now: server and model, with their place in the setting."""
    chosen: dict[tuple[str, str], int] = {}
    for number, spec in enumerate(specs, 1):
        if spec.kind == "local":
            try:
                server, entry = choose_local(servers, spec.name)
            except ModelError:
                continue
            chosen.setdefault((server.url, entry.name), number)
    return chosen


def _server_rows(
    server: Server, settings: Settings, order: dict[str, int], local: dict[tuple[str, str], int]
) -> list[ModelRow]:
    rows = []
    for position, entry in enumerate(server.models):
        spec = f"{server.url}#{entry.name}"
        first = order.get(server.url, 0) if position == 0 else 0
        rows.append(
            ModelRow(
                spec,
                entry.name,
                f"{server.product} at {server.place}",
                entry.context_length,
                entry.loaded,
                _style(settings, entry.name),
                order.get(spec, 0) or local.get((server.url, entry.name), 0) or first,
                "" if entry.chats else "is not for chatting",
            )
        )
    return rows


def _adapter_row(settings: Settings, name: str, order: dict[str, int]) -> ModelRow:
    spec = f"adapter:{name}"
    try:
        config = read_adapter(settings.adapters, name)
        find_command(name)
    except ModelError as error:
        return ModelRow(spec, name, "started by Punie", chosen=order.get(spec, 0), problem=str(error))
    style = _style(settings, config.model)
    return ModelRow(spec, config.model, "started by Punie", config.context_length, False, style, order.get(spec, 0))


async def _registered_rows(settings: Settings, order: dict[str, int]) -> list[ModelRow]:
    """The adapters of the registry; the promoted one first, as `adapter`."""
    try:
        found = await registered.every(settings.store)
    except StoreError as error:
        problem = f"the adapters of the registry cannot be looked up: {error}"
        asked = order.get("adapter", 0)
        return [ModelRow("adapter", "", "started by Punie", chosen=asked, problem=problem)] if asked else []
    promoted = [_registered_row(row, "adapter", order) for row in found if row.state == "promoted"]
    named = [row for row in found if row.name not in settings.adapters]
    return promoted + [_registered_row(row, f"adapter:{row.name}", order) for row in named]


def _registered_row(row: AdapterRow, spec: str, order: dict[str, int]) -> ModelRow:
    name, chosen = f"{row.name} on {Path(row.base).name}", order.get(spec, 0)
    try:
        config = registered.config_of(row)
        find_command(row.name)
    except ModelError as error:
        return ModelRow(spec, name, "started by Punie", chosen=chosen, problem=str(error))
    return ModelRow(spec, name, "started by Punie", config.context_length, False, "code", chosen)


def _rest(
    specs: Sequence[Spec],
    rows: Sequence[ModelRow],
    local: Sequence[Server],
    named: dict[str, Server | None],
    order: dict[str, int],
) -> list[ModelRow]:
    """What the setting names and none of the rows is."""
    there = {row.chosen for row in rows}
    found = []
    for spec in specs:
        number = order[spec.text]
        if number in there:
            continue
        problem, place = "", ""
        if spec.kind == "local":
            problem = _why_not(spec, local)
        elif spec.kind == "http":
            place, problem = _named_problem(spec, named)
        elif spec.kind == "adapter":
            problem = f"there is no adapter {spec.name!r}" if spec.name else "no adapter is promoted"
        found.append(ModelRow(spec.text, spec.name or spec.text, place, chosen=number, problem=problem))
    return found


def _named_problem(spec: Spec, named: dict[str, Server | None]) -> tuple[str, str]:
    """Where an address leads, and why its model cannot be used."""
    url, _ = split_key(spec.url)
    if url not in named:
        return server_of(url), "was not asked: the project chose it, and you have not agreed"
    return server_of(url), "does not list this model" if named[url] else "nothing answers there like a model server"


def _why_not(spec: Spec, servers: Sequence[Server]) -> str:
    try:
        choose_local(servers, spec.name)
    except ModelError as error:
        return str(error)
    return ""


def _style(settings: Settings, name: str) -> str:
    return family_of(name).tool_style if settings.tool_style == "auto" else settings.tool_style
