"""What texts are known to show: exactly these texts, and as many problems as were seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.revealed import MOST, Revealed, hid, split_dependent
from tests.unit.semantic.test_fresh import finding

APP = Path("/project/app.py")
ONE, OTHER = finding(3, "one"), finding(4, "other")


def test_only_what_was_seen_and_only_as_often() -> None:
    known = Revealed()
    known.remember(APP, "text", [ONE])

    assert known.split(APP, "text", [ONE, ONE, OTHER]) == ([ONE, OTHER], [ONE])


def test_another_text_or_file_is_not_excused() -> None:
    known = Revealed()
    known.remember(APP, "text", [ONE])

    assert known.split(APP, "text ", [ONE]) == ([ONE], [])
    assert known.split(Path("/project/b.py"), "text", [ONE]) == ([ONE], [])
    known.forget(APP, "text")
    assert known.split(APP, "text", [ONE]) == ([ONE], [])


def test_it_does_not_grow_for_ever() -> None:
    known = Revealed()
    for number in range(MOST + 1):
        known.remember(APP, str(number), [])

    assert not known.knows(APP, "0")
    assert known.knows(APP, str(MOST))


def test_a_text_that_no_codec_takes() -> None:
    known = Revealed()
    known.remember(APP, "\ud800🙂", [ONE])

    assert known.knows(APP, "\ud800🙂")


def test_dependents_may_show_types_and_no_names() -> None:
    name = finding(1, "m", code="unresolved-reference")

    assert split_dependent([ONE, name]) == ([name], [ONE])


@pytest.mark.parametrize("code", ["unresolved-reference", "import-not-found", "missing-attribute"])
def test_what_can_hide_a_type_error(code: str) -> None:
    target = finding(1, "m", code=code)

    assert hid(target, [ONE], {3})
    assert hid(target, [finding(3, "m", tool="ruff", code="SIM115")], {1})


def test_what_does_not_parse_hides_the_types_of_other_lines() -> None:
    assert hid(finding(1, "m", code="invalid-syntax"), [ONE], {1})


@pytest.mark.parametrize(
    ("target", "new"),
    [
        (finding(1, "m", code="invalid-argument-type"), ONE),
        (finding(1, "m", code="invalid-syntax"), finding(1, "m", code="invalid-argument-type")),
        (finding(1, "m", code="invalid-syntax"), finding(3, "m", code="unresolved-reference")),
        (finding(1, "m", code="invalid-syntax"), finding(3, "m", tool="ruff", code="SIM115")),
        (finding(1, "m", code="missing-attribute"), finding(3, "m", code="unresolved-reference")),
        (finding(1, "m", code="missing-attribute"), finding(3, "m", tool="ruff", code="F401")),
        (finding(1, "m", code="missing-attribute"), finding(1, "m", tool="ruff", code="SIM115")),
    ],
)
def test_what_cannot(target: object, new: object) -> None:
    assert not hid(target, [new], {1})  # ty: ignore[invalid-argument-type]


def test_what_ruff_says_of_a_module_could_not_be_said_of_the_wrong_one() -> None:
    old = finding(3, "m", tool="ruff", code="UP035")

    assert hid(finding(3, "m", code="import-not-found"), [old], {3})
    assert not hid(finding(3, "m", code="unresolved-reference"), [old], {3})
