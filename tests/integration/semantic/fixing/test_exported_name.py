"""Entries of `__all__`, and submodules that nobody imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.semantic.fixing.first_fix import first_fix, search


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        (
            'def helper():\n    """🙂"""\n\n\n__all__ = ["helpr"]\n',
            'def helper():\n    """🙂"""\n\n\n__all__ = ["helper"]\n',
            "F822",
        ),
        (
            "def one(): ...\r\n\r\n\r\ndef other(): ...\r\n\r\n\r\n__all__ = ['one', 'othre']\r\n",
            "def one(): ...\r\n\r\n\r\ndef other(): ...\r\n\r\n\r\n__all__ = ['one', 'other']\r\n",
            "F822",
        ),
        (
            "import xml\n\nprint(xml.etree.ElementTree.parse)\n",
            "import xml.etree.ElementTree\n\nprint(xml.etree.ElementTree.parse)\n",
            "possibly-missing-submodule",
        ),
    ],
)
async def test_the_first_fix(tmp_path: Path, wrong: str, right: str, code: str) -> None:
    assert await first_fix(tmp_path, wrong, code) == right


async def test_what_is_exported_already_is_not_meant(tmp_path: Path) -> None:
    found = await search(tmp_path, "def helper(): ...\n\n\n__all__ = ['helper', 'helpr']\n", "F822")

    assert all(fix.candidate.generator != "exported name" for fix in found.found)
