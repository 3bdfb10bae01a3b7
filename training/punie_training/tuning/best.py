"""The best trial of a study, as a file that can be used: settings for `train --config`, or options of a model.

Must not know how trials are run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_training.exceptions import RunError
from punie_training.mlx.config import LoraConfig
from punie_training.tuning.space import Value
from punie_training.tuning.studies import described
from punie_training.tuning.training_trials import config_with

if TYPE_CHECKING:
    from optuna import Study


@dataclass(frozen=True)
class Best:
    """The best trial: its number, its values, what they are worth, and what was noted beside it."""

    number: int
    values: dict[str, Value]
    value: float
    notes: dict[str, Any]


def best_of(study: Study) -> Best | None:
    """The best trial that is complete; None when there is none yet."""
    from optuna.trial import TrialState

    if not study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
        return None
    trial = study.best_trial
    return Best(trial.number, dict(trial.params), study.best_value, dict(trial.user_attrs))


def write_train_config(study: Study, config: LoraConfig, path: Path) -> Path:
    """Write the best trial's settings as `train --config` takes them.

    Args:
        study: of training.
        config: the settings that were not tuned.
        path: where to, ending in .yaml or .json.

    Raises:
        RunError: no trial is complete yet.
    """
    config_with(config, _best(study).values).save(path)
    return path


def write_model_options(study: Study, path: Path, *, model: str, adapter: str = "", draft: str = "") -> Path:
    """Write the best trial's options as settings of Punie: a table `[adapters.NAME]`, and `[model-options]`.

    Args:
        study: of inference.
        path: where to.
        model: the model's folder.
        adapter: its adapter's folder.
        draft: the draft model's folder.

    Raises:
        RunError: no trial is complete yet.
    """
    best = _best(study)
    values = best.values
    about = described(study)
    lines = [
        f"# The best of the study {study.study_name}: {_goal(about)} {best.value:.4g}, in trial {best.number}.",
        f"[adapters.{_quoted(study.study_name)}]",
        f"model = {_quoted(model)}",
        *([f"adapter-path = {_quoted(adapter)}"] if adapter else []),
        *([f"draft-model = {_quoted(draft)}"] if draft else []),
        *([f"num-draft-tokens = {values['draft_tokens']}"] if draft and "draft_tokens" in values else []),
        *([f"kv-bits = {values['kv_bits']}"] if int(values.get("kv_bits", 16)) < 16 else []),
        *([f"temperature = {_number(values['temperature'])}"] if "temperature" in values else []),
        "",
        "[model-options]",
        *([f"temperature = {_number(values['temperature'])}"] if "temperature" in values else []),
        *([f"top-p = {_number(values['top_p'])}"] if "top_p" in values else []),
    ]
    if "repetition_penalty" in values:
        lines.append(f"# repetition_penalty = {_number(values['repetition_penalty'])}: only in requests of your own")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _best(study: Study) -> Best:
    best = best_of(study)
    if best is None:
        raise RunError(f"No trial of the study {study.study_name!r} is complete yet: run more trials.")
    return best


def _goal(about: dict[str, Any]) -> str:
    if about.get("goal") == "seconds":
        return "seconds for each right answer"
    return f"{about.get('metric')} accuracy" if about.get("metric") else str(about.get("goal", "value"))


def _number(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
