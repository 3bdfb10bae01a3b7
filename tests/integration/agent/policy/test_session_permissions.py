"""A session's permissions with real tools, and answers that are kept in the sessions' store."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from punie_agent.events import Choice, Event, PermissionAnswered, PermissionRequested
from punie_agent.permissions import SessionPermissions, StoredAnswers
from punie_agent.policy import Policy
from punie_agent.store import SessionStore
from punie_semantic.exceptions import ExecutionNotAllowed
from punie_semantic.registry import TOOLS
from punie_semantic.settings import Layer, layer_of
from punie_semantic.workspace import Workspace
from tests.integration.semantic.projects import write_project
from tests.unit.agent.policy.asking import Person, Told


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return write_project(tmp_path / "project", {"test_a.py": "def test_a(): pass\n"})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SessionStore]:
    store = SessionStore(f"sqlite:///{tmp_path / 'sessions.db'}")
    yield store
    await store.close()


def permissions(
    workspace: Workspace, person: Person | None, told: list[Event], store: SessionStore | None = None
) -> SessionPermissions:
    remembered = StoredAnswers(store, workspace.root) if store is not None else None
    return SessionPermissions(Policy.of(workspace.settings.policy), person, told.append, remembered=remembered)


async def test_a_person_allows_tests_and_a_command(root: Path) -> None:
    person, told = Person("allow_session", "allow_once", "reject_once"), Told()
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        workspace.permissions = permissions(workspace, person, told)

        first = await TOOLS["pytest_run"].call(workspace)
        again = await TOOLS["pytest_collect"].call(workspace)
        done = await TOOLS["run_command"].call(workspace, argv=["true"])
        with pytest.raises(ExecutionNotAllowed, match="`true` was not run: nobody allowed it"):
            await TOOLS["run_command"].call(workspace, argv=["true"])

    assert (first.passed, again.total, done.exit_code) == (1, 1, 0)
    assert [event.title for event in person.asked] == ["Run tests", "Run true", "Run true"]
    assert [by for _, by in told.answers] == ["a person", "an earlier answer", "a person", "a person"]
    assert [type(event) for event in told[:2]] == [PermissionRequested, PermissionAnswered]


async def test_the_settings_decide(root: Path) -> None:
    told = Told()
    layers = [layer_of("the editor", {"policy": {"allow": ["tests", "command: true"], "deny": ["command: false"]}})]
    async with Workspace.open(root, interpreter=sys.prefix, layers=layers) as workspace:
        workspace.permissions = permissions(workspace, None, told)

        assert (await TOOLS["pytest_run"].call(workspace)).passed == 1
        assert (await TOOLS["run_command"].call(workspace, argv=["true"])).exit_code == 0
        for argv in (["false"], ["echo"]):
            with pytest.raises(ExecutionNotAllowed):
                await TOOLS["run_command"].call(workspace, argv=argv)

    assert [by.partition(",")[0] for _, by in told.answers] == [
        "rule tests",
        "rule command: true",
        "rule command: false",
        "nobody",
    ]


async def test_a_trusted_project_is_not_asked_about(root: Path) -> None:
    told = Told()
    async with Workspace.open(root, trusted=True, interpreter=sys.prefix) as workspace:
        workspace.permissions = permissions(workspace, None, told)

        assert (await TOOLS["pytest_run"].call(workspace)).passed == 1

    assert told == []


@pytest.mark.parametrize("choice", ["allow_project", "allow_session"])
async def test_the_project_s_answer_is_kept_in_the_store(root: Path, store: SessionStore, choice: Choice) -> None:
    person, told = Person(choice, choice, "reject_once", "reject_once"), Told()
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9" + "J0k1L2m3N4o5P6q7R8"
    argv = ["echo", f"token={secret}"]
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        for _ in range(2):  # another session
            workspace.permissions = permissions(workspace, person, told, store)
            if len(person.asked) < 2 or choice == "allow_project":
                await TOOLS["pytest_run"].call(workspace)
                await TOOLS["run_command"].call(workspace, argv=argv)
        workspace.permissions = permissions(workspace, person, told, store)
        with pytest.raises(ExecutionNotAllowed):
            await TOOLS["run_command"].call(workspace, argv=[*argv, "more"])

    assert len(person.asked) == 3
    kept = await store.remembered(root)
    assert len(kept) == (2 if choice == "allow_project" else 0)
    assert secret not in str(kept)


async def test_a_forgotten_answer_is_asked_again(root: Path, store: SessionStore) -> None:
    person = Person("allow_project", "reject_once")
    async with Workspace.open(root, interpreter=sys.prefix) as workspace:
        workspace.permissions = permissions(workspace, person, Told(), store)
        await TOOLS["run_command"].call(workspace, argv=["true"])

        await store.forget(root)
        workspace.permissions = permissions(workspace, person, Told(), store)
        with pytest.raises(ExecutionNotAllowed):
            await TOOLS["run_command"].call(workspace, argv=["true"])


async def test_a_sandbox_that_must_be_there_is_said_before_anybody_is_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("punie_semantic.bubblewrap.find", lambda: None)
    person = Person()
    layers = [Layer("test", {"sandbox_commands": "always"})]
    async with Workspace.open(root, interpreter=sys.prefix, layers=layers) as workspace:
        workspace.permissions = permissions(workspace, person, Told())
        for tool, arguments in (("pytest_run", {}), ("run_command", {"argv": ["true"]})):
            with pytest.raises(Exception, match="sandbox-commands is always"):
                await TOOLS[tool].call(workspace, **arguments)

    assert person.asked == []
