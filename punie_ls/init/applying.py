"""Writing a plan: a copy of the file first, then the record, then the file, each all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from punie_ls.init import records
from punie_ls.init.exceptions import NotWritten
from punie_ls.init.planning import FilePlan, Plan
from punie_ls.init.records import Record, Written
from punie_ls.init.text_file import digest, write


def apply(plan: Plan, make_plan_again: Callable[[], Plan], *, agreed: bool) -> Iterator[Path]:
    """Write what is planned; give each file once it is written. Raises InitError; each file is as before or as planned.

    Under the lock the plan is made again. `agreed` says that the user saw this very plan and said yes to it: then a
    different one is not written.
    """
    with records.locked():
        now = make_plan_again()
        if now.problem:
            raise NotWritten(now.problem)
        seen = {p.file.path: p.text for p in plan.files}
        if agreed and any(seen.get(p.file.path) != p.text for p in now.to_write):
            raise NotWritten(
                f"The configuration of {plan.editor.title} was changed while you were asked. Nothing was written; "
                "run this again."
            )
        for file in now.to_write:
            yield _write(now, file)


def _write(plan: Plan, planned: FilePlan) -> Path:
    editor, file = plan.editor.name, planned.file
    name = str(file.path)
    record = records.load(editor)
    earlier = records.settled(record, file)
    data = file.encode(planned.text)
    later = Written(
        path=name,
        kind=planned.kind,
        before=file.digest,
        after=digest(data),
        backup=records.back_up(editor, file),
        exact=True,
        changes=planned.changes,
        folders=_missing_folders(file.target.parent),
    )
    pending = records.following(earlier, later)
    done = {**record.done, **({name: earlier} if earlier else {})}
    records.save(editor, Record(done, {**record.pending, name: pending}))
    write(file, data)
    rest = {path: other for path, other in record.pending.items() if path != name}
    records.save(editor, replace(record, done={**done, name: pending}, pending=rest))
    return file.path


def _missing_folders(folder: Path) -> tuple[str, ...]:
    """The folders that must be made, the innermost first."""
    found = []
    while not folder.exists():
        found.append(str(folder))
        folder = folder.parent
    return tuple(found)
