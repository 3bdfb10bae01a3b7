"""The real `punie-ls init` in a home folder of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sys.executable).parent / "punie-ls"

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


@dataclass(frozen=True)
class Finished:
    """What a run came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Home:
    """A home folder. There are no programs on PATH but those in `bin`."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "home"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def environ(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k.startswith(("COVERAGE_", "LANG", "LC_"))}
        return {
            **kept,
            "HOME": str(self.folder),
            "PUNIE_STATE_DIR": str(self.state),
            "PATH": str(self.root / "bin"),
        }

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, data: str | bytes = b"") -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def read(self, name: str) -> str:
        return self.path(name).read_bytes().decode()

    def json(self, name: str) -> Any:
        """A file of JSON with comments, read by other means than Punie's."""
        text = _COMMENT.sub(lambda m: m[1] or " ", self.read(name).removeprefix("\ufeff"))
        return json.loads(_TRAILING.sub(lambda m: m[1] or "", text))

    def files(self) -> dict[str, bytes]:
        """All files, by name."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def folders(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_dir()}

    def init(self, *arguments: str, stdin: str = "", **environ: str) -> Finished:
        """Run `punie-ls init`."""
        done = subprocess.run(
            [str(SCRIPT), "init", *arguments],
            cwd=self.root,
            input=stdin.encode(),
            capture_output=True,
            env={**self.environ, **environ},
            timeout=60,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home folder."""
    found = Home(tmp_path)
    found.folder.mkdir()
    (tmp_path / "bin").mkdir()
    return found


@pytest.fixture
def editors(home: Home) -> Home:
    """A home folder with Neovim, Zed, Helix and Emacs in it, configured by somebody."""
    home.write(".config/nvim/init.lua", "vim.o.number = true\n")
    home.write(".config/zed/settings.json", '// Zed\n{\n  "theme": "One Dark", // dark\n}\n')
    home.write(".config/helix/languages.toml", '# mine\n[[language]]\nname = "rust"\nauto-format = true\n')
    home.write(".emacs.d/init.el", "(setq inhibit-startup-screen t) ; quiet\n")
    return home
