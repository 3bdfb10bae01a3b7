"""The oldest Python that a program runs on, as vermin finds it in its syntax and its imports."""

from __future__ import annotations

import re

from punie_training.curating.tool_calls import parse
from punie_training.exceptions import DatasetError, MissingExtra

Version = tuple[int, int]

_VERSION = re.compile(r"3\.(\d{1,2})")


def parse_version(text: str) -> Version:
    """`3.11` as numbers. Raises DatasetError for what is no version of Python 3."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise DatasetError(f"{text!r} is no version of Python. Pass one such as 3.11.")
    return 3, int(found[1])


def least_version(program: str) -> Version | None:
    """The oldest version of Python 3 that a program needs, at least 3.0; None when it runs on no Python that is known.

    Raises:
        MissingExtra: vermin is not installed.
    """
    try:
        import vermin
    except ImportError as error:
        raise MissingExtra("vermin") from error
    try:
        parse(program)
        versions = vermin.detect(program)
    except (SyntaxError, vermin.InvalidVersionException):
        return None
    three = versions[-1]  # (0, 0) for what runs everywhere, and nothing for what Python 2 alone takes
    return (3, three[1]) if three else None
