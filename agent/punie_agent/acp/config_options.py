"""What a client can set for a session: the mode, the model, how much it thinks. Knows no protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from punie_agent.acp.conversation import MODES, Conversation, Mode
from punie_agent.acp.exceptions import BadRequest, Busy
from punie_agent.exceptions import ModelError

if TYPE_CHECKING:
    from punie_agent.models.choice import ModelChoice

Category = Literal["mode", "model", "thought_level"]

MODE, MODEL, THINKING = "mode", "model", "thinking"
AS_SET = "settings"
AS_EVER = "default"

MODE_TEXTS: dict[Mode, tuple[str, str]] = {
    "ask": ("Ask", "Answers and shows edits; writes nothing"),
    "edit": ("Edit", "Offers re-checked edits; you apply or reject each"),
    "auto": ("Auto", "Writes re-checked edits without asking; programs still ask"),
}
LEVELS = {
    AS_EVER: "As the model does by itself",
    "off": "Off, as far as the model can",
    "low": "A little",
    "medium": "Some",
    "high": "Much",
}


@dataclass(frozen=True)
class Choice:
    """One value of an option."""

    value: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class Setting:
    """An option with its present value."""

    id: str
    name: str
    category: Category
    value: str
    choices: Sequence[Choice]
    description: str = ""


def settings_of(talk: Conversation) -> list[Setting]:
    """The options of a session as they are now."""
    modes = [Choice(mode, *MODE_TEXTS[mode]) for mode in MODES]
    found = [
        Setting(MODE, "Mode", "mode", talk.mode, modes, "What becomes of edits"),
        Setting(MODEL, "Model", "model", talk.spec or AS_SET, _models(talk), "Who answers this session"),
    ]
    if can_think(talk.opened.choice):
        levels = [Choice(value, name) for value, name in LEVELS.items()]
        found.append(Setting(THINKING, "Thinking", "thought_level", talk.thinking or AS_EVER, levels))
    return found


def can_think(choice: ModelChoice) -> bool:
    """Whether it is known that how much a model thinks can be set."""
    return bool(choice.model.profile.get("supports_thinking"))


def set_mode(talk: Conversation, mode: str) -> None:
    """Another mode holds from the next edit on. Raises BadRequest."""
    known = next((m for m in MODES if m == mode), None)
    if known is None:
        raise BadRequest(f"There is no mode {mode!r}. There are {', '.join(MODES)}.")
    talk.mode = known


async def set_option(talk: Conversation, option: str, value: object) -> None:
    """Set an option. Raises BadRequest for what is not offered, ModelError for a model that cannot be used."""
    if not isinstance(value, str):
        raise BadRequest(f"The option {option!r} takes one of its values, not {value!r}.")
    match option:
        case "mode":
            set_mode(talk, value)
        case "model":
            await set_model(talk, "" if value == AS_SET else value)
        case "thinking":
            set_thinking(talk, value)
        case _:
            raise BadRequest(f"There is no option {option!r}. There are {MODE}, {MODEL} and {THINKING}.")


async def set_model(talk: Conversation, spec: str) -> None:
    """Let another model answer this session alone; empty is the settings' one. Raises BadRequest or ModelError."""
    if talk.opened.running:
        raise Busy("The session works on a prompt. Choose another model when it is done, or cancel it.")
    stack = AsyncExitStack()
    try:
        choice = await _opened(talk, spec, stack)
    except ModelError as error:
        await stack.aclose()
        raise BadRequest(str(error)) from error
    before, talk.own_model = talk.own_model, stack
    talk.spec = spec
    talk.opened.use(_thinking(choice, talk.thinking))
    await before.aclose()


async def _opened(talk: Conversation, spec: str, stack: AsyncExitStack) -> ModelChoice:
    """A model that the user named, or the settings' one, which may need the user's consent."""
    if not spec:
        return await talk.manager.usual_model(talk.decide)
    opening = await asyncio.to_thread(import_module, "punie_agent.models.opening")
    choice: ModelChoice = await stack.enter_async_context(opening.open_model(spec, talk.manager.workspace.settings))
    return choice


def set_thinking(talk: Conversation, level: str) -> None:
    """How much the model is to think from the next turn on. Raises BadRequest."""
    if level not in LEVELS:
        raise BadRequest(f"There is no level {level!r}. There are {', '.join(LEVELS)}.")
    talk.thinking = "" if level == AS_EVER else level
    talk.opened.use(_thinking(talk.opened.choice, talk.thinking))


async def look_for_models(talk: Conversation) -> bool:
    """Find out which models answer here. Gives whether there is more to choose from than was known."""
    workspace = talk.manager.workspace
    listing, specs = import_module("punie_agent.models.listing"), import_module("punie_agent.models.specs")
    source = workspace.sources.get("model")
    by_project = specs.chosen_by_project(source, workspace.root)
    consent = specs.allowed_model(workspace.settings.model, source, by_project=by_project)
    try:
        rows = await listing.list_models(workspace.settings, ask_strangers=consent.allowed)
    except (ModelError, OSError):
        return False
    before, talk.rows = talk.rows, [row for row in rows if row.chosen or not row.problem]
    return before != talk.rows


def _thinking(choice: ModelChoice, level: str) -> ModelChoice:
    settings = {name: value for name, value in choice.settings.items() if name != "thinking"}
    if level and can_think(choice):
        settings["thinking"] = False if level == "off" else level
    model_settings = import_module("pydantic_ai.settings").ModelSettings
    return replace(choice, settings=model_settings(**settings))


def _models(talk: Conversation) -> list[Choice]:
    """The settings' model, what was found here, and what was chosen."""
    setting = talk.manager.workspace.settings.model
    shown = setting if isinstance(setting, str) else ", then ".join(setting)
    found = {AS_SET: Choice(AS_SET, f"As set: {_without_key(shown)}")}
    found["builtin"] = Choice("builtin", "builtin", "The planner: rules, no weights")
    for row in talk.rows:
        if row.spec not in found:
            found[row.spec] = Choice(row.spec, row.name, row.server)
    if talk.spec and talk.spec not in found:
        found[talk.spec] = Choice(talk.spec, _without_key(talk.spec))
    return list(found.values())


def _without_key(spec: str) -> str:
    return spec.rpartition("@")[2] if "://" in spec and "@" in spec else spec
