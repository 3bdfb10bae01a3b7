"""No server, a crashing one, an untrusted folder, doubled reports: one clear message with a button that helps."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.editor import PUNIE_LS
from tests.editors.vscode.conftest import shots
from tests.editors.vscode.window import Window, wait_until
from tests.editors.vscode.workbench import ROOT, CodeServer, code_server


def test_restricted_mode_starts_nothing(vsix: Path, page: Page, project: Path, tmp_path: Path) -> None:
    ours = project / ".venv" / "bin" / "punie-ls"
    ours.parent.mkdir(parents=True)
    started = tmp_path / "started"
    ours.write_text(f"#!/bin/sh\ntouch '{started}'\nexec '{PUNIE_LS}' \"$@\"\n")
    ours.chmod(0o755)
    with code_server(tmp_path / "server", vsix, machine={}, trust=True) as server:
        window = Window(page, project, shots())
        window.open(server.url(project))
        window.file("app.py", 5, 24)
        window.page.locator("#punie\\.punie\\.punie\\.status .codicon-shield").wait_for()
        window.toast("Punie is off in Restricted Mode").wait_for()
        window.shot("vscode-restricted")
        assert not started.exists()

        window.press_in_toast("Punie is off in Restricted Mode", "Manage Trust")
        window.page.get_by_role("button", name="Trust", exact=True).first.click()

        window.ready()
        assert started.exists()
        window.problem().first.wait_for(state="attached")


def test_a_missing_server_is_installed(vsix: Path, page: Page, project: Path, tmp_path: Path) -> None:
    """`uv` is a stand-in that puts the real server where uv puts programs: no test reaches the internet."""
    programs = tmp_path / "server" / "home" / ".local" / "bin"
    programs.mkdir(parents=True)
    uv = programs / "uv"
    uv.write_text(f'#!/bin/sh\necho "uv $*"\nln -s "{PUNIE_LS}" "{programs}/punie-ls"\n')
    uv.chmod(0o755)
    with code_server(tmp_path / "server", vsix, machine={}) as server:
        window = Window(page, project, shots())
        window.open(server.url(project))
        window.file("app.py", 5, 24)
        window.toast("punie-ls was not found").wait_for()
        window.shot("vscode-missing")

        window.press_in_toast("punie-ls was not found", "Install…")
        (project / "inside").mkdir()
        window.choose_folder(project, "Install from This Folder")
        window.press_in_toast("is not Punie’s source code", "Choose Another")
        window.choose_folder(ROOT, "Install from This Folder")
        expect(window.rows("With uv")).to_contain_text(f"uv tool install --reinstall {ROOT}")
        window.shot("vscode-install")
        expect(window.rows("With pipx")).to_have_count(0)
        window.choose("With uv")

        window.ready()
        window.problem().first.wait_for(state="attached")


def test_the_environment_of_the_project_comes_before_path(
    vsix: Path, page: Page, project: Path, tmp_path: Path
) -> None:
    ours = project / ".venv" / "bin" / "punie-ls"
    ours.parent.mkdir(parents=True)
    ours.symlink_to(PUNIE_LS)
    other = tmp_path / "other" / "punie-ls"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)
    environ = {"PATH": f"{other.parent}:/usr/bin:/bin"}
    with code_server(tmp_path / "server", vsix, machine={}, environ=environ) as server:
        window = Window(page, project, shots())
        window.open(server.url(project))
        window.file("app.py", 5, 24)

        window.ready()
        window.problem().first.wait_for(state="attached")


def test_the_environment_chosen_in_the_python_extension_is_used(
    vsix: Path, page: Page, project: Path, tmp_path: Path
) -> None:
    """The Python extension is a stand-in that says where the environment is, as the real one does."""
    environment = tmp_path / "somewhere" / "env"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "punie-ls").symlink_to(PUNIE_LS)
    (environment / "bin" / "python").symlink_to(PUNIE_LS.with_name("python"))
    python = neighbour(tmp_path, "ms-python", "python", {"python.defaultInterpreterPath": None})
    about = json.loads((python / "package.json").read_text())
    (python / "package.json").write_text(json.dumps({**about, "main": "./main.js", "activationEvents": ["*"]}))
    chosen = json.dumps({"id": "chosen", "path": str(environment / "bin" / "python")})
    (python / "main.js").write_text(
        f"exports.activate = () => ({{ environments: {{ getActiveEnvironmentPath: () => ({chosen}) }} }});\n"
    )
    with code_server(tmp_path / "server", vsix, machine={}, extensions=(python,)) as server:
        window = Window(page, project, shots())
        window.open(server.url(project))
        window.file("app.py", 5, 24)

        window.ready()
        window.problem().first.wait_for(state="attached")


def test_a_crashing_server_is_one_message(workbench: CodeServer, page: Page, project: Path) -> None:
    wrong = project / "crashing"
    wrong.write_text(f"#!/bin/sh\n[ -e '{project}/mended' ] && exec '{PUNIE_LS}' \"$@\"\nexit 3\n")
    wrong.chmod(0o755)
    (project / ".vscode").mkdir()
    (project / ".vscode/settings.json").write_text(json.dumps({"punie.serverPath": str(wrong)}))
    window = Window(page, project, shots())
    window.open(workbench.url(project))
    window.file("app.py", 5, 24)

    toast = window.toast("ended five times in a row")
    toast.wait_for()
    expect(window.page.locator(".notification-toast")).to_have_count(1)
    expect(toast.get_by_role("button", name="Show Logs")).to_be_visible()
    window.shot("vscode-crashing")
    (project / "mended").touch()
    window.press_in_toast("ended five times in a row", "Restart")

    window.ready()
    window.problem().first.wait_for(state="attached")


OLD = """\
#!/usr/bin/env python3
import json, sys
while line := sys.stdin.buffer.readline():
    if line.lower().startswith(b"content-length"):
        sys.stdin.buffer.readline()
        message = json.loads(sys.stdin.buffer.read(int(line.split(b":")[1])))
        result = {"capabilities": {}, "serverInfo": {"name": "punie-ls", "version": "0.0.9"}}
        answer = {"jsonrpc": "2.0", "id": message.get("id"), "result": result}
        data = json.dumps(answer).encode()
        if message.get("method") in ("initialize", "shutdown"):
            sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n%b" % (len(data), data))
            sys.stdout.buffer.flush()
"""


def test_a_server_that_is_too_old(workbench: CodeServer, page: Page, project: Path) -> None:
    """`old` is what the release before the first one would say."""
    old = project / "old"
    old.write_text(OLD)
    old.chmod(0o755)
    (project / ".vscode").mkdir()
    settings = project / ".vscode" / "settings.json"
    settings.write_text(json.dumps({"punie.serverPath": str(old)}))
    window = Window(page, project, shots())
    window.open(workbench.url(project))
    window.file("app.py", 5, 24)

    toast = window.toast(f"{old} is punie-ls 0.0.9; this extension needs 0.1.0 or newer.")
    toast.wait_for()
    expect(toast.get_by_role("button", name="Update…")).to_be_visible()
    window.shot("vscode-wrong-version")
    settings.write_text("{}")

    window.ready()
    window.problem().first.wait_for(state="attached")


def test_a_doubling_neighbour_is_switched_off_once(vsix: Path, page: Page, project: Path, tmp_path: Path) -> None:
    ty = neighbour(
        tmp_path, "astral-sh", "ty", {"ty.diagnosticMode": ["off", "openFilesOnly"], "ty.disableLanguageServices": None}
    )
    ruff = neighbour(tmp_path, "charliermarsh", "ruff", {"ruff.enable": None})
    with code_server(tmp_path / "server", vsix, extensions=(ty, ruff)) as server:
        window = Window(page, project, shots())
        window.open(server.url(project))
        window.file("app.py", 5, 24)
        window.toast("would show twice").wait_for()
        window.shot("vscode-neighbours")

        window.press_in_toast("would show twice", "Switch Off Here")

        settings = project / ".vscode" / "settings.json"
        expected = {"ty.diagnosticMode": "off", "ty.disableLanguageServices": True, "ruff.enable": False}
        wait_until(
            lambda: settings.is_file() and json.loads(settings.read_text() or "{}") == expected, "not switched off"
        )
        # That is about the ty extension; Punie's own ty still reports.
        window.ready()
        window.page.wait_for_timeout(1000)
        window.problem().first.wait_for(state="attached")
        page.reload()
        window.ready()
        expect(window.toast("would show twice")).to_have_count(0)


def neighbour(folder: Path, publisher: str, name: str, settings: dict[str, list[str] | None]) -> Path:
    """An extension with another's name and settings; it does nothing."""
    properties = {
        key: {"type": "string", "default": values[1], "enum": values}
        if values
        else {"type": "boolean", "default": key == "ruff.enable"}
        for key, values in settings.items()
    }
    about = {
        "publisher": publisher,
        "name": name,
        "version": "1.0.0",
        "engines": {"vscode": "^1.75.0"},
        "contributes": {"configuration": {"title": name, "properties": properties}},
    }
    path = folder / name
    path.mkdir()
    (path / "package.json").write_text(json.dumps(about))
    return path
