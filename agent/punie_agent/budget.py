"""What a turn may use: counted as it goes, and the turn ends when it is used up."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

from pydantic_ai.usage import RunUsage, UsageLimits

from punie_semantic.settings import Budget

CHECK_SECONDS = 0.25


class Meter:
    """Counts one turn's tool calls and time; the model's tokens and requests are pydantic-ai's to count.

    Args:
        budget: the limits.
        waited: seconds that the turn has waited for somebody's decision; they do not count.
    """

    def __init__(self, budget: Budget, waited: Callable[[], float] = lambda: 0.0) -> None:
        self._budget = budget
        self._waited = waited
        self._started = time.monotonic()
        self._waited_before = waited()
        self.tool_calls = 0

    @property
    def seconds(self) -> float:
        """Wall time so far, without the waiting."""
        return time.monotonic() - self._started - (self._waited() - self._waited_before)

    @property
    def exceeded(self) -> str:
        """What is used up, as a sentence; empty while the turn may go on."""
        calls, seconds = self._budget.tool_calls, self._budget.seconds
        if calls is not None and self.tool_calls > calls:
            return _sentence(f"{calls:,} tool calls", "tool-calls")
        if seconds is not None and self.seconds > seconds:
            return _sentence(f"{seconds:g} seconds", "seconds")
        return ""

    def model_limits(self) -> UsageLimits:
        """The limits that pydantic-ai holds."""
        cost = self._budget.cost
        return UsageLimits(
            request_limit=self._budget.requests,
            total_tokens_limit=self._budget.tokens,
            cost_limit=Decimal(str(cost)) if cost is not None else None,
        )


def model_sentence(budget: Budget, usage: RunUsage) -> str:
    """What of the model's limits is used up."""
    if budget.requests is not None and usage.requests >= budget.requests:
        return _sentence(f"{budget.requests:,} requests to the model", "requests")
    if budget.tokens is not None and usage.total_tokens >= budget.tokens:
        return _sentence(f"{budget.tokens:,} tokens", "tokens")
    return _sentence(f"${budget.cost or 0:g}", "cost")


def _sentence(limit: str, setting: str) -> str:
    return f"The turn has used its budget of {limit}. Ask for less at once, or raise the setting budget.{setting}."
