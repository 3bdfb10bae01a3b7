"""The settings of each folder as they are now: the user's and the project's files, and what the editor says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from punie_semantic.settings import Layer, Resolved, layer_of, merge, read_project, read_user_file, resolve

SECTIONS = ("punie", "ruff")

_INITIAL = "the editor's initializationOptions"
_LIVE = "the editor's settings"


class LiveSettings:
    """Reads files in a thread; what has been read is known until the next `read`.

    Args:
        options: the editor's `initializationOptions`, with the sections `punie`, `ty` and `ruff`.
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        self._initial = editor_layer(_INITIAL, options)
        self._live: dict[Path | None, Layer] = {}
        self._user = Layer("")
        self._projects: dict[Path, Layer] = {}

    async def read(self, folders: Iterable[Path]) -> None:
        """Read the files, again if need be."""
        wanted = list(folders)
        self._user, layers = await asyncio.to_thread(_read_files, wanted)
        self._projects = dict(zip(wanted, layers, strict=True))

    async def read_new(self, folder: Path) -> None:
        """Read the files of a folder that has been added."""
        if folder not in self._projects:
            self._projects[folder] = await asyncio.to_thread(read_project, folder)

    def hear(self, folder: Path | None, sections: Mapping[str, object]) -> None:
        """Note what the editor says now, for one folder or for all of them."""
        self._live[folder] = editor_layer(_LIVE, sections)

    def of(self, folder: Path | None) -> Resolved:
        """The settings of a folder; None stands for what belongs to no folder."""
        layers = [self._user]
        if folder is not None and folder in self._projects:
            layers.append(self._projects[folder])
        return resolve([*layers, *self._said(folder)])

    def editor(self, folder: Path | None) -> dict[str, object]:
        """Only what the editor says, by name, for the punie server, which reads the files itself."""
        values: dict[str, object] = {}
        for layer in self._said(folder):
            for name, value in layer.values.items():
                values[name] = merge(values.get(name), value)
        return values

    def _said(self, folder: Path | None) -> list[Layer]:
        """What the editor says: at first, then for all folders, then for this one."""
        return [self._initial, *(self._live[key] for key in dict.fromkeys((None, folder)) if key in self._live)]

    def problems(self) -> list[str]:
        """What is wrong in all of them, each said once."""
        layers = [self._user, *self._projects.values(), self._initial, *self._live.values()]
        return list(dict.fromkeys(problem for layer in layers for problem in layer.problems))


def editor_layer(source: str, sections: Mapping[str, object]) -> Layer:
    """The sections `punie`, `ty` and `ruff` as one layer; `ty` stands for `punie.ty`, and wins over it."""
    layer = layer_of(source, sections.get("punie") or {})
    values = dict(layer.values)
    for name in ("ty", "ruff"):
        section = sections.get(name)
        if isinstance(section, dict):
            values[name] = merge(values.get(name), section)
    return Layer(source, values, layer.problems)


def _read_files(folders: list[Path]) -> tuple[Layer, list[Layer]]:
    return read_user_file(), [read_project(folder) for folder in folders]
