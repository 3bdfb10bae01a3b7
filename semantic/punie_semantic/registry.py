"""The one list of tools. Stubs, the sandbox's functions, the reference page and the prompts come from it.

Adding a tool is adding one function to `TOOLS`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_type_hints

from punie_semantic.tools import actions, checks, files, navigation, review
from punie_semantic.workspace import Workspace

ToolKind = Literal["read", "search", "edit", "execute", "think"]


@dataclass(frozen=True)
class Tool:
    """A tool: its function, ACP's kind for it, and a title with its arguments in braces."""

    function: Callable[..., Awaitable[Any]]
    kind: ToolKind
    title: str

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
        try:
            return self.title.format(**arguments)
        except (KeyError, IndexError):
            return self.name

    async def call(self, workspace: Workspace, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any tool
        """Call it on a workspace."""
        return await self.function(workspace, *args, **kwargs)


_ALL = (
    Tool(files.read_file, "read", "Read {path}"),
    Tool(files.edit_file, "edit", "Edit {path}"),
    Tool(files.search_text, "search", "Search for {pattern}"),
    Tool(navigation.document_symbols, "read", "List the symbols of {path}"),
    Tool(navigation.goto_definition, "search", "Find the definition at {path}:{line}"),
    Tool(navigation.find_references, "search", "Find the references of {path}:{line}"),
    Tool(navigation.hover, "read", "Look at {path}:{line}"),
    Tool(checks.diagnostics, "read", "Check {path}"),
    Tool(checks.typecheck, "read", "Check types"),
    Tool(checks.ruff_check, "read", "Lint"),
    Tool(checks.pytest_run, "execute", "Run tests"),
    Tool(actions.code_actions, "search", "Look for fixes at {path}:{line}"),
    Tool(actions.apply_code_action, "edit", "Try {action_id}"),
    Tool(actions.ruff_fix, "edit", "Apply ruff's fixes to {path}"),
    Tool(review.checkpoint, "think", "Remember the edits so far"),
    Tool(review.rollback, "edit", "Drop the edits since checkpoint {checkpoint}"),
    Tool(review.verify_edits, "read", "Check the edits"),
)

TOOLS: dict[str, Tool] = {tool.name: tool for tool in _ALL}
