"""Fused and quantized models: made by mlx-lm in a process of its own, whole or not at all. Imports no mlx."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal, get_args

from punie_semantic.exceptions import ToolUnavailable
from punie_semantic.processes import run
from punie_training.exceptions import MissingExtra, RunError
from punie_training.mlx import machine
from punie_training.mlx.adapter_files import check_adapter
from punie_training.mlx.base_models import read_base
from punie_training.mlx.environment import environment, module_command
from punie_training.mlx.estimates import gib
from punie_training.mlx.failures import explain
from punie_training.mlx.origins import leave_origin
from punie_training.mlx.verb import THEN
from punie_training.mlx.whole import MARK, remove, whole_folder

Bits = Literal[4, 5, 6, 8]
WIDTHS: tuple[Bits, ...] = get_args(Bits)
Kind = Literal["float16", "bfloat16", "float32"]
_VERB = "punie_training.mlx.verb"
_SECONDS = 3600.0
_OUTPUT = 65_536
_GROUPS = (64, 32)


async def fuse(model: Path, adapter: Path, out: Path, *, dtype: Kind | None = None, other_base: bool = False) -> Path:
    """A model with the adapter's change in its weights, never quantized: a quantized base is dequantized first.

    Args:
        model: the base's folder.
        adapter: the adapter's folder.
        out: the new model's folder.
        dtype: what the weights are converted to; as they are when None.
        other_base: whether a base of the same shapes will do, such as the same model quantized.

    Returns:
        `out`.

    Raises:
        AdapterError: the adapter is damaged, or for another base.
        BaseModelError: the base is no model.
        RunError: `out` is there already, there is too little room, or mlx-lm failed.
    """
    await asyncio.to_thread(check_adapter, model, adapter, other_base=other_base)
    base = await asyncio.to_thread(read_base, model)
    _refuse_little_room(out, base.parameters * 4 * (2 if dtype else 1))
    with whole_folder(out) as partial:
        fused = partial.with_name(partial.name.replace(MARK, f"{MARK}fused-")) if dtype else partial
        arguments = ["fuse", "--model", str(model), "--adapter-path", str(adapter), "--save-path", str(fused)]
        arguments += ["--dequantize"]
        if dtype:
            arguments += [THEN, "convert", "--model", str(fused), "--mlx-path", str(partial), "--dtype", dtype]
        try:
            await _verb(*arguments, what="Fusing")
        finally:
            if dtype:
                remove(fused)
        _leave_origin(model, partial, adapter=adapter.name)
    return out


async def quantize(model: Path, out: Path, bits: Bits) -> Path:
    """The same model with `bits` bits for each weight.

    Args:
        model: a model that is not quantized.
        out: the new model's folder.
        bits: 4, 5, 6 or 8.

    Returns:
        `out`.

    Raises:
        BaseModelError: it is no model.
        RunError: it is quantized already, its sizes do not allow it, `out` is there already, there is too little room,
            or mlx-lm failed.
    """
    if bits not in WIDTHS:
        raise RunError(f"{bits} bits: there are {', '.join(map(str, WIDTHS))}.")
    base = await asyncio.to_thread(read_base, model)
    if base.bits:
        raise RunError(f"{model} is quantized to {base.bits} bits already: quantize the model that it was made from.")
    group = next((size for size in _GROUPS if base.hidden % size == 0), None)
    if group is None:
        raise RunError(f"{model} cannot be quantized: its hidden size {base.hidden} is no multiple of {_GROUPS[-1]}.")
    _refuse_little_room(out, base.parameters * (bits + 1) // 8)
    with whole_folder(out) as partial:
        await _verb("convert", "--model", str(model), "--mlx-path", str(partial), "-q", "--q-bits", str(bits),
                    "--q-group-size", str(group), what="Quantizing")  # fmt: skip
        _leave_origin(model, partial)
    return out


async def _verb(*arguments: str, what: str) -> None:
    try:
        done = await run(
            module_command(_VERB, *arguments),
            cwd=Path.cwd(),
            environ=environment(),
            timeout=_SECONDS,
            max_output=_OUTPUT,
            tethered=True,
        )
    except ToolUnavailable as error:
        raise RunError(f"{what} failed: {error}") from error
    if done.returncode:
        text = explain(what, done.stderr.decode("utf-8", errors="replace"), done.returncode)
        raise MissingExtra("mlx-lm") if "mlx-lm is not installed" in text else RunError(text)


def _refuse_little_room(out: Path, needed: int) -> None:
    free = machine.free_disk(out)
    if needed > free:
        raise RunError(f"{out} needs about {gib(needed)} and {gib(free)} are left: free some, or name another disk.")


def _leave_origin(source: Path, target: Path, **facts: str) -> None:
    """Instead of mlx-lm's model card, which names a hub; `export` writes one that tells what this is."""
    (target / "README.md").unlink(missing_ok=True)
    leave_origin(source, target, **facts)
