"""All kinds of defects, by family."""

from __future__ import annotations

from tests.bench.punie_fix.kinds import (
    annotations,
    asynchrony,
    attributes,
    calls,
    classes,
    imports,
    lint,
    logic,
    names,
    optional,
    returns,
    syntax,
)
from tests.bench.punie_fix.kinds.kind import Kind

FAMILIES = {
    "names": names.KINDS,
    "imports": imports.KINDS,
    "attributes": attributes.KINDS,
    "calls": calls.KINDS,
    "asynchrony": asynchrony.KINDS,
    "None": optional.KINDS,
    "returns": returns.KINDS,
    "classes": classes.KINDS,
    "annotations": annotations.KINDS,
    "syntax": syntax.KINDS,
    "lint": lint.KINDS,
    "logic": logic.KINDS,
}
KINDS: dict[str, Kind] = {kind.name: kind for kinds in FAMILIES.values() for kind in kinds}
FAMILY = {kind.name: family for family, kinds in FAMILIES.items() for kind in kinds}
