"""Attempts to make a sandbox's host hang, or fill its memory. Names in capitals as in `sandbox_attacks`."""

from __future__ import annotations

from tests.bench.sandbox_attacks import Attack

_CATCH_ALL = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
_FINALLY = """
try:
    while True:
        pass
finally:
    while True:
        pass
"""
_RECURSION = """
def deeper(n):
    try:
        return deeper(n + 1)
    except RecursionError:
        return deeper(n + 1)
deeper(0)
"""
_ALIASES = """
value = ["x" * 100] * 10
for _ in range(9):
    value = [value] * 10
"""
_DEEP = """
value = []
for _ in range(100000):
    value = [value]
"""
_REPR = """
class Endless:
    def __repr__(self):
        while True:
            pass
Endless()
"""
_LOCK = "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()"
_STORE = """
kept = []
while True:
    kept.append([0] * 100000)
"""
_TEXTS = """
text = "x"
while True:
    text = text + text
"""
_KEYS = """
kept = {}
number = 0
while True:
    kept[number] = "x" * 1000
    number += 1
"""
_RAISE = """
def fail(n):
    try:
        fail(n - 1)
    finally:
        raise ValueError("x" * 10000000)
fail(500)
"""
_SORT = """
class Slow:
    def __init__(self, n):
        self.n = n
    def __lt__(self, other):
        while True:
            pass
sorted([Slow(2), Slow(1)])
"""
_FACTORIAL = """
number = 1
for factor in range(2, 1000000):
    number *= factor
"""

DENIALS = (
    Attack("endless loop", "while True:\n    pass"),
    Attack("endless loop that catches all", _CATCH_ALL),
    Attack("endless loop after the end", _FINALLY),
    Attack("endless recursion", "def deeper():\n    deeper()\ndeeper()"),
    Attack("endless recursion that catches its end", _RECURSION),
    Attack("sleep", "import time\ntime.sleep(3600)"),
    Attack("sleep of a coroutine", "import asyncio\nasyncio.run(asyncio.sleep(3600))"),
    Attack("a lock taken twice", _LOCK),
    Attack("one long call: sum", "sum(range(10**12))"),
    Attack("one long call: in", "-1.5 in range(10**12)"),
    Attack("one long power", "len(str(7 ** (10**8)))"),
    Attack("power of a power", "9 ** 9 ** 9"),
    Attack("a huge shift", "1 << (10**12)"),
    Attack("a factorial", _FACTORIAL),
    Attack("catastrophic regex", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')"),
    Attack("a long list", "[0] * 10**10"),
    Attack("a list of a long range", "list(range(10**10))"),
    Attack("a comprehension without end", "import itertools\n[n for n in itertools.count()]"),
    Attack("lists that are kept", _STORE),
    Attack("a text that doubles", _TEXTS),
    Attack("a dict that grows", _KEYS),
    Attack("a long text", "'x' * 10**10"),
    Attack("padding by a format", "f'{1:>10000000000}'"),
    Attack("padding by percent", "'%10000000000d' % 1"),
    Attack("replacing by more", "'x' * 100000 + 'a'.join(['x' * 100000] * 100000)"),
    Attack("printing without end", "while True:\n    print('x' * 1000)"),
    Attack("printing one huge text", "print('x' * 500000000)"),
    Attack("tool calls without end", "while True:\n    tool(1)"),
    Attack("a result with shared parts", _ALIASES + "value"),
    Attack("an argument with shared parts", _ALIASES + "note(value)"),
    Attack("a deep result", _DEEP + "value"),
    Attack("a deep argument", _DEEP + "note(value)"),
    Attack("a result that contains itself", "value = []\nvalue.append(value)\nvalue"),
    Attack("a result with an endless __repr__", _REPR),
    Attack("an endless comparison", _SORT),
    Attack("huge exceptions in each other", _RAISE),
    Attack("a deep JSON text", "import json\njson.loads('[' * 10000000)"),
    Attack("a deep expression", "eval('(' * 100000 + ')' * 100000)"),
    Attack("a long expression", "eval('1' + '+1' * 1000000)"),
    Attack("a deep source", "x = " + "-" * 50000 + "1"),
)
