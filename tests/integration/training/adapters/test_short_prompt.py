"""A trained model in real sessions: it gets the short prompt alone, its one program runs, its value is the answer."""

from __future__ import annotations

from typing import Any

from punie_agent.events import Done, EditProposed, Program
from punie_agent.fixing import fix
from punie_agent.models.small_prompt import SYSTEM
from punie_agent.requests import FixRequest
from tests.integration.training.adapters.conftest import OpenAgent, ask, said
from tests.model_server import ModelServer, say

TRAINED: dict[str, Any] = {"model_options": {"short-prompt": True}}
CHECK = 'Checking.\n```python\nresult = typecheck("app.py")\nresult.error_count\n```\n'
FIX = """```python
search = find_fixes("app.py", 1, 8, "F401")
start = checkpoint()
apply_code_action(search.fixes[0].id)
verify_edits(start)
```"""
UNUSED = FixRequest("app.py", 1, 8, "ruff", "F401", "`os` imported but unused")


async def test_it_is_asked_with_the_prompt_of_its_training(open_on: OpenAgent) -> None:
    with ModelServer(say(CHECK)) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            await ask(await manager.new(), "How many type errors are in app.py?")

    [request] = [request for request in server.requests if request.method == "POST"]
    assert request.body["messages"] == [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": "How many type errors are in app.py?"},
    ]
    assert "tools" not in request.body
    assert request.body["temperature"] == 0.0


async def test_its_program_runs_and_its_value_is_the_answer(open_on: OpenAgent) -> None:
    with ModelServer(say(CHECK)) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            events = await ask(await manager.new(), "How many type errors are in app.py?")

    [program] = [event for event in events if isinstance(event, Program)]
    assert program.code == 'result = typecheck("app.py")\nresult.error_count'
    assert said(events) == "`1`"
    assert events[-1] == Done(reason="end_turn")


async def test_words_are_the_answer_as_they_are(open_on: OpenAgent) -> None:
    with ModelServer(say("A Protocol names methods."), say("The second.")) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            session = await manager.new()
            first = await ask(session, "What is a Protocol?")
            second = await ask(session, "And?")

    assert (said(first), said(second)) == ("A Protocol names methods.", "The second.")
    asked = [request.body["messages"] for request in server.requests if request.method == "POST"]
    assert [len(messages) for messages in asked] == [2, 2], "earlier turns are not sent"


async def test_a_program_that_fails_ends_the_turn_with_its_reason(open_on: OpenAgent) -> None:
    with ModelServer(say('```python\nread_file("missing.py").text\n```')) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            events = await ask(await manager.new(), "Read missing.py")

    done = events[-1]
    assert isinstance(done, Done)
    assert done.reason == "error"
    assert done.message.startswith(f"The program of scripted at 127.0.0.1:{server.port} failed: ")
    assert "missing.py" in done.message
    assert sum(request.method == "POST" for request in server.requests) == 1, "it is not asked again"


async def test_a_program_that_ran_out_of_tokens_is_not_run(open_on: OpenAgent) -> None:
    with ModelServer(say('```python\nwrite_file("app.py", "', finish="length")) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            events = await ask(await manager.new(), "Empty app.py")

    assert not any(isinstance(event, Program) for event in events)
    done = events[-1]
    assert isinstance(done, Done)
    assert "ran out of tokens in the middle of a program" in done.message


async def test_it_drives_a_fix(open_on: OpenAgent) -> None:
    with ModelServer(say(FIX)) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            session = await manager.new()
            await session.begin()
            seen: list[Any] = []
            outcome = await fix(session, UNUSED, seen.append)

    assert [change.text for change in outcome.changes] == ["\nprint(len(3))\n"]
    assert outcome.sentence == "Fixed F401."
    assert [event.code for event in seen if isinstance(event, Program)] == [FIX[10:-4]]
    assert any(isinstance(event, EditProposed) for event in seen)


async def test_the_planner_fixes_what_its_program_does_not(open_on: OpenAgent) -> None:
    with ModelServer(say('```python\nread_file("app.py").text\n```')) as server:
        async with open_on(model=server.spec, **TRAINED) as manager:
            session = await manager.new()
            await session.begin()
            outcome = await fix(session, UNUSED)

    assert [change.text for change in outcome.changes] == ["\nprint(len(3))\n"]
    assert outcome.sentence.startswith("Fixed F401: ")
    assert session.choice.single_turn, "the model answers again afterwards"
