"""What is mined: a folder, an archive, or an installed package, each as a folder with a name and a licence.

Archives and packages are copied into a folder of their own, as far as they are text. Nothing of them is imported.
"""

from __future__ import annotations

import importlib.metadata
import re
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from punie_training import places
from punie_training.exceptions import DatasetError
from punie_training.mining.licences import licence_of, project_table

MOST_FILE = 1_000_000
MOST_ALL = 500_000_000
MOST_FILES = 50_000
KEPT = frozenset({".py", ".pyi", ".md", ".rst", ".toml", ".cfg", ".txt"})
_NAMED = re.compile(r"(?:licen[sc]e|copying|metadata|pkg-info|py\.typed)(?:[.-].*)?", re.IGNORECASE)
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class Project:
    """A project that is mined.

    Attributes:
        name: what it is called.
        licence: of all that is taken from it; `unknown` where nobody says it.
        root: its folder.
        origin: how it was given: `folder`, `archive` or `package`.
        skipped: how many files were left behind, by reason.
    """

    name: str
    licence: str
    root: Path
    origin: str
    skipped: Counter[str] = field(default_factory=Counter, compare=False)


@contextmanager
def open_source(source: str) -> Generator[Project]:
    """A folder as it is, or a copy of an archive or an installed package for as long as it is open.

    Args:
        source: a path, or a package that is installed beside Punie.

    Raises:
        DatasetError: it is neither, or cannot be read.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        yield _folder(path.resolve())
        return
    temporary = places.cache() / "sources"
    try:
        temporary.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(f"{temporary} cannot be used: {error.strerror or error}.") from error
    with tempfile.TemporaryDirectory(dir=temporary) as name:
        into = Path(name)
        yield _archive(path, into) if path.is_file() else _installed(source, into)


def _folder(root: Path) -> Project:
    name = project_table(root / "pyproject.toml").get("name")
    return Project(str(name or root.name), licence_of(root), root, "folder")


def _installed(source: str, into: Path) -> Project:
    if not _PACKAGE.fullmatch(source):
        raise DatasetError(f"{source} is neither a path that exists nor the name of a package.")
    try:
        package = importlib.metadata.distribution(source)
    except importlib.metadata.PackageNotFoundError as error:
        raise DatasetError(
            f"{source} is neither a path that exists nor an installed package. Install it, or pass its wheel or sdist."
        ) from error
    skipped: Counter[str] = Counter()
    budget = _Budget(skipped)
    for file in package.files or ():
        origin = Path(str(package.locate_file(file)))
        if _wanted(file, skipped) and not origin.is_symlink() and origin.is_file():
            with origin.open("rb") as stream:
                budget.copy(stream, origin.stat().st_size, into / Path(*file.parts))
    metadata = package.read_text("METADATA") or package.read_text("PKG-INFO") or ""
    return Project(package.name, licence_of(into, metadata), into, "package", skipped)


def _archive(path: Path, into: Path) -> Project:
    skipped: Counter[str] = Counter()
    budget = _Budget(skipped)
    try:
        for name, size, stream in _zipped(path) if zipfile.is_zipfile(path) else _tarred(path):
            if _wanted(name, skipped):
                budget.copy(stream, size, into / Path(*name.parts))
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError) as error:
        raise DatasetError(
            f"{path} is no archive that can be read: {error}. Pass a wheel, a zip or a tar.gz."
        ) from error
    entries = list(into.iterdir())
    root = entries[0] if len(entries) == 1 and entries[0].is_dir() else into
    metadata = next(iter([*root.glob("*.dist-info/METADATA"), *root.glob("PKG-INFO")]), None)
    text = metadata.read_text(encoding="utf-8", errors="replace") if metadata else ""
    name = re.search(r"^Name: (.+)$", text, re.MULTILINE)
    return Project(
        name[1].strip() if name else path.name.partition("-")[0], licence_of(root, text), root, "archive", skipped
    )


def _zipped(path: Path) -> Iterator[tuple[PurePosixPath, int, IO[bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                with archive.open(info) as stream:
                    yield PurePosixPath(info.filename), info.file_size, stream


def _tarred(path: Path) -> Iterator[tuple[PurePosixPath, int, IO[bytes]]]:
    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield PurePosixPath(member.name), member.size, stream


def _wanted(name: PurePosixPath, skipped: Counter[str]) -> bool:
    if name.is_absolute() or ".." in name.parts or not name.parts or "\0" in str(name):
        skipped["outside of it"] += 1
        return False
    return name.suffix.lower() in KEPT or _NAMED.fullmatch(name.name) is not None


class _Budget:
    """Copies files as long as there are not too many; sizes that an archive only claims are not believed."""

    def __init__(self, skipped: Counter[str]) -> None:
        self._skipped = skipped
        self._files = 0
        self._bytes = 0

    def copy(self, stream: IO[bytes], size: int, to: Path) -> None:
        if size > MOST_FILE:
            self._skipped["large"] += 1
            return
        if self._files >= MOST_FILES or self._bytes >= MOST_ALL:
            self._skipped["too many"] += 1
            return
        data = stream.read(MOST_FILE + 1)
        if len(data) > MOST_FILE:
            self._skipped["large"] += 1
            return
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(data)
        self._files += 1
        self._bytes += len(data)
