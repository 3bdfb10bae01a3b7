import pytest

from bookshop.cart import Cart
from bookshop.inventory import Inventory, OutOfStock
from bookshop.models import Customer
from bookshop.money import Money
from bookshop.orders import OrderDesk, Status, WrongStatus
from bookshop.payments import Card, MemoryGateway, PaymentDeclined

JANE_EYRE = "9780141439556"
NOTEBOOK = "9780000000019"
UNIVERSE = "9780553380163"


def test_an_order_is_charged_once(
    cart: Cart, customer: Customer, card: Card, desk: OrderDesk, gateway: MemoryGateway
) -> None:
    cart.add(JANE_EYRE)
    order = desk.place(cart, customer, card)
    assert order.status is Status.PAID
    assert [payment.amount for payment in gateway.payments] == [Money.of("10.80")]
    assert customer.past_orders == 1


def test_nothing_stays_reserved_when_a_book_is_missing(
    cart: Cart, customer: Customer, card: Card, desk: OrderDesk, inventory: Inventory
) -> None:
    cart.add(JANE_EYRE)
    cart.add(UNIVERSE, 3)
    with pytest.raises(OutOfStock, match="3 wanted, 2 free"):
        desk.place(cart, customer, card)
    assert inventory.free(JANE_EYRE) == 12


def test_nothing_stays_reserved_when_the_card_is_declined(
    cart: Cart, customer: Customer, card: Card, inventory: Inventory
) -> None:
    cart.add(NOTEBOOK, 4)
    desk = OrderDesk(inventory, MemoryGateway(limit=Money.of(10)))
    with pytest.raises(PaymentDeclined):
        desk.place(cart, customer, card)
    assert inventory.free(NOTEBOOK) == 12


def test_a_sent_order_leaves_the_shelf(
    cart: Cart, customer: Customer, card: Card, desk: OrderDesk, inventory: Inventory
) -> None:
    cart.add(UNIVERSE, 2)
    order = desk.place(cart, customer, card)
    desk.send(order)
    assert inventory.free(UNIVERSE) == 0
    assert order.status is Status.SENT


def test_a_cancelled_order_is_refunded(
    cart: Cart, customer: Customer, card: Card, desk: OrderDesk, gateway: MemoryGateway
) -> None:
    cart.add(JANE_EYRE)
    order = desk.place(cart, customer, card)
    desk.cancel(order)
    assert gateway.refunds == [order.payment]


def test_a_sent_order_cannot_be_cancelled(
    cart: Cart, customer: Customer, card: Card, desk: OrderDesk
) -> None:
    cart.add(JANE_EYRE)
    order = desk.place(cart, customer, card)
    desk.send(order)
    with pytest.raises(WrongStatus, match="B00001 is sent"):
        desk.cancel(order)
