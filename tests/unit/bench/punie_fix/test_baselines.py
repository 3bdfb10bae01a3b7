"""What others offer for a defect: asked as an editor asks, first things first."""

from __future__ import annotations

from tests.bench.punie_fix.baselines import Rechecked, RuffFix, TyQuickFix
from tests.bench.punie_fix.defects import Defect, Target
from tests.bench.punie_fix.fixers import Fixer, Offer, Punie, preferred
from tests.bench.punie_fix.subject import Subject

PRICES = "shop/prices.py"


async def _offer(shop: Subject, fixer: Fixer, old: str, new: str, code: str) -> Offer:
    original = shop.originals[PRICES]
    start = original.index(old)
    broken = original.replace(old, new, 1)
    await shop.put({PRICES: broken})
    problem = next(d for d in await shop.problems(PRICES) if d.code == code)
    defect = Defect("a kind", "shop", PRICES, start, start + len(old), new, "static", (Target.of(problem),))
    return await fixer.offer(shop, defect, problem)


async def test_ruff_offers_its_fix(shop: Subject):
    found = await _offer(shop, RuffFix(), "import math\n", "import math\nimport os\n", "F401")
    assert [choice.text for choice in found.choices] == [shop.originals[PRICES]]


async def test_ruff_offers_nothing_for_what_it_leaves(shop: Subject):
    found = await _offer(shop, RuffFix(), "price + 0.5", "prize + 0.5", "F821")
    assert found.choices == ()


async def test_ty_offers_an_import_in_its_sorted_place(shop: Subject):
    found = await _offer(shop, TyQuickFix(), "math.floor(price", "floor(price", "unresolved-reference")
    assert found.choices
    assert all("ignore" not in choice.title.lower() for choice in found.choices)


async def test_both_rechecked_decline_what_does_not_hold(shop: Subject):
    found = await _offer(shop, Rechecked(), "price + 0.5", "prize + 0.5", "unresolved-reference")
    assert found.choices == ()


async def test_punie_offers_the_original(shop: Subject):
    found = await _offer(shop, Punie(), "price + 0.5", "prrice + 0.5", "unresolved-reference")
    assert found.choices[0].text == shop.originals[PRICES]


def test_what_hides_a_problem_or_writes_a_new_definition_is_no_fix():
    actions = [
        {"title": "Generate variable `x`"},
        {"title": "Ignore 'unresolved-reference' for this line"},
        {"title": "Add import"},
        {"title": "Change to y", "isPreferred": True},
    ]
    assert [a["title"] for a in preferred(actions)] == ["Change to y", "Add import"]
