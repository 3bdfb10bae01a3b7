"""A pytest plug-in that stays: it runs tests when it is told to over a Unix socket, each time in a fork of its own.

Two processes listen. One waits before any of the project's code is imported (`fresh`): its forks start pytest as usual.
The other has collected the tests: its forks change the code of functions in place (`swap`) and run them at once.
It runs inside the user's Python, whatever its version, and needs nothing but pytest and the standard library.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
import types
from typing import Any

import punie_observe
import pytest

POLL_SECONDS = 0.1
MAX_ANSWER = 32 << 20
HOLD = 0.7
MORE_MEMORY = 2 << 30
SOCKET = os.path.join(os.path.dirname(os.environ.get("PUNIE_REPORT", "")), "server")


class Line:
    """A connection: JSON objects, one a line."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(SOCKET)
        self.data = b""

    def send(self, **event):
        self.socket.sendall(json.dumps(event, default=repr).encode("ascii") + b"\n")

    def receive(self, idle=None):
        """The next request; ends the process when there will be none. `idle` is called now and then."""
        while b"\n" not in self.data:
            ready, _, _ = select.select([self.socket], [], [], POLL_SECONDS if idle else None)
            if idle:
                idle()
            if ready:
                more = self.socket.recv(1 << 16)
                if not more:
                    os._exit(0)
                self.data += more
        line, self.data = self.data.split(b"\n", 1)
        return json.loads(line)


class State:
    """What this process is: `fresh`, `collected`, or a fork that runs tests `once`."""

    role = ""
    line: Any = None
    request: Any = None
    answer = -1
    errors: Any = ()
    originals: Any = types.MappingProxyType({})


def forked(line, request):
    """The answer of a fork; None in the fork itself."""
    reading, writing = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if not pid:
        os.close(reading)
        become_once(line, request, writing)
        return None
    os.close(writing)
    data, late = received(reading, started + request["seconds"])
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    os.close(reading)
    status = os.waitpid(pid, 0)[1]
    answer: dict[str, Any] = {"ended": "late" if late else "died", "status": status, "tests": {}}
    if data.endswith(b"\n"):
        answer = json.loads(data)
    answer["seconds"] = time.monotonic() - started
    return answer


def received(reading, deadline):
    data = bytearray()
    while not data.endswith(b"\n") and len(data) < MAX_ANSWER:
        ready, _, _ = select.select([reading], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return bytes(data), True
        more = os.read(reading, 1 << 16)
        if not more:
            break
        data += more
    return bytes(data), False


def become_once(line, request, writing):
    os.setsid()
    line.socket.close()
    limit_memory()
    State.role, State.line, State.request, State.answer = "once", None, request, writing


def limit_memory():
    try:
        import resource

        with open("/proc/self/statm") as stream:
            now = int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = now + MORE_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass


def answer(**event):
    """A fork's last word."""
    data = json.dumps(event, default=repr).encode("ascii") + b"\n"
    while data:
        data = data[os.write(State.answer, data) :]
    os._exit(0)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config, args):
    # What other plug-ins would start now costs time or traces by itself.
    early_config.known_args_namespace.cov_source = []
    if State.role == "":
        State.role = "fresh"
        serve_fresh(args)
    yield


@pytest.hookimpl(hookwrapper=True)
def pytest_cmdline_main(config):
    config.option.numprocesses, config.option.dist, config.option.tx = None, "no", []
    config.option.usepdb = False
    yield


def serve_fresh(args):
    line = Line()
    line.send(t="fresh", python=list(sys.version_info[:2]))
    collecting = []

    def idle():
        if collecting:
            pid, status = os.waitpid(collecting[0], os.WNOHANG)
            if pid:
                collecting.clear()
                line.send(t="gone", status=status)

    while True:
        request = line.receive(idle)
        os.environ.pop("PUNIE_REPORT", None)
        if request["t"] == "collect":
            collecting.append(os.fork())
            if not collecting[0]:
                line.socket.close()
                State.role = "collected"
                punie_observe.begin_calls()
                return
            continue
        found = forked(line, request)
        if found is None:
            if "--" in args and request.get("targets"):
                args[args.index("--") + 1 :] = request["targets"]
            return
        line.send(t="answer", **found)


def pytest_collectreport(report):
    if report.failed:
        State.errors = [*State.errors, (report.nodeid, str(report.longrepr)[-4000:])]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    if State.role == "collected":
        serve_collected(session)
    if State.role == "once":
        run_once(session)
    return None


def serve_collected(session):
    called = punie_observe.end_calls()
    State.line = line = Line()
    functions = punie_observe.functions()
    gc.collect()
    getattr(gc, "freeze", int)()
    line.send(t="collected", tests=[item.nodeid for item in session.items], errors=State.errors, called=called)
    while State.role == "collected":
        request = line.receive()
        if request.get("swap"):
            original(*request["swap"][:2])
        found = forked(line, request)
        if found is not None:
            line.send(t="answer", **found)
    swap = State.request.get("swap")
    if swap and not swapped(functions, *swap):
        answer(ended="unswappable", tests={})


def swapped(functions, path, before, line):
    """Give the functions of a module the code of its present text. Whether the one that starts in a line got it."""
    with open(path, "rb") as stream:
        new = compiled(stream.read(), path)
    old = original(path, before)
    done = False
    for place, code in pairs(old, new):
        for function in functions.get((path, *place), ()):
            if function.__code__.co_freevars != code.co_freevars:
                return False
            function.__code__ = code
            done = done or place[0] == line
    return done


def original(path, text):
    """The code of a module as it is; remembered, because each mutant is compared with it."""
    if State.originals.get(path, ("",))[0] != text:
        State.originals = {**State.originals, path: (text, compiled(text.encode("latin-1"), path))}
    return State.originals[path][1]


def compiled(data, path):
    return compile(data, path, "exec", dont_inherit=True)


def pairs(old, new):
    """Code objects of two texts that differ in one place: those that differ, by where they were."""
    inner = [[c for c in code.co_consts if isinstance(c, types.CodeType)] for code in (old, new)]
    names = [[c.co_name for c in codes] for codes in inner]
    if names[0] == names[1]:
        for one, other in zip(inner[0], inner[1]):  # noqa: B905 - Python 3.9 has no strict
            if one != other or one.co_firstlineno != other.co_firstlineno:
                yield (one.co_firstlineno, one.co_name), other
                for found in pairs(one, other):
                    yield found


class Late(BaseException):
    """A test does not end; what it did until now is worth knowing."""


def late(_number, _frame):
    raise Late("the test does not end")


def run_once(session):
    if State.request.get("hold"):
        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, State.request["seconds"] * HOLD)
    wanted = State.request["tests"]
    items = {item.nodeid: item for item in session.items}
    without = set(State.request.get("without") or ())
    names = [name for name in items if name not in without] if wanted is None else wanted
    chosen = [items[name] for name in names if name in items]
    observe = State.request.get("observe")
    session.config.option.tbstyle = "no"
    recorder = punie_observe.Recorder(session.config, observe=observe, first=State.request.get("first"))
    session.config.pluginmanager.register(recorder, "punie-recorder")
    ended = "done"
    try:
        for number, item in enumerate(chosen):
            following = chosen[number + 1] if number + 1 < len(chosen) else None
            with recorder.watching(item.nodeid):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if recorder.stop:
                break
    except BaseException as error:  # noqa: BLE001 - whatever ends it is told
        ended = "broken: " + type(error).__name__
    answer(ended=ended, tests=recorder.tests, errors=State.errors, observed=recorder.observed())
