"""Customers and their membership."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
import re

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass
class Customer:
    name: str
    email: str
    member_since: date | None = None
    orders: list[str] = field(default_factory=list)

    @property
    def is_member(self) -> bool:
        return self.member_since is not None

    def greeting(self) -> str:
        """How the newsletter addresses the customer."""
        if self.is_member:
            return f"Dear {self.name}"
        else:
            return f"Hello {self.name}"


class CustomerBook:
    """The customers by their mail address."""

    def __init__(self) -> None:
        self.customers: dict[str, Customer] = {}

    def register(self, customer: Customer) -> None:
        if not valid_email(customer.email):
            raise ValueError(f"{customer.email} is no mail address")
        self.customers[customer.email] = customer

    def lookup(self, email: str) -> Customer | None:
        return self.customers.get(email)

    def members(self) -> list[Customer]:
        return [customer for customer in self.customers.values() if customer.is_member]


def valid_email(text: str) -> bool:
    """Whether a text looks like a mail address."""
    return EMAIL.fullmatch(text) is not None


def import_customers(path: Path) -> list[Customer]:
    # TODO: read the date since when they are members
    with path.open(encoding="utf-8") as file:
        return [Customer(row["name"], row["email"]) for row in csv.DictReader(file)]
