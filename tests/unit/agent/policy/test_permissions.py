"""A session's permissions: rules first, then earlier answers, then a person."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from punie_agent.events import Choice, Notice, PermissionRequested
from punie_agent.permissions import SessionPermissions, request_key
from punie_agent.policy import Policy
from punie_semantic import settings
from tests.unit.agent.policy.asking import Memory, Person, Told, permissions, until
from tests.unit.agent.policy.requests import command, mcp, run_of_tests

MAKE = replace(command("make docs"), title="Run make", detail="make docs\nin .")


@pytest.mark.parametrize(
    ("choice", "allowed"),
    [("allow_once", True), ("allow_session", True), ("reject_once", False), ("reject_session", False)],
)
async def test_a_person_decides(choice: Choice, allowed: bool) -> None:
    person, told = Person(choice), Told()

    assert await permissions(person, told).ask(MAKE) is allowed

    (question,) = told.questions
    assert person.asked == [question]
    assert (question.kind, question.title, question.detail) == ("command", "Run make", "make docs\nin .")
    assert question.choices == ["allow_once", "allow_session", "reject_once", "reject_session"]
    assert told.answers == [(allowed, "a person")]
    assert told[-1].model_dump()["id"] == question.id


async def test_a_yes_to_one_call_of_a_tool_is_none_to_a_call_that_waits() -> None:
    person, told = Person("allow_once", "allow_once", "allow_once"), Told()
    asked = permissions(person, told)

    answers = await asyncio.gather(*(asked.ask(mcp("shop", "find", detail=f"{n}")) for n in range(3)))

    assert answers == [True] * 3
    assert [question.detail for question in person.asked] == ["0", "1", "2"]


async def test_a_yes_for_the_session_is_about_the_tool_of_that_very_server() -> None:
    person, told = Person("allow_session", "allow_session", "allow_session"), Told()
    asked = permissions(person, told)

    await asyncio.gather(*(asked.ask(mcp("shop", "find", detail=f"{n}")) for n in range(3)))
    assert len(person.asked) == 1
    await asked.ask(mcp("shop", "delete"))
    await asked.ask(mcp("shop", "find", program="another-mcp"))
    assert len(person.asked) == 3


async def test_nobody_there_is_a_no() -> None:
    told = Told()

    assert not await permissions(None, told).ask(MAKE)
    assert told.answers == [(False, "nobody, because nobody can be asked")]
    assert told.questions[0].choices == []


async def test_rules_decide_before_anybody_is_asked() -> None:
    person, told = Person(), Told()
    asked = permissions(person, told, allow=["command: make *"], deny=["command: rm *"])

    assert await asked.ask(MAKE)
    assert not await asked.ask(command("rm x"))
    assert told.answers == [(True, "rule command: make *"), (False, "rule command: rm *")]
    assert person.asked == []


async def test_tests_of_a_trusted_project_run_without_a_word() -> None:
    told = Told()

    assert await permissions(None, told).ask(run_of_tests(trusted=True))
    assert told == []


async def test_the_session_remembers_exactly_the_request() -> None:
    no: list[Choice] = ["reject_once"] * 6
    person, told = Person("allow_session", "reject_session", *no), Told()
    asked = permissions(person, told)

    assert await asked.ask(MAKE)
    assert await asked.ask(MAKE)
    assert not await asked.ask(command("make clean"))
    assert not await asked.ask(command("make clean"))
    assert len(person.asked) == 2
    others = [
        command("make docs x"),
        command("make docs", folder="src"),
        command(["make docs"]),
        command("make docs", paths=("/tmp/x",)),
        replace(command("make docs"), kind="network"),
        replace(command("make docs"), program="/tmp/evil/make"),
    ]
    for other in others:
        assert not await asked.ask(other)
    assert len(person.asked) == 2 + len(others)


async def test_once_is_once() -> None:
    person = Person("allow_once", "reject_once")
    asked = permissions(person, Told())

    assert await asked.ask(MAKE)
    assert not await asked.ask(MAKE)


async def test_the_project_remembers() -> None:
    memory, person = Memory(), Person("allow_project")
    first, told = permissions(person, Told(), memory=memory), Told()

    assert await first.ask(MAKE)
    assert "allow_project" in person.asked[0].choices
    assert await permissions(None, told, memory=memory).ask(MAKE)
    assert told.answers == [(True, "an earlier answer")]
    assert not await permissions(None, Told(), memory=memory).ask(command("make clean"))
    assert not await permissions(None, Told(), memory=memory, deny=["command: make *"]).ask(MAKE)


async def test_trust_is_a_yes_to_all_tests_of_the_project() -> None:
    memory = Memory()

    assert await permissions(Person("allow_project"), Told(), memory=memory).ask(run_of_tests())
    assert await permissions(None, Told(), memory=memory).ask(replace(run_of_tests(), detail="others", tool="x"))
    assert not await permissions(None, Told(), memory=memory).ask(command("pytest"))


async def test_paths_outside_are_not_allowed_for_good() -> None:
    person = Person("allow_project")

    assert not await permissions(person, Told(), memory=Memory()).ask(command("cp a /tmp/b", paths=("/tmp/b",)))
    assert "allow_project" not in person.asked[0].choices


async def test_a_store_that_fails_takes_nothing_away() -> None:
    told = Told()
    asked = permissions(Person("allow_project"), told, memory=Memory(broken=True))

    assert await asked.ask(MAKE)
    assert await asked.ask(MAKE)
    notices = [event.text for event in told if isinstance(event, Notice)]
    assert notices == ["The answer holds for this session only: The store cannot be written."]


async def test_two_identical_questions_are_one() -> None:
    person, told = Person("allow_once", "reject_once", waits=True), Told()
    asked = permissions(person, told)
    tasks = [asyncio.create_task(asked.ask(request)) for request in (MAKE, MAKE, command("make clean"), MAKE)]
    await until(person.asked, 2)

    person.go.set()

    assert await asyncio.gather(*tasks) == [True, True, False, True]
    assert len(told.questions) == len(told.answers) == 2


async def test_a_cancelled_turn_takes_its_question_back() -> None:
    person, told = Person(waits=True), Told()
    asked = permissions(person, told)
    task = asyncio.create_task(asked.ask(MAKE))
    await until(person.asked)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert person.taken_back == 1
    assert told.answers == [(False, "nobody, because the question was taken back")]


async def test_a_question_stays_while_somebody_waits_for_it() -> None:
    person = Person("allow_once", waits=True)
    asked = permissions(person, Told())
    gone, stays = (asyncio.create_task(asked.ask(MAKE)) for _ in range(2))
    await until(person.asked)
    await asyncio.sleep(0)

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    person.go.set()

    assert await stays
    assert person.taken_back == 0


async def test_who_asks_after_a_question_was_taken_back_asks_anew() -> None:
    person = Person("allow_once", waits=True)
    asked = permissions(person, Told())
    first = asyncio.create_task(asked.ask(MAKE))
    await until(person.asked)

    first.cancel()
    second = asyncio.create_task(asked.ask(MAKE))
    await until(person.asked, 2)
    person.go.set()

    assert await second
    assert first.cancelled()


@pytest.mark.parametrize("fault", [RuntimeError("gone"), asyncio.CancelledError(), ConnectionError()])
async def test_a_front_end_that_fails_is_a_no(fault: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    async def fails(event: PermissionRequested) -> Choice:
        raise fault

    told = Told()
    asked = SessionPermissions(Policy(settings.Policy()), fails, told.append)

    assert not await asked.ask(MAKE)
    assert told.answers == [(False, "nobody")]


@pytest.mark.parametrize("answer", ["allow_project", "allow", "yes", "", None, True])
async def test_an_answer_that_was_not_offered_is_a_no(answer: Choice) -> None:
    told = Told()

    assert not await permissions(Person(answer), told).ask(MAKE)
    assert not await permissions(None, told).ask(MAKE)


async def test_the_time_of_asking_is_measured_once_for_all_questions() -> None:
    person = Person("allow_once", "allow_once", waits=True)
    asked = permissions(person, Told())
    assert asked.waited_seconds == 0

    tasks = [asyncio.create_task(asked.ask(request)) for request in (MAKE, command("make clean"))]
    await until(person.asked, 2)
    begin = asyncio.get_running_loop().time()
    await asyncio.sleep(0.25)
    during = asked.waited_seconds
    person.go.set()
    await asyncio.gather(*tasks)
    after = asked.waited_seconds
    await asyncio.sleep(0.05)

    assert 0.2 <= during <= after
    assert after < 2 * (asyncio.get_running_loop().time() - begin + 0.1)
    assert asked.waited_seconds == after


def test_keys_say_what_they_are_about() -> None:
    key = request_key(MAKE)

    assert key.startswith("command in .: make docs #")
    assert request_key(command(["make", "docs #x"])).rpartition(" #")[2] != key.rpartition(" #")[2]
