"""What stands twice in a dataset, or in a form in two splits: a test set that was trained on says nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from punie_training.curating.reading import Finding, Level, Row
from punie_training.dataset import Example

MOST_NAMED = 3


def leaks(rows: Sequence[Row]) -> list[Finding]:
    """Findings about equal examples, equal queries, and templates or keys that stand in train and in test."""
    return [*_equal(rows), *_queries(rows), *_shared(rows)]


def query_key(example: Example) -> str:
    """Queries with the same key are the same: capitals, spaces and a mark at the end make no difference."""
    return " ".join(example.query.casefold().split()).rstrip(" .?!")


def _equal(rows: Sequence[Row]) -> list[Finding]:
    found = []
    for same in _groups(rows, lambda row: row.example.hash):
        across = len({row.split for row in same}) > 1
        level: Level = "error" if across else "warning"
        rule = "leak" if across else "repeated"
        found.append(Finding(level, rule, same[1].place, f"It is the same example as {_places(same, but=same[1])}."))
    return found


def _queries(rows: Sequence[Row]) -> list[Finding]:
    """The same query with another answer: in two splits a leak, in one of them something that cannot be learnt."""
    found = []
    for same in _groups(rows, lambda row: query_key(row.example)):
        if len({row.example.hash for row in same}) == 1:
            continue
        first = same[0]
        other = next(row for row in same if row.example.hash != first.example.hash)
        if len({row.split for row in same}) > 1:
            said = f"Its query stands in another split, too: {_places(same, but=other)}."
            found.append(Finding("error", "leak", other.place, said))
        elif other.example.answer != first.example.answer:
            said = f"Its query has another answer in {_places(same, but=other)}."
            found.append(Finding("warning", "conflict", other.place, said))
    return found


def _shared(rows: Sequence[Row]) -> list[Finding]:
    """Templates and split keys of the test set that are trained on."""
    found = []
    for name, key in (("template", _template), ("split key", _split_key)):
        trained = {key(row) for row in rows if row.split == "train"} - {""}
        tested: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.split == "test" and key(row) in trained:
                tested[key(row)].append(row)
        for value, same in sorted(tested.items()):
            said = f"{len(same)} examples of the {name} {value} are in test, and others of it in train."
            found.append(Finding("warning", "leak", same[0].place, said))
    return found


def _template(row: Row) -> str:
    return "" if row.example.provenance.split_key else row.example.provenance.template


def _split_key(row: Row) -> str:
    return row.example.provenance.split_key


def _groups(rows: Iterable[Row], key: Callable[[Row], str]) -> list[list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _places(rows: Sequence[Row], *, but: Row) -> str:
    places = [row.place for row in rows if row is not but]
    more = f" and {len(places) - MOST_NAMED} more" if len(places) > MOST_NAMED else ""
    return ", ".join(places[:MOST_NAMED]) + more
