"""What a problem is recognised by from one run to the next, though its line moves: for GitLab's and SARIF's reports."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from punie_agent.fix_runs import ProblemOutcome

_LINE_NUMBER = re.compile(r"\blines? \d+")


def fingerprints(outcomes: Iterable[ProblemOutcome]) -> list[str]:
    """One for each, all different: of file, tool, code, message and the line's text, and of how-manieth it is."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for outcome in outcomes:
        problem = outcome.problem
        message = _LINE_NUMBER.sub("line", problem.message)
        key = (problem.file, problem.tool, problem.code, message, outcome.source)
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        found.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest())
    return found
