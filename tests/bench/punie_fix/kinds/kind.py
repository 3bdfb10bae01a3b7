"""What a kind of defect is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.punie_fix.module import Module, Mutation


@dataclass(frozen=True)
class Kind:
    """A kind of defect.

    Attributes:
        name: short, for tables and options.
        title: what is wrong, for people.
        seed: all places of a module where it can be made.
        held_out: whether those who write generators must not look at it.
        logic: whether only tests are expected to notice.
    """

    name: str
    title: str
    seed: Callable[[Module], Iterator[Mutation]]
    held_out: bool = False
    logic: bool = False
