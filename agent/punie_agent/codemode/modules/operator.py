"""`operator` for programs: getters, and the operators as functions."""

from collections.abc import Callable
from typing import Any


def _dotted(item: Any, name: str) -> Any:  # noqa: ANN401 - as in operator
    for part in name.split("."):
        item = getattr(item, part)
    return item


def attrgetter(*names: str) -> Callable[[Any], Any]:
    """A function that gives one attribute, or a tuple of several; dotted names go deeper."""
    if len(names) == 1:
        return lambda item: _dotted(item, names[0])
    return lambda item: tuple([_dotted(item, name) for name in names])


def itemgetter(*keys: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    """A function that gives one item, or a tuple of several."""
    if len(keys) == 1:
        return lambda item: item[keys[0]]
    return lambda item: tuple([item[key] for key in keys])


def add(a: Any, b: Any) -> Any:  # noqa: ANN401
    """a + b."""
    return a + b


def sub(a: Any, b: Any) -> Any:  # noqa: ANN401
    """a - b."""
    return a - b


def mul(a: Any, b: Any) -> Any:  # noqa: ANN401
    """a * b."""
    return a * b


def truediv(a: Any, b: Any) -> Any:  # noqa: ANN401
    """a / b."""
    return a / b


def eq(a: Any, b: Any) -> bool:  # noqa: ANN401
    """a == b."""
    return a == b


def ne(a: Any, b: Any) -> bool:  # noqa: ANN401
    """a != b."""
    return a != b


def lt(a: Any, b: Any) -> bool:  # noqa: ANN401
    """a < b."""
    return a < b


def le(a: Any, b: Any) -> bool:  # noqa: ANN401
    """a <= b."""
    return a <= b


def gt(a: Any, b: Any) -> bool:  # noqa: ANN401
    """a > b."""
    return a > b


def ge(a: Any, b: Any) -> bool:  # noqa: ANN401
    """a >= b."""
    return a >= b


def neg(a: Any) -> Any:  # noqa: ANN401
    """-a."""
    return -a


def not_(a: Any) -> bool:  # noqa: ANN401
    """Not a."""
    return not a


def contains(a: Any, b: Any) -> bool:  # noqa: ANN401
    """b in a."""
    return b in a
