"""`difflib` for programs: unified diffs, similar words, and the matcher behind them."""

from typing import Any


class SequenceMatcher:
    """Compare two sequences; the first argument, for junk, is not used."""

    def __init__(self, isjunk: Any = None, a: Any = "", b: Any = "", autojunk: bool = True) -> None:  # noqa: ANN401
        self.a = a
        self.b = b
        self._blocks: list[tuple[int, int, int]] | None = None
        self._where: dict[Any, list[int]] = {}
        for number, item in enumerate(b):
            self._where.setdefault(item, []).append(number)
        if autojunk and len(b) >= 200:
            most = len(b) // 100 + 1
            self._where = {item: places for item, places in self._where.items() if len(places) <= most}

    def find_longest_match(self, alo: int, ahi: int, blo: int, bhi: int) -> tuple[int, int, int]:
        """The longest equal part of two ranges: its starts and its size."""
        best, at_a, at_b = 0, alo, blo
        lengths: dict[int, int] = {}
        for i in range(alo, ahi):
            new: dict[int, int] = {}
            for j in self._where.get(self.a[i], []):
                if blo <= j < bhi:
                    size = lengths.get(j - 1, 0) + 1
                    new[j] = size
                    if size > best:
                        best, at_a, at_b = size, i - size + 1, j - size + 1
            lengths = new
        while at_a > alo and at_b > blo and self.a[at_a - 1] == self.b[at_b - 1]:
            best, at_a, at_b = best + 1, at_a - 1, at_b - 1
        while at_a + best < ahi and at_b + best < bhi and self.a[at_a + best] == self.b[at_b + best]:
            best = best + 1
        return (at_a, at_b, best)

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        """All equal parts, in order, and an empty one at the end."""
        if self._blocks is not None:
            return self._blocks
        found: list[tuple[int, int, int]] = []
        ranges = [(0, len(self.a), 0, len(self.b))]
        while ranges:
            alo, ahi, blo, bhi = ranges.pop()
            i, j, size = self.find_longest_match(alo, ahi, blo, bhi)
            if size:
                found.append((i, j, size))
                if alo < i and blo < j:
                    ranges.append((alo, i, blo, j))
                if i + size < ahi and j + size < bhi:
                    ranges.append((i + size, ahi, j + size, bhi))
        blocks: list[tuple[int, int, int]] = []
        for i, j, size in sorted(found):
            if blocks and blocks[-1][0] + blocks[-1][2] == i and blocks[-1][1] + blocks[-1][2] == j:
                blocks[-1] = (blocks[-1][0], blocks[-1][1], blocks[-1][2] + size)
            else:
                blocks.append((i, j, size))
        blocks.append((len(self.a), len(self.b), 0))
        self._blocks = blocks
        return blocks

    def get_opcodes(self) -> list[tuple[str, int, int, int, int]]:
        """How the first becomes the second: equal, replace, delete and insert."""
        codes: list[tuple[str, int, int, int, int]] = []
        i = j = 0
        for at_a, at_b, size in self.get_matching_blocks():
            if i < at_a and j < at_b:
                codes.append(("replace", i, at_a, j, at_b))
            elif i < at_a:
                codes.append(("delete", i, at_a, j, at_b))
            elif j < at_b:
                codes.append(("insert", i, at_a, j, at_b))
            if size:
                codes.append(("equal", at_a, at_a + size, at_b, at_b + size))
            i, j = at_a + size, at_b + size
        return codes

    def ratio(self) -> float:
        """How alike the two are, from 0 to 1."""
        total = len(self.a) + len(self.b)
        same = sum([size for _, _, size in self.get_matching_blocks()])
        return 2.0 * same / total if total else 1.0

    def quick_ratio(self) -> float:
        """The same as `ratio`."""
        return self.ratio()


def get_close_matches(word: str, possibilities: list[str], n: int = 3, cutoff: float = 0.6) -> list[str]:
    """The words most like a word, best first."""
    scored = []
    for candidate in possibilities:
        total = len(word) + len(candidate)
        if total and 2.0 * min(len(word), len(candidate)) / total >= cutoff:
            score = SequenceMatcher(None, candidate, word).ratio()
            if score >= cutoff:
                scored.append((score, candidate))
    return [candidate for _, candidate in sorted(scored, reverse=True)[:n]]


def _grouped(codes: list[tuple[str, int, int, int, int]], n: int) -> list[list[tuple[str, int, int, int, int]]]:
    """The changes with `n` equal lines around them."""
    if codes and codes[0][0] == "equal":
        tag, i1, i2, j1, j2 = codes[0]
        codes = [(tag, max(i1, i2 - n), i2, max(j1, j2 - n), j2), *codes[1:]]
    if codes and codes[-1][0] == "equal":
        tag, i1, i2, j1, j2 = codes[-1]
        codes = [*codes[:-1], (tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n))]
    groups: list[list[tuple[str, int, int, int, int]]] = []
    group: list[tuple[str, int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in codes:
        if tag == "equal" and i2 - i1 > 2 * n:
            group.append((tag, i1, min(i2, i1 + n), j1, min(j2, j1 + n)))
            groups.append(group)
            group = [(tag, max(i1, i2 - n), i2, max(j1, j2 - n), j2)]
        else:
            group.append((tag, i1, i2, j1, j2))
    if group and not (len(group) == 1 and group[0][0] == "equal"):
        groups.append(group)
    return groups


def _span(start: int, stop: int) -> str:
    size = stop - start
    if size == 1:
        return str(start + 1)
    return f"{start + 1 if size else start},{size}"


def unified_diff(
    a: list[str],
    b: list[str],
    fromfile: str = "",
    tofile: str = "",
    fromfiledate: str = "",
    tofiledate: str = "",
    n: int = 3,
    lineterm: str = "\n",
) -> list[str]:
    """The lines of a unified diff."""
    lines: list[str] = []
    for group in _grouped(SequenceMatcher(None, a, b).get_opcodes(), n):
        if not lines:
            lines.append("--- " + fromfile + ("\t" + fromfiledate if fromfiledate else "") + lineterm)
            lines.append("+++ " + tofile + ("\t" + tofiledate if tofiledate else "") + lineterm)
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@{lineterm}")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines.extend([" " + line for line in a[i1:i2]])
            else:
                lines.extend(["-" + line for line in a[i1:i2]])
                lines.extend(["+" + line for line in b[j1:j2]])
    return lines
