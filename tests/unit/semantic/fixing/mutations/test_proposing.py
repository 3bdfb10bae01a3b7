"""The mutants of suspicious files, likely ones first, each text once, and where they are."""

from __future__ import annotations

import ast
from pathlib import Path

from punie_semantic.fixing.candidate import Edit
from punie_semantic.fixing.mutations.proposing import Mutant, compiles, proposals
from punie_semantic.fixing.mutations.scene import Mutation
from punie_semantic.fixing.mutations.suspicion import Places
from tests.unit.semantic.fixing.mutations.scenes import scene

TEXT = "def f(a, b):\n    if a < b:\n        return 1\n    return 2\n"


def found(text: str, lines: dict[int, float]) -> list[Mutant]:
    where = scene(text)
    return proposals([(where, Path("/p/app.py"), Places(where.tree, lines, {}))])


def test_suspicious_lines_come_first() -> None:
    first = found(TEXT, {2: 0.1, 4: 1.0})[0]

    assert first.line == 4


def test_each_text_comes_once() -> None:
    texts = [mutant.text for mutant in found(TEXT, {2: 1.0, 3: 1.0, 4: 1.0})]

    assert len(texts) == len(set(texts))
    assert TEXT not in texts


def test_lines_that_nothing_executes_are_left_alone() -> None:
    assert {mutant.line for mutant in found(TEXT, {2: 1.0})} == {2}


def test_functions_are_told_from_the_inside_out() -> None:
    text = "def f(a):\n    def g(b):\n        return b < 2\n    return g\n"
    mutant = next(m for m in found(text, {3: 1.0}) if m.mutation.operator == "comparison")

    assert [function.name for function in mutant.functions()] == ["g", "f"]


def test_a_default_belongs_to_no_function() -> None:
    mutant = next(
        m for m in found("def f(a=3):\n    return a\n", {1: 1.0, 2: 1.0}) if m.mutation.operator == "constant"
    )

    assert (mutant.text, mutant.functions()) == ("def f(a=4):\n    return a\n", [])


def test_values_in_f_strings_are_edited_where_they_are() -> None:
    texts = [m.text for m in found('def f(a):\n    return f"é {len(a) + 1:>3}"\n', {2: 1.0})]

    assert 'def f(a):\n    return f"é {len(a) - 1:>3}"\n' in texts


def test_what_is_no_python_is_known() -> None:
    where = scene("n = 1\n")
    mutation = Mutation((Edit(0, 1, "("),), "Change n to (", 1.0, ast.parse("n = 1").body[0])

    assert not compiles(Mutant(where, Path("/p/app.py"), mutation, 1.0))
