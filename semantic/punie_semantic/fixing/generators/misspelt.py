"""Members that a file's problems miss, and definitions that may be the misspelt ones of them."""

from __future__ import annotations

import ast
import re
from collections import Counter

from punie_semantic.fixing.place import Place
from punie_semantic.fixing.tree import Tree

_MISSED = re.compile(
    r"has no (?:member|attribute) `(\w+)`|Unresolved attribute `(\w+)`|Name `(\w+)` used|Undefined name `(\w+)`"
    r"|abstract methods? `(\w+)`|protocol member `(\w+)` is not defined|Argument `(\w+)` does not match"
    r"|Unknown key \"(\w+)\""
)


def wanted_names(place: Place) -> Counter[str]:
    """The names that findings of the file miss, and how often; the problem's own included."""
    names: Counter[str] = Counter()
    for finding in (place.problem, *place.others):
        for groups in _MISSED.findall(finding.message):
            names.update(name for name in groups if name)
    return names


def read_attributes(tree: Tree) -> Counter[str]:
    """The attributes that a tree reads or calls, and how often."""
    return Counter(n.attr for n in tree.nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load))
