"""What the shop is about: books, the people who buy them, and where those people live."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bookshop.money import Money


class BookshopError(Exception):
    """Base of the errors a customer or a clerk can do something about."""


class Category(StrEnum):
    FICTION = "fiction"
    SCIENCE = "science"
    CHILDREN = "children"
    STATIONERY = "stationery"


class Tier(StrEnum):
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


@dataclass(frozen=True)
class Book:
    isbn: str
    title: str
    author: str
    category: Category
    price: Money
    weight_grams: int = 350


@dataclass(frozen=True)
class Address:
    street: str
    city: str
    postcode: str
    country: str = "GB"
    company: str | None = None

    def label(self) -> str:
        """The lines to print on a parcel."""
        lines = [self.street, f"{self.postcode} {self.city}", self.country]
        if self.company != None:
            lines.insert(0, self.company)
        return "\n".join(lines)


@dataclass
class Customer:
    name: str
    email: str
    address: Address
    past_orders: int = 0
    wishlist: list[str] = field(default_factory=list)

    @property
    def tier(self) -> Tier:
        """Gold from twenty past orders, silver from five."""
        if self.past_orders >= 20:
            return Tier.GOLD
        return Tier.SILVER if self.past_orders >= 5 else Tier.BRONZE
