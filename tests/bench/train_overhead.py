"""What `punie-ls train`'s training adds to mlx-lm's own command with the same settings, base, data and BLAS.

Both are measured as whole processes, from the start to the adapter on disk, in turns.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from punie_training.mlx.config import LoraConfig
from punie_training.mlx.environment import environment
from punie_training.mlx.job import LoraJob
from punie_training.mlx.lora import run_lora
from tests.bench import machine
from tests.e2e.training.recipe import TINY_BASE
from tiny_base import corpus

ROUNDS = 9
MOST_PERCENT = 2.0
CONFIG = LoraConfig(
    rank=64,
    scale=1.0,
    learning_rate=1e-3,
    schedule="constant",
    warmup=0.0,
    iters=120,
    batch_size=16,
    max_seq_length=256,
    steps_per_report=10,
    steps_per_eval=60,
    steps_per_save=60,
)
# Tokens of an example: within one step of what batches are filled up to.
_LENGTHS = range(34, 65)
# The same command and the same BLAS as Punie's own process has.
_DIRECT = "from punie_training.mlx import blas; blas.load(); from mlx_lm.lora import main; main()"


def measure() -> dict[str, Any]:
    """Wall and processor seconds of each run, by turns, and what Punie adds in percent."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        data = _write_data(root / "data")
        wall: dict[str, list[float]] = {"mlx-lm": [], "punie": []}
        processor: dict[str, list[float]] = {"mlx-lm": [], "punie": []}
        runs = {"mlx-lm": _direct, "punie": _punie}
        for number in range(ROUNDS):
            for name in sorted(runs, reverse=bool(number % 2)):
                began, used = time.perf_counter(), _of_children()
                runs[name](data, root / f"{name}-{number}")
                wall[name].append(time.perf_counter() - began)
                processor[name].append(_of_children() - used)
    return {
        "machine": machine.describe(),
        "settings": CONFIG.model_dump(mode="json"),
        "rounds": ROUNDS,
        "wall": wall,
        "processor": processor,
        "added_percent": {"wall": _added(wall), "processor": _added(processor)},
        "target_percent": MOST_PERCENT,
    }


def page(result: dict[str, Any]) -> str:
    """The page for people."""
    settings, added, most = result["settings"], result["added_percent"], result["target_percent"]
    pairs = zip(result["wall"]["punie"], result["wall"]["mlx-lm"], strict=True)
    ratios = [100 * (punie / bare - 1) for punie, bare in pairs]
    rows = [
        f"| {name} | {statistics.median(wall):.2f} | {min(wall):.2f} | {max(wall):.2f} "
        f"| {statistics.median(result['processor'][name]):.2f} |"
        for name, wall in result["wall"].items()
    ]
    kept = "within" if added["wall"] <= most else "over"
    return "\n".join(
        [
            "# What training adds to mlx-lm",
            "",
            f"Written by `make bench-training`. {machine.sentence(result['machine'])}.",
            "",
            f"The same {settings['iters']} iterations of batch {settings['batch_size']} and rank {settings['rank']} on",
            f"the tiny base of the tests, {result['rounds']} times each in turns: `mlx_lm.lora`, and the process in",
            "which `punie-ls train` trains. Both are timed from the start of the process to the adapter on disk;",
            "Punie's also writes two checkpoints to go on from, with the optimizer's state, and its events. All",
            "examples are filled up to the same length: with mixed lengths the two would make other batches.",
            "",
            "| | median s | least s | most s | median s of the processor |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            f"Punie adds {added['wall']:+.1f} % of time, {kept} the {most:.0f} % that it may, and",
            f"{added['processor']:+.1f} % of the processor's time (medians of the rounds' ratios). Within a round the",
            f"two differed by {min(ratios):+.1f} to {max(ratios):+.1f} %: this machine is no steadier than that.",
            "",
        ]
    )


def _added(seconds: dict[str, list[float]]) -> float:
    """The median over the rounds: what disturbs the machine for minutes disturbs both runs of a round."""
    rounds = zip(seconds["punie"], seconds["mlx-lm"], strict=True)
    return 100 * (statistics.median(punie / bare for punie, bare in rounds) - 1)


def _of_children() -> float:
    """Processor seconds of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _write_data(folder: Path) -> Path:
    """Chats that all are filled up to the same length, so that both compute the same whatever batches they make."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(TINY_BASE)

    def length(chat: dict[str, Any]) -> int:
        return len(tokenizer.apply_chat_template(chat["messages"], return_dict=False))

    folder.mkdir()
    for name, count, seed in (("train", 640, 11), ("valid", 64, 12)):
        chats = [chat for chat in corpus.conversations(3 * count, seed=seed) if length(chat) in _LENGTHS]
        lines = [json.dumps(chat) + "\n" for chat in chats[:count]]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def _direct(data: Path, adapter: Path) -> None:
    settings = adapter.with_suffix(".json")
    values = {"lora_parameters": CONFIG.lora_parameters(), "optimizer": CONFIG.optimizer}
    settings.write_text(json.dumps(values), encoding="utf-8")
    arguments = {
        "--model": TINY_BASE,
        "--data": data,
        "--adapter-path": adapter,
        "--config": settings,
        "--iters": CONFIG.iters,
        "--batch-size": CONFIG.batch_size,
        "--num-layers": CONFIG.num_layers,
        "--learning-rate": CONFIG.learning_rate,
        "--steps-per-report": CONFIG.steps_per_report,
        "--steps-per-eval": CONFIG.steps_per_eval,
        "--save-every": CONFIG.steps_per_save,
        "--val-batches": CONFIG.val_batches,
        "--max-seq-length": CONFIG.max_seq_length,
    }
    command = [sys.executable, "-P", "-c", _DIRECT, "--train", "--mask-prompt"]
    command += [str(part) for pair in arguments.items() for part in pair]
    subprocess.run(command, env=environment(), check=True, capture_output=True)


def _punie(data: Path, adapter: Path) -> None:
    asyncio.run(run_lora(LoraJob(base=TINY_BASE, data=data, adapter=adapter, config=CONFIG)))
