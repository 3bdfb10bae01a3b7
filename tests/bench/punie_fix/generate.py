"""Making defects: random places of a package, kept when ty, ruff or a test notices; remembered by their seed."""

from __future__ import annotations

import hashlib
import inspect
import json
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from punie_semantic.diagnostics import Diagnostic
from punie_semantic.exceptions import ToolUnavailable
from tests.bench import machine
from tests.bench.punie_fix.defects import Defect, Noticed, Target, from_json
from tests.bench.punie_fix.kinds.kind import Kind
from tests.bench.punie_fix.kinds.table import KINDS
from tests.bench.punie_fix.module import Module, Mutation
from tests.bench.punie_fix.packages import PACKAGES, Package
from tests.bench.punie_fix.subject import Subject, news

STATIC_TRIES = 10
TEST_TRIES = 4
# Of the kinds that ty and ruff usually notice, these are at times noticed by tests only: untyped code, optional keys.
OTHER_TEST_TRIES = 2
ALSO_TESTED = frozenset(
    {
        *("misspelt-attribute", "misspelt-method", "misspelt-attribute-target", "missing-call", "called-property"),
        *("misspelt-key", "misspelt-dict-key", "misspelt-literal", "misnamed-keyword", "camel-case-attribute"),
        *("missing-guard", "missing-conjunct", "inverted-guard", "missing-default", "none-for-value"),
        *("missing-last-return", "return-without-value", "yield-for-return", "missing-await", "missing-decorator"),
    }
)
PLACES = {"static": 200, "tests": 24}
# A failing test takes long to make and long to mend: a kind is tried in every second package, or in every fourth.
EVERY, EVERY_OTHER = 2, 4
_SEVERITIES = ("error", "warning", "info")


@dataclass
class Made:
    """The defects of a package, and how many tries came to nothing: nobody noticed."""

    defects: list[Defect] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


class Maker:
    """Makes the defects of one package.

    Args:
        subject: the package.
        seed: equal seeds make equal defects.
        each: how many of a kind.
    """

    def __init__(self, subject: Subject, seed: int, each: int) -> None:
        self._subject = subject
        self._seed = seed
        self._each = each
        self._modules = {name: Module(text, random.Random()) for name, text in subject.originals.items()}
        self._before: dict[str, list[Diagnostic]] = {}

    async def make(self, kind: Kind, noticed: Noticed, made: Made) -> None:
        """Add defects of a kind that are noticed in a way; the first good ones of a random order."""
        if noticed == "static":
            places, tries = self._places(kind), STATIC_TRIES * self._each
        else:
            places = await self._tested_places(kind)
            tries = (TEST_TRIES if kind.logic else OTHER_TEST_TRIES) * self._each
        found = 0
        for file, mutation in places[: PLACES[noticed]]:
            if found == self._each or not tries:
                return
            if kind.logic and not self._modules[file].parses_with(mutation):
                continue  # nobody swaps an operator and thereby loses a parenthesis
            defect = await self._static(kind, file, mutation)
            if noticed == "tests":
                # What is noticed statically costs no try: nobody runs tests for it.
                if defect is not None:
                    continue
                defect = await self._tested(kind, file, mutation)
            tries -= 1
            if defect is None:
                made.dropped[kind.name] += 1
            else:
                made.defects.append(defect)
                found += 1

    async def _tested_places(self, kind: Kind) -> list[tuple[str, Mutation]]:
        """Those in lines that the tests run."""
        covered = await self._subject.covered()
        lines = {name: set(covered.get(name, ())) for name in self._modules}
        return [(name, m) for name, m in self._places(kind) if self._modules[name].line_at(m.start) in lines[name]]

    def _places(self, kind: Kind) -> list[tuple[str, Mutation]]:
        chance = random.Random(f"{self._seed}/{self._subject.package.name}/{kind.name}")
        places = []
        for name, module in self._modules.items():
            module.chance = chance
            places += [(name, m) for m in kind.seed(module) if module.text[m.start : m.end] != m.text]
        chance.shuffle(places)
        return places

    async def _static(self, kind: Kind, file: str, mutation: Mutation) -> Defect | None:
        defect = Defect(
            kind.name, self._subject.package.short, file, mutation.start, mutation.end, mutation.text, "static"
        )
        original = self._subject.originals[file]
        try:
            if file not in self._before:
                self._before[file] = await self._subject.problems(file, original)
            after = await self._subject.problems(file, defect.apply(original))
        except ToolUnavailable:
            return None
        fresh = sorted(news(after, self._before[file]), key=lambda d: _SEVERITIES.index(d.severity))
        if not fresh:
            return None
        return replace(defect, targets=tuple(Target.of(d) for d in fresh[:20]))

    async def _tested(self, kind: Kind, file: str, mutation: Mutation) -> Defect | None:
        defect = Defect(
            kind.name, self._subject.package.short, file, mutation.start, mutation.end, mutation.text, "tests"
        )
        failing = await self._subject.failing({file: defect.apply(self._subject.originals[file])})
        return replace(defect, failing=failing) if failing else None


async def defects_of(
    subject: Subject, noticed: Noticed, kinds: list[Kind], *, seed: int, each: int, thin: bool = True
) -> Made:
    """The defects of these kinds, from the cache where it has them; `thin` leaves most packages out for tests."""
    made, maker = Made(), None
    for kind in kinds:
        if noticed == "tests" and (not _is_tested(kind) or (thin and not _turn(kind, subject.package))):
            continue
        known = _known(subject.cache, subject.package, kind, noticed, seed, each)
        if not known.exists():
            maker = maker or await _maker(subject, seed, each)
            fresh = Made()
            await maker.make(kind, noticed, fresh)
            known.parent.mkdir(parents=True, exist_ok=True)
            known.write_text(json.dumps(_as_json(fresh, kind)))
        item = json.loads(known.read_bytes())
        made.defects += [from_json(defect) for defect in item["defects"]]
        made.dropped[kind.name] += item["dropped"]
    return made


def _is_tested(kind: Kind) -> bool:
    return kind.logic or kind.name in ALSO_TESTED


def _turn(kind: Kind, package: Package) -> bool:
    number = [*KINDS].index(kind.name) + PACKAGES.index(package)
    return number % (EVERY if kind.logic else EVERY_OTHER) == 0


async def _maker(subject: Subject, seed: int, each: int) -> Maker:
    await subject.put({})
    return Maker(subject, seed, each)


def _as_json(made: Made, kind: Kind) -> dict[str, Any]:
    return {"defects": [defect.as_json() for defect in made.defects], "dropped": made.dropped[kind.name]}


def _known(folder: Path, package: Package, kind: Kind, noticed: Noticed, seed: int, each: int) -> Path:
    """Its file; another for other versions of the checkers, or of the function that makes it."""
    source = inspect.getsource(kind.seed).encode()
    source += inspect.getsource(Module.parses_with).encode() if kind.logic else b""
    parts = [package.name, seed, each, hashlib.sha256(source).hexdigest(), *_tools()]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
    return folder / "defects" / package.short / f"{kind.name}-{noticed}-{key}.json"


@cache
def _tools() -> tuple[str, str]:
    tools = machine.describe()
    return tools["ty"], tools["ruff"]


def chosen(kinds: list[str], *, held_out: bool | None) -> list[Kind]:
    """The kinds of these names, all when there are none; only the held-out ones, only the others, or both."""
    named = [KINDS[name] for name in kinds] if kinds else list(KINDS.values())
    return [kind for kind in named if held_out is None or kind.held_out == held_out]
