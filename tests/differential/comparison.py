"""Compares what bare ty and bare ruff wrote with what `punie-ls` wrote in the same session."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.differential.additions import ADDITIONS, DROPPED, NONDETERMINISTIC, Exchange
from tests.differential.player import Script, Step, Transcript

Json = dict[str, Any]

SHORT = 900


@dataclass(frozen=True)
class Difference:
    """One answer that differs.

    Attributes:
        identifier: of the request.
        text: method, params and both answers.
        is_content: both are results; what ty infers is not always the same (see `additions`).
    """

    identifier: int
    text: str
    is_content: bool


class Comparison:
    """Three transcripts of one script."""

    def __init__(self, script: Script, ty: Transcript, ruff: Transcript, ours: Transcript) -> None:
        # The handshake took the first two ids.
        self._steps = dict(enumerate((step for steps in script for step in steps), start=3))
        self._bare = {"ty": ty, "ruff": ruff}
        self._ours = ours
        self.compared: Counter[str] = Counter()
        self.dropped = 0

    def differences(self) -> Iterator[Difference]:
        """Each answer that differs."""
        for identifier in self._ours.repeated:
            yield Difference(identifier, f"answered twice: {self._steps[identifier].method}", is_content=False)
        for identifier, step in self._steps.items():
            if step.notification:
                continue
            asked = {name: identifier in transcript.params for name, transcript in self._bare.items()}
            if (identifier in self._ours.params) != any(asked.values()):
                text = f"{step.method} ({identifier}) was not asked of both: an earlier answer differs"
                yield Difference(identifier, text, is_content=True)
            elif any(asked.values()):
                self.compared[step.method] += 1
                yield from self._difference(identifier, step)

    def _difference(self, identifier: int, step: Step) -> Iterator[Difference]:
        ours = self._ours.bodies[identifier]
        bare = {name: t.bodies[identifier] for name, t in self._bare.items() if identifier in t.bodies}
        if step.racing:
            self.dropped += _was_dropped(ours)
            if "error" not in _outcome(ours) or _was_dropped(ours):
                return
        if len(bare) == 1 and ours == next(iter(bare.values())):
            return
        expected, seen = self._normalised(identifier, step, bare)
        if expected == seen:
            return
        text = (
            f"{step.method} ({identifier}) {_short(self._ours.params[identifier], 300)}\n"
            f"  expected {_short(*_around(expected, seen))}\n  seen     {_short(*_around(seen, expected))}"
        )
        yield Difference(identifier, text, not any("error" in _outcome(body) for body in (ours, *bare.values())))

    def _normalised(self, identifier: int, step: Step, bare: dict[str, bytes]) -> tuple[object, object]:
        ours = self._ours.bodies[identifier]
        if step.method in ADDITIONS:
            addition = ADDITIONS[step.method]
            ty, ruff = (self._exchange(name, identifier) for name in ("ty", "ruff"))
            if addition.untouched and ours not in bare.values():
                return addition.expected(ty, ruff), f"other bytes: {ours.decode()}"
            return addition.expected(ty, ruff), addition.seen(_outcome(ours))
        (only,) = bare.values()
        if step.method in NONDETERMINISTIC:
            _, normalise = NONDETERMINISTIC[step.method]
            # The same items in another order are as long.
            lengths = (len(only), len(ours)) if only.endswith(b"]}") else (0, 0)
            return (normalise(_outcome(only)), lengths[0]), (normalise(_outcome(ours)), lengths[1])
        return only.decode(), ours.decode()

    def _exchange(self, name: str, identifier: int) -> Exchange:
        transcript = self._bare[name]
        body = transcript.bodies.get(identifier, b"{}")
        return Exchange(transcript.params.get(identifier), _outcome(body))


def _outcome(body: bytes) -> Json:
    message = json.loads(body)
    return {key: message[key] for key in ("result", "error") if key in message}


def _was_dropped(body: bytes) -> bool:
    return (_outcome(body).get("error") or {}).get("code") in DROPPED


def _around(one: object, other: object) -> tuple[object, int]:
    """`one` from a little before the place where it begins to differ."""
    first, second = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in (one, other)
    )
    same = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    start = max(0, same - SHORT // 3)
    return ("… " if start else "") + first[start:], SHORT


def _short(value: object, length: int) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else text[:length] + " …"
