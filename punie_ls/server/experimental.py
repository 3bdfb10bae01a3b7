"""What a client takes beyond the standard: `capabilities.experimental.punie` of its initialize request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class RichClient:
    """A plug-in made for Punie; a client that says nothing gets nothing of this.

    Attributes:
        events: it takes `punie/event` and `punie/status`.
        permissions: it answers `punie/ask`.
    """

    events: bool = False
    permissions: bool = False


def rich_client(experimental: object) -> RichClient:
    """Read the capabilities; only a plain `true` counts, and foreign shapes are read as absent."""
    found = experimental.get("punie") if isinstance(experimental, Mapping) else None
    if not isinstance(found, Mapping):
        return RichClient()
    return RichClient(found.get("events") is True, found.get("permissions") is True)
