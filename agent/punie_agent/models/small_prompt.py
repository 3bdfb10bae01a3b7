"""The one short prompt of models that were trained for Punie: in training, in evaluation and at run time the same.

A small model that knows the tools by its weights needs no stubs of 5,000 tokens, and has no room for them.
"""

from __future__ import annotations

import re

SYSTEM = "Answer with a Python program that calls tools, or in words."

# The fence may be left open by a model that was stopped at its end.
_FENCED = re.compile(r"^```(?:python|py)[ \t]*\n(?P<code>.*?)(?:^```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)


def chat(query: str) -> list[dict[str, str]]:
    """The messages of a request, as OpenAI's protocol and chat templates take them."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": query}]


def fenced(program: str) -> str:
    """A program as an answer."""
    return f"```python\n{program.strip()}\n```"


def program_in(answer: str) -> str | None:
    """The first fenced program of an answer; None when it is words alone."""
    found = _FENCED.search(answer.replace("\r\n", "\n"))
    code = found["code"].strip("\n") if found else ""
    return code or None
