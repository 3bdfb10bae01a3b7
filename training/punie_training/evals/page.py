"""Self-contained HTML pages, dark and light, without scripts. Knows nothing of evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from punie_training.exceptions import EvaluationError

STYLE = """
:root { color-scheme: light dark; --back: #fbfaf7; --card: #ffffff; --text: #22252a; --dim: #6a7079; --line: #dfdcd4;
  --good: #2f7d5b; --bad: #b4452f; --mark: #3566a8; --soft: #eceae3; }
@media (prefers-color-scheme: dark) { :root { --back: #16181c; --card: #1e2126; --text: #e4e3df; --dim: #979da6;
  --line: #343840; --good: #62b58d; --bad: #e08269; --mark: #7aa7e0; --soft: #2a2e35; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2.5rem 1.25rem 4rem; background: var(--back); color: var(--text);
  font: 15px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
p, .dim { color: var(--dim); margin: .25rem 0 1rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; }
.tile b { display: block; font-size: 1.7rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.2; }
.tile span { color: var(--dim); font-size: .85rem; display: block; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: 40%; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { font-weight: 600; color: var(--dim); font-size: .85rem; }
table.matrix th.head { writing-mode: vertical-rl; text-align: left; padding: .5rem .2rem; }
table.matrix td { text-align: center; min-width: 2.2rem; padding: .3rem .4rem; }
table.matrix td:first-child { text-align: left; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; }
summary { cursor: pointer; padding: .55rem .9rem; }
summary .dim { margin-left: .5rem; font-size: .85rem; }
details > div { padding: 0 .9rem .9rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr));
  gap: .9rem; }
h3 { font-size: .8rem; color: var(--dim); font-weight: 600; margin: .4rem 0 .25rem; }
pre { background: var(--soft); border-radius: 4px; padding: .6rem .75rem; margin: 0; overflow: auto; max-height: 22rem;
  font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
svg { max-width: 100%; height: auto; display: block; margin: .5rem 0 1.25rem; }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg .dim { fill: var(--dim); }
.good { color: var(--good); } .bad { color: var(--bad); }
"""


def page(title: str, body: Iterable[str]) -> str:
    """A whole page; parts of the body are HTML, the title is text."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def tile(label: str, value: str, note: str = "") -> str:
    """One figure."""
    return f'<div class="tile"><b>{escape(value)}</b><span>{escape(note)}</span><span>{escape(label)}</span></div>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of text; the first column names the row."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'


def block(title: str, text: str) -> str:
    """A titled text with its line breaks."""
    return f"<section><h3>{escape(title)}</h3><pre>{escape(text) or '&nbsp;'}</pre></section>"


def folded(summary: str, note: str, parts: Iterable[str]) -> str:
    """Something to open: a line of text, and parts of HTML side by side."""
    inner = "".join(parts)
    line = f'{escape(summary)}<span class="dim">{escape(note)}</span>'
    return f"<details><summary>{line}</summary><div>{inner}</div></details>"


def write_page(path: Path, text: str) -> None:
    """Write a page, whole or not at all. Raises EvaluationError when it cannot be written."""
    partial = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise EvaluationError(f"The report cannot be written to {path}: {error.strerror}.") from error


def percent(share: float) -> str:
    """A share from 0 to 1 for people."""
    return f"{100 * share:.0f} %" if share in (0, 1) else f"{100 * share:.1f} %"
