import pytest

from bookshop.catalog import Catalog, UnknownBook, is_valid_isbn
from bookshop.models import Category
from bookshop.search import search, suggest

JANE_EYRE = "9780141439556"
PRIDE = "9780141439518"


def test_checks_the_isbn() -> None:
    assert is_valid_isbn("978-0-14-143955-6")
    assert not is_valid_isbn("9780141439557")
    assert not is_valid_isbn("0141439556")


def test_an_unknown_isbn_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(UnknownBook, match="9780140369342"):
        catalog.get("9780140369342")


def test_lists_a_category_by_title(catalog: Catalog) -> None:
    titles = [book.title for book in catalog.in_category(Category.FICTION)]
    assert titles == ["Jane Eyre", "Pride and Prejudice"]


def test_finds_the_cheapest_book(catalog: Catalog) -> None:
    assert catalog.cheapest(Category.FICTION) == catalog.get(PRIDE)


def test_search_prefers_the_title(catalog: Catalog) -> None:
    assert [book.title for book in search(catalog, "jane")] == ["Jane Eyre", "Pride and Prejudice"]


def test_search_forgives_accents(catalog: Catalog) -> None:
    assert search(catalog, "BRONTE") == [catalog.get(JANE_EYRE)]


def test_suggests_titles_not_shown_yet(catalog: Catalog) -> None:
    assert suggest(catalog, "j", ["Emma"]) == ["Emma", "Jane Eyre"]
