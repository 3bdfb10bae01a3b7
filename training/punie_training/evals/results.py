"""What an evaluation found: one entry for each case, seed and temperature, and all that is counted from them.

Plain data that is saved as JSON; knows no model and runs nothing.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from punie_training.evals.intervals import Interval, bootstrap, wilson
from punie_training.exceptions import EvaluationError

FORMAT = "punie-evaluation-1"
METRICS = ("valid", "tool", "args", "execution", "exact")
MOST_FILE_BYTES = 256 << 20


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseResult(_Model):
    """One answer and what it is worth.

    Attributes:
        id: the case's.
        expected: the tool that was to be called first, or `answer`.
        reference: a right program, or words; "" when the suite has none.
        called: the tool that was called first, `answer`, or `unreadable`.
        answer: what the model said, cut when it is long.
        first_token_seconds: from the request to its first token; None when nobody measured it.
        seconds: from the request to its end.
        tokens: how many the answer has; 0 when nobody counted.
        tool_seconds: executing it, within tools.
        own_seconds: executing it, outside of tools: type check, sandbox.
        why: what is wrong, in a sentence; "" when nothing is.
    """

    id: str
    category: str
    query: str
    expected: str
    reference: str = ""
    seed: int = 0
    temperature: float = 0.0
    called: str
    answer: str
    valid: bool
    tool: bool
    args: bool
    execution: bool
    exact: bool
    credit: float
    why: str = ""
    first_token_seconds: float | None = None
    seconds: float = 0.0
    tokens: int = 0
    tool_seconds: float = 0.0
    own_seconds: float = 0.0

    @property
    def key(self) -> tuple[str, int, float]:
        """What tells it apart within an evaluation; equal for the same question in another one."""
        return self.id, self.seed, self.temperature


class EvalResult(_Model):
    """An evaluation.

    Attributes:
        format: of the file.
        model: what was evaluated, as it was asked for.
        suite: the suite's name.
        suite_hash: results with the same hash can be compared.
        complete: false when the model was lost in the middle; the cases are those that were answered.
        settings: seeds, temperatures, prompt, most tokens.
        versions: of Punie and what it used.
        started: seconds since the epoch.
        seconds: the whole of it, waiting for the server's start too.
    """

    format: Literal["punie-evaluation-1"] = FORMAT
    model: str
    suite: str
    suite_hash: str
    complete: bool = True
    settings: dict[str, Any] = {}
    versions: dict[str, str] = {}
    started: float = 0.0
    seconds: float = 0.0
    cases: tuple[CaseResult, ...]

    @property
    def summary(self) -> dict[str, float]:
        """The share of answers, from 0 to 1, that are good by each measure, and the mean of the partial credit."""
        return _shares(self.cases)

    @property
    def by_category(self) -> dict[str, dict[str, float]]:
        """The summary of each category, with the number of its answers as `count`."""
        return self._grouped(lambda case: case.category)

    @property
    def by_temperature(self) -> dict[str, dict[str, float]]:
        """The summary at each temperature."""
        return self._grouped(lambda case: f"{case.temperature:g}")

    def interval(self, metric: str) -> Interval:
        """How sure a share is: Wilson's for one answer to each case, else a bootstrap over cases."""
        groups: dict[str, list[float]] = defaultdict(list)
        for case in self.cases:
            groups[case.id].append(float(getattr(case, metric)))
        if metric in METRICS and all(len(group) == 1 for group in groups.values()):
            return wilson(sum(bool(group[0]) for group in groups.values()), len(groups))
        return bootstrap(list(groups.values()))

    @property
    def confusion(self) -> dict[str, Counter[str]]:
        """For each expected tool, how often which was called."""
        rows: dict[str, Counter[str]] = defaultdict(Counter)
        for case in self.cases:
            # Where several tools are right, a right one counts as the expected one.
            rows[case.expected][case.expected if case.tool else case.called] += 1
        return dict(sorted(rows.items()))

    @property
    def latency(self) -> dict[str, float]:
        """Medians: seconds to the first token, of the answer, in tools and of ours; tokens of an answer and a second.

        What nobody measured is left out.
        """
        first = [case.first_token_seconds for case in self.cases if case.first_token_seconds is not None]
        speed = [case.tokens / case.seconds for case in self.cases if case.tokens and case.seconds > 0]
        measured = {
            "first_token_seconds": first,
            "answer_seconds": [case.seconds for case in self.cases],
            "tokens_per_second": speed,
            "tokens": [case.tokens for case in self.cases if case.tokens],
            "tool_seconds": [case.tool_seconds for case in self.cases if case.tool_seconds],
            "own_seconds": [case.own_seconds for case in self.cases if case.own_seconds],
        }
        return {name: float(statistics.median(values)) for name, values in measured.items() if values}

    @property
    def failures(self) -> list[CaseResult]:
        """Answers with less than full credit, the worst first."""
        return sorted((case for case in self.cases if case.credit < 1), key=lambda case: (case.credit, case.id))

    def save(self, path: Path) -> None:
        """Write it as JSON, whole or not at all. Raises EvaluationError when it cannot be written."""
        partial = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            partial.replace(path)
        except OSError as error:
            raise EvaluationError(f"The results cannot be written to {path}: {error.strerror}.") from error

    def as_json(self) -> dict[str, Any]:
        """All of it with the figures, for files and for programs."""
        figures = {
            "summary": self.summary,
            "intervals": {m: [self.interval(m).low, self.interval(m).high, self.interval(m).method] for m in METRICS},
            "by_category": self.by_category,
            "latency": self.latency,
        }
        return {**self.model_dump(mode="json", exclude={"cases"}), "figures": figures, "cases": self._plain_cases()}

    def _plain_cases(self) -> list[dict[str, Any]]:
        return [case.model_dump(mode="json") for case in self.cases]

    def _grouped(self, group: Callable[[CaseResult], str]) -> dict[str, dict[str, float]]:
        found: dict[str, list[CaseResult]] = defaultdict(list)
        for case in self.cases:
            found[group(case)].append(case)
        return {name: {**_shares(cases), "count": len(cases)} for name, cases in sorted(found.items())}


def load_result(path: Path) -> EvalResult:
    """Read saved results.

    Raises:
        EvaluationError: the file is missing, or holds something else.
    """
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise EvaluationError(f"{path} is larger than {MOST_FILE_BYTES >> 20} MB, which no results are.")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read: {error.strerror}. Pass a file of eval --save.") from error
    except ValueError as error:
        raise EvaluationError(f"{path} is not JSON: {error}. Pass a file of eval --save.") from error
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise EvaluationError(
            f"{path} holds no results of this version (format {found!r}, not {FORMAT!r}). Evaluate the model again."
        )
    content.pop("figures", None)
    try:
        return EvalResult.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise EvaluationError(f"{path} is damaged at {where}: {first['msg']}. Evaluate the model again.") from error


def _shares(cases: Iterable[CaseResult]) -> dict[str, float]:
    every = list(cases)
    if not every:
        return dict.fromkeys((*METRICS, "credit"), 0.0)
    counted = {metric: sum(bool(getattr(case, metric)) for case in every) / len(every) for metric in METRICS}
    return {**counted, "credit": sum(case.credit for case in every) / len(every)}
