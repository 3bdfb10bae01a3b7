"""Attacks on the sandbox: what is tried, and why it would matter. `harmless` is a value by which one fails too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NOTHING = object()


@dataclass(frozen=True)
class Attack:
    """A program, why it is an attack, and the value by which it may end instead of an error."""

    name: str
    why: str
    code: str
    harmless: Any = NOTHING


ESCAPES = (
    Attack("subclasses", "all classes of the host, by way of object", "().__class__.__base__.__subclasses__()"),
    Attack("mro", "the way up to object", "str.__mro__[-1].__subclasses__()"),
    Attack("globals of a function", "the host's modules", "(lambda: 1).__globals__"),
    Attack("globals of a tool", "the host function behind a tool", "f = echo\ngetattr(f, '__globals__')"),
    Attack("code object", "bytecode that can be replaced", "(lambda: 1).__code__"),
    Attack("closure", "cells of the host", "(lambda: 1).__closure__[0]"),
    Attack("builtins by name", "eval and open of the host", "__builtins__"),
    Attack("builtins by dict", "the same, by a module", "import sys\ngetattr(sys, 'modules')['builtins']"),
    Attack("loader", "imports of the host", "__loader__"),
    Attack("spec", "the loader, by another way", "__spec__.loader"),
    Attack(
        "format attribute", "attributes by a format string", "'{0.__class__.__init__.__globals__}'.format(echo('x'))"
    ),
    Attack("format of a module", "a module's dict by a format string", "import sys\n'{0.modules}'.format(sys)"),
    Attack(
        "traceback frames",
        "the host's frames",
        "try:\n    1 // 0\nexcept ZeroDivisionError as e:\n    x = e\ngetattr(x, '__traceback__').tb_frame",
    ),
    Attack("frames", "the host's frames by sys", "import sys\ngetattr(sys, '_getframe')(0).f_back"),
    Attack("generator frame", "frames by a generator", "def g():\n    yield 1\ng().gi_frame.f_back"),
    Attack(
        "coroutine frame",
        "frames by a coroutine",
        "async def f():\n    return 1\nx = f()\ngetattr(x, 'cr_frame').f_back",
    ),
    Attack(
        "exception of a tool",
        "the host's exception with its frames",
        "try:\n    fail('secret')\nexcept RuntimeError as e:\n    x = e\ngetattr(x, '__traceback__').tb_next",
    ),
    Attack(
        "context of a tool's exception",
        "the cause, with the host's objects",
        "try:\n    fail('x')\nexcept RuntimeError as e:\n    x = e\nx.__context__.args",
        None,
    ),
    Attack("eval", "eval with the host's names", "eval(\"__import__('os').system('true')\")"),
    Attack("exec", "exec with the host's names", "exec(\"import os\\nos.system('true')\")"),
    Attack("import by name", "any module", "__import__('subprocess')"),
    Attack("importlib", "any module", "import importlib"),
    Attack("subprocess", "a program", "import subprocess"),
    Attack("os.system", "a program", "import os\nos.system('true')"),
    Attack("ctypes", "memory of the process", "import ctypes"),
    Attack("socket", "the network", "import socket"),
    Attack("urllib", "the network", "import urllib.request"),
    Attack("open", "a file", "open('/etc/passwd').read()"),
    Attack("open by eval", "a file, past the type check", "eval(\"open('/etc/passwd').read()\")"),
    Attack("write by eval", "a file, past the type check", "eval(\"open('/tmp/punie-was-here', 'w').write('x')\")"),
    Attack("pathlib read", "a file", "from pathlib import Path\nPath('/etc/passwd').read_text()"),
    Attack("pathlib list", "names of files", "from pathlib import Path\nlist(Path('/').iterdir())"),
    Attack("pathlib write", "a file", "from pathlib import Path\nPath('/tmp/punie-was-here').write_text('x')"),
    Attack("pathlib home", "the user's name", "from pathlib import Path\nPath.home()"),
    Attack("listdir", "names of files", "import os\nos.listdir('/')"),
    Attack("environment", "keys in variables", "import os\ndict(os.environ)"),
    Attack("getenv", "keys in variables", "import os\nos.getenv('HOME')"),
    Attack("working directory", "the project's path", "import os\nos.getcwd()", "/"),
    Attack("process id", "the host's processes", "import os\nos.getpid()"),
    Attack("kill", "the host's processes", "import os\nos.kill(1, 9)"),
    Attack("import of a file", "the project's code in the host", "import conftest"),
    Attack("module with a path", "a host module by a dotted name", "import punie_agent.codemode.runner"),
    Attack("modules of ours", "the host, by a module that we provide", "import textwrap\ntextwrap.dedent.__globals__"),
    Attack(
        "modules of ours by format",
        "the host, by a module that we provide",
        "import difflib\n'{0.__class__.__mro__}'.format(difflib)",
    ),
    Attack("unpickling", "code by data", "import pickle"),
    Attack("getattr with a built name", "a check of names", "getattr(getattr((), '__cla' + 'ss__'), '__ba' + 'ses__')"),
    Attack("replacing a tool", "a tool that others call", "def echo(value):\n    return 'mine'\necho(1)", "mine"),
    Attack("changing a result", "a record that the host still uses", "r = record()\nr.name = 'changed'"),
    Attack(
        "changing a result by setattr",
        "a record that the host still uses",
        "r = record()\nsetattr(r, 'name', 'changed')",
    ),
    Attack("changing a result's list", "a list that the host still uses", "record().items.append('x')", None),
    Attack("a record as a tool's argument", "the host takes it for its own", "echo(record())", ["real", ["a"]]),
    Attack(
        "a lie about the class",
        "a value that the host takes for a model",
        "class Record:\n    pass\nx = Record()\nx.name = 'fake'\ntype(echo(x)).__name__ == 'Record'",
    ),
    Attack("spoofed limit", "an error that ends the turn", "raise TimeoutError('feed time limit exceeded')"),
    Attack("SystemExit", "the end of the host", "raise SystemExit"),
    Attack("KeyboardInterrupt", "the end of the host", "raise KeyboardInterrupt('x')"),
    Attack("SystemExit by a tool", "the end of the host", "fail('SystemExit')"),
    Attack("GeneratorExit by a tool", "the end of a task", "fail('GeneratorExit')"),
    Attack("calls of the async names", "a tool without its checks", "eval('echo__async(1)')"),
    Attack("call of an unknown host function", "functions that are not tools", "eval('to_sandbox(1)')"),
    Attack("a dotted function", "functions of modules", "eval('difflib.ratio(1)')"),
)

BOMBS = (
    Attack("endless loop", "time", "while True:\n    pass"),
    Attack(
        "endless loop, caught",
        "a limit that is caught",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    ),
    Attack("endless recursion", "the stack", "def f(n):\n    return f(n + 1)\nf(0)"),
    Attack(
        "recursion by repr",
        "the stack, without functions",
        "x = []\nfor i in range(100000):\n    x = [x]\nrepr(x)[-1] == ']'",
        True,
    ),
    Attack(
        "recursion by equality",
        "the stack, without functions",
        "x, y = [], []\nfor i in range(100000):\n    x, y = [x], [y]\nx == y",
    ),
    Attack("recursion by json", "the stack of a library", "import json\njson.loads('[' * 100000)"),
    Attack("deep source", "the stack of the parser, ours too", "(" * 5000 + "1" + ")" * 5000),
    Attack("deep source, unary", "the stack of the parser, ours too", "-" * 20000 + "1"),
    Attack("deep source, dots", "the stack of the parser, ours too", "x" + ".a" * 20000),
    Attack(
        "deep lambda", "the stack of what rewrites programs", "map(lambda x: " + "+".join(["x"] * 3000) + ", [1])[0]"
    ),
    Attack(
        "many unknown names", "time of what looks for similar names", "".join(f"n{i} = m{i}\n" for i in range(6000))
    ),
    Attack("many items", "time of what measures values", "[list(range(1000)) for i in range(2000)]"),
    Attack("many items in an argument", "time of what measures values", "echo(list(range(2_000_000)))"),
    Attack("deep source in eval", "the stack of the parser", "eval('(' * 100000)"),
    Attack("long source", "time of the parser", "x = 1\n" * 50000),
    Attack("list", "memory", "x = []\nwhile True:\n    x.append('a' * 10000)"),
    Attack("string", "memory at once", "len('a' * 10**10)"),
    Attack("repeated list", "memory at once", "len([0] * 10**9)"),
    Attack("string that doubles", "memory", "x = 'a'\nwhile True:\n    x += x"),
    Attack("dict", "memory", "d = {}\ni = 0\nwhile True:\n    d[i] = str(i)\n    i += 1"),
    Attack("bytes", "memory at once", "len(bytes(10**10))"),
    Attack("range", "memory at once", "len(list(range(10**9)))"),
    Attack("format width", "memory by a format", "len('%10000000000d' % 1)"),
    Attack("f-string width", "memory by a format", "len(f'{1:10000000000}')"),
    Attack("ljust", "memory by a method", "len('a'.ljust(10**10))"),
    Attack("replace", "memory by a method", "len(('a' * 10**6).replace('a', 'b' * 10**5))"),
    Attack("join", "memory by a method", "len(('x' * 10**6).join(['y'] * 10**4))"),
    Attack("power", "time and memory of one operation", "x = 10 ** 10 ** 8\nlen(str(x))"),
    Attack("shift", "memory of one operation", "x = 1 << 10**11\nx > 0"),
    Attack("factorial", "time of one operation", "import math\nmath.factorial(10**7) > 0"),
    Attack("digits", "quadratic time", "x = 7 ** 3000000\nlen(str(x))"),
    Attack("modular power", "time of one operation", "pow(3, 10**200000, 10**200000 + 1) > 0"),
    Attack("catastrophic regex", "exponential time", "import re\nre.match('(a+)+$', 'a' * 50 + 'b')", None),
    Attack(
        "catastrophic regex with a reference",
        "exponential time",
        "import re\nre.match(r'(a|a|a?)+\\1*$', 'a' * 40 + 'b')",
        None,
    ),
    Attack("large regex", "memory", "import re\nre.compile('((a{1000}){1000}){1000}')"),
    Attack("combinations", "time", "import itertools\nlen(list(itertools.permutations(range(15))))"),
    Attack("sleep", "time", "import time\ntime.sleep(10**6)\n'woke'", "woke"),
    Attack("async sleep", "time", "import asyncio\nawait asyncio.sleep(10**6)\n'woke'", "woke"),
    Attack("output", "memory of the host", "while True:\n    print('x' * 1000)"),
    Attack("output at once", "memory of the host", "print('x' * 20_000_000)"),
    Attack("tool calls", "work of the host", "while True:\n    echo(1)"),
    Attack(
        "tool calls, caught",
        "work of the host, with errors ignored",
        "while True:\n    try:\n        fail('x')\n    except BaseException:\n        pass",
    ),
    Attack(
        "tool calls at once",
        "tasks of the host",
        "import asyncio\nawait asyncio.gather(*[echo(i) for i in range(100000)])",
    ),
    Attack(
        "lookups",
        "work of the host",
        "def f():\n    while True:\n        try:\n            return eval('nothing_' + str(1))\n"
        "        except NameError:\n            pass\nf()",
    ),
    Attack(
        "imports",
        "work of the host",
        "while True:\n    try:\n        exec('import nothing')\n    except ImportError:\n        pass",
    ),
    Attack(
        "futures that nobody awaits",
        "work that goes on",
        "import asyncio\nx = [wait() for i in range(50)]\nawait asyncio.sleep(0)",
    ),
    Attack("large result", "memory of the host", "'x' * 30_000_000"),
    Attack("aliased result", "10^18 elements that are 60 lists", "x = ['a']\nfor i in range(60):\n    x = [x, x]\nx"),
    Attack(
        "aliased result in a dict",
        "the same by values",
        "x = {'a': 1}\nfor i in range(60):\n    x = {'a': x, 'b': x}\nx",
    ),
    Attack(
        "aliased result in an object",
        "the same behind an attribute",
        "class A:\n    pass\nx = ['a']\nfor i in range(60):\n    x = [x, x]\na = A()\na.x = x\na",
    ),
    Attack(
        "aliased result in objects",
        "the same by attributes only",
        "class A:\n    def __init__(self, x):\n        self.x = x\n        self.y = x\nx = A(1)\n"
        "for i in range(60):\n    x = A(x)\nx",
    ),
    Attack("deep result", "the stack of the host", "x = []\nfor i in range(100000):\n    x = [x]\nx"),
    Attack(
        "deep result in objects",
        "the stack of the host",
        "class A:\n    pass\nx = A()\nfor i in range(5000):\n    y = A()\n    y.x = x\n    x = y\nx",
    ),
    Attack("endless result", "a loop of the host", "x = {}\nx['x'] = x\nx", {"x": "{...}"}),
    Attack("huge integer result", "quadratic time of the host", "7 ** 5000000"),
    Attack("large argument", "memory of the host", "echo('x' * 30_000_000)"),
    Attack(
        "aliased argument",
        "10^18 elements that are 60 lists",
        "x = ['a']\nfor i in range(60):\n    x = [x, x]\necho(x)",
    ),
    Attack(
        "aliased named argument", "the same by name", "x = ['a']\nfor i in range(60):\n    x = [x, x]\necho(value=x)"
    ),
    Attack(
        "aliased argument in an object",
        "the same behind an attribute",
        "class A:\n    pass\na = A()\na.x = ['a']\nfor i in range(60):\n    a.x = [a.x, a.x]\necho(a)",
    ),
    Attack("deep argument", "the stack of the host", "x = []\nfor i in range(100000):\n    x = [x]\necho(x)"),
    Attack("huge integer argument", "quadratic time of the host", "echo(7 ** 8000000)"),
    Attack("large result of a tool", "memory of the sandbox", "give('large')"),
    Attack("aliased result of a tool", "10^18 elements for the sandbox", "give('aliased')"),
    Attack("deep result of a tool", "the stack of both sides", "give('deep')"),
    Attack("long exception", "memory of the host", "raise ValueError('x' * 20_000_000)"),
    Attack(
        "chain of exceptions",
        "memory of the host",
        "def f(n):\n    try:\n        raise ValueError('x' * 10000)\n    except ValueError as e:\n"
        "        f(n + 1)\nf(0)",
    ),
    Attack(
        "long traceback",
        "memory of the host",
        "exec('\\n'.join(['def f%d(): f%d()' % (i, i + 1) for i in range(300)]) + '\\n"
        "def f300(): raise ValueError()\\nf0()')",
    ),
    Attack("long name", "memory of a message", "eval('a' * 1_000_000)"),
    Attack(
        "type check",
        "time of the type checker",
        "x = (1,)\n"
        + "".join(f"x{i} = (x{i - 1 if i else ''}, x{i - 1 if i else ''})\n" for i in range(60))
        + "x59.nothing",
    ),
    Attack(
        "diff",
        "time of a module of ours",
        "import difflib\nimport random\na = [str(i % 7) for i in range(50000)]\n"
        "difflib.SequenceMatcher(None, a, a[::-1], autojunk=False).ratio()",
        NOTHING,
    ),
    Attack(
        "fnmatch",
        "exponential time of a module of ours",
        "import fnmatch\nfnmatch.fnmatch('a' * 5000, 'a*' * 1000 + 'b')",
        False,
    ),
)
