"""Where a name is written, and its renaming."""

from __future__ import annotations

import ast

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.occurrences import name_span, renamed
from punie_semantic.fixing.tree import Tree


def _renamed(text: str, old: str, new: str, function: str = "f") -> str:
    tree = Tree(text)
    scope = next(n for n in ast.walk(tree.module) if isinstance(n, ast.FunctionDef) and n.name == function)
    return applied(text, renamed(tree, scope, old, new))


def test_a_parameter_with_its_keywords_in_calls_and_in_f_strings() -> None:
    text = 'def f(id, *, x=1):\n    return f"{id!r} id {x.id}", lambda: id\n\n\nf(id=3)\ng(id=4)\n'

    after = 'def f(id_, *, x=1):\n    return f"{id_!r} id {x.id}", lambda: id_\n\n\nf(id_=3)\ng(id=4)\n'
    assert _renamed(text, "id", "id_") == after


def test_an_inner_scope_with_the_name_of_its_own_is_left() -> None:
    text = "def f(a):\n    def g(a):\n        return a\n    def h(b=a):\n        return a\n    return g\n"

    after = "def f(z):\n    def g(a):\n        return a\n    def h(b=z):\n        return z\n    return g\n"
    assert _renamed(text, "a", "z") == after


def test_nothing_when_the_new_name_is_taken_or_the_old_one_is_imported() -> None:
    assert _renamed("def f(a, b):\n    return a + b\n", "a", "b") == "def f(a, b):\n    return a + b\n"
    assert _renamed("def f():\n    import a\n    return a\n", "a", "b") == "def f():\n    import a\n    return a\n"


def test_nonlocal_and_handlers_and_emoji() -> None:
    text = (
        '"😀"; \ndef f():\n    try:\n        n = "😀"\n    except OSError as n:\n'
        "        print(n)\n    def g():\n        nonlocal n\n        n = 2\n"
    )

    after = text.replace(" n\n", " m\n").replace("n = ", "m = ").replace("as n:", "as m:").replace("(n)", "(m)")
    assert _renamed(text, "n", "m") == after


def test_the_name_of_a_definition() -> None:
    tree = Tree("async def save(self): ...\n\n\nclass Box: ...\n")
    save, box = tree.module.body

    assert name_span(tree, save, "save") == (10, 14)
    assert name_span(tree, box, "Box") == (34, 37)


def test_what_a_signature_reads_is_not_the_parameter() -> None:
    text = "@list\ndef f(list: list[int], *more: list, n=list) -> list:\n    return list\n"

    after = "@list\ndef f(z: list[int], *more: list, n=list) -> list:\n    return z\n"
    assert _renamed(text, "list", "z") == after
