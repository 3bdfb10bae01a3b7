"""Families of models by the form of their chats. Reads a model's folder; tokenizes nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from punie_training.exceptions import BaseModelError

FamilyName = Literal["qwen3", "qwen2.5", "gemma", "llama", "generic"]
Style = Literal["fenced", "tool_call"]

_CHATML = (
    "{%- for message in messages -%}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}"
)
_GEMMA = (
    "{{ bos_token }}"
    "{%- set ns = namespace(before='') -%}"
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'system' -%}"
    "{%- set ns.before = message['content'] + '\\n\\n' -%}"
    "{%- else -%}"
    "{%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}"
    "{{ '<start_of_turn>' + role + '\\n' + ns.before + message['content'] | trim + '<end_of_turn>\\n' }}"
    "{%- set ns.before = '' -%}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<start_of_turn>model\\n' }}{%- endif -%}"
)
_LLAMA = (
    "{{ bos_token }}"
    "{%- for message in messages -%}"
    "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim"
    " + '<|eot_id|>' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif -%}"
)


@dataclass(frozen=True)
class ChatFamily:
    """How a family's chats look.

    Attributes:
        name: as `--chat-template` takes it.
        end_of_turn: the token that ends the assistant's turn; empty where only the template says it.
        tool_tokens: the tokens around a tool call; empty where the family has none.
        template: given to a base model without one, when the user asks for it; empty where there is no such thing.
    """

    name: FamilyName
    end_of_turn: str = ""
    tool_tokens: tuple[str, ...] = ()
    template: str = ""

    @property
    def styles(self) -> tuple[Style, ...]:
        """In which forms programs can be taught: fenced Python everywhere, tool calls where tokens for them exist."""
        return ("fenced", "tool_call") if self.tool_tokens else ("fenced",)


_CALLS = ("<tool_call>", "</tool_call>")
FAMILIES: dict[FamilyName, ChatFamily] = {
    "qwen3": ChatFamily("qwen3", "<|im_end|>", _CALLS, _CHATML),
    "qwen2.5": ChatFamily("qwen2.5", "<|im_end|>", _CALLS, _CHATML),
    "gemma": ChatFamily("gemma", "<end_of_turn>", (), _GEMMA),
    "llama": ChatFamily("llama", "<|eot_id|>", (), _LLAMA),
    "generic": ChatFamily("generic"),
}


def family_for(model_folder: Path) -> ChatFamily:
    """The family of a model's folder, by its architecture; where that says nothing, by its template's tokens.

    Raises BaseModelError when the folder is no model's.
    """
    kind = str(read_config(model_folder).get("model_type", "")).lower()
    for prefix, name in _BY_TYPE:
        if kind.startswith(prefix):
            return FAMILIES[name]
    template = _template_text(model_folder)
    return next((family for family in FAMILIES.values() if _speaks(family, template)), FAMILIES["generic"])


_BY_TYPE: tuple[tuple[str, FamilyName], ...] = (
    ("qwen3", "qwen3"),
    ("qwen2", "qwen2.5"),
    ("gemma", "gemma"),
    ("llama", "llama"),
)


def family_named(name: str) -> ChatFamily:
    """A family by its name. Raises BaseModelError for one that is unknown, or has no template to give."""
    found = next((family for family in FAMILIES.values() if family.name == name and family.template), None)
    if found is None:
        known = ", ".join(family.name for family in FAMILIES.values() if family.template)
        raise BaseModelError(f"There is no chat template called {name!r}. Known are: {known}.")
    return found


def read_config(model_folder: Path) -> dict[str, Any]:
    """A model's config.json. Raises BaseModelError when there is none, or it is no JSON object."""
    if not model_folder.is_dir():
        raise BaseModelError(f"{model_folder} is no folder of a model. Give one with config.json and weights.")
    try:
        config = json.loads((model_folder / "config.json").read_bytes())
    except FileNotFoundError:
        raise BaseModelError(f"{model_folder} has no config.json, so it is no folder of a model.") from None
    except (OSError, ValueError) as error:
        raise BaseModelError(f"{model_folder / 'config.json'} cannot be read: {error}") from error
    if not isinstance(config, dict):
        raise BaseModelError(f"{model_folder / 'config.json'} is no JSON object.")
    return config


def _template_text(folder: Path) -> str:
    texts = []
    for name in ("chat_template.jinja", "chat_template.json", "tokenizer_config.json"):
        file = folder / name
        if file.is_file():
            texts.append(file.read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def _speaks(family: ChatFamily, template: str) -> bool:
    # `<|im_end|>` alone is ChatML, which many models speak without being Qwen's.
    return bool(family.end_of_turn) and family.name in {"gemma", "llama"} and family.end_of_turn in template
