"""`contextlib` for programs: `suppress`."""

from typing import Any


class suppress:  # noqa: N801 - as in contextlib
    """Go on behind a `with` block after one of these exceptions."""

    def __init__(self, *exceptions: type[BaseException]) -> None:
        self.exceptions = exceptions

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:  # noqa: ANN401
        return error is not None and isinstance(error, self.exceptions)
