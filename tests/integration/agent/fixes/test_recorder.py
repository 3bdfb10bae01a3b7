"""Searches kept by hand, as by a menu of fixes from which the user takes one; pages of many; and older stores."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from punie_agent.fix_recorder import FixRecorder
from punie_agent.store import SessionStore
from punie_agent.store.location import locate, open_engine
from punie_agent.store.schema import MIGRATIONS, migrate
from punie_semantic.fixing.search import find_fixes
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project

APP = "def total(items: list[int]) -> int:\n    return sum(items)\n\n\nprint(totl([1]))\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("PUNIE_STORE", raising=False)
    return tmp_path / "store" / "punie.db"


async def kept(path: Path, root: Path | None = None) -> list[dict[str, Any]]:
    store = SessionStore(str(path))
    try:
        return [json.loads(line) async for line in store.fixes(root)]
    finally:
        await store.close()


async def test_the_one_that_the_user_took(tmp_path: Path, path: Path) -> None:
    root = write_project(tmp_path / "project", {"app.py": APP})
    recorder = FixRecorder(str(path), root, "editor")
    async with Workspace.open(root) as workspace:
        findings = await workspace.checker.both(root / "app.py")
        problem = next(p for p in findings.problems if p.tool == "ty")
        search = await find_fixes(workspace, problem)
        titles = [found.candidate.title for found in search.found]

        run = await recorder.keep_searches(workspace, [search], choice=titles[-1], program="find_fixes('app.py', 5)")
        await recorder.decide(run, "applied", "abc")
        await recorder.keep_searches(workspace, [search], choice="")
    await recorder.close()

    taken, none = await kept(path, root)
    assert len(titles) > 1
    assert [c["title"] for c in taken["candidates"] if c["verdict"] == "chosen"] == titles[-1:]
    assert (taken["outcome"], taken["decision"], taken["transaction"]) == ("fixed", "applied", "abc")
    assert taken["program"] == "find_fixes('app.py', 5)"
    assert (none["outcome"], none["decision"], none["diff"]) == ("found", "", "")


async def test_more_than_a_page_of_all_projects(tmp_path: Path, path: Path) -> None:
    root = write_project(tmp_path / "project", {"app.py": APP})
    recorder = FixRecorder(str(path), root, "editor")
    async with Workspace.open(root) as workspace:
        findings = await workspace.checker.both(root / "app.py")
        problem = next(p for p in findings.problems if p.tool == "ty")
        search = await find_fixes(workspace, problem)
        await recorder.keep_searches(workspace, [search] * 450)
    await recorder.close()

    found = await kept(path)

    assert len({trace["id"] for trace in found}) == 450
    assert await kept(path, tmp_path) == []


async def test_a_store_of_the_first_version_gets_the_table(tmp_path: Path, path: Path) -> None:
    path.parent.mkdir()
    engine = open_engine(locate(str(path)), write=True)
    with engine.begin() as connection:
        migrate(connection, "here", MIGRATIONS[:1])
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "punie_sessions" in tables
        assert "punie_fixes" not in tables

    assert await kept(path) == []

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM punie_fixes").fetchone() == (0,)
        assert database.execute("SELECT version FROM punie_schema").fetchone() == (len(MIGRATIONS),)


async def test_old_ones_go_with_old_sessions(tmp_path: Path, path: Path) -> None:
    root = write_project(tmp_path / "project", {"app.py": APP})
    recorder = FixRecorder(str(path), root, "editor")
    async with Workspace.open(root) as workspace:
        findings = await workspace.checker.both(root / "app.py")
        search = await find_fixes(workspace, next(p for p in findings.problems if p.tool == "ty"))
        await recorder.keep_searches(workspace, [search])
    await recorder.close()
    store = SessionStore(str(path))

    await store.prune(1)
    after_a_day = await kept(path)
    await store.prune(0)
    await store.close()

    assert (len(after_a_day), await kept(path)) == (1, [])


async def test_undoing_before_anything_was_kept_makes_no_store(tmp_path: Path, path: Path) -> None:
    root = write_project(tmp_path / "project", {"app.py": APP})
    recorder = FixRecorder(str(path), root, "command_line")

    await recorder.follow("nothing")
    await recorder.close()

    assert not path.exists()
