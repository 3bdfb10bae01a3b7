"""The promoted adapter answers sessions, one on trial its share of them; what comes of it is counted.

The server is the stand-in of the model tests: the same command line as `mlx_lm.server`, scripted answers behind it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from punie_agent.events import Done
from punie_agent.exceptions import ModelNotUsable
from punie_agent.models.registered import has_share
from punie_training.adapters import Outcomes, open_registry
from tests.integration.training.adapters.conftest import OpenAgent, ask, said
from tests.model_server import ModelServer, say
from tests.unit.training.adapters.made import record

ROOT = Path(__file__).parents[4]
REQUEST = "Sing of autumn"  # what the planner has no recipe for
FAKE = ROOT / "tests/integration/agent/models/mlx_lm_server.py"


@pytest.fixture
def lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Puts the stand-in on PATH; gives the file in which it writes its command lines."""
    program = tmp_path / "bin" / "mlx_lm.server"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_MLX_FOLDER", str(tmp_path))
    monkeypatch.setenv("FAKE_MLX_ROOT", str(ROOT))
    file = tmp_path / "lives.jsonl"
    yield file
    for life in read(file):
        for pid in (life["pid"], life["child"]):
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two adapters, the first promoted."""
    with open_registry() as registry:
        for name in ("old", "new"):
            registry.add(record(name, tmp_path))
        registry.promote("old")
    return tmp_path / "training" / "adapters"


def served(life: dict[str, Any]) -> str:
    """The adapter of a server's life."""
    return Path(life["arguments"][life["arguments"].index("--adapter-path") + 1]).name


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


async def test_without_a_promoted_one_the_message_says_how_to_get_one(open_on: OpenAgent) -> None:
    async with open_on(model="adapter") as manager:
        with pytest.raises(ModelNotUsable, match=r"No adapter is promoted, .*punie-ls train"):
            await manager.new()


async def test_the_promoted_one_answers(open_on: OpenAgent, lives: Path, two: Path, tmp_path: Path) -> None:
    async with open_on(model="adapter") as manager:
        session = await manager.new()
        events = await ask(session, "Hello")

    assert session.choice.name.startswith("adapter:old at 127.0.0.1:")
    assert said(events) == "Life 1."
    [life] = read(lives)
    assert life["arguments"][:4] == ["--model", str(tmp_path / "base"), "--adapter-path", str(two / "old")]
    assert session.choice.context_length == 512, "as the base's config says"


async def test_one_that_is_not_promoted_answers_by_its_name(open_on: OpenAgent, lives: Path, two: Path) -> None:
    async with open_on(model="adapter:new") as manager:
        session = await manager.new()

    assert session.choice.adapter == "new"
    assert str(two / "new") in read(lives)[0]["arguments"]


async def test_after_a_rollback_the_one_before_answers(open_on: OpenAgent, lives: Path, two: Path) -> None:
    with open_registry() as registry:
        registry.promote("new")
        registry.rollback()
    async with open_on(model="adapter") as manager:
        session = await manager.new()

    assert session.choice.adapter == "old"


@pytest.mark.parametrize("model", ["adapter", ["builtin", "adapter"]])
async def test_a_promotion_reaches_sessions_that_are_open(
    open_on: OpenAgent, lives: Path, two: Path, model: str | list[str]
) -> None:
    async with open_on(model=model) as manager:
        session = await manager.new()
        await ask(session, REQUEST)
        with open_registry() as registry:
            registry.promote("new")
        await ask(session, REQUEST)
        await session.outcome("accepted")
        ended = [life["pid"] for life in read(lives)[:-1] if not psutil.pid_exists(life["pid"])]
        with open_registry() as registry:
            registry.rollback()
        await ask(session, REQUEST)
        await session.outcome("rejected")

    assert [served(life) for life in read(lives)] == ["old", "new", "old"]
    assert len(ended) == 1, "the server that nobody asks any more has ended"
    with open_registry() as registry:
        assert registry.outcomes() == {
            "old": Outcomes(sessions=1, accepted=0, rejected=1, failed=0),
            "new": Outcomes(sessions=1, accepted=1, rejected=0, failed=0),
        }


@pytest.mark.parametrize("later", ["old", "new"])
async def test_when_nothing_is_promoted_any_more_a_session_says_so(
    open_on: OpenAgent, lives: Path, two: Path, later: str
) -> None:
    async with open_on(model="adapter") as manager:
        session = await manager.new()
        with open_registry() as registry:
            registry.rollback()
        events = await ask(session, REQUEST)
        [first] = read(lives)
        is_there = psutil.pid_exists(first["pid"])
        with open_registry() as registry:
            registry.promote(later)
        again = await ask(session, REQUEST)

    assert isinstance(events[-1], Done)
    assert events[-1].reason == "error"
    assert "No adapter is promoted" in (events[-1].message or "")
    assert not is_there, "the server that no setting means any more has ended"
    assert said(again) == "Life 2."
    assert [served(life) for life in read(lives)] == ["old", later]


async def test_a_model_that_was_chosen_is_not_taken_back(open_on: OpenAgent, lives: Path, two: Path) -> None:
    async with open_on(model="adapter") as manager:
        session = await manager.new()
        await manager.select_model("builtin")
        with open_registry() as registry:
            registry.promote("new")
        await ask(session, "Hello")

    assert session.choice.name == "builtin"
    assert [served(life) for life in read(lives)] == ["old"]


async def test_after_the_planner_a_trial_gets_its_share_too(open_on: OpenAgent, lives: Path, two: Path) -> None:
    with open_registry() as registry:
        registry.promote("new", share=50)
    async with open_on(model=["builtin", "adapter"]) as manager:
        sessions = [await manager.new() for _ in range(12)]
        shares = {has_share(session.id, 50): session for session in sessions}
        for session in shares.values():
            await ask(session, REQUEST)
            await session.outcome("accepted")

    with open_registry() as registry:
        assert {name: counted.accepted for name, counted in registry.outcomes().items()} == {"old": 1, "new": 1}


async def test_a_trial_gets_its_share_of_sessions(open_on: OpenAgent, lives: Path, two: Path) -> None:
    with open_registry() as registry:
        registry.promote("new", share=50)
    async with open_on(model="adapter") as manager:
        sessions = [await manager.new() for _ in range(12)]
        assert len(read(lives)) == 1, "the server of the trial starts when it is first asked"
        tried = next(session for session in sessions if session.choice.adapter == "new")
        events = await ask(tried, "Hello")
        for session in sessions:
            await manager.close(session.id)
        again = await manager.resume(tried.id)

    assert said(events) == "Life 2."
    assert again.choice.adapter == "new", "a session stays with its adapter"
    for session in sessions:
        assert session.choice.adapter == ("new" if has_share(session.id, 50) else "old")


async def test_a_trial_whose_files_are_gone_leaves_all_sessions_to_the_other(
    open_on: OpenAgent, lives: Path, two: Path
) -> None:
    with open_registry() as registry:
        registry.promote("new", share=99)
    (two / "new" / "adapters.safetensors").unlink()
    async with open_on(model="adapter") as manager:
        sessions = [await manager.new() for _ in range(4)]

    assert {session.choice.adapter for session in sessions} == {"old"}


async def test_what_comes_of_its_turns_is_counted(open_on: OpenAgent, two: Path) -> None:
    failing = say('```python\nread_file("missing.py")\n```')
    with ModelServer(failing, say("Hello.")) as server:
        async with open_on(model=server.spec, model_options={"short-prompt": True}) as manager:
            session = await manager.new()
            session.use(replace(session.choice, adapter="old"))
            first, second = await ask(session, "Read missing.py"), await ask(session, "Hello")
            await session.outcome("accepted")
            await session.outcome("rejected")

    assert [events[-1].reason for events in (first, second) if isinstance(events[-1], Done)] == ["error", "end_turn"]
    with open_registry() as registry:
        assert registry.outcomes() == {"old": Outcomes(sessions=1, accepted=1, rejected=1, failed=1)}


async def test_a_missing_adapter_is_named(open_on: OpenAgent, two: Path) -> None:
    async with open_on(model="adapter:none") as manager:
        with pytest.raises(ModelNotUsable, match=r"There is no adapter 'none', there are new, old; see: punie-ls"):
            await manager.new()


async def test_an_adapter_whose_files_are_gone_is_named(open_on: OpenAgent, two: Path) -> None:
    (two / "old" / "adapters.safetensors").unlink()
    async with open_on(model="adapter") as manager:
        with pytest.raises(ModelNotUsable, match="The files of the adapter old are not in"):
            await manager.new()


def test_shares_are_about_what_they_say() -> None:
    sessions = [f"session-{number}" for number in range(2000)]

    assert [sum(has_share(each, share) for each in sessions) / 20 for share in (0, 20, 50, 100)] == [
        0,
        pytest.approx(20, abs=3),
        pytest.approx(50, abs=4),
        100,
    ]
