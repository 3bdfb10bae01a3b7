"""The licence of a project, or `unknown`."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_training.mining.licences import licence_of

MIT = 'Permission is hereby granted, free of charge, to any person obtaining a copy\nof this software ("Software")'


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("Name: a\nLicense-Expression: MIT OR Apache-2.0\n", "MIT OR Apache-2.0"),
        ("License: BSD\n", "BSD"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("Classifier: License :: OSI Approved\n", "unknown"),
        ("", "unknown"),
    ],
)
def test_metadata(metadata: str, licence: str, tmp_path: Path) -> None:
    assert licence_of(tmp_path, metadata) == licence


@pytest.mark.parametrize(
    ("pyproject", "licence"),
    [
        ('[project]\nlicense = "MIT"', "MIT"),
        ('[project]\nlicense = {text = "Apache 2"}', "Apache 2"),
        ('[project]\nlicense = {file = "LICENSE"}', "ISC"),
        ('[project]\nclassifiers = ["License :: OSI Approved :: BSD License"]', "BSD License"),
        ("[project", "ISC"),
        ("project = 3", "ISC"),
    ],
)
def test_pyproject(pyproject: str, licence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(pyproject)
    (tmp_path / "LICENSE").write_text(
        "Permission to use, copy, modify, and/or distribute this software for any purpose"
    )

    assert licence_of(tmp_path) == licence


@pytest.mark.parametrize(
    ("name", "text", "licence"),
    [
        ("LICENSE", MIT, "MIT"),
        ("LICENCE.md", MIT, "MIT"),
        ("COPYING", "GNU GENERAL PUBLIC LICENSE\nVersion 3", "GPL"),
        ("COPYING.LESSER", "GNU LESSER GENERAL PUBLIC LICENSE", "LGPL"),
        ("LICENSE.txt", "Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
        ("LICENSE", "All rights reserved.", "unknown"),
        ("LICENSE", "", "unknown"),
        ("README.md", MIT, "unknown"),
    ],
)
def test_licence_files(name: str, text: str, licence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)

    assert licence_of(tmp_path) == licence
