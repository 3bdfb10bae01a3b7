"""`python -m punie_training.serving.pull_worker JOB`: the process that fetches a model. Speaks JSON lines on stdout.

A process of its own, because the hub's library reads at its import whether the network may be used.
"""

from __future__ import annotations

import errno
import fnmatch
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from punie_training.exceptions import ServingError
from punie_training.serving.blobs import PART, fetch_blob

# What mlx-lm reads, and what says whose it is. Never code.
WANTED = ("*.json", "model*.safetensors", "tokenizer.model", "*.tiktoken", "*.txt", "*.jinja", "LICENSE*", "README.md")
REFUSED = 3
MARGIN = 512 << 20
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM)
_KEPT = "What was fetched is kept, and it goes on there."


class Refused(Exception):
    """It cannot be fetched; the message is for the user."""


def main(arguments: list[str]) -> int:
    """Fetch what the job names. Returns the exit code: 3 when it was refused, with the reason as the last line."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    job = json.loads(arguments[0])
    try:
        _pull(job["name"], job["revision"], Path(job["cache"]))
    except Refused as refused:
        _say("refused", message=str(refused))
        return REFUSED
    return 0


def _end_with_parent() -> None:
    """Our stdin is a pipe that nobody writes to: it ends when whoever started us is gone, however that happened."""
    while os.read(0, 1):
        continue
    os._exit(1)


def _pull(name: str, revision: str, cache: Path) -> None:
    from huggingface_hub import HfApi, snapshot_download

    info = _asked(name, revision, lambda: HfApi().model_info(name, revision=revision, files_metadata=True))
    files = [file for file in info.siblings or [] if any(fnmatch.fnmatch(file.rfilename, one) for one in WANTED)]
    names = {file.rfilename for file in files}
    _check_names(name, names)
    folder = cache / f"models--{name.replace('/', '--')}"
    missing = sum(_missing(folder, file) for file in files)
    licence = _licence(info)
    _say(
        "plan",
        commit=info.sha,
        bytes=sum(f.size or 0 for f in files),
        missing=missing,
        licence=licence,
        blobs=str(folder / "blobs"),
    )
    _check_space(cache, missing)
    for file in files:
        if file.lfs:
            _asked(name, revision, partial(_fetch_large, name, info.sha, file, folder / "blobs" / file.lfs.sha256))
    # It finds the large files there, fetches the small ones, and lays out its own folder.
    snapshot = _asked(
        name,
        revision,
        lambda: snapshot_download(
            name, revision=info.sha, cache_dir=cache, allow_patterns=sorted(names), max_workers=4
        ),
    )
    _say("checking", folder=str(snapshot))
    _check_bytes(Path(snapshot), files)
    _say("done", folder=str(snapshot))


def _fetch_large(name: str, commit: str, file: Any, blob: Path) -> None:  # noqa: ANN401 - the hub's RepoSibling
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import build_hf_headers

    url = hf_hub_url(name, file.rfilename, revision=commit)
    fetch_blob(url, build_hf_headers(), blob, size=file.size or 0, sha256=file.lfs.sha256)


def _asked(name: str, revision: str, ask: Callable[[], Any]) -> Any:  # noqa: ANN401 - the hub's answers
    """Ask the hub; what goes wrong becomes a sentence."""
    from huggingface_hub import constants, errors

    try:
        return ask()
    except ServingError as error:
        raise Refused(str(error)) from error
    except errors.GatedRepoError as error:
        raise Refused(
            f"{name} asks for an agreement to its licence: agree on its page at the hub, then set HF_TOKEN."
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise Refused(
            f"The hub has no model {name!r}, or shows it to nobody without a token: check the name, or set HF_TOKEN."
        ) from error
    except errors.RevisionNotFoundError as error:
        raise Refused(f"{name} has no revision {revision!r}: leave --revision out for the newest.") from error
    except (errors.HfHubHTTPError, httpx2.HTTPStatusError) as error:
        raise Refused(_status(name, error)) from error
    # The errors of the library's transport have no public base.
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK:
            raise Refused(f"{name} cannot be stored ({_short(error)}). {_KEPT}") from error
        raise Refused(
            f"{constants.ENDPOINT} cannot be reached, or the connection was cut ({_short(error)}):"
            f" check the network or a proxy, and run this again. {_KEPT}"
        ) from error


def _status(name: str, error: Any) -> str:  # noqa: ANN401 - errors of two libraries with a response
    code = getattr(error.response, "status_code", 0)
    return f"The hub answered with status {code} for {name}: try again later. {_KEPT}"


def _check_names(name: str, names: set[str]) -> None:
    if "config.json" not in names:
        raise Refused(f"{name} has no config.json, so it is no model that mlx-lm can load.")
    if not any(fnmatch.fnmatch(file, "model*.safetensors") for file in names):
        raise Refused(
            f"{name} has no model*.safetensors, and mlx-lm reads no other weights: look for one made for MLX."
        )


def _licence(info: Any) -> str:  # noqa: ANN401 - the hub's ModelInfo
    card = getattr(info, "card_data", None)
    named = getattr(card, "license", None) or getattr(card, "license_name", None)
    tagged = next((tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")), None)
    return str(named or tagged or "unknown")


def _check_space(cache: Path, missing: int) -> None:
    nearest = next(path for path in (cache, *cache.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    if missing + MARGIN > free:
        raise Refused(
            f"It takes {_gb(missing)} and {cache} has {_gb(free)} left: free some, or set HF_HOME to another disk."
        )


def _missing(folder: Path, file: Any) -> int:  # noqa: ANN401 - the hub's RepoSibling
    """Bytes of a file that are not here yet."""
    blob = folder / "blobs" / (file.lfs.sha256 if file.lfs else file.blob_id or "-")
    part = blob.with_name(f"{blob.name}{PART}")
    size = file.size or 0
    if blob.exists() and blob.stat().st_size == size:
        return 0
    return max(0, size - part.stat().st_size) if part.exists() else size


def _check_bytes(snapshot: Path, files: list[Any]) -> None:
    """Compare every file with the hash that the hub names; a wrong one is removed, so that it is fetched again."""
    for file in files:
        path = snapshot / file.rfilename
        expected = file.lfs.sha256 if file.lfs else file.blob_id
        if expected and _digest(path, git=not file.lfs) != expected:
            path.resolve().unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise Refused(f"{file.rfilename} has another hash than the hub names. It was removed: run this again.")


def _digest(path: Path, *, git: bool) -> str:
    """SHA-256, or git's own hash of a blob."""
    import hashlib

    # Git names its objects by SHA-1; it guards against accidents here.
    digest = hashlib.sha1(usedforsecurity=False) if git else hashlib.sha256()
    if git:
        digest.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def _short(error: BaseException) -> str:
    text = str(error) or type(error).__name__
    return text.splitlines()[0][:200]


def _gb(number: int) -> str:
    return f"{number / 1e9:.1f} GB"


def _say(event: str, **data: Any) -> None:  # noqa: ANN401 - plain data
    sys.stdout.write(json.dumps({"event": event, **data}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
