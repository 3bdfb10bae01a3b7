"""Whether two executed programs came to the same. Knows outcomes as plain data, and no suite."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from punie_training.execution import Outcome

# What differs between two runs of one program.
_PASSING = frozenset({"duration", "seconds", "sandboxed", "action_id"})
_TIMES = re.compile(r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds)\b|0x[0-9a-f]{6,}")
_FOLDERS = re.compile(r"/(?:tmp|var|private)/[\w./+-]*")
_NUMBERS = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")


def same(wanted: Outcome, got: Outcome, how: Literal["value", "calls", "numbers"]) -> bool:
    """Whether a program did what the reference did.

    Both must have left the same edits. Beyond that `how` says what is compared: the value (or what was printed, when
    both have no value), the results of the reference's calls, or the numbers that the user is told.
    """
    if steady(wanted.diff) != steady(got.diff):
        return False
    match how:
        case "value":
            return same_value(told(wanted), told(got))
        case "calls":
            return not _missing(wanted, got)
        case "numbers":
            return _numbers(told(wanted)) == _numbers(told(got))


def same_value(wanted: Any, got: Any) -> bool:  # noqa: ANN401 - plain data
    """Whether two values are equal but for times, identities and temporary folders."""
    return _key(wanted) == _key(got)


def told(outcome: Outcome) -> Any:  # noqa: ANN401 - plain data
    """What the user is told: the value, or what was printed when there is none."""
    if outcome.value is not None:
        return outcome.value
    return outcome.output.strip() or None


def steady(value: Any) -> Any:  # noqa: ANN401 - plain data
    """A value without what differs from run to run."""
    if isinstance(value, str):
        return _FOLDERS.sub("<folder>", _TIMES.sub("<time>", value))
    if isinstance(value, Mapping):
        return {str(key): steady(item) for key, item in value.items() if key not in _PASSING}
    if isinstance(value, list | tuple):
        return [steady(item) for item in value]
    return value


def _key(value: Any) -> str:  # noqa: ANN401 - plain data
    return json.dumps(steady(value), sort_keys=True, default=repr)


def _missing(wanted: Outcome, got: Outcome) -> Counter[str]:
    """Calls of the reference whose result the program never got."""
    return Counter(_call_keys(wanted)) - Counter(_call_keys(got))


def _call_keys(outcome: Outcome) -> Iterator[str]:
    for call in outcome.calls:
        yield f"{call.name} {_key(call.result)}"


def _numbers(value: Any) -> Counter[str]:  # noqa: ANN401 - plain data
    found: Counter[str] = Counter()
    for leaf in _leaves(steady(value)):
        if isinstance(leaf, bool):
            continue
        if isinstance(leaf, int | float):
            found[f"{leaf:g}"] += 1
        elif isinstance(leaf, str):
            found.update(f"{float(number):g}" for number in _NUMBERS.findall(leaf))
    return found


def _leaves(value: Any) -> Iterator[Any]:  # noqa: ANN401 - plain data
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
