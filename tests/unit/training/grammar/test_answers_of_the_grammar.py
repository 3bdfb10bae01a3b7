"""What the grammar lets through, and what it refuses: names, parameters and fields come from the live registry."""

from __future__ import annotations

import pytest

from punie_agent.models.small_prompt import fenced
from punie_semantic.registry import TOOLS
from punie_semantic.template_rows import KINDS
from punie_semantic.templates import fill, load_templates
from punie_training.exceptions import ServingError
from punie_training.grammar.lark import answers
from punie_training.grammar.matching import compiled, refusal

TEMPLATES = load_templates()
# Of every type that a slot can have; text with what programs must escape.
VALUES = ("src/shop/cart.py", 'a "quoted" \\ name', 12, ["Cart", "total"])


@pytest.mark.parametrize("value", VALUES, ids=("text", "quoted", "number", "list"))
def test_every_program_of_the_templates_is_let_through(value: object):
    filled = {
        t.name: fill(t.program, dict.fromkeys(KINDS[t.over], value), literals=True) for t in TEMPLATES if t.program
    }

    refused = {name: str(found) for name, program in filled.items() if (found := refusal(fenced(program)))}

    assert len(filled) > 100
    assert refused == {}


def test_every_answer_in_words_is_let_through():
    words = {template.name: template.answer for template in TEMPLATES if template.answer}

    assert len(words) > 10
    assert {name: str(found) for name, text in words.items() if (found := refusal(text))} == {}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_every_tool_takes_its_own_parameters_by_position_and_by_name(tool):
    names = list(tool.signature.parameters)
    by_position = f"{tool.name}({', '.join('1' for _ in names)})"
    by_name = f"{tool.name}({', '.join(f'{name}=1' for name in names)})"

    assert refusal(fenced(by_position)) is None
    assert refusal(fenced(by_name)) is None
    assert refusal(fenced(f"{tool.name}(1, {', '.join('1' for _ in names)})")) is not None
    assert refusal(fenced(f"{tool.name}(no_such_parameter=1)")) is not None


PROGRAMS = [
    'find_references("price")',
    "r = typecheck()\n[e.message for e in r.errors]",
    'late = [v for v in ruff_check("src").violations if v.fixable]\nfor v in late:\n    print(v.line)\nlen(late)',
    'for e in typecheck("src").errors:\n    print(e.line, f"{e.message!r}: {e.line:>3}")',
    '{v.code: v.line for v in ruff_check("src").violations if v.fixable and not v.line > 3}',
    "if typecheck().errors:\n    pass\nelif True:\n    x = 1\nelse:\n    for x in [1]:\n        x += 1",
    "from collections import Counter\nCounter(v.code for v in ruff_check().violations).most_common(3)",
    'edit_file(\n    "a.py",\n    old="x\\n",\n    new="y",\n)',
    'try:\n    hover("x")\nexcept RuntimeError as e:\n    print(e)',
    "seen = {}\nfor e in typecheck().errors:\n    seen.setdefault(e.file, []).append(e.line)\n\nseen",
    "a, b = 1, 2\n# a remark\nmax(x, key=lambda v: v.line)  # the last",
    'f"{a}{b:.2f} {{x}}"',
    "x[1:], x[:3], x[::2], x[0].file",
    "not x or x is not None and -1 < y <= 2 ** 8",
    "'it\\'s' if x else \"é\"",
    "while True:\n    break",
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_ordinary_programs_are_let_through(program: str):
    assert refusal(fenced(program)) is None


@pytest.mark.parametrize(
    ("program", "before", "after"),
    [
        ('open("x")', "open", '("x")'),
        ("find_usages(1)", "find_usages", "(1)"),
        ('eval("1")', "eval", '("1")'),
        ('find_references2("x")', "find_references2", '("x")'),
        ("r = typecheck()\nr.errrors", "r = typecheck()\nr.err", "rors"),
        ("typecheck(paths=3)", "typecheck(paths", "=3)"),
        ("import os\nos.system('x')", "import os", "\nos.system('x')"),
        ("class A: pass", "class", " A: pass"),
        ("x = 1 +", "x = 1 +", "\n```"),
        ("for x in y:\nprint(x)", "for x in y:\n", "print(x)"),
    ],
)
def test_what_no_program_may_say_is_refused_where_it_is_said(program: str, before: str, after: str):
    found = refusal(fenced(program))

    assert found is not None
    assert found.before == f"```python\n{before}"
    assert found.after.startswith(after)
    assert str(found).startswith(f"{found.after[:20]!r} cannot follow")


@pytest.mark.parametrize("text", ["A Protocol is `x`.", "Hello ``x`` there\n\n- a\n- b", "é — ok", "1"])
def test_words_are_let_through(text: str):
    assert refusal(text) is None


@pytest.mark.parametrize("text", ["Use:\n```python\nx\n```", "```", "```python\n```", "```js\nx\n```", "", " x"])
def test_other_forms_are_refused(text: str):
    assert refusal(text) is not None


def test_an_answer_that_ends_too_early_is_said():
    assert str(refusal("```python\ntypecheck(")) == "the answer ends too early, behind '```python\\ntypecheck('"


def test_only_the_tools_that_are_given_can_be_called():
    grammar = answers({"hover": TOOLS["hover"]})

    assert refusal(fenced('hover("Cart").text'), grammar) is None
    assert refusal(fenced("typecheck()"), grammar) is not None
    assert refusal(fenced('hover("Cart").violations'), grammar) is not None


def test_a_wrong_grammar_is_said():
    with pytest.raises(ServingError, match="The grammar of answers is wrong"):
        compiled("start: nothing")
