"""The Python environment of each folder, looked for in a thread and looked for again as time goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from punie_semantic.environment import Interpreter, find_interpreter


class Interpreters:
    """What has been found; a folder is looked at when it is first asked for.

    Args:
        setting: the user's explicit choice for a folder.
    """

    def __init__(self, setting: Callable[[Path], str | None]) -> None:
        self._setting = setting
        self._found: dict[Path, asyncio.Future[Interpreter]] = {}
        self._problems: dict[Path, str] = {}

    def look_for(self, folder: Path) -> asyncio.Future[Interpreter]:
        """Start looking, or give what is known."""
        if folder not in self._found:
            self._found[folder] = self._look(folder)
        return self._found[folder]

    async def refresh(self) -> bool:
        """Look at every folder again; whether anything has changed since it was last given."""
        changed = False
        for folder, known in list(self._found.items()):
            found = await self._look(folder)
            changed = changed or not known.done() or found != known.result()
            self._found[folder] = asyncio.get_running_loop().create_future()
            self._found[folder].set_result(found)
        return changed

    def problems(self) -> list[str]:
        """Settings that name no environment."""
        return list(self._problems.values())

    def _look(self, folder: Path) -> asyncio.Future[Interpreter]:
        return asyncio.get_running_loop().run_in_executor(None, self._find, folder)

    def _find(self, folder: Path) -> Interpreter:
        setting = self._setting(folder)
        found = find_interpreter(folder, setting=setting)
        self._problems.pop(folder, None)
        if setting and found.source != "setting":
            instead = f"{found.sys_prefix} is used ({found.source})"
            self._problems[folder] = f"there is no Python environment at {folder / setting}; {instead}"
        return found
