"""Must never be imported by the tools: it leaves a mark and fails."""

from pathlib import Path

(Path(__file__).resolve().parent / "imported.mark").touch()
print("the project's own module was imported")
raise RuntimeError("the project's own module was imported")
