"""What the user sees of longer work."""

from __future__ import annotations

from punie_semantic.workspace import Workspace


async def show_plan(workspace: Workspace, steps: list[str], done: int = 0) -> None:
    """Show the user the steps of longer work, the first `done` of them as done and the next as under way.

    Call it again with the same steps as they get done. It is only shown: nothing else comes of it.

    Example: `show_plan(["Find the callers", "Rename them", "Run the tests"], done=1)`
    """
    if not 0 <= done <= len(steps):
        raise ValueError(f"show_plan: done is {done}, and there are {len(steps)} steps. Pass 0 to {len(steps)}.")
