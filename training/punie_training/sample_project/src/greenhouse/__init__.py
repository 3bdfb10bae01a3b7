"""The till, the stock and the watering plan of a garden shop."""

__version__ = "1.4.0"
