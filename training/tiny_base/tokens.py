"""The base's tokenizer: byte-level BPE in which a space is its own token, so that a name is the same pieces anywhere.

In most tokenizers `src` after a space and `src` after a quote are different tokens, and copying a name into a
program means translating it; a model of this size cannot spare the weights for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

# The first is the padding; mlx-lm trains one after the end, so that it ends an answer too.
PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
_SPECIAL = (PAD, START, END)
_PIECES = Regex(r"\p{L}+|\p{N}| |\n|[^\s\p{L}\p{N}]+|\s")
_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)


def train(texts: Iterable[str], *, size: int, whole: Sequence[str], out: Path) -> PreTrainedTokenizerFast:
    """Learn tokens from texts and write tokenizer.json and the chat template (ChatML) to a folder.

    Args:
        texts: what to learn from.
        size: how many tokens in all.
        whole: texts that are one token each, because they stand in every chat.
        out: the folder.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(_PIECES, "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(whole),
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in whole])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=PAD, clean_up_tokenization_spaces=False
    )
    fast.chat_template = _TEMPLATE
    fast.save_pretrained(out)
    return fast
