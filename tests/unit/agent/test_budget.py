"""What a turn may use, and the sentence when it is used up."""

from __future__ import annotations

import pytest
from pydantic_ai.usage import RunUsage

from punie_agent.budget import Meter, model_sentence
from punie_semantic.settings import Budget


def test_tool_calls_are_counted_up_to_the_limit() -> None:
    meter = Meter(Budget(tool_calls=2))
    meter.tool_calls = 2
    assert meter.exceeded == ""

    meter.tool_calls = 3
    assert meter.exceeded == (
        "The turn has used its budget of 2 tool calls. Ask for less at once, or raise the setting budget.tool-calls."
    )


def test_time_without_the_waiting_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waited = [100.0], [50.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    meter = Meter(Budget(seconds=10), lambda: waited[0])

    now[0], waited[0] = 170.0, 115.0
    assert (meter.seconds, meter.exceeded) == (5.0, "")

    now[0] = 176.0
    assert "10 seconds" in meter.exceeded


def test_none_is_no_limit() -> None:
    meter = Meter(Budget(tokens=None, requests=None, cost=None, tool_calls=None, seconds=None))
    meter.tool_calls = 10**9

    assert meter.exceeded == ""
    limits = meter.model_limits()
    assert (limits.request_limit, limits.total_tokens_limit, limits.cost_limit) == (None, None, None)


@pytest.mark.parametrize(
    ("usage", "limit"),
    [
        (RunUsage(requests=5, input_tokens=10), "5 requests to the model"),
        (RunUsage(requests=1, input_tokens=1000), "1,000 tokens"),
        (RunUsage(requests=1, input_tokens=10), "$0.5"),
    ],
    ids=["requests", "tokens", "cost"],
)
def test_which_of_the_model_s_limits_is_used_up(usage: RunUsage, limit: str) -> None:
    assert f"its budget of {limit}." in model_sentence(Budget(requests=5, tokens=1000, cost=0.5), usage)
