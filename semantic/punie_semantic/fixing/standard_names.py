"""Names of the standard library: which of its modules has one, and what was called otherwise. Knows no file."""

from __future__ import annotations

import builtins
import importlib
import sys
from functools import cache
from types import FunctionType

from punie_semantic.fixing.vocabulary import words_of

# Modules whose names are used without the module's, the most usual first; they are cheap to import.
_MODULES = (
    "collections.abc",
    "collections",
    "typing",
    "dataclasses",
    "pathlib",
    "functools",
    "itertools",
    "contextlib",
    "datetime",
    "enum",
    "abc",
    "types",
    "operator",
    "decimal",
    "fractions",
    "io",
    "copy",
    "re",
    "random",
    "math",
    "time",
    "threading",
    "queue",
    "string",
    "textwrap",
    "inspect",
    "warnings",
    "tempfile",
    "subprocess",
    "shutil",
    "urllib.parse",
    "uuid",
    "weakref",
    "traceback",
    "unittest",
    "argparse",
    "statistics",
    "heapq",
    "bisect",
    "struct",
    "concurrent.futures",
    "os.path",
)
# Too common as names of other things to be offered from there.
_VAGUE = frozenset({"time", "copy", "join", "split", "search", "match", "error", "version", "exists", "name", "call"})
# Names that a file gives modules by custom.
CUSTOMARY = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "tf": "tensorflow",
    "nx": "networkx",
    "sp": "scipy",
    "sa": "sqlalchemy",
    "pa": "pyarrow",
    "pl": "polars",
    "dt": "datetime",
    "ET": "xml.etree.ElementTree",
    "cst": "libcst",
    "tp": "typing",
    "t": "typing",
}
# Modules that were renamed, and where names went that left theirs.
RENAMED = {
    "ConfigParser": "configparser",
    "Queue": "queue",
    "SocketServer": "socketserver",
    "StringIO": "io",
    "cStringIO": "io",
    "cPickle": "pickle",
    "Tkinter": "tkinter",
    "__builtin__": "builtins",
    "builtin": "builtins",
    "copy_reg": "copyreg",
    "httplib": "http.client",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "HTMLParser": "html.parser",
    "BaseHTTPServer": "http.server",
    "Cookie": "http.cookies",
    "cookielib": "http.cookiejar",
    "thread": "_thread",
    "imp": "importlib",
    "repr": "reprlib",
    "UserDict": "collections",
    "typing_extensions": "typing",
    "importlib_metadata": "importlib.metadata",
    "importlib_resources": "importlib.resources",
    "tomli": "tomllib",
    "zoneinfo.backports": "zoneinfo",
    "mock": "unittest.mock",
    "unittest2": "unittest",
    "asyncore": "asyncio",
    "pipes": "shlex",
}


@cache
def _homes() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for module in _MODULES:
        loaded = importlib.import_module(module)
        for name in getattr(loaded, "__all__", None) or [n for n in vars(loaded) if not n.startswith("_")]:
            if getattr(getattr(loaded, name, None), "__name__", name) not in sys.modules or name in ("deque",):
                found.setdefault(name, []).append(module)
    return {name: tuple(modules) for name, modules in found.items()}


@cache
def known_words() -> frozenset[str]:
    """Words that names of the standard library are made of."""
    names: set[str] = set(dir(builtins))
    for module in _MODULES:
        for name, value in vars(importlib.import_module(module)).items():
            names.add(name)
            names.update(vars(value) if isinstance(value, type) else ())
            names.update(value.__code__.co_varnames if isinstance(value, FunctionType) else ())
    return frozenset(word for name in names for word in words_of(name))


def homes(name: str) -> tuple[str, ...]:
    """The modules of the standard library that have a public name, the likely one first."""
    return _homes().get(name, ())


def telling(name: str) -> bool:
    """Whether a name alone says that the standard library's is meant."""
    return name not in _VAGUE


def is_module(name: str) -> bool:
    """Whether the standard library has a top-level module of that name."""
    return name in sys.stdlib_module_names and not name.startswith("_")
