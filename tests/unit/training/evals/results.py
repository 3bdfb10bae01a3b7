"""Results of evaluations for tests."""

from __future__ import annotations

from typing import Any

from punie_training.evals.results import CaseResult, EvalResult


def answered(key: str, *, right: bool = True, **more: Any) -> CaseResult:
    """One answer, right or wrong in every way."""
    content: dict[str, Any] = {
        "id": key,
        "category": "single_tool",
        "query": f"Do {key}",
        "expected": "typecheck",
        "called": "typecheck" if right else "ruff_check",
        "answer": "```python\ntypecheck()\n```",
        **dict.fromkeys(("valid", "tool", "args", "execution", "exact"), right),
        "credit": 1.0 if right else 0.0,
    }
    return CaseResult(**{**content, **more})


def evaluation(*cases: CaseResult, model: str = "one", suite_hash: str = "abc") -> EvalResult:
    """An evaluation with these answers."""
    return EvalResult(model=model, suite="core", suite_hash=suite_hash, cases=cases)
