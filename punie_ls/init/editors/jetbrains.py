"""PyCharm and the other JetBrains IDEs: the agents of the AI Assistant stand in one file, shared with other agents."""

from __future__ import annotations

from pathlib import Path

from punie_ls.init.editors.editor import Editor
from punie_ls.init.json_target import JsonTarget, Wish
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target


def editor() -> Editor:
    """All JetBrains IDEs; they share the file."""
    return Editor("jetbrains", "PyCharm", found=_found, targets=_targets, notes=_notes)


def _found(around: Surroundings) -> bool:
    folders = (around.home / ".jetbrains", around.config / "JetBrains")
    return any(folder.is_dir() for folder in folders) or around.which("pycharm", "charm") is not None


def _targets(around: Surroundings) -> tuple[Target, ...]:
    def command(present: object) -> object:
        # The IDE looks up no program on PATH: only an absolute path starts.
        return present if around.starts_punie(present) and Path(str(present)).is_absolute() else around.command

    wishes = (
        Wish(("agent_servers", "Punie", "command"), command, own=True),
        Wish(("agent_servers", "Punie", "args"), lambda _: ["acp"], own=True),
    )
    return (JsonTarget(around.home / ".jetbrains" / "acp.json", wishes),)


def _notes(_: Surroundings) -> tuple[str, ...]:
    return (
        "This is the agent for the AI Assistant. For code actions and diagnostics use LSP4IJ: see docs/editors.md.",
    )
