"""A dataset as a folder that mlx-lm trains a model on; the template is applied by mlx-lm, as its server does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from punie_agent.models.reading import RUN_CODE
from punie_agent.models.small_prompt import program_in
from punie_training.chats.families import Style, family_for
from punie_training.chats.tokenizing import Messages
from punie_training.dataset import SPLITS, load
from punie_training.exceptions import BaseModelError


def render(dataset_folder: Path, model_folder: Path, out_folder: Path, *, style: Style = "fenced") -> Path:
    """Write `train`, `valid` and `test.jsonl` for a model into `out_folder`; a split without examples has no file.

    Raises:
        DatasetError: the dataset is missing or malformed.
        BaseModelError: the folder is no model's, or its family does not have this style.
    """
    family = family_for(model_folder)
    if style not in family.styles:
        raise BaseModelError(f"Models of the family {family.name} cannot be taught in the style {style}.")
    dataset = load(dataset_folder)
    out_folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        chats = [[m.model_dump() for m in example.messages] for example in dataset.splits.get(split, ())]
        lines = [json.dumps({"messages": chat}, ensure_ascii=False) + "\n" for chat in in_style(chats, style)]
        file = out_folder / f"{split}.jsonl"
        if lines:
            file.write_text("".join(lines), encoding="utf-8")
        else:
            file.unlink(missing_ok=True)
    return out_folder


def in_style(chats: Iterable[Messages], style: Style) -> list[Messages]:
    """Chats with programs in the given style; words stay as they are."""
    if style == "fenced":
        return list(chats)
    return [[*messages[:-1], {**messages[-1], "content": _called(messages[-1]["content"])}] for messages in chats]


def _called(answer: str) -> str:
    program = program_in(answer)
    if program is None:
        return answer
    call = json.dumps({"name": RUN_CODE, "arguments": {"code": program}}, ensure_ascii=False)
    return f"<tool_call>\n{call}\n</tool_call>"
