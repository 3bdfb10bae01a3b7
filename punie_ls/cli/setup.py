"""`punie-ls setup`: choose the model that answers, in a terminal, and write it into the user's own settings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.listing import ModelRow, list_models
from punie_agent.models.specs import parse_specs
from punie_ls.cli.output import print_error, print_text
from punie_semantic.settings import read_user_file, resolve, user_file


def choose() -> int:
    """Ask for a model and write it. Gives the exit status: 0 done, 1 nothing was chosen, 2 it cannot be written."""
    resolved = resolve([read_user_file()])
    for problem in resolved.problems:
        print_error(problem)
    try:
        rows = asyncio.run(list_models(resolved.settings))
    except ModelNotUsable as error:
        print_error(str(error))
        rows = [ModelRow("builtin", "the planner: rules, no weights")]
    usable = [row for row in rows if not row.problem]
    _show(usable)
    spec = _asked(usable)
    if not spec:
        print_text("Nothing was changed.\n")
        return 1
    path = user_file()
    try:
        write_model(path, spec)
    except (OSError, TOMLKitError, UnicodeDecodeError) as error:
        print_error(f"{path} cannot be written: {error}. Put this into it: model = {spec!r}")
        return 2
    print_text(
        f'Written to {path}: model = "{spec}"\nEditors that run take it for new sessions when they are restarted.\n'
    )
    return 0


def write_model(path: Path, spec: str) -> None:
    """Set `model` in a settings file; the rest of it stays as it is. Raises OSError or TOMLKitError."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    table = tomlkit.parse(text)
    table["model"] = spec
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(tomlkit.dumps(table), encoding="utf-8")
    with contextlib.suppress(FileNotFoundError):
        fresh.chmod(path.stat().st_mode)
    fresh.replace(path)


def _show(rows: Sequence[ModelRow]) -> None:
    print_text("Which model is to answer?\n\n")
    for number, row in enumerate(rows, 1):
        facts = ", ".join(filter(None, [row.name if row.name not in row.spec else "", row.server]))
        print_text(f"  {number}  {row.spec}{'  ' if facts else ''}{facts}{'  (now)' if row.chosen else ''}\n")
    print_text("\nA number, or a model as in docs/models.md, such as anthropic:NAME or http://host:port/v1#NAME.\n")


def _asked(rows: Sequence[ModelRow]) -> str:
    """A model's spec; empty when none was named."""
    while True:
        try:
            said = input("Model: ").strip()
        except (EOFError, KeyboardInterrupt):
            print_text("\n")
            return ""
        if not said:
            return ""
        if not said.isdecimal():
            try:
                parse_specs(said)
            except ModelNotUsable as error:
                print_error(str(error))
                continue
            return said
        if 1 <= int(said) <= len(rows):
            return rows[int(said) - 1].spec
        print_text(f"There is no number {said}.\n")
