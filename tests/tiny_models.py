"""Random models of a few kilobytes that mlx-lm loads, trains and serves: a Qwen3 and its tokenizer, made at once."""

from __future__ import annotations

import json
import struct
from functools import cache
from pathlib import Path

import numpy as np

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)
_TEXTS = (
    "system user assistant You answer with a Python program in a fence, or with words.",
    "```python\nresult = typecheck('src')\nlen(result.errors)\n```",
    "How many type errors are there in src? Lint tests and show what can be fixed.",
)


def make_tiny_model(
    folder: Path, *, hidden: int = 32, layers: int = 2, seed: int = 0, template: str | None = TEMPLATE
) -> Path:
    """Write a whole model with random weights into a folder.

    Args:
        folder: made when it is not there.
        hidden: the hidden size, a multiple of 32 (mlx quantizes in groups of 32 or 64).
        layers: how many.
        seed: of the weights.
        template: the chat template; None for a model without one.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _tokenizer(template).items():
        (folder / name).write_text(text, encoding="utf-8")
    vocabulary, end, pad = _sizes()
    config: dict[str, object] = {
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "hidden_size": hidden,
        "num_hidden_layers": layers,
        "intermediate_size": 2 * hidden, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32,
        "rms_norm_eps": 1e-6, "vocab_size": vocabulary, "max_position_embeddings": 1024, "rope_theta": 10000.0,
        "tie_word_embeddings": True, "hidden_act": "silu", "eos_token_id": end, "pad_token_id": pad,
        "torch_dtype": "float32",
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [end, pad]}), encoding="utf-8")
    write_safetensors(folder / "model.safetensors", _weights(config, seed))
    return folder


def make_chats(folder: Path, *, train: int = 24, valid: int = 6) -> Path:
    """Write mlx-lm's folder of chats: questions about folders, answered with programs."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("src", "tests", "docs", "app", "lib", "core")
    for split, count, first in (("train", train, 0), ("valid", valid, train), ("test", valid, train + valid)):
        rows = [_chat(names[number % len(names)], number) for number in range(first, first + count)]
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def write_safetensors(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write float32 arrays without mlx."""
    head: dict[str, object] = {"__metadata__": {"format": "mlx"}}
    place = 0
    for name, array in arrays.items():
        head[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            stream.write(array.astype("<f4").tobytes())


def _chat(name: str, number: int) -> dict[str, object]:
    program = f"```python\nresult = typecheck('{name}')\nlen(result.errors) + {number}\n```"
    return {
        "messages": [
            {"role": "system", "content": "You answer with a Python program in a fence."},
            {"role": "user", "content": f"How many type errors are there in {name}, plus {number}?"},
            {"role": "assistant", "content": program},
        ]
    }


def _weights(config: dict[str, object], seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    hidden, heads = int(str(config["hidden_size"])), 2 * 32

    def normal(*shape: int) -> np.ndarray:
        return random.normal(0.0, 0.05, shape).astype("f4")

    arrays = {"model.embed_tokens.weight": normal(int(str(config["vocab_size"])), hidden)}
    for layer in range(int(str(config["num_hidden_layers"]))):
        place = f"model.layers.{layer}"
        arrays |= {
            f"{place}.self_attn.q_proj.weight": normal(heads, hidden),
            f"{place}.self_attn.k_proj.weight": normal(32, hidden),
            f"{place}.self_attn.v_proj.weight": normal(32, hidden),
            f"{place}.self_attn.o_proj.weight": normal(hidden, heads),
            f"{place}.self_attn.q_norm.weight": np.ones(32, "f4"),
            f"{place}.self_attn.k_norm.weight": np.ones(32, "f4"),
            f"{place}.mlp.gate_proj.weight": normal(2 * hidden, hidden),
            f"{place}.mlp.up_proj.weight": normal(2 * hidden, hidden),
            f"{place}.mlp.down_proj.weight": normal(hidden, 2 * hidden),
            f"{place}.input_layernorm.weight": np.ones(hidden, "f4"),
            f"{place}.post_attention_layernorm.weight": np.ones(hidden, "f4"),
        }
    return {**arrays, "model.norm.weight": np.ones(hidden, "f4")}


@cache
def _bytes_tokenizer() -> str:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=384,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_TEXTS, trainer)
    return tokenizer.to_str()


def _sizes() -> tuple[int, int, int]:
    """The vocabulary filled up to a multiple of 64, the token that ends an answer, the one that fills up."""
    vocabulary = json.loads(_bytes_tokenizer())["model"]["vocab"]
    return -(-len(vocabulary) // 64) * 64, SPECIAL.index("<|im_end|>"), SPECIAL.index("<|endoftext|>")


def _tokenizer(template: str | None) -> dict[str, str]:
    described = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
        "model_max_length": 1024,
        **({"chat_template": template} if template else {}),
    }
    return {"tokenizer.json": _bytes_tokenizer(), "tokenizer_config.json": json.dumps(described, indent=1)}
