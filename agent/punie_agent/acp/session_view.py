"""A session's modes, options, commands and title as the protocol has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from acp import schema

from punie_agent.acp.config_options import MODE_TEXTS, Setting
from punie_agent.acp.conversation import MODES, Mode
from punie_agent.acp.slash_commands import COMMANDS, SlashCommand

if TYPE_CHECKING:
    from punie_agent.store import SessionSummary


def modes(mode: Mode) -> schema.SessionModeState:
    """The modes, and the present one."""
    shown = [schema.SessionMode(id=m, name=MODE_TEXTS[m][0], description=MODE_TEXTS[m][1]) for m in MODES]
    return schema.SessionModeState(current_mode_id=mode, available_modes=shown)


def options(settings: Sequence[Setting]) -> list[Any]:
    """What can be set, with the present values."""
    return [
        schema.SessionConfigOptionSelect(
            type="select",
            id=setting.id,
            name=setting.name,
            description=setting.description or None,
            category=setting.category,
            current_value=setting.value,
            options=[
                schema.SessionConfigSelectOption(
                    value=choice.value, name=choice.name, description=choice.description or None
                )
                for choice in setting.choices
            ],
        )
        for setting in settings
    ]


def summary(session: SessionSummary) -> schema.SessionInfo:
    """A session as lists show it."""
    return schema.SessionInfo(
        session_id=session.id,
        cwd=session.project,
        title=session.title or None,
        updated_at=_iso(datetime.fromtimestamp(session.updated, UTC)),
    )


def commands_update() -> schema.AvailableCommandsUpdate:
    """The slash commands."""
    return schema.AvailableCommandsUpdate(
        session_update="available_commands_update", available_commands=[_command(command) for command in COMMANDS]
    )


def mode_update(mode: Mode) -> schema.CurrentModeUpdate:
    """Another mode holds."""
    return schema.CurrentModeUpdate(session_update="current_mode_update", current_mode_id=mode)


def options_update(settings: Sequence[Setting]) -> schema.ConfigOptionUpdate:
    """Something was set, or there is more to choose from."""
    return schema.ConfigOptionUpdate(session_update="config_option_update", config_options=options(settings))


def title_update(title: str) -> schema.SessionInfoUpdate:
    """The session has a title now."""
    return schema.SessionInfoUpdate(
        session_update="session_info_update", title=title, updated_at=_iso(datetime.now(UTC))
    )


def _command(command: SlashCommand) -> schema.AvailableCommand:
    given = schema.AvailableCommandInput(root=schema.UnstructuredCommandInput(hint=command.hint))
    return schema.AvailableCommand(
        name=command.name, description=command.description, input=given if command.hint else None
    )


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
