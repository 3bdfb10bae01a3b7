"""An adapter's files: copied whole, hashed, and compared with the base that they are for. Knows no store."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from punie_training.exceptions import AdapterError, BaseModelError
from punie_training.mlx.adapter_files import (
    CONFIG,
    WEIGHTS,
    check_adapter,
    read_adapter_config,
    read_adapter_tensors,
)

FILES = (CONFIG, WEIGHTS)
_BLOCK = 1 << 20


def check_files(folder: Path, name: str) -> None:
    """See that an adapter is whole. Raises AdapterError with what is missing or damaged."""
    if not folder.is_dir():
        raise AdapterError(f"The folder of the adapter {name} is missing: {folder}. Train it again, or remove it.")
    try:
        read_adapter_config(folder)
        tensors = read_adapter_tensors(folder)
    except AdapterError as error:
        raise AdapterError(f"The adapter {name} is damaged: {error}") from error
    if not tensors:
        raise AdapterError(f"The adapter {name} is damaged: {folder / WEIGHTS} holds no weights. Train it again.")


def check_base(folder: Path, name: str, base: Path) -> None:
    """See that an adapter is for a base. Raises AdapterError when it is not, or when there is no such base."""
    try:
        check_adapter(base, folder)
    except BaseModelError as error:
        raise AdapterError(f"The base of the adapter {name} cannot be used: {error}") from error


def digest_of(folder: Path, name: str) -> str:
    """The SHA-256 of an adapter's files, with their names. Raises AdapterError when one cannot be read."""
    digest = hashlib.sha256()
    for file in FILES:
        digest.update(f"{file}\n".encode())
        try:
            with (folder / file).open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise AdapterError(f"The adapter {name} is damaged: {folder / file} cannot be read ({error}).") from error
    return digest.hexdigest()


def check_digest(folder: Path, name: str, digest: str) -> None:
    """See that an adapter's files are those that were added. Raises AdapterError."""
    check_files(folder, name)
    if digest_of(folder, name) != digest:
        raise AdapterError(
            f"The adapter {name} is damaged: the files in {folder} are not those that were added. "
            "Train it again, or remove it."
        )


def copy_whole(source: Path, target: Path) -> None:
    """Copy an adapter's files so that the target is there whole or not at all; what was at the target is replaced.

    Raises AdapterError when they cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise AdapterError(f"{target.parent} cannot be written ({error.strerror or error}).") from error
    try:
        for file in FILES:
            shutil.copyfile(source / file, aside / file)
            _settle(aside / file)
        if target.exists():
            shutil.rmtree(target)
        aside.rename(target)
    except OSError as error:
        raise AdapterError(f"The adapter cannot be copied to {target} ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _settle(file: Path) -> None:
    """Have it on the disk: the store's row, which is written next, speaks of it."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
