"""What each name of a package means, found with `ast` alone: scopes, imports and re-exports, no types.

Independent of ty on purpose. It knows module-level functions, classes and variables; attributes of objects are beyond
it. Lines count from 1.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Target = tuple[str, str]  # module and name; the name is empty for a module itself
Place = tuple[str, int]  # file and line

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_GENERICS = {"Callable", "Dict", "Iterable", "List", "Optional", "Tuple", "Type", "Union"}
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class _Scope:
    bound: dict[str, Target | None]
    is_class: bool = False


@dataclass
class Class:
    """A class at module level: where it is, the names of its methods with their lines, and its bases."""

    place: Place
    methods: dict[str, list[int]]
    bases: list[Target] = field(default_factory=list)


class Oracle:
    """All modules of one package."""

    def __init__(self, folder: Path) -> None:
        self.root = folder.parent
        self._modules: dict[str, tuple[str, ast.Module]] = {}
        self._tops: dict[str, _Scope] = {}
        self._defined: dict[Target, list[Place]] = {}
        self.uses: dict[Target, set[Place]] = {}
        self.classes: dict[Target, Class] = {}
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(self.root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            self._modules[name] = (path.relative_to(self.root).as_posix(), ast.parse(path.read_bytes()))
        for name, (file, tree) in self._modules.items():
            self._tops[name] = _Scope(self._bindings(tree.body, name, file, top=True))
        for name, (file, tree) in self._modules.items():
            _Uses(self, name, file, self._tops[name]).visit(tree)

    def definitions(self, target: Target) -> set[Place]:
        """Where a name is bound in its own module, by anything but an import."""
        return set(self._defined.get(target, ()))

    def names(self, lines: int) -> list[Target]:
        """The public names at module level that at least so many lines mean."""
        public = (t for t in self._defined if t[1] and not t[1].startswith("_"))
        return sorted(t for t in public if len(self.references(t)) >= lines)

    def references(self, target: Target) -> set[Place]:
        """Every line that means the name, its definition included."""
        return self.uses.get(target, set()) | self.definitions(target)

    def subclasses(self, target: Target) -> dict[Target, Class]:
        """Module-level classes derived from a class, at any depth."""
        found: dict[Target, Class] = {}
        wanted = {target}
        while True:
            fresh = {t: c for t, c in self.classes.items() if t not in found and wanted & set(c.bases)}
            if not fresh:
                return found
            found |= fresh
            wanted |= fresh.keys()

    def overrides(self, target: Target, method: str) -> set[Place]:
        """Where subclasses define a method of that name."""
        classes = self.subclasses(target).values()
        return {(c.place[0], line) for c in classes for line in c.methods.get(method, [])}

    def follow(self, target: Target | None) -> Target | None:
        """The module and name where a re-exported name comes from."""
        for _ in range(20):
            if target is None:
                return None
            module, name = target
            if name and f"{module}.{name}" in self._modules and name not in self._tops.get(module, _Scope({})).bound:
                return f"{module}.{name}", ""
            if not name or module not in self._tops:
                return target
            following = self._tops[module].bound.get(name)
            if following is None or following == target:
                return target
            target = following
        return target

    def _bindings(self, body: list[ast.stmt], module: str, file: str, *, top: bool) -> dict[str, Target | None]:
        """The names that statements bind in their own scope; None for what cannot be followed."""
        bound: dict[str, Target | None] = {}
        for node in _own_nodes(body):
            if isinstance(node, ast.ImportFrom):
                origin = self._origin(node, module, file)
                bound.update({alias.asname or alias.name: (origin, alias.name) for alias in node.names})
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    full = alias.name if alias.asname else alias.name.partition(".")[0]
                    bound[alias.asname or full] = (full, "")
            else:
                for name, line in _bound_names(node):
                    bound[name] = (module, name) if top else None
                    if top:
                        self._defined.setdefault((module, name), []).append((file, line))
        return bound

    def _origin(self, node: ast.ImportFrom, module: str, file: str) -> str:
        if not node.level:
            return node.module or ""
        package = module if file.endswith("__init__.py") else module.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{node.module}" if node.module else package


def _own_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of the scopes in it."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*_SCOPES, *_COMPREHENSIONS)):
            stack.extend(ast.iter_child_nodes(node))


def _bound_names(node: ast.AST) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node.lineno
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id, node.lineno
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name, node.lineno


class _Uses(ast.NodeVisitor):
    """Walks one module and notes what each name means."""

    def __init__(self, oracle: Oracle, module: str, file: str, top: _Scope) -> None:
        self._oracle = oracle
        self._module = module
        self._file = file
        self._scopes = [top]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        origin = self._oracle._origin(node, self._module, self._file)
        for alias in node.names:
            self._note(self._oracle.follow((origin, alias.name)), alias.lineno)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store):
            self._note(self._meaning(node), node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._note(self._meaning(node), node.end_lineno or node.lineno)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        if len(self._scopes) == 1:
            methods: dict[str, list[int]] = {}
            for item in _own_nodes(node.body):
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                    methods.setdefault(item.name, []).append(item.lineno)
            bases = [b.value if isinstance(b, ast.Subscript) else b for b in node.bases]
            meanings = [m for b in bases if (m := self._meaning(b)) is not None]
            self._oracle.classes[self._module, node.name] = Class((self._file, node.lineno), methods, meanings)
        bound = self._oracle._bindings(node.body, self._module, self._file, top=False)
        self._inside(_Scope(bound, is_class=True), node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        for part in (*node.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)):
            self.visit(part)
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        named += [a for a in (arguments.vararg, arguments.kwarg) if a]
        for annotation in (*(a.annotation for a in named), node.returns):
            self._annotation(annotation)
        bound = self._oracle._bindings(node.body, self._module, self._file, top=False)
        for item in _own_nodes(node.body):
            for name in item.names if isinstance(item, ast.Global | ast.Nonlocal) else ():
                bound.pop(name, None)
        self._inside(_Scope({**bound, **{a.arg: None for a in named}}), node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the base class spells it so

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(part)
        self._inside(_Scope({a.arg: None for a in ast.walk(node.args) if isinstance(a, ast.arg)}), [node.body])

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        # `StyleType = Union[str, "Style"]` is an annotation too.
        is_type = isinstance(node.value, ast.Name) and node.value.id in _GENERICS
        (self._annotation if is_type else self.visit)(node.slice)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        for part in (node.target, node.value):
            if part:
                self.visit(part)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, _COMPREHENSIONS):
            names = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
            self._scopes.append(_Scope(dict.fromkeys(names)))
            super().generic_visit(node)
            self._scopes.pop()
            return
        super().generic_visit(node)

    def _inside(self, scope: _Scope, body: list[ast.stmt] | list[ast.expr]) -> None:
        self._scopes.append(scope)
        for part in body:
            self.visit(part)
        self._scopes.pop()

    def _annotation(self, node: ast.expr | None) -> None:
        """An annotation; one in quotes is code too."""
        if node is None:
            return
        self.visit(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    quoted = ast.parse(part.value.strip(), mode="eval").body
                except SyntaxError:
                    continue
                for inner in ast.walk(quoted):
                    ast.copy_location(inner, part)
                self.visit(quoted)

    def _meaning(self, node: ast.expr) -> Target | None:
        if isinstance(node, ast.Name):
            for depth, scope in enumerate(reversed(self._scopes)):
                if node.id in scope.bound and (depth == 0 or not scope.is_class):
                    return self._oracle.follow(scope.bound[node.id])
            return None
        if isinstance(node, ast.Attribute):
            owner = self._meaning(node.value)
            if owner is not None and not owner[1]:
                return self._oracle.follow((owner[0], node.attr))
        return None

    def _note(self, target: Target | None, line: int) -> None:
        if target is not None:
            self._oracle.uses.setdefault(target, set()).add((self._file, line))
