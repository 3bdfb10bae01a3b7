"""What suits which family of models: sampling, stop sequences, tool style, whether they think.

The table is in view below; the user's own options win over all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pydantic_ai.settings import ModelSettings

from punie_agent.models.choice import Style

Thinking = Literal["never", "tagged", "from_start"]

# An answer with a program that gets this far is a runaway; a thinking model needs the room.
MAX_TOKENS = 4096
MAX_TOKENS_THINKING = 16_384
# The most stop sequences that OpenAI's protocol allows.
MOST_STOPS = 4


@dataclass(frozen=True)
class Family:
    """One family.

    Attributes:
        name: for people.
        pattern: what its models' names contain, in lower case.
        temperature: 0 where greedy decoding is sound; thinking models loop with it.
        top_p: nucleus sampling; None leaves it to the server.
        stop: where an answer ends even when the server does not know the end token.
        tool_style: what `auto` comes to.
        thinking: `tagged` within `<think>`; `from_start` when the chat template opens the tag itself.
    """

    name: str
    pattern: str
    temperature: float = 0.0
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    tool_style: Style = "code"
    thinking: Thinking = "never"


_QWEN_ENDS = ("<|im_end|>", "<|endoftext|>", "<tool_response>")
_DEEPSEEK_ENDS = ("<\uff5cend\u2581of\u2581sentence\uff5c>", "<\uff5ctool\u2581outputs\u2581begin\uff5c>")

# The first that matches counts: the special before the general.
FAMILIES: tuple[Family, ...] = (
    Family("Qwen Coder", r"qwen.*coder", stop=_QWEN_ENDS),
    Family("Qwen thinking", r"qwen.*thinking|qwq", 0.6, 0.95, _QWEN_ENDS, thinking="from_start"),
    Family("Qwen instruct", r"qwen.*(instruct|2[.-]?5)", stop=_QWEN_ENDS),
    Family("Qwen", r"qwen", 0.6, 0.95, _QWEN_ENDS, thinking="tagged"),
    Family("DeepSeek R1", r"deepseek.*r1|deepseek-reasoner", 0.6, 0.95, _DEEPSEEK_ENDS, thinking="from_start"),
    Family("DeepSeek", r"deepseek", stop=_DEEPSEEK_ENDS),
    Family("gpt-oss", r"gpt[-_]?oss", 1.0, 1.0, thinking="tagged"),
    Family("Magistral", r"magistral", 0.7, 0.95, ("</s>",), thinking="tagged"),
    Family("Mistral", r"(mis|mix|devs|codes|minis)tral", 0.0, None, ("</s>", "[TOOL_RESULTS]")),
    Family("Gemma", r"gemma", stop=("<end_of_turn>", "```tool_output")),
    Family("Llama", r"llama", stop=("<|eot_id|>", "<|eom_id|>")),
    Family("Granite", r"granite", stop=("<|end_of_text|>",), tool_style="json"),
    Family("Phi reasoning", r"phi.*reasoning", 0.8, 0.95, ("<|end|>", "<|im_end|>"), thinking="tagged"),
    Family("Phi", r"\bphi", stop=("<|end|>", "<|im_end|>"), tool_style="json"),
    Family("GLM", r"\bglm|chatglm", 0.6, 0.95, ("<|observation|>",), thinking="tagged"),
)
UNKNOWN = Family("unknown", "")


def family_of(model: str) -> Family:
    """The family of a model by its name; `UNKNOWN` when none is recognised."""
    name = model.lower()
    return next((family for family in FAMILIES if re.search(family.pattern, name)), UNKNOWN)


def sampling(family: Family, context_length: int | None = None) -> ModelSettings:
    """The settings for a family's models. Without `max_tokens`, mlx_lm.server stops after 512."""
    most = MAX_TOKENS if family.thinking == "never" else MAX_TOKENS_THINKING
    if context_length:
        most = max(256, min(most, context_length // 4))
    settings = ModelSettings(temperature=family.temperature, max_tokens=most)
    if family.top_p is not None:
        settings["top_p"] = family.top_p
    if family.stop:
        settings["stop_sequences"] = list(family.stop[:MOST_STOPS])
    return settings
