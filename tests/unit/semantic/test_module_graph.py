"""Module names, source roots and rings of imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.module_graph import components, module_name, source_roots

ROOT = Path("/project")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/shop/cart.py", ("shop.cart", "src")),
        ("src/shop/__init__.py", ("shop", "src")),
        ("packages/one/src/one/a.py", ("one.a", "packages/one/src")),
        ("lib/python/tool/a.pyi", ("tool.a", "lib/python")),
        ("tests/test_a.py", ("tests.test_a", ".")),
        ("setup.py", ("setup", ".")),
    ],
)
def test_the_innermost_root_gives_the_name(path: str, expected: tuple[str, str]) -> None:
    paths = [ROOT / "src/shop/cart.py", ROOT / "packages/one/src/one/a.py", ROOT / "tests/test_a.py"]
    roots = source_roots(ROOT, paths, [ROOT / "lib/python"])

    name, start = module_name(roots, ROOT / path)

    assert (name, start.relative_to(ROOT).as_posix()) == expected


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({"a": "b", "b": "c", "c": ""}, []),
        ({"a": "b", "b": "a", "c": "a"}, [["a", "b"]]),
        ({"a": "b", "b": "c", "c": "ad", "d": "e", "e": "d"}, [["d", "e"], ["a", "b", "c"]]),
        ({"a": "bc", "b": "d", "c": "d", "d": "a"}, [["a", "b", "c", "d"]]),
        ({}, []),
    ],
)
def test_rings(edges: dict[str, str], expected: list[list[str]]) -> None:
    assert components({name: frozenset(imported) for name, imported in edges.items()}) == expected
