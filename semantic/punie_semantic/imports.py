"""An import as data: what it binds, and which modules it loads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Import:
    """`import module as alias`, or `from module import name as alias`; leading dots belong to the module."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def binds(self) -> str:
        """The name that it makes known in the file."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def statement(self) -> str:
        """As it is written alone."""
        tail = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{tail}" if self.name else f"import {self.module}{tail}"

    def modules(self, importer: str, is_package: bool) -> list[str]:
        """The modules that it may load, outermost first; a name that is imported may be a module as well.

        Args:
            importer: the module in which it is written.
            is_package: whether that is a package's `__init__`.
        """
        base = absolute(self.module, importer, is_package)
        parts = [*base.split("."), *([self.name] if self.name else [])] if base else [self.name]
        return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def absolute(module: str, importer: str, is_package: bool) -> str:
    """A module's name without leading dots, as seen from the module that imports it."""
    tail = module.lstrip(".")
    level = len(module) - len(tail)
    if not level:
        return module
    package = importer.split(".") if is_package else importer.split(".")[:-1]
    package = package[: len(package) - (level - 1)] if level > 1 else package
    return ".".join([*package, *([tail] if tail else [])])
