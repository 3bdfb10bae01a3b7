"""A shop with four articles, and a customer round the corner."""

import pytest

from bookshop.cart import Cart
from bookshop.catalog import Catalog
from bookshop.inventory import Inventory
from bookshop.models import Address, Book, Category, Customer
from bookshop.money import Money
from bookshop.orders import OrderDesk
from bookshop.payments import Card, MemoryGateway

JANE_EYRE = "9780141439556"
PRIDE = "9780141439518"
UNIVERSE = "9780553380163"
NOTEBOOK = "9780000000019"


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(
        [
            Book(JANE_EYRE, "Jane Eyre", "Charlotte Brontë", Category.FICTION, Money.of(8)),
            Book(PRIDE, "Pride and Prejudice", "Jane Austen", Category.FICTION, Money.of("6.50")),
            Book(UNIVERSE, "The Universe", "Stephen Hawking", Category.SCIENCE, Money.of("12.50")),
            Book(NOTEBOOK, "Notebook", "Bookshop", Category.STATIONERY, Money.of(5), 150),
        ]
    )


@pytest.fixture
def inventory() -> Inventory:
    inventory = Inventory()
    for isbn in (JANE_EYRE, PRIDE, NOTEBOOK):
        inventory.receive(isbn, 12)
    inventory.receive(UNIVERSE, 2)
    return inventory


@pytest.fixture
def customer() -> Customer:
    return Customer("Ada", "ada@example.org", Address("1 Mill Lane", "Leeds", "LS1 4DY"))


@pytest.fixture
def cart(catalog: Catalog) -> Cart:
    return Cart(catalog)


@pytest.fixture
def card() -> Card:
    return Card("Ada", "4000123412341234")


@pytest.fixture
def gateway() -> MemoryGateway:
    return MemoryGateway()


@pytest.fixture
def desk(inventory: Inventory, gateway: MemoryGateway) -> OrderDesk:
    return OrderDesk(inventory, gateway)
