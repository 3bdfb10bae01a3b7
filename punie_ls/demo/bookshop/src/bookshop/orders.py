"""Placing, sending and cancelling orders: the one place where stock and payment meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bookshop.cart import Cart, CartLine
from bookshop.discounts import Voucher
from bookshop.inventory import Inventory, OutOfStock
from bookshop.models import BookshopError, Customer
from bookshop.payments import Card, Gateway, Payment
from bookshop.pricing import Quote, quote


class Status(StrEnum):
    PAID = "paid"
    SENT = "sent"
    CANCELLED = "cancelled"


class WrongStatus(BookshopError):
    """The order is too far along, or not far enough."""


@dataclass
class Order:
    number: str
    customer: Customer
    lines: tuple[CartLine, ...]
    quote: Quote
    payment: Payment
    placed: date
    status: Status = Status.PAID


class OrderDesk:
    def __init__(self, inventory: Inventory, gateway: Gateway) -> None:
        self._inventory = inventory
        self._gateway = gateway
        self.orders: list[Order] = []

    def place(
        self, cart: Cart, customer: Customer, card: Card, vouchers: Sequence[Voucher] = ()
    ) -> Order:
        """Reserve, charge, and write the order down; nothing stays reserved on failure."""
        lines = tuple(cart)
        price = quote(cart, customer, vouchers)
        self._reserve(lines)
        try:
            payment = self._gateway.charge(card, price.total)
        except PaymentDeclined:
            self._release(lines)
            raise
        number = f"B{len(self.orders) + 1:05}"
        order = Order(number, customer, lines, price, payment, date.today())
        self.orders.append(order)
        customer.past_orders += 1
        return order

    def send(self, order: Order) -> None:
        self._expect(order, Status.PAID)
        for line in order.lines:
            self._inventory.ship(line.book, line.copies)
        order.status = Status.SENT

    def cancel(self, order: Order) -> None:
        self._expect(order, Status.PAID)
        self._gateway.refund(order.payment.reference, order.payment.amount)
        self._release(order.lines)
        order.status = Status.CANCELLED

    def _reserve(self, lines: Sequence[CartLine]) -> None:
        for position, line in enumerate(lines):
            try:
                self._inventory.reserve(line.book, line.copies)
            except OutOfStock:
                self._release(lines[:position])
                raise

    def _release(self, lines: Sequence[CartLine]) -> None:
        for line in lines:
            self._inventory.release(line.book, line.copies)

    def _expect(self, order: Order, status: Status) -> None:
        if order.status is not status:
            raise WrongStatus(f"order {order.number} is {order.status}")
