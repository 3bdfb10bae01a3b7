"""Draws requests from templates and the things that their programs hold for, into splits that share nothing.

The test split has held-out phrasings alone; the validation split has things, or phrasings, that training lacks.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from punie_semantic.templates import CONTRASTS, WORKFLOWS, Template, fill
from punie_training.building.manners import COUNT, chosen, plain, said
from punie_training.building.trying import Tried, Verdict
from punie_training.dataset import SPLITS, Example, Provenance, Split, example_of

# Examples of a tool in each split, for each thing that a template is told about.
PER_TOOL: dict[Split, float] = {"train": 8.0, "valid": 1.0, "test": 1.2}
FEWEST_TEST = 6
FEWEST_ROWS = 4
VALID_PART = 6
LICENCE = "MIT"
# A split is drawn when the ones that it must not repeat are there.
_ORDER: tuple[Split, ...] = ("test", "valid", "train")

Side = Sequence[Tried]
Asked = tuple[str, Tried, int]


def quota(group: Sequence[Template], split: Split, per_template: int) -> int:
    """How many examples of a split one template of a group gives; groups that are no tool give half as many."""
    whole = group[0].source not in (WORKFLOWS, CONTRASTS) or group[0].verbatim
    part = 1.0 if whole else 0.5
    fewest = FEWEST_TEST * part if split == "test" else 1
    return max(1, math.ceil(max(fewest, PER_TOOL[split] * per_template * part) / len(group)))


def rows_wanted(group: Sequence[Template], template: Template, per_template: int) -> int:
    """How many things a template should be told about, so that its share of each split can be drawn."""
    if template.over == "once":
        return 1
    train = max(per_template, math.ceil(quota(group, "train", per_template) / len(template.phrasings)))
    return train + max(1, train // VALID_PART)


class Drawer:
    """Draws from one group after the other, and never the same request twice.

    Attributes:
        repeated: how many requests were left out because another template has them too.
    """

    def __init__(self, seed: int, per_template: int, project: str) -> None:
        self._seed = seed
        self._per_template = per_template
        self._project = project
        self._queries: set[str] = set()
        self._owners: dict[str, tuple[str, Split]] = {}
        self.repeated = 0

    def programs(self, group: Sequence[Template], kept: Sequence[Side]) -> dict[Split, list[Example]]:
        """Examples whose answers are programs.

        Args:
            group: all templates of a tool, or of a workflow or contrast.
            kept: for each of them the programs that hold.
        """
        found: dict[Split, list[Example]] = {split: [] for split in SPLITS}
        for sides in _sides(group, kept):
            for split in _ORDER if sides[0] else ():
                name = sides[0][0].template.name
                chooser = random.Random(f"{self._seed} {name} {split}")  # noqa: S311 - nothing secret
                wanted = quota(group, split, self._per_template)
                requests = self._new(_requests(sides, split, chooser), split)
                found[split] += [self._example(*one) for asked in islice(requests, wanted) for one in asked]
        return found

    def answers(self, templates: Sequence[Template], counts: dict[Split, int]) -> dict[Split, list[Example]]:
        """Examples whose answers are words: as many of each split as are asked for, if there are so many."""
        found: dict[Split, list[Example]] = {}
        for split in _ORDER:
            chooser = random.Random(f"{self._seed} answers {split}")  # noqa: S311 - nothing secret
            sides = [(_as_tried(template),) for template in chooser.sample(list(templates), len(templates))]
            columns = zip_longest(*(self._new(_requests((side,), split, chooser), split) for side in sides))
            asked = (one for column in columns for requests in column if requests for one in requests)
            found[split] = [self._example(*one) for one in islice(asked, counts[split])]
        return found

    def _new(self, requests: Iterator[list[Asked]], split: Split) -> Iterator[list[Asked]]:
        """Those that nobody has asked yet; those of a contrast only together."""
        for asked in requests:
            queries = [" ".join(query.casefold().split()) for query, _, _ in asked]
            owners = {plain(query): (tried.template.name, split) for query, tried, _ in asked}
            if any(self._owners.get(key, owner) != owner for key, owner in owners.items()) or len(owners) < len(asked):
                self.repeated += 1
                continue
            if any(query in self._queries for query in queries):  # said in a manner that changes nothing here
                continue
            self._queries.update(queries)
            self._owners |= owners
            yield asked

    def _example(self, query: str, tried: Tried, number: int) -> Example:
        template, verdict = tried.template, tried.verdict
        owner = template.group if template.source == CONTRASTS else template.name
        provenance = Provenance.model_validate(
            {
                "category": template.category,
                "source": "templates",
                "licence": LICENCE,
                "template": template.name,
                "project": "" if template.answer else self._project,
                "tools": verdict.tools,
                "outcome": "stated" if template.answer else "executed",
                "split_key": f"{owner}/{number}",
                "result": verdict.result,
            }
        )
        return example_of(query, provenance, program=tried.program, words=template.answer)


def _as_tried(template: Template) -> Tried:
    """Words, as if they were a program that holds."""
    return Tried(template, {}, "", Verdict(""), reused=False)


def _sides(group: Sequence[Template], kept: Sequence[Side]) -> list[tuple[Side, ...]]:
    """The templates one by one; the two of a contrast together, about the things that hold for both."""
    if group[0].source != CONTRASTS:
        return [(side,) for side in kept]
    rows = [{repr(tried.row): tried for tried in side} for side in kept]
    both = [key for key in rows[0] if all(key in other for other in rows)]
    return [tuple([side[key] for key in both] for side in rows)]


def _requests(sides: Sequence[Side], split: Split, chooser: random.Random) -> Iterator[list[Asked]]:
    """All requests of a split, the different ones first: each phrasing with each thing, then in other manners."""
    numbers, rows = _shares(sides, split)
    for manner in range(1 if sides[0][0].template.verbatim else COUNT):
        for shift in range(len(rows)):
            for i, number in enumerate(numbers):
                row = rows[(i + shift) % len(rows)]
                yield [_asked(side[row], split, number, manner, chooser, varied=len(rows) > 1) for side in sides]


def _asked(tried: Tried, split: Split, number: int, manner: int, chooser: random.Random, *, varied: bool) -> Asked:
    """One request; training hears of several things in several manners from the beginning."""
    held_out = split == "test"
    text = (tried.template.held_out if held_out else tried.template.phrasings)[number]
    varied = varied and split == "train" and not manner and not tried.template.verbatim
    spoken = chosen(text, chooser) if varied else said(text, manner)
    return fill(spoken, tried.row), tried, (number + len(tried.template.phrasings) if held_out else number)


def _shares(sides: Sequence[Side], split: Split) -> tuple[list[int], list[int]]:
    """The phrasings and the things, by their numbers, that a split has."""
    template, count = sides[0][0].template, len(sides[0])
    phrasings, rows = list(range(len(template.phrasings))), list(range(count))
    if split == "test":
        return list(range(min(len(side[0].template.held_out) for side in sides))), rows
    if count >= FEWEST_ROWS:
        last = count - max(1, count // VALID_PART)
        return phrasings, rows[last:] if split == "valid" else rows[:last]
    if len(phrasings) < FEWEST_ROWS:  # too few of both: nothing is left for validation
        return phrasings if split == "train" else [], rows
    return phrasings[-1:] if split == "valid" else phrasings[:-1], rows
