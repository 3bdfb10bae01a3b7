"""Tiny tokenizers with the templates of several families, as folders of models without weights."""

from __future__ import annotations

import json
from pathlib import Path

from punie_agent.models.small_prompt import SYSTEM, fenced
from punie_training.dataset import Dataset, Example, Message, Provenance

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
THINKING = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['role'] == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
FOLDING = (
    "{% set ns = namespace(first='') %}"
    "{% for m in messages %}{% if m['role'] == 'system' %}{% set ns.first = m['content'] + '\n\n' %}{% else %}"
    "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else 'user' }}\n{{ ns.first }}{{ m['content'] }}"
    "<end_of_turn>\n{% set ns.first = '' %}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
LLAMA = (
    "{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n{{ m['content'] }}<|eot_id|>"
    "{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
QWEN_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>")
GEMMA_TOKENS = ("<pad>", "<eos>", "<start_of_turn>", "<end_of_turn>")
LLAMA_TOKENS = ("<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")


def make_model(
    folder: Path,
    *,
    kind: str = "qwen3",
    template: str = CHATML,
    tokens: tuple[str, ...] = QWEN_TOKENS,
    eos: str = "<|im_end|>",
    rows: int = 0,
) -> Path:
    """A folder with a real tokenizer of about 600 tokens, and a config; no weights."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=list(tokens),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator([SYSTEM, "Check types in src/app/", fenced("typecheck()")] * 3, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=eos, pad_token=tokens[0])
    fast.chat_template = template or None
    fast.save_pretrained(folder)
    config = {"model_type": kind, "vocab_size": rows or len(fast), "eos_token_id": fast.eos_token_id}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def example(query: str = "Check types in src/app/", answer: str = "", system: str = SYSTEM) -> Example:
    first = (Message(role="system", content=system),) if system else ()
    answer = answer or fenced("typecheck('src/app')")
    messages = (*first, Message(role="user", content=query), Message(role="assistant", content=answer))
    return Example(messages=messages, provenance=Provenance(category="single_tool", source="test", licence="MIT"))


def dataset(*examples: Example) -> Dataset:
    return Dataset(tool_registry="1", splits={"train": examples, "valid": (), "test": ()})
