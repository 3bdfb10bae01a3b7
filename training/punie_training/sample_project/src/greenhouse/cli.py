"""The `greenhouse` command."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from greenhouse.catalog import load_catalog
from greenhouse.watering import WateringPlan, summary


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="greenhouse")
    parser.add_argument("command", choices=["catalog", "water"])
    parser.add_argument("--data", type=Path, default=Path("data"))
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    options = build_parser().parse_args(arguments)
    if options.command == "catalog":
        return show_catalog(options.data)
    print(summary(WateringPlan([]), date.today()))
    return 0


def show_catalog(data: Path) -> int:
    catalog = load_catalog(data / "species.json")
    for species in catalog.search(""):
        print(species.name, species.price)
    return 0 if catalog.species else exit_with("the catalog is empty")


def exit_with(message: str) -> int:
    print(message, file=sys.stderr)
    return "1"
