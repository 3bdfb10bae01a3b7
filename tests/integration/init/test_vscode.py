"""VS Code's settings: the program, and one Python language server instead of two once the extension is there."""

from __future__ import annotations

import pytest

from tests.integration.init.conftest import SCRIPT, Home

SETTINGS = ".config/Code/User/settings.json"
COMMENTED = """\
{
    // look
    "workbench.colorTheme": "Default Light+",
    "[python]": {
        "editor.formatOnSave": true, /* always */
    },
    "python.languageServer": "Pylance", // why not
}
"""


def install(home: Home, *extensions: str, dot: str = ".vscode/extensions") -> None:
    for extension in extensions:
        home.path(f"{dot}/{extension}").mkdir(parents=True)


def test_without_the_extension_the_other_server_stays(home: Home) -> None:
    home.write(SETTINGS, COMMENTED)
    install(home, "ms-python.python-2026.1.0", "ms-python.vscode-pylance-2026.1.0")

    done = home.init("--yes")
    checked = home.init("--check")

    assert done.code == 0
    assert home.json(SETTINGS)["punie.serverPath"] == str(SCRIPT)
    assert home.json(SETTINGS)["python.languageServer"] == "Pylance"
    assert "Punie's extension is not installed in VS Code." in done.out
    assert checked.code == 1
    assert checked.out.startswith("VS Code          not configured")


def test_with_the_extension_pylance_goes_and_comes_back(home: Home) -> None:
    home.write(SETTINGS, COMMENTED)
    install(home, "punie.punie-0.1.0", "ms-python.python-2026.1.0-linux-x64")

    home.init("--yes")
    configured = home.read(SETTINGS)
    checked = home.init("--check")
    home.write(SETTINGS, configured.replace("Light+", "Dark+"))
    home.init("--undo", "--yes")

    assert configured == COMMENTED.replace(
        '"Pylance", // why not', f'"None", // why not\n    "punie.serverPath": "{SCRIPT}",'
    )
    assert checked.code == 0
    assert home.read(SETTINGS) == COMMENTED.replace("Light+", "Dark+")


def test_without_the_python_extension_its_setting_is_not_written(home: Home) -> None:
    home.write(SETTINGS, "{}")
    install(home, "punie.punie-0.1.0")

    home.init("--yes")

    assert home.json(SETTINGS) == {"punie.serverPath": str(SCRIPT)}


def test_extensions_that_say_everything_twice_are_named(home: Home) -> None:
    home.write(SETTINGS, "{}")
    install(home, "punie.punie-0.1.0", "charliermarsh.ruff-2026.1.0-linux-x64", "astral-sh.ty-2026.1.0")

    done = home.init("--yes")

    assert "Ruff and ty would show problems twice: disable these extensions in VS Code." in done.out


def test_a_setting_inside_an_object_is_changed_there(home: Home) -> None:
    home.write(SETTINGS, '{\n  "python": {\n    "languageServer": "Jedi"\n  }\n}\n')
    install(home, "punie.punie-0.1.0", "ms-python.python-2026.1.0")

    home.init("--yes")

    assert home.json(SETTINGS) == {"python": {"languageServer": "None"}, "punie.serverPath": str(SCRIPT)}


@pytest.mark.parametrize(
    ("name", "settings", "extensions"),
    [
        ("vscode-insiders", ".config/Code - Insiders/User/settings.json", ".vscode-insiders/extensions"),
        ("vscodium", ".config/VSCodium/User/settings.json", ".vscode-oss/extensions"),
        ("code-server", ".local/share/code-server/Machine/settings.json", ".local/share/code-server/extensions"),
    ],
)
def test_other_builds_have_their_own_places(home: Home, name: str, settings: str, extensions: str) -> None:
    install(home, "punie.punie-0.1.0", "ms-python.python-2026.1.0", dot=extensions)
    home.path(settings).parent.parent.mkdir(parents=True, exist_ok=True)

    done = home.init("--yes")

    assert done.code == 0, done.err
    assert home.json(settings) == {"punie.serverPath": str(SCRIPT), "python.languageServer": "None"}
    assert home.init(name, "--check").code == 0
