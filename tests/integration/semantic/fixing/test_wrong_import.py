"""Imports that lead nowhere: misspelt, moved, renamed, with the wrong dots."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "import-not-found"
OTHERS = {"models.py": "class Book:\n    title = '🙂'\n", "prices.py": "VAT = 20\n"}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("import jsno\n\nprint(json.dumps([]))\n", "import json\n\nprint(json.dumps([]))\n"),
        ("import jsno as j\n\nprint(j.dumps([]))\n", "import json as j\n\nprint(j.dumps([]))\n"),
        ("from modles import Book\n\nprint(Book)\n", "from models import Book\n\nprint(Book)\n"),
        ("from models import Bok\n\nprint(Book)\n", "from models import Book\n\nprint(Book)\n"),
        ("from prices import Book\n\nprint(Book)\n", "from models import Book\n\nprint(Book)\n"),
        (
            "from collections import Counter, Mapping\n\nprint(Counter, Mapping)\n",
            "from collections import Counter\nfrom collections.abc import Mapping\n\nprint(Counter, Mapping)\n",
        ),
        (
            "# 🙂\r\nfrom collections.abd import Sized\r\n\r\nprint(Sized)\r\n",
            "# 🙂\r\nfrom collections.abc import Sized\r\n\r\nprint(Sized)\r\n",
        ),
        (
            "from types import Any, cast\n\nx: Any = 1\ny = cast(int, x)\n",
            "from typing import Any, cast\n\nx: Any = 1\ny = cast(int, x)\n",
        ),
        (
            "from collections import Mapping, Sequence\n\nprint(Mapping, Sequence)\n",
            "from collections.abc import Mapping, Sequence\n\nprint(Mapping, Sequence)\n",
        ),
        ("import ConfigParser\n\nprint(ConfigParser)\n", "import configparser\n\nprint(configparser)\n"),
        (
            "from urlparse import urlsplit\n\nprint(urlsplit)\n",
            "from urllib.parse import urlsplit\n\nprint(urlsplit)\n",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, CODE, others=OTHERS) == right


async def test_a_package_that_is_not_there_is_left_alone(tmp_path: Path) -> None:
    found = await search(tmp_path, "import frobnicator\n\nprint(frobnicator.run())\n", CODE, others=OTHERS)

    assert found.found == []


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
async def test_what_an_import_with_its_halves_turned_hid_does_not_count(tmp_path: Path, ending: str) -> None:
    right = "from models import Book\n\nbook: Book = '🙂'\n".replace("\n", ending)
    wrong = right.replace("from models import Book", "import Book from models")

    found = await search(tmp_path, wrong, CODE, others=OTHERS)

    assert found.found[0].text == right
    assert "which shows another problem" in found.found[0].candidate.title
