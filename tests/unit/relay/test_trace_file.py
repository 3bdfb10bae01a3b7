"""The trace's file: bounded, and what did not fit is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from punie_ls.relay import trace


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_the_file_and_its_older_part_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "MAX_FILES_BYTES", 4000)
    writing = trace.Trace(tmp_path / "t.jsonl")
    for number in range(200):
        writing.message("editor", "relay", b'{"id":%d}' % number)
    writing.close()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.jsonl", "t.jsonl.1"]
    assert all(path.stat().st_size <= 2000 and path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())
    found = [*entries(tmp_path / "t.jsonl.1"), *entries(tmp_path / "t.jsonl")]
    numbers = [entry["message"]["id"] for entry in found if "message" in entry]
    assert numbers == list(range(200 - len(numbers), 200))
    assert len(numbers) > 30


def test_what_did_not_fit_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "MAX_WAITING_BYTES", 5000)
    writing = trace.Trace(tmp_path / "t.jsonl")
    body = json.dumps({"text": "x" * 4000}).encode()
    for _ in range(2000):
        writing.message("editor", "relay", body)
    writing.close()

    found = entries(tmp_path / "t.jsonl")
    lost = sum(entry["messages"] for entry in found if entry.get("event") == "lost")
    assert lost > 0
    assert lost + len([entry for entry in found if "message" in entry]) == 2000
    assert found[-1]["event"] in ("end", "lost")


def test_a_message_larger_than_all_that_may_wait_is_still_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "MAX_WAITING_BYTES", 10)
    writing = trace.Trace(tmp_path / "t.jsonl")
    while not (tmp_path / "t.jsonl").read_bytes():
        pass
    while writing._waiting:
        pass
    writing.message("ty", "relay", b'{"result":"0123456789"}')
    writing.close()

    assert [e["message"] for e in entries(tmp_path / "t.jsonl") if "message" in e] == [{"result": "0123456789"}]
