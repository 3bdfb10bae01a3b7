"""Attributes that only one of the types has: the type check that the condition lost."""

from __future__ import annotations

from pathlib import Path

from tests.integration.semantic.fixing.first_fix import first_fix

ITEMS = (
    "class Item: ...\n\n\nclass Table(Item):\n    wide = True\n\n\nclass Row(Item):\n    high = True\n\n\n"
    "def wide(item: Item) -> bool:\n    return isinstance(item, Table) and item.wide\n\n\n"
    "def high(item: Item) -> bool:\n    return isinstance(item, Row) and item.high\n\n\n"
)


async def test_the_type_that_has_the_attribute(tmp_path: Path) -> None:
    text = ITEMS + "def show(last: Item, count: int) -> None:\n    if {}last.high or count:\n        print(last)\n"

    fixed = await first_fix(tmp_path, text.format(""), "missing-attribute")

    assert fixed == text.replace("{}last.high or count", "isinstance(last, Row) and (last.high or count)")


async def test_the_way_the_file_asks(tmp_path: Path) -> None:
    text = (
        "class Event: ...\n\n\nclass Reply(Event):\n    code = 1\n\n\n"
        "def first(event: Event) -> int:\n    if type(event) is Reply:\n        return event.code\n    return 0\n\n\n"
        "def show(event: Event) -> None:\n    if {}event.code == 101:\n        print(event)\n"
    )

    assert await first_fix(tmp_path, text.format(""), "missing-attribute") == text.format("type(event) is Reply and ")


async def test_inside_of_a_comprehension(tmp_path: Path) -> None:
    text = ITEMS + "def few(items: list[Item]) -> list[Item]:\n    return [one for one in items if {}one.wide]\n"

    fixed = await first_fix(tmp_path, text.format(""), "missing-attribute")

    assert fixed == text.format("isinstance(one, Table) and ")
