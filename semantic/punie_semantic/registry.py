"""The one list of tools. Stubs, the sandbox's functions, the reference page and the prompts come from it.

Adding a tool is adding one function to `TOOLS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, get_type_hints

from punie_semantic.tools import (
    actions,
    checks,
    commands,
    edits,
    files,
    fixes,
    formatting,
    git,
    information,
    lsp_query,
    navigation,
    planning,
    project,
    refactor,
    review,
    search,
    symbol_edits,
    test_fixes,
    testing,
)
from punie_semantic.workspace import Workspace

ToolKind = Literal["read", "search", "edit", "execute", "think", "other"]


class Arguments(Protocol):
    """What a tool takes, where its function's types do not say it: the tools of others, which come with a schema."""

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON schema of all arguments."""
        ...

    def checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Those that were given, as the function takes them. Raises TypeError with a message for the model."""
        ...


@dataclass(frozen=True)
class Tool:
    """A tool: its function, ACP's kind for it, a title with its arguments in braces, and what it takes."""

    function: Callable[..., Awaitable[Any]]
    kind: ToolKind
    title: str
    arguments: Arguments | None = field(default=None, compare=False)

    @cached_property
    def name(self) -> str:
        """The name that programs call."""
        return str(getattr(self.function, "__name__", ""))

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature without the workspace, with real types."""
        hints = get_type_hints(self.function)
        plain = inspect.signature(self.function)
        parameters = [p.replace(annotation=hints[n]) for n, p in plain.parameters.items() if n != "workspace"]
        return plain.replace(parameters=parameters, return_annotation=hints["return"])

    @property
    def docstring(self) -> str:
        """The docstring, which is the tool's prompt."""
        return inspect.getdoc(self.function) or ""

    def title_for(self, arguments: dict[str, Any]) -> str:
        """A human sentence for one call; falls back on the tool's name."""
        path = arguments.get("path")
        place = f"{path}:{arguments.get('line', '')}" if path else arguments.get("query", "")
        try:
            return self.title.format(**{"target": arguments.get("symbol") or place, **arguments})
        except (KeyError, IndexError):
            return self.name

    async def call(self, workspace: Workspace, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any tool
        """Call it on a workspace."""
        return await self.function(workspace, *args, **kwargs)


_ALL = (
    Tool(files.read_file, "read", "Read {path}"),
    Tool(files.edit_file, "edit", "Edit {path}"),
    Tool(edits.write_file, "edit", "Write {path}"),
    Tool(edits.rename_file, "edit", "Move {path} to {new_path}"),
    Tool(edits.delete_file, "edit", "Delete {path}"),
    Tool(symbol_edits.insert_at_symbol, "edit", "Insert text at {symbol}"),
    Tool(symbol_edits.replace_symbol, "edit", "Replace {symbol}"),
    Tool(symbol_edits.rename_symbol, "edit", "Rename {symbol} to {new_name}"),
    Tool(formatting.format_code, "edit", "Format {path}"),
    Tool(formatting.ruff_format, "edit", "Format {path}"),
    Tool(formatting.organize_imports, "edit", "Sort the imports of {path}"),
    Tool(formatting.add_import, "edit", "Import {module} in {path}"),
    Tool(formatting.remove_unused, "edit", "Remove what {path} does not use"),
    Tool(search.search_text, "search", "Search for {pattern}"),
    Tool(search.list_files, "search", "List files {glob}"),
    Tool(search.find_symbol, "search", "Find {name}"),
    Tool(search.document_symbols, "read", "List the symbols of {path}"),
    Tool(search.workspace_symbols, "search", "Find symbols like {query}"),
    Tool(navigation.goto_definition, "search", "Find the definition of {target}"),
    Tool(navigation.goto_type_definition, "search", "Find the type of {target}"),
    Tool(navigation.find_references, "search", "Find the references of {target}"),
    Tool(navigation.references_many, "search", "Find the references of {symbols}"),
    Tool(navigation.find_implementations, "search", "Find the implementations of {target}"),
    Tool(navigation.call_hierarchy, "search", "Find the {direction} calls of {target}"),
    Tool(navigation.type_hierarchy, "search", "Find the {direction} of {target}"),
    Tool(information.hover, "read", "Look at {target}"),
    Tool(information.hover_many, "read", "Look at several places"),
    Tool(information.signature_help, "read", "Look at the call at {path}:{line}"),
    Tool(information.completion, "read", "Complete at {path}:{line}"),
    Tool(information.explain_rule, "read", "Explain {code}"),
    Tool(lsp_query.lsp_query, "search", "Ask for {operation} of {target}"),
    Tool(checks.diagnostics, "read", "Check {path}"),
    Tool(checks.typecheck, "read", "Check types"),
    Tool(checks.ruff_check, "read", "Lint"),
    Tool(testing.pytest_run, "execute", "Run tests"),
    Tool(testing.pytest_collect, "execute", "List the tests"),
    Tool(fixes.find_fixes, "search", "Look for fixes at {path}:{line}"),
    Tool(test_fixes.find_test_fixes, "execute", "Look for fixes of {test_ids[0]}"),
    Tool(actions.code_actions, "search", "Ask ruff and ty for fixes at {path}:{line}"),
    Tool(actions.apply_code_action, "edit", "Try {action_id}"),
    Tool(actions.ruff_fix, "edit", "Apply ruff's fixes to {path}"),
    Tool(refactor.extract_variable, "edit", "Extract a variable at {path}:{line}"),
    Tool(refactor.extract_function, "edit", "Extract a function at {path}:{start_line}"),
    Tool(refactor.inline_variable, "edit", "Inline the variable at {path}:{line}"),
    Tool(refactor.annotate_types, "edit", "Annotate types at {path}:{line}"),
    Tool(review.checkpoint, "think", "Remember the edits so far"),
    Tool(review.rollback, "edit", "Drop the edits since checkpoint {checkpoint}"),
    Tool(review.verify_edits, "read", "Check the edits"),
    Tool(planning.show_plan, "think", "Show the plan"),
    Tool(project.project_structure, "read", "Look at the project"),
    Tool(project.dependency_graph, "read", "Look at the imports of {module}"),
    Tool(project.import_path_of, "read", "Find how {path} is imported"),
    Tool(git.git_status, "read", "Ask git for its status"),
    Tool(git.git_diff, "read", "Ask git for the changes of {path}"),
    Tool(git.git_log, "read", "Ask git for the commits of {path}"),
    Tool(commands.run_command, "execute", "Run {argv[0]}"),
)

TOOLS: dict[str, Tool] = {tool.name: tool for tool in _ALL}
