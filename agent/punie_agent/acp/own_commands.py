"""Slash commands that no model is asked for: the history, the model, the state. Each gives what is to be said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from punie_agent.acp.client import ClientSide
from punie_agent.acp.client_files import UnsavedError, same_text
from punie_agent.acp.config_options import AS_SET, look_for_models, set_model, settings_of
from punie_agent.acp.conversation import Conversation
from punie_agent.acp.exceptions import RequestRefused
from punie_agent.acp.slash_commands import COMMANDS
from punie_agent.acp.writing import to_the_end
from punie_semantic.exceptions import SemanticError
from punie_semantic.history import history, redo, undo
from punie_semantic.paths import inside
from punie_semantic.results.history import Standing, Transaction
from punie_semantic.sources import read_source

MOST_LISTED = 20

_STANDINGS: dict[Standing, str] = {"applied": "", "partly_undone": ", partly taken back", "undone": ", taken back"}


@dataclass(frozen=True)
class Call:
    """A command as it was typed."""

    talk: Conversation
    client: ClientSide
    rest: str

    @property
    def root(self) -> Path:
        """The project."""
        return self.talk.manager.workspace.root


async def run(name: str, call: Call) -> str:
    """Do what a command says; gives Markdown. What fails is said too."""
    try:
        return await _COMMANDS[name](call)
    except (SemanticError, RequestRefused) as error:
        return str(error)
    except OSError as error:
        return f"{error.strerror or error}. Nothing was written."


async def _take_back(call: Call, *, again: bool) -> str:
    verb = "redo" if again else "undo"
    transactions = await asyncio.to_thread(history, call.root)
    key = call.rest
    if not key and call.client.offers.forms:
        open_ones = [t for t in transactions if not t.editor and _can_be(t, again=again)]
        if len(open_ones) > 1:
            shown = {t.id: _line(t) for t in open_ones[:MOST_LISTED]}
            chosen = await call.client.choose(f"Which change do you want to {verb}?", "Change", shown)
            if chosen is None:
                return "Nothing was changed."
            key = chosen
    named = next((t for t in transactions if t.id.startswith(key)), None) if key else None
    await _refuse_unsaved(call, named or next(iter(transactions), None))
    done = await to_the_end(lambda: (redo if again else undo)(call.root, key))
    files = ", ".join(f"`{file.file}`" for file in done.files)
    return f"{done.title}: done ({files})."


def _can_be(transaction: Transaction, *, again: bool) -> bool:
    return bool(transaction.undoes) is again and transaction.state != "undone"


async def _refuse_unsaved(call: Call, transaction: Transaction | None) -> None:
    for changed in transaction.files if transaction else ():
        text = await call.client.read_text(changed.file)
        if not text:
            continue
        try:
            source = await asyncio.to_thread(read_source, inside(call.root, changed.file))
        except SemanticError:
            continue
        if not same_text(text, source.text):
            raise UnsavedError(
                f"{changed.file} has unsaved changes in your editor. Save it first; nothing was written."
            )


async def _history(call: Call) -> str:
    transactions = await asyncio.to_thread(history, call.root)
    if not transactions:
        return "Punie has written nothing in this project yet."
    lines = [f"- `{t.id}` {_line(t)}{_STANDINGS[t.state]}" for t in transactions]
    more = f"\n\nand {len(lines) - MOST_LISTED} earlier ones" if len(lines) > MOST_LISTED else ""
    return "\n".join(lines[:MOST_LISTED]) + more


def _line(transaction: Transaction) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(transaction.created))
    files = ", ".join(file.file for file in transaction.files[:3])
    return f"{transaction.title} ({files}), {when}"


async def _model(call: Call) -> str:
    talk = call.talk
    spec = call.rest
    if not spec:
        await look_for_models(talk)
        option = next(setting for setting in settings_of(talk) if setting.id == "model")
        shown = {choice.value: _named(choice.name, choice.description) for choice in option.choices}
        chosen = (
            await call.client.choose("Which model is to answer?", "Model", shown) if call.client.offers.forms else None
        )
        if chosen is None:
            rows = [f"- `{value}`{' (now)' if value == option.value else ''}: {name}" for value, name in shown.items()]
            return "\n".join([*rows, "", "Choose one: `/model NAME`."])
        spec = chosen
    await set_model(talk, "" if spec == AS_SET else spec)
    return f"{talk.opened.choice.name} answers this session from now on."


def _named(name: str, description: str) -> str:
    return f"{name}, {description}" if description else name


async def _status(call: Call) -> str:
    talk = call.talk
    status = talk.manager.status()
    length = talk.opened.choice.context_length
    lines = [
        f"- model: {talk.opened.choice.name}" + (f", {length:,} tokens" if length else ""),
        f"- mode: {talk.mode}",
        f"- session: {talk.opened.id}, kept in {status.store or 'memory only'}",
        f"- project: {talk.manager.project}",
        *(f"- **problem:** {problem}" for problem in status.problems),
    ]
    return "\n".join(lines)


async def _help(call: Call) -> str:
    lines = [f"- `/{c.name}{' …' if c.hint else ''}`: {c.description}" for c in COMMANDS]
    planner = "Without a model the builtin planner answers questions such as `find references to Cart.total`."
    return "\n".join([*lines, "", planner])


_COMMANDS: dict[str, Callable[[Call], Awaitable[str]]] = {
    "undo": partial(_take_back, again=False),
    "redo": partial(_take_back, again=True),
    "history": _history,
    "model": _model,
    "status": _status,
    "help": _help,
}
