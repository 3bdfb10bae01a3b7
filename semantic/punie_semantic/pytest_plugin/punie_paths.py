"""Makes the user's Python import the copy of a project instead of the project: $PUNIE_ROOT is found in $PUNIE_COPY.

It runs inside the user's Python, whatever its version. PYTHONPATH covers plain editable installs; this covers import
finders, which put themselves into sys.meta_path, and modules that were imported before pytest began.
"""

import importlib.util
import os
import sys

ROOT = os.environ.get("PUNIE_ROOT", "")
COPY = os.environ.get("PUNIE_COPY", "")
STANDARD = ("BuiltinImporter", "FrozenImporter", "PathFinder", "WindowsRegistryFinder")
OWN = tuple({sys.prefix, sys.base_prefix, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)})


def moved(path):
    """The copy's path for one of the project's; None for any other, and for those of Python itself."""
    if not isinstance(path, str) or not ROOT:
        return None
    for root in {ROOT, os.path.realpath(ROOT)}:
        if path == root or path.startswith(root + os.sep):
            if any(own.startswith(root + os.sep) and path.startswith(own + os.sep) for own in OWN):
                return None
            return COPY + path[len(root) :]
    return None


def moved_values(value):
    if isinstance(value, str):
        return moved(value) or value
    if isinstance(value, list):
        return [moved_values(item) for item in value]
    return value


class Redirect:
    """Another finder, whose project files are those of the copy."""

    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, path=None, target=None):
        find = getattr(self.finder, "find_spec", None)
        spec = find(name, path, target) if find else None
        if spec is None:
            return None
        places = [moved_values(place) for place in spec.submodule_search_locations or []]
        origin = moved(spec.origin)
        if origin and os.path.isfile(origin):
            found = importlib.util.spec_from_file_location(name, origin, submodule_search_locations=places or None)
            return found or spec
        if origin:
            return None
        if spec.submodule_search_locations is not None and places != list(spec.submodule_search_locations):
            spec.submodule_search_locations = places
        return spec


def redirect():
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            for table in ("MAPPING", "NAMESPACES"):
                mapping = getattr(module, table, None)
                if isinstance(mapping, dict):
                    mapping.update({key: moved_values(value) for key, value in mapping.items()})
        elif name != "__main__" and moved(getattr(module, "__file__", None)):
            del sys.modules[name]
    sys.path[:] = [moved_values(path) for path in sys.path]
    sys.path_importer_cache.clear()
    for index, finder in enumerate(sys.meta_path):
        name = getattr(finder, "__name__", "")
        if name not in STANDARD and "pytest" not in type(finder).__module__:
            sys.meta_path[index] = Redirect(finder)


if ROOT and COPY and ROOT != COPY:
    redirect()
