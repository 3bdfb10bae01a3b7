"""Places in a module are characters, whatever the characters are."""

from __future__ import annotations

import ast
import random

from tests.bench.punie_fix.module import Module

TEXT = 'name = "žluťoučký 🐎"; other = name\nclass A:\n    def f(self): return self.x\n'


def test_spans_count_characters_and_not_bytes():
    module = Module(TEXT, random.Random(1))
    assert [module.source(node) for node in module.nodes(ast.Name)] == ["name", "other", "name", "self"]


def test_an_attributes_name_is_found_behind_its_object():
    module = Module(TEXT, random.Random(1))
    (attribute,) = module.nodes(ast.Attribute)
    start, end = module.name_of(attribute)
    assert TEXT[start:end] == "x"
    assert module.line_at(start) == 3


def test_the_function_and_the_class_around_a_node_are_known():
    module = Module(TEXT, random.Random(1))
    (attribute,) = module.nodes(ast.Attribute)
    function, owner = module.function(attribute), module.owner(attribute)
    assert function is not None
    assert owner is not None
    assert (function.name, owner.name) == ("f", "A")


def test_code_is_found_and_strings_are_not():
    module = Module('x = "and" if a and b else c\n', random.Random(1))
    assert module.find("and", 0, 30) == 15


def test_a_misspelt_name_is_near_and_another():
    module = Module("x = 1\n", random.Random(1))
    found = {module.misspelt("length") for _ in range(40)}
    assert "length" not in found
    assert {"lenght", "lngth", "leength"} <= found
