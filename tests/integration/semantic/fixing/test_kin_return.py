"""Returns that were lost: functions like the one that lost it show what it returns."""

from __future__ import annotations

from pathlib import Path

from tests.integration.semantic.fixing.first_fix import first_fix, search

NUMBER = (
    "class Number:\n    def __init__(self, value: int) -> None:\n        self.value = value\n\n"
    "    def _new(self, value: int) -> 'Number':\n        return Number(value)\n\n"
    "    def plus(self, other: int) -> 'Number':\n        result = self.value + other\n"
    "        return self._new(result)\n\n"
    "    def minus(self, other: int) -> 'Number':\n        result = self.value - other\n        return{}\n"
)


async def test_a_bare_return_returns_what_the_methods_beside_it_do(tmp_path: Path) -> None:
    fixed = await first_fix(tmp_path, NUMBER.format(""), "invalid-explicit-return")

    assert fixed == NUMBER.format(" self._new(result)")


async def test_a_body_that_was_lost_is_like_its_twin_with_its_own_words(tmp_path: Path) -> None:
    text = (
        "class Line:\r\n    def __init__(self, ours: str, theirs: str) -> None:\r\n"
        "        self.roles = [ours, theirs]\r\n        self.our_role = 0\r\n        self.their_role = 1\r\n\r\n"
        "    @property\r\n    def our_name(self) -> str:\r\n"
        '        """Ours, 📞."""\r\n        return self.roles[self.our_role]\r\n\r\n'
        "    @property\r\n    def their_name(self) -> str:\r\n"
        '        """Theirs."""\r\n{}'
    )

    fixed = await first_fix(tmp_path, text.format(""), "invalid-implicit-return-in-function-with-stub-body")

    assert fixed == text.format("        return self.roles[self.their_role]\r\n")


async def test_a_method_of_the_same_name_in_another_class(tmp_path: Path) -> None:
    text = (
        "from collections.abc import Callable\n\n\n"
        "class Base:\n    def __init__(self, ask: Callable[[str], bool]) -> None:\n"
        "        self.ask = ask\n\n\n"
        "class Short(Base):\n    def holds(self, text: str) -> bool:\n        if len(text) > 3:\n"
        "            return False\n        return self.ask(text)\n\n\n"
        "class Long(Base):\n    def holds(self, text: str) -> bool:\n        if len(text) < 3:\n"
        "            return False\n{}"
    )

    fixed = await first_fix(tmp_path, text.format(""), "invalid-implicit-return")

    assert fixed == text.format("        return self.ask(text)\n")


async def test_the_unread_names_for_a_tuple(tmp_path: Path) -> None:
    text = "def both(left: str, right: int) -> tuple[str, int]:\n    return{}\n"

    assert await first_fix(tmp_path, text.format(""), "invalid-explicit-return") == text.format(" left, right")


async def test_what_a_local_gives_when_it_is_just_that(tmp_path: Path) -> None:
    text = (
        "class Size: ...\n\n\nclass Task:\n    def result(self) -> Size:\n        return Size()\n\n\n"
        "def measured() -> Size:\n    task = Task()\n    print(task)\n    return{}\n"
    )

    assert await first_fix(tmp_path, text.format(""), "invalid-explicit-return") == text.format(" task.result()")


async def test_a_function_is_not_made_to_call_itself(tmp_path: Path) -> None:
    text = (
        "class Space:\n    def __init__(self, text: str) -> None:\n        self.text = text\n\n\n"
        'def space(text: str) -> Space:\n    """Some space."""\n\n\n'
        "def line() -> Space:\n    return space('x')\n"
    )

    found = await search(tmp_path, text, "invalid-implicit-return-in-function-with-stub-body")

    assert all("return space(" not in fix.text.partition("def line")[0] for fix in found.found)


async def test_what_is_tried_was_no_constant(tmp_path: Path) -> None:
    text = "def has(data: bytes) -> bool:\n    try:\n        return\n    except IndexError:\n        return False\n"

    found = await search(tmp_path, text, "invalid-explicit-return", unsafe=True)

    assert all("return True" not in fix.text for fix in found.found)
