"""What ruff finds: code that runs, but should not look so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_UNUSED = ("import uuid\n", "import fractions\n", "from collections import ChainMap\n", "from string import Template\n")


def unused_import(module: Module) -> Iterator[Mutation]:
    for node in module.tree.body:
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__"):
            end = module.line_span(node.lineno, node.end_lineno)[1]
            yield Mutation(end, end, module.chance.choice(_UNUSED))


def unused_exception_name(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.ExceptHandler):
        if node.type is not None and node.name is None:
            end = module.span(node.type)[1]
            yield Mutation(end, end, " as error")


def unused_variable(module: Module) -> Iterator[Mutation]:
    """The result of a call kept for nothing."""
    for node in module.nodes(ast.Expr):
        if isinstance(node.value, ast.Call) and module.function(node) is not None:
            start = module.span(node)[0]
            yield Mutation(start, start, "result = ")


def mutable_default(module: Module) -> Iterator[Mutation]:
    for function in module.functions():
        for default in (*function.args.defaults, *function.args.kw_defaults):
            if isinstance(default, ast.Constant) and default.value in (None, ()):
                yield module.replace(default, module.chance.choice(["[]", "{}"]))


def equal_to_none(module: Module) -> Iterator[Mutation]:
    yield from _other_comparison(module, (ast.Is, ast.IsNot), ("==", "!="), (type(None),))


def equal_to_true(module: Module) -> Iterator[Mutation]:
    """`if x == True`."""
    for node in module.nodes(ast.If):
        if isinstance(node.test, ast.Name | ast.Attribute):
            end = module.span(node.test)[1]
            yield Mutation(end, end, " == True")


def identical_to_literal(module: Module) -> Iterator[Mutation]:
    yield from _other_comparison(module, (ast.Eq, ast.NotEq), ("is", "is not"), (str, int, bytes))


def _other_comparison(
    module: Module, operators: tuple[type, type], words: tuple[str, str], types: tuple[type, ...]
) -> Iterator[Mutation]:
    for node in module.nodes(ast.Compare):
        value = node.comparators[0]
        plain = isinstance(value, ast.Constant) and isinstance(value.value, types)
        if len(node.ops) == 1 and plain and isinstance(node.ops[0], operators):
            word = words[0] if isinstance(node.ops[0], operators[0]) else words[1]
            yield Mutation(module.span(node.left)[1], module.span(value)[0], f" {word} ")


def not_in(module: Module) -> Iterator[Mutation]:
    """`not a in b`."""
    for node in module.nodes(ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.NotIn | ast.IsNot):
            word = "in" if isinstance(node.ops[0], ast.NotIn) else "is"
            yield module.replace(node, f"not {module.source(node.left)} {word} {module.source(node.comparators[0])}")


def bare_f_string(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.Constant):
        source = module.source(node)
        plain = isinstance(node.value, str) and source[0] in "\"'" and "{" not in source and "\n" not in source
        if plain and node not in module.docstrings and not isinstance(module.parent(node), ast.JoinedStr):
            start = module.span(node)[0]
            yield Mutation(start, start, "f")


def bare_except(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.ExceptHandler):
        if node.type is not None and node.name is None:
            yield Mutation(module.span(node)[0] + len("except"), module.span(node.type)[1], "")


def missing_cause(module: Module) -> Iterator[Mutation]:
    """`raise X from error` without its cause."""
    for node in module.nodes(ast.Raise):
        if node.exc is not None and node.cause is not None:
            yield Mutation(module.span(node.exc)[1], module.span(node.cause)[1], "")


def assigned_lambda(module: Module) -> Iterator[Mutation]:
    """A small function written as a lambda with a name."""
    for function in module.functions():
        last = function.body[-1]
        simple = len(function.body) == 1 and isinstance(last, ast.Return) and last.value is not None
        if simple and not function.decorator_list and not isinstance(module.parent(function), ast.ClassDef):
            names = ", ".join(argument.arg for argument in function.args.args)
            if isinstance(last, ast.Return) and last.value is not None:
                yield module.replace(function, f"{function.name} = lambda {names}: {module.source(last.value)}")


def unsorted_imports(module: Module) -> Iterator[Mutation]:
    body = [node for node in module.tree.body if isinstance(node, ast.Import)]
    for first, second in pairwise(body):
        if second.lineno == first.lineno + 1:
            lines = module.line(second.lineno) + module.line(first.lineno)
            yield Mutation(*module.line_span(first.lineno, second.lineno), lines)


def empty_call(module: Module) -> Iterator[Mutation]:
    """`dict()` for `{}`, `list()` for `[]`."""
    for node in module.nodes(ast.Dict):
        if not node.keys:
            yield module.replace(node, "dict()")
    for node in module.nodes(ast.List):
        if not node.elts and isinstance(node.ctx, ast.Load) and not isinstance(module.parent(node), ast.Tuple):
            yield module.replace(node, "list()")


def unused_enumerate(module: Module) -> Iterator[Mutation]:
    """`for i, x in enumerate(y)` whose number nobody uses."""
    for node in module.nodes(ast.For):
        if isinstance(node.target, ast.Name) and isinstance(node.iter, ast.Name | ast.Attribute):
            end = module.span(node.iter)[1]
            target = module.span(node.target)[0]
            yield Mutation(target, end, f"i, {node.target.id} in enumerate({module.source(node.iter)})")


KINDS = (
    Kind("unused-import", "an import that nothing uses", unused_import),
    Kind("unused-exception-name", "a caught exception named for nothing", unused_exception_name),
    Kind("unused-variable", "a result kept for nothing", unused_variable),
    Kind("mutable-default", "a list or dict as a parameter's default", mutable_default),
    Kind("equal-to-none", "`== None`", equal_to_none),
    Kind("equal-to-true", "`== True`", equal_to_true),
    Kind("identical-to-literal", "`is` with a text or a number", identical_to_literal),
    Kind("not-in", "`not a in b`", not_in),
    Kind("bare-f-string", "an f-string without a placeholder", bare_f_string),
    Kind("bare-except", "`except:`", bare_except),
    Kind("missing-cause", "`raise` without its `from`", missing_cause),
    Kind("assigned-lambda", "a function written as a named lambda", assigned_lambda),
    Kind("unsorted-imports", "two imports in the wrong order", unsorted_imports),
    Kind("empty-call", "`dict()` for `{}`, `list()` for `[]`", empty_call),
    Kind("unused-enumerate", "`enumerate` whose number nobody uses", unused_enumerate),
)
