"""Telling people: mail and text messages."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod

from greenhouse.customers import Customer
from greenhouse.orders import Order

logger = logging.getLogger(__name__)


class Notifier(ABC):
    """A way to tell somebody something."""

    @abstractmethod
    def notify(self, customer: Customer, text: str) -> bool:
        """Send it; gives whether it was sent."""


class MailNotifier(Notifier):
    def __init__(self, server: str = "localhost") -> None:
        self.server = server

    def notify(self, customer: Customer, text: str) -> bool:
        logger.info("mail to %s", customer.email)
        return bool(customer.email)


class TextNotifier(Notifier):
    def notify(self, customer: Customer, text: str) -> bool:
        # TODO: find out the phone number
        logger.warning("no phone number for %s", customer.name)
        return False


class SilentNotifier(Notifier):
    def notify(self, customer: Customer, text: str) -> bool:
        return True


def order_placed(notifier: Notifier, order: Order) -> bool:
    """Tell the customer that the order was placed."""
    text = f"Your order {order.number} over {order.quote.total} was placed."
    return notifier.notify(order.customer, text)


def remind(notifier: Notifier, customers: list[Customer], text: str) -> int:
    sent = 0
    for customer in customers:
        if notifier.notify(customer, text) == True:
            sent += 1
    return sent
