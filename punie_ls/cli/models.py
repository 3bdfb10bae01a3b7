"""`punie-ls models`: what answers where, which model is chosen, and how to choose another."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.listing import ModelRow, list_models
from punie_agent.models.specs import allowed_model, chosen_by_project
from punie_ls.cli.output import console, print_error, print_text
from punie_semantic.settings import Resolved, read_project, read_user_file, resolve

_HOW = 'Choose one with model = "…" in punie.toml, or several in order: model = ["builtin", "local"].'


async def show_models(folder: Path, *, as_json: bool) -> int:
    """List the models. Gives the exit status: 0 done, 1 the chosen model cannot be used now, 2 the setting is wrong."""
    resolved = resolve([read_user_file(), read_project(folder.resolve())])
    for problem in resolved.problems:
        print_error(problem)
    try:
        source = resolved.sources.get("model")
        by_project = chosen_by_project(source, folder.resolve())
        consent = allowed_model(resolved.settings.model, source, by_project=by_project)
        rows = await list_models(resolved.settings, ask_strangers=consent.allowed)
    except ModelNotUsable as error:
        print_error(str(error))
        return 2
    usable = any(row.chosen and not row.problem for row in rows)
    if as_json:
        print_text(json.dumps({"models": [dataclasses.asdict(row) for row in rows]}, indent=2) + "\n")
    else:
        _print_table(rows)
        _print_choice(rows, resolved)
    return 0 if usable else 1


def _print_table(rows: Sequence[ModelRow]) -> None:
    """One line for each: its place in the setting, how to name it, what is known; below it what is wrong."""
    width = max(len(row.spec) for row in rows)
    out = console()
    for row in rows:
        mark = str(row.chosen) if row.chosen else " "
        line = Text(f"{mark}  {row.spec:<{width}}  {_facts(row)}".rstrip(), style="bold" if row.chosen else "")
        out.print(line)
        if row.problem:
            out.print(Text(f"   {row.problem}", style="red" if row.chosen else "yellow"))


def _facts(row: ModelRow) -> str:
    context = f"{row.context_length:,} tokens" if row.context_length else ""
    state = "not loaded" if row.loaded is False and not row.problem else ""
    shown = "" if row.spec.endswith(f"#{row.name}") or row.name in row.spec else row.name
    return ", ".join(filter(None, [shown, row.server, context, f"{row.tool_style} style", state]))


def _print_choice(rows: Sequence[ModelRow], resolved: Resolved) -> None:
    chosen = sorted((row for row in rows if row.chosen), key=lambda row: row.chosen)
    source = resolved.sources.get("model", "the default")
    names = ", then ".join(row.spec for row in chosen)
    print_text(f"\nChosen (by {source}): {names}. The first that can answer does.\n{_HOW}\n")
