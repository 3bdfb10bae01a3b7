"""Studies as they are kept: opened, checked against what they were begun for, listed. Knows no models.

A study is a file of its own unless a database is named, which several machines can share.
"""

from __future__ import annotations

import re
import sqlite3
import warnings
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from punie_training import places
from punie_training.exceptions import MissingExtra, RunError
from punie_training.tuning.space import Kind, Parameter

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import RDBStorage

Goal = Literal["loss", "accuracy", "seconds"]
Sampler = Literal["tpe", "grid", "random"]

SUFFIX = ".db"
_ATTRIBUTE = "punie"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_BUSY_SECONDS = 10
# A trial whose process does not show signs of life for so long has ended.
BEAT_SECONDS, GRACE_SECONDS = 10, 60


@dataclass(frozen=True)
class StudySpec:
    """What makes two runs of a study the same study.

    Args:
        name: of the study.
        kind: what is tuned.
        goal: the lowest loss on validation data, the highest accuracy on a suite, or the fewest seconds for each right
            answer of a suite.
        metric: which accuracy; "" for the loss.
        base: a fingerprint of the model.
        data: a hash of the data; "" when there is none.
        suite: a hash of the suite; "" when there is none.
        space: what is changed, as `--param` takes it.
    """

    name: str
    kind: Kind
    goal: Goal
    metric: str
    base: str
    data: str
    suite: str
    space: tuple[str, ...]

    @property
    def direction(self) -> Literal["maximize", "minimize"]:
        """Which values are better."""
        return "maximize" if self.goal == "accuracy" else "minimize"


@dataclass(frozen=True)
class StudyRow:
    """A study in a list: trials by their state, and the best value so far."""

    name: str
    kind: str
    goal: str
    states: dict[str, int]
    best: float | None
    where: str


def spec_of(name: str, kind: Kind, goal: Goal, metric: str, space: tuple[Parameter, ...], **hashes: str) -> StudySpec:
    """A study's spec; `hashes` are `base`, `data` and `suite`. Raises RunError for a name that cannot be one."""
    check_name(name)
    parts = {"base": "", "data": "", "suite": "", **hashes}
    return StudySpec(name, kind, goal, metric, **parts, space=tuple(parameter.plain() for parameter in space))


def check_name(name: str) -> None:
    """Raises RunError when this cannot be a study's name."""
    if not _NAME.fullmatch(name):
        raise RunError(f"{name!r} cannot name a study: take letters, digits, `-`, `_` and `.`, at most 64.")


def folder_of(name: str) -> Path:
    """Where a study's own files are kept on this machine: adapters, the best configuration, its picture."""
    return places.studies() / name


def open_study(spec: StudySpec, *, storage: str = "", sampler: Sampler = "tpe", seed: int = 0) -> Study:
    """A study to go on with, or a new one.

    Args:
        spec: what it is for.
        storage: a database's URL; "" is a file of its own.
        sampler: how the next trial is chosen.
        seed: of that choice.

    Raises:
        RunError: the study is for something else, or the storage cannot be used.
        MissingExtra: optuna is not installed.
    """
    optuna = _optuna()
    kept = _storage(storage or _file_url(spec.name, create=True))
    samplers = optuna.samplers
    chosen = samplers.TPESampler(seed=seed) if sampler == "tpe" else samplers.RandomSampler(seed=seed)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=1)
    study = _asked(
        storage or str(_file(spec.name)),
        lambda: optuna.create_study(
            storage=kept,
            sampler=chosen,
            pruner=pruner,
            study_name=spec.name,
            direction=spec.direction,
            load_if_exists=True,
        ),
    )
    _check(study, spec)
    return study


def load_study(name: str, storage: str = "") -> Study:
    """A study that is there. Raises RunError when it is not, or cannot be read."""
    check_name(name)
    optuna = _optuna()
    if not storage and not _file(name).is_file():
        raise RunError(f"There is no study {name!r}: `punie-ls tune list` shows those that there are.")
    kept = _storage(storage or _file_url(name))
    try:
        return _asked(storage or str(_file(name)), lambda: optuna.load_study(study_name=name, storage=kept))
    except KeyError as error:
        raise RunError(f"There is no study {name!r} in {_shown(storage)}.") from error


def list_studies(storage: str = "") -> list[StudyRow]:
    """All studies of a database, or all files; one that cannot be read is listed with what is wrong as its goal."""
    if storage:
        optuna, kept = _optuna(), _storage(storage)
        return [_row(name, storage) for name in _asked(storage, lambda: optuna.get_all_study_names(kept))]
    return [_row(path.stem, "") for path in sorted(places.studies().glob(f"*{SUFFIX}"))]


def described(study: Study) -> dict[str, Any]:
    """What a study was begun for; empty when Punie did not begin it."""
    return dict(study.user_attrs.get(_ATTRIBUTE, {}))


def state_counts(study: Study) -> dict[str, int]:
    """How many trials are in which state: complete, pruned, fail, running, waiting."""
    counts: dict[str, int] = {}
    for trial in study.get_trials(deepcopy=False):
        name = trial.state.name.lower()
        counts[name] = counts.get(name, 0) + 1
    return counts


def _row(name: str, storage: str) -> StudyRow:
    where = _shown(storage) if storage else str(_file(name))
    try:
        study = load_study(name, storage)
    except RunError as error:
        return StudyRow(name, "", str(error), {}, None, where)
    about, counts = described(study), state_counts(study)
    best = study.best_value if counts.get("complete") else None
    return StudyRow(name, about.get("kind", ""), about.get("goal", ""), counts, best, where)


def _check(study: Study, spec: StudySpec) -> None:
    """Hold a study to what it was begun for, or note it."""
    wanted = {**asdict(spec), "space": list(spec.space)}
    known = described(study)
    if not known and not study.get_trials(deepcopy=False):
        study.set_user_attr(_ATTRIBUTE, wanted)
        return
    for name, value in wanted.items():
        if known.get(name) != value:
            raise RunError(
                f"The study {spec.name!r} has another {_WORDS.get(name, name)} ({_text(known.get(name))}) than this run"
                f" ({_text(value)}). Give the study another --name, or go on with what it was begun with."
            )


_WORDS = {"goal": "objective", "base": "base model", "data": "dataset", "space": "search space", "kind": "purpose"}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "none")[:40]


def _file(name: str) -> Path:
    return places.studies() / f"{name}{SUFFIX}"


def _file_url(name: str, *, create: bool = False) -> str:
    path = _file(name)
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _check_file(path)
    return f"sqlite:///{path}"


def _check_file(path: Path) -> None:
    """Ask SQLite itself, whose answers are clearer than those of what is above it."""
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.rollback()
    except sqlite3.OperationalError as error:
        raise RunError(f"{path} cannot be used ({error}): wait for whoever uses it, or name another study.") from error
    except sqlite3.DatabaseError as error:
        raise RunError(f"{path} is no study any more ({error}): move it away, and begin anew.") from error
    if found != ("ok",):
        raise RunError(f"{path} is damaged ({found[0]}): move it away, and begin anew.")


def _storage(url: str) -> RDBStorage:
    optuna = _optuna()
    options = {"connect_args": {"timeout": _BUSY_SECONDS}} if url.startswith("sqlite") else {}
    return _asked(
        url,
        lambda: optuna.storages.RDBStorage(
            url, engine_kwargs=options, heartbeat_interval=BEAT_SECONDS, grace_period=GRACE_SECONDS
        ),
    )


def _asked(where: str, ask: Any) -> Any:  # noqa: ANN401 - what optuna answers
    """Ask a database; its drivers have no errors in common."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # heartbeats are called experimental
            return ask()
    except KeyError:
        raise
    except Exception as error:
        text = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise RunError(
            f"The storage {_shown(where)} cannot be used: {text}. Check its address, and that it runs."
        ) from error


def _shown(url: str) -> str:
    """An address without its password."""
    return re.sub(r"//[^@/]*@", "//", url)


def _optuna() -> Any:  # noqa: ANN401 - a module
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra("optuna") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
