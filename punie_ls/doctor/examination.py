"""The whole examination, in one view."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec import to_builtins

from punie_agent.redaction import Redactor
from punie_ls.doctor.machine import examine_logs, examine_machine, variables
from punie_ls.doctor.programs import examine_tools, missing_packages, versions
from punie_ls.doctor.python import examine_python, read_toml
from punie_ls.doctor.report import Finding, Report, Setting
from punie_ls.doctor.servers import examine_servers
from punie_ls.doctor.watcher import examine_watcher
from punie_semantic.settings import FIELDS, Resolved, read_project, read_user_file, resolve


async def examine(folder: Path) -> Report:
    """Examine a project folder. Never raises for what is broken: that is in the report."""
    # One list for each part: they are examined at the same time, and reported in the same order every time.
    first, on_tools, on_python, on_servers, on_watcher, last = ([] for _ in range(6))
    found = versions()
    first.extend(missing_packages(found))
    resolved = _settings(first, folder)
    async with asyncio.TaskGroup() as group:
        tools = group.create_task(examine_tools(on_tools, folder))
        machine = group.create_task(examine_machine(last, folder))
        watcher = group.create_task(examine_watcher(on_watcher, folder))
        python = await examine_python(on_python, folder, resolved.settings)
        servers = await examine_servers(on_servers, folder)
    broken = {tool.name for tool in tools.result() if tool.error}
    return Report(
        folder=str(folder),
        versions=found,
        tools=tools.result(),
        python=python,
        servers=[*servers, watcher.result()],
        settings=_setting_rows(resolved),
        machine=machine.result(),
        logs=examine_logs(last),
        variables=variables(),
        findings=[*first, *on_tools, *on_python, *(f for f in on_servers if f.about not in broken), *on_watcher, *last],
    )


def _settings(findings: list[Finding], folder: Path) -> Resolved:
    """The settings that files make; what the editor says comes on top, and is not known here."""
    resolved = resolve([read_user_file(), read_project(folder)])
    findings.extend(Finding(_sentence(problem), "Correct this setting.") for problem in resolved.problems)
    for name in ("pyproject.toml", "ty.toml", "ruff.toml", ".ruff.toml"):
        content = read_toml(folder / name)
        if isinstance(content, str) and not any(str(folder / name) in problem for problem in resolved.problems):
            findings.append(Finding(f"{content}.", "Correct the file: ty, ruff and Punie all need to read it."))
    return resolved


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _setting_rows(resolved: Resolved) -> list[Setting]:
    redactor = Redactor()  # a store's URL may have a password in it
    return [
        Setting(name.replace("_", "-"), value, resolved.sources.get(name, "default"))
        for name in FIELDS
        for value in [redactor.json(to_builtins(getattr(resolved.settings, name)), name)]
    ]
