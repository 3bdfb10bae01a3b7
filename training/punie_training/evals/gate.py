"""The gate: a ladder of cheap trials that a model climbs before anybody trains it; it stops at the first failure.

Knows the order and the costs; `gate_steps` knows what is tried.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from punie_training.exceptions import TrainingError


@dataclass(frozen=True)
class GateOptions:
    """What the gate asks for.

    Attributes:
        dataset: what the small LoRA trains on; None takes the cases of core-40.
        threshold: the tool accuracy that core-20 must reach; None makes a note of it, as a base is to be trained.
        tokens_per_second: the least median speed of an answer.
        first_token_seconds: the longest median wait for a first token.
        iterations: of the small LoRA.
    """

    dataset: Path | None = None
    threshold: float | None = None
    tokens_per_second: float = 5.0
    first_token_seconds: float = 10.0
    iterations: int = 8


@dataclass
class Trial:
    """What the steps share.

    Attributes:
        model: the folder.
        options: what is asked for.
        stack: closed when a step needs the memory, or at the end.
        answerer: the served model, once it is.
    """

    model: Path
    options: GateOptions
    stack: AsyncExitStack
    answerer: Any = None


@dataclass(frozen=True)
class Finding:
    """What a step found.

    Attributes:
        passed: whether the next step is worth its cost.
        text: a sentence for people.
        figures: what was measured.
    """

    passed: bool
    text: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A step of the ladder: its name, what it tries, and the trial itself."""

    name: str
    tries: str
    trial: Callable[[Trial], Awaitable[Finding]]


@dataclass(frozen=True)
class Climbed:
    """A step that was tried, and what it cost in seconds."""

    name: str
    tries: str
    passed: bool
    text: str
    seconds: float
    figures: Mapping[str, float]


@dataclass(frozen=True)
class GateResult:
    """How far a model came.

    Attributes:
        model: what was tried.
        steps: those that were tried, in order.
        left: names of those that were not, as one before them failed.
    """

    model: str
    steps: tuple[Climbed, ...]
    left: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether it came to the top."""
        return not self.left and all(step.passed for step in self.steps)

    @property
    def verdict(self) -> str:
        """One sentence."""
        spent = sum(step.seconds for step in self.steps)
        if self.passed:
            return f"{self.model} is worth training: it passed all {len(self.steps)} steps in {spent:.0f} s."
        failed = self.steps[-1]
        saved = f" Not tried, and not paid for: {', '.join(self.left)}." if self.left else ""
        return f"{self.model} fails at the step {failed.name}, after {spent:.0f} s: {failed.text}{saved}"

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {**asdict(self), "passed": self.passed, "verdict": self.verdict}


async def climb(
    model: Path,
    options: GateOptions,
    on_step: Callable[[Climbed], None] = lambda step: None,
    *,
    steps: Sequence[Step] | None = None,
) -> GateResult:
    """Try a model step by step, the cheapest first, and stop at the first failure.

    Args:
        model: its folder.
        options: what is asked for.
        on_step: called after each step.
        steps: the ladder; the usual one by default.
    """
    if steps is None:
        from punie_training.evals.gate_steps import LADDER

        steps = LADDER
    climbed: list[Climbed] = []
    async with AsyncExitStack() as stack:
        trial = Trial(model, options, stack)
        for step in steps:
            climbed.append(await _try(step, trial))
            on_step(climbed[-1])
            if not climbed[-1].passed:
                break
    left = tuple(step.name for step in steps[len(climbed) :])
    return GateResult(str(model), tuple(climbed), left)


async def _try(step: Step, trial: Trial) -> Climbed:
    began = time.monotonic()
    try:
        found = await step.trial(trial)
    except TrainingError as error:
        found = Finding(False, str(error))
    return Climbed(step.name, step.tries, found.passed, found.text, time.monotonic() - began, dict(found.figures))
