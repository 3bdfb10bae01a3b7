"""Emacs with eglot: a file of Punie's beside the user's init file, and the line in it that loads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from punie_ls.init.editors.editor import Editor
from punie_ls.init.elisp import quoted
from punie_ls.init.line_target import LineTarget
from punie_ls.init.own_file import MARK, OwnFile
from punie_ls.init.surroundings import Surroundings
from punie_ls.init.targets import Target

LINE = '(load (locate-user-emacs-file "punie.el") t t) ; `punie-ls init`'
DOOM_LINE = '(load! "punie" nil t) ; `punie-ls init`'

_CONTENT = """\
;;; punie.el --- Punie for eglot  -*- lexical-binding: t; -*-

;; {mark}, and taken back by `punie-ls init --undo emacs`.
;; In a Python file, `M-x eglot' starts it.

;;; Code:

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((python-mode python-ts-mode) . ({command}))))

(provide 'punie)
;;; punie.el ends here
"""


@dataclass(frozen=True)
class _Places:
    """The init file, and the folder that `punie.el` goes to."""

    init: Path
    folder: Path
    line: str = LINE


def editor() -> Editor:
    """Emacs."""
    return Editor("emacs", "Emacs", found=_found, targets=_targets, unavailable=_unavailable, notes=_notes)


def _home(around: Surroundings) -> Path:
    if around.platform == "win32":
        return around.folder("HOME", "AppData/Roaming")
    return around.home


def _doom(around: Surroundings) -> Path | None:
    """Doom's folder of the user."""
    home = _home(around)
    candidates = (around.folder("DOOMDIR", ".config/doom"), around.dot_config / "doom", home / ".doom.d")
    return next((folder for folder in candidates if (folder / "config.el").exists()), None)


def _places(around: Surroundings) -> _Places:
    """As Emacs looks for its init file: what exists in the home folder goes before XDG's."""
    home = _home(around)
    if (doom := _doom(around)) is not None:
        return _Places(doom / "config.el", doom, DOOM_LINE)
    dot = home / ".emacs.d"
    for name in (".emacs.el", ".emacs"):
        if (home / name).exists():
            return _Places(home / name, dot)
    xdg = around.dot_config / "emacs"
    folder = xdg if xdg.is_dir() and not dot.is_dir() else dot
    return _Places(folder / "init.el", folder)


def _found(around: Surroundings) -> bool:
    places = _places(around)
    return places.init.exists() or around.which("emacs") is not None


def _targets(around: Surroundings) -> tuple[Target, ...]:
    places, command = _places(around), quoted(around.command)
    own = OwnFile(places.folder / "punie.el", _CONTENT.format(mark=MARK, command=command), command)
    return (own, LineTarget(places.init, places.line))


def _unavailable(around: Surroundings) -> str | None:
    home = _home(around)
    if not ((home / ".spacemacs").exists() or (home / ".spacemacs.d").is_dir()):
        return None
    server = f"(add-to-list 'eglot-server-programs '(python-mode . ({quoted(around.command)})))"
    return f"Spacemacs has its own order of loading. Put this into dotspacemacs/user-config: {server}"


def _notes(_: Surroundings) -> tuple[str, ...]:
    return ("In a Python file, M-x eglot starts it.",)
