"""Placing and cancelling orders: where stock and payment meet."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from enum import Enum

from greenhouse.basket import Basket, Line
from greenhouse.customers import Customer
from greenhouse.discounts import Discount
from greenhouse.inventory import Inventory
from greenhouse.payments import PaymentMethod, Receipt, pay
from greenhouse.pricing import Quote, quote_basket

logger = logging.getLogger(__name__)


class Status(Enum):
    PAID = "paid"
    SENT = "sent"
    CANCELLED = "cancelled"


@dataclass
class Order:
    number: str
    customer: Customer
    lines: list[Line]
    quote: Quote
    receipt: Receipt
    placed: date
    status: Status = Status.PAID


class OrderDesk:
    """Where orders are placed."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.orders: list[Order] = []

    def place(self, basket: Basket, customer: Customer, method: PaymentMethod, offers: list[Discount]) -> Order:
        """Reserve the plants, charge the customer, write the order down."""
        price = quote_basket(basket, customer, offers)
        lines = list(basket)
        self.reserve_all(lines)
        try:
            receipt = pay(method, price.total)
        except PaymentDeclined:
            self.release_all(lines)
            raise
        order = Order(next_number(self.orders), customer, lines, price, receipt, date.today())
        self.orders.append(order)
        logger.info("order %s placed", order.number)
        return order

    def cancel(self, order: Order) -> None:
        """Give the plants back to the stock."""
        self.release_all(order.lines)
        order.status = Status.CANCELLED

    def send(self, order: Order) -> None:
        order.status = "sent"

    def reserve_all(self, lines: list[Line]) -> None:
        for line in lines:
            self.inventory.reserve(line.species, line.amount)

    def release_all(self, lines: list[Line]) -> None:
        for line in lines:
            self.inventory.release(line.species, line.amount)

    def open_orders(self) -> list[Order]:
        return [order for order in self.orders if order.status == Status.PAID]


def next_number(orders: list[Order]) -> str:
    return f"G{len(orders) + 1:05}"
