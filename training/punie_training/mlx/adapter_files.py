"""An adapter's folder, and whether it belongs to a base: told by its names and shapes, and by what it says of its base.

Reads heads of files alone; imports no mlx.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from punie_training.exceptions import AdapterError, BaseModelError
from punie_training.mlx.base_models import BaseModel, Tensor, fingerprint, read_base, read_head
from punie_training.mlx.trainable import module_shape

WEIGHTS = "adapters.safetensors"
CONFIG = "adapter_config.json"
_SHOWN = 2


def check_adapter(base: Path, adapter: Path, *, other_base: bool = False) -> dict[str, Any]:
    """The adapter's configuration, when it can be used with a base.

    Args:
        base: the folder of the base.
        adapter: the folder of the adapter.
        other_base: whether a base of the same shapes will do, such as the same model quantized.

    Raises:
        BaseModelError: the base is no model.
        AdapterError: the adapter is not whole, or for another base.
    """
    config, tensors, model = read_adapter_config(adapter), read_adapter_tensors(adapter), read_base(base)
    wrong = [text for name, tensor in tensors.items() if (text := _mismatch(model, name, tensor))]
    if wrong:
        more = f", and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        raise AdapterError(
            f"{adapter} is for another base than {base}: {'; '.join(wrong[:_SHOWN])}{more}. {_trained_on(config)}"
        )
    expected = config.get("punie", {}).get("base")
    if expected and not other_base and expected != fingerprint(base):
        raise AdapterError(
            f"{adapter} was trained on other weights than those of {base}, though of the same shapes. "
            f"{_trained_on(config)} If it is the same model in another precision, pass --other-base."
        )
    return config


def read_adapter_config(adapter: Path) -> dict[str, Any]:
    """adapter_config.json. Raises AdapterError."""
    path = adapter / CONFIG
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AdapterError(f"{adapter} has no {CONFIG}: it is not the folder of an adapter.") from error
    except (OSError, ValueError) as error:
        raise AdapterError(f"{path} cannot be read ({error}): train the adapter again.") from error
    if not isinstance(config, dict):
        raise AdapterError(f"{path} is not a JSON object: train the adapter again.")
    return config


def read_adapter_tensors(adapter: Path) -> dict[str, Tensor]:
    """The tensors of adapters.safetensors. Raises AdapterError."""
    path = adapter / WEIGHTS
    if not path.is_file():
        raise AdapterError(f"{adapter} has no {WEIGHTS}: its training has not ended well.")
    try:
        return read_head(path)
    except BaseModelError as error:
        raise AdapterError(f"{path} is damaged: {error}") from error


def _mismatch(base: BaseModel, name: str, tensor: Tensor) -> str:
    """What is wrong with one tensor; "" is nothing."""
    module, _, kind = name.rpartition(".")
    if kind not in ("lora_a", "lora_b", "m"):
        own = base.tensors.get(name)
        if own is None:
            return f"it has no {name}"
        return "" if own.shape == tensor.shape else f"{name} is {own.shape} there and {tensor.shape} here"
    if f"{module}.weight" not in base.tensors:
        return f"it has no {module}"
    sizes = module_shape(base, module)
    if len(tensor.shape) > 2:
        return ""
    size = {"lora_a": tensor.shape[0], "lora_b": tensor.shape[-1], "m": tensor.shape[0]}[kind]
    return "" if size in sizes else f"{module} is {sizes} there, but {kind} is {tensor.shape}"


def _trained_on(config: dict[str, Any]) -> str:
    return f"It was trained on {config['model']}." if config.get("model") else "It does not say on which."
