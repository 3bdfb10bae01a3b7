"""Attempts to get out of a sandbox. Each is tried as it is, and again inside `exec`, out of a type checker's sight.

`OUT` stands for a path that must not come to be, `SECRET` for a file and `FOLDER` for its folder, `PORT` for a port of
this machine, `NAME` for an environment variable. What is printed comes back to the one who sent the program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attack:
    """A program that its host must survive, and why it might not."""

    name: str
    code: str

    def program(self, places: dict[str, Any]) -> str:
        """The program with its places written out."""
        words = "|".join(places)
        return re.sub(rf"\b({words})\b", lambda match: repr(places[match[1]]), self.code)


_WALK = """
for kind in ().__class__.__base__.__subclasses__():
    names = getattr(getattr(kind, "__init__", None), "__globals__", None)
    if names and "sys" in names:
        print(names["sys"].modules["os"].environ[NAME])
        break
"""
_WALK_BY_STRINGS = """
u = "_" * 2
def get(value, name):
    return getattr(value, u + name + u)
for kind in get(get(get((), "class"), "base"), "subclasses")():
    try:
        names = get(get(kind, "init"), "globals")
        print(names["sys"].modules["os"].environ[NAME])
        break
    except Exception:
        pass
"""
_TRACEBACK = """
try:
    tool(-1)
except Exception as error:
    trace = error.__traceback__
    while trace:
        frame = trace.tb_frame
        while frame:
            print(frame.f_globals)
            frame = frame.f_back
        trace = trace.tb_next
"""
_GENERATOR_FRAME = """
def frames():
    frame = items.gi_frame.f_back
    while frame:
        print(frame.f_globals)
        frame = frame.f_back
    yield 1
items = frames()
list(items)
"""
_COROUTINE_FRAME = """
async def nothing():
    return 1
task = nothing()
print(task.cr_frame.f_builtins["open"](SECRET).read())
"""
_SOCKET = "import socket\nsocket.create_connection(('127.0.0.1', PORT), 2).sendall(b'here')"
_OPEN_CONNECTION = """
import asyncio
async def talk():
    await asyncio.open_connection("127.0.0.1", PORT)
asyncio.run(talk())
"""
_URLOPEN = "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:' + str(PORT), timeout=1)"
_PICKLE = "import pickle\npickle.loads(b'cposix\\nsystem\\n(S\"touch ' + OUT.encode() + b'\"\\ntR.')"
_REDUCE = """
class Run:
    def __reduce__(self):
        return (eval, ("open(" + repr(OUT) + ", 'w')",))
import copy
copy.copy(Run())
"""
_THREAD = "import threading\nthreading.Thread(target=lambda: open(OUT, 'w')).start()"
_METACLASS = """
class Meta(type):
    def __instancecheck__(self, other):
        print(other.__globals__)
        return True
class Bait(metaclass=Meta):
    pass
isinstance(tool, Bait)
"""
_FORMATS = """
for path in ("__globals__", "__wrapped__.__globals__", "__globals__[os].environ", "__globals__[inspect].os.environ"):
    try:
        print(METHOD)
    except Exception:
        pass
"""
_METHOD_FORMATS = """
for path in ("__self__", "__wrapped__.__self__"):
    try:
        print(("{0." + path + ".__class__.__init__.__globals__}").format(names))
    except Exception:
        pass
"""
_FORMATTER = """
import string
class Formatter(string.Formatter):
    def get_field(self, name, args, kwargs):
        value = args[0]
        for part in name.split("."):
            value = getattr(value, part)
        return value, name
print(Formatter().format("{__globals__}", tool))
"""
_SIGNATURE = """
import inspect
frame = inspect.currentframe()
while frame:
    print(frame.f_globals)
    frame = frame.f_back
"""

ESCAPES = (
    Attack("environment by os.environ", "import os\nprint(os.environ[NAME])"),
    Attack("environment by os.getenv", "import os\nprint(os.getenv(NAME))"),
    Attack("environment by __import__", "print(__import__('os').environ[NAME])"),
    Attack("environment by importlib", "import importlib\nprint(importlib.import_module('os').environ[NAME])"),
    Attack("environment by eval", "print(eval(\"__import__('os').environ\")[NAME])"),
    Attack("environment by posix", "import posix\nprint(posix.environ)"),
    Attack("environment from /proc", "print(open('/proc/self/environ').read())"),
    Attack("file by open", "print(open(SECRET).read())"),
    Attack("file by pathlib", "import pathlib\nprint(pathlib.Path(SECRET).read_text())"),
    Attack("file by io", "import io\nprint(io.FileIO(SECRET).readall())"),
    Attack("file by codecs", "import codecs\nprint(codecs.open(SECRET).read())"),
    Attack("file by linecache", "import linecache\nprint(linecache.getlines(SECRET))"),
    Attack("file by os.open", "import os\nprint(os.read(os.open(SECRET, os.O_RDONLY), 1000))"),
    Attack("file by builtins", "import builtins\nprint(builtins.open(SECRET).read())"),
    Attack("folder by os.listdir", "import os\nprint(os.listdir(FOLDER))"),
    Attack("folder by pathlib", "import pathlib\nprint([str(p) for p in pathlib.Path(FOLDER).iterdir()])"),
    Attack("folder by glob", "import glob\nprint(glob.glob(FOLDER + '/*'))"),
    Attack("write by open", "open(OUT, 'w').close()"),
    Attack("write by pathlib", "import pathlib\npathlib.Path(OUT).write_text('here')"),
    Attack("write by shutil", "import shutil\nshutil.copy(SECRET, OUT)"),
    Attack("write by sqlite3", "import sqlite3\nsqlite3.connect(OUT).execute('create table t (x)')"),
    Attack("write by logging", "import logging\nlogging.FileHandler(OUT)"),
    Attack("write by a thread", _THREAD),
    Attack("write by __reduce__", _REDUCE),
    Attack("process by os.system", "import os\nos.system('touch ' + OUT)"),
    Attack("process by subprocess", "import subprocess\nsubprocess.run(['touch', OUT])"),
    Attack("process by pickle", _PICKLE),
    Attack("process by ctypes", "import ctypes\nctypes.CDLL(None).system(b'touch ' + OUT.encode())"),
    Attack(
        "process by timeit", "import timeit\ntimeit.timeit(\"__import__('os').mkdir(\" + repr(OUT) + ')', number=1)"
    ),
    Attack("network by socket", _SOCKET),
    Attack("network by urllib", _URLOPEN),
    Attack("network by asyncio", _OPEN_CONNECTION),
    Attack("classes by __subclasses__", _WALK),
    Attack("classes by names made at run time", _WALK_BY_STRINGS),
    Attack("host by a tool's __globals__", "print(tool.__globals__)"),
    Attack("host by getattr", "print(getattr(tool, '__glo' + 'bals__'))"),
    Attack("host by str.format", _FORMATS.replace("METHOD", "('{0.' + path + '}').format(tool)")),
    Attack("host by format_map", _FORMATS.replace("METHOD", "('{t.' + path + '}').format_map({'t': tool})")),
    Attack("host by a bound method", _METHOD_FORMATS),
    Attack("host by string.Formatter", _FORMATTER),
    Attack("host by a tool's closure", "print([c.cell_contents for c in note.__closure__])"),
    Attack("host by a traceback", _TRACEBACK),
    Attack("host by a generator's frame", _GENERATOR_FRAME),
    Attack("host by a coroutine's frame", _COROUTINE_FRAME),
    Attack("host by sys._getframe", "import sys\nprint(sys._getframe(1).f_globals, sys._getframe(2).f_globals)"),
    Attack("host by inspect", _SIGNATURE),
    Attack("host by sys.modules", "import sys\nprint(sys.modules['os'].environ)"),
    Attack("host by gc", "import gc\nprint(gc.get_referrers(tool))"),
    Attack("host by __instancecheck__", _METACLASS),
    Attack("module of a module: random", "import random\nprint(random._os.environ[NAME])"),
    Attack("module of a module: re", "import re\nprint(re.enum.sys.modules['os'].environ[NAME])"),
    Attack("module of a module: json", "import json\nprint(json.codecs.builtins.open(SECRET).read())"),
    Attack("module of a module: statistics", "import statistics\nprint(statistics.sys.modules['os'].environ[NAME])"),
    Attack("module of a module: queue", "import queue\nprint(queue.threading._os.environ[NAME])"),
    Attack("builtins by print.__self__", "print(print.__self__.open(SECRET).read())"),
    Attack("builtins by a function", "def f():\n    pass\nprint(f.__builtins__['open'](SECRET).read())"),
    Attack(
        "a function with the host's names",
        "def f():\n    pass\nprint(f.__class__(f.__code__, tool.__globals__).__globals__)",
    ),
    Attack("change a list of the host", "names().append('more')"),
    Attack("change a builtin", "import builtins\nbuiltins.len = lambda value: 7"),
    Attack("change json", "import json\njson.dumps = lambda *args, **more: 'changed'"),
    Attack("change math", "import math\nmath.sqrt = lambda value: 7"),
    Attack("change a tool", "tool.__code__ = (lambda x: 7).__code__"),
    Attack("end the host by os._exit", "import os\nos._exit(3)"),
    Attack("end the host by a signal", "import os\nos.kill(os.getpid(), 9)"),
    Attack("end the host by sys.exit", "import sys\nsys.exit(3)"),
)
