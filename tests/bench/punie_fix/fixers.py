"""Who is measured: each is given a broken package and one problem, and says what it would do first."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.environment import child_environ, find_tool
from punie_semantic.exceptions import SemanticError
from punie_semantic.fixing.outcome import FixOptions, FixSearch
from punie_semantic.fixing.search import find_fixes
from tests.bench.punie_fix.defects import Defect
from tests.bench.punie_fix.subject import Subject


@dataclass(frozen=True)
class Choice:
    """One offered fix: what the file's text becomes."""

    title: str
    file: str
    text: str
    why: str = ""


@dataclass(frozen=True)
class Offer:
    """What a fixer offers, the best first; nothing when it declines. `also` are other files that the first changes."""

    choices: tuple[Choice, ...]
    seconds: float
    note: str = ""
    also: tuple[str, ...] = ()


DECLINED = Offer((), 0.0)


class Fixer(Protocol):
    """Anything that offers fixes. The defect is on the subject's disk."""

    name: str

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """What it would do about the problem, or about the failing tests when there is none."""
        ...


PUNIE = "Punie"
PUNIE_TESTED = "Punie, tests asked"


class Punie:
    """The builtin fix, without a model; unsafe ones come last, as in an editor."""

    name = PUNIE

    def __init__(self, test_seconds: float = 30.0) -> None:
        self._test_seconds = test_seconds
        self.seconds = 0.0

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """The first of these is the preferred code action."""
        started = time.monotonic()
        try:
            if problem is not None:
                search = await find_fixes(subject.workspace, problem, FixOptions(unsafe=True))
                self.seconds = time.monotonic() - started
            else:
                search = await self._for_tests(subject, defect.failing)
        except SemanticError as error:
            return Offer((), time.monotonic() - started, f"{type(error).__name__}: {error}")
        choices = tuple(Choice(f.candidate.title, f.file, f.text, f.why) for f in search.found)
        return Offer(choices, time.monotonic() - started, _note(search))

    async def _for_tests(self, subject: Subject, failing: Sequence[str]) -> FixSearch:
        from punie_semantic.fixing.failing_test import find_test_fixes

        return await find_test_fixes(subject.workspace, failing[:3], FixOptions(seconds=self._test_seconds))


class PunieTested:
    """The same in a project whose tests may run: they are asked when even the best fix is only a guess."""

    name = PUNIE_TESTED

    def __init__(self, plain: Punie) -> None:
        self._plain = plain

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        """Its seconds are those of plain Punie, whose answers ty and ruff remember, and those of the tests."""
        if problem is None:
            return DECLINED
        try:
            search = await find_fixes(subject.workspace, problem, FixOptions(unsafe=True, tests="guesses"))
        except SemanticError as error:
            return Offer((), self._plain.seconds, f"{type(error).__name__}: {error}")
        choices = tuple(Choice(f.candidate.title, f.file, f.text, f.why) for f in search.found)
        return Offer(choices, self._plain.seconds + search.testing_seconds, _note(search))


def _note(search: FixSearch) -> str:
    rejected = [f"{r.candidate.title} [{r.candidate.generator}]: {r.why}" for r in search.rejected[:12]]
    held = [f"{c.title} [{c.generator}]: unsafe, so not offered" for c in search.held_back[:4]]
    return "\n".join([*filter(None, [search.reason]), *rejected, *held])


def preferred(actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A server's quick fixes as an editor takes them, without what hides the problem or writes a new definition."""
    others = ("ignore", "suppress", "disable", "noqa", "generate ")
    real = [a for a in actions if not any(word in a.get("title", "").lower() for word in others)]
    return sorted(real, key=lambda action: not action.get("isPreferred"))


def with_sorted_imports(path: Path, text: str) -> str:
    """The text as an editor saves it: nobody's fix is called harmful for where it puts an import."""
    return ruff_fixed(path, text, "--select", "I001")


def ruff_fixed(path: Path, text: str, *options: str) -> str:
    """The text after `ruff check --fix`, with the project's configuration; as it was when ruff has nothing to say."""
    command = [str(find_tool("ruff")), "check", "--fix", "--quiet", "--no-cache", *options]
    done = subprocess.run(
        [*command, "--stdin-filename", str(path), "-"],
        cwd=path.parent,
        env=child_environ(),
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    return done.stdout.decode() if done.stdout else text
