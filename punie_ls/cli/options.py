"""Options that several verbs have. Imports nothing but typer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help="The project's folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
