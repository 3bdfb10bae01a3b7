"""A model as a generator of candidates: several samples, and rounds of repair with the checker's answer."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field

from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.settings import ModelSettings

from punie_agent.exceptions import AgentError
from punie_agent.models.choice import ModelChoice
from punie_agent.suggestions.evidence import describe
from punie_agent.suggestions.region import Region, edits_of, region_of, rewritten
from punie_semantic.checking import all_unknown
from punie_semantic.diagnostics import new_in
from punie_semantic.fixing.candidate import Candidate, Kind, applied
from punie_semantic.fixing.generators.row import Generator
from punie_semantic.fixing.place import Place

logger = logging.getLogger(__name__)

SAMPLES = 3
ROUNDS = 2
SECONDS = 60.0
MOST_TOKENS = 2048
TEMPERATURES = (0.0, 0.6, 0.9)
MOST_FRESH = 5
_HIDES = re.compile(r"#\s*(?:ty|type):\s*ignore|#\s*noqa")


@dataclass
class Suggester:
    """Asks a model for fixes of one problem after the other.

    Attributes:
        choice: the model.
        samples: how many answers are asked for at once in the first round.
        rounds: how often it is told what the checker says of its best answer.
        seconds: the most time for one problem.
        requests: how many requests it has made so far.
        input_tokens: how many tokens they read.
        output_tokens: how many they wrote.
        trouble: why the last problem got no answer; empty when it got one.
    """

    choice: ModelChoice
    samples: int = SAMPLES
    rounds: int = ROUNDS
    seconds: float = SECONDS
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    trouble: str = field(default="")

    def generator(self) -> Generator:
        """The row for the search; it is asked when the cheaper ones have nothing convincing."""
        return Generator(self.choice.name, "What a model suggests", self.generate, cost=2)

    async def generate(self, place: Place) -> list[Candidate]:
        """Candidates in the order of their samples; none when the model fails, and then `trouble` says why."""
        self.trouble = ""
        found: list[Candidate] = []
        try:
            async with asyncio.timeout(self.seconds):
                await self._suggest(place, found)
        except TimeoutError:
            self.trouble = f"{self.choice.name} did not answer within {self.seconds:.0f} s"
        except AgentError as error:
            self.trouble = f"{self.choice.name}: {error}"
        except Exception as error:
            # Whatever a model client raises, the other generators' fixes stay.
            logger.warning("a model's suggestion failed", exc_info=True)
            self.trouble = f"{self.choice.name}: {type(error).__name__}: {error}"
        return found

    async def _suggest(self, place: Place, found: list[Candidate]) -> None:
        region = region_of(place)
        asked: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart(await describe(place, region))])]
        replies = await asyncio.gather(*(self._ask(asked, temperature) for temperature in self._temperatures()))
        for round_ in range(self.rounds + 1):
            fresh = [c for r in replies if (c := self._candidate(place, region, _text(r), round_)) and c not in found]
            found += fresh
            verdicts = [await _verdict(place, candidate) for candidate in fresh]
            if "" in verdicts or round_ == self.rounds:
                return
            asked = [*asked, replies[0], ModelRequest(parts=[UserPromptPart(_again(verdicts, region))])]
            replies = [await self._ask(asked, 0.3)]

    def _temperatures(self) -> tuple[float, ...]:
        return TEMPERATURES[: max(1, self.samples)]

    async def _ask(self, messages: list[ModelMessage], temperature: float) -> ModelResponse:
        settings = ModelSettings(**{**self.choice.settings, "temperature": temperature, "max_tokens": MOST_TOKENS})
        self.requests += 1
        response = await model_request(self.choice.model, messages, model_settings=settings)
        self.input_tokens += response.usage.input_tokens
        self.output_tokens += response.usage.output_tokens
        return response

    def _candidate(self, place: Place, region: Region, reply: str, round_: int) -> Candidate | None:
        text = rewritten(region, reply)
        edits = edits_of(region, text) if text is not None else ()
        if not edits:
            return None
        after = applied(place.text, edits)
        gone = len(region.text.splitlines()) - (len(after.splitlines()) - len(place.text.splitlines()))
        hides = len(_HIDES.findall(after)) > len(_HIDES.findall(place.text))
        kind: Kind = "suppress" if hides else "unsafe_fix" if gone * 2 > 3 * len(region.text.splitlines()) else "fix"
        size = sum(edit.end - edit.start + len(edit.text) for edit in edits)
        why = f"{self.choice.name} suggests it" + (f", told what the checker said {round_} times" if round_ else "")
        return Candidate(_title(place, after, self.choice.name), edits, kind, self.choice.name, _weight(size), why)


def _weight(size: int) -> float:
    """The more it rewrites, the less it is trusted."""
    return max(0.25, 0.7 - size / 1500)


def _text(response: ModelResponse) -> str:
    return "\n".join(part.content for part in response.parts if isinstance(part, TextPart))


def _title(place: Place, after: str, name: str) -> str:
    """The first line that changes, as it will be."""
    old, new = place.text.splitlines(), after.splitlines()
    at = next(
        (n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
    line = new[at].strip() if at < len(new) else ""
    shown = line if len(line) <= 60 else f"{line[:59]}…"
    return f"Line {at + 1}: {shown} ({name})" if line else f"Delete line {at + 1} ({name})"


async def _verdict(place: Place, candidate: Candidate) -> str:
    """What ty and ruff say against a candidate; empty when nothing."""
    checker = place.workspace.checker
    state = {**place.workspace.overlay.state, place.file: applied(place.text, candidate.edits)}
    before, after = await checker.both(place.file), await checker.both(place.file, state)
    if after.unknown:
        return f"it could not be checked: {all_unknown([after])}"
    fresh = new_in(after.problems, before.problems)
    if fresh:
        return "\n".join(f"- line {d.line + 1}, {d.code}: {d.message.strip()}" for d in fresh[:MOST_FRESH])
    same = [d for d in after.problems if d.kind == place.problem.kind]
    still = len(same) >= sum(d.kind == place.problem.kind for d in before.problems)
    return "- the problem is still reported" if still else ""


def _again(verdicts: list[str], region: Region) -> str:
    again = f"Give lines {region.first} to {region.last} again, mended."
    if not verdicts:
        return f"That changes nothing, or has no ```python block. {again}"
    return f"With that, the checkers say:\n{verdicts[0]}\n{again}"
