"""Scenes for operators: a text, with evidence and what a run saw where a test needs them."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from punie_semantic.fixing.candidate import applied
from punie_semantic.fixing.mutations.evidence import Evidence
from punie_semantic.fixing.mutations.scene import Observed, Scene
from punie_semantic.fixing.mutations.table import OPERATORS


def scene(
    text: str,
    *facts: str,
    raised: str = "AssertionError",
    expected_error: str = "",
    pairs: tuple[tuple[object, object], ...] = (),
    scopes: Mapping[int, Mapping[str, str]] | None = None,
    members: Mapping[str, Mapping[str, str]] | None = None,
    keys: Mapping[int, Mapping[str, list[str]]] | None = None,
) -> Scene:
    """A scene of the file app.py."""
    evidence = Evidence(raised, "", (), pairs, None, expected_error, frozenset(facts))
    observed = Observed(
        {("app.py", line): names for line, names in (scopes or {}).items()},
        members or {},
        {("app.py", line): names for line, names in (keys or {}).items()},
    )
    return Scene("app.py", text, evidence, observed)


def texts(where: Scene, operator: str) -> list[str]:
    """What an operator makes of a text, in its order."""
    chosen = next(o for o in OPERATORS if o.name == operator)
    nodes = [node for node in ast.walk(where.tree.module) if isinstance(node, chosen.nodes)]
    return [applied(where.text, mutation.edits) for node in nodes for mutation in chosen.propose(where, node)]
