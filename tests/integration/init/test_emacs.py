"""A real Emacs with what `punie-ls init` wrote, where there is one; and what Emacs would read, where there is none."""

from __future__ import annotations

import os
import subprocess

import pytest

from punie_ls.init.elisp import check
from tests.editors.programs import skipped_without
from tests.integration.init.conftest import SCRIPT, Home

# What eglot would start for a buffer, with the user's own init file.
REPORT = """
(progn
  (require 'package)
  (package-initialize)
  (setq debug-on-error t)
  (load user-init-file nil t)
  (require 'eglot)
  (with-temp-buffer
    (python-mode)
    (let ((found (seq-find (lambda (entry)
                             (seq-some (lambda (mode) (provided-mode-derived-p 'python-mode mode))
                                       (if (consp (car entry)) (car entry) (list (car entry)))))
                           eglot-server-programs)))
      (princ (format "%S" (cdr found))))))
"""


def started_by_eglot(home: Home, init_file: str) -> str:
    setting = f'(setq user-init-file "{home.path(init_file)}" user-emacs-directory "{home.path(".emacs.d")}/")'
    done = subprocess.run(
        ["emacs", "-q", "--batch", "--eval", setting, "--eval", REPORT],
        env={**home.environ, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_line_is_added_once_and_the_file_is_whole(home: Home) -> None:
    home.write(".emacs.d/init.el", '(setq a ?\\()\r\n(message "(")')

    home.init("--yes")
    text = home.read(".emacs.d/init.el")
    home.init("--yes")

    assert text == (
        '(setq a ?\\()\r\n(message "(")\r\n(load (locate-user-emacs-file "punie.el") t t) ; `punie-ls init`\r\n'
    )
    assert home.read(".emacs.d/init.el") == text
    check(text)
    check(home.read(".emacs.d/punie.el"))


def test_spacemacs_is_told_what_to_do(home: Home) -> None:
    home.write(".spacemacs", "(defun dotspacemacs/user-config ())\n")
    home.write(".emacs.d/init.el", ";; Spacemacs\n")
    before = home.files()

    done = home.init("emacs", "--yes")

    assert done.code == 2
    assert f'\'(python-mode . ("{SCRIPT}"))' in done.out
    assert home.files() == before


@pytest.mark.skipif(skipped_without("emacs"), reason="there is no Emacs: tests/editors/setup")
@pytest.mark.parametrize("init_file", [".emacs.d/init.el", ".emacs"])
def test_eglot_starts_punie(home: Home, init_file: str) -> None:
    home.write(init_file, "(setq a 1)\n")
    home.init("--yes")

    started = started_by_eglot(home, init_file)

    assert started == f'("{SCRIPT}")'


@pytest.mark.skipif(skipped_without("emacs"), reason="there is no Emacs: tests/editors/setup")
def test_after_undo_eglot_does_not(home: Home) -> None:
    home.write(".emacs.d/init.el", "(setq a 1)\n")
    home.init("--yes")
    home.init("--undo", "--yes")

    assert str(SCRIPT) not in started_by_eglot(home, ".emacs.d/init.el")
