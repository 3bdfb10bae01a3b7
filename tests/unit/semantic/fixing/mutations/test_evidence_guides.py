"""What a run saw, and what the test expects, decide which edits are proposed."""

from __future__ import annotations

from punie_semantic.fixing.mutations.table import OPERATORS
from tests.unit.semantic.fixing.mutations.scenes import scene, texts


def test_a_number_is_changed_by_the_difference_and_by_the_factor() -> None:
    found = texts(scene("RATE = 5\n", "number", pairs=((10, 40),)), "constant")

    assert {"RATE = 35\n", "RATE = 20\n"} <= set(found)


def test_the_expected_number_replaces_only_a_literal_that_is_the_actual_one() -> None:
    assert "n = 42\n" in texts(scene("n = 17\n", pairs=((17, 42),)), "constant")
    assert "n = 42\n" not in texts(scene("n = 18\n", pairs=((17, 42),)), "constant")


def test_a_text_is_changed_where_the_actual_one_differs() -> None:
    where = scene('n = "Dear " + name + ","\n', "text", pairs=(("Dear Ada,", "Hello Ada,"),))

    assert 'n = "Hello " + name + ","\n' in texts(where, "constant")


def test_an_f_string_is_changed_where_the_actual_text_differs() -> None:
    where = scene('n = f"{a} of {b}!"\n', "text", pairs=(("1 of 2!", "1 of 2."),))

    assert 'n = f"{a} of {b}."\n' in texts(where, "formatted text")


def test_keys_that_a_mapping_had_are_proposed() -> None:
    text = "def f(row):\n    return row['nmae']\n"

    assert "def f(row):\n    return row['name']\n" in texts(scene(text, keys={1: {"row": ["name"]}}), "constant")


def test_variables_of_the_same_type_come_first() -> None:
    text = "def f(width, height, name):\n    return width * width\n"
    where = scene(text, scopes={1: {"width": "int", "height": "int", "name": "str"}})

    assert texts(where, "variable")[0] == "def f(width, height, name):\n    return height * width\n"


def test_attributes_of_the_same_type_come_first() -> None:
    text = "def f(book):\n    return book.title\n"
    members = {"shop.Book": {"title": "str", "author": "str", "price": "int"}}
    where = scene(text, scopes={1: {"book": "shop.Book"}}, members=members)

    assert texts(where, "attribute")[0] == "def f(book):\n    return book.author\n"


def test_a_method_that_was_not_called_is_called() -> None:
    text = "def f(cart):\n    return cart.total\n"
    members = {"shop.Cart": {"total": "method/1"}}
    where = scene(text, "method", scopes={1: {"cart": "shop.Cart"}}, members=members)

    assert texts(where, "missing call") == ["def f(cart):\n    return cart.total()\n"]


def test_a_name_that_self_has_gets_its_self() -> None:
    text = "class A:\n    def f(self, count):\n        return count\n"
    where = scene(text, scopes={2: {"self": "app.A", "count": "int"}}, members={"app.A": {"count": "int"}})

    assert "class A:\n    def f(self, count):\n        return self.count\n" in texts(where, "missing self")


def test_the_exception_that_the_test_waits_for_is_raised() -> None:
    text = "def f():\n    raise KeyError('x')\n"

    assert texts(scene(text, "not_raised", expected_error="ValueError"), "raised exception") == [
        "def f():\n    raise ValueError('x')\n"
    ]


def test_the_exception_that_came_through_is_caught() -> None:
    text = "try:\n    f()\nexcept KeyError:\n    pass\n"

    assert texts(scene(text, "error", raised="IndexError"), "caught exception") == [
        "try:\n    f()\nexcept IndexError:\n    pass\n",
        "try:\n    f()\nexcept (KeyError, IndexError):\n    pass\n",
    ]


def test_what_is_not_returned_is_returned_when_none_came() -> None:
    text = "def f(a):\n    n = a + 1\n"

    assert "def f(a):\n    n = a + 1\n    return n\n" in texts(scene(text, "none"), "nothing returned")
    assert texts(scene(text), "nothing returned") == []


def test_order_and_case_are_proposed_only_where_they_are_wrong() -> None:
    text = "def f(name):\n    return name\n"
    scopes = {1: {"name": "str"}}

    assert "def f(name):\n    return sorted(name)\n" in texts(scene(text, "order", scopes=scopes), "missing order")
    assert texts(scene(text, scopes=scopes), "missing order") == []
    assert "def f(name):\n    return name.upper()\n" in texts(scene(text, "case", scopes=scopes), "missing call")
    assert "def f(name):\n    return name.upper()\n" not in texts(scene(text, scopes=scopes), "missing call")


def test_the_evidence_makes_operators_likelier() -> None:
    operator = next(o for o in OPERATORS if o.name == "order")

    assert operator.boost(frozenset()) == 1.0
    assert operator.boost(frozenset({"order"})) == 1.7


def test_no_edit_tests_for_the_tested_value() -> None:
    """Nothing but the literal at the fault may become what the test expects."""
    text = "def f(n):\n    return n * 2\n"
    where = scene(text, "number", pairs=((6, 7),), scopes={1: {"n": "int"}})

    for operator in OPERATORS:
        assert not [found for found in texts(where, operator.name) if "7" in found or "== 3" in found]
