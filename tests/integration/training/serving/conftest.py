"""A small model's files, and a home for the hub's cache."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest


@pytest.fixture
def model_files() -> dict[str, bytes]:
    shapes = {"model.embed_tokens.weight": [512, 64], "model.layers.0.self_attn.q_proj.weight": [64, 64]}
    offset, head = 0, {}
    for name, shape in shapes.items():
        size = shape[0] * shape[1] * 4
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(head).encode()
    config = {
        "model_type": "qwen3",
        "hidden_size": 64,
        "num_hidden_layers": 1,
        "intermediate_size": 128,
        "vocab_size": 512,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": 64,
    }
    return {
        "config.json": json.dumps(config).encode(),
        "tokenizer.json": b"{}",
        "README.md": b"# A model\n",
        "model.safetensors": struct.pack("<Q", len(text)) + text + bytes(range(256)) * (offset // 256),
        "convert.py": b"raise SystemExit\n",
        "pytorch_model.bin": b"not wanted",
    }


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HF_HOME; other settings of the hub are as on a fresh machine."""
    for name in (
        "HF_HUB_CACHE",
        "HF_TOKEN",
        "HF_ENDPOINT",
        "HUGGINGFACE_HUB_CACHE",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("PUNIE_TRAINING_HOME", str(tmp_path / "training"))
    # What every other process of ours is told; fetching overrides it.
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "hf" / "hub"
