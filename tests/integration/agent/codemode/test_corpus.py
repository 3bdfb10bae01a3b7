"""Programs as models write them: nine of ten run, the others are told why not before anything runs."""

from __future__ import annotations

import pytest

from punie_agent.codemode.runner import CodeRunner
from punie_agent.codemode.tools import tool_caller
from punie_agent.codemode.values import to_plain
from punie_agent.events import Event
from punie_agent.exceptions import ProgramError
from punie_semantic.workspace import Workspace
from tests.integration.agent.codemode.corpus import SAMPLES, Sample

RUNS = [sample for sample in SAMPLES if not sample.refusal]
REFUSED = [sample for sample in SAMPLES if sample.refusal]


def test_nine_of_ten_run() -> None:
    assert (len(RUNS), len(SAMPLES)) == (52, 58)


@pytest.mark.parametrize("sample", RUNS, ids=lambda sample: sample.name)
async def test_it_gives_what_python_would_give(runner: CodeRunner, shop: Workspace, sample: Sample) -> None:
    done = await runner.run(sample.code, tool_caller(shop, lambda event: None))

    assert to_plain(done.value) == sample.value


@pytest.mark.parametrize("sample", REFUSED, ids=lambda sample: sample.name)
async def test_it_is_refused_before_it_runs(runner: CodeRunner, shop: Workspace, sample: Sample) -> None:
    events: list[Event] = []

    with pytest.raises(ProgramError) as refused:
        await runner.run(f"list_files()\n{sample.code}", tool_caller(shop, events.append))

    assert sample.refusal in str(refused.value)
    assert events == []
