"""Running the project's tests with the project's Python, on a copy with the overlay in it: nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from punie_semantic.bubblewrap import boxed
from punie_semantic.editable import editable_paths
from punie_semantic.environment import Interpreter, child_environ
from punie_semantic.exceptions import PathError, ToolUnavailable
from punie_semantic.exposed import exposable, homes, needed_by_python, without_secrets
from punie_semantic.materialise import Texts, materialise
from punie_semantic.overlay import GONE, Overlay, State
from punie_semantic.processes import Completed, run
from punie_semantic.pytest_results import Run, read_events
from punie_semantic.repository import ignored_folders
from punie_semantic.settings import Settings

DEADLINE_SECONDS = 600.0
MAX_OUTPUT = 64 << 10
_PLUGIN = Path(__file__).parent / "pytest_plugin"
_NO_TESTS = 5
_NO_TRACE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class Selection:
    """Which tests: files, folders or node ids, and pytest's -k and -m."""

    targets: tuple[str, ...] = (".",)
    keyword: str = ""
    markers: str = ""

    def arguments(self) -> list[str]:
        """For pytest's command line. Raises PathError for what it would take for an option."""
        for target in self.targets:
            if target.startswith(("-", "@")) or "\0" in target:
                raise PathError(f"{target!r} looks like an option. Pass a test file, a folder or a node id.")
        options = [f"-k={self.keyword}"] if self.keyword else []
        options += [f"-m={self.markers}"] if self.markers else []
        return [*options, "--", *self.targets] if self.targets else options


@dataclass(frozen=True)
class Copy:
    """The project in a folder of its own."""

    root: Path
    folder: Path
    scratch: Path
    interpreter: Interpreter


@asynccontextmanager
async def copied(root: Path, interpreter: Interpreter, overlay: Overlay, state: State) -> AsyncGenerator[Copy]:
    """The project as it is in a state of the overlay, until the block ends. Raises ToolUnavailable."""
    with tempfile.TemporaryDirectory(prefix="punie-pytest-", ignore_cleanup_errors=True) as name:
        scratch = Path(name).resolve()
        folder = scratch / (root.name or "project")
        ignored = await ignored_folders(root)
        texts = _texts(overlay, state)
        try:
            await asyncio.to_thread(materialise, root, folder, texts, ignored)
        except OSError as error:
            raise ToolUnavailable(f"The project could not be copied: {error.strerror or error}.") from error
        yield Copy(root, folder, scratch, interpreter)


def _texts(overlay: Overlay, state: State) -> Texts:
    """All that differs from the disk: the editor's unsaved documents, and the edits."""
    texts = {path: buffer.text for path, buffer in overlay.buffers.items()} | dict(state)
    return {path: None if text is GONE else overlay.base(path).encode(text) for path, text in texts.items()}


async def run_tests(
    copy: Copy,
    selection: Selection,
    settings: Settings,
    *,
    timeout: float = DEADLINE_SECONDS,
    collect: bool = False,
) -> Run:
    """pytest's reports. A run that does not come to its end has the reports until then, and a reason.

    Raises ToolUnavailable when the settings ask for a sandbox and there is none.
    """
    report = copy.scratch / f"report-{time.monotonic_ns()}.jsonl"
    options = ["-p", "punie_report", "-o", f"cache_dir={copy.scratch / 'cache'}", "-q"]
    options += ["--collect-only"] if collect else ["--continue-on-collection-errors"]
    command = [str(copy.interpreter.executable), "-m", "pytest", *options, *selection.arguments()]
    started = time.monotonic()
    output = ""
    environ = _environ(copy, report)
    async with boxed(
        command,
        environ,
        settings.sandbox_commands,
        folder=copy.folder,
        writable=[copy.scratch],
        readable=await asyncio.to_thread(_readable, copy, environ),
        network=settings.test_network,
    ) as box:
        try:
            done = await run(
                box.command,
                cwd=copy.folder,
                environ=box.environ,
                timeout=timeout,
                max_output=MAX_OUTPUT,
                tethered=not box.sandboxed,
            )
            done = box.checked(done)
            output = _decoded(done, copy)
            reason = _reason(done, report)
        except ToolUnavailable as error:
            reason = str(error)
    events = await asyncio.to_thread(read_events, report)
    return Run(events, copy.root, copy.folder, time.monotonic() - started, reason, output, box.sandboxed)


def _readable(copy: Copy, environ: Mapping[str, str]) -> list[Path]:
    """What tests need of what the sandbox hides: the project, which the copy has links into, and Python."""
    given = [Path(path) for path in environ["PYTHONPATH"].split(os.pathsep) if path.startswith("/")]
    paths = [*needed_by_python(copy.interpreter), *given]
    return [copy.root, *(path for path in paths if exposable(path, homes()))]


def _environ(copy: Copy, report: Path) -> dict[str, str]:
    environ = without_secrets(child_environ())
    moved = [copy.folder / path.relative_to(copy.root) for path in editable_paths(copy.root, copy.interpreter)]
    given = [_moved(path, copy) for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    environ["PYTHONPATH"] = os.pathsep.join([str(_PLUGIN), *map(str, moved), *given])
    places = {"PUNIE_REPORT": report, "PUNIE_ROOT": copy.root, "PUNIE_COPY": copy.folder, "PWD": copy.folder}
    return environ | {name: str(path) for name, path in places.items()} | _NO_TRACE


def _moved(path: str, copy: Copy) -> str:
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are
    inside = absolute.is_relative_to(copy.root)
    return str(copy.folder / absolute.relative_to(copy.root)) if inside else str(absolute)


def _reason(done: Completed, report: Path) -> str:
    if done.returncode == _NO_TESTS:
        return "pytest found no tests"
    if done.returncode in (0, 1) and report.exists():
        return ""
    if done.returncode < 0:
        return f"pytest was ended by signal {-done.returncode}"
    words = _last_error(done.stderr) or _last_error(done.stdout)
    return f"pytest could not run: {words}" if words else f"pytest ended with exit status {done.returncode}"


def _last_error(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines()]
    marks = ("ERROR", "E ", "INTERNALERROR> E")
    return next(
        (line for line in reversed(lines) if line.startswith(marks) or "Error: " in line or "No module" in line), ""
    )


def _decoded(done: Completed, copy: Copy) -> str:
    streams: Sequence[bytes] = (done.stdout, done.stderr)
    text = "\n".join(stream.decode(errors="replace").strip() for stream in streams if stream.strip())
    return text.replace(str(copy.folder), str(copy.root))
