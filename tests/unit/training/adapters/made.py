"""Bases and adapters as files, without mlx: small, whole, and like the real ones in names and shapes."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

from punie_training.adapters import AdapterRecord
from punie_training.mlx.base_models import fingerprint

Shapes = dict[str, tuple[int, ...]]


def write_tensors(file: Path, shapes: Shapes, fill: int = 0) -> None:
    """A safetensors file of float32 zeros, or of another byte."""
    head: dict[str, object] = {}
    at = 0
    for name, shape in shapes.items():
        size = 4 * math.prod(shape)
        head[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(head).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + bytes([fill]) * at)


def make_base(folder: Path, hidden: int = 8, layers: int = 2) -> Path:
    """A model's folder."""
    folder.mkdir(parents=True)
    config = {
        "model_type": "qwen3",
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "intermediate_size": 16,
        "num_attention_heads": 2,
        "vocab_size": 32,
        "max_position_embeddings": 512,
    }
    (folder / "config.json").write_text(json.dumps(config))
    shapes: Shapes = {"model.embed_tokens.weight": (32, hidden)}
    shapes |= {f"model.layers.{n}.self_attn.q_proj.weight": (hidden, hidden) for n in range(layers)}
    write_tensors(folder / "model.safetensors", shapes)
    return folder


def make_adapter(folder: Path, base: Path, hidden: int = 8, *, noted: bool = True, fill: int = 1) -> Path:
    """An adapter's folder, as training leaves it."""
    folder.mkdir(parents=True)
    config: dict[str, object] = {"fine_tune_type": "lora", "model": str(base), "num_layers": -1}
    if noted:
        config["punie"] = {"base": fingerprint(base)}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    module = "model.layers.1.self_attn.q_proj"
    write_tensors(
        folder / "adapters.safetensors", {f"{module}.lora_a": (hidden, 4), f"{module}.lora_b": (4, hidden)}, fill
    )
    return folder


def record(name: str, tmp_path: Path, **fields: object) -> AdapterRecord:
    """A record of a new adapter on the one base of a test."""
    base = tmp_path / "base"
    if not base.exists():
        make_base(base)
    path = make_adapter(tmp_path / "trained" / name, base, fill=len(name))
    return AdapterRecord(name=name, base=str(base), path=str(path), **fields)  # ty: ignore[invalid-argument-type]
