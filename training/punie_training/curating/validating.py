"""Whether a dataset can be trained on: its lines, its examples one by one, and its splits together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from punie_agent.models.small_prompt import SYSTEM
from punie_training.curating.leaks import leaks
from punie_training.curating.reading import Finding, Reading, Row, read_folder
from punie_training.curating.secret_scan import SecretScan, open_scan
from punie_training.curating.tool_calls import tool_calls
from punie_training.dataset import MANIFEST, SPLITS, Split

# mlx-lm's batch by default: it refuses a set that does not fill one.
BATCH = 4
SMALL_TRAIN = 100
# What a share of all examples may be.
SHARES: dict[Split, tuple[float, float]] = {"train": (0.5, 0.97), "valid": (0.02, 0.3), "test": (0.02, 0.4)}


@dataclass(frozen=True)
class Validation:
    """What was found; `counts` are the examples that could be read."""

    folder: Path
    counts: dict[Split, int]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from being trained on."""
        return [finding for finding in self.findings if finding.level == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """What should be looked at."""
        return [finding for finding in self.findings if finding.level == "warning"]


def validate(folder: Path) -> Validation:
    """Look at all of a dataset, with a manifest or without one.

    Raises:
        DatasetError: there is no such folder, or no dataset in it.
        MissingExtra: detect-secrets is not installed.
    """
    reading = read_folder(folder)
    counts: dict[Split, int] = {split: len(reading.of(split)) for split in SPLITS}
    findings = [*reading.findings, *_sizes(reading, counts)]
    with open_scan() as scan:
        for row in reading.rows:
            findings += _example(row, scan)
    findings += leaks(reading.rows)
    return Validation(folder, counts, tuple(findings))


def _example(row: Row, scan: SecretScan) -> list[Finding]:
    return [*_prompt(row), *_secrets(row, scan), *_program(row), *_line_ends(row)]


def _prompt(row: Row) -> list[Finding]:
    first = row.example.messages[0]
    if first.role != "system":
        said = f"It has no system prompt, and at run time there is one: {SYSTEM!r}."
        return [Finding("error", "system_prompt", row.place, said)]
    if first.content != SYSTEM:
        said = f"Its system prompt is {_short(first.content)}, but at run time it is {SYSTEM!r}."
        return [Finding("error", "system_prompt", row.place, said)]
    return []


def _secrets(row: Row, scan: SecretScan) -> list[Finding]:
    kinds = scan.of(row.example)
    if not kinds:
        return []
    said = f"It holds a secret ({', '.join(kinds)}). Take it out, and revoke it if it was real."
    return [Finding("error", "secret", row.place, said)]


def _program(row: Row) -> list[Finding]:
    program = row.example.program
    if program is None:
        if "```python" in row.example.answer:
            return [Finding("error", "program", row.place, "Its program is empty.")]
        return []
    try:
        calls = tool_calls(program)
    except SyntaxError as error:
        where = f" in its line {error.lineno}" if error.lineno else ""
        return [Finding("error", "program", row.place, f"Its program does not parse: {error.msg}{where}.")]
    if calls.unknown:
        said = f"Its program calls {', '.join(calls.unknown)}, which is no tool. See: punie-ls tools list"
        return [Finding("error", "tool", row.place, said)]
    if not calls.tools:
        return [Finding("error", "tool", row.place, "Its program calls no tool. See: punie-ls tools list")]
    return []


def _line_ends(row: Row) -> list[Finding]:
    if not any("\r" in message.content for message in row.example.messages):
        return []
    said = "It has carriage returns, which a model would learn to write. Use plain line ends."
    return [Finding("warning", "line_ends", row.place, said)]


def _sizes(reading: Reading, counts: dict[Split, int]) -> list[Finding]:
    folder, total = str(reading.folder), sum(counts.values())
    if not total:
        return [Finding("error", "empty", folder, "It holds no examples.")]
    found = [
        Finding("error" if split != "test" else "warning", "empty", f"{folder}/{split}.jsonl", _EMPTY[split])
        for split in SPLITS
        if not counts[split]
    ]
    if 0 < counts["train"] < BATCH:
        said = f"{counts['train']} examples do not fill a batch of {BATCH}, and mlx-lm refuses that."
        found.append(Finding("error", "small", f"{folder}/train.jsonl", said))
    elif 0 < counts["train"] < SMALL_TRAIN:
        said = f"{counts['train']} examples are few: a model learns little from fewer than {SMALL_TRAIN}."
        found.append(Finding("warning", "small", f"{folder}/train.jsonl", said))
    if 0 < counts["valid"] < BATCH:
        said = f"{counts['valid']} examples do not fill a batch of {BATCH}."
        found.append(Finding("warning", "small", f"{folder}/valid.jsonl", said))
    return [*found, *_shares(folder, counts, total), *_manifest(reading, counts)]


_EMPTY: dict[Split, str] = {
    "train": "There is nothing to train on.",
    "valid": "There is nothing to see progress by. See: punie-ls dataset split",
    "test": "There is nothing to judge the model by afterwards. See: punie-ls dataset split",
}


def _shares(folder: str, counts: dict[Split, int], total: int) -> list[Finding]:
    found = []
    for split, (least, most) in SHARES.items():
        share = counts[split] / total
        if counts[split] and not least <= share <= most:
            said = f"{share:.0%} of the examples are in it; {least:.0%} to {most:.0%} are usual."
            found.append(Finding("warning", "proportion", f"{folder}/{split}.jsonl", said))
    return found


def _manifest(reading: Reading, counts: dict[Split, int]) -> list[Finding]:
    manifest = reading.manifest
    if manifest is None:
        return []
    file = str(reading.folder / MANIFEST)
    found = []
    if manifest.counts != counts:
        said = f"It says {_counts(manifest.counts)}, but {_counts(counts)} could be read."
        found.append(Finding("error", "manifest", file, said))
    categories = Counter(example.provenance.category for example in reading.examples)
    if manifest.counts == counts and dict(manifest.categories) != dict(categories):
        found.append(Finding("error", "manifest", file, "Its categories are not those of the examples."))
    return found


def _counts(counts: dict[Split, int]) -> str:
    return ", ".join(f"{split} {counts.get(split, 0)}" for split in SPLITS)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}...")
