"""`pprint` for programs; one item a line where a value is long."""

from typing import Any


def pformat(object: Any, width: int = 80) -> str:  # noqa: ANN401
    """A value as text."""
    whole = repr(object)
    if len(whole) <= width:
        return whole
    if isinstance(object, dict):
        return "{" + ",\n ".join([repr(key) + ": " + repr(item) for key, item in object.items()]) + "}"
    if isinstance(object, list):
        return "[" + ",\n ".join([repr(item) for item in object]) + "]"
    return whole


def pprint(object: Any, width: int = 80) -> None:  # noqa: ANN401
    """Print a value."""
    print(pformat(object, width))  # noqa: T201 - the program's own output


def pp(object: Any, width: int = 80) -> None:  # noqa: ANN401
    """Print a value."""
    print(pformat(object, width))  # noqa: T201 - the program's own output
