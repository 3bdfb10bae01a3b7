"""Names that a module promises or takes without having them: entries of `__all__`, submodules that nobody imported."""

from __future__ import annotations

import ast
import re

from punie_semantic.fixing.candidate import Candidate, Edit
from punie_semantic.fixing.import_lines import with_import
from punie_semantic.fixing.likeness import alike
from punie_semantic.fixing.place import Place
from punie_semantic.fixing.project_names import project_names
from punie_semantic.fixing.scope import names_of
from punie_semantic.imports import Import

GENERATOR = "exported name"


async def generate(place: Place) -> list[Candidate]:
    """For an entry of `__all__`: a name of the module like it, or one that is defined under a misspelt name."""
    wrong = place.source.strip("'\"")
    if not wrong.isidentifier() or place.source == wrong:
        return []
    known = names_of(place.tree.module)
    listed = set(re.findall(r"['\"](\w+)['\"]", _list_around(place)))
    found = []
    for name, value in alike(wrong, [n for n in known if n not in listed and not n.startswith("__")]):
        # What is read elsewhere under its name is spelt right there.
        weight = 0.95 * value + 0.3 * (await place.slip(wrong, name) - 0.6)
        edit = Edit(place.start + 1, place.end - 1, name)
        title = f"Change {wrong} to {name} in __all__"
        why = f"the module has {name}, and does not export it"
        found.append(Candidate(title, (edit,), "fix", GENERATOR, max(0.1, min(weight, 0.96)), why))
    return found


def _list_around(place: Place) -> str:
    node = place.tree.node_at(place.start, place.end)
    statement = place.tree.statement(node) if node is not None else None
    return place.tree.source(statement) if statement is not None else ""


async def submodule(place: Place) -> list[Candidate]:
    """The import of a submodule that the file takes as an attribute of its package."""
    dotted = _dotted(place)
    package = dotted[0] if dotted else ""
    imports = [s for s in place.tree.module.body if isinstance(s, ast.Import)]
    aliases = [a for s in imports for a in s.names if a.asname is None]
    plain = next((alias for alias in aliases if alias.name == package), None)
    if not any(alias.name.partition(".")[0] == package for alias in aliases):
        return []
    project = await project_names(place.workspace)
    found = []
    for length in range(len(dotted), 1, -1):
        module = ".".join(dotted[:length])
        title = f"Import {module}"
        why = f"only {package} is imported"
        if plain is not None:
            edit = Edit(*place.tree.span(plain), module)
            found.append(Candidate(title, (edit,), "fix", GENERATOR, 0.86 - 0.02 * (len(dotted) - length), why))
        added = with_import(place.tree, Import(module), project.packages)
        if added is not None:
            found.append(Candidate(f"{title} too", (added,), "import", GENERATOR, 0.7, why))
    return found[:6]


def _dotted(place: Place) -> list[str]:
    """The names of the access that the problem is at the start of, as far as they can be modules."""
    match = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+").match(place.text, place.start)
    names = match[0].split(".") if match else []
    return names[:-1] if len(names) > 2 else names
