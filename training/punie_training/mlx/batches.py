"""Which examples make up which batch: a function of seed and iteration, so that a resumed run sees the same ones.

Imported only by the process that trains; knows no model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import mlx.core as mx

_PAD_TO = 32


@dataclass(frozen=True)
class Tokens:
    """An example: its tokens, and where the answer begins that is to be learned."""

    tokens: tuple[int, ...]
    offset: int

    def cut(self, limit: int) -> Tokens | None:
        """At most so many tokens; None when nothing of the answer would be left."""
        tokens = self.tokens[:limit]
        return Tokens(tokens, self.offset) if len(tokens) > max(self.offset, 1) else None


class Batches:
    """Batches of examples of about the same length.

    Args:
        examples: at least one.
        size: examples of a batch over all workers; at most as many as there are.
        seed: of the order. None keeps the order of the examples, as for validation, and the last batch may be smaller.
    """

    def __init__(self, examples: Sequence[Tokens], size: int, seed: int | None) -> None:
        self._examples = examples
        self._size = size
        self._seed = seed
        self._epoch: tuple[int, list[list[int]]] | None = None

    def __len__(self) -> int:
        """Batches of one round through the examples."""
        count = len(self._examples) / self._size
        return math.ceil(count) if self._seed is None else max(1, int(count))

    def indices(self, iteration: int) -> list[int]:
        """The examples of a batch; the first iteration is 0.

        In each round other examples are those that fill no whole batch, and are left out.
        """
        epoch, place = divmod(iteration, len(self))
        if self._epoch is None or self._epoch[0] != epoch:
            self._epoch = (epoch, self._order(epoch))
        return self._epoch[1][place]

    def arrays(self, iteration: int, limit: int, *, rank: int = 0, workers: int = 1) -> tuple[mx.array, mx.array]:
        """A batch for the model.

        Args:
            iteration: as of `indices`.
            limit: the greatest length of a row.
            rank: which worker asks.
            workers: how many share a batch.

        Returns:
            Tokens, shape (rows, length), filled up with 0; and where the answer begins and ends, shape (rows, 2).
        """
        import mlx.core as mx

        rows = [self._examples[index] for index in self.indices(iteration)[rank::workers]]
        longest = max(len(row.tokens) for row in rows)
        length = min(limit, 1 + _PAD_TO * math.ceil(longest / _PAD_TO))
        tokens = np.zeros((len(rows), length), np.int32)
        for place, row in enumerate(rows):
            tokens[place, : len(row.tokens)] = row.tokens
        # The loss counts targets from the first number to the second one, both included: not the filling after the end.
        spans = [(row.offset, len(row.tokens) - 1) for row in rows]
        return mx.array(tokens), mx.array(spans)

    def once(self, limit: int, count: int, *, rank: int, workers: int) -> Iterator[tuple[mx.array, mx.array]]:
        """The first batches of a round, those that have something for this worker; all of them when `count` is -1."""
        for iteration in range(len(self) if count < 0 else min(count, len(self))):
            if len(self.indices(iteration)) > rank:
                yield self.arrays(iteration, limit, rank=rank, workers=workers)

    def _order(self, epoch: int) -> list[list[int]]:
        every = np.arange(len(self._examples))
        if self._seed is None:
            every = every[np.argsort([len(example.tokens) for example in self._examples], kind="stable")]
            return [every[start : start + self._size].tolist() for start in range(0, len(every), self._size)]
        random = np.random.default_rng([self._seed, epoch])
        kept = random.permutation(every)[: len(self) * self._size]
        kept = kept[np.argsort([len(self._examples[index].tokens) for index in kept], kind="stable")]
        batches = kept.reshape(len(self), self._size)
        return batches[random.permutation(len(self))].tolist()
