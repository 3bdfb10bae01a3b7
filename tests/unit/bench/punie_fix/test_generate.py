"""Defects of a small package: noticed as they should be, equal for equal seeds, remembered."""

from __future__ import annotations

import pytest

from tests.bench.punie_fix import generate
from tests.bench.punie_fix.generate import Made, Maker, chosen, defects_of
from tests.bench.punie_fix.kinds.table import KINDS
from tests.bench.punie_fix.subject import Subject, news


async def test_equal_seeds_make_equal_defects_and_others_make_others(shop: Subject):
    found = []
    for seed in (1, 1, 2):
        made = Made()
        await Maker(shop, seed, each=3).make(KINDS["misspelt-name"], "static", made)
        found.append(made.defects)
    assert found[0] == found[1]
    assert len(found[0]) == 3
    assert found[0] != found[2]


async def test_a_static_defect_has_the_new_problems_and_applies_to_the_original(shop: Subject):
    made = Made()
    await Maker(shop, 1, each=1).make(KINDS["missing-import"], "static", made)
    (defect,) = made.defects
    assert defect.targets[0].tool == "ty"
    assert defect.targets[0].code == "unresolved-reference"
    text = defect.apply(shop.originals[defect.file])
    assert len(text.splitlines()) == len(shop.originals[defect.file].splitlines()) - 1


async def test_what_only_tests_notice_has_the_failing_tests(shop: Subject):
    made = Made()
    await Maker(shop, 1, each=1).make(KINDS["inverted-comparison"], "tests", made)
    (defect,) = made.defects
    assert (defect.file, defect.text, defect.targets) == ("shop/prices.py", " >= ", ())
    assert defect.failing == ("tests/test_shop.py::test_cheaper", "tests/test_shop.py::test_offer")


async def test_what_nobody_notices_is_counted_and_dropped(shop: Subject):
    made = Made()
    await Maker(shop, 1, each=1).make(KINDS["boundary"], "tests", made)
    assert (made.defects, made.dropped) == ([], {"boundary": 1})


async def test_defects_are_remembered(shop: Subject, monkeypatch: pytest.MonkeyPatch):
    kinds = [KINDS["misspelt-name"], KINDS["missing-colon"]]
    first = await defects_of(shop, "static", kinds, seed=1, each=1)

    async def never(*_: object) -> None:
        raise AssertionError("made anew")

    monkeypatch.setattr(generate, "_maker", never)
    again = await defects_of(shop, "static", kinds, seed=1, each=1)
    assert again == first
    assert [defect.kind for defect in again.defects] == ["misspelt-name", "missing-colon"]


async def test_lines_that_no_test_runs_are_known(shop: Subject):
    covered = await shop.covered()
    assert covered["shop/prices.py"] == [3, 6, 8, 11, 13, 14, 15]


async def test_a_message_that_names_another_line_is_the_same_problem(shop: Subject):
    original = shop.originals["shop/prices.py"]
    twice = original + "\n\ndef cheaper(first: int) -> int:\n    return first\n"
    before = await shop.problems("shop/prices.py", twice)
    after = await shop.problems("shop/prices.py", "# a line\n" + twice)
    assert any("line" in problem.message for problem in before)
    assert news(after, before) == []


def test_kinds_are_chosen_by_name_and_by_what_may_be_looked_at():
    assert [kind.name for kind in chosen(["wrong-case"], held_out=None)] == ["wrong-case"]
    assert all(not kind.held_out for kind in chosen([], held_out=False))
    assert len(chosen([], held_out=True)) + len(chosen([], held_out=False)) == len(KINDS)
