"""docs/architecture.md names every module, and README and docs hold together."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("punie_ls", "agent/punie_agent", "semantic/punie_semantic", "training/punie_training")
# Projects that are worked on, not modules of ours.
SAMPLES = {"bookshop", "sample_project"}


def modules() -> list[str]:
    found = []
    for package in PACKAGES:
        folder = ROOT / package
        names = (p.relative_to(folder) for p in sorted(folder.rglob("*.py")) if p.name != "__init__.py")
        ours = (n for n in names if not SAMPLES & set(n.parts))
        found += [f"{package}:{n.with_suffix('').as_posix()}" for n in ours]
    return found


@pytest.mark.parametrize("module", modules())
def test_every_module_is_in_the_architecture_page(module: str) -> None:
    package, _, name = module.partition(":")
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition(f"### `{package.rpartition('/')[2]}`")[2].partition("\n### ")[0]

    assert f"| `{name}` |" in section


def test_the_architecture_page_names_no_module_that_is_gone() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}

    assert named == {module.partition(":")[2] for module in modules()}


PAGES = ["README.md", *(str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("docs/*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [part.partition(")")[0].partition("#")[0] for part in text.split("](")[1:]]

    missing = [t for t in targets if t and "://" not in t and not (ROOT / page).parent.joinpath(t).exists()]
    assert missing == []
