"""`punie-ls sessions`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from punie_agent.store import SessionStore
from punie_ls.cli.sessions import (
    delete_session,
    export_session,
    import_session,
    list_sessions,
    prune_sessions,
    show_session,
)
from tests.integration.agent.store.test_interchange import rich_session


@pytest.fixture(autouse=True)
def own_files(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNIE_STORE", str(path))
    monkeypatch.setenv("PUNIE_CONFIG_FILE", str(tmp_path / "punie.toml"))


@pytest.fixture
async def session(path: Path, tmp_path: Path) -> str:
    store = SessionStore()
    made = await rich_session(store, tmp_path)
    await store.create(tmp_path / "other", title="[bold]Other[/bold]")
    await store.close()
    return made


async def test_a_list(session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await list_sessions(tmp_path) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(session)
    assert line.rstrip().endswith("2 turns  Change x")

    assert await list_sessions(tmp_path, every=True) == 0
    first, _ = capsys.readouterr().out.splitlines()
    assert "0 turns  [bold]Other[/bold]" in first
    assert first.rstrip().endswith(str(tmp_path / "other"))

    assert await list_sessions(tmp_path, search="nothing") == 0
    assert capsys.readouterr().out == "There are no such sessions.\n"
    assert await list_sessions(tmp_path / "..", as_json=True) == 0
    assert capsys.readouterr().out == "[]\n"
    assert await list_sessions(tmp_path, as_json=True) == 0
    [found] = json.loads(capsys.readouterr().out)
    assert (found["id"], found["turns"], found["state"]) == (session, 2, "idle")


async def test_one_session(session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await show_session(tmp_path, session[:8]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("# Change x\n")
    assert await export_session(tmp_path, session, "md") == 0
    assert capsys.readouterr().out == shown

    assert await show_session(tmp_path, session, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(turn["prompt"], turn["events"]) for turn in found["turns"]] == [("Change x\nto 2", 17), ("More", 0)]


async def test_out_and_in_again(session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "session.json"

    assert await export_session(tmp_path, session, "json", file) == 0
    assert await delete_session(tmp_path, session[:8]) == 0
    assert await import_session(tmp_path, file) == 0

    assert capsys.readouterr().out == f"Deleted session {session}.\n{session}\n"


async def test_deleting(session: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await prune_sessions(tmp_path, 1) == 0
    assert await prune_sessions(tmp_path, -1) == 0
    assert await prune_sessions(tmp_path, -1, every=True, as_json=True) == 0
    assert await list_sessions(tmp_path, every=True) == 0

    assert capsys.readouterr().out == (
        'Deleted 0 sessions.\nDeleted 1 session.\n{\n  "deleted": 1\n}\nThere are no sessions yet.\n'
    )


async def test_errors_are_one_sentence(
    session: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await show_session(tmp_path, "zzz") == 2
    assert await delete_session(tmp_path, "") == 2
    assert await import_session(tmp_path, tmp_path / "missing.json") == 2
    assert await list_sessions(tmp_path / "missing") == 2
    monkeypatch.setenv("PUNIE_STORE", "mysql://db/app")
    assert await list_sessions(tmp_path) == 2

    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 5
    assert lines[0] == "punie-ls: There is no session zzz. List them with: punie-ls sessions list --all"
    assert lines[1].startswith("punie-ls: Several sessions begin with ''")
    assert lines[4] == "punie-ls: PUNIE_STORE names mysql; sessions are kept in SQLite or PostgreSQL."
