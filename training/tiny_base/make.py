"""Make the tiny base model: its tokenizer, random weights, and pretraining on the corpus; the same bytes each time.

python training/tiny_base/make.py OUT [--steps 800]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from punie_agent.models.small_prompt import SYSTEM
from tiny_base import corpus, pretrain, tokens

VOCABULARY = 1024
HIDDEN, LAYERS, INNER, HEAD = 192, 3, 256, 64
FENCE = "```python\n"


def main() -> None:
    """Make the model into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--examples", type=int, default=12_000)
    asked = parser.parse_args()
    if asked.out.exists():
        sys.exit(f"{asked.out} exists already. Name a new folder.")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        raw = Path(scratch) / "raw"
        write_untrained(raw)
        chats = corpus.conversations(asked.examples, seed=1)
        losses = pretrain.pretrain(raw, chats, corpus.conversations(64, seed=2), out=asked.out, steps=asked.steps)
    # One file of weights needs no index, and mlx-lm's own card says nothing of this model.
    (asked.out / "model.safetensors.index.json").unlink()
    (asked.out / "README.md").write_text(
        (Path(__file__).parent / "card.md").read_text(encoding="utf-8"), encoding="utf-8"
    )
    sys.stdout.write(json.dumps({"losses": losses, "seconds": round(time.monotonic() - began)}) + "\n")


def write_untrained(out: Path) -> None:
    """Write a Qwen3 of random weights with its tokenizer, as a folder that mlx-lm loads."""
    out.mkdir(parents=True)
    texts = [m["content"] for chat in corpus.conversations(4000, seed=3) for m in chat["messages"]]
    words = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8")
    tokenizer = tokens.train(
        [*texts, *(words.splitlines() * 20), *(["system user assistant"] * 500)],
        size=VOCABULARY,
        whole=[SYSTEM, FENCE],
        out=out,
    )
    config: dict[str, Any] = {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "intermediate_size": INNER,
        "num_attention_heads": HIDDEN // HEAD,
        "num_key_value_heads": HIDDEN // HEAD,
        "head_dim": HEAD,
        "rms_norm_eps": 1e-6,
        "vocab_size": math.ceil(len(tokenizer) / 64) * 64,
        "max_position_embeddings": 2048,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "hidden_act": "silu",
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "torch_dtype": "float32",
    }
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    ends = {"eos_token_id": [tokenizer.eos_token_id, tokenizer.pad_token_id]}
    (out / "generation_config.json").write_text(json.dumps(ends) + "\n", encoding="utf-8")
    pretrain.write_random_weights(out, config)


if __name__ == "__main__":
    main()
