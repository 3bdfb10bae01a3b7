from pathlib import Path

import pytest

from bookshop.catalog import Catalog
from bookshop.cli import main
from bookshop.inventory import Inventory
from bookshop.storage import load, save

JANE_EYRE = "9780141439556"


def test_what_is_saved_can_be_loaded(
    tmp_path: Path, catalog: Catalog, inventory: Inventory
) -> None:
    path = tmp_path / "shop.json"
    save(path, catalog, inventory)
    loaded, stock = load(path)
    assert list(loaded) == list(catalog)
    assert stock.free(JANE_EYRE) == 12


def test_the_clerk_takes_a_delivery(
    tmp_path: Path, catalog: Catalog, inventory: Inventory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shop.json"
    save(path, catalog, inventory)
    assert main(["--data", str(path), "receive", JANE_EYRE, "3"]) == 0
    assert capsys.readouterr().out == "Jane Eyre: 15 in stock\n"


def test_the_clerk_is_told_about_unknown_books(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "shop.json"), "receive", JANE_EYRE, "3"]) == 1
    assert "no book with ISBN" in capsys.readouterr().err
