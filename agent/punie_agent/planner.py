"""Recipes: from a request in plain words to a code-mode program, by rules. No weights, no network.

The programs use the same tools under the same limits as a model's; the checker decides what is kept.
"""

from __future__ import annotations

from punie_agent.requests import parse_fix_request

_FIX_PROGRAM = """\
path, line = {path!r}, {line}
allowed = {allowed!r}
here = [p for p in diagnostics(path, line, line).problems if p.line == line]
found = [p for p in here if p.code == {code!r}]
target = min(found, key=lambda p: abs(p.column - {column})) if found else None
tried = []
kept = ""
unsafe = []
unknown = ""
if target is not None:
    near = [p for p in here if p.column <= target.end_column and target.column <= p.end_column]
    offered = []
    for code in [target.code] + sorted(set([p.code for p in near if p.code != target.code])):
        offers = code_actions(path, line, code)
        unknown = unknown or offers.reason
        offered.extend([a for a in offers.actions if a.problem_id in [p.id for p in near]])
    own = [a for a in offered if a.problem_id == target.id]
    unsafe = [a.title for a in own if a.kind == "unsafe_fix" and a.kind not in allowed]
    for action in [a for a in offered if a.kind in allowed][:{most}]:
        start = checkpoint()
        apply_code_action(action.id)
        report = verify_edits(start, target.id)
        new = report.introduced
        if report.target_fixed and new and all(p.fixable and p.file == path for p in new):
            # The fix itself is right and only untidy, an unsorted import for instance: tidy up and check again.
            for code in sorted(set([p.code for p in new])):
                ruff_fix(path, code)
            report = verify_edits(start, target.id)
        if report.state == "clean" and report.target_fixed:
            kept = action.title
            if action.kind == "unsafe_fix":
                kept = kept + " (ruff calls this fix unsafe: look at it)"
            break
        if report.state == "unknown":
            why = "could not be checked: " + report.reason.rstrip(".")
        elif report.introduced:
            worst = ([p for p in report.introduced if not p.fixable] or report.introduced)[0]
            why = "would cause " + worst.code + " in line " + str(worst.line) + " of " + worst.file
            why = why + ": " + worst.message.splitlines()[0].rstrip(".")
        else:
            why = "does not remove the problem"
        tried.append({{"title": action.title, "why": why}})
        rollback(start)
{{"found": target is not None, "kept": kept, "tried": tried, "unsafe": unsafe, "unknown": unknown}}
"""

MOST_CANDIDATES = 12


def write_program(prompt: str) -> str | None:
    """The program for a request; None when no recipe recognises it."""
    request = parse_fix_request(prompt)
    if request is None:
        return None
    allowed = ["fix", "import", *(["unsafe_fix"] if request.unsafe_fixes else [])]
    return _FIX_PROGRAM.format(
        path=request.file,
        line=request.line,
        column=request.column,
        code=request.code,
        allowed=allowed,
        most=MOST_CANDIDATES,
    )


def tell_result(prompt: str, result: dict) -> str:
    """One sentence about what the fix program did, from its result."""
    request = parse_fix_request(prompt)
    name = request.code if request else "the problem"
    if not result["found"]:
        return f"{name} is not reported any more."
    if result["kept"]:
        return f"Fixed {name}: {result['kept']}."
    parts = [f"“{t['title']}” {t['why']}" for t in result["tried"]]
    if parts:
        more = f" (and {len(parts) - 2} more)" if len(parts) > 2 else ""
        return f"No fix for {name} holds: {'; '.join(parts[:2])}{more}."
    if result["unsafe"]:
        title = result["unsafe"][0]
        return f"ruff's only fix for {name} is unsafe: “{title}”. Allow unsafe fixes (--unsafe-fixes) to try it."
    if result["unknown"]:
        return f"No fix for {name} could be looked for: {result['unknown'].rstrip('.')}."
    return f"Neither ruff nor ty has a fix for {name}."
