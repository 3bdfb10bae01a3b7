"""The registry of trained adapters: their lineage, which one serves, and what came of it."""

from punie_training.adapters.records import AdapterRecord, Outcomes, RunRecord
from punie_training.adapters.registry import Registry, open_registry

__all__ = ["AdapterRecord", "Outcomes", "Registry", "RunRecord", "open_registry"]
