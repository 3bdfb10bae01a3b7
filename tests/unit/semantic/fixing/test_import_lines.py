"""Where an import goes in a file."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.import_lines import with_import
from punie_semantic.fixing.tree import Tree, parses
from punie_semantic.imports import Import


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        # Among the names of the same module, in their order.
        ("from a import b, d\n", Import("a", "c"), "from a import b, c, d\n"),
        ("from a import B, d\n", Import("a", "C", "E"), "from a import B, C as E, d\n"),
        ("from a import (\n    b,\n    d,\n)\n", Import("a", "e"), "from a import (\n    b,\n    d,\n    e,\n)\n"),
        ("from .a import b\n", Import(".a", "c"), "from .a import b, c\n"),
        (
            "x = 1\n\n\ndef f(): ...\n\n\nfrom a import b\n",
            Import("a", "c"),
            "x = 1\n\n\ndef f(): ...\n\n\nfrom a import b, c\n",
        ),
        # A line of its own, by section, kind and name.
        ("import os\nimport sys\n", Import("re"), "import os\nimport re\nimport sys\n"),
        ("import os\nfrom re import sub\n", Import("sys"), "import os\nimport sys\nfrom re import sub\n"),
        ("import os\n\nimport own\n", Import("zlib"), "import os\nimport zlib\n\nimport own\n"),
        ("import os\n\nx = 1\n", Import(".a", "b"), "import os\n\nfrom .a import b\n\nx = 1\n"),
        (
            "from __future__ import annotations\n\nimport own\n",
            Import("os"),
            "from __future__ import annotations\n\nimport os\n\nimport own\n",
        ),
        # Where two blank lines show that one was taken away.
        (
            "from __future__ import annotations\n\n\nfrom own import y\n",
            Import("os"),
            "from __future__ import annotations\n\nimport os\n\nfrom own import y\n",
        ),
        # The only one.
        ("x = 1\n", Import("os"), "import os\n\nx = 1\n"),
        ("\nx = 1\n", Import("os"), "import os\n\nx = 1\n"),
        ('"""Doc."""\n\n\n\ndef f(): ...\n', Import("os"), '"""Doc."""\n\nimport os\n\n\ndef f(): ...\n'),
        ('"""Doc."""\n', Import("os"), '"""Doc."""\n\nimport os\n'),
        ("", Import("os"), "import os\n"),
        ("@x\ndef f(): ...\n", Import("os"), "import os\n\n@x\ndef f(): ...\n"),
    ],
)
def test_the_place(text: str, wanted: Import, expected: str) -> None:
    edit = with_import(Tree(text), wanted, {"own"})

    assert edit is not None
    result = applied(text, [edit])
    assert parses(result)
    assert result == expected


def test_a_comment_between_names_stays_with_its_name() -> None:
    text = "from a import (\n    b,  # 🙂\n    d,\n)\n"

    edit = with_import(Tree(text), Import("a", "c"))

    assert edit is not None
    assert applied(text, [edit]) == "from a import (\n    b,  # 🙂\n    c,\n    d,\n)\n"


def test_a_block_for_type_checkers() -> None:
    text = "if TYPE_CHECKING:\n    from a import b\n\nx: c\n"

    edit = with_import(Tree(text), Import("d", "c"), types_only=True)

    assert edit is not None
    assert applied(text, [edit]) == "if TYPE_CHECKING:\n    from a import b\n    from d import c\n\nx: c\n"


def test_no_block_for_type_checkers() -> None:
    assert with_import(Tree("import os\n"), Import("d", "c"), types_only=True) is None
