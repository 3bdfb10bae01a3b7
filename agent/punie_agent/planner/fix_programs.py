"""Fixing in programs: the best fix that holds for one problem is taken; a file, problem by problem."""

from __future__ import annotations

FIX_ONE = """
def fix_one(path, target, unsafe, choice, least=0.0):
    search = find_fixes(path, target.line, target.column, target.code, unsafe)
    others = [f.title for f in search.fixes]
    told = {"found": True, "kept": "", "why": "", "others": others, "tried": search.rejected, "unsafe": search.unsafe}
    told["unknown"] = search.reason if search.state in ("unknown", "partial") else ""
    told["reason"] = search.reason
    for fix in [f for f in search.fixes if choice in ("", f.title) and f.score >= least]:
        start = checkpoint()
        apply_code_action(fix.id)
        report = verify_edits(start, target.id)
        if report.state == "clean" and report.target_fixed:
            told["kept"], told["why"] = fix.title, fix.why
            told["others"] = [title for title in others if title != fix.title]
            if fix.unsafe:
                told["kept"] = fix.title + " (this fix is unsafe: look at it)"
            return told
        rollback(start)
    return told
"""

FIX_FILE = (
    FIX_ONE
    + """
def wanted(p, kind, code):
    if code:
        return p.code == code
    return kind == "" or (p.tool == "ty") == (kind == "types")

def fix_file(path, kind, code, unsafe, most):
    fixed, left, tried, bulk = [], [], [], kind != "types"
    for turn in range(most):
        problems = [p for p in diagnostics(path).problems if wanted(p, kind, code)]
        open_problems = [p for p in problems if (p.tool, p.code, p.message, p.column) not in tried]
        errors = [p for p in open_problems if p.severity == "error" or p.code.startswith("F82")]
        if bulk and not errors and [p for p in open_problems if p.fixable]:
            # What is wrong comes first: an import that seems unused may be one that a misspelt name meant.
            bulk, start = False, checkpoint()
            ruff_fix(path, code)
            report = verify_edits(start)
            if report.state == "clean":
                gone = [p for p in report.fixed if wanted(p, kind, code)]
                fixed.extend([{"file": path, "code": p.code, "line": p.line, "kept": "ruff's fix"} for p in gone])
                continue
            rollback(start)
        if not open_problems:
            break
        target = (errors or open_problems)[0]
        tried.append((target.tool, target.code, target.message, target.column))
        # Nobody looks at each of many fixes: only what is likely is made.
        done = fix_one(path, target, unsafe, "", 0.7)
        if done["kept"]:
            fixed.append({"file": path, "code": target.code, "line": target.line, "kept": done["kept"]})
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
