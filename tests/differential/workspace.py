"""The folder that all servers look at: a real package, and small files with everything that is awkward."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "markdown_it"

PYPROJECT = """\
[project]
name = "sample"
version = "1"
requires-python = ">=3.11"

[tool.ruff.lint]
select = ["E", "F", "I", "UP", "B", "SIM"]

[tool.ty.rules]
possibly-unresolved-reference = "error"
"""

SHAPES = '''\
"""A class hierarchy and protocols."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Protocol


class Shape(ABC):
    """Anything with an area."""

    @abstractmethod
    def area(self) -> float: ...

    def describe(self) -> str:
        return f"{type(self).__name__} of {self.area():.2f}"


class Circle(Shape):
    def __init__(self, radius: float) -> None:
        self.radius = radius

    def area(self) -> float:
        return math.pi * self.radius**2


class Square(Shape):
    def __init__(self, side: float) -> None:
        self.side = side

    def area(self) -> float:
        return self.side**2


class Cube(Square):
    def area(self) -> float:
        return 6 * super().area()


class HasArea(Protocol):
    def area(self) -> float: ...


def total(shapes: list[HasArea]) -> float:
    return sum(shape.area() for shape in shapes)


def pairs(shapes: list[Shape]) -> Iterator[tuple[Shape, Shape]]:
    for first in shapes:
        for second in shapes:
            yield first, second


everything = [Circle(1.0), Square(2.0), Cube(3.0)]
print(total(everything), *pairs(everything))
'''

FAULTS = """\
import os
import sys, json
from typing import Optional, List
from shapes import Circle, Shape


def area_of(shape: Optional[Shape]) -> str:
    if shape == None:
        raise ValueError
    return shape.area()


try:
    print(not_defined_anywhere, Circle("wide").radius.nope)
except:
    pass
values: List[int] = ["a", 2]
for i in range(len(values)):
    later = i
print(later)
Circle(1, 2, 3)
print(f"{json.dumps(values)}")  # noqa: F401, E501
import re  # noqa: F401, E402
x = 1 ;y = 2
if True:
    pass
def badly ( a,b ):
    return {  'a':a,'b' :b }
"""

SYNTAX = """\
class Broken(
    def method(self:
        return [1, 2

def fine(value: int) -> int:
    return value +
    print("unterminated)
fine(1
"""

WIDE = """\
\"\"\"Emoji, CJK and combining characters.\"\"\"

import os

名前 = "日本語 😀 e\u0301tude"
café = {"🇩🇪": 名前, "👩\u200d👩\u200d👧": [1, 2, 3]}


def größe(größen: list[int], 大きさ: str = "😀😀") -> int:
    "😀"; print(undefined_名前, café["🇩🇪"], 大きさ); return len(größen)


class Größe:
    Ω: int = 1

    def 測る(self, e\u0301: int) -> int:
        return self.Ω + größe([e\u0301]) + "😀"


print("😀😀😀", größe([1]), Größe().測る(2), 名前)
"""

CRLF = """\
import os
import sys


def f(a: int,
      b: str) -> str:
    \"\"\"Two
    lines.\"\"\"
    return a


print(f(1, 2), unknown)
""".replace("\n", "\r\n")

FORM_FEED = """\
import os

\x0c
def first():
    return second() \x0c

\x0c
def second() -> int:
    return 'a\x0bb'


print(first(), third)
"""

MIXED = "a = 1\rb = 2\r\nc = undefined_a\n\n\td = 3\n"

SIBLING = """\
from shapes import Cube, Square


def grow(square: Square) -> Cube:
    return Cube(square.side)


grow(Square(1.0))
"""

FILES = {
    "pyproject.toml": PYPROJECT,
    "shapes.py": SHAPES,
    "faults.py": FAULTS,
    "syntax.py": SYNTAX,
    "wide.py": WIDE,
    "crlf.py": CRLF,
    "form_feed.py": FORM_FEED,
    "mixed.py": MIXED,
    "sibling.py": SIBLING,
    "empty.py": "",
    "stub.pyi": "def declared(value: int) -> str: ...\n",
}

CELLS = (
    "import os\nimport math\nfrom shapes import Circle\n\ndef double(value: int) -> int:\n    return value * 2\n",
    "double('😀')\nradius = math.pi\nprint(undefined_in_cell)\n",
    "circle = Circle(radius)\ncircle.area( )\nimport sys\n",
)


@dataclass(frozen=True)
class Workspace:
    """The folder, a second one that can be added, and the Python environment of both."""

    root: Path
    second: Path
    environment: Path

    @property
    def package_files(self) -> list[Path]:
        return sorted((self.root / PACKAGE).rglob("*.py"))

    @property
    def notebook(self) -> Path:
        return self.root / "sheet.ipynb"


def build(scratch: Path) -> Workspace:
    """A fresh workspace below `scratch`, with an environment of its own in which nothing is installed."""
    scratch = scratch.resolve()
    root, second = scratch / "workspace", scratch / "second"
    spec = importlib.util.find_spec(PACKAGE)
    assert spec
    assert spec.origin
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(Path(spec.origin).parent, root / PACKAGE, ignore=ignored)
    for name, text in FILES.items():
        (root / name).write_bytes(text.encode())
    cells = [
        {"cell_type": "code", "id": f"c{n}", "execution_count": None, "metadata": {}, "outputs": [], "source": text}
        for n, text in enumerate(CELLS)
    ]
    (root / "sheet.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    second.mkdir()
    (second / "other.py").write_text("import os\n\n\ndef other(a: int) -> str:\n    return a\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    return Workspace(root, second, root / ".venv")
