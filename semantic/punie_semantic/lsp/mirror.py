"""A folder of symlinks that looks like the project, but with files that come and go as the overlay has them.

ty sees the text of an open document, but looks on disk for which modules there are: a file that only the overlay has
cannot be imported, and one that it deletes still can. So ty is started on a mirror where there are such files.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.project_files import CREATED, DELETED, MAX_FILES, SKIPPED_FOLDERS
from punie_semantic.states import AS_ON_DISK, Layout

_LINKED_SUFFIXES = (".py", ".pyi", ".toml", ".typed")
_NEVER = frozenset({".git", ".hg", ".svn", "__pycache__"})


class Mirror:
    """The folder, for one project; `close` removes it."""

    def __init__(self, root: Path) -> None:
        """Link everything that ty looks at. Takes a while. Raises ToolUnavailable."""
        self._root = root
        self._scratch = Path(tempfile.mkdtemp(prefix="punie-mirror-")).resolve()
        self.folder = self._scratch / (root.name or "project")
        self._layout = AS_ON_DISK
        try:
            self._link_all()
        except OSError as error:
            self.close()
            raise ToolUnavailable(f"The project could not be mirrored for ty: {error.strerror or error}.") from error
        except ToolUnavailable:
            self.close()
            raise

    def arrange(self, layout: Layout) -> list[tuple[Path, int]]:
        """Make the folder look like that. Gives the mirror's files that came or went, as LSP FileChangeType."""
        events: list[tuple[Path, int]] = []
        old, self._layout = self._layout, layout
        for path in old.created - layout.created:
            events += self._remove(path, (*path.parents,))
        for path in old.deleted - layout.deleted:
            events += self._add(path, linked=True)
        for path in layout.deleted - old.deleted:
            events += self._remove(path, ())
        for path in layout.created - old.created:
            events += self._add(path, linked=False)
        return events

    def there(self, path: Path) -> Path:
        """Where a path of the project is in the mirror; other paths are where they are."""
        return self.folder / path.relative_to(self._root) if path.is_relative_to(self._root) else path

    def outward(self, value: Any) -> Any:  # noqa: ANN401 - wire data
        """Wire data with the project's URIs as the mirror's."""
        return _replaced(value, ((self._root.as_uri(), self.folder.as_uri()),))

    def homeward(self, value: Any) -> Any:  # noqa: ANN401 - wire data
        """Wire data with the mirror's URIs, and its paths in messages, as the project's."""
        uris = (self.folder.as_uri(), self._root.as_uri())
        return _replaced(value, (uris, (str(self.folder), str(self._root))))

    def close(self) -> None:
        """Remove the folder; what its links lead to stays."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _link_all(self) -> None:
        self.folder.mkdir()
        count = 0
        for folder, folders, files in os.walk(self._root):
            place = self.there(Path(folder))
            whole = [f for f in folders if f in SKIPPED_FOLDERS or Path(folder, f).is_symlink()]
            folders[:] = [f for f in folders if f not in whole]
            for name in folders:
                (place / name).mkdir()
            links = [f for f in whole if f not in _NEVER] + [f for f in files if f.endswith(_LINKED_SUFFIXES)]
            for name in links:
                (place / name).symlink_to(Path(folder, name))
            count += len(links)
            if count > MAX_FILES:
                raise ToolUnavailable(f"The project has over {MAX_FILES} files; it is too large to mirror for ty.")

    def _own(self, path: Path) -> tuple[Path, list[tuple[Path, int]]]:
        """Where a path is in the mirror, below folders of its own: what a link leads to is not ours.

        Also the events of new folders: without them ty does not see what is in them.
        """
        place = self.there(path)
        events: list[tuple[Path, int]] = []
        for folder in reversed([p for p in place.parents if p.is_relative_to(self.folder) and p != self.folder]):
            if folder.is_symlink():
                target = folder.readlink()
                folder.unlink()
                folder.mkdir()
                for child in target.iterdir():
                    (folder / child.name).symlink_to(child)
            elif not folder.exists():
                folder.mkdir()
                events.append((folder, CREATED))
        return place, events

    def _add(self, path: Path, *, linked: bool) -> Iterable[tuple[Path, int]]:
        place, events = self._own(path)
        with contextlib.suppress(FileExistsError):
            if linked:
                place.symlink_to(path)
            else:
                place.touch(exist_ok=False)
        return [*events, (place, CREATED)]

    def _remove(self, path: Path, parents: Iterable[Path]) -> Iterable[tuple[Path, int]]:
        place, _ = self._own(path)
        place.unlink(missing_ok=True)
        events = [(place, DELETED)]
        for parent in parents:
            if parent == self._root or parent.exists():
                break
            with contextlib.suppress(OSError):
                self.there(parent).rmdir()
                events.append((self.there(parent), DELETED))
        return events


def _replaced(value: Any, pairs: tuple[tuple[str, str], ...]) -> Any:  # noqa: ANN401 - wire data
    match value:
        case str():
            for old, new in pairs:
                value = value.replace(old, new)
            return value
        case dict():
            return {_replaced(key, pairs): _replaced(item, pairs) for key, item in value.items()}
        case list() | tuple():
            return [_replaced(item, pairs) for item in value]
        case _:
            return value
