"""The project's Python: which one, why, whether it runs, and whether ty is told to take another one.

The interpreter is only asked with `-I -S -c`, so nothing of the project is imported.
"""

from __future__ import annotations

import asyncio
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from punie_ls.doctor.report import Finding, Override, Python
from punie_semantic.environment import Interpreter, child_environ, find_interpreter
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run
from punie_semantic.settings import Settings

ASK_SECONDS = 10.0

_QUESTION = """\
import json, sys, sysconfig
scheme = {"base": sys.argv[1], "platbase": sys.argv[1]}
folders = [sysconfig.get_path(name, vars=scheme) for name in ("purelib", "platlib")]
print(json.dumps([".".join(map(str, sys.version_info[:3])), sys.base_prefix, folders]))
"""


async def examine_python(
    findings: list[Finding], folder: Path, settings: Settings, environ: Mapping[str, str] = os.environ
) -> Python:
    """The project's environment, as the server would find it without an editor."""
    found = await asyncio.to_thread(find_interpreter, folder, setting=settings.interpreter, environ=environ)
    findings.extend(_rule_findings(folder, settings.interpreter, found))
    override = _override(folder, settings)
    parts = (str(found.sys_prefix), str(found.executable), found.source)
    if override is not None:
        what = f"ty takes its Python from {override.file} ({override.value}), not from what Punie has found."
        findings.append(Finding(what, "Nothing, if that is what you want.", wrong=False))
    try:
        version, sites = await _ask(found, folder, environ)
    except ToolUnavailable as error:
        do = "Repair the environment, or set `interpreter` in Punie's settings to one that works."
        findings.append(Finding(f"The project's Python does not run ({found.executable}: {error})", do))
        return Python(*parts, error=str(error), override=override)
    pytest = next((str(site) for site in sites if (site / "pytest" / "__init__.py").is_file()), None)
    if pytest is None:
        do = f"Run: {found.executable} -m pip install pytest"
        what = "The project's Python has no pytest, so Punie cannot run the project's tests."
        findings.append(Finding(what, do, wrong=False))
    return Python(*parts, version=version, pytest=pytest, override=override)


async def _ask(found: Interpreter, folder: Path, environ: Mapping[str, str]) -> tuple[str, list[Path]]:
    """Its version, and where its packages are. Raises ToolUnavailable."""
    command = [str(found.executable), "-I", "-S", "-c", _QUESTION, str(found.sys_prefix)]
    done = await run(command, cwd=folder, environ=child_environ(environ), timeout=ASK_SECONDS)
    try:
        version, base, names = json.loads(done.stdout)
    except ValueError as error:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        last = f": {said[-1]}" if said else ""
        raise ToolUnavailable(f"exit code {done.returncode}{last}") from error
    sites = [Path(name) for name in names]
    if _sees_system_packages(found.sys_prefix):
        below = (site for site in sites if site.is_relative_to(found.sys_prefix))
        sites += [Path(base, site.relative_to(found.sys_prefix)) for site in list(below)]
    # Debian's own packages are in neither of the two.
    return version, [*sites, Path(base, "lib", "python3", "dist-packages")] if _is_base(found, base) else sites


def _is_base(found: Interpreter, base: str) -> bool:
    return Path(base) == found.sys_prefix or _sees_system_packages(found.sys_prefix)


def _sees_system_packages(prefix: Path) -> bool:
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").lower().splitlines()
    except OSError:
        return False
    return any(line.replace(" ", "") == "include-system-site-packages=true" for line in lines)


def _rule_findings(folder: Path, setting: str | None, found: Interpreter) -> list[Finding]:
    findings = []
    if setting and found.source != "setting":
        what = f"The setting `interpreter` names {setting}, where there is no Python environment."
        do = "Set it to an environment's folder or to the python in it; paths are relative to the project."
        findings.append(Finding(what, do))
    venv = folder / ".venv"
    if venv.is_dir() and found.source in ("PATH", "base interpreter"):
        what = f"{venv} is there, but the Python in it is not (perhaps the one it was made with has been removed)."
        findings.append(Finding(what, "Make the environment anew, and install the project's packages into it."))
    elif found.source in ("PATH", "base interpreter"):
        what = f"The project has no Python environment of its own; {found.sys_prefix} is used (rule: {found.source})."
        do = "Make a .venv in the project and install its packages into it, or set `interpreter` in Punie's settings."
        findings.append(Finding(what, do, wrong=False))
    return findings


def _override(folder: Path, settings: Settings) -> Override | None:
    """What ty itself is told; the editor's settings for ty, which win, are not known here."""
    environment = _table(_table(settings.ty, "configuration"), "environment")
    if python := environment.get("python"):
        return Override("Punie's settings (ty.configuration.environment.python)", str(python))
    for parent in (folder, *folder.parents):
        for name, tables in (("ty.toml", ()), ("pyproject.toml", ("tool", "ty"))):
            table = read_toml(parent / name)
            if isinstance(table, str) or not table:
                continue
            for key in tables:
                table = _table(table, key)
            if not table:
                continue
            python = _table(table, "environment").get("python")
            return Override(str(parent / name), str(python)) if python else None
    return None


def read_toml(path: Path) -> dict[str, Any] | str:
    """A TOML file: its content, empty when there is none; or a sentence about what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"{path} is no valid TOML: {error}"


def _table(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}
