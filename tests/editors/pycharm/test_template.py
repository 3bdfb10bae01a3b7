"""The LSP4IJ template: its files are what LSP4IJ reads, and the command in it starts a server."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import fastjsonschema
import msgspec
import pytest

from punie_semantic.settings import FIELDS
from punie_semantic.settings_tables import TABLES

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "editors" / "pycharm" / "punie-ls"
SCHEMAS = Path(__file__).parent / "schemas"

# Everything that LSP4IJ looks for in a template's folder.
KNOWN = {
    "template.json",
    "settings.json",
    "settings.schema.json",
    "initializationOptions.json",
    "experimental.json",
    "clientSettings.json",
    "installer.json",
    "workspaceFolderSettings.json",
    "README.md",
}


def data(name: str) -> Any:
    return json.loads((TEMPLATE / name).read_text(encoding="utf-8"))


def checked(schema: dict[str, Any], value: object) -> None:
    fastjsonschema.compile(schema)(value)


def test_the_folder_holds_only_what_lsp4ij_reads() -> None:
    assert {path.name for path in TEMPLATE.iterdir()} <= KNOWN


def test_the_template_fits_its_schema() -> None:
    checked(json.loads((SCHEMAS / "template.schema.json").read_text()), data("template.json"))


@pytest.mark.parametrize(
    "change",
    [
        {"programArgs": {"windows": "punie-ls"}},
        {"programArgs": "punie-ls"},
        {"fileTypeMappings": []},
        {"fileTypeMappings": [{"fileType": {"patterns": ["py"]}, "languageId": "python"}]},
        {"languageMapping": []},
        {"workingDir": "."},
    ],
)
def test_the_schema_refuses_what_lsp4ij_would_not_understand(change: dict[str, Any]) -> None:
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        checked(json.loads((SCHEMAS / "template.schema.json").read_text()), {**data("template.json"), **change})


def test_python_files_and_stubs_are_punies() -> None:
    template = data("template.json")

    assert template["languageMappings"] == [{"language": "Python", "languageId": "python"}]
    assert template["fileTypeMappings"][0]["fileType"]["patterns"] == ["*.py", "*.pyi"]


def test_the_settings_fit_the_schema_that_completes_them() -> None:
    schema = data("settings.schema.json")

    checked(schema, data("settings.json"))
    checked(schema, {"punie": {"policy": {"mode": "ask"}, "budget": {"requests": None}}, "ty": {"a": 1}})
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        checked(schema, {"punie": {"policy": {"mode": "never"}}})


def test_the_schema_has_the_settings_that_there_are_and_their_defaults() -> None:
    properties = data("settings.schema.json")["properties"]
    own = properties["punie"]["properties"]

    assert set(own) == {info.encode_name for info in FIELDS.values()} - {"ty", "ruff"}
    for name, table in TABLES.items():
        fields = msgspec.structs.fields(table)
        assert set(own[name]["properties"]) == {info.encode_name for info in fields}
        defaults = {info.encode_name: info.default for info in fields if info.default != ()}
        assert {n: own[name]["properties"][n]["default"] for n in defaults} == defaults
    said = {name: entry["default"] for name, entry in own.items() if "default" in entry}
    assert said == {i.encode_name: i.default for i in FIELDS.values() if i.encode_name in said}


@pytest.mark.skipif(sys.platform == "win32", reason="the command for other systems")
def test_the_command_starts_a_server(tmp_path: Path) -> None:
    project = tmp_path / "a project 日本"
    project.mkdir()
    command = shlex.split(data("template.json")["programArgs"]["default"])
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with subprocess.Popen(command, cwd=project, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        params = {
            "processId": None,
            "rootUri": project.as_uri(),
            "capabilities": {},
            "initializationOptions": data("initializationOptions.json"),
        }
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
        server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        server.stdin.flush()
        headers = iter(server.stdout.readline, b"\r\n")
        length = next(int(line.split(b":")[1]) for line in headers if line.lower().startswith(b"content-length"))
        assert server.stdout.readline() == b"\r\n"
        answer = json.loads(server.stdout.read(length))
        server.stdin.close()
        code = server.wait(30)

    assert answer["id"] == 1
    assert "codeActionProvider" in answer["result"]["capabilities"]
    assert code is not None
