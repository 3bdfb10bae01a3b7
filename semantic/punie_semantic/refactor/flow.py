"""Which names are certainly set where: a walk through a function's statements in the order in which they run.

The state at a place is the set of names that every way to it has set. `Flow` is subclassed to look at reads and
statements.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import libcst as cst

from punie_semantic.refactor.scopes import Occurrence, Scope, Scopes

_SWALLOWS = re.compile("suppress|raises|catch|ignor|swallow|expect|move_on|sub_?test", re.IGNORECASE)

# None: the place cannot be reached.
State = frozenset[str] | None


class Flow:
    """Walks the statements of one scope.

    Attributes:
        exits: the states at the `return` and `raise` statements outside inner functions.
    """

    def __init__(self, scopes: Scopes, scope: Scope) -> None:
        self.scopes = scopes
        self.scope = scope
        self._loops: list[_Loop] = []
        self._tries: list[list[State]] = []

    # To be overridden

    def on_read(self, occurrence: Occurrence, state: frozenset[str]) -> None:
        """A variable of the scope is read, here or by an inner scope."""

    def on_statement(self, node: cst.CSTNode, state: State) -> State:
        """A statement is about to run; gives the state to go on with."""
        return state

    def after_statement(self, node: cst.CSTNode, state: State) -> State:
        """A statement has run; gives the state to go on with."""
        return state

    # Statements

    def run(self, statements: Sequence[cst.CSTNode], state: State) -> State:
        """The state after some statements."""
        for statement in statements:
            state = self.on_statement(statement, state)
            state = self._statement(statement, state)
            state = self.after_statement(statement, state)
            self._may_raise(state)
        return state

    def _may_raise(self, state: State) -> None:
        for seen in self._tries:
            seen.append(state)

    def _body(self, body: cst.CSTNode | None, state: State) -> State:
        return self.run(body.body, state) if body is not None else state  # ty: ignore[missing-attribute]

    def _statement(self, node: cst.CSTNode, state: State) -> State:
        if state is None:
            return None
        match node:
            case cst.SimpleStatementLine():
                return self.run(node.body, state)
            case cst.If():
                return self._if(node, state)
            case cst.For() | cst.While():
                return self._loop(node, state)
            case cst.Try() | cst.TryStar():
                return self._try(node, state)
            case cst.With():
                return self._with(node, state)
            case cst.Match():
                return self._match(node, state)
        return self._simple(node, state)

    def _simple(self, node: cst.CSTNode, state: State) -> State:
        match node:
            case cst.Assign():
                state = self._expression(node.value, state)
                for target in node.targets:
                    state = self._expression(target, state)
            case cst.AnnAssign():
                state = self._expression(node.annotation, state)
                if node.value is None:
                    return state
                state = self._expression(node.target, self._expression(node.value, state))
            case cst.AugAssign():
                state = self._expression(node.value, self._reads(node.target, state))
                state = self._expression(node.target, state)
            case cst.Return() | cst.Raise():
                self._may_raise(self._expression(node, state))
                return None
            case cst.Break() | cst.Continue():
                if self._loops:
                    (self._loops[-1].breaks if isinstance(node, cst.Break) else self._loops[-1].continues).append(state)
                self._may_raise(state)
                return None
            case _:
                state = self._expression(node, state)
        return state

    def _if(self, node: cst.If, state: State) -> State:
        state = self._expression(node.test, state)
        yes = self._body(node.body, state)
        match node.orelse:
            case None:
                return merged(yes, state)
            case cst.If():
                return merged(yes, self.run([node.orelse], state))
            case _:
                return merged(yes, self._body(node.orelse.body, state))

    def _loop(self, node: cst.For | cst.While, state: State) -> State:
        if isinstance(node, cst.For):
            state = self._expression(node.iter, state)
        head: State = state
        while True:
            loop = _Loop()
            self._loops.append(loop)
            inside = self._expression(node.test if isinstance(node, cst.While) else node.target, head)
            end = self._body(node.body, inside)
            self._loops.pop()
            again = merged(state, end, *loop.continues)
            if again == head:
                break
            head = again
        endless = isinstance(node, cst.While) and isinstance(node.test, cst.Name) and node.test.value == "True"
        left: State = None if endless else inside if isinstance(node, cst.While) else head
        if node.orelse is not None and left is not None:
            left = self._body(node.orelse.body, left)
        return merged(left, *loop.breaks)

    def _try(self, node: cst.Try | cst.TryStar, state: State) -> State:
        with self._recorded(state) as everywhere:
            with self._recorded(state) as in_body:
                end = self._body(node.body, state)
            failed = merged(*in_body)
            if node.orelse is not None:
                end = self._body(node.orelse.body, end)
            ends = [end]
            for handler in node.handlers:
                caught = self._expression(handler.type, failed) if handler.type is not None else failed
                bound = self._expression(handler.name, caught) if handler.name is not None else caught
                ends.append(self._unset(handler, self._body(handler.body, bound)))
        after = merged(*ends)
        if node.finalbody is None:
            return after
        self._body(node.finalbody.body, merged(*everywhere, after))
        return self._body(node.finalbody.body, after) if after is not None else None

    def _with(self, node: cst.With, state: State) -> State:
        for item in node.items:
            state = self._expression(item, state)
        with self._recorded(state) as inside:
            end = self._body(node.body, state)
        return merged(end, *inside) if swallows_errors(node) else end

    def _unset(self, handler: cst.ExceptHandler | cst.ExceptStarHandler, state: State) -> State:
        """The name of a caught error is deleted at the end."""
        if state is None or handler.name is None or not isinstance(handler.name.name, cst.Name):
            return state
        return state - {handler.name.name.value}

    @contextmanager
    def _recorded(self, state: State) -> Generator[list[State]]:
        """The states at which an error may leave a block."""
        seen = [state]
        self._tries.append(seen)
        yield seen
        self._tries.pop()

    def _match(self, node: cst.Match, state: State) -> State:
        state = self._expression(node.subject, state)
        ends: list[State] = []
        complete = False
        for case in node.cases:
            inside = self._expression(case.pattern, state)
            if case.guard is not None:
                inside = self._expression(case.guard, inside)
            ends.append(self._body(case.body, inside))
            plain = isinstance(case.pattern, cst.MatchAs) and case.pattern.pattern is None
            complete = complete or (plain and case.guard is None)
        return merged(*ends) if complete else merged(*ends, state)

    # Expressions

    def _reads(self, node: cst.CSTNode, state: State) -> State:
        for occurrence in self.scopes.by_node.get(node, ()):
            if occurrence.use == "read":
                self._read(occurrence, state)
        return state

    def _read(self, occurrence: Occurrence, state: State) -> None:
        if state is not None and self.scopes.owner(occurrence) is self.scope:
            self.on_read(occurrence, state)

    def _expression(self, node: cst.CSTNode, state: State) -> State:
        match node:
            case cst.Name():
                return self._name(node, state)
            case cst.BooleanOperation():
                state = self._expression(node.left, state)
                self._expression(node.right, state)
                return state
            case cst.IfExp():
                state = self._expression(node.test, state)
                return merged(self._expression(node.body, state), self._expression(node.orelse, state))
            case cst.NamedExpr():
                return self._expression(node.target, self._expression(node.value, state))
            case cst.FunctionDef() | cst.ClassDef():
                for child in node.children:
                    if child is not node.name:
                        self._aside(child, state)
                return self._expression(node.name, state)
            case cst.Lambda() | cst.ListComp() | cst.SetComp() | cst.DictComp() | cst.GeneratorExp():
                self._aside(node, state)
                return state
        for child in node.children:
            state = self._expression(child, state)
        return state

    def _name(self, node: cst.Name, state: State) -> State:
        for occurrence in self.scopes.by_node.get(node, ()):
            if occurrence.use == "read":
                self._read(occurrence, state)
            elif state is not None and self.scopes.owner(occurrence) is self.scope:
                state = state - {node.value} if occurrence.use == "delete" else state | {node.value}
        return state

    def _aside(self, node: cst.CSTNode, state: State) -> None:
        """Reads in what runs later, or not for sure; nothing is certainly set by it."""
        for occurrence in self.scopes.by_node.get(node, ()):
            if occurrence.use == "read":
                self._read(occurrence, state)
        for child in node.children:
            self._aside(child, state)


def swallows_errors(node: cst.With) -> bool:
    """True for contexts that by their name go on after an error in their body."""
    called = (item.item.func for item in node.items if isinstance(item.item, cst.Call))
    names = (f.attr.value if isinstance(f, cst.Attribute) else getattr(f, "value", "") for f in called)
    return any(_SWALLOWS.search(str(name)) for name in names)


class _Loop:
    """The states at the ways out of a loop's body."""

    def __init__(self) -> None:
        self.breaks: list[State] = []
        self.continues: list[State] = []


def merged(*states: State) -> State:
    """What holds on all ways that come together here."""
    reached = [state for state in states if state is not None]
    return frozenset.intersection(*reached) if reached else None


class Definite(Flow):
    """Notes the state before each statement that is asked about."""

    def __init__(self, scopes: Scopes, scope: Scope, at: cst.CSTNode) -> None:
        super().__init__(scopes, scope)
        self._at = at
        self.found: State = None

    def on_statement(self, node: cst.CSTNode, state: State) -> State:
        """Meet the states of all ways that lead to the statement."""
        if node is self._at:
            self.found = merged(self.found, state)
        return state


class Incoming(Flow):
    """Notes which names are read before they are certainly set."""

    def __init__(self, scopes: Scopes, scope: Scope) -> None:
        super().__init__(scopes, scope)
        self.names: dict[str, Occurrence] = {}

    def on_read(self, occurrence: Occurrence, state: frozenset[str]) -> None:
        """Note the first read."""
        if occurrence.name not in state:
            self.names.setdefault(occurrence.name, occurrence)


class Outgoing(Flow):
    """Notes which names that some statements set are read later, before they are set again.

    The state is the set of names whose value is not from these statements.
    """

    def __init__(self, scopes: Scopes, scope: Scope, last: cst.CSTNode, bound: frozenset[str]) -> None:
        super().__init__(scopes, scope)
        self._last = last
        self._bound = bound
        self.names: set[str] = set()

    def after_statement(self, node: cst.CSTNode, state: State) -> State:
        """Behind the last of the statements their names have their values."""
        return state - self._bound if node is self._last and state is not None else state

    def on_read(self, occurrence: Occurrence, state: frozenset[str]) -> None:
        """Note a read."""
        if occurrence.name not in state:
            self.names.add(occurrence.name)
