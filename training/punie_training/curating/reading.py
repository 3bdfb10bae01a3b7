"""Reads mlx-lm folders line by line and says what is wrong with each, with a manifest or without one.

What the lines mean is for others: this knows their form alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from punie_training.curating.lines import MalformedLine, parse_line
from punie_training.curating.tool_calls import category_of, tools_in
from punie_training.dataset import MANIFEST, SPLITS, Example, Manifest, Message, Provenance, Split
from punie_training.exceptions import DatasetError

# A longer line holds no chat that any model of ours could be trained on.
MOST_LINE = 1_000_000
UNKNOWN = "unknown"

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something wrong with a dataset.

    Attributes:
        level: an `error` keeps it from being trained on, a `warning` does not.
        rule: a short name for what was looked at, such as `json` or `leak`.
        place: the file with its line, or the folder.
        message: what is wrong, and what to do.
    """

    level: Level
    rule: str
    place: str
    message: str


@dataclass(frozen=True)
class Row:
    """A line that is an example; `number` counts from 1."""

    split: Split
    file: str
    number: int
    example: Example

    @property
    def place(self) -> str:
        """For people: the file and the line."""
        return f"{self.file}:{self.number}"


@dataclass(frozen=True)
class Reading:
    """A folder as far as it could be read; `manifest` is None where there is none."""

    folder: Path
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    manifest: Manifest | None

    def of(self, split: Split) -> list[Row]:
        """The rows of a split, in order."""
        return [row for row in self.rows if row.split == split]

    @property
    def examples(self) -> list[Example]:
        """All examples, those of train first."""
        return [row.example for row in self.rows]

    @property
    def tool_registry(self) -> str:
        """Which tools its programs were written for; `unknown` without a manifest."""
        return self.manifest.tool_registry if self.manifest else UNKNOWN


def read_folder(folder: Path) -> Reading:
    """Read all that can be read, and find what is wrong with the rest.

    Raises:
        DatasetError: there is no such folder, or no dataset in it.
    """
    _check_folder(folder)
    findings: list[Finding] = []
    manifest = _manifest(folder, findings)
    rows: list[Row] = []
    for split in SPLITS:
        file = folder / f"{split}.jsonl"
        if _can_be_read(file, folder, findings):
            rows += _rows(file, split, manifest, findings)
    return Reading(folder, tuple(rows), tuple(findings), manifest)


def read_whole(folder: Path) -> Reading:
    """Read a folder that must be sound, line by line.

    Raises:
        DatasetError: it is not; the first thing that is wrong is named.
    """
    reading = read_folder(folder)
    errors = [finding for finding in reading.findings if finding.level == "error"]
    if errors:
        more = f" ({len(errors)} such findings.)" if len(errors) > 1 else ""
        raise DatasetError(f"{errors[0].place}: {errors[0].message}{more} See: punie-ls dataset validate {folder}")
    if not reading.rows:
        raise DatasetError(f"{folder} holds no examples.")
    return reading


def _check_folder(folder: Path) -> None:
    try:
        if not folder.is_dir():
            raise DatasetError(f"{folder} is not a folder. Pass a folder with train.jsonl.")
        names = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if not names & {f"{split}.jsonl" for split in SPLITS}:
        raise DatasetError(f"{folder} holds no dataset: neither train.jsonl nor valid.jsonl nor test.jsonl is there.")


def _manifest(folder: Path, findings: list[Finding]) -> Manifest | None:
    file = folder / MANIFEST
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        findings.append(Finding("error", "manifest", str(file), f"It cannot be read: {error.strerror or error}."))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        message = f"It is no manifest: {at + ': ' if at else ''}{first['msg']}. Build the dataset again."
        findings.append(Finding("error", "manifest", str(file), message))
    return None


def _can_be_read(file: Path, folder: Path, findings: list[Finding]) -> bool:
    if not file.exists():
        if file.is_symlink():
            findings.append(Finding("error", "link", str(file), "It is a link to nothing."))
        return False
    if file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        message = "It is a link out of the dataset's folder. Put the file itself there."
        findings.append(Finding("error", "link", str(file), message))
        return False
    if not file.is_file():
        findings.append(Finding("error", "file", str(file), "It is no file."))
        return False
    return True


def _rows(file: Path, split: Split, manifest: Manifest | None, findings: list[Finding]) -> Iterator[Row]:
    number = 0
    try:
        for number, line in enumerate(_lines(file), start=1):
            try:
                parsed = parse_line(line, first=number == 1, most=MOST_LINE)
                example = _example(parsed.messages, file, manifest)
            except MalformedLine as problem:
                findings.append(Finding("error", problem.rule, f"{file}:{number}", str(problem)))
            else:
                if parsed.beside:
                    message = f"Beside its messages it has {', '.join(parsed.beside[:6])}, which no model is shown."
                    findings.append(Finding("warning", "shape", f"{file}:{number}", message))
                yield Row(split, str(file), number, example)
    except OSError as error:
        findings.append(Finding("error", "file", f"{file}:{number + 1}", f"It cannot be read: {error}."))


def _lines(file: Path) -> Iterator[bytes]:
    """The lines without their ends; of one that is too long only the beginning."""
    with file.open("rb") as stream:
        while line := stream.readline(MOST_LINE + 1):
            rest = line
            while not rest.endswith(b"\n") and len(rest) > MOST_LINE:
                rest = stream.readline(MOST_LINE + 1)
            yield line


def _example(messages: tuple[Message, ...], file: Path, manifest: Manifest | None) -> Example:
    guess = guessed(messages, source=file.parent.resolve().name)
    try:
        example = Example(messages=messages, provenance=guess)
    except ValidationError as error:
        said = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise MalformedLine("role", f"The roles are wrong: {said}.") from error
    if manifest is None:
        return example
    known = manifest.provenance.get(example.hash)
    if known is None:
        raise MalformedLine("manifest", f"The manifest does not know example {example.hash}. Build the dataset again.")
    return example.model_copy(update={"provenance": known})


def guessed(messages: tuple[Message, ...], *, source: str, licence: str = UNKNOWN) -> Provenance:
    """What the messages themselves say of where they come from, which is little."""
    answer = messages[-1].content if messages else ""
    return Provenance(
        category=category_of(answer), source=source, licence=licence, tools=tools_in(answer), outcome=UNKNOWN
    )
