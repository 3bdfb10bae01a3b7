"""Zed: it starts only language servers that it knows, so Punie runs in ty's place, and answers for ruff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from punie_ls.init.editors.editor import Editor
from punie_ls.init.exceptions import Broken
from punie_ls.init.json_target import JsonTarget, Wish
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target

DOUBLES = ("ruff", "basedpyright", "pyright", "pylsp", "pyrefly")
FORMATTER = {"language_server": {"name": "ty"}}
RUFF = {"language_server": {"name": "ruff"}}


def editor() -> Editor:
    """Zed."""
    return Editor("zed", "Zed", found=_found, targets=_targets, notes=_notes)


def _folder(around: Surroundings) -> Path:
    return around.config / "Zed" if around.platform == "win32" else around.dot_config / "zed"


def _found(around: Surroundings) -> bool:
    return _folder(around).is_dir() or around.which("zed", "zeditor", "zed-editor") is not None


def _targets(around: Surroundings) -> tuple[Target, ...]:
    def command(present: object) -> object:
        return present if around.starts_punie(present) else around.command

    wishes = [
        Wish(("lsp", "ty", "binary", "path"), command),
        Wish(("lsp", "ty", "binary", "arguments"), lambda _: []),
        Wish(("languages", "Python", "language_servers"), language_servers),
        Wish(("languages", "Python", "formatter"), _formatter),
        Wish(("agent_servers", "Punie", "type"), lambda _: "custom", own=True),
        Wish(("agent_servers", "Punie", "command"), command, own=True),
        Wish(("agent_servers", "Punie", "args"), lambda _: ["acp"], own=True),
    ]
    return (JsonTarget(_folder(around) / "settings.json", wishes),)


def language_servers(present: Any) -> list[Any]:  # noqa: ANN401 - JSON data
    """ty first, which is Punie; those that would say everything twice off; the others as they are."""
    if present is None:
        present = ["..."]
    if not isinstance(present, list):
        raise Broken("language_servers of Python must be an array")
    others = [name for name in present if name not in ("ty", "!ty", *DOUBLES)]
    if "..." not in others:
        return ["ty", *others]
    off = [f"!{name}" for name in DOUBLES if f"!{name}" not in others]
    return ["ty", *(name for name in others if name != "..."), *off, "..."]


def _formatter(present: Any) -> Any:  # noqa: ANN401 - JSON data
    """Zed formats with its ruff, unless told otherwise; that is off now."""
    if present is None:
        return FORMATTER
    if isinstance(present, list):
        return [FORMATTER if entry == RUFF else entry for entry in present]
    return FORMATTER if present == RUFF else present


def _notes(_: Surroundings) -> tuple[str, ...]:
    return (
        "Zed calls the language server ty: Punie runs in its place.",
        "In the agent panel, Punie is one of the external agents.",
    )
