"""Code that does not parse."""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from collections.abc import Iterator

from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.module import Module, Mutation

_CLOSING = ")]}"
_WORDS = (
    "return",
    "else",
    "elif",
    "except",
    "import",
    "while",
    "lambda",
    "raise",
    "yield",
    "class",
    "def",
    "for",
    "with",
)


def _operators(module: Module, which: str) -> Iterator[int]:
    return (at for token, at in module.tokens if token.type == tokenize.OP and token.string in which)


def missing_colon(module: Module) -> Iterator[Mutation]:
    for at in _operators(module, ":"):
        if module.text[at + 1 : at + 2] == "\n":
            yield Mutation(at, at + 1, "")


def missing_bracket(module: Module) -> Iterator[Mutation]:
    for at in _operators(module, _CLOSING):
        yield Mutation(at, at + 1, "")


def surplus_bracket(module: Module) -> Iterator[Mutation]:
    for at in _operators(module, _CLOSING):
        yield Mutation(at, at, module.text[at])


def wrong_bracket(module: Module) -> Iterator[Mutation]:
    for at in _operators(module, _CLOSING):
        yield Mutation(at, at + 1, module.chance.choice([b for b in _CLOSING if b != module.text[at]]))


def missing_quote(module: Module) -> Iterator[Mutation]:
    for token, at in module.tokens:
        if token.type == tokenize.STRING and token.start[0] == token.end[0]:
            end = at + len(token.string)
            first = module.chance.random() < 0.3 and token.string[0] in "\"'"
            yield Mutation(at, at + 1, "") if first else Mutation(end - 1, end, "")


def missing_comma(module: Module) -> Iterator[Mutation]:
    for at in _operators(module, ","):
        if module.text[at + 1 : at + 2] == " ":
            yield Mutation(at, at + 1, "")


def wrong_indentation(module: Module) -> Iterator[Mutation]:
    for node in module.nodes(ast.stmt):
        if node.col_offset and module.line(node.lineno)[: node.col_offset].isspace():
            start = module.line_span(node.lineno)[0]
            width = module.chance.choice([1, 2, 4])
            if module.chance.random() < 0.5:
                yield Mutation(start, start, " " * width)
            else:
                yield Mutation(start, start + min(width, node.col_offset), "")


def assignment_for_comparison(module: Module) -> Iterator[Mutation]:
    for at in _operators(module, "=="):
        if module.text[at : at + 2] == "==":
            yield Mutation(at, at + 2, "=")


def misspelt_keyword(module: Module) -> Iterator[Mutation]:
    for token, at in module.tokens:
        if token.type == tokenize.NAME and token.string in _WORDS:
            changed = module.misspelt(token.string)
            if not keyword.iskeyword(changed):
                yield Mutation(at, at + len(token.string), changed)


def missing_body(module: Module) -> Iterator[Mutation]:
    """A block whose only statement is left out."""
    for node in module.nodes(ast.stmt):
        body = getattr(node, "body", None)
        if isinstance(body, list) and len(body) == 1 and isinstance(body[0], ast.stmt) and body[0].lineno > node.lineno:
            yield Mutation(*module.line_span(body[0].lineno, body[0].end_lineno), "")


def foreign_operator(module: Module) -> Iterator[Mutation]:
    """`&&`, `||`, `!x`, `null`, `true` of other languages."""
    words = {"and": "&&", "or": "||", "not": "!", "None": "null", "True": "true", "False": "false", "elif": "else if"}
    for token, at in module.tokens:
        if token.type == tokenize.NAME and token.string in words:
            yield Mutation(at, at + len(token.string), words[token.string])


def missing_brace(module: Module) -> Iterator[Mutation]:
    """An f-string without one of its braces."""
    for node in module.nodes(ast.JoinedStr):
        source = module.source(node)
        start = module.span(node)[0]
        if "\n" not in source and "{{" not in source and "}" in source and source[0] in "fF":
            at = start + source.rindex("}")
            yield Mutation(at, at + 1, "")


def breaks(text: str) -> bool:
    """Whether a text no longer parses; some edits only change its meaning."""
    try:
        ast.parse(text)
        list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (SyntaxError, tokenize.TokenError):
        return True
    return False


def else_if(module: Module) -> Iterator[Mutation]:
    for token, at in module.tokens:
        if token.type == tokenize.NAME and token.string == "elif":
            yield Mutation(at, at + 4, module.chance.choice(["else if", "elseif"]))


def other_operator(module: Module) -> Iterator[Mutation]:
    """`&&` and `||`."""
    other = {"and": "&&", "or": "||"}
    for token, at in module.tokens:
        if token.type == tokenize.NAME and token.string in other:
            yield Mutation(at, at + len(token.string), other[token.string])


def import_first(module: Module) -> Iterator[Mutation]:
    """`import Path from pathlib`."""
    for node in module.nodes(ast.ImportFrom):
        if node.module and not node.level and len(node.names) == 1 and node.lineno == node.end_lineno:
            yield module.replace(node, f"import {module.source(node.names[0])} from {node.module}")


KINDS = (
    Kind("missing-colon", "a colon left out", missing_colon),
    Kind("missing-bracket", "a closing bracket left out", missing_bracket),
    Kind("surplus-bracket", "a closing bracket too many", surplus_bracket, held_out=True),
    Kind("wrong-bracket", "a closing bracket of another kind", wrong_bracket, held_out=True),
    Kind("missing-quote", "a quote left out", missing_quote),
    Kind("missing-comma", "a comma left out", missing_comma),
    Kind("wrong-indentation", "a line indented too much or too little", wrong_indentation),
    Kind("assignment-for-comparison", "`=` for `==`", assignment_for_comparison),
    Kind("misspelt-keyword", "a keyword misspelt", misspelt_keyword),
    Kind("missing-body", "a block without its statement", missing_body),
    Kind("foreign-operator", "an operator or constant of another language", foreign_operator),
    Kind("else-if", "`else if` for `elif`", else_if, held_out=True),
    Kind("other-operator", "`&&` or `||`", other_operator, held_out=True),
    Kind("import-first", "`import` before `from`", import_first),
    Kind("missing-brace", "an f-string without a brace", missing_brace, held_out=True),
)
