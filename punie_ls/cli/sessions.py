"""`punie-ls sessions list | show | export | import | delete | prune`: what the agent did, as it was stored."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from rich.text import Text

from punie_agent.events import Notice
from punie_agent.exceptions import StoreError
from punie_agent.store import SessionStore, SessionSummary
from punie_agent.store.transcript import transcript
from punie_ls.cli.history import age
from punie_ls.cli.output import console, print_error, print_text
from punie_semantic.settings import read_project, read_user_file, resolve

Format = Literal["md", "json"]


async def list_sessions(
    folder: Path, *, every: bool = False, search: str = "", limit: int = 20, offset: int = 0, as_json: bool = False
) -> int:
    """Print the sessions of a project, or of all, newest first. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        project = None if every else folder
        found = await store.sessions(project, search=search, limit=max(limit, 0), offset=offset)
        if as_json:
            _print_json([asdict(summary) for summary in found])
            return
        for summary in found:
            console().print(_line(summary, every=every))
        if not found:
            print_text("There are no such sessions.\n" if search or offset else "There are no sessions yet.\n")

    return await _with_store(folder, act)


async def show_session(folder: Path, session: str, *, as_json: bool = False) -> int:
    """Print a session as a transcript, or its figures as JSON. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        stored = await store.load(await store.find(session))
        if as_json:
            turns = [{**asdict(t), "events": len(t.events), "usage": _plain(t.usage)} for t in stored.turns]
            _print_json({**asdict(stored.summary), "turns": turns, "problems": stored.problems})
        else:
            print_text(transcript(stored))

    return await _with_store(folder, act)


async def export_session(folder: Path, session: str, form: Format, write: Path | None = None) -> int:
    """Print a session, or write it into a file. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        found = await store.find(session)
        page = await store.export_session(found) if form == "json" else transcript(await store.load(found))
        if write is None:
            sys.stdout.write(page)
        else:
            write.write_text(page, encoding="utf-8")

    return await _with_store(folder, act)


async def export_fixes(folder: Path, session: str | None, write: Path | None = None, *, every: bool = False) -> int:
    """Print what was found out about fixes, or write it into a file. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        found = await store.find(session) if session is not None else None
        project = None if every or found is not None else folder
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(write.open("w", encoding="utf-8", newline="\n")) if write else sys.stdout
            async for line in store.fixes(project, found):
                out.write(f"{line}\n")

    return await _with_store(folder, act)


async def import_session(folder: Path, file: Path) -> int:
    """Store a session that was exported as JSON, and print its id. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        print_text(f"{await store.import_session(file.read_text(encoding='utf-8'))}\n")

    return await _with_store(folder, act)


async def delete_session(folder: Path, session: str, *, as_json: bool = False) -> int:
    """Delete all that is stored of a session. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        found = await store.find(session)
        await store.delete(found)
        if as_json:
            _print_json({"deleted": [found]})
        else:
            print_text(f"Deleted session {found}.\n")

    return await _with_store(folder, act)


async def prune_sessions(folder: Path, days: float, *, every: bool = False, as_json: bool = False) -> int:
    """Delete the sessions of a project, or all, that are older. Gives the exit status: 0 done, 2 error."""

    async def act(store: SessionStore) -> None:
        count = await store.prune(days, None if every else folder)
        if as_json:
            _print_json({"deleted": count})
        else:
            print_text(f"Deleted {count} {'session' if count == 1 else 'sessions'}.\n")

    return await _with_store(folder, act)


async def _with_store(folder: Path, act: Callable[[SessionStore], Awaitable[None]]) -> int:
    try:
        if not folder.is_dir():
            raise ValueError(f"{folder} is not a folder. Pass the project's folder with --workspace.")
        async with _open(folder) as store:
            await act(store)
    except (StoreError, OSError, ValueError) as error:
        print_error(str(error))
        return 2
    return 0


@asynccontextmanager
async def _open(folder: Path) -> AsyncGenerator[SessionStore]:
    def tell(notice: Notice) -> None:
        print_error(notice.text)

    settings = resolve([read_user_file(), read_project(folder.resolve())]).settings
    store = SessionStore(settings.store, on_notice=tell)
    try:
        yield store
    finally:
        await store.close()


def _line(s: SessionSummary, *, every: bool) -> Text:
    turns = f"{s.turns} {'turn' if s.turns == 1 else 'turns'}"
    line = Text.assemble((s.id, "yellow"), f"  {age(time.time() - s.updated):>8}  {turns:>9}  ")
    line.append(s.title or "(no prompt yet)", style="bold")
    state = "" if s.state == "idle" else f" ({s.state})"
    return line.append(state + (f"  {s.project}" if every else ""), style="dim")


def _plain(usage: Any) -> Any:  # noqa: ANN401 - a pydantic model or None
    return None if usage is None else usage.model_dump()


def _print_json(value: Any) -> None:  # noqa: ANN401 - JSON data
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
