"""Near-duplicates: MinHash finds who may be near, and the true Jaccard similarity of their pieces decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from punie_training.dataset import Example
from punie_training.exceptions import DatasetError, MissingExtra

if TYPE_CHECKING:
    from datasketch import MinHash

PIECE = 5
PERMUTATIONS = 128
SEED = 1
# MinHash only estimates: it is asked for a little less, so that it misses nothing.
MARGIN = 0.15


class NearIndex:
    """Texts, and which of them another one is nearly equal to.

    Args:
        threshold: the Jaccard similarity from which on two texts are near, above 0 and at most 1.

    Raises:
        DatasetError: there is no such threshold.
        MissingExtra: datasketch is not installed.
    """

    def __init__(self, threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise DatasetError(f"A threshold of {threshold} is none: it is above 0 and at most 1.")
        try:
            from datasketch import MinHash, MinHashLSH
        except ImportError as error:
            raise MissingExtra("datasketch") from error
        self._threshold = threshold
        self._sketch = partial(MinHash, num_perm=PERMUTATIONS, seed=SEED)
        self._lsh = MinHashLSH(threshold=max(threshold - MARGIN, 0.1), num_perm=PERMUTATIONS)
        self._pieces: dict[int, frozenset[str]] = {}

    def near(self, text: str) -> list[tuple[int, float]]:
        """The numbers of near texts with their similarities, the nearest first."""
        pieces = pieces_of(text)
        return self._near(pieces, self._minhash(pieces))

    def add(self, text: str) -> tuple[int, list[tuple[int, float]]]:
        """Add a text. Gives its number, from 0 on, and what `near` said of it before."""
        pieces = pieces_of(text)
        sketch = self._minhash(pieces)
        found, number = self._near(pieces, sketch), len(self._pieces)
        self._pieces[number] = pieces
        self._lsh.insert(number, sketch)
        return number, found

    def _minhash(self, pieces: frozenset[str]) -> MinHash:
        sketch = self._sketch()
        sketch.update_batch([piece.encode("utf-8", "surrogatepass") for piece in sorted(pieces)])
        return sketch

    def _near(self, pieces: frozenset[str], sketch: MinHash) -> list[tuple[int, float]]:
        numbers = [number for number in self._lsh.query(sketch) if isinstance(number, int)]
        scored = [(number, jaccard(pieces, self._pieces[number])) for number in numbers]
        near = [(number, score) for number, score in scored if score >= self._threshold]
        return sorted(near, key=lambda each: (-each[1], each[0]))


def text_of(example: Example) -> str:
    """What is compared of an example: its query and its program, or its words."""
    return f"{example.query}\n{example.program or example.answer}"


def pieces_of(text: str) -> frozenset[str]:
    """A text as the set of its pieces of five characters; capitals and the number of spaces make no difference."""
    plain = " ".join(text.casefold().split())
    return frozenset(plain[at : at + PIECE] for at in range(max(len(plain) - PIECE + 1, 1)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of both is common to both, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 1.0


class Clusters:
    """Sets of numbers that grow together."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def join(self, one: int, other: int) -> None:
        """Put two into the same set."""
        self._parent[self.of(one)] = self.of(other)

    def of(self, number: int) -> int:
        """The number that stands for its whole set."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    @property
    def sizes(self) -> dict[int, int]:
        """How large each set is."""
        return dict(Counter(self.of(number) for number in range(len(self._parent))))


def near_clusters(texts: Sequence[str], threshold: float) -> Clusters:
    """Texts that are near, and what is near to those: one set. Raises as NearIndex does."""
    index, clusters = NearIndex(threshold), Clusters(len(texts))
    for text in texts:
        number, near = index.add(text)
        for other, _ in near:
            clusters.join(number, other)
    return clusters
