"""Evaluating models: suites as data, answers scored by AST and by execution, reports, comparison and the gate.

Names load on first use: pydantic-evals takes a while to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from punie_training.evals.answering import Answer, Answerer, open_answerer
    from punie_training.evals.comparing import Comparison, compare
    from punie_training.evals.evaluating import EvalOptions, evaluate
    from punie_training.evals.report import write_report
    from punie_training.evals.results import CaseResult, EvalResult, load_result
    from punie_training.evals.suite import Case, Suite, load_suite, suite_of

_PLACES = {
    "Answer": "answering",
    "Answerer": "answering",
    "open_answerer": "answering",
    "Comparison": "comparing",
    "compare": "comparing",
    "EvalOptions": "evaluating",
    "evaluate": "evaluating",
    "write_report": "report",
    "CaseResult": "results",
    "EvalResult": "results",
    "load_result": "results",
    "Case": "suite",
    "Suite": "suite",
    "load_suite": "suite",
    "suite_of": "suite",
}

__all__ = [
    "Answer",
    "Answerer",
    "Case",
    "CaseResult",
    "Comparison",
    "EvalOptions",
    "EvalResult",
    "Suite",
    "compare",
    "evaluate",
    "load_result",
    "load_suite",
    "open_answerer",
    "suite_of",
    "write_report",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
