"""A defect: one edit of one file of a package, and how it was noticed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from punie_semantic.diagnostics import Diagnostic

Noticed = Literal["static", "tests"]


@dataclass(frozen=True)
class Target:
    """A problem that ty or ruff reports because of a defect; 0-based code points."""

    tool: str
    code: str
    message: str
    line: int
    column: int

    @classmethod
    def of(cls, diagnostic: Diagnostic) -> Target:
        """The same without its range's end."""
        column = diagnostic.range["start"]["character"]
        return cls(diagnostic.tool, diagnostic.code, diagnostic.message, diagnostic.line, column)

    def is_(self, diagnostic: Diagnostic) -> bool:
        """Whether a finding is this one; what comes after a message's first line names folders."""
        other = Target.of(diagnostic)
        same = (self.tool, self.code, self.line, self.column) == (other.tool, other.code, other.line, other.column)
        return same and _first(self.message) == _first(other.message)


def _first(message: str) -> str:
    return message.partition("\n")[0]


@dataclass(frozen=True)
class Defect:
    """One edit.

    Attributes:
        kind: the name of its kind.
        package: the short name of the package.
        file: relative to the package's root.
        start: first character that is replaced, in the original.
        end: first character behind it.
        text: what it is replaced with.
        noticed: by whom.
        targets: what ty and ruff report in the file that they did not before; the first is what is to be fixed.
        failing: the tests that fail and did not before, when nothing else has noticed it.
    """

    kind: str
    package: str
    file: str
    start: int
    end: int
    text: str
    noticed: Noticed
    targets: tuple[Target, ...] = ()
    failing: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Short and unique."""
        return f"{self.kind}/{self.package}/{self.file.rpartition('/')[2]}@{self.start}"

    def apply(self, original: str) -> str:
        """The file's text with it."""
        return original[: self.start] + self.text + original[self.end :]

    def as_json(self) -> dict[str, Any]:
        """For the cache."""
        return asdict(self)


def from_json(item: dict[str, Any]) -> Defect:
    """From the cache."""
    edit = (item["start"], item["end"], item["text"])
    targets = tuple(Target(**target) for target in item["targets"])
    return Defect(item["kind"], item["package"], item["file"], *edit, item["noticed"], targets, tuple(item["failing"]))
