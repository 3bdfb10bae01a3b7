"""Settings of the shop, and how they are read."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from greenhouse.errors import SettingError

TAX_PERCENT = 19
CURRENCY = "EUR"
REORDER_LEVEL = 5
FREE_DELIVERY_ABOVE = 60

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    tax_percent: int = TAX_PERCENT
    currency: str = CURRENCY
    reorder_level: int = REORDER_LEVEL


def load_settings(path: Path) -> Settings:
    """Read settings from a JSON file."""
    logger.info("reading settings from %s", path)
    values = json.loads(path.read_text(encoding="utf-8"))
    return parse_settings(values)


def parse_settings(values: dict[str, object]) -> Settings:
    unknown = set(values) - {"tax_percent", "currency", "reorder_level"}
    if unknown:
        raise SettingError(f"unknown settings: {sorted(unknown)}")
    return Settings(**values)
