"""A headless Neovim that is driven from outside: keys as a user types them, Lua to look at what is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.e2e.editor import PUNIE_LS

PLUGIN = Path(__file__).parents[3] / "editors" / "neovim"
NVIM = shutil.which("nvim", path=f"{PUNIE_LS.parent}{os.pathsep}{os.environ.get('PATH', '')}")
SECONDS = 45.0

# A user's init.lua. Questions of vim.ui are answered from a list, since nobody sits in front of it.
INIT = """\
vim.opt.runtimepath:prepend({plugin})
vim.o.columns, vim.o.lines, vim.o.swapfile = 110, 32, false
_G.said, _G.asked, _G.choices = {{}}, {{}}, {{}}
vim.notify = function(text, level, options)
  table.insert(_G.said, {{ text = text, level = level, title = options and options.title }})
end
vim.ui.select = function(items, options, chosen)
  local shown = vim.tbl_map(options.format_item or tostring, items)
  table.insert(_G.asked, {{ prompt = options.prompt, items = shown }})
  local wanted = table.remove(_G.choices, 1)
  for index, text in ipairs(shown) do
    if wanted and text:find(wanted, 1, true) then
      return chosen(items[index], index)
    end
  end
  chosen(nil)
end
vim.ui.input = function(options, done)
  table.insert(_G.asked, {{ prompt = options.prompt }})
  done(table.remove(_G.choices, 1))
end
{more}
"""


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment with nothing of the user's; the same folder gives the same one."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PUNIE_", "VIM", "NVIM"))}
    environ["PATH"] = f"{PUNIE_LS.parent}{os.pathsep}{environ.get('PATH', '')}"
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        path = folder / f"xdg-{kind.lower()}"
        path.mkdir(exist_ok=True)
        environ[f"XDG_{kind}_HOME"] = str(path)
    return {**environ, **(more or {})}


class Neovim:
    """A running Neovim."""

    def __init__(self, process: subprocess.Popen[bytes], socket: Path, folder: Path, environ: dict[str, str]) -> None:
        self.process = process
        self.folder = folder
        self._socket = socket
        self._environ = environ
        self._script = folder / f"look-{process.pid}.lua"

    # What a user does

    def keys(self, keys: str) -> None:
        """Type; special keys as `<CR>`."""
        self._remote("--remote-send", keys)

    def ex(self, line: str) -> None:
        """Type an Ex command."""
        self.keys(f"<C-\\><C-N>:{line.replace('<', '<lt>')}<CR>")

    def edit(self, path: Path) -> None:
        """Open a file as it is on disk, and wait until the server has it."""
        self.lua("vim.cmd('edit! ' .. vim.fn.fnameescape(...))", str(path))
        self.wait_lua("return #vim.lsp.get_clients({ bufnr = 0, name = 'punie' }) == 1")

    def go(self, needle: str) -> None:
        """Put the cursor on a text."""
        assert self.lua("return vim.fn.search([[\\V]] .. ..., 'cw')", needle), f"there is no {needle}"

    # What a user sees

    def lua(self, code: str, *arguments: object) -> Any:
        """What a chunk of Lua returns, by way of JSON; `...` holds the arguments."""
        text = json.dumps(list(arguments))
        equals = "=" * 8
        self._script.write_text(
            f"local function chunk(...)\n{code}\nend\n"
            f"local given = vim.json.decode([{equals}[{text}]{equals}])\n"
            "local ok, result = pcall(chunk, unpack(given))\n"
            "return vim.json.encode(ok and { result = result == nil and vim.NIL or result } "
            "or { error = tostring(result) })\n"
        )
        answer = json.loads(self._remote("--remote-expr", f"luaeval('dofile(_A)', '{self._script}')"))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def lines(self, buffer: int = 0) -> list[str]:
        """A buffer's lines."""
        return self.lua("return vim.api.nvim_buf_get_lines(..., 0, -1, false)", buffer)

    def panel(self) -> list[str]:
        """The lines of the window with answers; none while it is closed."""
        return self.lua(
            "local win = require('punie.panel').window()\n"
            "return win and vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false) or {}"
        )

    def question(self) -> list[str]:
        """The lines of the question or review; none while nothing is asked."""
        return self.lua(
            "for _, win in ipairs(vim.api.nvim_list_wins()) do\n"
            "  local buffer = vim.api.nvim_win_get_buf(win)\n"
            "  if vim.b[buffer].punie_question then\n"
            "    return vim.api.nvim_buf_get_lines(buffer, 0, -1, false)\n"
            "  end\n"
            "end\n"
            "return {}"
        )

    def said(self) -> list[str]:
        """The messages until now."""
        return [each["text"] for each in self.lua("return _G.said")]

    def asked(self) -> list[dict[str, Any]]:
        """The menus and inputs until now."""
        return self.lua("return _G.asked")

    def statusline(self) -> str:
        """Punie's part of the status line."""
        return self.lua("return require('punie').statusline()")

    def choose(self, *choices: str) -> None:
        """The next answers to menus and inputs."""
        self.lua("vim.list_extend(_G.choices, ...)", list(choices))

    def forget(self) -> None:
        """Forget what was said, asked and chosen, and put windows away."""
        self.keys("<C-\\><C-N>")
        self.lua("_G.said, _G.asked, _G.choices = {}, {}, {}\nrequire('punie.panel').close()")

    def codes(self) -> list[str]:
        """The problems of this buffer."""
        return sorted(
            self.lua(
                "return vim.tbl_map(function(each)\n"
                "  return each.source .. ' ' .. each.code\n"
                "end, vim.diagnostic.get(0, { severity = { min = vim.diagnostic.severity.INFO } }))"
            )
        )

    # Waiting

    def wait_until(self, probe: Callable[[], object], seen: Callable[[], object] | None = None) -> None:
        """Wait until a probe holds; else show what is there."""
        end = time.monotonic() + SECONDS
        while not probe():
            if time.monotonic() > end:
                log = self.folder / "xdg-state" / "nvim" / "lsp.log"
                tail = log.read_text()[-3000:] if log.is_file() else ""
                raise AssertionError(f"{seen() if seen else self.panel()}\nsaid: {self.said()}\nlog: {tail}")
            time.sleep(0.05)

    def wait_lua(self, code: str, *arguments: object) -> None:
        """Wait until a chunk of Lua returns something true."""
        self.wait_until(lambda: self.lua(code, *arguments), lambda: code)

    def wait_panel(self, text: str) -> None:
        """Wait until a text is in the panel."""
        self.wait_until(lambda: text in "\n".join(self.panel()), lambda: f"no {text!r} in {self.panel()}")

    def wait_question(self, text: str) -> list[str]:
        """Wait until a question with a text is asked; gives its lines."""
        self.wait_until(lambda: text in "\n".join(self.question()), lambda: f"no {text!r} in {self.question()}")
        return self.question()

    def wait_said(self, text: str) -> None:
        """Wait until a message with a text was shown."""
        self.wait_until(lambda: any(text in each for each in self.said()), lambda: f"never said: {text!r}")

    def wait_idle(self) -> None:
        """Wait until no command of the user runs."""
        self.wait_lua("return not require('punie.running').wants_focus()")

    # The processes

    def relay(self) -> psutil.Process:
        """The server that runs for this Neovim."""
        found = [child for child in self._children() if "punie-ls" in " ".join(_command(child))]
        assert found, "no punie-ls runs"
        return found[0]

    def punie_server(self) -> psutil.Process:
        """The process of Punie's own server behind the relay."""
        found = [child for child in self.relay().children() if list(_command(child))[-2:] == ["punie_ls", "server"]]
        assert found, [_command(c) for c in self.relay().children()]
        return found[0]

    def _children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def _remote(self, *arguments: str) -> str:
        command = [str(NVIM), "--headless", "--server", str(self._socket), *arguments]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout


def _command(process: psutil.Process) -> Sequence[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def start_neovim(
    folder: Path,
    cwd: Path,
    *,
    more: str = "",
    before: str = "",
    files: Sequence[Path] = (),
    environ: Mapping[str, str] | None = None,
    plugin: Path = PLUGIN,
) -> Generator[Neovim]:
    """A Neovim with the plug-in.

    Args:
        folder: for its own files: a temporary one.
        cwd: where it is started.
        more: Lua for the end of init.lua.
        before: Lua for its beginning.
        files: opened at the start.
        environ: more variables.
        plugin: where the plug-in is.
    """
    init, socket = folder / "init.lua", folder / "nvim.sock"
    init.write_text(before + "\n" + INIT.format(plugin=json.dumps(str(plugin)), more=more))
    socket.unlink(missing_ok=True)
    variables = environment(folder, environ)
    command = [str(NVIM), "--headless", "-u", str(init), "-i", "NONE", "-n", "--listen", str(socket), *map(str, files)]
    with (folder / "nvim.out").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    neovim = Neovim(process, socket, folder, variables)
    try:
        end = time.monotonic() + SECONDS
        while not socket.exists():
            assert process.poll() is None, (folder / "nvim.out").read_text()
            assert time.monotonic() < end, (folder / "nvim.out").read_text()
            time.sleep(0.02)
        neovim.wait_lua("return vim.v.vim_did_enter == 1")
        yield neovim
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Neovim as a terminal that is closed does, and whatever it leaves."""
    left = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs(left, timeout=20)
    for child in alive:
        child.kill()
    assert not alive, f"left behind: {[child.pid for child in alive]}"
