"""Any operations on the overlay, committed, give what a plain dictionary gives; undo and redo are exact."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from punie_semantic.exceptions import EditError, PathError
from punie_semantic.history import redo, undo
from punie_semantic.overlay import Overlay
from punie_semantic.transactions import commit

NAMES = ["a.py", "b.py", "A.py", "pkg/a.py", "pkg/deep/c.py", "new/d.py"]
START = {"a.py": "a = 1\n", "b.py": "b = '📚'\r\n", "pkg/a.py": ""}

name = st.sampled_from(NAMES)
text = st.sampled_from(["", "x = 1", "x = '漢字'\n", "a = 1\n", "\x0cy = 2\r"])
operation = st.one_of(
    st.tuples(st.just("write"), name, text),
    st.tuples(st.just("create"), name, text),
    st.tuples(st.just("delete"), name, st.just("")),
    st.tuples(st.just("rename"), name, name),
    st.tuples(st.just("checkpoint"), st.just(""), st.just("")),
    st.tuples(st.just("rollback"), st.just(""), st.just("")),
)


def model_of(model: dict[str, str], what: str, file: str, extra: str) -> bool:
    """Do it to a dictionary; false when it cannot be done."""
    match what:
        case "write":
            model[file] = extra
        case "create" if file not in model:
            model[file] = extra
        case "delete" if file in model:
            del model[file]
        case "rename" if file in model and extra not in model:
            model[extra] = model.pop(file)
        case _:
            return False
    return True


def apply(overlay: Overlay, what: str, file: str, extra: str) -> bool:
    path = overlay.root / file
    try:
        match what:
            case "write":
                overlay.write(path, extra)
            case "create":
                overlay.create(path, extra)
            case "delete":
                overlay.delete(path)
            case _:
                overlay.rename(path, overlay.root / extra)
    except (EditError, PathError):
        return False
    return True


def tree(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): p.read_bytes().decode() for p in sorted(root.rglob("*")) if p.is_file()}


@settings(max_examples=120, deadline=None)
@given(st.lists(operation, max_size=12))
def test_the_overlay_is_a_dictionary_of_files(operations: list[tuple[str, str, str]]) -> None:
    root = Path(tempfile.mkdtemp()).resolve()
    try:
        for file, content in START.items():
            (root / file).parent.mkdir(exist_ok=True)
            (root / file).write_bytes(content.encode())
        overlay, model = Overlay(root), dict(START)
        saved: list[tuple[int, dict[str, str]]] = [(overlay.checkpoint(), dict(model))]
        for what, file, extra in operations:
            if what == "checkpoint":
                saved.append((overlay.checkpoint(), dict(model)))
            elif what == "rollback":
                overlay.rollback(saved[-1][0])
                model = dict(saved[-1][1])
            else:
                assert apply(overlay, what, file, extra) == model_of(model, what, file, extra)
        assert {n: overlay.text(root / n) for n in NAMES if overlay.exists(root / n)} == model
        number, earlier = saved[-1]
        since = overlay.checkpoint_state(number)
        assert {n: overlay.text(root / n, since) for n in NAMES if overlay.exists(root / n, since)} == earlier

        if commit(root, overlay.changes()) is None:
            assert model == START
            return

        assert tree(root) == model
        undo(root)
        assert tree(root) == START
        redo(root)
        assert tree(root) == model
    finally:
        shutil.rmtree(root)
