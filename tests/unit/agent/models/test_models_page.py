"""docs/models.md is true: its settings can be set, its specs mean something, its sentences are ours."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from punie_agent.models import adapter_choice, adapter_server, failures, opening, specs, tolerant
from punie_agent.models.adapters import read_adapter
from punie_agent.models.discovery import USUAL_PORTS
from punie_agent.models.limits import ModelOptions, read_options
from punie_agent.models.specs import parse_specs
from punie_semantic.settings import layer_of

PAGE = (Path(__file__).parents[4] / "docs/models.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.S)


@pytest.mark.parametrize("block", BLOCKS)
def test_its_settings_can_be_set(block: str) -> None:
    layer = layer_of("docs/models.md", tomllib.loads(block))

    assert layer.problems == ()
    assert layer.values


def test_its_options_are_all_there_are() -> None:
    table = next(tomllib.loads(block)["model-options"] for block in BLOCKS if "model-options" in block)

    read_options(table)
    assert set(table) == set(ModelOptions.__struct_encode_fields__)


def test_its_adapter_can_be_started() -> None:
    adapters = next(tomllib.loads(block)["adapters"] for block in BLOCKS if "[adapters" in block)

    assert read_adapter(adapters, "mine").draft_model == "~/models/qwen3-0.6b-4bit"


def test_its_specs_are_understood() -> None:
    rows = re.findall(r'^\| `(\[?"[^`]+)` \|', PAGE, flags=re.M)
    kinds = [spec.kind for row in rows for spec in parse_specs(tomllib.loads(f"model = {row}")["model"])]

    assert kinds == ["builtin", "local", "local", "http", "adapter", "adapter", "provider", "builtin", "local"]


def test_its_ports_are_the_ones_that_are_asked() -> None:
    shown = {int(port) for port in re.findall(r"\| (\d{4,5}) \|$", PAGE, flags=re.M)}

    assert shown <= {port for port, _ in USUAL_PORTS}
    assert len(shown) == 4


def test_its_sentences_are_ours() -> None:
    modules = (failures, adapter_choice, adapter_server, opening, specs, tolerant)
    source = " ".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in modules)
    rows = re.findall(r"^\| (.+?) \|", PAGE.partition("## Troubleshooting")[2], flags=re.M)[1:-1]
    joined = re.sub(r'"\s*f?"', "", source)
    for row in rows:
        for part in re.split(r"…|\d+ s|;|mlx_lm\.server", row):
            assert part.strip() in joined, row
