from decimal import Decimal

from greenhouse.customers import Customer
from greenhouse.discounts import MemberDiscount, SeasonDiscount, Voucher, best_discount


def test_members_get_ten_percent(member: Customer) -> None:
    assert MemberDiscount().amount_off(Decimal(50), member) == 5


def test_voucher_is_used_once(member: Customer) -> None:
    voucher = Voucher("SPRING", Decimal(5))
    voucher.redeem()
    assert voucher.amount_off(Decimal(50), member) == 0


def test_best_discount_takes_most(member: Customer) -> None:
    best = best_discount(Decimal(50), member, [MemberDiscount(), SeasonDiscount()])
    assert best.label == "season"
