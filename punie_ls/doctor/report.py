"""What the doctor has found, as plain data: the JSON object is made of exactly this."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

SCHEMA = 1


@dataclass(frozen=True)
class Finding:
    """Something to know. `wrong` makes the doctor fail; anything else is only a note.

    Attributes:
        what: one sentence that says what is so.
        do: one sentence that says what to do; empty when there is nothing to do.
        wrong: whether something does not work.
        about: the server it is about, so that one trouble is said once.
    """

    what: str
    do: str = ""
    wrong: bool = True
    about: str = ""


@dataclass(frozen=True)
class Tool:
    """ty or ruff: the program that the server starts. `chosen_by` is PUNIE_TY, PUNIE_RUFF, "beside Punie" or "PATH"."""

    name: str
    path: str | None
    chosen_by: str | None
    version: str | None
    error: str | None = None


@dataclass(frozen=True)
class Override:
    """A configuration of ty's own that names a Python environment, which wins over what Punie has found."""

    file: str
    value: str


@dataclass(frozen=True)
class Python:
    """The project's environment: which rule found it, and what its Python says."""

    environment: str
    executable: str
    found_by: str
    version: str | None = None
    error: str | None = None
    pytest: str | None = None
    override: Override | None = None


@dataclass(frozen=True)
class Server:
    """One child server, started once: the time until it had answered `initialize`, or why it did not.

    The file watcher is among them: it has answered when it has noticed a new file.
    """

    name: str
    command: list[str]
    seconds: float | None = None
    error: str | None = None
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Setting:
    """One setting, and the last place that said something about it."""

    name: str
    value: Any
    source: str


@dataclass(frozen=True)
class Logs:
    """The log directory, its newest files, and the last errors in them."""

    directory: str | None
    files: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Watching:
    """Linux's limit on watched directories, and how many there are; `complete` is false when counting took too long."""

    limit: int
    directories: int
    complete: bool


@dataclass(frozen=True)
class Machine:
    """What is around."""

    platform: str
    git: str | None
    file_system: str | None
    watching: Watching | None


@dataclass
class Report:
    """Everything. `findings` grows while the parts are examined."""

    folder: str
    versions: dict[str, str | None]
    tools: list[Tool]
    python: Python
    servers: list[Server]
    settings: list[Setting]
    machine: Machine
    logs: Logs
    variables: dict[str, str]
    findings: list[Finding]

    @property
    def problems(self) -> list[Finding]:
        """What is wrong."""
        return [finding for finding in self.findings if finding.wrong]

    @property
    def notes(self) -> list[Finding]:
        """What is only worth knowing."""
        return [finding for finding in self.findings if not finding.wrong]

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints. Keys are only ever added; `schema` counts what is not compatible."""
        parts = dataclasses.asdict(self)
        del parts["findings"]
        lists: dict[Literal["problems", "notes"], list[Finding]] = {"problems": self.problems, "notes": self.notes}
        said = {name: [{"what": f.what, "do": f.do} for f in found] for name, found in lists.items()}
        return {"schema": SCHEMA, "ok": not self.problems, **parts, **said}
