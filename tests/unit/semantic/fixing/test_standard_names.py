"""Where the standard library has a name."""

from __future__ import annotations

import pytest

from punie_semantic.fixing.generators.missing_import import relative_to
from punie_semantic.fixing.standard_names import homes, is_module, known_words, telling


@pytest.mark.parametrize(
    ("name", "first"),
    [("Counter", "collections"), ("Iterable", "collections.abc"), ("Any", "typing"), ("Path", "pathlib")],
)
def test_the_usual_home_comes_first(name: str, first: str) -> None:
    assert homes(name)[0] == first


def test_what_is_nowhere() -> None:
    assert homes("Frobnicator") == ()
    assert not is_module("numpy")
    assert is_module("json")


def test_common_words_say_nothing_alone() -> None:
    assert not telling("error")
    assert telling("Counter")


def test_known_words() -> None:
    assert {"name", "data", "value"} <= known_words()
    assert "vlaue" not in known_words()


@pytest.mark.parametrize(
    ("package", "module", "written"),
    [
        ("shop", "shop.models", ".models"),
        ("shop.web", "shop.models", "..models"),
        ("shop", "shop.web.views", ".web.views"),
        ("shop", "shop", "."),
    ],
)
def test_a_module_with_dots(package: str, module: str, written: str) -> None:
    assert relative_to(package, module) == written
