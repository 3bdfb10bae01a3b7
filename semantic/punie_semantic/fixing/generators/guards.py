"""Guards against None before a statement, in the idiom of the file. Knows no workspace."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.generators.expression import Expression, short
from punie_semantic.fixing.place import Place

_EMPTY = {"dict": "{}", "list": "[]"}
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def leaving(body: Sequence[ast.stmt]) -> bool:
    """Whether a block always leaves."""
    return bool(body) and isinstance(body[-1], _LEAVES)


def guards(place: Place, subject: Expression, generator: str) -> Iterator[Candidate]:
    """An assertion, a guard that the file has elsewhere for the same thing, an early return."""
    statement = _simple(place, subject)
    if statement is None:
        return
    start = place.tree.line_start(place.tree.span(statement)[0])
    indent = place.tree.indent(statement)
    if place.text[start : place.tree.span(statement)[0]].strip():
        return
    asserted = f"assert {subject.text} is not None"
    usual = len(re.findall(r"^\s*assert [\w.]+ is not None", place.text, re.M))
    edit = Edit(start, start, f"{indent}{asserted}\n")
    # What is None unless it is given cannot be asserted not to be.
    weight = 0.4 if _unless_given(place, subject) is not None else 0.5 + 0.1 * min(usual, 2)
    yield Candidate(f"Add {short(asserted)}", (edit,), "fix", generator, weight, "it may be None")
    for text, weight, why in _replaced(place, subject, statement):
        edit = Edit(start, start, f"{indent}if {subject.text} is None:\n{indent}{place.tree.unit}{text}\n")
        yield Candidate(f"Add {short(text)} where it is None", (edit,), "fix", generator, weight, why)
    for text, weight, why, guess in _bodies(place, subject, statement):
        edit = Edit(start, start, f"{indent}{text[0]}\n{indent}{place.tree.unit}{text[1]}\n")
        kind = "unsafe_fix" if guess else "fix"
        yield Candidate(f"Add {short(' '.join(text), 50)}", (edit,), kind, generator, weight, why)


def _replaced(place: Place, subject: Expression, statement: ast.stmt) -> Iterator[tuple[str, float, str]]:
    """`x = default` for a parameter that is None unless it is given: as elsewhere, or a default of that name."""
    function = place.tree.function_of(statement)
    parameters = (
        {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)} if function else set()
    )
    if subject.text not in parameters or function is None:
        return
    seen: set[str] = set()
    for node in place.tree.nodes:
        match node:
            case ast.If(body=[ast.Assign(targets=[ast.Name(id=name)]) as body], orelse=[]) if name == subject.text:
                text = place.tree.source(body)
                if _tested(place, node.test) == name and text not in seen and "\n" not in text:
                    seen.add(text)
                    yield text, 0.82, "other functions do this"
    argument = _unless_given(place, subject)
    annotation = place.tree.source(argument.annotation) if argument is not None and argument.annotation else ""
    for kind, empty in _EMPTY.items():
        if re.search(rf"\b{kind}\[", annotation) and f"{subject.text} = {empty}" not in seen:
            yield f"{subject.text} = {empty}", 0.66, f"an empty {kind} is as good as none"
    first = function.args.args[0].arg if function.args.args else ""
    for stem in (
        f"{first}.default_{subject.text}",
        f"{first}._default_{subject.text}",
        f"DEFAULT_{subject.text.upper()}",
    ):
        if re.search(rf"\b{re.escape(stem.rpartition('.')[2])}\b", place.text):
            yield f"{subject.text} = {stem}", 0.84, "there is a default for it"


def _unless_given(place: Place, subject: Expression) -> ast.arg | None:
    """The parameter that the subject is, when its default is None."""
    function = place.tree.function_of(subject.around)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    given = list(zip(reversed(plain), reversed(arguments.defaults), strict=False))
    for argument, default in [*given, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:
        if argument.arg == subject.text and isinstance(default, ast.Constant) and default.value is None:
            return argument
    return None


def _simple(place: Place, subject: Expression) -> ast.stmt | None:
    """The statement before which a guard goes."""
    statement = place.tree.statement(subject.around)
    outer = place.tree.parent(statement) if statement is not None else None
    # A guard before `elif` would fall into the branch before it.
    if isinstance(statement, ast.If) and isinstance(outer, ast.If) and statement in outer.orelse:
        return outer
    return statement


def _bodies(
    place: Place, subject: Expression, statement: ast.stmt
) -> Iterator[tuple[tuple[str, str], float, str, bool]]:
    """The two lines of a guard, how likely they are, why, and whether they are a guess."""
    function = place.tree.function_of(statement)
    for test, body, same, near in _known(place, subject.text, function):
        # What another function raises tells of that function.
        weight = (0.62 if same else 0.35) + (0.1 if near else 0.0) - (0.15 if body.startswith("raise") else 0.0)
        yield (f"if {test}:", body), weight, "the file guards like this", not same
    condition = f"not {subject.text}" if _prefers_not(place) else f"{subject.text} is None"
    if function is not None and (value := _early(place, function)) is not None:
        yield (f"if {condition}:", f"return {value}".rstrip()), 0.45, "it may be None", True
    loop = place.tree.enclosing(statement, ast.For, ast.While, ast.AsyncFor)
    if loop is not None and place.tree.function_of(loop) is function:
        yield (f"if {condition}:", "continue"), 0.4, "it may be None", True


def _known(place: Place, subject: str, function: ast.AST | None) -> list[tuple[str, str, bool, bool]]:
    """Guards against None in the file, those for the same thing first: the test, the body, same, in this function."""
    found: dict[tuple[str, str], tuple[str, str, bool, bool]] = {}
    for node in place.tree.nodes:
        if not isinstance(node, ast.If) or len(node.body) != 1 or node.orelse or not leaving(node.body):
            continue
        tested = _tested(place, node.test)
        body = place.tree.source(node.body[0])
        if not tested or "\n" in body:
            continue
        test = place.tree.source(node.test)
        same = tested == subject
        key = test.replace(tested, subject, 1), body
        near = function is not None and place.tree.function_of(node) is function
        if key not in found or same:
            found[key] = (*key, same, near)
    return sorted(found.values(), key=lambda one: (not one[2], not one[3]))[:4]


def _tested(place: Place, test: ast.expr) -> str:
    match test:
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return place.tree.source(left)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Attribute() as operand):
            return place.tree.source(operand)
    return ""


def _prefers_not(place: Place) -> bool:
    return len(re.findall(r"\bif not [\w.]+:", place.text)) > 2 * len(re.findall(r"\bis None:", place.text))


def _early(place: Place, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """What an early return gives by the function's annotation; None when that does not tell."""
    if function.returns is None:
        values = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
        return "" if not any(values) else "None"
    annotation = place.tree.source(function.returns)
    if annotation == "None":
        return ""
    if "None" in annotation or "Optional" in annotation:
        return "None"
    return {"bool": "False", "str": '""', "int": "0"}.get(annotation, "[]" if annotation.startswith("list") else None)


def raised_before(place: Place, subject: Expression, generator: str) -> Iterator[Candidate]:
    """`raise` and `return` that are missing in a guard above: `if x is None: ValueError(…)`."""
    function = place.tree.function_of(subject.around)
    for node in ast.walk(function) if function is not None else ():
        if not isinstance(node, ast.If) or _tested(place, node.test) != subject.text:
            continue
        last = node.body[-1]
        start = place.tree.span(last)[0]
        if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and start < subject.start:
            text = place.tree.source(last.value)
            error = re.match(r"(?:[\w.]+\.)?\w*(?:Error|Exception|Warning|Exit)\b", text) is not None
            word, weight = ("raise", 0.93) if error else ("return", 0.6)
            edit = Edit(start, start, f"{word} ")
            yield Candidate(
                f"{word.capitalize()} {short(text)}", (edit,), "fix", generator, weight, "the guard must leave"
            )
        elif isinstance(last, ast.Pass) and start < subject.start:
            edit = Edit(*place.tree.span(last), "return")
            yield Candidate("Change pass to return", (edit,), "unsafe_fix", generator, 0.5, "the guard must leave")
