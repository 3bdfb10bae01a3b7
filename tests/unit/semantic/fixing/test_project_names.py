"""What a file imports and defines at its top."""

from __future__ import annotations

from punie_semantic.fixing.project_names import names_of
from punie_semantic.imports import Import

TEXT = """\
import os.path, sys as system
from .models import (
    Book,  # a book
    Author as Writer,
)
from a import b, \\
    c
LIMIT: int = 3
_cache = {}
x == 1

def load(): ...
async def fetch(): ...
class Cart:
    inner = 1
"""


def test_imports() -> None:
    assert names_of(TEXT).imports == (
        ("os", Import("os.path")),
        ("system", Import("sys", "", "system")),
        ("Book", Import(".models", "Book")),
        ("Writer", Import(".models", "Author", "Writer")),
        ("b", Import("a", "b")),
        ("c", Import("a", "c")),
    )


def test_definitions() -> None:
    assert names_of(TEXT).defines == {"LIMIT", "_cache", "load", "fetch", "Cart"}
    assert names_of("🙂 = (\r\n").defines == frozenset()
