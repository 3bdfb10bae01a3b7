"""Fixing in programs: the candidates for one problem are tried, and what holds is kept; a file, problem by problem."""

from __future__ import annotations

FIX_ONE = """
def fix_one(path, target, here, allowed, most):
    tried, unsafe, offered, unknown = [], [], [], ""
    near = [p for p in here if p.column <= target.end_column and target.column <= p.end_column]
    for code in [target.code] + sorted(set([p.code for p in near if p.code != target.code])):
        offers = code_actions(path, target.line, code)
        unknown = unknown or offers.reason
        offered.extend([a for a in offers.actions if a.problem_id in [p.id for p in near]])
    own = [a for a in offered if a.problem_id == target.id]
    unsafe = [a.title for a in own if a.kind == "unsafe_fix" and a.kind not in allowed]
    for action in [a for a in offered if a.kind in allowed][:most]:
        start = checkpoint()
        apply_code_action(action.id)
        report = verify_edits(start, target.id)
        new = report.introduced
        if report.target_fixed and new and all([p.fixable and p.file == path for p in new]):
            # The fix itself is right and only untidy, an unsorted import for instance: tidy up and check again.
            for code in sorted(set([p.code for p in new])):
                ruff_fix(path, code)
            report = verify_edits(start, target.id)
        if report.state == "clean" and report.target_fixed:
            kept = action.title
            if action.kind == "unsafe_fix":
                kept = kept + " (ruff calls this fix unsafe: look at it)"
            return {"found": True, "kept": kept, "tried": tried, "unsafe": unsafe, "unknown": unknown}
        if report.state == "unknown":
            why = "could not be checked: " + report.reason.rstrip(".")
        elif report.introduced:
            worst = ([p for p in report.introduced if not p.fixable] or report.introduced)[0]
            why = "would cause " + worst.code + " in line " + str(worst.line) + " of " + worst.file
            why = why + ": " + worst.message.splitlines()[0].rstrip(".")
        else:
            why = "does not remove the problem"
        tried.append({"title": action.title, "why": why})
        rollback(start)
    return {"found": True, "kept": "", "tried": tried, "unsafe": unsafe, "unknown": unknown}
"""

FIX_FILE = (
    FIX_ONE
    + """
def wanted(p, kind, code):
    if code:
        return p.code == code
    return kind == "" or (p.tool == "ty") == (kind == "types")

def fix_file(path, kind, code, allowed, most):
    fixed, left, tried = [], [], []
    if kind != "types":
        start = checkpoint()
        before = [p for p in diagnostics(path).problems if wanted(p, kind, code)]
        if [p for p in before if p.fixable]:
            ruff_fix(path, code)
            report = verify_edits(start)
            if report.state == "clean":
                gone = [p for p in report.fixed if wanted(p, kind, code)]
                fixed = [{"code": p.code, "line": p.line, "kept": "ruff's fix"} for p in gone]
            else:
                rollback(start)
    for turn in range(most):
        found_all = diagnostics(path).problems
        problems = [p for p in found_all if wanted(p, kind, code)]
        problems = [p for p in problems if (p.tool, p.code, p.message, p.column) not in tried]
        if not problems:
            break
        target = problems[0]
        tried.append((target.tool, target.code, target.message, target.column))
        done = fix_one(path, target, [p for p in found_all if p.line == target.line], allowed, 6)
        if done["kept"]:
            fixed.append({"code": target.code, "line": target.line, "kept": done["kept"]})
        else:
            left.append({
                "file": path,
                "line": target.line,
                "code": target.code,
                "message": target.message,
                "unsafe": done["unsafe"],
                "tried": done["tried"][:1],
            })
    rest = diagnostics(path)
    return {
        "fixed": fixed,
        "left": left,
        "remaining": len([p for p in rest.problems if wanted(p, kind, code)]),
        "state": rest.state,
        "reason": rest.reason,
    }
"""
)
