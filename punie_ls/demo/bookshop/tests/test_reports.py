import pytest

from bookshop.cart import Cart
from bookshop.catalog import Catalog
from bookshop.inventory import Inventory
from bookshop.models import Category, Customer
from bookshop.money import Money
from bookshop.notifications import order_cancelled, order_placed, order_sent
from bookshop.orders import Order, OrderDesk
from bookshop.payments import Card
from bookshop.reports import average_order, best_sellers, category_sales, reorder_list, revenue

JANE_EYRE = "9780141439556"
NOTEBOOK = "9780000000019"


@pytest.fixture
def order(cart: Cart, customer: Customer, card: Card, desk: OrderDesk) -> Order:
    cart.add(JANE_EYRE, 3)
    cart.add(NOTEBOOK)
    return desk.place(cart, customer, card)


def test_revenue_leaves_out_cancelled_orders(order: Order, desk: OrderDesk) -> None:
    assert revenue(desk.orders) == Money.of("33.90")
    desk.cancel(order)
    assert revenue(desk.orders) == Money.of(0)


def test_best_sellers_count_copies(order: Order) -> None:
    assert best_sellers([order]) == [("Jane Eyre", 3), ("Notebook", 1)]


def test_sales_are_split_by_category(order: Order) -> None:
    sales = category_sales([order])
    assert sales == {Category.FICTION: Money.of(24), Category.STATIONERY: Money.of(5)}


def test_the_average_of_no_orders_is_zero(order: Order) -> None:
    assert average_order([]) == Money.of(0)
    assert average_order([order, order]) == Money.of("33.90")


def test_reorder_list_names_what_runs_out(catalog: Catalog, inventory: Inventory) -> None:
    assert reorder_list(catalog, inventory) == "  2  The Universe (Stephen Hawking)"


def test_an_order_is_confirmed(order: Order) -> None:
    letter = order_placed(order)
    assert "thank you for order B00001." in letter
    assert "📖 3 × Jane Eyre, £24.00" in letter


def test_a_parcel_is_announced(order: Order) -> None:
    assert "🚚 Sent on" in order_sent(order)


def test_a_cancellation_names_the_refund(order: Order) -> None:
    assert "£33.90 is on its way back." in order_cancelled(order)
