"""The species that the shop sells."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Dict, Optional

from greenhouse.plants import Light, Species, find_species

logger = logging.getLogger(__name__)


class Catalog:
    """All species by name."""

    def __init__(self, species: list[Species]) -> None:
        self.species: Dict[str, Species] = {s.name: s for s in species}

    def get(self, name: str) -> Optional[Species]:
        return self.species.get(name)

    def require(self, name: str) -> Species:
        """The species of that name. Raises UnknownSpecies."""
        return find_species(name, list(self.species.values()))

    def search(self, words: str) -> list[Species]:
        found = [s for s in self.species.values() if words.lower() in s.name.lower()]
        return sorted(found, key=lambda s: s.name)

    def price_of(self, name: str) -> Decimal:
        return self.get(name).price


def load_catalog(path: Path) -> Catalog:
    """Read the species from a JSON file."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    logger.debug("catalog has %d rows", len(rows))
    return Catalog([read_species(row) for row in rows])


def read_species(row: dict[str, str]) -> Species:
    return Species(row["name"], Decimal(row["price"]), Light(row.get("light", "sun")))
