"""What questions about the project, its history and commands return. Paths are relative to the workspace."""

from __future__ import annotations

from punie_semantic.results.base import Answer, Result


class FolderInfo(Result):
    """A folder, with the number of its files, those below it included."""

    path: str
    python_files: int
    other_files: int
    package: str


class ProjectStructure(Answer):
    """The folders down to a depth, where imports start, and what the project says about itself."""

    name: str
    python: str
    source_roots: list[str]
    settings_files: list[str]
    dependencies: list[str]
    folders: list[FolderInfo]
    python_files: int


class ModuleImports(Result):
    """A module of the project with those of the project that it imports, and that import it, directly."""

    module: str
    file: str
    imports: list[str]
    imported_by: list[str]


class DependencyGraph(Answer):
    """Who imports whom, in the project. Each of `cycles` is a shortest way from a module back to itself.

    `depends_on` and `dependents` also follow imports of imports; they, and `chain`, are about the module asked for.
    """

    modules: list[ModuleImports]
    cycles: list[list[str]]
    depends_on: list[str]
    dependents: list[str]
    chain: list[str]
    total: int


class ImportPath(Result):
    """How a file, or a name in it, is imported. `statement` is empty when it cannot be."""

    module: str
    file: str
    source_root: str
    statement: str


class GitFile(Result):
    """A changed file. `index` and `worktree` are git's letters: M A D R C U, ? untracked, . unchanged."""

    file: str
    index: str
    worktree: str
    old_file: str


class GitStatus(Answer):
    """The branch and what differs from its last commit, on disk."""

    branch: str
    commit: str
    upstream: str
    ahead: int
    behind: int
    files: list[GitFile]


class GitDiff(Answer):
    """A unified diff; `partial` when it was too long and its beginning is missing."""

    diff: str


class GitCommit(Result):
    """A commit; `date` is ISO 8601."""

    id: str
    author: str
    date: str
    subject: str


class GitLog(Answer):
    """Commits, newest first."""

    commits: list[GitCommit]


class CommandResult(Answer):
    """A program that ended by itself. `partial` when it wrote so much that the beginning is missing.

    `exit_code` is 128 + n when signal n ended it. `sandboxed` tells whether it ran apart: with the workspace alone to
    write in, and without network unless that was allowed.
    """

    exit_code: int
    stdout: str
    stderr: str
    duration: float
    sandboxed: bool = False
