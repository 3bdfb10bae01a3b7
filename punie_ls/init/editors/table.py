"""All editors, by the name that the user types."""

from __future__ import annotations

from punie_ls.init.editors import emacs, helix, jetbrains, neovim, vscode, zed
from punie_ls.init.editors.editor import Editor
from punie_ls.init.exceptions import InitError

ALIASES = {"nvim": "neovim", "hx": "helix", "pycharm": "jetbrains", "code": "vscode", "codium": "vscodium"}


def all_editors() -> dict[str, Editor]:
    """The editors, in the order in which they are shown."""
    editors = (*vscode.editors(), neovim.editor(), jetbrains.editor(), zed.editor(), helix.editor(), emacs.editor())
    return {editor.name: editor for editor in editors}


def named_editors(names: list[str]) -> list[Editor]:
    """These editors, each once. Raises InitError for a name that is none."""
    editors = all_editors()
    found: dict[str, Editor] = {}
    for name in names:
        editor = editors.get(ALIASES.get(name.lower(), name.lower()))
        if editor is None:
            raise InitError(f"{name} is not an editor that Punie knows. These are: {', '.join(editors)}.")
        found[editor.name] = editor
    return list(found.values())
