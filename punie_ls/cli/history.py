"""`punie-ls history`, `undo` and `redo`: what Punie changed, and taking it back."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from punie_ls.cli.output import console, print_diff, print_error, print_text
from punie_semantic.exceptions import ConflictError, SemanticError
from punie_semantic.history import history, redo, show, undo
from punie_semantic.recovery import Recovery, recover
from punie_semantic.results.history import ChangedFile, Transaction
from punie_semantic.settings import read_project, read_user_file, resolve


@dataclass(frozen=True)
class BackOptions:
    """The arguments of `undo` and `redo`."""

    transaction: str
    workspace: Path
    files: Sequence[str]
    hunks: Sequence[str]
    closed: bool
    json: bool


def list_history(folder: Path, shown: str | None, limit: int, *, as_json: bool) -> int:
    """Print the transactions, or one of them as a diff. Gives the exit status: 0 done, 2 error."""
    try:
        root = _root(folder)
        recovery = recover(root)
        if shown is not None:
            print_diff(show(root, shown))
            return 0
        transactions = history(root)[: max(limit, 0)]
    except (SemanticError, OSError, ValueError) as error:
        print_error(str(error))
        return 2
    if as_json:
        _print_json([t.model_dump() for t in transactions])
        return 0
    _print_recovery(recovery)
    if not transactions:
        print_text("Punie changed nothing here yet.\n")
    for transaction in transactions:
        _print(transaction)
    return 0


def take_back(options: BackOptions, *, again: bool) -> int:
    """Undo, or redo. Gives the exit status: 0 done, 1 a conflict and nothing written, 2 error."""
    action: Callable[..., Transaction] = redo if again else undo
    try:
        root = _root(options.workspace)
        hunks = _hunks(options.hunks)
        done = action(root, options.transaction, files=options.files, hunks=hunks, closed=options.closed)
    except ConflictError as error:
        if options.json:
            keys = ("file", "hunk", "message")
            _print_json({"done": None, "conflicts": [dict(zip(keys, c, strict=True)) for c in error.conflicts]})
        else:
            print_error(str(error))
        return 1
    except (SemanticError, OSError, ValueError) as error:
        print_error(str(error))
        return 2
    asyncio.run(_follow(root, done.id))
    if options.json:
        _print_json({"done": done.model_dump(), "conflicts": []})
    else:
        _print(done)
    return 0


async def _follow(root: Path, transaction: str) -> None:
    """What became of fixes is kept with what was found out about them."""
    from punie_agent.fix_recorder import FixRecorder  # the store takes long to import

    settings = resolve([read_user_file(), read_project(root)]).settings
    recorder = FixRecorder(settings.store, root, "command_line")
    try:
        await recorder.follow(transaction)
    finally:
        await recorder.close()


def _root(folder: Path) -> Path:
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder. Pass the project's folder with --workspace.")
    return folder.resolve()


def _hunks(arguments: Sequence[str]) -> dict[str, list[int]]:
    """`FILE:NUMBER` arguments by file."""
    found: dict[str, list[int]] = {}
    for argument in arguments:
        file, _, number = argument.rpartition(":")
        if not file or not number.isdecimal():
            raise ValueError(f"{argument} is no hunk. Pass FILE:NUMBER, as `punie-ls history --show ID` numbers them.")
        found.setdefault(file, []).append(int(number))
    return found


def _print(transaction: Transaction) -> None:
    state = {"applied": "", "partly_undone": " (partly undone)", "undone": " (undone)"}[transaction.state]
    where = " (in the editor)" if transaction.editor else ""
    line = Text.assemble(
        (transaction.id, "yellow"), f"  {age(time.time() - transaction.created):>8}  ", (transaction.title, "bold")
    )
    line.append(state + where, style="dim")
    console().print(line)
    for file in transaction.files:
        console().print(Text.assemble("          ", _names(file), "  ", _counts(file)))


def _names(file: ChangedFile) -> str:
    match file.kind:
        case "rename":
            return f"{file.old_file} → {file.file}"
        case "create":
            return f"{file.file} (new)"
        case "delete":
            return f"{file.file} (deleted)"
        case "edit":
            return file.file


def _counts(file: ChangedFile) -> Text:
    return Text.assemble((f"+{file.added}", "green"), " ", (f"-{file.removed}", "red"))


def _print_recovery(recovery: Recovery) -> None:
    for title in recovery.finished:
        print_text(f"After a crash, {title!r} was found complete.\n")
    for title in recovery.taken_back:
        print_text(f"After a crash in the middle of {title!r}, its files were put back as they were.\n")
    for sentence in recovery.conflicts:
        print_error(sentence)


def age(seconds: float) -> str:
    """How long ago, in one short word; the clock may have been set back."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{max(int(seconds), 0)} s"


def _print_json(value: Any) -> None:  # noqa: ANN401 - JSON data
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
