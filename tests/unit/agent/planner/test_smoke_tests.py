"""Which smoke tests are written, and for what there is none, with the reason."""

from __future__ import annotations

import pytest

from punie_agent.planner.smoke_cases import Case, cases_for
from punie_agent.planner.smoke_tests import written


def bodies(text: str, line: int = 0) -> dict[str, str]:
    """The lines of each test by its name."""
    return {case.name: "\n".join(case.lines) for case in cases_for(text, line)[1]}


@pytest.mark.parametrize(
    ("text", "name", "body"),
    [
        ("def f(a: int, b: str = 'x') -> int: ...", "test_f_runs", "assert isinstance(f(1), int)"),
        ("def f(a: list[int], *, b: bool) -> None: ...", "test_f_runs", "f([], b=True)"),
        ("def f(a: str | None) -> dict[str, int]: ...", "test_f_runs", "assert isinstance(f(None), dict)"),
        ("def f(a: Literal['x', 'y']) -> float: ...", "test_f_runs", "assert isinstance(f('x'), int | float)"),
        ("def f(a: 'tuple[int, ...]'): ...", "test_f_runs", "_ = f(())"),
        ("class A:\n    n: int", "test_a_can_be_made", "assert isinstance(A(), A)"),
        (
            "@dataclass\nclass Cart:\n    n: int\n    m: int = 1",
            "test_cart_can_be_made",
            "assert isinstance(Cart(1), Cart)",
        ),
        (
            "class BigCart:\n    def size(self) -> int: ...",
            "test_big_cart_size_runs",
            "assert isinstance(BigCart().size(), int)",
        ),
        (
            "class A:\n    @property\n    def size(self) -> int: ...",
            "test_a_size_runs",
            "assert isinstance(A().size, int)",
        ),
    ],
)
def test_simple_values_are_passed(text: str, name: str, body: str) -> None:
    assert bodies(text)[name] == body


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def f(a): ...", "its parameters have no simple types"),
        ("def f(a: Cart): ...", "its parameters have no simple types"),
        ("def f(a: tuple[int, str]): ...", "its parameters have no simple types"),
        ("async def f(): ...", "it is asynchronous"),
        ("def delete_all(): ...", "by its name it changes something"),
        ("import shutil\ndef f(): shutil.rmtree('x')", "it may reach outside the program"),
        ("from os import remove as gone\ndef f(): gone('x')", "it may reach outside the program"),
        ("def f(): open('x')", "it may reach outside the program"),
        ("import os\ndef g(): os.remove('x')\ndef f(): g()", "it may reach outside the program"),
        ("class A:\n    def __init__(self, x: Cart): ...", "it cannot be made from simple values"),
        ("class A:\n    @abstractmethod\n    def f(self): ...", "it is abstract"),
        ("class A(Base):\n    pass", "it cannot be made from simple values"),
    ],
)
def test_what_is_not_called_is_said(text: str, why: str) -> None:
    _, cases, skipped = cases_for(text, 0)

    assert cases == []
    assert why in skipped[-1]


def test_private_names_have_no_tests_unless_asked_for() -> None:
    text = "def _f(): ...\n\n\ndef g(): ...\n"

    assert list(bodies(text)) == ["test_g_runs"]
    assert list(bodies(text, line=1)) == ["test_f_runs"]


def test_a_place_in_a_method_is_that_method() -> None:
    text = "class A:\n    def f(self): ...\n\n    def g(self): ...\n"

    assert list(bodies(text, line=4)) == ["test_a_g_runs"]


def test_the_file_imports_what_it_uses() -> None:
    cases = [Case("test_f_runs", ("_ = f()",))]

    assert written("shop.cart", ["f", "unused_name"], cases) == (
        '"""Smoke tests that Punie wrote: they show that the code runs, not that it is right."""\n\n'
        "from shop.cart import f\n\n\ndef test_f_runs() -> None:\n    _ = f()\n"
    )


def test_without_a_case_the_import_is_tested() -> None:
    assert written("shop.cart", [], []).endswith(
        "import shop.cart\n\n\n"
        'def test_shop_cart_can_be_imported() -> None:\n    assert shop.cart.__name__ == "shop.cart"\n'
    )
