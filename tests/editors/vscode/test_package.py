"""The extension as a package: typed, small, pinned, and saying the same as the server."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path

from punie_ls.server.commands.table import COMMANDS
from punie_semantic.settings import FIELDS
from punie_semantic.settings_tables import Budget
from tests.editors.vscode.workbench import EXTENSION

LARGEST = 300 * 1024
ABOUT = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))


def test_it_is_typed(vsix: Path) -> None:
    done = subprocess.run(
        ["npx", "--no-install", "tsc", "--noEmit"], cwd=EXTENSION, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_it_is_small_and_holds_only_what_it_needs(vsix: Path) -> None:
    with zipfile.ZipFile(vsix) as file:
        names = {name.removeprefix("extension/") for name in file.namelist() if name.startswith("extension/")}

    assert vsix.stat().st_size <= LARGEST
    assert {"package.json", "dist/extension.js", "dist/chat.js", "dist/chat.css", "media/icon.png"} <= names
    assert [name for name in names if name.startswith(("src/", "node_modules/", "test/", "dist/test"))] == []


def test_versions_are_pinned_and_the_lock_names_no_registry() -> None:
    versions = {**ABOUT["dependencies"], **ABOUT["devDependencies"]}
    lock = (EXTENSION / "package-lock.json").read_text(encoding="utf-8")

    assert [version for version in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert '"resolved"' not in lock
    assert "registry" not in lock
    assert '"integrity"' in lock


def test_every_command_of_the_server_is_in_the_palette() -> None:
    contributed = {command["command"] for command in ABOUT["contributes"]["commands"]}

    assert set(COMMANDS) - contributed == set()


def test_every_setting_is_one_of_the_servers() -> None:
    """The extension's own settings are known here by name; all others the server must know."""
    own = {"serverPath", "serverArguments", "showAnswers", "offerToSwitchOffOthers", "trace.server"}
    properties = ABOUT["contributes"]["configuration"]["properties"]
    names = {name.removeprefix("punie.") for name in properties} - own
    known = {field.replace("_", "") for field in FIELDS}

    assert {name for name in names if name.partition(".")[0].lower() not in known} == set()
    assert all(entry.get("markdownDescription") for entry in properties.values())
    budget = {name.replace("-", "_") for name in properties["punie.budget"]["properties"]}
    assert budget == set(Budget.__struct_fields__)


def test_what_gives_rights_is_not_taken_from_an_untrusted_folder() -> None:
    trust = ABOUT["capabilities"]["untrustedWorkspaces"]

    assert trust["supported"] == "limited"
    assert {"punie.serverPath", "punie.serverArguments", "punie.policy.mode", "punie.policy.allow"} <= set(
        trust["restrictedConfigurations"]
    )


def test_nothing_is_fetched_and_no_html_is_made_of_texts() -> None:
    page = "".join(path.read_text(encoding="utf-8") for path in sorted((EXTENSION / "src").rglob("*.ts")))
    style = (EXTENSION / "src/chat/page/chat.css").read_text(encoding="utf-8")

    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "unsafe-inline", "fetch("):
        assert word not in page, word
    assert "default-src 'none'" in page
    assert re.findall(r"https?://", style) == []
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)", re.sub(r"#\w+(?=[\s,{:])", "", style)) == []
    assert re.findall(r"\b(?:rgb|hsl)a?\(", style) == []
