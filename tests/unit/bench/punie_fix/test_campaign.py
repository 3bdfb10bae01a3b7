"""A defect is put in place for everybody anew; whoever fails has declined, and the others are still asked."""

from __future__ import annotations

from punie_semantic.diagnostics import Diagnostic
from tests.bench.punie_fix.campaign import _rows
from tests.bench.punie_fix.defects import Defect, Target
from tests.bench.punie_fix.fixers import Choice, Offer
from tests.bench.punie_fix.subject import Subject

PRICES = "shop/prices.py"


class Failing:
    name = "fails"

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        raise KeyError("nothing there")


class Putting:
    """Leaves a mess on the disk, and offers the original."""

    name = "mends"

    async def offer(self, subject: Subject, defect: Defect, problem: Diagnostic | None) -> Offer:
        assert problem is not None
        assert "prize" in (subject.root / PRICES).read_text()
        (subject.root / PRICES).write_text("")
        return Offer((Choice("Change prize to price", PRICES, subject.originals[PRICES], "a typing mistake"),), 0.5)


async def _defect(shop: Subject, old: str, new: str) -> Defect:
    start = shop.originals[PRICES].index(old)
    defect = Defect("misspelt-name", "shop", PRICES, start, start + len(old), new, "static")
    (first, *_) = await shop.problems(PRICES, defect.apply(shop.originals[PRICES]))
    return Defect("misspelt-name", "shop", PRICES, start, start + len(old), new, "static", (Target.of(first),))


async def test_whoever_fails_has_declined_and_the_next_is_asked(shop: Subject):
    defect = await _defect(shop, "price + 0.5", "prize + 0.5")
    failed, first, second = await _rows(shop, defect, [Failing(), Putting(), Putting()])
    assert (failed["outcome"], failed["note"]) == ("declined", "failed: KeyError: 'nothing there'")
    assert (first["outcome"], first["seconds"]) == ("identical", 0.5)
    assert second["outcome"] == "identical"
    assert first["fixes"][0]["diff"].splitlines()[2:] == [
        "-    return math.floor(prize + 0.5)",
        "+    return math.floor(price + 0.5)",
        " ",
    ]


async def test_a_target_that_is_not_reported_is_told_and_nobody_is_asked(shop: Subject):
    defect = Defect("misspelt-name", "shop", PRICES, 0, 0, "", "static", (Target("ty", "gone", "Gone", 0, 0),))
    (row,) = await _rows(shop, defect, [Putting()])
    assert (row["outcome"], row["note"]) == ("declined", "failed: RuntimeError: gone is not reported any more")
