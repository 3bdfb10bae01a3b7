"""How much is in stock, and what has to be ordered again."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from datetime import date

from greenhouse.errors import OutOfStock
from greenhouse.plants import Batch, Species
from greenhouse.settings import REORDER_LEVEL

logger = logging.getLogger(__name__)


class Inventory:
    """The stock, batch by batch; the oldest batch is sold first."""

    def __init__(self, reorder_level: int = REORDER_LEVEL) -> None:
        self.reorder_level = reorder_level
        self.batches: dict[str, list[Batch]] = defaultdict(list)

    def receive(self, batch: Batch) -> None:
        """Put a new batch on the shelf."""
        self.batches[batch.species.name].append(batch)
        logger.info("received %s of %s", batch.amount, batch.species.name)

    def stock_of(self, species: Species) -> int:
        return sum(batch.amount for batch in self.batches[species.name])

    def reserve(self, species: Species, amount: int) -> None:
        """Take plants out of stock. Raises OutOfStock when there are too few."""
        if self.stock_of(species) < amount:
            raise OutOfStock(f"only {self.stock_of(species)} of {species.name}")
        for batch in self.batches[species.name]:
            amount -= batch.take(amount)

    def release(self, species: Species, amount: int) -> None:
        self.receive(Batch(species, amount, date.today()))

    def running_low(self) -> list[str]:
        low = []
        for name, batches in self.batches.items():
            if sum(batch.amount for batch in batches) < self.reorder_level:
                low.append(name)
        return low

    def stock_value(self) -> int:
        total = sum(b.amount * b.species.price for bs in self.batches.values() for b in bs)
        return total
