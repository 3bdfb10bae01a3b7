"""The stages that change weights: LoRA, and the fused model where it is wanted."""

from __future__ import annotations

import math
import time
from dataclasses import asdict

from punie_training.mlx.job import Event, LoraJob, LoraResult, Note, TrainPoint, ValidPoint
from punie_training.runs.machine import Result
from punie_training.runs.state import RunState
from punie_training.runs.work import Work


async def learn(work: Work, state: RunState) -> Result:
    """Run LoRA, from its last checkpoint where there is one. A run that diverges ends the stage, and is refused later.

    Raises:
        RunError: the process failed; the message says why.
    """
    from punie_training.mlx.lora import run_lora

    plan = work.plan
    job = LoraJob(
        base=plan.base,
        data=work.folder.chats,
        adapter=work.folder.adapter,
        config=work.config,
        seed=plan.seed,
        resume=True,
        hosts=plan.hosts,
    )
    result = await run_lora(job, _Told(work))
    work.folder.write_json("losses.json", [_point(point) for point in result.points])
    return {
        "diverged": result.diverged,
        "stopped_early": result.stopped_early,
        "best_valid": result.best_valid,
        "seconds": result.seconds,
        "notes": list(result.notes),
        "summary": _summary(result),
    }


async def fuse_candidate(work: Work, state: RunState) -> Result:
    """Fuse the adapter into its base, when the user wants that and there is an adapter."""
    if not work.plan.fuse:
        return {"summary": "not wanted"}
    if state.result("lora").get("diverged"):
        return {"summary": "left out: the training diverged"}
    if not (work.folder.fused / "config.json").is_file():
        from punie_training.mlx.fusing import fuse

        await fuse(work.plan.base, work.folder.adapter, work.folder.fused)
    return {"folder": str(work.folder.fused), "summary": str(work.folder.fused)}


class _Told:
    """Passes on how LoRA comes along."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._total = work.config.iters
        self._began: tuple[float, int] | None = None
        self._valid = math.nan

    def __call__(self, event: Event) -> None:
        match event:
            case TrainPoint():
                self._work.progress("lora", event.iteration, self._total, "train", **self._figures(event))
            case ValidPoint():
                self._valid = event.loss
                self._work.progress("lora", event.iteration, self._total, "valid", valid=event.loss)
            case Note():
                self._work.say("lora", event.text)
            case _:
                pass

    def _figures(self, event: TrainPoint) -> dict[str, float]:
        figures = {
            "loss": event.loss,
            "tokens_per_second": event.tokens_per_second,
            "peak_gb": event.peak_gb,
            "learning_rate": event.learning_rate,
        }
        if not math.isnan(self._valid):
            figures["valid"] = self._valid
        begin, first = self._began = self._began or (time.monotonic(), event.iteration)
        if event.iteration > first:
            passed = (time.monotonic() - begin) / (event.iteration - first)
            figures["seconds_left"] = passed * (self._total - event.iteration)
        return figures


def _point(point: TrainPoint | ValidPoint) -> dict[str, object]:
    kind = "train" if isinstance(point, TrainPoint) else "valid"
    return {"kind": kind, **{name: _finite(value) for name, value in asdict(point).items()}}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _summary(result: LoraResult) -> str:
    train = [point.loss for point in result.points if isinstance(point, TrainPoint)]
    if result.diverged:
        return "diverged: the loss is no number any more, or worse than guessing"
    parts = [f"loss {train[0]:.3f} to {train[-1]:.3f}"] if train else []
    if result.best_valid is not None:
        parts.append(f"best validation loss {result.best_valid:.3f}")
    if result.stopped_early:
        parts.append("stopped early")
    return ", ".join(parts) or "done"
