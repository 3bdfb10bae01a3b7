"""What only a test notices."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_BOUNDARY: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_INVERTED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.Gt: "<=",
    ast.LtE: ">",
    ast.GtE: "<",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "/", ast.Mod: "//", ast.Div: "*"}
_METHODS = {
    "startswith": "endswith",
    "endswith": "startswith",
    "lower": "upper",
    "upper": "lower",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "strip": "lstrip",
    "append": "extend",
    "keys": "values",
    "values": "keys",
    "find": "rfind",
    "split": "rsplit",
    "rsplit": "split",
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "floor": "ceil"}


def _compared(module: Module, words: dict[type[ast.cmpop], str]) -> Iterator[Mutation]:
    for node in module.nodes(ast.Compare):
        word = words.get(type(node.ops[0]))
        if len(node.ops) == 1 and word:
            yield Mutation(module.span(node.left)[1], module.span(node.comparators[0])[0], f" {word} ")


def boundary(module: Module) -> Iterator[Mutation]:
    return _compared(module, _BOUNDARY)


def inverted_comparison(module: Module) -> Iterator[Mutation]:
    return _compared(module, _INVERTED)


def arithmetic(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.BinOp):
        word = _ARITHMETIC.get(type(node.op))
        between = module.text[module.span(node.left)[1] : module.span(node.right)[0]]
        if word and len(between.split()) == 1 and "(" not in between and ")" not in between:
            yield Mutation(module.span(node.left)[1], module.span(node.right)[0], f" {word} ")


def off_by_one(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Constant):
        if type(node.value) is int and module.function(node) is not None:
            yield module.replace(node, str(node.value + module.chance.choice([1, -1] if node.value else [1])))


def wrong_boolean(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Constant):
        if isinstance(node.value, bool):
            yield module.replace(node, str(not node.value))


def and_or(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.BoolOp):
        word = "and" if isinstance(node.op, ast.And) else "or"
        if len(node.values) == 2:
            at = module.find(word, module.span(node.values[0])[1], module.span(node.values[1])[0])
            if at is not None:
                yield Mutation(at, at + len(word), "or" if word == "and" else "and")


def negated_condition(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.If):
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield module.replace(test, module.source(test.operand))
        elif isinstance(test, ast.Name | ast.Attribute | ast.Call):
            start = module.span(test)[0]
            yield Mutation(start, start, "not ")


def wrong_attribute(module: Module) -> Iterator[Mutation]:
    """Another attribute of `self` that the class sets."""
    for node in module.nodes(ast.Attribute):
        owner = module.owner(node)
        if owner and isinstance(node.value, ast.Name) and node.value.id == "self" and isinstance(node.ctx, ast.Load):
            others = sorted(_set_on_self(owner) - {node.attr})
            if others and node.attr in _set_on_self(owner):
                yield Mutation(*module.name_of(node), module.chance.choice(others))


def _set_on_self(owner: ast.ClassDef) -> set[str]:
    return {
        node.attr
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def swapped_arguments(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if len(node.args) == 2 and not any(isinstance(argument, ast.Starred) for argument in node.args):
            (start, middle), (later, end) = module.span(node.args[0]), module.span(node.args[1])
            first, second = module.source(node.args[0]), module.source(node.args[1])
            if first != second:
                yield Mutation(start, end, second + module.text[middle:later] + first)


def wrong_variable(module: Module) -> Iterator[Mutation]:
    """Another parameter of the same function."""
    for function in module.functions():
        names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
        for statement in function.body:
            for node in ast.walk(statement):
                if (
                    isinstance(node, ast.Name)
                    and isinstance(node.ctx, ast.Load)
                    and node.id in names
                    and len(names) > 1
                ):
                    yield module.replace(node, module.chance.choice([name for name in names if name != node.id]))


def wrong_slice(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Slice):
        bound = node.lower or node.upper
        if bound is not None and node.step is None and not (node.lower and node.upper):
            inner = module.source(bound)
            yield module.replace(node, f":{inner}" if node.lower else f"{inner}:")


def wrong_method(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            yield Mutation(*module.name_of(node.func), _METHODS[node.func.attr])


def wrong_function(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
            yield module.replace(node.func, _FUNCTIONS[node.func.id])


def wrong_update(module: Module) -> Iterator[Mutation]:
    """`=` or `-=` for `+=`."""
    for node in module.nodes(ast.AugAssign):
        if isinstance(node.op, ast.Add | ast.Sub):
            word = module.chance.choice([" = ", " -= " if isinstance(node.op, ast.Add) else " += "])
            yield Mutation(module.span(node.target)[1], module.span(node.value)[0], word)


def missing_statement(module: Module) -> Iterator[Mutation]:
    """An assignment to an attribute left out."""
    for node in module.nodes(ast.Assign):
        if isinstance(node.targets[0], ast.Attribute) and node.lineno == node.end_lineno:
            body = getattr(module.parent(node), "body", [])
            if len(body) > 1:
                yield Mutation(*module.line_span(node.lineno), "")


def wrong_exception(module: Module) -> Iterator[Mutation]:
    others = {"KeyError": "IndexError", "ValueError": "TypeError", "TypeError": "ValueError", "IndexError": "KeyError"}
    for node in module.nodes(ast.Name):
        if node.id in others and isinstance(node.ctx, ast.Load):
            yield module.replace(node, others[node.id])


KINDS = (
    Kind("boundary", "`<` for `<=`, and so on", boundary, logic=True),
    Kind("inverted-comparison", "a comparison the wrong way round", inverted_comparison, logic=True),
    Kind("arithmetic", "another arithmetic operator", arithmetic, logic=True),
    Kind("off-by-one", "a number one too large or too small", off_by_one, logic=True),
    Kind("wrong-boolean", "True for False", wrong_boolean, logic=True),
    Kind("and-or", "`and` for `or`", and_or, logic=True),
    Kind("negated-condition", "a condition negated", negated_condition, logic=True),
    Kind("wrong-attribute", "another attribute of the same object", wrong_attribute, logic=True),
    Kind("swapped-arguments", "two arguments swapped", swapped_arguments, logic=True),
    Kind("wrong-variable", "another parameter of the same function", wrong_variable, logic=True),
    Kind("wrong-slice", "the other side of a slice", wrong_slice, held_out=True, logic=True),
    Kind("wrong-method", "another method of the same type", wrong_method, held_out=True, logic=True),
    Kind("wrong-function", "`min` for `max`, `any` for `all`", wrong_function, held_out=True, logic=True),
    Kind("wrong-update", "`=` or `-=` for `+=`", wrong_update, logic=True),
    Kind("missing-statement", "an attribute that is not set", missing_statement, logic=True),
    Kind("wrong-exception", "another exception", wrong_exception, held_out=True, logic=True),
)
