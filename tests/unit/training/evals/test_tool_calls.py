"""What a program calls is read from its syntax tree: the order of evaluation, and arguments in one form."""

from __future__ import annotations

import pytest

from punie_training.evals.tool_calls import MOST_CHARACTERS, first_call, parsed, same_program, tool_calls


@pytest.mark.parametrize(
    ("code", "tools"),
    [
        ("typecheck()", ["typecheck"]),
        ("r = await ruff_check('src')\nr.violations", ["ruff_check"]),
        ("print(len(typecheck().errors))", ["typecheck"]),
        ("read_file(find_symbol('a').symbols[0].file)", ["find_symbol", "read_file"]),
        ("[read_file(f) for f in list_files().files]", ["list_files", "read_file"]),
        ("{read_file(f).text: 1 for f in list_files().files}", ["list_files", "read_file"]),
        ("def later():\n    return ruff_check()\ntypecheck()\nlater()", ["typecheck", "ruff_check"]),
        ("hover(symbol='a') if git_status().files else git_log()", ["git_status", "hover", "git_log"]),
        ("typechek()", []),
        ("'typecheck()'", []),
        ("x.typecheck()", []),
        ("1 +", []),
        ("", []),
    ],
)
def test_order_of_evaluation(code: str, tools: list[str]) -> None:
    assert [call.tool for call in tool_calls(code)] == tools


@pytest.mark.parametrize(
    "code",
    [
        'typecheck("src/app")',
        "typecheck('./src/app/')",
        "typecheck(path='src/app')",
        "typecheck(path = 'src/' 'app')",
    ],
)
def test_arguments_in_one_form(code: str) -> None:
    call = first_call(code)

    assert call is not None
    assert call.arguments == {"path": '"src/app"'}


def test_defaults_are_filled_in() -> None:
    short, long = first_call("ruff_check()"), first_call("ruff_check('.')")

    assert short is not None
    assert long is not None
    assert short.arguments == long.arguments


def test_expressions_equal_themselves_only() -> None:
    one, same, other = (first_call(f"read_file({name})") for name in ("e.file", "e . file", "e.name"))

    assert one is not None
    assert same is not None
    assert other is not None
    assert one.arguments == same.arguments != other.arguments


@pytest.mark.parametrize("code", ["typecheck(1, 2)", "typecheck(folder='src')", "typecheck(*a)", "typecheck(**a)"])
def test_a_call_that_does_not_fit(code: str) -> None:
    call = first_call(code)

    assert call is not None
    assert call.arguments is None


def test_equal_programs() -> None:
    assert same_program("a = 'x'  # why\nf(a)", 'a="x"\nf( a )')
    assert not same_program("f('x')", "f('y')")
    assert not same_program("1 +", "1 +")


@pytest.mark.parametrize("code", ["(" * 5000, "x = 1\n" * MOST_CHARACTERS, "\0", "x = '\ud800'"])
def test_what_no_parser_takes(code: str) -> None:
    assert parsed(code) is None
