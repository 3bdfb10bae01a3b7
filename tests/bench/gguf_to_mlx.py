"""A Gemma-3 text model from GGUF to the folder that mlx-lm loads, in float32, with a vocabulary that may be pruned.

Knows GGUF, tokenizers and names of weights; nothing of datasets or training. The base has no chat template: none is
written.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_LAYER = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_ENDS = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
# GGUF's kinds of tokens.
_NORMAL, _UNKNOWN, _CONTROL, _OURS, _BYTE = 1, 2, 3, 4, 6
_MULTIPLE = 64
_UNUSED = re.compile(r"<unused\d+>")


@dataclass(frozen=True)
class Vocabulary:
    """Pieces, their scores (the higher, the earlier merged) and kinds, by token id."""

    pieces: list[str]
    scores: list[float]
    kinds: list[int]

    def part(self, ids: Sequence[int]) -> Vocabulary:
        """Only these tokens, in this order."""
        return Vocabulary([self.pieces[i] for i in ids], [self.scores[i] for i in ids], [self.kinds[i] for i in ids])


def convert(gguf: Path, out: Path, *, texts: Iterable[str] | None = None, first: int = 16_384) -> int:
    """Write config.json, model.safetensors and the tokenizer.

    Args:
        gguf: the model's file.
        out: the folder, a new one.
        texts: keep only tokens that these need, and the `first` ones; None keeps all.
        first: so many tokens from the beginning are kept too.

    Returns:
        How many tokens it has.
    """
    gguf_package: Any = importlib.import_module("gguf")

    reader = gguf_package.GGUFReader(str(gguf))
    out.mkdir(parents=True)
    vocabulary = _vocabulary(reader)
    ids = list(range(len(vocabulary.pieces)))
    if texts is not None:
        ids = _needed(vocabulary, texts, first)
        vocabulary = vocabulary.part(ids)
    _write_tokenizer(vocabulary, out)
    rows = ids + [0] * (-len(ids) % _MULTIPLE)
    _write_config(reader, vocabulary, len(rows), out)
    _write_weights(reader, rows, out)
    return len(ids)


def _vocabulary(reader: Any) -> Vocabulary:
    pieces = reader.fields["tokenizer.ggml.tokens"]
    return Vocabulary(
        [bytes(pieces.parts[index]).decode("utf-8", "replace") for index in pieces.data],
        [float(number) for number in _numbers(reader, "tokenizer.ggml.scores")],
        [int(number) for number in _numbers(reader, "tokenizer.ggml.token_type")],
    )


def _numbers(reader: Any, name: str) -> list[Any]:
    field = reader.fields[name]
    return [field.parts[index][0] for index in field.data]


def _needed(vocabulary: Vocabulary, texts: Iterable[str], first: int) -> list[int]:
    """The ids of what the texts are tokenized to and of all pieces that those are merged from; of bytes and marks."""
    ids = {piece: index for index, piece in enumerate(vocabulary.pieces)}
    tokenizer = _tokenizer(vocabulary)
    needed = {index for text in texts for index in tokenizer.encode(text).ids}
    waiting = list(needed)
    while waiting:
        piece = vocabulary.pieces[waiting.pop()]
        parts = {ids[part] for cut in range(1, len(piece)) for part in (piece[:cut], piece[cut:]) if part in ids}
        waiting += parts - needed
        needed |= parts
    needed |= {index for index, kind in enumerate(vocabulary.kinds) if kind in (_UNKNOWN, _CONTROL, _BYTE)}
    needed |= set(range(min(first, len(vocabulary.pieces))))
    return sorted(index for index in needed if not _UNUSED.fullmatch(vocabulary.pieces[index]))


def _tokenizer(vocabulary: Vocabulary) -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

    ids = {piece: index for index, piece in enumerate(vocabulary.pieces)}
    model = models.BPE(vocab=ids, merges=_merges(vocabulary, ids), unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    kinds = list(zip(vocabulary.pieces, vocabulary.kinds, strict=True))
    tokenizer.add_special_tokens(
        [AddedToken(piece, special=True, normalized=False) for piece, kind in kinds if kind in (_UNKNOWN, _CONTROL)]
    )
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece, kind in kinds if kind == _OURS])
    return tokenizer


def _merges(vocabulary: Vocabulary, ids: dict[str, int]) -> list[tuple[str, str]]:
    """GGUF has scores and no merges: every way to split a piece into two others, the best score first."""
    found = []
    for index, (piece, kind) in enumerate(zip(vocabulary.pieces, vocabulary.kinds, strict=True)):
        if kind == _NORMAL:
            splits = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
            known = [(left, right) for left, right in splits if left in ids and right in ids]
            known.sort(key=lambda pair: (ids[pair[0]], ids[pair[1]]))
            found += [(-vocabulary.scores[index], index, pair) for pair in known]
    found.sort(key=lambda entry: entry[:2])
    return [pair for *_, pair in found]


def _write_tokenizer(vocabulary: Vocabulary, out: Path) -> None:
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = _tokenizer(vocabulary)
    # Without its first token the model says nothing that makes sense.
    begin = ("<bos>", tokenizer.token_to_id("<bos>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[begin]
    )
    whole = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
    )
    whole.save_pretrained(out)


def _write_config(reader: Any, vocabulary: Vocabulary, rows: int, out: Path) -> None:
    kind = reader.fields["general.architecture"].contents()
    ids = {piece: index for index, piece in enumerate(vocabulary.pieces)}

    def own(name: str) -> Any:
        return reader.fields[f"{kind}.{name}"].contents()

    config = {
        "architectures": ["Gemma3ForCausalLM"],
        "model_type": "gemma3_text",
        "hidden_size": own("embedding_length"),
        "num_hidden_layers": own("block_count"),
        "intermediate_size": own("feed_forward_length"),
        "num_attention_heads": own("attention.head_count"),
        "num_key_value_heads": own("attention.head_count_kv"),
        "head_dim": own("attention.key_length"),
        "query_pre_attn_scalar": own("attention.key_length"),
        "rms_norm_eps": 1e-6,
        "vocab_size": rows,
        "rope_theta": own("rope.freq_base"),
        "rope_local_base_freq": 10000.0,
        "sliding_window": own("attention.sliding_window"),
        "sliding_window_pattern": 6,
        "max_position_embeddings": own("context_length"),
        "tie_word_embeddings": True,
        "bos_token_id": ids["<bos>"],
        "eos_token_id": [ids["<end_of_turn>"], ids["<eos>"]],
        "pad_token_id": ids["<pad>"],
        "torch_dtype": "float32",
    }
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    ends = {"eos_token_id": config["eos_token_id"]}
    (out / "generation_config.json").write_text(json.dumps(ends) + "\n", encoding="utf-8")


def _write_weights(reader: Any, rows: list[int], out: Path) -> None:
    from safetensors.numpy import save_file

    quants: Any = importlib.import_module("gguf.quants")

    weights = {}
    for tensor in reader.tensors:
        shape = [int(size) for size in reversed(tensor.shape)]
        values = quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32).reshape(shape)
        name = _name(tensor.name)
        if name.startswith(("model.embed_tokens", "lm_head")):
            values = values[rows]
        # GGUF keeps what is multiplied with; mlx-lm adds 1 to what it reads.
        weights[name] = np.ascontiguousarray(values - 1 if name.endswith("norm.weight") else values)
    save_file(weights, str(out / "model.safetensors"), metadata={"format": "mlx"})


def _name(tensor: str) -> str:
    parts = tensor.split(".")
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{_LAYER[parts[2]]}.weight"
    return f"{_ENDS[parts[0]]}.weight"
