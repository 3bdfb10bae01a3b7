"""`heapq` for programs: the largest and smallest, and a queue."""

from collections.abc import Callable
from typing import Any


def nlargest(n: int, iterable: list[Any], key: Callable[[Any], Any] | None = None) -> list[Any]:
    """The n largest items, largest first."""
    return sorted(iterable, key=key, reverse=True)[:n] if key else sorted(iterable, reverse=True)[:n]


def nsmallest(n: int, iterable: list[Any], key: Callable[[Any], Any] | None = None) -> list[Any]:
    """The n smallest items, smallest first."""
    return sorted(iterable, key=key)[:n] if key else sorted(iterable)[:n]


def heapify(x: list[Any]) -> None:
    """Make a list a queue."""
    x.sort()


def heappush(heap: list[Any], item: Any) -> None:  # noqa: ANN401 - as in heapq
    """Put an item into a queue."""
    low, high = 0, len(heap)
    while low < high:
        middle = (low + high) // 2
        if heap[middle] < item:
            low = middle + 1
        else:
            high = middle
    heap.insert(low, item)


def heappop(heap: list[Any]) -> Any:  # noqa: ANN401
    """Take the smallest item."""
    return heap.pop(0)
