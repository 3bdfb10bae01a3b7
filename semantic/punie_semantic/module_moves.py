"""Modules get new names: what of it a file has to follow in its imports, and in the names that these bind.

Pure text in, text out; where the files are, and whether the outcome type-checks, is for `moving`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.helpers import get_full_name_for_node

from punie_semantic.exceptions import EditError
from punie_semantic.imports import absolute
from punie_semantic.refactor.base import Change, Edit
from punie_semantic.refactor.scopes import Occurrence, Scope, Scopes
from punie_semantic.refactor.tree import Tree


@dataclass(frozen=True)
class Importer:
    """The file that imports: its module's name, and whether it is a package's `__init__`."""

    name: str
    is_package: bool


@dataclass
class _Bound:
    """What a variable stands for: modules it may be; the root of a dotted name, or given with `as`."""

    modules: set[str] = field(default_factory=set)
    dotted: bool = False
    aliased: bool = False
    new_name: str = ""


class Follower:
    """One file and the moves; `text` has the outcome.

    Args:
        text: the file's text.
        moves: old names of modules to new ones.
        before: the file as it was.
        after: the file as it will be.
        keep_names: whether names that imports bind stay as they are, with `as`.
    """

    def __init__(
        self, text: str, moves: Mapping[str, str], before: Importer, after: Importer, *, keep_names: bool = False
    ) -> None:
        self._tree = Tree.parse(text)
        self._scopes = Scopes(self._tree)
        self._moves = moves
        self._before = before
        self._after = after
        self._keep = keep_names
        self._bound: dict[tuple[Scope, str], _Bound] = {}
        self._edits: list[Edit] = []
        statements = [n for n in self._tree.nodes() if isinstance(n, cst.Import | cst.ImportFrom)]
        for statement in statements:
            self._read(statement)
        self._choose_names()
        for statement in statements:
            self._follow(statement)
        for occurrence in self._scopes.occurrences:
            self._follow_use(occurrence)
        self.text = Change(tuple(self._edits), "").applied_to(text) if self._edits else text

    def _read(self, statement: cst.Import | cst.ImportFrom) -> None:
        base = self._base(statement) if isinstance(statement, cst.ImportFrom) else ""
        for item in _items(statement):
            name = get_full_name_for_node(item.name) or ""
            alias = _alias(item)
            bound = self._of(statement, alias or name.partition(".")[0])
            if bound is None:
                continue
            bound.aliased = bound.aliased or bool(alias)
            if isinstance(statement, cst.Import) and not alias:
                bound.modules.add(name.partition(".")[0])
                bound.dotted = True
            else:
                bound.modules.add(f"{base}.{name}" if base else name)

    def _of(self, statement: cst.CSTNode, name: str) -> _Bound | None:
        owner = self._scopes.resolve(name, self._scopes.around(self._tree, statement))
        return None if owner is None else self._bound.setdefault((owner, name), _Bound())

    def _base(self, statement: cst.ImportFrom) -> str:
        return absolute(_module(statement), self._before.name, self._before.is_package)

    def _choose_names(self) -> None:
        """Variables that are called like their module are called like it afterwards, where that name is free."""
        for (owner, name), bound in self._bound.items():
            new = {self._moves.get(module, module).rpartition(".")[2] for module in bound.modules}
            old = {module.rpartition(".")[2] for module in bound.modules}
            fits = (
                not (bound.dotted or bound.aliased)
                and old == {name}
                and len(new) == 1
                and all(m in self._moves for m in bound.modules)
            )
            wanted = next(iter(new)) if fits else name
            assigned = {o.start for o in self._scopes.of(name, owner) if o.use == "bind"}
            is_imported_only = len(assigned) <= len(bound.modules)
            free = wanted not in self._scopes.written_in(owner)
            bound.new_name = wanted if free and is_imported_only and not self._keep else name

    def _follow(self, statement: cst.Import | cst.ImportFrom) -> None:
        if isinstance(statement, cst.Import):
            for item in statement.names:
                name = get_full_name_for_node(item.name) or ""
                if name in self._moves:
                    self._edit(item.name, self._moves[name])
            return
        base = self._base(statement)
        groups: dict[str, list[str]] = {}
        for item in _items(statement):
            new_base, written = self._item(statement, base, item)
            groups.setdefault(new_base, []).append(written)
        if not groups:
            groups = {self._moves.get(base, base): ["*"]}
        old = [_written(item) for item in _items(statement)] or ["*"]
        if len(groups) > 1 or "" in groups:
            self._edit(statement, self._split(statement, groups))
            return
        (new_base, names) = next(iter(groups.items()))
        module = self._written_module(statement, base, new_base)
        if module != _module(statement):
            start = self._tree.span(statement.relative[0] if statement.relative else _present(statement.module))[0]
            end = self._tree.span(statement.module if statement.module else statement.relative[-1])[1]
            self._edits.append(Edit(start, end, module))
        for item, name, new in zip(_items(statement), old, names, strict=False):
            if name != new:
                self._edit(item, new, comma=True)

    def _item(self, statement: cst.ImportFrom, base: str, item: cst.ImportAlias) -> tuple[str, str]:
        """The module that an imported name comes from afterwards, and how the name is written."""
        name, alias = get_full_name_for_node(item.name) or "", _alias(item)
        full = f"{base}.{name}" if base else name
        if full not in self._moves:
            return self._moves.get(base, base), _written(item)
        new_base, _, leaf = self._moves[full].rpartition(".")
        bound = self._of(statement, alias or name)
        local = alias or (bound.new_name if bound else name)
        return new_base, leaf if local == leaf else f"{leaf} as {local}"

    def _split(self, statement: cst.ImportFrom, groups: Mapping[str, list[str]]) -> str:
        """One statement for each module that the names come from now."""
        code = self._tree.code(statement)
        if "#" in code:
            line = self._tree.text.count("\n", 0, self._tree.span(statement)[0]) + 1
            raise EditError(
                f"The import in line {line} of {self._before.name} has comments and must be parted. Do that."
            )
        start = self._tree.span(statement)[0]
        indent = self._tree.indent(start)
        alone = self._tree.text[self._tree.line_start(start) : start].strip(" \t\f") == ""
        base = self._base(statement)
        parts = []
        for new_base, names in groups.items():
            if new_base:
                parts.append(f"from {self._written_module(statement, base, new_base)} import {', '.join(names)}")
            else:
                parts += [f"import {name}" for name in names]
        return (f"\n{indent}" if alone else "; ").join(parts)

    def _written_module(self, statement: cst.ImportFrom, base: str, new_base: str) -> str:
        """A module as it is written afterwards: relative where it was, as long as that is possible."""
        if not statement.relative:
            return new_base if new_base != base else _module(statement)
        package = self._after.name.split(".")
        package = package if self._after.is_package else package[:-1]
        target = new_base.split(".")
        shared = 0
        while shared < min(len(package), len(target)) and package[shared] == target[shared]:
            shared += 1
        return "." * (len(package) - shared + 1) + ".".join(target[shared:]) if shared else new_base

    def _follow_use(self, occurrence: Occurrence) -> None:
        owner = self._scopes.owner(occurrence)
        bound = self._bound.get((owner, occurrence.name)) if owner is not None else None
        if bound is None or occurrence.use == "bind" or (len(bound.modules) != 1 and not bound.new_name):
            return
        for node, path in reversed(list(self._chain(occurrence.node, next(iter(bound.modules))))):
            if path in self._moves and (new := self._use(bound, path, occurrence.name)) is not None:
                self._edit(node, new)
                return
        if bound.new_name != occurrence.name:
            self._edit(occurrence.node, bound.new_name)

    def _chain(self, node: cst.CSTNode, path: str) -> Iterator[tuple[cst.CSTNode, str]]:
        yield node, path
        above = self._tree.parent(node)
        while isinstance(above, cst.Attribute) and above.value is node:
            path = f"{path}.{above.attr.value}"
            yield above, path
            node, above = above, self._tree.parent(above)

    def _use(self, bound: _Bound, path: str, name: str) -> str | None:
        """How a moved module is written where it is used; None when the variable cannot lead to it."""
        new = self._moves[path]
        if bound.dotted:
            return new
        module = next(iter(bound.modules))
        home = self._moves.get(module, module)
        if new == home:
            return bound.new_name or name
        return f"{bound.new_name or name}{new[len(home) :]}" if new.startswith(f"{home}.") else None

    def _edit(self, node: cst.CSTNode, text: str, *, comma: bool = False) -> None:
        start, end = self._tree.span(node)
        if comma and isinstance(node, cst.ImportAlias):
            start = self._tree.span(node.name)[0]
            end = self._tree.span(node.asname.name if node.asname else node.name)[1]
        if self._tree.text[start:end] != text:
            self._edits.append(Edit(start, end, text))


def _present(node: cst.CSTNode | None) -> cst.CSTNode:
    if node is None:
        raise EditError("An import has no module.")
    return node


def _items(statement: cst.Import | cst.ImportFrom) -> list[cst.ImportAlias]:
    return [] if isinstance(statement.names, cst.ImportStar) else list(statement.names)


def _module(statement: cst.ImportFrom) -> str:
    return "." * len(statement.relative) + (
        (get_full_name_for_node(statement.module) or "") if statement.module else ""
    )


def _alias(item: cst.ImportAlias) -> str:
    return item.asname.name.value if item.asname and isinstance(item.asname.name, cst.Name) else ""


def _written(item: cst.ImportAlias) -> str:
    name, alias = get_full_name_for_node(item.name) or "", _alias(item)
    return f"{name} as {alias}" if alias else name
