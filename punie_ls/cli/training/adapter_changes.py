"""What `punie-ls adapters promote`, `rollback` and `remove` do and say."""

from __future__ import annotations

import json
from typing import Any

from punie_ls.cli.output import print_error, print_text
from punie_training.adapters import open_registry


def promote(name: str, share: int | None, *, as_json: bool) -> int:
    """Promote an adapter. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        before = registry.promoted()
        record = registry.promote(name, share)
        promoted = registry.promoted()
    if share == 0:
        others = f"; {promoted.name} serves all sessions" if promoted else ""
        sentence = f"The trial of {name} has ended{others}."
    elif share is not None:
        others = promoted.name if promoted else "none"
        sentence = (
            f"{name} gets {share} % of new sessions, {others} the others. Look at what comes of it: "
            f"punie-ls adapters compare {others} {name}"
        )
    else:
        instead = f", instead of {before.name}" if before and before.name != name else ""
        sentence = f'{name} is promoted{instead}. Use it: model = "adapter"'
    return _done(sentence, {"adapter": name, "state": record.state, "share": record.share}, as_json=as_json)


def rollback(*, as_json: bool) -> int:
    """Take the last change back. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        trial, before = registry.on_trial(), registry.promoted()
        now = registry.rollback()
    plain = {"promoted": now.name if now else None}
    if trial is not None and now is not None:
        return _done(f"The trial of {trial.name} has ended; {now.name} serves all sessions.", plain, as_json=as_json)
    gone = before.name if before else ""
    if now is None:
        return _done(f"{gone} is not promoted any more, and no other one is.", plain, as_json=as_json)
    return _done(f"{now.name} is promoted again, instead of {gone}.", plain, as_json=as_json)


def remove(name: str, *, as_json: bool) -> int:
    """Delete an adapter. Gives the exit status."""
    with open_registry(tell=print_error) as registry:
        record = registry.remove(name)
    return _done(f"{name} is removed, with its files in {record.path}.", {"removed": name}, as_json=as_json)


def _done(sentence: str, plain: dict[str, Any], *, as_json: bool) -> int:
    print_text(json.dumps(plain) + "\n" if as_json else f"{sentence}\n")
    return 0
