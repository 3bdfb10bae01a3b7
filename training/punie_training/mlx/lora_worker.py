"""`python -m punie_training.mlx.lora_worker JOB.json`: the process that trains, and writes its events into a file.

Knows nothing of who started it: it ends by itself, by SIGTERM, or by the job's stop file, with a checkpoint each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import signal
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from punie_training.exceptions import DatasetError, RunError
from punie_training.mlx import base_models, blas
from punie_training.mlx.config import LoraConfig
from punie_training.mlx.job import Ended, Event, LoraJob, Note, event_line, load_job, parse_events
from punie_training.mlx.origins import data_origin

if TYPE_CHECKING:
    from mlx import nn
    from mlx.optimizers import Optimizer

    from punie_training.mlx.batches import Batches, Tokens

_ADAPTER_FILES = ("adapters.safetensors", "adapter_config.json")
_END_RATE = 0.05


def main(arguments: list[str]) -> None:
    """Do a job. What goes wrong ends the process with the error as the last line of stderr."""
    job = load_job(Path(arguments[0]))
    blas.load()
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    train(job, lambda: bool(asked) or job.stop.exists())


def train(job: LoraJob, asked_to_stop: Callable[[], bool]) -> None:
    """Train from the beginning or the last checkpoint on, and write the adapter when it ends well."""
    import mlx.core as mx
    import mlx_lm

    from punie_training.mlx.checkpoints import Progress, Signature, load_checkpoint
    from punie_training.mlx.training_run import TrainingRun

    world = mx.distributed.init()
    mx.random.seed(job.seed)
    model, tokenizer = mlx_lm.load(str(job.base))[:2]
    notes = [text] if (text := blas.warning()) else []
    config, learn, valid = _batches(job, tokenizer, world.size(), notes)
    _prepare(model, config)
    optimizer = _optimizer(config)
    signature = Signature(_signature(job))
    progress, checkpoint = Progress(), job.work / "checkpoint.safetensors"
    if job.resume and checkpoint.exists():
        progress = load_checkpoint(checkpoint, model, optimizer, signature)
    tell = _teller(job, progress.iteration, first=world.rank() == 0)
    for text in notes if not progress.iteration else ():
        tell(Note(0, text))
    run = TrainingRun(
        model=model, optimizer=optimizer, config=config, train=learn, valid=valid, progress=progress,
        signature=signature, work=job.work, vocabulary=base_models.read_base(job.base).vocabulary, tell=tell,
        # Workers that stop at different iterations would wait for each other.
        asked_to_stop=asked_to_stop if world.size() == 1 else lambda: False,
    )  # fmt: skip
    state = run.run()
    if world.size() > 1:
        shares = str(mx.distributed.all_gather(mx.array([run.rows])).tolist())[1:-1].replace(", ", " + ")
        tell(Note(run.progress.iteration, f"{world.size()} workers trained on {shares} examples."))
    if state in ("done", "stopped_early") and world.rank() == 0:
        _write_adapter(job, config, model)
    tell(Ended(run.progress.iteration, state, run.seconds))


def _batches(
    job: LoraJob,
    tokenizer: Any,  # noqa: ANN401 - mlx-lm's
    workers: int,
    notes: list[str],
) -> tuple[LoraConfig, Batches, Batches | None]:
    """The data, and the settings with a batch size that suits it."""
    from punie_training.mlx.batches import Batches

    config = job.config
    learn = _tokens(job.data / "train.jsonl", tokenizer, config, notes)
    if not learn:
        raise DatasetError(
            f"{job.data / 'train.jsonl'} has no example that fits max_seq_length {config.max_seq_length}."
        )
    size = min(config.batch_size, len(learn)) // workers * workers
    if not size:
        raise RunError(f"{workers} workers need a batch_size and a number of examples of at least {workers}.")
    if size < config.batch_size:
        notes.append(f"The batch size is {size} instead of {config.batch_size}: there are {len(learn)} examples"
                     + (f" and {workers} workers." if workers > 1 else "."))  # fmt: skip
        config = config.model_copy(update={"batch_size": size})
    valid = _tokens(job.data / "valid.jsonl", tokenizer, config, notes) if config.val_batches else []
    if config.val_batches and not valid:
        notes.append("There are no validation examples: the run is not validated, and does not stop early.")
    return config, Batches(learn, size, job.seed), Batches(valid, size, None) if valid else None


def _tokens(path: Path, tokenizer: Any, config: LoraConfig, notes: list[str]) -> list[Tokens]:  # noqa: ANN401 - mlx-lm's
    """A split's examples as tokens, those left out whose answer would be cut off altogether."""
    from mlx_lm.tuner.datasets import create_dataset

    from punie_training.mlx.batches import Tokens

    rows = _rows(path)
    if not rows:
        return []
    dataset = create_dataset(rows, tokenizer, types.SimpleNamespace(mask_prompt=config.mask_prompt))
    whole = [Tokens(tuple(tokens), offset) for tokens, offset in map(dataset.process, rows)]
    cut = [example.cut(config.max_seq_length) for example in whole]
    kept = [example for example in cut if example]
    longer = sum(len(example.tokens) > config.max_seq_length for example in whole)
    if longer:
        notes.append(
            f"{longer} of {len(rows)} examples in {path.name} are longer than max_seq_length {config.max_seq_length}: "
            f"{len(rows) - len(kept)} are left out, as nothing of the answer is within it, and the others are cut."
        )
    return kept


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DatasetError(f"{path}, line {number} is not JSON ({error}): build the dataset again.") from error
        if not isinstance(row, dict):
            raise DatasetError(f"{path}, line {number} is not a JSON object: build the dataset again.")
        rows.append(row)
    return rows


def _prepare(model: nn.Module, config: LoraConfig) -> None:
    """Freeze the model, and make trainable what the settings say."""
    from mlx_lm.tuner.utils import linear_to_lora_layers

    model.freeze()
    count = len(model.layers) if config.num_layers < 0 else config.num_layers
    if config.fine_tune_type == "full":
        for layer in model.layers[-count:]:
            layer.unfreeze()
    else:
        linear_to_lora_layers(model, count, config.lora_parameters(), use_dora=config.fine_tune_type == "dora")
    if config.fine_tune_type == "dora":
        _refuse_empty_rows(model)
    model.train()


def _refuse_empty_rows(model: nn.Module) -> None:
    """DoRA divides each row of a matrix by its length. Raises RunError when one has none."""
    empty = {name: int((module.m == 0).sum().item()) for name, module in model.named_modules() if "m" in module}
    if any(empty.values()):
        named = ", ".join(f"{count} in {name}" for name, count in sorted(empty.items()) if count)
        raise RunError(
            f"DoRA divides the rows of a matrix by their length, and this base has rows of zeros ({named}): use lora, "
            "or leave these matrices out of `keys`."
        )


def _optimizer(config: LoraConfig) -> Optimizer:
    from mlx import optimizers

    kinds = {
        "adam": optimizers.Adam,
        "adamw": optimizers.AdamW,
        "muon": optimizers.Muon,
        "sgd": optimizers.SGD,
        "adafactor": optimizers.Adafactor,
    }
    rate, updates = config.learning_rate, config.updates
    warm = int(config.warmup * updates)
    schedule: Any = rate
    if config.schedule == "cosine":
        schedule = optimizers.cosine_decay(rate, max(1, updates - warm), rate * _END_RATE)
    if warm:
        rising = optimizers.linear_schedule(rate / (warm + 1), rate, warm)
        schedule = optimizers.join_schedules([rising, schedule if callable(schedule) else lambda _: rate], [warm])
    return kinds[config.optimizer](learning_rate=schedule)


def _signature(job: LoraJob) -> dict[str, Any]:
    """All that the weights depend on."""
    config = job.config.model_dump(mode="json", exclude={"steps_per_report"})
    data = hashlib.sha256()
    for name in ("train.jsonl", "valid.jsonl"):
        with contextlib.suppress(FileNotFoundError):
            data.update((job.data / name).read_bytes())
    base = base_models.fingerprint(job.base)
    return {**config, "seed": job.seed, "hosts": job.hosts, "base": base[:16], "data": data.hexdigest()[:16]}


def _teller(job: LoraJob, iteration: int, *, first: bool) -> Callable[[Event], None]:
    """Writes events to the job's file, from which those are taken that come after the iteration of the checkpoint."""
    if not first:
        return lambda _event: None
    old = parse_events(job.events.read_text(encoding="utf-8")) if iteration and job.events.exists() else []
    kept = [event for event in old if event.iteration <= iteration and not isinstance(event, Ended)]
    partial = job.events.with_suffix(".partial")
    partial.write_text("".join(map(event_line, kept)), encoding="utf-8")
    partial.replace(job.events)

    def tell(event: Event) -> None:
        with job.events.open("a", encoding="utf-8") as stream:
            stream.write(event_line(event))

    return tell


def _write_adapter(job: LoraJob, config: LoraConfig, model: nn.Module) -> None:
    """Write the adapter into another folder, and rename that."""
    from punie_training.mlx.checkpoints import save_arrays, trained_weights

    partial = job.work / "adapter.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    save_arrays(partial / _ADAPTER_FILES[0], trained_weights(model))
    described = {
        "fine_tune_type": config.fine_tune_type,
        "num_layers": config.num_layers,
        "lora_parameters": config.lora_parameters(),
        "model": str(job.base),
        "punie": {
            "base": base_models.fingerprint(job.base),
            "data": data_origin(job.data),
            "seed": job.seed,
            "config": config.model_dump(mode="json"),
        },
    }
    (partial / _ADAPTER_FILES[1]).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    if job.adapter.is_dir() and not any(job.adapter.iterdir()):
        job.adapter.rmdir()
    partial.replace(job.adapter)


if __name__ == "__main__":
    main(sys.argv[1:])
