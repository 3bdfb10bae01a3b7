"""docs/editors-gallery.md shows each picture that the tests make, and the pictures are small."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
PAGE = (DOCS / "editors-gallery.md").read_text(encoding="utf-8")
LARGEST, ALL = 60_000, 1_000_000


def shown() -> list[str]:
    """The pictures on the page, below docs/."""
    return re.findall(r"!\[[^]]+\]\((images/[^)]+)\)", PAGE)


def test_the_pictures_are_there_and_small() -> None:
    sizes = {name: (DOCS / name).stat().st_size for name in shown()}

    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) <= ALL
    assert len(sizes) == len(shown()), "a picture is shown twice"


def test_each_picture_of_a_test_is_shown() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (HERE / "vscode").glob("test_*.py"))
    made = {f"images/{name}.webp" for name in re.findall(r'\.shot\(f?"(vscode-[\w-]+)"\)', tests)}
    made |= {f"images/vscode-{theme}.webp" for theme in ("dark", "contrast")}
    made |= {"images/fix-with-punie.svg"}
    made |= {f"images/{name}" for name in re.findall(r"neovim-\w+\.svg", (HERE / "neovim/terminal.py").read_text())}

    assert set(shown()) == made
