"""Imports that a file lacks, put where and how the file has its imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search

CODE = "unresolved-reference"
MODELS = "class Book:\n    title = ''\n"
OTHER = "import numpy as np\nfrom models import Book\n\nprint(np, Book)\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("print(json.dumps('🙂'))\n", "import json\n\nprint(json.dumps('🙂'))\n"),
        (
            '"""Doc."""\n\nimport os\n\nprint(os.sep, json.dumps([]))\n',
            '"""Doc."""\n\nimport json\nimport os\n\nprint(os.sep, json.dumps([]))\n',
        ),
        (
            "from functools import cache, wraps\n\nprint(cache, partial(print), wraps)\n",
            "from functools import cache, partial, wraps\n\nprint(cache, partial(print), wraps)\n",
        ),
        (
            "from functools import cache as remember\nfrom functools import reduce, wraps\n"
            "from functools import lru_cache as keep\n\nprint(remember, keep, partial(print), reduce, wraps)\n",
            "from functools import cache as remember\nfrom functools import partial, reduce, wraps\n"
            "from functools import lru_cache as keep\n\nprint(remember, keep, partial(print), reduce, wraps)\n",
        ),
        (
            "import os\r\n\r\nprint(os.sep, Book.title)\r\n",
            "import os\r\n\r\nfrom models import Book\r\n\r\nprint(os.sep, Book.title)\r\n",
        ),
        (
            "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    from collections.abc import Sized\n\n\ndef f(book: Book, all: Sized) -> None:\n    print(book, all)\n",
            "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
            "    from collections.abc import Sized\n\n    from models import Book\n\n\n"
            "def f(book: Book, all: Sized) -> None:\n    print(book, all)\n",
        ),
        (
            "from collections import (\n    Counter,\n    deque,\n)\n\nprint(Counter(), deque(), OrderedDict(a=1))\n",
            "from collections import (\n    Counter,\n    OrderedDict,\n    deque,\n)\n\n"
            "print(Counter(), deque(), OrderedDict(a=1))\n",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str) -> None:
    assert await first_fix(tmp_path, wrong, CODE, others={"models.py": MODELS}) == right


async def test_the_package_s_own_modules_are_imported_with_dots_where_the_file_does(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    others = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/tax.py": "RATE = 1\n"}

    text = await first_fix(tmp_path, "from shop.tax import RATE\n\nprint(RATE, Book)\n", CODE, others=others)

    assert text == "from shop.models import Book\nfrom shop.tax import RATE\n\nprint(RATE, Book)\n"


async def test_what_nobody_has_is_not_imported(tmp_path: Path) -> None:
    found = await search(tmp_path, "print(Frobnicator())\n", CODE, others={"models.py": MODELS})

    assert found.found == []
