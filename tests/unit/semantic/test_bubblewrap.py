"""What a sandbox shows and lets be written: bubblewrap's arguments, and what of a home folder is exposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from punie_semantic.bubblewrap import Box, Boxed, arguments, available, prepared
from punie_semantic.environment import Interpreter
from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.exposed import exposable, needed_by_program, needed_by_python, repository_of, without_secrets
from punie_semantic.processes import Completed


@pytest.fixture
def box(tmp_path: Path) -> Box:
    scratch, project, python = (tmp_path / name for name in ("scratch", "project", "python"))
    for folder in (scratch, project / ".git" / "hooks", python):
        folder.mkdir(parents=True)
    return Box(
        folder=project,
        scratch=scratch,
        home=tmp_path / "home",
        writable=(project, project / ".git"),
        readable=(python, python / "lib", project / ".venv", tmp_path / "missing"),
        kept=(project / ".git" / "hooks", project / ".git" / "config"),
    )


def binds(words: list[str], option: str) -> list[tuple[str, str]]:
    return [(words[n + 1], words[n + 2]) for n, word in enumerate(words) if word == option]


def test_everything_is_read_only_but_what_is_writable(box: Box) -> None:
    words = arguments(box)

    project, scratch = str(box.folder), box.scratch
    assert binds(words, "--ro-bind") == [
        ("/", "/"),
        (str(box.readable[0]), str(box.readable[0])),
        (f"{project}/.git/hooks", f"{project}/.git/hooks"),
        (str(scratch / "none"), f"{project}/.git/config"),
    ]
    assert [pair for pair in binds(words, "--bind") if pair[0].startswith(project)] == [
        (project, project),
        (f"{project}/.git", f"{project}/.git"),
    ]
    assert (str(scratch / "tmp"), "/tmp") in binds(words, "--bind")
    assert (str(scratch / "home"), str(box.home)) in binds(words, "--bind")
    assert words[-2:] == ["--chdir", project]


def test_it_is_alone_and_goes_with_punie(box: Box) -> None:
    words = arguments(box)

    for option in ("--unshare-user", "--unshare-pid", "--unshare-net", "--die-with-parent", "--new-session"):
        assert option in words
    assert words[words.index("--cap-drop") + 1] == "ALL"


def test_the_network_is_there_when_it_is_allowed(box: Box) -> None:
    assert "--unshare-net" not in arguments(Box(box.folder, box.scratch, None, network=True))


def test_what_hides_comes_before_what_shows(box: Box) -> None:
    words = arguments(box)
    at = {place: words.index(place) for place in ("/home", str(box.home), str(box.readable[0]), str(box.folder))}

    assert list(at) == sorted(at, key=lambda place: at[place])


async def test_a_sandbox_that_must_be_there_and_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("punie_semantic.bubblewrap.find", lambda: None)

    assert await available("auto") is None
    assert await available("never") is None
    with pytest.raises(
        ToolUnavailable, match="sandbox-commands is always, and bubblewrap does not work here: it is not"
    ):
        await available("always")


async def test_a_bubblewrap_that_does_not_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("punie_semantic.bubblewrap.find", lambda: str(broken))

    assert await available("auto") is None
    with pytest.raises(ToolUnavailable, match="does not work here: bwrap: No permissions to create new namespace"):
        await available("always")


@pytest.mark.parametrize(
    ("done", "status"), [(Completed(0, b"", b""), 0), (Completed(137, b"", b""), -9), (Completed(1, b"", b"x"), 1)]
)
def test_signals_in_the_sandbox(done: Completed, status: int) -> None:
    assert Boxed([], {}, sandboxed=True).checked(done).returncode == status


def test_a_sandbox_that_could_not_be_made_is_no_result() -> None:
    failed = Completed(1, b"", b"bwrap: Can't find source path /x: No such file or directory\n")

    with pytest.raises(
        ToolUnavailable, match="Nothing was run: the sandbox could not be made, or lacks the program: bwrap: Can't find"
    ):
        Boxed([], {}, sandboxed=True).checked(failed)
    assert Boxed([], {}, sandboxed=False).checked(failed) is failed


@pytest.mark.parametrize(("home", "found"), [("/", None), ("", None), ("relative", None), ("/nowhere/at/all", None)])
def test_homes_that_are_none(tmp_path: Path, home: str, found: Path | None) -> None:
    assert prepared(tmp_path, {"HOME": home}) is found


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/usr/lib/python3", True),
        ("/home/me", False),
        ("/home", False),
        ("/", False),
        ("/home/me/.ssh", False),
        ("/home/me/.ssh/id_rsa", False),
        ("/home/me/.config", False),
        ("/home/me/.local/share", False),
        ("/home/me/.local/share/keyrings", False),
        ("/home/me/.cargo", False),
        ("/home/me/.cache", False),
        ("/home/me/.pyenv/versions/3.12.1", True),
        ("/home/me/.local/bin", True),
        ("/home/me/.local/share/uv/python/x", True),
        ("/home/me/.cargo/bin", True),
        ("/home/me/work/library", True),
    ],
)
def test_what_is_private_at_home_stays_hidden(path: str, shown: bool) -> None:
    assert exposable(Path(path), [Path("/home/me")]) is shown


def test_a_link_to_what_is_private_stays_hidden(tmp_path: Path) -> None:
    secrets = tmp_path / ".ssh"
    secrets.mkdir()
    link = tmp_path / "venv"
    link.symlink_to(secrets)

    assert not exposable(link, [tmp_path])


def test_what_python_needs(tmp_path: Path) -> None:
    packages = tmp_path / "venv" / "lib" / "python3.12" / "site-packages"
    (packages / "own-1.dist-info").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").write_text("home = /opt/python/bin\nversion = 3\n")
    (packages / "a.pth").write_text("/src/a\nimport x\nrelative\n")
    (packages / "own-1.dist-info" / "direct_url.json").write_text(
        '{"url": "file:///src/b%20c", "dir_info": {"editable": true}}'
    )

    needed = needed_by_python(Interpreter(tmp_path / "venv", "test"))

    assert {tmp_path / "venv", Path("/opt/python"), Path("/src/a"), Path("/src/b c")} <= set(needed)


def test_what_a_program_needs(tmp_path: Path) -> None:
    tool = tmp_path / "tools" / "x" / "bin"
    tool.mkdir(parents=True)
    (tool / "x").touch()
    (tool.parent / "pyvenv.cfg").write_text("home = /opt/python/bin\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "x").symlink_to(tool / "x")

    needed = needed_by_program(tmp_path / "bin" / "x", {"PATH": f"{tmp_path / 'bin'}:relative:"})

    assert {tmp_path / "bin", tool, tool.parent, Path("/opt/python")} <= set(needed)
    assert not [path for path in needed if not path.is_absolute()]


def test_the_repository(tmp_path: Path) -> None:
    own, below, tree = tmp_path / "own", tmp_path / "own" / "below", tmp_path / "tree"
    (own / ".git" / "worktrees" / "tree").mkdir(parents=True)
    below.mkdir()
    tree.mkdir()
    (own / ".git" / "worktrees" / "tree" / "commondir").write_text("../..\n")
    (tree / ".git").write_text(f"gitdir: {own}/.git/worktrees/tree\n")

    assert repository_of(own) == ([own / ".git"], [])
    assert repository_of(below) == ([], [own / ".git"])
    assert repository_of(tree) == ([], [tree / ".git", own / ".git" / "worktrees" / "tree", own / ".git"])


@pytest.mark.parametrize("trick", ["link", "elsewhere"])
def test_a_repository_that_leads_to_what_is_none(tmp_path: Path, trick: str) -> None:
    (tmp_path / "secrets").mkdir()
    project = tmp_path / "project"
    project.mkdir()
    if trick == "link":
        (project / ".git").symlink_to(tmp_path / "secrets")
    else:
        (project / ".git").write_text(f"gitdir: {tmp_path}/secrets\n")

    own, shared = repository_of(project)

    assert own == []
    assert tmp_path / "secrets" not in shared


def test_variables_that_are_named_like_secrets_do_not_pass() -> None:
    secret = [
        "OPENAI_API_KEY",
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "DB_PASSWORD",
        "PGPASSWORD",
    ]
    secret += [
        "APIKEY",
        "X_SECRET",
        "my_token",
        "SSH_AUTH_SOCK",
        "NPM_AUTH",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GH_PAT",
    ]
    plain = ["PATH", "PWD", "KEYBOARD", "LANG", "TOKENIZERS_PARALLELISM", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"]

    assert sorted(without_secrets(dict.fromkeys([*secret, *plain], "x"))) == sorted(plain)


def test_a_program_of_another_environment(tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "bin").mkdir(parents=True)
    (other / "pyvenv.cfg").write_text("home = /opt/python/bin\n")
    (other / "bin" / "python").symlink_to("/usr/bin/env")

    needed = needed_by_program(other / "bin" / "python", {})

    assert {other, other / "bin", Path("/opt/python")} <= set(needed)
