"""A base model beside which a chat template is put. The model's own folder stays as it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from punie_training.chats.families import ChatFamily
from punie_training.chats.tokenizing import open_tokenizer
from punie_training.exceptions import BaseModelError


def with_template(model_folder: Path, family: ChatFamily, out: Path) -> Path:
    """Make `out`: the same model by links, with the family's template and its end of turn as an end of generation.

    Raises BaseModelError when the model has a template of its own, or its tokenizer lacks the family's end of turn.
    """
    tokenizer = open_tokenizer(model_folder)
    if tokenizer.has_template:
        raise BaseModelError(f"{model_folder} has a chat template of its own. Leave --chat-template out.")
    end = tokenizer.id_of(family.end_of_turn)
    if end is None:
        raise BaseModelError(
            f"{family.end_of_turn!r} is no single token of {model_folder}: it is no model of the family {family.name}."
        )
    if _is_made(model_folder, family, out):
        return out
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for file in sorted(model_folder.iterdir()):
        if file.is_file() and file.name != "generation_config.json":
            (part / file.name).symlink_to(file.resolve())
    (part / "chat_template.jinja").write_text(family.template, encoding="utf-8")
    ends = sorted({*tokenizer.end_ids, end})
    (part / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}) + "\n", encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)
    return out


def _is_made(model_folder: Path, family: ChatFamily, out: Path) -> bool:
    """Whether `out` is that already: a run that uses it must not lose it."""
    try:
        same = (out / "config.json").resolve(strict=True) == (model_folder / "config.json").resolve(strict=True)
        return same and (out / "chat_template.jinja").read_text(encoding="utf-8") == family.template
    except OSError:
        return False
