"""The oldest Python that a program needs."""

from __future__ import annotations

import pytest

from punie_training.curating.python_versions import least_version, parse_version
from punie_training.exceptions import DatasetError


@pytest.mark.parametrize(
    ("program", "version"),
    [
        ("x = 1", (3, 0)),
        ("print(f'{x}')", (3, 6)),
        ("if (n := 1):\n    pass", (3, 8)),
        ("match x:\n    case 1:\n        pass", (3, 10)),
        ("import tomllib", (3, 11)),
        ("print 1", None),
        ("x = (", None),
        ("\0", None),
    ],
)
def test_least_version(program: str, version: tuple[int, int] | None) -> None:
    assert least_version(program) == version


def test_versions_are_numbers_and_not_texts() -> None:
    assert parse_version("3.9") < parse_version("3.10")


@pytest.mark.parametrize("text", ["", "3", "2.7", "3.x", "3.11.1"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="is no version of Python"):
        parse_version(text)
