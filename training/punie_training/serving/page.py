"""The table of docs/choosing-a-model.md: which model for how much memory, computed by the formulas of `model fit`.

`python -m punie_training.serving.page` prints it, `--write FILE` puts it into a page between its two marks.
"""

from __future__ import annotations

import sys
from pathlib import Path

from punie_training.mlx.config import LoraConfig
from punie_training.mlx.machine import GIB
from punie_training.serving.fitting import (
    CONTEXT,
    EXAMPLE_TOKENS,
    Fit,
    apple_budget,
    fit_serving,
    fit_training,
    longest_context,
)
from punie_training.serving.known_models import KNOWN, KnownModel
from punie_training.serving.weights import published_shape

MEMORIES = (8, 16, 32, 64)
# A Mac's own programs, an editor and ty need the rest of what macOS would give.
SHARE = 0.85
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
# Eight bits cost the most memory and the least quality; a LoRA was seen to survive five bits, and not four.
WIDTHS = (8, 5, 4)
_OPEN = "Apache-2.0"


def best_for_serving(budget: int, context: int = CONTEXT) -> tuple[KnownModel, int, Fit] | None:
    """The largest model that fits, at the widest weights that fit."""
    for model in reversed(_usable()):
        for bits in WIDTHS:
            found = fit_serving(published_shape(model, bits), budget, context)
            if found.fits:
                return model, bits, found
    return None


def best_for_training(budget: int) -> tuple[KnownModel, int, Fit] | None:
    """The largest dense model that LoRA fits, unquantized where that fits too."""
    for model in reversed(_usable()):
        for bits in (16, 8, 5, 4):
            found = fit_training(published_shape(model, bits), budget, light_config())
            if found.fits and not model.experts:
                return model, bits, found
    return None


def light_config() -> LoraConfig:
    """The settings that the table is computed with."""
    return LoraConfig(rank=8, batch_size=1, grad_checkpoint=True)


def table() -> str:
    """The table and what each model takes, as Markdown."""
    return "\n".join([*_recommendations(), "", *_needs()])


def page_with(text: str) -> str:
    """A page with the table as it is computed now.

    Raises:
        ValueError: the page has no marks.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main(arguments: list[str]) -> None:
    """Print the table, or put it into a page."""
    if arguments[:1] == ["--write"]:
        path = Path(arguments[1])
        path.write_text(page_with(path.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(table() + "\n")


def _usable() -> list[KnownModel]:
    return sorted((model for model in KNOWN if model.licence == _OPEN), key=lambda model: model.parameters)


def _recommendations() -> list[str]:
    rows = ["| memory | for a model | to serve | takes | longest conversation | to train with LoRA | takes |"]
    rows.append("|---|---|---|---|---|---|---|")
    for memory in MEMORIES:
        budget = int(apple_budget(memory * GIB) * SHARE)
        served, trained = best_for_serving(budget), best_for_training(budget)
        cells = [f"{memory} GB", _gib(budget)]
        if served:
            model, bits, found = served
            longest = longest_context(published_shape(model, bits), budget)
            cells += [f"{model.name}, {bits} bits", _gib(found.need.total), f"{longest:,} tokens"]
        else:
            cells += ["none", "", ""]
        cells += [f"{trained[0].name}, {trained[1]} bits", _gib(trained[2].need.total)] if trained else ["none", ""]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _needs() -> list[str]:
    rows = [
        "| model | parameters | weights at 4 / 5 / 8 / 16 bits | 1,000 tokens of conversation"
        f" | LoRA at 4 bits, {EXAMPLE_TOKENS} tokens | licence |",
        "|---|---|---|---|---|---|",
    ]
    for model in sorted(KNOWN, key=lambda each: each.parameters):
        weights = " / ".join(_gib(published_shape(model, bits).weight_bytes) for bits in (4, 5, 8, 16))
        shape = published_shape(model, 4)
        training = fit_training(shape, 0, light_config()).need.total
        size = f"{model.parameters / 1e9:.2f}B"
        if model.experts:
            size += f", {model.active / 1e9:.1f}B active"
        cache = f"{shape.cache_bytes(1000) / (1 << 20):.0f} MiB"
        rows.append(f"| {model.name} | {size} | {weights} | {cache} | {_gib(training)} | {model.licence} |")
    return rows


def _gib(number: int) -> str:
    return f"{number / GIB:.1f} GiB"


if __name__ == "__main__":
    main(sys.argv[1:])
