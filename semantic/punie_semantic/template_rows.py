"""What templates can be about: kinds of things in a project, and the slots that each fills. Knows no project."""

from __future__ import annotations

from types import MappingProxyType

_PLACE = ("path", "line", "column")

# Filled by whoever renders templates; a list or a number is rendered as a literal in programs.
KINDS = MappingProxyType(
    {
        "once": (),
        "file": ("path", "stem", "module"),
        "folder": ("folder",),
        "text_file": ("path", "stem"),
        "glob": ("glob", "what"),
        "function": ("symbol", "name", "new_name", *_PLACE),
        "class": ("symbol", "name", "new_name", *_PLACE),
        "base": ("symbol", "name", *_PLACE),
        "derived": ("symbol", "name", *_PLACE),
        "symbol": ("symbol", "name", "new_name", *_PLACE),
        "pair": ("first", "second"),
        "query": ("query",),
        "typed": ("name", *_PLACE),
        "call": ("name", *_PLACE),
        "member": ("name", *_PLACE),
        "assignment": ("name", *_PLACE),
        "expression": ("path", "line", "start", "end", "new_name"),
        "block": ("path", "line", "last", "new_name"),
        "problem": ("tool", "code", "message", *_PLACE),
        "type_problem": ("code", "message", *_PLACE),
        "lint_problem": ("code", "message", *_PLACE),
        "fixable": ("code", "path"),
        "rule": ("code",),
        "test": ("test", "name", "path"),
        "test_file": ("path", "stem"),
        "failing_test": ("test", "name", "path"),
        "keyword": ("word",),
        "pattern": ("pattern",),
        "module": ("module", "path"),
        "import": ("path", "module", "name"),
        "setting": ("path", "name", "old", "new"),
        "move": ("path", "new_path"),
        "new_file": ("path", "text", "name"),
        "command": ("argv", "command"),
        "commits": ("count",),
    }
)
