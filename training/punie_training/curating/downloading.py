"""Fetches datasets of others, row by row: from a hub by name, or from a local folder or file."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from punie_training import places
from punie_training.curating.schemas import example_of_row
from punie_training.curating.secret_scan import open_scan
from punie_training.curating.splitting import divide, group
from punie_training.curating.writing import Written, check_out, write_dataset
from punie_training.dataset import Example, Split
from punie_training.exceptions import DatasetError, MissingExtra

UNKNOWN = "unknown"
RATIOS = (0.8, 0.1, 0.1)
FORMATS = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv"}
_SPLITS: dict[str, Split] = {"train": "train", "valid": "valid", "validation": "valid", "dev": "valid", "test": "test"}
_FRONT = re.compile(r"---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class DownloadOptions:
    """What is fetched.

    Attributes:
        name: a dataset of the hub, or a local folder or file.
        out: the new folder.
        splits: of the source; empty for all.
        limit: rows of each split at most; None for all.
        columns: which column is the `query` and which the `answer`; empty to find out.
    """

    name: str
    out: Path
    splits: tuple[str, ...] = ()
    limit: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Downloaded:
    """What was written, under which licence, how many rows there were, and why some were left out."""

    written: Written
    licence: str
    rows: int
    dropped: dict[str, int]


@dataclass(frozen=True)
class _Source:
    """Where rows come from: what `datasets` loads, and the card that says the licence."""

    loader: str
    files: dict[str, list[str]] | None
    card: str


def download(
    options: DownloadOptions,
    accept: Callable[[str], bool],
    on_progress: Callable[[str, int], None] = lambda split, rows: None,
) -> Downloaded:
    """Fetch rows and write them as our chats.

    Args:
        options: what is fetched.
        accept: gets a sentence about a licence that nobody says, and gives whether to go on all the same.
        on_progress: gets a split's name and how many of its rows there were.

    Raises:
        DatasetError: there is no such dataset, no network for it, no row that is a chat, or `out` cannot be written.
        MissingExtra: datasets is not installed.
    """
    local = Path(options.name).expanduser()
    check_out(options.out, [local] if local.exists() else [])
    source = _local(local) if local.exists() else _hub(options.name)
    licence = licence_in(source.card)
    if licence == UNKNOWN and not accept(f"The card of {options.name} says no licence."):
        raise DatasetError(
            f"The card of {options.name} says no licence, so it was not fetched. Find out whether you may use it, and "
            "pass --accept-licence."
        )
    dropped: Counter[str] = Counter()
    found: dict[str, list[Example]] = {}
    rows = 0
    with open_scan() as scan:
        for split, row in _rows(source, options):
            rows += 1
            on_progress(split, rows)
            example = example_of_row(row, options.columns, source=options.name, licence=licence)
            if isinstance(example, str):
                dropped[example] += 1
            elif scan.of(example):
                dropped["secret"] += 1
            else:
                found.setdefault(split, []).append(example)
    if not any(found.values()):
        reasons = ", ".join(f"{reason} {number}" for reason, number in dropped.items()) or "it has no rows"
        raise DatasetError(f"No row of {options.name} is a chat ({reasons}). Name them: --columns query=... answer=...")
    written = write_dataset(_divided(found), options.out, tool_registry=UNKNOWN)
    return Downloaded(written, licence, rows, dict(dropped))


def licence_in(card: str) -> str:
    """The licence that a dataset's card says in its head; `unknown` when it says none."""
    head = _FRONT.match(card.lstrip("\ufeff"))
    found = re.search(r"^licen[sc]e:[ \t]*(?:\n\s*-[ \t]*)?([^\s#\[\]]+)", head[1], re.MULTILINE) if head else None
    name = found[1].strip("'\"") if found else ""
    return name if name.lower() not in ("", "unknown", "other", "null", "none") else UNKNOWN


def _local(path: Path) -> _Source:
    if path.is_file():
        if path.suffix not in FORMATS:
            raise DatasetError(f"{path} is none of {', '.join(FORMATS)}.")
        return _Source(FORMATS[path.suffix], {_split_of(path) or "train": [str(path)]}, _card(path.parent))
    files: dict[str, list[str]] = {}
    formats: set[str] = set()
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.suffix in FORMATS and file.is_file() and not hidden and file.name != "manifest.json":
            files.setdefault(_split_of(file) or "train", []).append(str(file))
            formats.add(FORMATS[file.suffix])
    if len(formats) != 1:
        said = f"files of {' and '.join(sorted(formats))}" if formats else f"no file of {', '.join(FORMATS)}"
        raise DatasetError(f"{path} holds {said}. Pass one file, or a folder with one kind of them.")
    return _Source(formats.pop(), files, _card(path))


def _hub(name: str) -> _Source:
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)?", name):
        raise DatasetError(f"{name} is neither a path that exists nor the name of a dataset.")
    _prepare()
    failures = _failures()
    from huggingface_hub import DatasetCard
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        return _Source(name, None, DatasetCard.load(name).content)
    except LocalEntryNotFoundError as error:  # it could not be asked for
        raise _unreachable(name, error) from error
    except EntryNotFoundError:
        return _Source(name, None, "")
    except failures as error:
        raise _unreachable(name, error) from error


def _card(folder: Path) -> str:
    try:
        return (folder / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _split_of(file: Path) -> str:
    """The split that a file's name, or its folder's, speaks of."""
    for name in (file.stem, file.parent.name):
        for part in re.split(r"[^a-z]+", name.lower()):
            if part in _SPLITS:
                return part
    return ""


def _prepare() -> None:
    """Keep what the hub's client keeps among our own caches, and keep it quiet; what the user set counts more."""
    for name, value in (("HF_HOME", str(places.cache() / "hub")), ("HF_HUB_VERBOSITY", "critical")):
        os.environ.setdefault(name, value)


def _rows(source: _Source, options: DownloadOptions) -> Iterator[tuple[str, Mapping[str, Any]]]:
    _prepare()
    failures = _failures()
    import datasets

    try:
        loaded = datasets.load_dataset(
            source.loader, data_files=source.files, streaming=True, cache_dir=str(places.cache() / "datasets")
        )
        missing = sorted(set(options.splits) - set(loaded))
        if missing:
            raise DatasetError(f"{options.name} has no split {missing[0]}, but {', '.join(map(str, loaded))}.")
        for split in options.splits or tuple(map(str, loaded)):
            rows = loaded[split] if options.limit is None else loaded[split].take(options.limit)
            yield from ((split, row) for row in rows)
    except StopIteration as error:  # what the package raises for a file without a first row
        raise DatasetError(f"{options.name} is empty.") from error
    except failures as error:
        raise _unreachable(options.name, error) from error


def _failures() -> tuple[type[Exception], ...]:
    """What reading rows may raise: no network, no such dataset, no such format. Raises MissingExtra."""
    try:
        from datasets.exceptions import DatasetsError
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise MissingExtra("datasets") from error
    # Its bases are OSError, and the base of all errors of the HTTP client that the hub's client has chosen.
    http = tuple(base for base in HfHubHTTPError.__bases__ if issubclass(base, Exception))
    return (DatasetsError, *http, ValueError, RuntimeError)


def _unreachable(name: str, error: Exception) -> DatasetError:
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return DatasetError(
        f"{name} cannot be read: {first[:300]} Is the name right, and is there a network? A local folder, or a file of "
        "JSON lines or Parquet, can be passed instead of a name."
    )


def _divided(found: Mapping[str, list[Example]]) -> dict[Split, list[Example]]:
    """The source's own splits where it has them; one alone is divided."""
    if len(found) == 1:
        return divide(group(list({e.hash: e for e in next(iter(found.values()))}.values())), RATIOS, 0)
    divided: dict[Split, list[Example]] = {"train": [], "valid": [], "test": []}
    for split, examples in found.items():
        divided[_SPLITS.get(split, "train")] += examples
    return divided
