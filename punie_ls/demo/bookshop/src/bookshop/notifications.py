"""The messages customers get. Plain text: no template engine for four short letters."""

from __future__ import annotations

from datetime import date

from bookshop.models import Book, Customer
from bookshop.orders import Order
from bookshop.shipping import arrival

SIGNATURE = "📚 Your bookshop"


def order_placed(order: Order) -> str:
    due = arrival(order.placed, order.customer.address)
    lines = [f"Dear {order.customer.name},", "", f"thank you for order {order.number}."]
    for line in order.lines:
        lines.append(f"📖 {line.copies} × {line.book.title}, {line.price}")
    lines += ["", f"Total: {order.quote.total}, with you by {due:%d %B}.", SIGNATURE]
    return "\n".join(lines)


def order_sent(order: Order) -> str:
    sent = f"🚚 Sent on {datetime.now():%d %B at %H:%M}, {len(order.lines)} titles in one parcel."
    return "\n".join([f"Dear {order.customer.name},", "", sent, SIGNATURE])


def order_cancelled(order: Order) -> str:
    news = f"Order {order.number} is cancelled, {order.payment.amount} is on its way back."
    return "\n".join(["😢 " + news, f"We hope to see you again!", SIGNATURE])


def back_in_stock(customer: Customer, books: list[Book], until: date) -> str:
    """A reminder of the books on the customer's wish list which can be had again."""
    wished = [f"⭐ {b.title} by {b.author}" for b in books if b.isbn in customer.wishlist]
    kept = f"We keep a copy for you until {until:%d %B}."
    return "\n".join([f"Dear {customer.name},", "", *wished, kept, SIGNATURE])
