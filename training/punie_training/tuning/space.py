"""What a study may change, and within which limits. Knows no models."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from punie_training.exceptions import RunError

if TYPE_CHECKING:
    from optuna import Trial

Kind = Literal["train", "inference"]
Value = int | float | str

_ATTENTION = tuple(f"self_attn.{name}_proj" for name in "qkvo")
_MLP = tuple(f"mlp.{name}_proj" for name in ("gate", "up", "down"))

# Sets of modules by the name under which a study chooses them; none means all linear modules.
KEYS: Mapping[str, tuple[str, ...]] = {
    "attention": _ATTENTION,
    "mlp": _MLP,
    "linear": (),
    "linear+embeddings": (*_ATTENTION, *_MLP, "model.embed_tokens"),
}
MOST_GRID_POINTS = 1000
_STEPS = 3


@dataclass(frozen=True)
class Parameter:
    """One thing that a study changes: a range from `low` to `high`, or one of `choices`.

    Args:
        whole: only whole numbers.
        log: steps are factors, not differences.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    log: bool = False
    choices: tuple[Value, ...] = ()

    def suggest(self, trial: Trial) -> Value:
        """The value that a trial should take."""
        if self.choices:
            choice: Any = trial.suggest_categorical(self.name, list(self.choices))
            return choice
        if self.whole:
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)

    def steps(self) -> list[Value]:
        """The values for a grid: all choices, or three between the limits."""
        if self.choices:
            return list(self.choices)
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        points = [low + (high - low) * step / (_STEPS - 1) for step in range(_STEPS)]
        values = [math.exp(point) if self.log else point for point in points]
        exact = [self.low, *values[1:-1], self.high]
        return list(dict.fromkeys(round(value) if self.whole else value for value in exact))

    def plain(self) -> str:
        """As `--param` takes it."""
        if self.choices:
            return f"{self.name}={','.join(map(str, self.choices))}"
        ends = ":".join(f"{int(v) if self.whole else v:g}" for v in (self.low, self.high))
        return f"{self.name}={ends}{':log' if self.log else ''}"


TRAIN: Mapping[str, Parameter] = {
    "learning_rate": Parameter("learning_rate", 1e-5, 1e-3, log=True),
    "rank": Parameter("rank", choices=(4, 8, 16, 32)),
    "keys": Parameter("keys", choices=("attention", "linear")),
    "iters": Parameter("iters", 100, 600, whole=True, log=True),
    "batch_size": Parameter("batch_size", choices=(1, 2, 4, 8)),
    "scale": Parameter("scale", 1.0, 40.0, log=True),
    "dropout": Parameter("dropout", 0.0, 0.2),
    "num_layers": Parameter("num_layers", 4, 16, whole=True),
    "grad_accumulation": Parameter("grad_accumulation", choices=(1, 2, 4)),
}
INFERENCE: Mapping[str, Parameter] = {
    "temperature": Parameter("temperature", 0.0, 1.0),
    "top_p": Parameter("top_p", 0.5, 1.0),
    "repetition_penalty": Parameter("repetition_penalty", 1.0, 1.3),
    "kv_bits": Parameter("kv_bits", choices=(16, 8, 4)),
    "draft_tokens": Parameter("draft_tokens", 1, 8, whole=True),
}
# What a study changes when nothing is said.
USUAL: Mapping[Kind, tuple[str, ...]] = {
    "train": ("learning_rate", "rank", "keys", "iters", "batch_size"),
    "inference": ("temperature", "top_p", "repetition_penalty"),
}
# What the value of a parameter may not exceed, whatever is asked for.
_LIMITS: Mapping[str, tuple[float, float]] = {
    "learning_rate": (1e-9, 10.0),
    "rank": (1, 1024),
    "iters": (1, 1_000_000),
    "batch_size": (1, 1024),
    "scale": (1e-6, 1000.0),
    "dropout": (0.0, 0.99),
    "num_layers": (1, 1000),
    "grad_accumulation": (1, 1024),
    "temperature": (0.0, 5.0),
    "top_p": (0.01, 1.0),
    "repetition_penalty": (0.5, 3.0),
    "kv_bits": (2, 16),
    "draft_tokens": (1, 64),
}


def space_of(kind: Kind, texts: Iterable[str] = ()) -> tuple[Parameter, ...]:
    """The space of a study.

    Args:
        kind: what is tuned.
        texts: `NAME` for its usual range, `NAME=LOW:HIGH`, `NAME=LOW:HIGH:log`, or `NAME=A,B,C`; the usual ones when
            there are none.

    Raises:
        RunError: a name or a value cannot be; says which.
    """
    known = TRAIN if kind == "train" else INFERENCE
    found: dict[str, Parameter] = {}
    for text in texts or USUAL[kind]:
        name, equals, given = text.partition("=")
        name = name.strip().replace("-", "_")
        if name not in known:
            raise RunError(f"{name!r} cannot be tuned for {kind}: there are {', '.join(known)}.")
        found[name] = _parsed(known[name], given.strip()) if equals else known[name]
    return tuple(found.values())


def grid(space: Iterable[Parameter]) -> list[dict[str, Value]]:
    """All points of a grid. Raises RunError when there are more than 1000."""
    axes = [(parameter.name, parameter.steps()) for parameter in space]
    if math.prod(len(values) for _, values in axes) > MOST_GRID_POINTS:
        raise RunError(
            f"The grid has more than {MOST_GRID_POINTS} points: tune fewer parameters, or take --sampler tpe."
        )
    names = [name for name, _ in axes]
    return [dict(zip(names, point, strict=True)) for point in itertools.product(*(values for _, values in axes))]


def _parsed(usual: Parameter, text: str) -> Parameter:
    if ":" in text:
        return _range(usual, text)
    choices = tuple(_value(usual, part.strip()) for part in text.split(","))
    return Parameter(usual.name, choices=tuple(dict.fromkeys(choices)))


def _range(usual: Parameter, text: str) -> Parameter:
    low, high, *rest = text.split(":")
    if usual.name == "keys" or not high.strip():
        raise RunError(f"{usual.name}={text} is no range: write {usual.name}=LOW:HIGH, or {usual.name}=A,B,C.")
    ends = [_value(usual, part.strip()) for part in (low, high)]
    if rest not in ([], ["log"]) or any(isinstance(end, str) for end in ends):
        raise RunError(f"{usual.name}={text} is no range: write {usual.name}=LOW:HIGH or {usual.name}=LOW:HIGH:log.")
    first, last = float(ends[0]), float(ends[1])
    if first >= last or (rest and first <= 0):
        raise RunError(f"{usual.name}={text} is no range: it must rise, and with `log` begin above 0.")
    whole = isinstance(ends[0], int) and isinstance(ends[1], int) and _whole(usual)
    return Parameter(usual.name, first, last, whole=whole, log=bool(rest))


def _value(usual: Parameter, text: str) -> Value:
    if usual.name == "keys":
        if text not in KEYS:
            raise RunError(f"keys={text} is no set of modules: there are {', '.join(KEYS)}.")
        return text
    try:
        number: Any = int(text) if _whole(usual) else float(text)
    except ValueError:
        kind = "whole number" if _whole(usual) else "number"
        raise RunError(f"{usual.name}={text}: {text!r} is no {kind}.") from None
    low, high = _LIMITS[usual.name]
    if not low <= number <= high:
        raise RunError(f"{usual.name}={text} is outside of {low:g} to {high:g}.")
    return number


def _whole(usual: Parameter) -> bool:
    return usual.whole or bool(usual.choices and isinstance(usual.choices[0], int))
