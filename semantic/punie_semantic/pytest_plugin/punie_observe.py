"""What tests do while they run: the lines of the project that they execute, what variables hold, why they fail.

It runs inside the user's Python, whatever its version, and needs nothing but the standard library.
"""

import contextlib
import gc
import inspect
import os
import sys
import threading
import types
from typing import Any

COPY = os.environ.get("PUNIE_COPY", "") + os.sep
BAD = ("failed", "error")
SAMPLES = 3
MOST_ITEMS = 40
MOST_TEXT = 2000
MOST_DEPTH = 3
MOST_FRAMES = 60
TOOL = 4
# Python 3.12 has it.
MONITORING: Any = getattr(sys, "monitoring", None)
HAS_MONITORING = hasattr(sys, "monitoring")
_calls = set()


def is_own(path):
    return path.startswith(COPY)


def functions():
    """All live functions of the project, by file, line and name."""
    found = {}
    for value in gc.get_objects():
        if type(value) is types.FunctionType and is_own(value.__code__.co_filename):
            code = value.__code__
            found.setdefault((code.co_filename, code.co_firstlineno, code.co_name), []).append(value)
    return found


def begin_calls():
    """Note from now on which functions of the project are called: importing it may call some."""
    if HAS_MONITORING:
        tool = MONITORING

        def started(code, _offset):
            if is_own(code.co_filename):
                _calls.add((code.co_filename, code.co_firstlineno))
            return tool.DISABLE

        with contextlib.suppress(ValueError):
            tool.use_tool_id(TOOL, "punie")
            tool.register_callback(TOOL, tool.events.PY_START, started)
            tool.set_events(TOOL, tool.events.PY_START)
        return

    def called(frame, _event, _argument):
        code = frame.f_code
        if code.co_filename.startswith(COPY):
            _calls.add((code.co_filename, code.co_firstlineno))

    sys.settrace(called)


def end_calls():
    if HAS_MONITORING:
        with contextlib.suppress(ValueError):
            MONITORING.set_events(TOOL, 0)
            MONITORING.register_callback(TOOL, MONITORING.events.PY_START, None)
            MONITORING.free_tool_id(TOOL)
    else:
        sys.settrace(None)
    return sorted([os.path.relpath(path, COPY), line] for path, line in _calls)


class Recorder:
    """A pytest plug-in for the tests of one fork: how each ends, and what it did when that is asked for."""

    def __init__(self, config, observe, first):
        self.config = config
        self.observe = observe
        self.first = first
        self.stop = False
        self.tests = {}
        self.lines = {}
        self.failures = {}
        self.compared = []
        self.scopes = {}
        self.members = {}
        self.samples = {}

    def pytest_runtest_logreport(self, report):
        status = self.config.hook.pytest_report_teststatus(report=report, config=self.config)[0]
        if (report.when != "call" and report.passed) or str(status).startswith("subtests "):
            return
        if self.tests.get(report.nodeid) not in BAD:
            self.tests[report.nodeid] = status
        if status in BAD and self.first:
            self.stop = True

    def pytest_assertrepr_compare(self, config, op, left, right):
        if self.observe:
            self.compared.append({"op": op, "left": encoded(left), "right": encoded(right)})

    def pytest_exception_interact(self, node, call, report):
        if self.observe and node.nodeid not in self.failures:
            self.failures[node.nodeid] = failure(call.excinfo, self.compared[-1:])

    @contextlib.contextmanager
    def watching(self, test):
        if not self.observe:
            yield
            return
        lines = self.lines[test] = set()
        self.compared = []
        with (self.monitored if HAS_MONITORING else self.traced)(lines):
            yield

    @contextlib.contextmanager
    def traced(self, lines):
        own = {}

        def local(frame, event, argument):
            if event == "line":
                lines.add((frame.f_code.co_filename, frame.f_lineno))
            elif event == "return":
                self.sample(frame.f_code, frame)
            return local

        def tracer(frame, event, argument):
            path = frame.f_code.co_filename
            if path not in own:
                own[path] = is_own(path)
            if not own[path]:
                return None
            return local

        threading.settrace(tracer)
        sys.settrace(tracer)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    @contextlib.contextmanager
    def monitored(self, lines):
        tool, events = MONITORING, MONITORING.events

        def line(code, number):
            if is_own(code.co_filename):
                lines.add((code.co_filename, number))
            return tool.DISABLE

        def returned(code, _offset, _value):
            if not is_own(code.co_filename) or self.samples.get(code, 0) >= SAMPLES:
                return tool.DISABLE
            self.sample(code, sys._getframe(1))
            return None

        def unwound(code, _offset, _error):
            if is_own(code.co_filename):
                self.sample(code, sys._getframe(1))

        watched = ((events.LINE, line), (events.PY_RETURN, returned), (events.PY_UNWIND, unwound))
        try:
            tool.use_tool_id(TOOL, "punie")
        except ValueError:
            with self.traced(lines):
                yield
            return
        for event, callback in watched:
            tool.register_callback(TOOL, event, callback)
        tool.set_events(TOOL, events.LINE | events.PY_RETURN | events.PY_UNWIND)
        tool.restart_events()
        try:
            yield
        finally:
            tool.set_events(TOOL, 0)
            for event, _ in watched:
                tool.register_callback(TOOL, event, None)
            tool.free_tool_id(TOOL)

    def sample(self, code, frame):
        """What a function's variables hold when it ends."""
        if self.samples.get(code, 0) >= SAMPLES or code.co_name == "<module>":
            return
        self.samples[code] = self.samples.get(code, 0) + 1
        scope = self.scopes.setdefault((code.co_filename, code.co_firstlineno), {})
        for name, value in list(frame.f_locals.items()):
            if not name.startswith("."):
                scope[name] = type_name(value)
                self.look_into(value)
                if isinstance(value, dict) and 0 < len(value) <= MOST_ITEMS:
                    scope[name + "[]"] = [key for key in list(value) if isinstance(key, str)]

    def look_into(self, value):
        kind = type(value)
        name = type_name(value)
        module = sys.modules.get(kind.__module__)
        if name in self.members or not is_own(getattr(module, "__file__", None) or ""):
            return
        found = self.members[name] = {}
        with contextlib.suppress(Exception):
            for base in kind.__mro__[:-1]:
                for key, member in list(vars(base).items()):
                    if not key.startswith("__"):
                        found.setdefault(key, member_type(member))
            for key, member in list(getattr(value, "__dict__", {}).items()):
                found[key] = type_name(member)
                self.look_into(member)

    def observed(self):
        if not self.observe:
            return None
        return {
            "lines": {test: grouped(lines) for test, lines in self.lines.items()},
            "failures": self.failures,
            "scopes": [[os.path.relpath(path, COPY), line, names] for (path, line), names in self.scopes.items()],
            "members": self.members,
        }


def grouped(lines):
    found = {}
    for path, number in lines:
        found.setdefault(os.path.relpath(path, COPY), []).append(number)
    return found


def type_name(value):
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__qualname__


def member_type(member):
    if isinstance(member, (staticmethod, classmethod)):
        member = member.__func__
    if isinstance(member, property):
        return "property"
    if isinstance(member, types.FunctionType):
        with contextlib.suppress(ValueError, TypeError):
            return "method/%d" % len(inspect.signature(member).parameters)
        return "method"
    return type_name(member)


def failure(info, compared):
    frames = []
    error, trace = info.value, info.value.__traceback__
    while trace is not None and len(frames) < MOST_FRAMES:
        code = trace.tb_frame.f_code
        if is_own(code.co_filename):
            frames.append([os.path.relpath(code.co_filename, COPY), trace.tb_lineno, code.co_name])
        trace = trace.tb_next
    try:
        message = str(error)[:MOST_TEXT]
    except Exception as other:  # noqa: BLE001 - any code may be behind it
        message = type(other).__name__
    mro = [base.__name__ for base in type(error).__mro__]
    return {"type": type(error).__name__, "mro": mro, "message": message, "frames": frames, "compared": compared}


def encoded(value, depth=0):
    """JSON for plain values; for others what they are and hold."""
    kind = type(value)
    if value is None or kind in (bool, int, float):
        plain = kind is bool or value is None or abs(value) < 1 << 53
        return value if plain else {"type": kind.__name__, "repr": shown(value)}
    if kind is str:
        return value[:MOST_TEXT]
    name = type_name(value)
    if depth < MOST_DEPTH and isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
        return {"type": name, "items": [encoded(item, depth + 1) for item in list(value)[:MOST_ITEMS]]}
    if depth < MOST_DEPTH and isinstance(value, dict):
        pairs = list(value.items())[:MOST_ITEMS]
        return {"type": name, "pairs": [[encoded(k, depth + 1), encoded(v, depth + 1)] for k, v in pairs]}
    found = {"type": name, "repr": shown(value)}
    fields = getattr(value, "_asdict", None)
    held = fields() if callable(fields) else getattr(value, "__dict__", None)
    if depth < MOST_DEPTH and isinstance(held, dict):
        found["fields"] = {str(k): encoded(v, depth + 1) for k, v in list(held.items())[:MOST_ITEMS]}
    return found


def shown(value):
    try:
        return repr(value)[:MOST_TEXT]
    except Exception as error:  # noqa: BLE001 - any code may be behind it
        return type(error).__name__
