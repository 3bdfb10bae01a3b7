"""How long the chats of a dataset are for a model, in tokens."""

from __future__ import annotations

from pathlib import Path

from punie_training.chats.families import Style
from punie_training.chats.rendering import in_style
from punie_training.chats.tokenizing import open_tokenizer
from punie_training.dataset import SPLITS, Dataset


def longest_chat(model_folder: Path, dataset: Dataset, *, style: Style = "fenced") -> int:
    """Tokens of the longest example, 0 without examples or without a chat template.

    Raises BaseModelError when the tokenizer cannot be read.
    """
    tokenizer = open_tokenizer(model_folder)
    if not tokenizer.has_template:
        return 0
    every = [example for split in SPLITS for example in dataset.splits.get(split, ())]
    chats = in_style([[message.model_dump() for message in example.messages] for example in every], style)
    return max((len(tokenizer.ids(messages)) for messages in chats), default=0)
