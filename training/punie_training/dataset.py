"""Datasets of code-mode programs: the models, and mlx-lm's folder of train, valid and test.jsonl on disk.

Each line is `{"messages": [...]}`, which is all that mlx-lm reads; what Punie knows besides stands in
`manifest.json` under the example's hash.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from punie_agent.models.small_prompt import chat, fenced, program_in
from punie_training.exceptions import DatasetError

Role = Literal["system", "user", "assistant", "tool"]
Split = Literal["train", "valid", "test"]
Category = Literal[
    "single_tool", "field_access", "check_and_fix", "multi_step", "direct", "contrastive", "mined", "trace"
]
SPLITS: tuple[Split, ...] = ("train", "valid", "test")

MANIFEST = "manifest.json"
FORMAT = 1


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(_Model):
    """One chat message."""

    role: Role
    content: str


class Provenance(_Model):
    """Where an example comes from, and what is known of it.

    Attributes:
        category: what kind of request it is.
        source: what it was made from, such as `templates`, a package, or a session.
        licence: that source's licence.
        template: the template's name; empty where there was none.
        project: the project that its names come from.
        tools: the tools that the program called, each once, in order.
        outcome: how it is known to be right: `executed`, `stated` for words, `accepted` for what a user took.
        split_key: examples with the same key belong into the same split; empty for those that may go anywhere.
        result: what the program gave when it was executed, as JSON, cut where it is long.
    """

    category: Category
    source: str
    licence: str
    template: str = ""
    project: str = ""
    tools: tuple[str, ...] = ()
    outcome: str = "executed"
    split_key: str = ""
    result: str = ""


class Example(_Model):
    """One conversation. It ends with what the model should have said: a program or a direct answer."""

    messages: tuple[Message, ...]
    provenance: Provenance

    @model_validator(mode="after")
    def _check_roles(self) -> Self:
        roles = [message.role for message in self.messages]
        if "user" not in roles or roles[-1] != "assistant":
            raise ValueError("an example needs a user message and ends with the assistant")
        if "system" in roles[1:]:
            raise ValueError("a system message can only come first")
        if any(a == b for a, b in pairwise(roles)):
            raise ValueError("two messages in a row have the same role")
        return self

    @property
    def query(self) -> str:
        """What the user asked last."""
        return next(message.content for message in reversed(self.messages) if message.role == "user")

    @property
    def answer(self) -> str:
        """What the model should have said."""
        return self.messages[-1].content

    @property
    def program(self) -> str | None:
        """The answer's program; None when it is words alone."""
        return program_in(self.answer)

    @property
    def hash(self) -> str:
        """Names the conversation: equal messages have equal hashes, whatever their provenance."""
        return _hash(self.messages)


def example_of(query: str, provenance: Provenance, *, program: str = "", words: str = "") -> Example:
    """An example in the form that all of Punie's have: the short prompt, a query, and a fenced program or words.

    Args:
        query: what the user asks.
        provenance: where it comes from.
        program: the program that answers it; empty for an answer in words.
        words: the answer in words, where there is no program.
    """
    answer = Message(role="assistant", content=fenced(program) if program else words)
    return Example(messages=(*(Message.model_validate(m) for m in chat(query)), answer), provenance=provenance)


def _hash(messages: Iterable[Message]) -> str:
    text = json.dumps([[m.role, m.content] for m in messages], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


class Manifest(_Model):
    """What is in the folder; `counts` are examples per split."""

    format: Literal[1] = FORMAT
    tool_registry: str
    counts: dict[Split, int]
    categories: dict[str, int]
    provenance: dict[str, Provenance]


class Dataset(_Model):
    """Examples by split; no conversation stands twice, least of all in two splits.

    Attributes:
        tool_registry: names the version of the tools that the programs were written for.
    """

    tool_registry: str
    splits: dict[Split, tuple[Example, ...]]

    @model_validator(mode="after")
    def _check_unique(self) -> Self:
        seen: dict[str, Split] = {}
        for split, examples in self.splits.items():
            for key in (example.hash for example in examples):
                if key in seen:
                    raise ValueError(f"example {key} stands twice ({seen[key]}, {split})")
                seen[key] = split
        return self

    def save(self, folder: Path) -> None:
        """Write the folder. Raises DatasetError when it already holds a dataset."""
        if (folder / MANIFEST).exists():
            raise DatasetError(f"{folder} already holds a dataset. Choose a new folder.")
        folder.mkdir(parents=True, exist_ok=True)
        for split in SPLITS:
            lines = [_line(example) for example in self.splits.get(split, ())]
            (folder / f"{split}.jsonl").write_text("".join(lines), encoding="utf-8")
        text = self.manifest().model_dump_json(indent=2) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")

    def manifest(self) -> Manifest:
        """The manifest that belongs to these examples."""
        every = [example for split in SPLITS for example in self.splits.get(split, ())]
        return Manifest(
            tool_registry=self.tool_registry,
            counts={split: len(self.splits.get(split, ())) for split in SPLITS},
            categories=dict(sorted(Counter(e.provenance.category for e in every).items())),
            provenance={e.hash: e.provenance for e in every},
        )


def _line(example: Example) -> str:
    return json.dumps({"messages": [m.model_dump() for m in example.messages]}, ensure_ascii=False) + "\n"


def load(folder: Path) -> Dataset:
    """Read a folder back.

    Raises:
        DatasetError: names the file and line that is wrong, or what the manifest does not cover.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        if any((folder / f"{split}.jsonl").is_file() for split in SPLITS):
            raise DatasetError(
                f"{folder / MANIFEST} is missing, so it is not known what these examples are. Make a dataset of them: "
                f"punie-ls dataset split {folder} NEW-FOLDER"
            ) from error
        raise DatasetError(
            f"{folder / MANIFEST} is missing, and there are no examples: {folder} is no dataset. Make one: "
            "punie-ls dataset build"
        ) from error
    except ValidationError as error:
        raise DatasetError(f"{folder / MANIFEST} is no manifest of a dataset: {error}") from error
    splits = {split: tuple(_read(folder / f"{split}.jsonl", manifest)) for split in SPLITS}
    counts = {split: len(examples) for split, examples in splits.items()}
    if counts != manifest.counts:
        raise DatasetError(
            f"{folder} holds {counts} examples, but its manifest says {manifest.counts}: its files were changed. See "
            f"what is in them with punie-ls dataset validate {folder}; a dataset of them as they are is made by "
            f"punie-ls dataset split {folder} NEW-FOLDER."
        )
    try:
        return Dataset(tool_registry=manifest.tool_registry, splits=splits)
    except ValidationError as error:
        raise DatasetError(f"{folder}: {error}") from error


def _read(file: Path, manifest: Manifest) -> Iterable[Example]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line:
            yield _example(line, f"{file}:{number}", manifest)


def _example(line: str, place: str, manifest: Manifest) -> Example:
    try:
        messages = tuple(Message.model_validate(item) for item in json.loads(line)["messages"])
        key = _hash(messages)
        unknown = Provenance(category="direct", source="", licence="")
        example = Example(messages=messages, provenance=manifest.provenance.get(key, unknown))
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{place} is no example: {error}") from error
    if key not in manifest.provenance:
        raise DatasetError(f"{place}: the manifest does not know example {key}. Build the dataset again.")
    return example
