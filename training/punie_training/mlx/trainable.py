"""Which parameters a run would train, counted from the names and shapes of a base's tensors. Imports no mlx."""

from __future__ import annotations

import re

from punie_training.exceptions import RunError
from punie_training.mlx.base_models import BaseModel, Tensor
from punie_training.mlx.config import ALL_LAYERS, LoraConfig

_LAYER = re.compile(r"(?:^|\.)layers\.(\d+)\.(.+)$")


def trainable_parameters(base: BaseModel, config: LoraConfig) -> int:
    """How many numbers are trained.

    Raises:
        RunError: no module of the base has one of the configuration's `keys`, or it has fewer layers than asked for.
    """
    check_layers(base, config)
    if config.fine_tune_type == "full":
        return sum(
            tensor.size
            for name, tensor in base.tensors.items()
            if (layer := _layer(name)) is not None and layer >= _first_layer(base, config)
        )
    modules = adapted_modules(base, config)
    if not modules:
        some = ", ".join(sorted({_short(name) for name in base.tensors if name.endswith(".weight")})[:12])
        raise RunError(f"No module of {base.folder} is called {', '.join(config.keys)}: `keys` may name {some}.")
    extra = 1 if config.fine_tune_type == "dora" else 0
    return sum(config.rank * sum(module_shape(base, name)) + extra * module_shape(base, name)[0] for name in modules)


def adapted_modules(base: BaseModel, config: LoraConfig) -> list[str]:
    """The names of the modules that get an adapter: in the chosen layers, or anywhere when a key is a whole name."""
    first, chosen = _first_layer(base, config), []
    for name, tensor in base.tensors.items():
        module, _, kind = name.rpartition(".")
        if kind != "weight" or len(tensor.shape) < 2:
            continue
        layer = _layer(name)
        if layer is None:
            if module in config.keys:
                chosen.append(module)
        elif layer >= first and (not config.keys or _short(name) in config.keys):
            chosen.append(module)
    return chosen


def module_shape(base: BaseModel, module: str) -> tuple[int, int]:
    """Outputs and inputs of a linear module, unpacked when it is quantized; experts count as outputs."""
    tensor: Tensor = base.tensors[f"{module}.weight"]
    outputs, inputs = tensor.size // tensor.shape[-1], tensor.shape[-1]
    packed = base.bits and f"{module}.scales" in base.tensors
    return outputs, inputs * 32 // base.bits if packed and base.bits else inputs


def check_layers(base: BaseModel, config: LoraConfig) -> None:
    """Raises RunError when the base has fewer layers than the configuration asks for."""
    if config.num_layers > base.layers:
        raise RunError(
            f"num_layers is {config.num_layers}, but {base.folder} has {base.layers} layers: "
            f"set it to at most {base.layers}, or to -1 for all of them."
        )


def _first_layer(base: BaseModel, config: LoraConfig) -> int:
    return 0 if config.num_layers == ALL_LAYERS else base.layers - config.num_layers


def _layer(name: str) -> int | None:
    found = _LAYER.search(name)
    return int(found[1]) if found else None


def _short(name: str) -> str:
    """A module's name as `keys` has it: within its layer, or whole."""
    found = _LAYER.search(name)
    return (found[2] if found else name).rpartition(".")[0]
