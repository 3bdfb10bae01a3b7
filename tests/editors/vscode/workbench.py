"""code-server: VS Code's real workbench and extension host, on loopback, with the extension installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from tests.e2e.editor import PUNIE_LS

ROOT = Path(__file__).parents[3]
EXTENSION = ROOT / "editors" / "vscode"
START_SECONDS = 60

SETTINGS: dict[str, Any] = {
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    # On a slow machine an editor that has just been opened takes the focus late, also from a picker.
    "workbench.quickOpen.closeOnFocusLost": False,
    "workbench.enableExperiments": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "git.enabled": False,
    "editor.minimap.enabled": False,
    "editor.hover.delay": 100,
    "editor.accessibilitySupport": "off",
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
}


def editors_folder() -> Path:
    """Where tests/editors/setup installs."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "punie" / "editors"
    return Path(os.environ.get("PUNIE_EDITORS_DIR") or default)


def chromium() -> str | None:
    """The browser that shows the workbench."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing() -> str:
    """What is not installed for these tests; empty when all is."""
    entry = editors_folder() / "code-server" / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    return "" if entry.is_file() and chromium() else "code-server or Chromium is missing; run tests/editors/setup"


def build() -> Path:
    """The extension, built from the sources as they are."""

    def npm(*arguments: str) -> None:
        done = subprocess.run(["npm", *arguments], cwd=EXTENSION, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    if not (EXTENSION / "node_modules").is_dir():
        npm("ci", "--ignore-scripts", "--prefer-offline")
    npm("run", "package")
    return EXTENSION / "dist" / "punie.vsix"


@dataclass(frozen=True)
class CodeServer:
    """A running code-server.

    Attributes:
        port: on loopback.
        folder: its settings, extensions and home.
        process: the server's own.
    """

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def url(self, workspace: Path, payload: list[list[str]] | None = None) -> str:
        """The workbench's address for a folder or a .code-workspace file."""
        kind = "workspace" if workspace.suffix == ".code-workspace" else "folder"
        more = f"&payload={quote(json.dumps(payload))}" if payload else ""
        return f"http://127.0.0.1:{self.port}/?{kind}={quote(str(workspace))}{more}"

    def install(self, vsix: Path) -> None:
        """Install an extension while windows are open, as an update does."""
        command = [*_command(self.folder), "--install-extension", vsix, "--force"]
        subprocess.run(command, env=_variables(self.folder, {}), check=True, capture_output=True)

    def servers(self) -> list[psutil.Process]:
        """The language servers that its windows have started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "punie-ls" in " ".join(_command_line(child)[:2])]

    def servers_of(self, folder: Path) -> list[psutil.Process]:
        """Those of the windows on a folder."""
        return [server for server in self.servers() if Path(server.cwd()) == folder]

    def remote(self, path: Path) -> str:
        """A path on the server, as the workbench names it."""
        return f"vscode-remote://127.0.0.1:{self.port}{quote(str(path))}"


@contextmanager
def code_server(
    folder: Path,
    vsix: Path,
    *,
    user: Mapping[str, Any] | None = None,
    machine: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    trust: bool = False,
    driver: bool = False,
    extensions: tuple[Path, ...] = (),
) -> Generator[CodeServer]:
    """Start it with the extension installed.

    Args:
        folder: an empty folder for all that it writes.
        vsix: the extension.
        user: more of the user's settings.
        machine: the machine's settings; by default they name this project's punie-ls.
        environ: more environment variables.
        trust: whether folders must be trusted first.
        driver: whether tests in the extension host can be run; messages are not shown then.
        extensions: folders of other extensions to install.
    """
    for name in ("data/User", "data/Machine", "home", "extensions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text("auth: none\n")
    trusted = {} if trust else {"security.workspace.trust.enabled": False}
    (folder / "data/User/settings.json").write_text(json.dumps({**SETTINGS, **trusted, **(user or {})}))
    own = {"punie.serverPath": str(PUNIE_LS)} if machine is None else machine
    (folder / "data/Machine/settings.json").write_text(json.dumps(own))
    for extension in extensions:
        _unpack(extension, folder / "extensions")

    command = _command(folder)
    variables = _variables(folder, environ or {})
    subprocess.run([*command, "--install-extension", vsix], env=variables, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry", "--disable-update-check"]
    options += ["--disable-getting-started-override"]
    options += ["--vscode-option", "enable-smoke-test-driver"] if driver else []
    options += [] if trust else ["--disable-workspace-trust"]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen([*command, *options], env=variables, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", folder / "server.log")
        yield CodeServer(port, folder, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(folder: Path) -> list[str | Path]:
    installed = editors_folder()
    entry = installed / "code-server" / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    own = ["--config", folder / "config.yaml", "--user-data-dir", folder / "data"]
    return [installed / "node" / "node", entry, *own, "--extensions-dir", folder / "extensions"]


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def newer(vsix: Path, version: str, folder: Path) -> Path:
    """The extension as a package of another version."""
    path = folder / f"punie-{version}.vsix"
    with zipfile.ZipFile(vsix) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "extension/package.json":
                data = json.dumps({**json.loads(data), "version": version}).encode()
            elif name == "extension.vsixmanifest":
                data = re.sub(rb'(<Identity[^>]* Version=")[^"]*', rb"\g<1>" + version.encode(), data)
            new.writestr(name, data)
    return path


def _variables(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment without what belongs to whoever runs the tests; `punie-ls` is not on PATH."""
    unwanted = ("VSCODE_", "VIRTUAL_ENV", "CONDA_", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    path = [entry for entry in kept["PATH"].split(os.pathsep) if Path(entry) != PUNIE_LS.parent]
    # "{}" keeps it from asking for extensions elsewhere.
    own = {"HOME": str(folder / "home"), "EXTENSIONS_GALLERY": "{}", "PATH": os.pathsep.join(path)}
    return {**kept, **own, **more}


def _unpack(extension: Path, into: Path) -> None:
    about = json.loads((extension / "package.json").read_text())
    name = f"{about['publisher']}.{about['name']}"
    shutil.copytree(extension, into / f"{name}-{about['version']}")


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"code-server did not start in {START_SECONDS} s:\n{log.read_text()[-3000:]}")
