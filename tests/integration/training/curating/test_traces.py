"""What users accepted comes out of a real store and a real history; what they took back does not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from punie_agent.events import EditProposed, Event, FileDiff, Program, ProgramEnded
from punie_agent.exceptions import StoreError
from punie_agent.store import SessionStore
from punie_semantic.history import undo
from punie_semantic.results import VerificationReport
from punie_semantic.transactions import commit
from punie_semantic.workspace import Workspace
from punie_training.dataset import Example, load
from punie_training.exceptions import DatasetError
from punie_training.traces.collecting import collect
from tests.unit.training.traces.test_fixes import trace

EDIT = "edit_file('shop.py', 'price = 1', 'price = 2')"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNIE_STATE_DIR", str(tmp_path / "state"))
    root = tmp_path / "shop"
    root.mkdir()
    (root / "shop.py").write_text("price = 1\n")
    return root.resolve()


async def remember(project: Path, prompt: str, events: list[Event]) -> None:
    store = SessionStore()
    session = await store.create(project, model="builtin")
    turn = await store.begin_turn(session, prompt)
    for event in events:
        await store.add_event(session, turn, event)
    await store.end_turn(session, turn, "end_turn")
    await store.close()


def ran(code: str) -> list[Event]:
    return [Program(id="p", code=code), ProgramEnded(id="p")]


async def edited(project: Path, *, apply: bool) -> str:
    """A turn that proposed an edit, which was applied or not. Gives the transaction."""
    async with Workspace.open(project) as workspace:
        path = project / "shop.py"
        workspace.overlay.write(path, path.read_text().replace("price = 1", "price = 2"))
        (change,) = workspace.overlay.changes()
        report = VerificationReport.model_validate(
            {"state": "clean", "reason": "", "target_fixed": True, "fixed": [], "introduced": [], "unchanged": 0}
            | {"files_checked": ["shop.py"], "unknown": [], "unchecked": []}
        )
        proposal = EditProposed(files=[FileDiff(file=change.file, diff=change.diff)], report=report)
        await remember(project, "Set the price to 2", [*ran(EDIT), proposal])
        head = commit(project, [change], title="Set the price") if apply else None
    return head.id if head else ""


def every(folder: Path) -> list[Example]:
    return [example for examples in load(folder).splits.values() for example in examples]


async def test_questions_edits_and_fixes_that_stand(project: Path, tmp_path: Path) -> None:
    await edited(project, apply=True)
    await remember(project, "How many errors are there?", ran("typecheck('.').error_count"))
    store = SessionStore()
    await store.add_fixes(
        [trace(project=str(project), id="kept"), trace(project=str(project), id="b", decision="undone")]
    )
    await store.close()

    done = await collect(tmp_path / "out", project)

    found = {e.provenance.outcome: e for e in every(tmp_path / "out") if e.provenance.source.startswith("session")}
    assert found["accepted"].program == EDIT
    assert found["executed"].query == "How many errors are there?"
    assert {e.provenance.source for e in every(tmp_path / "out") if e.provenance.source.startswith("fix")} == {
        "fix:kept"
    }
    assert (done.looked_at, done.dropped) == (4, {"undone": 1})
    assert {(e.provenance.category, e.provenance.licence) for e in every(tmp_path / "out")} == {
        ("trace", "unpublished")
    }


async def test_edits_that_were_not_applied_are_left_out(project: Path, tmp_path: Path) -> None:
    await edited(project, apply=False)

    with pytest.raises(DatasetError, match=r"1 turns and fixes were looked at \(edits not accepted 1\)"):
        await collect(tmp_path / "out", project)


async def test_edits_that_were_taken_back_are_left_out(project: Path, tmp_path: Path) -> None:
    undo(project, await edited(project, apply=True))

    with pytest.raises(DatasetError, match="edits not accepted 1"):
        await collect(tmp_path / "out", project)
    assert not (tmp_path / "out").exists()


async def test_what_had_a_secret_is_dropped_and_counted(project: Path, tmp_path: Path) -> None:
    code = "search_text('x').matches"
    await remember(project, "Find AKIA" + "QZ7XN3M5LK2JH4GT in it", ran(code))
    await remember(project, "Find the words in it", ran(code))

    done = await collect(tmp_path / "out", project)

    assert done.dropped == {"secret": 1}
    assert [e.query for e in every(tmp_path / "out")] == ["Find the words in it"]


async def test_other_projects_only_when_asked_for(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    await remember(other, "How many files are there?", ran("list_files().total"))

    with pytest.raises(DatasetError, match="it holds none"):
        await collect(tmp_path / "out", project)
    await collect(tmp_path / "out", project, all_projects=True)

    assert [e.provenance.project for e in every(tmp_path / "out")] == ["other"]


async def test_no_store_is_said_and_none_is_made(project: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"Nothing can be learnt from .*punie\.db: it holds none"):
        await collect(tmp_path / "out", project)
    assert not (tmp_path / "punie.db").exists()


async def test_an_older_store_is_brought_up_to_date(project: Path, tmp_path: Path) -> None:
    await remember(project, "How many errors are there?", ran("typecheck('.').error_count"))
    with sqlite3.connect(tmp_path / "punie.db") as database:
        database.execute("DROP TABLE punie_fixes")
        database.execute("UPDATE punie_schema SET version = 1")
    database.close()

    done = await collect(tmp_path / "out", project)

    assert done.written.total == 1


async def test_a_newer_store_is_left_alone(project: Path, tmp_path: Path) -> None:
    await remember(project, "How many errors are there?", ran("typecheck('.').error_count"))
    with sqlite3.connect(tmp_path / "punie.db") as database:
        database.execute("UPDATE punie_schema SET version = 99")
    database.close()

    with pytest.raises(StoreError, match="A newer Punie stored the sessions"):
        await collect(tmp_path / "out", project)


async def test_a_damaged_store_is_said(project: Path, tmp_path: Path) -> None:
    (tmp_path / "punie.db").write_bytes(b"this is no database at all" * 100)

    with pytest.raises(StoreError, match="is damaged"):
        await collect(tmp_path / "out", project)
    assert not (tmp_path / "out").exists()


async def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not a folder"):
        await collect(tmp_path / "out", tmp_path / "nowhere")
