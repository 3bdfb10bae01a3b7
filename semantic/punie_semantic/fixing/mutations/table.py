"""The mutation operators, each with the nodes that it looks at and the evidence that makes it likelier."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from punie_semantic.fixing.mutations import arithmetic, bounds, calls, comparisons, constants, names, statements
from punie_semantic.fixing.mutations.scene import Mutation, Scene

Propose = Callable[[Scene, Any], Iterator[Mutation]]


@dataclass(frozen=True)
class Operator:
    """One kind of edit.

    Attributes:
        name: for people.
        nodes: which nodes it looks at.
        propose: gives the edits at a node.
        example: before and after.
        suits: facts of the evidence, with how many times likelier they make it.
    """

    name: str
    nodes: tuple[type[ast.AST], ...]
    propose: Propose
    example: tuple[str, str]
    suits: Mapping[str, float] = field(default_factory=dict)

    def boost(self, facts: frozenset[str]) -> float:
        """How many times likelier the evidence makes it."""
        return max([1.0, *(factor for fact, factor in self.suits.items() if fact in facts)])


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CONDITIONS = {"negated": 1.4, "not_raised": 1.4, "wrong_error": 1.3, "shorter": 1.2, "longer": 1.2}
_COUNTS = {"off_by_one": 1.4, "IndexError": 1.4, "number": 1.1, "shorter": 1.2, "longer": 1.2}

OPERATORS: tuple[Operator, ...] = (
    Operator(
        "comparison", (ast.Compare,), comparisons.compare, ("a < b", "a <= b"), {**_CONDITIONS, "off_by_one": 1.3}
    ),
    Operator("and / or", (ast.BoolOp,), comparisons.and_or, ("a and b", "a or b"), _CONDITIONS),
    Operator(
        "surplus not or sign",
        (ast.UnaryOp,),
        comparisons.surplus_not,
        ("not a", "a"),
        {**_CONDITIONS, "sign": 1.6, "order": 1.5},
    ),
    Operator(
        "missing not",
        (
            ast.If,
            ast.While,
            ast.IfExp,
            ast.BoolOp,
            ast.ListComp,
            ast.SetComp,
            ast.GeneratorExp,
            ast.DictComp,
            ast.Return,
        ),
        comparisons.missing_not,
        ("if a:", "if not a:"),
        _CONDITIONS,
    ),
    Operator("exchanged branches", (ast.IfExp,), comparisons.branches, ("a if c else b", "b if c else a")),
    Operator("arithmetic", (ast.BinOp,), arithmetic.binary, ("a + b", "a - b"), {"number": 1.3, "scaled": 1.3}),
    Operator("surplus operand", (ast.BinOp,), arithmetic.surplus_operand, ("a + 1", "a"), {"off_by_one": 1.5}),
    Operator(
        "augmented assignment",
        (ast.AugAssign,),
        arithmetic.augmented,
        ("a += b", "a -= b"),
        {"number": 1.3, "Late": 1.5},
    ),
    Operator("accumulation", (ast.Assign,), arithmetic.accumulate, ("a = b", "a += b"), {"number": 1.3}),
    Operator("sign", (ast.Return, ast.Lambda), arithmetic.negative, ("return a", "return -a")),
    Operator(
        "missing operand", (ast.Return,), arithmetic.missing_operand, ("return a", "return a * b"), {"number": 1.2}
    ),
    Operator("index", (ast.Subscript,), bounds.index, ("a[0]", "a[1]"), _COUNTS),
    Operator("slice", (ast.Slice,), bounds.slices, ("a[1:]", "a[2:]"), {**_COUNTS, "text": 1.2}),
    Operator("range", (ast.Call,), bounds.calls, ("range(a)", "range(a + 1)"), _COUNTS),
    Operator("compared size", (ast.Compare,), bounds.compared, ("a < b", "a < b + 1"), _COUNTS),
    Operator("returned number", (ast.Return,), bounds.returned, ("return a", "return a + 1")),
    Operator("constant", (ast.Constant,), constants.constant, ("a = 1", "a = 2"), {"number": 1.1, "text": 1.1}),
    Operator("formatted text", (ast.JoinedStr,), constants.formatted, ('f"{a:.1f}"', 'f"{a:.2f}"'), {"text": 1.2}),
    Operator("confused names", (ast.Name, ast.Attribute), calls.confused, ("min(a)", "max(a)")),
    Operator(
        "exchanged arguments", (ast.Call,), calls.exchanged, ("f(a, b)", "f(b, a)"), {"sign": 1.3, "TypeError": 1.3}
    ),
    Operator("exchanged pair", (ast.Tuple, ast.DictComp), calls.pairs, ("(a, b)", "(b, a)"), {"order": 1.4}),
    Operator("order", (ast.Call,), calls.order, ("sorted(a)", "sorted(a, reverse=True)"), {"order": 1.7}),
    Operator("missing order", (ast.Return, ast.For), calls.put_in_order, ("return a", "return sorted(a)")),
    Operator("surplus call", (ast.Call,), calls.surplus_call, ("a.lower()", "a"), {"case": 1.4, "space": 1.4}),
    Operator("missing call", (ast.Attribute, ast.Name), calls.missing_call, ("a.size", "a.size()")),
    Operator("variable", (ast.Name,), names.variable, ("f(a)", "f(b)")),
    Operator(
        "attribute", (ast.Attribute,), names.attribute, ("a.width", "a.height"), {"AttributeError": 1.5, "member": 1.1}
    ),
    Operator("module constant", (ast.Name,), names.module_constant, ("LOW", "HIGH")),
    Operator("missing self", (ast.Name,), names.missing_self, ("count = 1", "self.count = 1")),
    Operator("surplus self", (ast.Attribute,), names.surplus_self, ("self.count", "count")),
    Operator("returned variable", (ast.Return,), names.returned, ("return a[0]", "return b")),
    Operator("surplus statement", (ast.stmt,), statements.surplus, ("a()\nb()", "b()")),
    Operator("jump", (ast.Break, ast.Continue, ast.Return, ast.Pass), statements.jumps, ("break", "continue")),
    Operator(
        "early return",
        (ast.Return,),
        statements.early_return,
        ("for a in b:\n    c()\n    return d", "for a in b:\n    c()\nreturn d"),
    ),
    Operator(
        "nothing returned", _FUNCTIONS, statements.nothing_returned, ("def f():\n    g()", "def f():\n    return g()")
    ),
    Operator(
        "missing statement", _FUNCTIONS, statements.missing, ("def f(self):\n    ...", "def f(self):\n    self.check()")
    ),
    Operator(
        "missing update",
        (ast.For, ast.While),
        statements.updates,
        ("for a in b: ...", "for a in b: n += 1"),
        {"number": 1.3},
    ),
    Operator("caught exception", (ast.ExceptHandler,), statements.caught, ("except KeyError:", "except IndexError:")),
    Operator("raised exception", (ast.Raise,), statements.thrown, ("raise KeyError", "raise ValueError")),
)
