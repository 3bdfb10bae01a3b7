"""The adapter that is promoted when a run begins: what a candidate has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from punie_training.adapters import AdapterRecord, open_registry
from punie_training.exceptions import AdapterError


@dataclass(frozen=True)
class Incumbent:
    """A promoted adapter. `problem` says why it cannot be evaluated; "" when it can."""

    name: str
    base: Path
    path: Path
    problem: str = ""


def promoted_now() -> Incumbent | None:
    """The adapter that serves; None when none does."""
    with open_registry() as registry:
        record = registry.promoted()
    return _incumbent(record) if record else None


def incumbent_of(name: str) -> Incumbent | None:
    """The adapter of a name, "" for none; one that was removed since has a `problem`."""
    if not name:
        return None
    try:
        with open_registry() as registry:
            return _incumbent(registry.get(name))
    except AdapterError as error:
        return Incumbent(name, Path(), Path(), str(error))


def free_name(name: str) -> str:
    """The name, when a new adapter can have it. Raises AdapterError for one that is taken."""
    with open_registry() as registry:
        if any(record.name == name for record in registry.all()):
            raise AdapterError(f"There is an adapter {name} already. Choose another --name: punie-ls adapters list")
    return name


def _incumbent(record: AdapterRecord) -> Incumbent:
    base, path = Path(record.base), Path(record.path)
    missing = next((folder for folder in (base, path) if not folder.is_dir()), None)
    problem = f"The promoted adapter {record.name} cannot be evaluated: {missing} is not there." if missing else ""
    return Incumbent(record.name, base, path, problem)
