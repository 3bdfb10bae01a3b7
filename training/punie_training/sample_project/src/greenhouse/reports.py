"""What the owner reads on Monday."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from greenhouse.inventory import Inventory
from greenhouse.orders import Order, Status
from greenhouse.pricing import format_price


def revenue(orders: list[Order]) -> Decimal:
    """The total of all orders that were not cancelled."""
    kept = [order for order in orders if order.status != Status.CANCELLED]
    return sum((order.quote.total for order in kept), Decimal(0))


def best_sellers(orders: list[Order], most: int = 3) -> list[str]:
    counted: Counter[str] = Counter()
    for order in orders:
        for line in order.lines:
            counted[line.species.name] += line.amount
    return [name for name, amount in counted.most_common(most)]


def average_order(orders: list[Order]) -> Decimal:
    return revenue(orders) / len(orders)


def weekly_report(orders: list[Order], inventory: Inventory) -> str:
    """A few lines for the owner."""
    unused = len(orders)
    lines = [
        f"Revenue: {format_price(revenue(orders))}",
        f"Best sellers: {', '.join(best_sellers(orders))}",
        f"Running low: {', '.join(inventory.running_low())}",
    ]
    return "\n".join(lines)


def worst_day(totals: dict[str, Decimal]) -> str:
    return min(totals, key=totals.get)
