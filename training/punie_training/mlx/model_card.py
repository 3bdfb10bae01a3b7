"""The README of an exported adapter or model: base, data, metrics, licences, and how to load it. Writes no files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from punie_training.mlx.base_models import BaseModel
from punie_training.mlx.origins import UNKNOWN, base_licence, origin

_SETTINGS = ("fine_tune_type", "rank", "scale", "learning_rate", "schedule", "iters", "batch_size", "optimizer")


def adapter_card(
    name: str, config: Mapping[str, Any], base: Path, metrics: Mapping[str, Any], versions: Mapping[str, str]
) -> str:
    """The card of an adapter; `config` is its adapter_config.json, `base` the folder of its base."""
    own = config.get("punie") or {}
    settings = own.get("config") or {**config, **config.get("lora_parameters", {})}
    licence = base_licence(base)
    parts = [
        _front(licence, base.name),
        f"# {name}\n\nAn adapter that makes {base.name or 'its base'} write programs for Punie's tools.",
        "## Base\n\n" + _bullets({"Model": base.name or UNKNOWN, "Licence": licence, "Fingerprint": own.get("base")}),
        "## Data\n\n" + _data(own.get("data")),
        "## Settings\n\n" + _bullets({**{key: settings.get(key) for key in _SETTINGS}, "seed": own.get("seed")}),
        "## Metrics\n\n" + _metrics(metrics),
        "## Load it\n\n```console\n$ mlx_lm.server --model BASE --adapter-path THIS_FOLDER\n```\n\n"
        "BASE is the folder of the base that is named above; with other weights the adapter does not work.",
        _licences(licence),
        _versions(versions),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def model_card(name: str, model: BaseModel, base: Path, metrics: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """The card of a model; `base` is the folder of the model that it was made from."""
    licence = base_licence(base)
    noted = origin(model.folder)
    facts = {
        "Made from": noted.get("base"),
        "Adapter": noted.get("adapter"),
        "Kind": model.model_type,
        "Parameters": f"{model.parameters:,}",
        "Weights": f"{model.bits} bits" if model.bits else "not quantized",
        "Licence of the base": licence,
    }
    parts = [
        _front(licence, ""),
        f"# {name}\n\nA model that writes programs for Punie's tools.",
        "## Model\n\n" + _bullets(facts),
        "## Metrics\n\n" + _metrics(metrics),
        "## Load it\n\n```console\n$ mlx_lm.server --model THIS_FOLDER\n```",
        _licences(licence),
        _versions(versions),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front(licence: str, base: str) -> str:
    lines = ["library_name: mlx", "tags: [punie, mlx]"]
    if base:
        lines.append(f"base_model: {base}")
    if licence != UNKNOWN and not licence.startswith("see "):
        lines.append(f"license: {licence}")
    return "\n".join(("---", *lines, "---"))


def _data(data: Mapping[str, Any] | None) -> str:
    if not data:
        return "The adapter does not say what it was trained on."
    counts = ", ".join(f"{count} {split}" for split, count in data.get("examples", {}).items())
    text = _bullets({"Examples": counts, "Hash": data.get("hash")})
    licences = data.get("licences") or {}
    rows = "\n".join(f"| {source} | {licence} |" for source, licence in licences.items())
    return f"{text}\n\n| source | licence |\n|---|---|\n{rows}" if rows else f"{text}\n\nIts sources are not known."


def _metrics(metrics: Mapping[str, Any]) -> str:
    if not metrics:
        return "Not evaluated: `punie-ls eval --model FOLDER` does."
    rows = "\n".join(f"| {name} | {_figure(value)} |" for name, value in sorted(metrics.items()))
    return f"| metric | value |\n|---|---|\n{rows}"


def _licences(licence: str) -> str:
    if licence == UNKNOWN:
        return "## Licence\n\nThe base's files name no licence. Find out what it allows before this is passed on."
    return (
        "## Licence\n\n"
        f"What is made from the base is bound by its licence ({licence}); its texts and notices are beside this file "
        "where the base had them. The data's licences are those above."
    )


def _versions(versions: Mapping[str, str]) -> str:
    return "## Made with\n\n" + _bullets(dict(sorted(versions.items()))) if versions else ""


def _bullets(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"- {name}: {_figure(value)}" for name, value in facts.items() if value not in (None, ""))


def _figure(value: Any) -> str:  # noqa: ANN401 - whatever was measured
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value).replace("\n", " ").replace("|", "\\|")
