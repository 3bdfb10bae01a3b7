"""The fix that an action or the command `punie.fix` asks for: on the texts it was offered for, and checked on them.

Whoever types meanwhile gets no edit for a text that is no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from punie_ls.server.applying import changed_in_editor
from punie_ls.server.candidates import is_generated
from punie_ls.server.problems import CarriedFix, from_data
from punie_ls.server.progress import Report, work_done_progress
from punie_semantic.exceptions import SourceError
from punie_semantic.wire.uris import path_of

if TYPE_CHECKING:
    from punie_agent.fixing import FixOutcome
    from punie_ls.server.project import Project
    from punie_ls.server.running import Job
    from punie_ls.server.server import PunieServer
    from punie_semantic.overlay import Buffer

MOST_CHECKS = 4
WHY = "Why this one: "
_ONE_FILE = "; nothing new in 1 file"


@dataclass(frozen=True)
class ComputedFix:
    """A fix that is checked on the editor's texts as they are, or the sentence that says why there is none.

    Attributes:
        project: whose texts.
        outcome: the fix.
        only: whether the user chose it by its title, from a menu where it was the only one.
    """

    project: Project
    outcome: FixOutcome
    only: bool

    @property
    def message(self) -> str:
        """What the user does not know from the menu, nor sees in the text; empty for nothing.

        Who has chosen a title is told the reason alone, short enough for an editor's message line.
        """
        sentence = self.outcome.sentence
        if not self.outcome.fixed or self.outcome.unsafe:
            return sentence
        if not self.outcome.request.choice:
            return sentence.strip().partition("\n")[0]  # a model may say much more
        _, _, why = sentence.partition(WHY)
        reason = why.rstrip(".").removesuffix(_ONE_FILE)
        return "" if self.only or not reason else f"Why: {reason}."


async def computed_fix(server: PunieServer, data: Mapping[str, Any], token: int | str | None) -> ComputedFix:
    """The fix of one problem. Raises JsonRpcInvalidParams or JsonRpcContentModified."""
    carried, path = _checked(server, data)
    document = server.documents.get(carried.uri)
    if carried.version is not None and (document is None or carried.version != document.version):
        raise JsonRpcContentModified("The document changed since the fix was offered. Ask again.")
    try:
        text = server.text(carried.uri, path)
    except SourceError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    project = server.projects.of(path)
    file = path.relative_to(project.folder).as_posix()
    request = replace(carried.problem.request(file, text, server.documents.encoding), choice=carried.choice)
    only = bool(carried.choice) and project.candidates.is_only(request)
    with server.jobs.running("Fix with Punie") as job:
        async with work_done_progress(server, "Fix with Punie", token) as report:
            await project.agent()
            before = project.buffers()
            if _asks_model(carried, project) and not is_generated(text):
                outcome = await project.fix(request, _steps(job, report))
            else:
                report("Looking for a fix")
                outcome = await project.take(request)
            outcome = await _on_present_texts(project, outcome, before)
    if server.documents.get(carried.uri) is not document:
        raise JsonRpcContentModified("The document changed while the fix was computed. Ask again.")
    return ComputedFix(project, outcome, only)


def _checked(server: PunieServer, data: Mapping[str, Any]) -> tuple[CarriedFix, Path]:
    """What an action carries, and its file. Raises JsonRpcInvalidParams."""
    try:
        carried = from_data(data)
        path = path_of(carried.uri)
    except ValueError as error:
        raise JsonRpcInvalidParams(f"The fix needs uri and problem (tool, code, message, range): {error}") from error
    reason = server.projects.refusal_to_fix(path) if path else _no_file(carried.uri)
    if path is None or reason:
        raise JsonRpcInvalidParams(reason)
    return carried, path


def _asks_model(carried: CarriedFix, project: Project) -> bool:
    """Whether a model is to look for the fix. Without one the search is all there is."""
    return not carried.choice and carried.by != "search" and bool(project.model)


def _no_file(uri: str) -> str:
    if uri.startswith("vscode-notebook-cell:"):
        return "This is a cell of a notebook. Punie fixes Python files only."
    return "Punie edits only files on disk."


async def _on_present_texts(project: Project, outcome: FixOutcome, before: Mapping[Path, Buffer]) -> FixOutcome:
    """The outcome, checked again while others of the project's texts are edited. Raises JsonRpcContentModified."""
    for _ in range(MOST_CHECKS):
        if changed_in_editor(project, outcome.changes):
            break
        now = project.buffers()
        if now == before or not outcome.fixed:
            return outcome
        before = now
        outcome = replace(outcome, changes=await project.make_again(outcome.request, outcome.changes))
        if not outcome.fixed:
            break
    raise JsonRpcContentModified("The document changed while the fix was computed. Ask again.")


def _steps(job: Job, report: Report) -> Any:  # noqa: ANN401 - takes an event
    def on_event(event: Any) -> None:  # noqa: ANN401 - the event union loads with the model stack
        if event.type == "tool_call_started":
            job.doing = event.title
            report(event.title)

    return on_event
