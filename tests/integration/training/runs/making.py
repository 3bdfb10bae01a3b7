"""A dataset that a random model of a few kilobytes learns wholly in seconds."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from punie_training.dataset import Dataset, Example, Provenance, Split, example_of

_REQUESTS = (
    ("Check the types {} {}", "typecheck()", "typecheck"),
    ("Lint the code {} {}", "ruff_check()", "ruff_check"),
    ("List the files {} {}", "list_files()", "list_files"),
)
_WHEN = ("now", "please", "again", "today", "quickly", "for me", "at once", "once more")
_WHERE = ("here", "in src", "of this", "of mine", "of ours", "in here", "everywhere", "in all of it")


def make_dataset(folder: Path) -> Path:
    """Write 192 examples to train, 32 to validate and 32 to compare on."""
    splits: dict[Split, list[Example]] = {"train": [], "valid": [], "test": []}
    for number, (where, when) in enumerate(product(_WHERE, _WHEN)):
        split: Split = "test" if number % 8 == 3 else "valid" if number % 8 == 5 else "train"
        for text, program, tool in _REQUESTS:
            about = Provenance(category="single_tool", source="tests", licence="MIT", tools=(tool,))
            splits[split].append(example_of(text.format(where, when), about, program=program))
        about = Provenance(category="direct", source="tests", licence="MIT", outcome="stated")
        splits[split].append(example_of(f"What is a Protocol {where} {when}?", about, words="A structural type."))
    Dataset(tool_registry="tests", splits={split: tuple(examples) for split, examples in splits.items()}).save(folder)
    return folder
