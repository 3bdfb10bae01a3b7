"""What model output comes to: whole, and in pieces of every size."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punie_agent.models.extraction import Extracted, Extractor, extract
from punie_agent.models.reading import Action, Known, Program, ToolCall

TOOLS = ("find_references", "typecheck", "edit_file", "diagnostics")
CODE = Known([*TOOLS, "run_code"], programs=True)
JSON = Known(TOOLS, programs=False)

P = Program
CHECK = P("typecheck('src')")


def in_pieces(answer: str, known: Known, size: int, *, cut: bool = False, thinks_first: bool = False) -> Extracted:
    extractor = Extractor(known, thinks_first)
    pieces = [extractor.feed(answer[start : start + size]) for start in range(0, len(answer), size)]
    pieces.append(extractor.finish(cut=cut))
    texts, thoughts = zip(*pieces, strict=True)
    return Extracted("".join(texts), "".join(thoughts), tuple(extractor.actions), extractor.cut)


def fence(label: str, code: str) -> str:
    return f"```{label}\n{code}\n```"


LOOP = fence("python", "for i in range(3):\n    print(i)")
DEFINITION = fence("python", "def f(p):\n    return typecheck(p)")
USE = fence("python", "f(1)\ntypecheck(2)")
SECRET = fence("python", "secret = 1\ntypecheck(secret)")

# answer, text, thought, actions
CASES: dict[str, tuple[str, str, str, tuple[Action, ...]]] = {
    # Prose stays prose.
    "nothing": ("", "", "", ()),
    "an answer in words": ("It has 3 uses.", "It has 3 uses.", "", ()),
    "markdown": ("# Title\n\n- `a < b`\n- [x] done\n", "# Title\n\n- `a < b`\n- [x] done\n", "", ()),
    "a link at a line's start": ("[docs](http://x)\nok", "[docs](http://x)\nok", "", ()),
    "a footnote": ("See [1].\n[1] the book", "See [1].\n[1] the book", "", ()),
    "brackets and braces in prose": ("{ is a brace\n[ too", "{ is a brace\n[ too", "", ()),
    "a comparison": ("if a <b and c> d", "if a <b and c> d", "", ()),
    "JSON that calls nothing": ('{"a": 1}\nis the file', '{"a": 1}\nis the file', "", ()),
    "a list that calls nothing": ('["a", "b"]', '["a", "b"]', "", ()),
    "a quoted mark": ("Qwen writes `<tool_call>` first.", "Qwen writes `<tool_call>` first.", "", ()),
    "a quoted thought": ('The tag is "<think>".', 'The tag is "<think>".', "", ()),
    "a tool's name in prose": ("Use typecheck(path) for that.", "Use typecheck(path) for that.", "", ()),
    "an unknown tool": ('{"name": "weather", "arguments": {}}', '{"name": "weather", "arguments": {}}', "", ()),
    # Fenced examples that call no tool are not run.
    "an example": (
        f"A loop:\n{LOOP}\nThat is all.",
        f"A loop:\n{LOOP}\nThat is all.",
        "",
        (),
    ),
    "an example in another language": (fence("bash", "typecheck('src')"), fence("bash", "typecheck('src')"), "", ()),
    "a diff": (fence("diff", "-typecheck('a')"), fence("diff", "-typecheck('a')"), "", ()),
    "an unlabelled block of words": (fence("", "src/app.py:3"), fence("", "src/app.py:3"), "", ()),
    "an unlabelled program without a call": (fence("", "x = 1"), fence("", "x = 1"), "", ()),
    "a function that nobody calls": (
        fence("python", "def check():\n    return typecheck('src')"),
        fence("python", "def check():\n    return typecheck('src')"),
        "",
        (),
    ),
    "a method of that name": (fence("python", "x.typecheck('a')"), fence("python", "x.typecheck('a')"), "", ()),
    "inline code": ("Call `typecheck('src')` for it.", "Call `typecheck('src')` for it.", "", ()),
    # Fenced programs.
    "python": (fence("python", "typecheck('src')"), "", "", (CHECK,)),
    "py": (fence("py", "typecheck('src')"), "", "", (CHECK,)),
    "Python": (fence("Python", "typecheck('src')"), "", "", (CHECK,)),
    "tool_code": (fence("tool_code", "typecheck('src')"), "", "", (CHECK,)),
    "tool_code without a call": (fence("tool_code", "print(1)"), "", "", (P("print(1)"),)),
    "unlabelled": (fence("", "typecheck('src')"), "", "", (CHECK,)),
    "tildes": ("~~~python\ntypecheck('src')\n~~~", "", "", (CHECK,)),
    "four backticks": ("````python\ntypecheck('src')\n````", "", "", (CHECK,)),
    "on one line": ("```tool_code typecheck('src')```", "", "", (CHECK,)),
    "after a colon": ("Now: ```python\ntypecheck('src')\n```", "Now: ", "", (CHECK,)),
    "indented": ("- so:\n  ```python\n  typecheck('src')\n  ```", "- so:\n  ", "", (CHECK,)),
    "text before": (f"I look.\n{fence('python', CHECK.code)}", "I look.\n", "", (CHECK,)),
    "what it supposes after": (f"{fence('python', CHECK.code)}\nIt found 3 errors.", "", "", (CHECK,)),
    "only the first of two programs": (
        f"{fence('python', CHECK.code)}\nthen\n{fence('python', 'edit_file(1)')}",
        "",
        "",
        (CHECK,),
    ),
    "an example, then the program": (
        f"{fence('bash', 'ls')}\n{fence('python', CHECK.code)}",
        f"{fence('bash', 'ls')}\n",
        "",
        (CHECK,),
    ),
    "definitions in a block before": (
        f"{DEFINITION}\nUse it:\n{USE}",
        f"{DEFINITION}\nUse it:\n",
        "",
        (P("def f(p):\n    return typecheck(p)\nf(1)\ntypecheck(2)"),),
    ),
    "a function that is called": (
        fence("python", "def f():\n    return typecheck(1)\nf()"),
        "",
        "",
        (P("def f():\n    return typecheck(1)\nf()"),),
    ),
    "a program that does not parse": (fence("python", "typecheck('src'"), "", "", (P("typecheck('src'"),)),
    "a fence inside a string": (
        '```python\nedit_file("a.md", """\n```bash\nls\n```\n""")\n```\nDone.',
        "",
        "",
        (P('edit_file("a.md", """\n```bash\nls\n```\n""")'),),
    ),
    "run_code inside the program": (fence("python", 'run_code("typecheck(1)")'), "", "", (P("typecheck(1)"),)),
    "run_code printed": (fence("tool_code", 'print(run_code(code="typecheck(1)"))'), "", "", (P("typecheck(1)"),)),
    "windows line ends": ("```python\r\ntypecheck('src')\r\n```", "", "", (CHECK,)),
    "not closed": ("Look:\n```python\ntypecheck('src')\n", "Look:\n", "", (CHECK,)),
    "json in a fence": (
        fence("json", '{"name": "run_code", "arguments": {"code": "typecheck(1)"}}'),
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "json data in a fence": (fence("json", '{"name": "punie"}'), fence("json", '{"name": "punie"}'), "", ()),
    # Without any fence.
    "nothing but a program": ("r = typecheck('src')\nprint(r)\n", "", "", (P("r = typecheck('src')\nprint(r)"),)),
    "nothing but a call": ("typecheck('src')", "", "", (CHECK,)),
    "Python that calls nothing": ("x = 1\nprint(x)", "x = 1\nprint(x)", "", ()),
    # Qwen, Hermes, GLM.
    "tool_call": (
        '<tool_call>\n{"name": "run_code", "arguments": {"code": "typecheck(1)"}}\n</tool_call>',
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "two tool_calls": (
        '<tool_call>{"name": "typecheck", "arguments": {"path": "a"}}</tool_call>\n'
        '<tool_call>{"name": "diagnostics", "arguments": {"path": "b"}}</tool_call>',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}), ToolCall("diagnostics", {"path": "b"})),
    ),
    "tool_call without its end": (
        '<tool_call>\n{"name": "typecheck", "arguments": {"path": "a"}}',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "two calls in one tool_call": (
        '<tool_call>\n{"name": "typecheck", "arguments": {}}\n{"name": "diagnostics", "arguments": {}}\n</tool_call>',
        "",
        "",
        (ToolCall("typecheck", {}), ToolCall("diagnostics", {})),
    ),
    "tool_call with single quotes": (
        "<tool_call>{'name': 'typecheck', 'arguments': {'path': 'a'}}</tool_call>",
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "Qwen Coder": (
        "I check.\n<tool_call>\n<function=run_code>\n<parameter=code>\nr = typecheck(1)\nr\n</parameter>\n</function>\n"
        "</tool_call>",
        "I check.\n",
        "",
        (P("r = typecheck(1)\nr"),),
    ),
    "Qwen Coder without tool_call": (
        "<function=find_references>\n<parameter=symbol>\nCart\n</parameter>\n<parameter=limit>\n5\n</parameter>\n"
        "</function>\n</tool_call>",
        "",
        "",
        (ToolCall("find_references", {"symbol": "Cart", "limit": 5}),),
    ),
    "Llama's function tag": (
        '<function=typecheck>{"path": "a"}</function>',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "invoke": (
        '<invoke name="run_code"><parameter name="code">typecheck(1)</parameter></invoke>',
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "GLM": (
        "<tool_call>run_code\n<arg_key>code</arg_key>\n<arg_value>typecheck(1)</arg_value>\n</tool_call>",
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "a program tag": ("<run_code>\ntypecheck(1)\n</run_code>", "", "", (P("typecheck(1)"),)),
    "an execute tag around a fence": (
        "<execute>\n```python\ntypecheck(1)\n```\n</execute>",
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "HTML": ("Use <python> for that.\nok", "Use <python> for that.\nok", "", ()),
    # Gemma, Llama: pythonic.
    "pythonic": ('[run_code(code="typecheck(1)")]', "", "", (P("typecheck(1)"),)),
    "two pythonic calls": (
        '[typecheck(path="a"), diagnostics(path="b")]',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}), ToolCall("diagnostics", {"path": "b"})),
    ),
    "pythonic over lines": ('[run_code(code="""\nx = typecheck(1)\n""")]', "", "", (P("\nx = typecheck(1)\n"),)),
    "a python tag with Python": ("<|python_tag|>typecheck(1)<|eom_id|>", "", "", (P("typecheck(1)"),)),
    "a python tag with JSON": (
        '<|python_tag|>{"type": "function", "name": "typecheck", "parameters": {"path": "a"}}',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    # JSON alone.
    "bare JSON": ('{"name": "run_code", "arguments": {"code": "typecheck(1)"}}', "", "", (P("typecheck(1)"),)),
    "bare JSON after text": (
        'I will look.\n{"name": "typecheck", "parameters": {"path": "a"}}',
        "I will look.\n",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "JSON in OpenAI's shape": (
        '{"tool_calls": [{"type": "function", '
        '"function": {"name": "typecheck", "arguments": "{\\"path\\": \\"a\\"}"}}]}',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "only the code": ('{"code": "typecheck(1)"}', "", "", (P("typecheck(1)"),)),
    "wrong names": ('{"tool": "python", "input": "typecheck(1)"}', "", "", (P("typecheck(1)"),)),
    "a prefixed name": ('{"name": "functions.type-check", "arguments": {}}', "", "", (ToolCall("typecheck", {}),)),
    "a trailing comma": (
        '{"name": "typecheck", "arguments": {"path": "a",},}',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "real line ends in a string": (
        '{"name": "run_code", "arguments": {"code": "x = 1\ntypecheck(x)"}}',
        "",
        "",
        (P("x = 1\ntypecheck(x)"),),
    ),
    "a missing brace": (
        '{"name": "typecheck", "arguments": {"path": "a"}',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    # Mistral.
    "TOOL_CALLS with a list": (
        '[TOOL_CALLS][{"name": "typecheck", "arguments": {"path": "a"}}]',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "TOOL_CALLS with a name": ('Ok.[TOOL_CALLS]run_code{"code": "typecheck(1)"}</s>', "Ok.", "", (P("typecheck(1)"),)),
    "TOOL_CALLS with ARGS": (
        '[TOOL_CALLS]typecheck[CALL_ID]abc[ARGS]{"path": "a"}[TOOL_CALLS]diagnostics[ARGS]{"path": "b"}',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}), ToolCall("diagnostics", {"path": "b"})),
    ),
    # DeepSeek.
    "DeepSeek V3": (
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>run_code\n```json\n"
        '{"code": "typecheck(1)"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜><｜end▁of▁sentence｜>',
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "DeepSeek V3.1, two calls": (
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>typecheck<｜tool▁sep｜>{"path": "a"}<｜tool▁call▁end｜>'
        '<｜tool▁call▁begin｜>diagnostics<｜tool▁sep｜>{"path": "b"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        "",
        "",
        (ToolCall("typecheck", {"path": "a"}), ToolCall("diagnostics", {"path": "b"})),
    ),
    # gpt-oss.
    "harmony": (
        "<|channel|>analysis<|message|>I need types.<|end|><|start|>assistant"
        "<|channel|>commentary to=functions.run_code "
        '<|constrain|>json<|message|>{"code": "typecheck(1)"}<|call|>',
        "",
        "I need types.",
        (P("typecheck(1)"),),
    ),
    "harmony's python": (
        "<|start|>assistant<|channel|>analysis to=python code<|message|>typecheck(1)<|call|>",
        "",
        "",
        (P("typecheck(1)"),),
    ),
    "harmony's answer": (
        "<|channel|>analysis<|message|>Easy.<|end|><|start|>assistant<|channel|>final<|message|>It is fine.<|return|>",
        "It is fine.",
        "Easy.",
        (),
    ),
    # Thoughts.
    "a thought": ("<think>\nHm.\n</think>\n\nIt is 2.", "\n\nIt is 2.", "\nHm.\n", ()),
    "a thought, then a program": (f"<think>Hm.</think>{fence('python', CHECK.code)}", "", "Hm.", (CHECK,)),
    "a program in a thought": (
        f"<think>{fence('python', CHECK.code)}</think>No.",
        "No.",
        fence("python", CHECK.code),
        (),
    ),
    "an unfinished thought": ("<think>Hm, so", "", "Hm, so", ()),
    "an end of thought without its beginning": ("Fine.</think>It is 2.", "Fine.It is 2.", "", ()),
    # The end.
    "an end token": ("It is 2.<|im_end|>\n<|im_start|>user\nThanks", "It is 2.", "", ()),
    "Gemma's end token": ("It is 2.<end_of_turn>", "It is 2.", "", ()),
    "Llama's end token": ("It is 2.<|eot_id|>", "It is 2.", "", ()),
}


@pytest.mark.parametrize("name", CASES)
def test_answers_of_models_that_write_programs(name: str) -> None:
    answer, text, thought, actions = CASES[name]

    assert extract(answer, CODE) == Extracted(text, thought, actions)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 21])
@pytest.mark.parametrize("name", CASES)
def test_the_same_comes_of_an_answer_in_pieces(name: str, size: int) -> None:
    answer, text, thought, actions = CASES[name]

    assert in_pieces(answer, CODE, size) == Extracted(text, thought, actions)


JSON_CASES: dict[str, tuple[str, str, tuple[Action, ...]]] = {
    "a call": ('{"name": "typecheck", "arguments": {"path": "a"}}', "", (ToolCall("typecheck", {"path": "a"}),)),
    "a fenced call": (
        fence("json", '{"name": "typecheck", "arguments": {"path": "a"}}'),
        "",
        (ToolCall("typecheck", {"path": "a"}),),
    ),
    "a program that is one call": (fence("python", "typecheck(path='a')"), "", (ToolCall("typecheck", {"path": "a"}),)),
    "a program that is more": (
        fence("python", "for p in 'ab':\n    typecheck(path=p)"),
        fence("python", "for p in 'ab':\n    typecheck(path=p)"),
        (),
    ),
    "a program to run": (
        '{"name": "python", "arguments": {"code": "1"}}',
        '{"name": "python", "arguments": {"code": "1"}}',
        (),
    ),
    "several fenced calls": (
        "\n".join(fence("json", f'{{"name": "typecheck", "arguments": {{"path": "{p}"}}}}') for p in "ab"),
        "",
        (ToolCall("typecheck", {"path": "a"}), ToolCall("typecheck", {"path": "b"})),
    ),
}


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize("name", JSON_CASES)
def test_answers_of_models_that_call_tools_one_by_one(name: str, size: int) -> None:
    answer, text, actions = JSON_CASES[name]

    assert in_pieces(answer, JSON, size) == Extracted(text, "", actions)


@pytest.mark.parametrize(
    "answer",
    [
        "Look:\n```python\nfor f in ['a', 'b']:\n    edit_file(f)",
        "edit_file('a')\nedit_file('b')",
        '<tool_call>\n{"name": "edit_file", "arguments": {"path": "a"}}',
        "<function=run_code>\n<parameter=code>\nedit_file('a')",
        '[TOOL_CALLS]run_code{"code": "edit_file(1)"}',
        '{"name": "edit_file", "arguments": {"path": "a"}',
    ],
)
def test_what_was_cut_off_is_not_run(answer: str) -> None:
    result = extract(answer, CODE, cut=True)

    assert result.actions == ()
    assert result.cut


def test_prose_that_was_cut_off_is_shown() -> None:
    assert extract("It has three uses, the first of", CODE, cut=True) == Extracted("It has three uses, the first of")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_model_that_begins_in_mid_thought(size: int) -> None:
    answer = "Hm, the types.\n</think>\n```python\ntypecheck('src')\n```"

    assert in_pieces(answer, CODE, size, thinks_first=True) == Extracted("\n", "Hm, the types.\n", (CHECK,))


def test_a_server_that_takes_the_thoughts_out_itself() -> None:
    assert extract("It is 2.", CODE, thinks_first=True) == Extracted("It is 2.")


def test_text_is_shown_as_soon_as_it_can_be() -> None:
    extractor = Extractor(CODE)

    shown = [extractor.feed(piece)[0] for piece in ("The name is used in three ", "places, and ", "```", "bash\nls\n")]

    assert shown == ["The name is used in three ", "places, and ", "", ""]


def test_no_piece_of_a_program_is_ever_shown() -> None:
    answer = f"So:\n{SECRET}\nand then"
    extractor = Extractor(CODE)

    shown = "".join(extractor.feed(letter)[0] for letter in answer) + extractor.finish()[0]

    assert shown == "So:\n"


MARKS = [
    *("```", "```python\n", "\n```\n", "<think>", "</think>", "<tool_call>", "</tool_call>", "<function=run_code>"),
    *('{"name": "typecheck", "arguments": {}}', "typecheck(1)", "\n", "[", "{", "}", "]", "[run_code(", "<|channel|>"),
    *(
        "<|message|>",
        "<|im_end|>",
        "[TOOL_CALLS]",
        "<｜tool▁calls▁begin｜>",
        "~~~",
        "'",
        '"',
        "words ",
        "<|python_tag|>",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=12).map("".join), st.integers(1, 9))
def test_pieces_never_change_what_an_answer_comes_to(answer: str, size: int) -> None:
    assert in_pieces(answer, CODE, size) == extract(answer, CODE)


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "[" * 50_000,
            "{" * 50_000,
            "```python\n" * 20_000,
            "<tool_call>" * 20_000,
            "<think>" * 30_000,
            "(" * 100_000,
        ),
        *('{"name": ' * 20_000, "typecheck(" * 20_000, "[run_code(" * 10_000, "<|channel|>" * 20_000, "\\" * 100_000),
    ],
)
def test_hostile_answers_are_read_in_time(answer: str) -> None:
    started = time.process_time()

    extract(answer, CODE)

    assert time.process_time() - started < 20


def test_long_answers_in_small_pieces_are_read_in_time() -> None:
    noise = random.Random(1)
    answer = "".join(noise.choice(["word ", "\n", "`x` ", "a < b ", "- item\n", "[1] "]) for _ in range(60_000))
    started = time.process_time()

    assert in_pieces(answer, CODE, 6).text == answer

    assert time.process_time() - started < 20
