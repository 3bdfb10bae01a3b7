"""Every tool is documented, titled, and shown in the stubs and the reference."""

from __future__ import annotations

import ast
import inspect

import pytest

from punie_semantic import results
from punie_semantic.reference import render_reference
from punie_semantic.registry import TOOLS, Tool
from punie_semantic.stubs import render_stubs, render_type

NAMES = [
    "read_file",
    "edit_file",
    "write_file",
    "rename_file",
    "delete_file",
    "insert_at_symbol",
    "replace_symbol",
    "rename_symbol",
    "format_code",
    "ruff_format",
    "organize_imports",
    "add_import",
    "remove_unused",
    "search_text",
    "list_files",
    "find_symbol",
    "document_symbols",
    "workspace_symbols",
    "goto_definition",
    "goto_type_definition",
    "find_references",
    "references_many",
    "find_implementations",
    "call_hierarchy",
    "type_hierarchy",
    "hover",
    "hover_many",
    "signature_help",
    "completion",
    "explain_rule",
    "lsp_query",
    "diagnostics",
    "typecheck",
    "ruff_check",
    "pytest_run",
    "pytest_collect",
    "find_fixes",
    "find_test_fixes",
    "code_actions",
    "apply_code_action",
    "ruff_fix",
    "extract_variable",
    "extract_function",
    "inline_variable",
    "annotate_types",
    "checkpoint",
    "rollback",
    "verify_edits",
    "show_plan",
    "project_structure",
    "dependency_graph",
    "import_path_of",
    "git_status",
    "git_diff",
    "git_log",
    "run_command",
]
tools = pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))


def test_these_are_the_tools() -> None:
    assert list(TOOLS) == NAMES


@tools
def test_the_docstring_is_a_prompt_with_an_example(tool: Tool) -> None:
    summary, *rest = tool.docstring.split("\n\n")

    example = rest[-1]
    assert summary.endswith(".")
    assert example.startswith("Example: `")
    code = example.removeprefix("Example: `").removesuffix("`")
    called = {n.func.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert tool.name in called


@tools
def test_every_example_has_the_signature_s_arguments(tool: Tool) -> None:
    code = tool.docstring.split("Example: `")[1].removesuffix("`")

    for call in (n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == tool.name:
            tool.signature.bind(*call.args, **{k.arg: k.value for k in call.keywords if k.arg})


@tools
def test_the_title_takes_the_tool_s_arguments(tool: Tool) -> None:
    arguments = {name: f"<{name}>" for name in tool.signature.parameters}

    title = tool.title_for(arguments)

    assert title != tool.name
    assert "{" not in title


def test_a_title_without_its_arguments_falls_back_on_the_name() -> None:
    assert TOOLS["read_file"].title_for({}) == "read_file"


def test_a_title_names_the_symbol_or_the_place() -> None:
    tool = TOOLS["goto_definition"]

    assert tool.title_for({"path": "", "line": 0, "symbol": "Cart"}) == "Find the definition of Cart"
    assert tool.title_for({"path": "a.py", "line": 3, "symbol": ""}) == "Find the definition of a.py:3"


def test_the_signature_leaves_the_workspace_out() -> None:
    assert render_stubs([TOOLS["list_files"]]).splitlines()[-1] == (
        'def list_files(glob: str = "", path: str = ".", hidden: bool = False, limit: int = 1000) -> FileList: ...'
    )


@pytest.mark.parametrize("docstrings", [False, True])
def test_the_stubs_are_python(docstrings: bool) -> None:
    tree = ast.parse(render_stubs(docstrings=docstrings))

    assert [n.name for n in tree.body if isinstance(n, ast.FunctionDef)] == NAMES
    assert all(ast.get_docstring(n) for n in tree.body if isinstance(n, ast.FunctionDef)) == docstrings


def test_a_class_is_defined_before_it_is_used() -> None:
    classes = [n.name for n in ast.parse(render_stubs()).body if isinstance(n, ast.ClassDef)]

    assert classes.index("Problem") < classes.index("DiagnosticsResult")
    assert len(classes) == len(set(classes))


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (int, "int"),
        (None, "None"),
        (list[results.Problem], "list[Problem]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (int | None, "int | None"),
        (results.State, 'Literal["clean", "errors", "unknown", "partial"]'),
    ],
)
def test_types_as_the_stubs_write_them(annotation: object, expected: str) -> None:
    assert render_type(annotation) == expected


BASES = {"Result", "Answer", "State", "Severity"}


def test_the_reference_has_a_section_for_every_tool_and_result() -> None:
    page = render_reference()

    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == [*NAMES, "Results"]
    shown = [line[4:] for line in page.splitlines() if line.startswith("### ")]
    assert sorted(shown) == sorted(name for name in results.__all__ if name not in BASES)


def test_every_result_has_a_docstring() -> None:
    classes = [value for name in results.__all__ if inspect.isclass(value := getattr(results, name))]

    assert [c.__name__ for c in classes if not c.__doc__] == []
