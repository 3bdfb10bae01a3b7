"""A model whose answers stand in a file, for trying suites out and for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from punie_training.evals.answering import Answer
from punie_training.exceptions import EvaluationError, MissingExtra

try:
    import yaml
except ImportError as error:
    raise MissingExtra("pyyaml") from error


@dataclass(frozen=True)
class ScriptedAnswerer:
    """Answers what its file says; queries that are not in it get the answer of `*`, else none at all."""

    name: str
    answers: Mapping[str, str]

    async def answer(self, query: str, *, temperature: float, seed: int) -> Answer:
        """The file's answer."""
        return Answer(self.answers.get(query, self.answers.get("*", "")))


def read_script(file: Path) -> ScriptedAnswerer:
    """Read a file of answers: YAML or JSON, an object from each query to its answer.

    Raises:
        EvaluationError: the file is missing or not such an object.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise EvaluationError(f"The answers in {file} cannot be read: {' '.join(str(error).split())}.") from error
    if not isinstance(content, dict) or not all(isinstance(t, str) for pair in content.items() for t in pair):
        raise EvaluationError(f"{file} must be an object that gives for each query the answer as text.")
    return ScriptedAnswerer(f"scripted:{file.name}", content)
