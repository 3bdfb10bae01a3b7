"""The style sheet of the report: readable on paper and screen, light and dark, without scripts or other files."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ground: #fbfbf9; --paper: #fff; --ink: #1c2024; --quiet: #667079; --line: #e2e4e0;
  --good: #1a7f4b; --bad: #b3261e; --before: #a5adb5; --after: #2f6fdd; --valid: #d9822b; --soft: #f1f2ee; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --paper: #1c2024; --ink: #e7eaec; --quiet: #98a2ab;
  --line: #30363c; --good: #4cc38a; --bad: #ff8379; --before: #69737c; --after: #6ea0ff; --valid: #f0a657;
  --soft: #24292e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .2rem 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .7rem; }
p { margin: .4rem 0; }
.quiet, td small { color: var(--quiet); }
.good { color: var(--good); } .bad { color: var(--bad); }
.verdict { border-left: 6px solid var(--bad); background: var(--paper); padding: 1.2rem 1.4rem; border-radius: 6px; }
.verdict.promote { border-color: var(--good); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; margin: 1rem 0; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; }
.card b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
ul.conditions { list-style: none; padding: 0; margin: .5rem 0; }
ul.conditions li { padding: .25rem 0 .25rem 1.8rem; position: relative; }
ul.conditions li::before { position: absolute; left: .2rem; content: "\\2713"; color: var(--good); font-weight: 700; }
ul.conditions li.no::before { content: "\\2717"; color: var(--bad); }
table { border-collapse: collapse; width: 100%; background: var(--paper); font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
th, td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th { font-weight: 600; color: var(--quiet); font-size: .85rem; }
td.number, th.number { text-align: right; white-space: nowrap; }
.bars { min-width: 12rem; width: 40%; }
.bar { height: .6rem; border-radius: 3px; background: var(--soft); margin: .25rem 0; }
.bar i { display: block; height: 100%; border-radius: 3px; background: var(--before); }
.bar.after i { background: var(--after); }
.confusion td { text-align: center; padding: .25rem .4rem; font-size: .8rem; }
.confusion th { font-size: .75rem; padding: .25rem .4rem; }
.confusion td.hit { background: color-mix(in srgb, var(--good) 22%, transparent); }
.confusion td.miss { background: color-mix(in srgb, var(--bad) 20%, transparent); }
.case { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem;
  margin: .7rem 0; }
.case h3 { font-size: 1rem; margin: 0 0 .5rem; }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .8rem; }
pre { max-height: 22rem; overflow-y: auto; margin: .2rem 0 0; padding: .6rem .7rem; background: var(--soft);
  border-radius: 4px;
  overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; font: .82rem/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; }
svg.curves { width: 100%; height: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
svg text { fill: var(--quiet); font-size: 12px; }
svg .grid { stroke: var(--line); }
svg polyline { fill: none; stroke-width: 2; } svg line.key { stroke-width: 3; }
svg .train { stroke: var(--after); } svg circle.train { fill: var(--after); }
svg .valid { stroke: var(--valid); } svg circle.valid { fill: var(--valid); }
details { margin: .6rem 0; } summary { cursor: pointer; }
"""
