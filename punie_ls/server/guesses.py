"""A fix that is only a guess: before it is made, the tests that it can affect are asked, where they may run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING

from punie_semantic.exceptions import SemanticError

if TYPE_CHECKING:
    from punie_ls.server.candidates import Fix
    from punie_semantic.workspace import Workspace

# Somebody waits for the edit; tests that take longer say nothing.
SECONDS = 10.0


async def broken_test(workspace: Workspace, fix: Fix, may_test: Callable[[], Awaitable[bool]]) -> str:
    """The id of a test that passes now and fails with the fix; empty when there is none, or it cannot be known.

    Args:
        workspace: its overlay has the texts that the fix is for, and is left as it is.
        fix: nothing is run for one that is likely.
        may_test: whether the project's code may be run.
    """
    options = import_module("punie_semantic.fixing.outcome").FixOptions
    if fix.score >= options.sure or not await may_test():
        return ""
    compare_tests = import_module("punie_semantic.affected_tests").compare_tests
    overlay = workspace.overlay
    start = overlay.checkpoint()
    try:
        since = overlay.checkpoint_state(start)
        overlay.write(overlay.resolve(fix.file), fix.text)
        tests = await compare_tests(
            workspace.files, overlay, workspace.interpreter, since, workspace.settings, timeout=SECONDS
        )
    except SemanticError:
        return ""
    finally:
        overlay.rollback(start)
        overlay.forget(start)
    return str(tests.introduced[0].test_id) if tests.introduced else ""
