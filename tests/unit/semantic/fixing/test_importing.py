"""The import that a fix needs, in the file's own style."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.importing import imported
from punie_semantic.fixing.tree import Tree


def _with(text: str, module: str, name: str) -> tuple[str, str]:
    spelled, edits = imported(Tree(text), module, name)
    return spelled, applied(text, edits)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("from dataclasses import field\n", "field"),
        ("from dataclasses import field as f\n", "f"),
        ("import dataclasses\n", "dataclasses.field"),
        ("import dataclasses as dc\n", "dc.field"),
    ],
)
def test_what_is_there_is_used(text: str, spelled: str) -> None:
    assert _with(text, "dataclasses", "field") == (spelled, text)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("from typing import Any\n", "from typing import Any, ClassVar\n"),
        ("from typing import Any, cast\n", "from typing import Any, ClassVar, cast\n"),
        (
            "from typing import (\n    Any,\n    cast,\n)\n",
            "from typing import (\n    Any,\n    ClassVar,\n    cast,\n)\n",
        ),
        ("import os\n\nx = 1\n", "import os\nfrom typing import ClassVar\n\nx = 1\n"),
        (
            "import os\nfrom zipfile import ZipFile\n",
            "import os\nfrom typing import ClassVar\nfrom zipfile import ZipFile\n",
        ),
        ("import numpy\n", "from typing import ClassVar\n\nimport numpy\n"),
        ('"""It."""\n\nx = 1\n', '"""It."""\n\nfrom typing import ClassVar\n\nx = 1\n'),
        (
            "from __future__ import annotations\n\nx = 1\n",
            "from __future__ import annotations\n\nfrom typing import ClassVar\n\nx = 1\n",
        ),
        ("class A: ...\n", "from typing import ClassVar\n\n\nclass A: ...\n"),
        ("x = 1\n", "from typing import ClassVar\n\nx = 1\n"),
    ],
)
def test_a_new_one_is_in_its_place(text: str, after: str) -> None:
    assert _with(text, "typing", "ClassVar") == ("ClassVar", after)
