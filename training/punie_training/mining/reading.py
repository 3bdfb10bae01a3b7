"""Reads the files of a project in several processes. Knows which files count, and not what is in them."""

from __future__ import annotations

import multiprocessing
import os
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from punie_training import places
from punie_training.exceptions import DatasetError
from punie_training.mining.facts import FileFacts, FileKind
from punie_training.mining.file_reading import facts_of

# Starting a process takes longer than reading so many files.
FEW = 40
CHUNK = 25

_LEFT_OUT = frozenset(
    (
        "build",
        "dist",
        "node_modules",
        "site",
        "__pycache__",
        "venv",
        "env",
        "htmlcov",
        "vendor",
        "_vendor",
        "third_party",
    )
)
_DOCUMENTS = frozenset({".md", ".rst"})
_TESTS = frozenset({"test", "tests", "testing"})


@dataclass(frozen=True)
class ReadProject:
    """What was read: facts of the files in order, how many of them were cached, and what was left out and why."""

    facts: tuple[FileFacts, ...]
    cached: int
    skipped: dict[str, int]


def read_project(
    root: Path, *, jobs: int = 1, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> ReadProject:
    """Read all Python files and documents of a folder.

    Args:
        root: the project.
        jobs: how many processes.
        on_progress: gets the number of files that are done, and of all.

    Raises:
        DatasetError: a process ended by itself, for lack of memory for instance.
    """
    skipped: Counter[str] = Counter()
    files = list(_files(root, skipped))
    found: dict[str, FileFacts] = {}
    cached = 0
    for facts, was_cached in _read(root, files, jobs):
        found[facts.file] = facts
        cached += was_cached
        on_progress(len(found), len(files))
    for facts in found.values():
        if facts.problem:
            skipped[facts.problem] += 1
    return ReadProject(tuple(found[name] for name, _ in files), cached, dict(skipped))


def kind_of(file: PurePosixPath) -> FileKind | None:
    """What a file is read for; None for what is not read."""
    if file.suffix.lower() in _DOCUMENTS:
        return "docs"
    if file.suffix != ".py":
        return None
    stem = file.stem
    if _TESTS & set(file.parts[:-1]) or stem.startswith("test_") or stem.endswith("_test") or stem == "conftest":
        return "tests"
    return None if file.parts[0] in ("docs", "doc") else "src"


def _files(root: Path, skipped: Counter[str]) -> Iterator[tuple[str, FileKind]]:
    """The files that are read, sorted; links are not followed."""

    def unreadable(error: OSError) -> None:
        skipped["unreadable folder"] += 1

    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(
            name for name in folders if name not in _LEFT_OUT and not name.startswith(".") and not _is_metadata(name)
        )
        for name in sorted(names):
            path = Path(folder, name)
            file = PurePosixPath(path.relative_to(root).as_posix())
            kind = kind_of(file)
            if kind is None:
                continue
            if path.is_symlink():
                skipped["link"] += 1
            elif not str(file).isprintable():
                skipped["odd name"] += 1
            else:
                yield str(file), kind


def _is_metadata(name: str) -> bool:
    return name.endswith((".dist-info", ".egg-info", ".data"))


def _read(root: Path, files: list[tuple[str, FileKind]], jobs: int) -> Iterator[tuple[FileFacts, bool]]:
    cache = str(places.cache() / "mined")
    if jobs <= 1 or len(files) <= FEW:
        for part in _chunks(files):
            yield from _job(str(root), part, cache)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent) as pool:
        waiting: list[Future[list[tuple[FileFacts, bool]]]] = [
            pool.submit(_job, str(root), part, cache) for part in _chunks(files)
        ]
        try:
            for done in as_completed(waiting):
                yield from done.result()
        except BrokenProcessPool as error:
            raise DatasetError(f"A process that read {root} ended by itself. Pass fewer --jobs.") from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _chunks(files: list[tuple[str, FileKind]]) -> Iterator[list[tuple[str, FileKind]]]:
    for at in range(0, len(files), CHUNK):
        yield files[at : at + CHUNK]


def _job(root: str, files: list[tuple[str, FileKind]], cache: str) -> list[tuple[FileFacts, bool]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of the code that is read
        return [facts_of(root, file, kind, cache) for file, kind in files]


def _end_with_parent() -> None:
    """A process of the pool waits for work for ever: it ends when whoever gave it work was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
