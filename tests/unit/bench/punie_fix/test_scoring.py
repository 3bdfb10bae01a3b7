"""What an offered fix is worth."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.punie_fix.defects import Defect, Target
from tests.bench.punie_fix.fixers import DECLINED, Choice, Offer
from tests.bench.punie_fix.scoring import Outcome, score
from tests.bench.punie_fix.subject import Subject

PRICES = "shop/prices.py"


async def _broken(shop: Subject, old: str, new: str) -> Defect:
    original = shop.originals[PRICES]
    start = original.index(old)
    defect = Defect("a kind", "shop", PRICES, start, start + len(old), new, "static")
    found = await shop.problems(PRICES, defect.apply(original))
    return replace(defect, targets=tuple(Target.of(d) for d in found))


async def _outcome(shop: Subject, defect: Defect, text: str) -> tuple[Outcome, str]:
    found = await score(shop, defect, Offer((Choice("a fix", PRICES, text),), 0.1))
    return found.outcome, found.why


async def test_the_very_text_of_the_original_is_identical(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    assert await _outcome(shop, defect, shop.originals[PRICES]) == ("identical", "")


async def test_the_original_in_another_form_is_repaired_with_the_same_meaning(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("price + 0.5", "(price + 0.5)")
    found = await score(shop, defect, Offer((Choice("a fix", PRICES, text),), 0.1))
    assert (found.outcome, found.same_ast, found.offered) == ("repaired", True, True)


async def test_other_code_that_passes_the_tests_is_repaired(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("price + 0.5", "0.5 + price")
    found = await score(shop, defect, Offer((Choice("a fix", PRICES, text),), 0.1))
    assert (found.outcome, found.same_ast, found.offered) == ("repaired", False, False)


async def test_clean_code_that_the_tests_refuse_is_wrong(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("price + 0.5", "price * 0.5")
    assert await _outcome(shop, defect, text) == ("wrong", "tests/test_shop.py::test_rounded fails")


async def test_code_that_leaves_the_target_is_wrong(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("price + 0.5", "prize + 0.6")
    outcome, why = await _outcome(shop, defect, text)
    assert (outcome, why[:40]) == ("wrong", "leaves F821 in line 8 of shop/prices.py:")


async def test_more_of_the_defect_that_is_left_is_incomplete(shop: Subject):
    defect = await _broken(shop, "import math", "import maths")
    assert [t.code for t in defect.targets] == ["F401", "import-not-found", "F821", "unresolved-reference"]
    defect = replace(defect, targets=(defect.targets[1],))
    text = shop.originals[PRICES].replace("import math\n\n\n", "")
    outcome, why = await _outcome(shop, defect, text)
    assert (outcome, why[:12]) == ("incomplete", "leaves F821 ")


async def test_a_new_problem_is_harmful(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("price + 0.5", "price + cost")
    outcome, why = await _outcome(shop, defect, text)
    assert (outcome, why[:40]) == ("harmful", "causes F821 in line 8 of shop/prices.py:")


async def test_a_new_problem_in_a_dependent_file_is_harmful(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("def cheaper", "def cheapest")
    outcome, why = await _outcome(shop, defect, text)
    assert (outcome, why[:53]) == ("harmful", "causes import-not-found in line 3 of shop/till.py: Mo")


async def test_a_test_that_passed_with_the_defect_and_fails_now_makes_it_harmful(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES].replace("first < second", "first > second")
    assert await _outcome(shop, defect, text) == ("harmful", "breaks tests/test_shop.py::test_cheaper")


async def test_another_file_that_is_changed_for_nothing_is_harmful(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    found = await score(shop, defect, Offer((Choice("a fix", "shop/till.py", "x = 1\n"),), 0.1))
    assert found.outcome == "harmful"
    also = Offer((Choice("a fix", PRICES, shop.originals[PRICES]),), 0.1, also=("shop/till.py",))
    found = await score(shop, defect, also)
    assert (found.outcome, found.why) == ("harmful", "changes shop/till.py too")


async def test_no_offer_is_declined_and_the_original_further_down_is_seen(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    assert (await score(shop, defect, DECLINED)).outcome == "declined"
    wrong = shop.originals[PRICES].replace("price + 0.5", "price * 0.5")
    choices = (Choice("one", PRICES, wrong), Choice("two", PRICES, shop.originals[PRICES]))
    found = await score(shop, defect, Offer(choices, 0.1))
    assert (found.outcome, found.offered) == ("wrong", True)


async def test_a_form_that_the_tool_gives_the_original_too_counts_as_the_original(shop: Subject):
    defect = await _broken(shop, "price + 0.5", "prize + 0.5")
    text = shop.originals[PRICES] + "\n# tidied\n"
    found = await score(shop, defect, Offer((Choice("a fix", PRICES, text),), 0.1), alike=(text,))
    assert found.outcome == "identical"
