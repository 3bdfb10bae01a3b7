"""`adapter` and `adapter:NAME` as models: of the setting `adapters`, or of the registry with its trial."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import ModelNotUsable, StoreError
from punie_agent.models import registered
from punie_agent.models.adapter_server import SERVERS
from punie_agent.models.adapters import ADAPTER_MODEL, ServerConfig, read_adapter
from punie_agent.models.choice import ModelChoice
from punie_agent.models.fallback import FallbackModel, Member
from punie_agent.models.served import ServedModel, Setup, open_served
from punie_agent.models.specs import Spec
from punie_agent.store.adapter_rows import AdapterRow


async def open_adapter(spec: Spec, setup: Setup) -> ModelChoice:
    """The model of a spec; its server is started.

    Raises:
        ModelNotUsable: there is no such adapter, or its files or its base are missing.
        ModelUnavailable: its server cannot be started.
    """
    settings = setup.settings
    if spec.name in settings.adapters:
        return await _open_config(spec.text, spec.name, read_adapter(settings.adapters, spec.name), setup)
    try:
        if spec.name:
            return await _open_named(spec.name, setup)
        return await _open_promoted(setup)
    except StoreError as error:
        raise ModelNotUsable(f"The adapters cannot be looked up: {error}") from error


async def _open_named(name: str, setup: Setup) -> ModelChoice:
    rows = {row.name: row for row in await registered.every(setup.settings.store)}
    if name in rows:
        return await _open_row(rows[name], setup)
    if rows:
        names = ", ".join(sorted([*setup.settings.adapters, *rows])[:8])
        raise ModelNotUsable(f"There is no adapter {name!r}, there are {names}; {registered.SEE}.")
    read_adapter(setup.settings.adapters, name)
    raise AssertionError("it is not among the settings, which says what there is")


async def _open_promoted(setup: Setup) -> ModelChoice:
    promoted, trial = await registered.serving(setup.settings.store)
    if promoted is None:
        raise ModelNotUsable(
            "No adapter is promoted, so the model adapter is none: train one with punie-ls train, or promote one with "
            f"punie-ls adapters promote NAME; {registered.SEE}."
        )
    store, then = setup.settings.store, registered.stamp(promoted, trial)

    async def is_current() -> bool:
        try:
            return registered.stamp(*await registered.serving(store)) == then
        except StoreError:
            return True  # a store that is away for a moment takes no model from anybody

    choice = replace(await _open_row(promoted, setup), is_current=is_current)
    if trial is None:
        return choice
    try:
        config = registered.config_of(trial)
    except ModelNotUsable as error:
        setup.on_note(f"{error} The adapter {promoted.name} answers all sessions.")
        return choice
    tried = _on_trial(trial, config, setup)
    return replace(choice, by_session=lambda session: tried if registered.has_share(session, trial.share) else choice)


def _on_trial(row: AdapterRow, config: ServerConfig, setup: Setup) -> ModelChoice:
    """The model of an adapter on trial: its server is started when a session of its share first asks it."""

    async def open_late(stack: AsyncExitStack) -> ModelChoice:
        return await _open_row(row, replace(setup, stack=stack))

    name = f"adapter:{row.name}"
    member = Member(name, open_late)
    setup.stack.push_async_callback(member.close)
    return ModelChoice(
        FallbackModel([member], setup.on_note), name, ModelSettings(), "code", config.context_length,
        single_turn=True, adapter=row.name,
    )  # fmt: skip


async def _open_row(row: AdapterRow, setup: Setup) -> ModelChoice:
    hint = f"see: punie-ls adapters show {row.name}"
    choice = await _open_config(f"adapter:{row.name}", row.name, registered.config_of(row), setup, hint)
    return replace(choice, adapter=row.name)


async def _open_config(shown: str, name: str, config: ServerConfig, setup: Setup, hint: str = "") -> ModelChoice:
    server = await setup.stack.enter_async_context(SERVERS.use(name, config, hint))
    defaults = ModelSettings()
    if config.max_tokens is not None:
        defaults["max_tokens"] = config.max_tokens
    if config.temperature is not None:
        defaults["temperature"] = config.temperature
    served = ServedModel(
        server.url,
        ADAPTER_MODEL,
        context_length=setup.options.context_length or config.context_length,
        shown=shown,
        family=config.model,
        defaults=defaults,
        before=server.ready,
        trained=config.short_prompt,
    )
    return await open_served(served, setup)
