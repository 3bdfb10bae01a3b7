"""The builtin planner as a model to be evaluated: the reference line that others are measured against."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from punie_agent.models.small_prompt import fenced
from punie_agent.planner.planning import cannot, next_step
from punie_agent.planner.recipe import Answer as PlannedAnswer
from punie_agent.planner.recipe import Program
from punie_training.evals.answering import Answer


@dataclass(frozen=True)
class BuiltinAnswerer:
    """The planner's first step for a query: a program, or its answer in words."""

    name: str = "builtin"

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        """The first step; temperature and seed change nothing."""
        began = time.monotonic()
        step = await asyncio.to_thread(next_step, query, [])
        step = step or PlannedAnswer(cannot(query))
        text = fenced(step.code) if isinstance(step, Program) else step.text
        return Answer(text, None, time.monotonic() - began)
