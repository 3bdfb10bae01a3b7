"""A generated project of thousands of modules, with tests, data and everyday imports between neighbours."""

from __future__ import annotations

from pathlib import Path

PER_PACKAGE = 50
SHARING = 168


def write_large_project(root: Path, files: int) -> list[Path]:
    """Write it; gives its modules. Each imports the one before it in its package, and the first of the package."""
    modules: list[Path] = []
    (root / "src" / "large").mkdir(parents=True)
    (root / "src" / "large" / "__init__.py").touch()
    (root / "pyproject.toml").write_text(
        '[project]\nname = "large"\n[tool.ruff]\nlint.select = ["E", "F", "I", "UP"]\n'
        '[tool.pytest.ini_options]\npythonpath = ["src"]\n'
    )
    for number in range(files):
        package = root / "src" / "large" / f"part_{number // PER_PACKAGE:03}"
        if number % PER_PACKAGE == 0:
            package.mkdir()
            (package / "__init__.py").touch()
        path = package / f"module_{number % PER_PACKAGE:02}.py"
        path.write_text(_module(number))
        modules.append(path)
    (root / "tests").mkdir()
    for number in range(0, files, 100):
        name = f"large.part_{number // PER_PACKAGE:03}.module_00"
        (root / "tests" / f"test_{number:04}.py").write_text(
            f"from {name} import Thing\n\n\ndef test_size() -> None:\n    assert Thing('ab').size() == 2\n"
        )
    return modules


def _module(number: int) -> str:
    part, place = divmod(number, PER_PACKAGE)
    imports = "from dataclasses import dataclass\n"
    base = "object"
    if place:
        imports += f"\nfrom large.part_{part:03}.module_{place - 1:02} import Thing as Before\n"
        base = "Before"
    methods = "\n\n".join(_method(n) for n in range(10))
    head = f"@dataclass\nclass Thing({base}):" if not place else "class Thing(Before):"
    body = '    name: str = ""\n\n    def size(self) -> int:\n        return len(self.name)\n\n' if not place else ""
    return f'"""Module {number}."""\n\n{imports}\n\n{head}\n{body}{methods}\n'


def _method(number: int) -> str:
    head = f"    def method_{number}(self, value: int) -> str:\n"
    return f"{head}        total = value * {number} + self.size()\n        return str(total)"


def write_shared(root: Path) -> None:
    """Add a package whose names are used elsewhere: a function, two classes, and members of small classes."""
    folder = root / "src" / "large" / "shared"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "names.py").write_text(_SHARED)
    for number in range(SHARING):
        lines = ["from large.shared.names import Widest"]
        lines += ["from large.shared.names import Wide"] * (number < 46)
        lines += ["from large.shared.names import few"] * (number < 9)
        lines += ["from large.shared.names import Child, Parent"] * (number < 2)
        body = ["    value = Widest(number)"]
        body += ["    value.size += Wide(number).size"] * (number < 46)
        body += ["    value.size += few(number)"] * (number < 9)
        body += ["    value.size += Parent().weight + Child().weight"] * (number < 2)
        head = f"\n\ndef use_{number}(number: int) -> Widest:"
        more = "\n\n".join(f"def other_{n}(text: str) -> str:\n    return text.strip() + str({n})\n" for n in range(20))
        (folder / f"user_{number:03}.py").write_text("\n".join([*lines, head, *body, "    return value\n\n", more]))


_SHARED = '''"""Names that many modules use."""


class Wide:
    def __init__(self, size: int) -> None:
        self.size = size


class Widest:
    def __init__(self, size: int) -> None:
        self.size = size


class Parent:
    weight: int = 1


class Child(Parent):
    weight = 2


def few(number: int) -> int:
    return number + 1
'''
