"""Where a model and its data come from, and under which licence, as far as their own files say it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

UNKNOWN = "unknown"
ORIGIN = "punie.json"
# What belongs to a model wherever it goes.
_TERMS = re.compile(r"^(LICEN[CS]E|NOTICE|COPYING|TERMS|USE_POLICY)", re.IGNORECASE)
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_LICENCE = re.compile(r"^license(?:_name)?:\s*['\"]?([^'\"\n]+?)['\"]?\s*$", re.MULTILINE)


def data_origin(folder: Path) -> dict[str, Any]:
    """A dataset in a few words: its hash, the count of its examples, and the licences of its sources where it tells."""
    digest, counts = hashlib.sha256(), {}
    for split in ("train", "valid", "test"):
        with suppress(OSError):
            data = (folder / f"{split}.jsonl").read_bytes()
            digest.update(split.encode() + data)
            counts[split] = sum(1 for line in data.splitlines() if line.strip())
    return {"hash": digest.hexdigest()[:16], "examples": counts, "licences": dict(sorted(_licences(folder)))}


def base_licence(folder: Path) -> str:
    """What was noted when it was made here; else what its own card says, its licence file's name, or `unknown`."""
    if noted := origin(folder).get("licence"):
        return str(noted)
    with suppress(OSError, UnicodeDecodeError):
        front = _FRONT.match((folder / "README.md").read_text(encoding="utf-8"))
        if front and (found := _LICENCE.search(front[1])):
            return found[1].strip()
    files = terms(folder)
    return f"see {files[0].name}" if files else UNKNOWN


def leave_origin(source: Path, target: Path, **facts: str) -> None:
    """Note in a model's folder what it was made from, and put its licences and notices there."""
    noted = {"base": source.name, "licence": base_licence(source), **origin(source), **facts}
    (target / ORIGIN).write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")
    for path in terms(source):
        shutil.copyfile(path, target / path.name)


def origin(folder: Path) -> dict[str, Any]:
    """What `leave_origin` noted; nothing for other models."""
    with suppress(OSError, ValueError):
        noted = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
        return noted if isinstance(noted, dict) else {}
    return {}


def terms(folder: Path) -> list[Path]:
    """A folder's licences and notices."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and _TERMS.match(path.name))


def _licences(folder: Path) -> Iterator[tuple[str, str]]:
    """Source and licence of each, from the dataset's manifest."""
    with suppress(OSError, ValueError, AttributeError):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for entry in manifest.get("provenance", {}).values():
            yield str(entry.get("source", UNKNOWN)), str(entry.get("licence") or UNKNOWN)
