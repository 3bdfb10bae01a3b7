"""A Lark grammar of answers: words, or one fenced program that calls known tools with their own parameters.

Made from a registry of tools; must not know models or tokenizers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping

from punie_semantic.registry import TOOLS, Tool
from punie_training.grammar.names import BUILTINS, KEYWORDS, METHODS, MODULES, parameters, result_fields

DEEPEST = 4
INDENT = "    "


def answers(tools: Mapping[str, Tool] = TOOLS) -> str:
    """The grammar, for llguidance.

    What it holds: calls go to these tools, Python's own functions and methods; tools take their own parameters;
    attributes are fields of results; indentation is four spaces, at most four levels. It does not hold types: a
    program that it lets through can still be refused by the type check.
    """
    return (
        "\n".join([_START, *_blocks(), _STATEMENTS, _EXPRESSIONS, *_calls(tools.values()), *_terminals(tools)]) + "\n"
    )


_START = r"""
%llguidance {}
start: WORDS | "```python\n" block0 "```"
WORDS: /[^`\s](`{0,2}[^`])*`{0,2}/
"""

_STATEMENTS = r"""
simple: EOL_COMMENT | body EOL
body: exprs | targets (" = " targets)* " = " exprs | target AUGMENTED exprs | "break" | "continue" | "pass"
    | "import " MODULE | "from " MODULE " import " NAME (", " NAME)* | "assert " exprs | "raise " expr | "del " target
targets: target (", " target)*
target: NAME trailer* | "(" targets ")"
"""

_EXPRESSIONS = r"""
exprs: star (COMMA star)*
star: "*"? expr
expr: choice | "lambda" (" " NAME (", " NAME)*)? ": " expr
choice: test (" if " test " else " expr)?
test: negation (LOGIC negation)*
negation: "not " negation | compared
compared: sum (COMPARE sum)*
sum: unary (ARITHMETIC unary)*
unary: "-"? value
value: "await "? atom trailer*
trailer: "." FIELD | "." METHOD LPAR arguments? RPAR | LBRACKET index RBRACKET
index: exprs | expr? ":" expr? (":" expr?)?
atom: NAME | NUMBER | CONSTANT | STRING | fstring | call
    | LPAR (exprs COMMA? | NAME " := " expr | expr loops)? RPAR
    | LBRACKET (exprs | expr loops)? RBRACKET
    | LBRACE (pair (COMMA pair)* | pair loops | exprs | expr loops)? RBRACE
pair: expr ": " expr
loops: loop+
loop: FOR targets " in " test (IF test)*
fstring: "f\"" (FTEXT2 | BRACE | "{" field "}")* "\"" | "f'" (FTEXT1 | BRACE | "{" field "}")* "'"
field: exprs "="? CONVERSION? FORMAT?
arguments: argument (COMMA argument)* | expr loops
argument: star | "**" expr | NAME "=" expr
"""

_TERMINALS = r'''
EOL: /( {1,2}#[^\n]{0,120})?\n{1,2}/
EOL_COMMENT: /#[^\n]{0,120}\n/
AUGMENTED: / (\+|-|\*|\/|\/\/|%|\||&)= /
LOGIC: /( |\n {1,16})(and|or) /
COMPARE: / (==|!=|<=|>=|<|>|in|not in|is|is not) /
ARITHMETIC: / (\+|-|\*|\*\*|\/|\/\/|%|\||&|\^|<<|>>) | ?\*\* ?|[-+*\/%|]/
FOR: /( |\n {1,16})for /
IF: /( |\n {1,16})if /
COMMA: /,( |\n {1,16})?/
LPAR: /\((\n {1,16})?/
RPAR: /(,?\n {0,16})?\)/
LBRACKET: /\[(\n {1,16})?/
RBRACKET: /(,?\n {0,16})?\]/
LBRACE: /\{(\n {1,16})?/
RBRACE: /(,?\n {0,16})?\}/
NUMBER: /[0-9]{1,12}(\.[0-9]{1,12})?/
CONSTANT: "None" | "True" | "False"
STRING: /r?"([^"\\\n]|\\.)*"/ | /r?'([^'\\\n]|\\.)*'/ | /"""([^"\\]|\\[^\r]|"[^"\\]|""[^"\\])*"""/
FTEXT2: /([^"\\{}\n]|\\.)+/
FTEXT1: /([^'\\{}\n]|\\.)+/
BRACE: "{{" | "}}"
CONVERSION: /![rsa]/
FORMAT: /:[^{}"'\n]{1,12}/
'''


def _blocks() -> list[str]:
    """Blocks by their depth, because indentation is not context-free. The deepest has no blocks of its own."""
    rules = []
    for depth in range(DEEPEST + 1):
        indent = f'"{INDENT * depth}" ' if depth else ""
        rules.append(f"block{depth}: ({indent}statement{depth})+")
        if depth == DEEPEST:
            rules.append(f"statement{depth}: simple")
            continue
        inner = f"COLON block{depth + 1}"
        rules += [
            f"statement{depth}: simple | if{depth} | for{depth} | while{depth} | try{depth}",
            f'if{depth}: "if " test {inner} ({indent}"elif " test {inner})* ({indent}"else" {inner})?',
            f'for{depth}: "for " targets " in " exprs {inner} ({indent}"else" {inner})?',
            f'while{depth}: "while " test {inner}',
            f'try{depth}: "try" {inner} ({indent}"except" (" " value (" as " NAME)?)? {inner})+',
        ]
    return [*rules, r"COLON: /:( {1,2}#[^\n]{0,120})?\n/"]


def _calls(tools: Iterable[Tool]) -> list[str]:
    """One rule for each tool, so that a tool takes no other's parameters."""
    rules = [_call(tool) for tool in tools]
    names = " | ".join(["builtin_call", *(f"call_{tool.name}" for tool in tools)])
    return [f"call: {names}", "builtin_call: BUILTIN LPAR arguments? RPAR", *rules]


def _call(tool: Tool) -> str:
    taken = list(parameters(tool).values())
    head = f'call_{tool.name}: "{tool.name}" LPAR'
    if not taken:
        return f"{head} RPAR"
    by_position = sum(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in taken)
    names = " | ".join(f'"{p.name}="' for p in taken)
    named = f"({names}) expr"
    forms = [f"{named}{_more(named, len(taken) - 1)}"]
    if by_position:
        forms.insert(0, f"expr{_more('expr', by_position - 1)}{_more(named, len(taken))}")
    required = any(p.default is p.empty for p in taken)
    return f"{head} ({' | '.join(forms)}){'' if required else '?'} RPAR"


def _more(rule: str, most: int) -> str:
    return f" (COMMA {rule}){{0,{most}}}" if most else ""


def _terminals(tools: Mapping[str, Tool]) -> list[str]:
    return [
        _TERMINALS,
        f"NAME: /[A-Za-z_][A-Za-z_0-9]{{0,40}}/ & ~/{'|'.join(KEYWORDS)}/",
        f"BUILTIN: /{'|'.join(BUILTINS)}/",
        f"MODULE: /{'|'.join(map(re.escape, MODULES))}/",
        f"METHOD: /{'|'.join(sorted(set(METHODS)))}/",
        f"FIELD: /{'|'.join(result_fields(tools.values()))}/",
    ]
