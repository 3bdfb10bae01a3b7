"""`punie-ls init`: shows what there is to write, asks, and writes. Exit codes are given back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer
from rich.text import Text

from punie_ls.cli.output import console, print_diff, print_error, print_text
from punie_ls.init import applying, records, undoing
from punie_ls.init.editors.editor import Editor
from punie_ls.init.editors.table import all_editors, named_editors
from punie_ls.init.exceptions import InitError
from punie_ls.init.planning import EditorState, Plan, diff, make_plan
from punie_ls.init.surroundings import Surroundings, present_surroundings
from punie_ls.init.undoing import FileUndo

_STYLES: dict[EditorState, str] = {"configured": "green", "broken": "red", "not found": "dim", "not available": "dim"}
_NO_TERMINAL = "Nothing was written: there is no terminal to ask on. Pass --yes to write it."


@dataclass(frozen=True)
class InitCommand:
    """The arguments of the verb."""

    editors: Sequence[str]
    dry_run: bool = False
    yes: bool = False
    command: Path | None = None


def check_editors(command: InitCommand) -> int:
    """Say how each editor is. 0 all that are found are configured, 1 not so, 2 error."""
    made = _plans(command)
    if made is None:
        return 2
    around, plans = made
    for plan in plans:
        _print_state(plan, around)
    counted = [plan for plan in plans if plan.state not in ("not found", "not available")]
    return 0 if counted and all(plan.state == "configured" for plan in counted) else 1


def configure_editors(command: InitCommand) -> int:
    """Show what there is to write, ask, write. 0 done, 1 nothing was written, 2 error."""
    made = _plans(command)
    if made is None:
        return 2
    around, plans = made
    shown = [plan for plan in plans if command.editors or plan.state not in ("not found", "not available")]
    if not shown:
        names = ", ".join(plan.editor.name for plan in plans if plan.state == "not found")
        print_error(f"No editor was found that can be configured. Name one to configure it all the same: {names}.")
        return 1
    for plan in shown:
        _print_state(plan, around)
    todo = [plan for plan in shown if plan.to_write]
    failed = any(_is_problem(plan, command) for plan in shown)
    for file in [file for plan in todo for file in plan.to_write]:
        print_text("\n")
        print_diff(diff(file.file.path, None if file.file.data is None else file.file.text, file.text))
    if not todo:
        print_text("Nothing to write.\n" if failed else "Nothing to do.\n")
        return 2 if failed else 0
    count = sum(len(plan.to_write) for plan in todo)
    refusal = _refusal(command, f"Write {'this file' if count == 1 else f'these {count} files'}?")
    if refusal is not None:
        return 2 if failed else refusal
    written = [plan for plan in todo if _did(partial(_apply, plan, around, command))]
    _print_advice(written)
    for plan in shown:
        if plan.problem:
            print_error(f"{plan.editor.title} is left as it was. {plan.problem}")
    return 2 if failed or len(written) < len(todo) else 0


def undo_editors(command: InitCommand) -> int:
    """Show what would be taken back, ask, do it. 0 done, 1 something stays or nothing was written, 2 error."""
    todo: dict[Editor, list[FileUndo]] = {}
    failed = not _did(lambda: todo.update({editor: [] for editor in _editors(command)}))
    for editor in tuple(todo):
        failed |= not _did(partial(_find_undo, editor, todo))
    undos = [undo for found in todo.values() for undo in found]
    if not undos:
        print_text("" if failed else "There is nothing to take back.\n")
        return 2 if failed else 0
    for undo in undos:
        _print_undo(undo)
    changes = any(undo.changes_file for undo in undos)
    refusal = _refusal(command, "Take this back?" if changes else "Leave it, and forget that Punie wrote it?")
    if refusal is not None:
        return 2 if failed else refusal
    for editor, found in todo.items():
        if found:
            failed |= not _did(partial(_take_back, editor, found))
    if failed:
        return 2
    return 1 if any(undo.left for undo in undos) else 0


def _find_undo(editor: Editor, todo: dict[Editor, list[FileUndo]]) -> None:
    todo[editor] = undoing.plan_undo(editor.name)


def _plans(command: InitCommand) -> tuple[Surroundings, list[Plan]] | None:
    """The plans for the editors named, or for all. None when something is wrong with the command; that is printed."""
    try:
        around = present_surroundings(command.command)
        named = bool(command.editors)
        return around, [make_plan(editor, around, named=named) for editor in _editors(command)]
    except (InitError, RuntimeError) as error:  # RuntimeError: there is no home folder
        print_error(str(error))
        return None


def _editors(command: InitCommand) -> list[Editor]:
    return named_editors(list(command.editors)) if command.editors else list(all_editors().values())


def _is_problem(plan: Plan, command: InitCommand) -> bool:
    """Whether what was asked for cannot be done."""
    return bool(plan.problem) and (plan.state != "not available" or bool(command.editors))


def _refusal(command: InitCommand, question: str) -> int | None:
    """The exit code if nothing is to be written, or None."""
    if command.dry_run:
        return 0
    if command.yes:
        return None
    if not sys.stdin.isatty():
        print_error(_NO_TERMINAL)
        return 1
    print_text("\n")
    if typer.confirm(question):
        return None
    print_text("Nothing was written.\n")
    return 1


def _did(action: Callable[[], None]) -> bool:
    """Whether it went well; what was wrong is printed."""
    try:
        action()
    except InitError as error:
        print_error(str(error))
        return False
    return True


def _apply(plan: Plan, around: Surroundings, command: InitCommand) -> None:
    again = partial(make_plan, plan.editor, around, named=bool(command.editors))
    for path in applying.apply(plan, again, agreed=not command.yes):
        print_text(f"Wrote {around.short(path)}\n")


def _take_back(editor: Editor, found: list[FileUndo]) -> None:
    for undo in undoing.take_back(editor.name, found):
        if undo.changes_file:
            print_text(f"{'Removed' if undo.data is None else 'Wrote'} {undo.file.path}\n")


def _print_state(plan: Plan, around: Surroundings) -> None:
    line = Text.assemble(f"{plan.editor.title:<17}", (f"{plan.state:<15}", _STYLES.get(plan.state, "yellow")))
    if plan.problem:
        line.append(plan.problem)
    else:
        line.append(", ".join(around.short(file.file.path) for file in plan.files), style="dim")
    console().print(Text(line.plain.rstrip()) if not line.spans else line)
    if plan.missing:
        print_text(f"{'':<17}{plan.missing}\n")


def _print_advice(plans: Sequence[Plan]) -> None:
    """What the user should know about what was written."""
    if not plans:
        return
    for plan in plans:
        for note in plan.notes:
            print_text(f"{plan.editor.title}: {note}\n")
    if any(file.file.data is not None for plan in plans for file in plan.to_write):
        print_text(f"Copies of the files as they were are in {records.folder() / 'backups'}.\n")
    print_text("Restart what is running. `punie-ls init --undo` takes everything back.\n")


def _print_undo(undo: FileUndo) -> None:
    for sentence in undo.left:
        kept = f" A copy of the file before Punie is {undo.written.backup}." if undo.written.backup else ""
        print_error(f"{undo.file.path}: {sentence}.{kept}")
    if undo.changes_file:
        after = None if undo.data is None else undo.data.decode("utf-8")
        print_diff(diff(undo.file.path, undo.file.text, after))
