"""Mutants tried in the copy of the project: written to disk there, run in a fork, taken back."""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.fixing.mutations.proposing import Mutant
from punie_semantic.fixing.mutations.scene import first_line
from punie_semantic.fixing.mutations.server import Collected, Outcome, Swap, TestServer
from punie_semantic.pytest_run import Copy
from punie_semantic.workspace import Workspace

LEAST_SECONDS = 1.0
FACTOR = 4.0


class Trying:
    """Runs tests on mutants.

    Args:
        workspace: the project; only read.
        server: runs the tests.
        collected: what it has collected.
        targets: the files of the tests.
    """

    def __init__(self, workspace: Workspace, server: TestServer, collected: Collected, targets: Sequence[str]) -> None:
        self._workspace = workspace
        self._server = server
        self._collected = collected
        self._targets = tuple(targets)
        self.runs = 0

    def is_slow(self, mutant: Mutant) -> bool:
        """Whether all must be imported anew: the code ran when it was imported, or is in no function."""
        lines = mutant.lines_called()
        return not lines or any((mutant.scene.file, line) in self._collected.called for line in lines)

    async def run(self, mutant: Mutant, tests: Sequence[str], seconds: float, *, first: bool = True) -> Outcome:
        """Run tests on a mutant. Raises ToolUnavailable when the copy or the process is broken."""
        self.runs += 1
        place = in_copy(self._server.copy, mutant.path)
        source = self._workspace.overlay.base(mutant.path)
        async with self._server.turn:
            with placed(place, source.encode(mutant.text)) as before:
                if not self.is_slow(mutant):
                    swap = Swap(place, before, first_line(mutant.functions()[-1]))
                    outcome = await self._server.run(tests, seconds, swap=swap, first=first)
                    if outcome.ended != "unswappable":
                        return outcome
                targets = [t for t in self._targets if any(_is_of(test, t) for test in tests)]
                return await self._server.run(tests, seconds + LEAST_SECONDS, targets=targets, first=first)

    async def unchanged(self, targets: Sequence[str], seconds: float, *, without: Sequence[str]) -> Outcome:
        """All the tests in some files but a few, on the source as it is, with nothing imported before."""
        async with self._server.turn:
            return await self._server.run(None, seconds, targets=targets, without=without)

    async def anew(self, mutant: Mutant, targets: Sequence[str], seconds: float) -> Outcome:
        """All the tests in some files on a mutant, with nothing imported before."""
        async with self._server.turn:
            place = in_copy(self._server.copy, mutant.path)
            with placed(place, self._workspace.overlay.base(mutant.path).encode(mutant.text)):
                return await self._server.run(None, seconds, targets=targets)


def in_copy(copy: Copy, path: Path) -> Path:
    """Where a file of the project is in a copy. Raises ToolUnavailable when it is a link to the project itself."""
    place = copy.folder / path.relative_to(copy.root)
    if not place.resolve().is_relative_to(copy.folder.resolve()) or place.is_symlink():
        raise ToolUnavailable(f"{path.name} is a link in the copy of the project, so it is not tried")
    return place


@contextmanager
def placed(place: Path, content: bytes) -> Generator[bytes]:
    """Other contents in a file of a copy until the block ends; gives those that it has."""
    try:
        before, status = place.read_bytes(), place.stat()
        if not status.st_mode & stat.S_IWUSR:
            place.chmod(status.st_mode | stat.S_IWUSR)
        place.write_bytes(content)
    except OSError as error:
        raise ToolUnavailable(f"{place.name} cannot be written in the copy: {error.strerror}") from error
    try:
        yield before
    finally:
        place.write_bytes(before)
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))


def deadline(seconds: float) -> float:
    """How long a mutant may take where the tests took so long without it."""
    return max(LEAST_SECONDS, FACTOR * seconds)


def _is_of(test: str, target: str) -> bool:
    return target == "." or test.partition("::")[0] == target or test.startswith(f"{target.rstrip('/')}/")
