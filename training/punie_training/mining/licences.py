"""The licence of a project, from its metadata or its licence file; says `unknown` rather than guess."""

from __future__ import annotations

import re
import tomllib
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

UNKNOWN = "unknown"
MOST_NAME = 80

_FILES = re.compile(r"(?:licen[sc]e|copying|unlicense)(?:[.-].*)?", re.IGNORECASE)
_CLASSIFIER = "License :: "
# What only that licence's text says, the more special first.
_TEXTS = (
    ("AGPL", "gnu affero general public license"),
    ("LGPL", "gnu lesser general public license"),
    ("GPL", "gnu general public license"),
    ("Apache-2.0", "apache license version 2.0"),
    ("MPL-2.0", "mozilla public license"),
    ("PSF-2.0", "python software foundation license"),
    ("MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("ISC", "permission to use, copy, modify, and/or distribute this software for any purpose"),
    ("Unlicense", "this is free and unencumbered software released into the public domain"),
    ("BSD-3-Clause", "neither the name of"),
    ("BSD-2-Clause", "redistribution and use in source and binary forms"),
    ("CC0-1.0", "cc0 1.0 universal"),
)


def licence_of(root: Path, metadata: str = "") -> str:
    """The licence of what is in a folder.

    Args:
        root: the project.
        metadata: its core metadata, where it was built already.

    Returns:
        An SPDX expression as far as it was given as one, else a name; `unknown` when nobody says it.
    """
    return _from_metadata(metadata) or _from_pyproject(root / "pyproject.toml") or _from_files(root) or UNKNOWN


def project_table(file: Path) -> dict[str, Any]:
    """The table `project` of a pyproject.toml; empty when there is none that can be read."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}


def _from_metadata(metadata: str) -> str:
    headers = HeaderParser().parsestr(metadata)
    for name in ("License-Expression", "License"):
        if value := _short(headers.get(name, "")):
            return value
    return _classified(headers.get_all("Classifier", []))


def _from_pyproject(file: Path) -> str:
    project = project_table(file)
    licence = project.get("license", "")
    if isinstance(licence, dict):
        licence = licence.get("text", "")
    classifiers = project.get("classifiers", [])
    return _short(str(licence)) or _classified(classifiers if isinstance(classifiers, list) else [])


def _from_files(root: Path) -> str:
    """From a licence file at the top, or in a wheel's metadata."""
    folders = [root, *root.glob("*.dist-info"), *root.glob("*.dist-info/licenses")]
    files = [file for folder in folders for file in sorted(folder.iterdir()) if _FILES.fullmatch(file.name)]
    for file in files:
        if not file.is_file():
            continue
        text = " ".join(file.read_bytes()[:40_000].decode("utf-8", "replace").lower().replace(",", ", ").split())
        for name, words in _TEXTS:
            if words in text or words in text.replace(" ,", ","):
                return name
    return ""


def _classified(classifiers: list[str]) -> str:
    names = [str(c).rpartition(" :: ")[2] for c in classifiers if str(c).startswith(_CLASSIFIER)]
    return next((name for name in names if name != "OSI Approved"), "")


def _short(text: str) -> str:
    """A licence's name; a whole text is none."""
    text = text.strip()
    return text if text and "\n" not in text and len(text) <= MOST_NAME and text.upper() != "UNKNOWN" else ""
