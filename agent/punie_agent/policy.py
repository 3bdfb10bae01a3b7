"""What may be done without asking, what never, and what somebody is asked about: rules, and no model.

Deny rules win over everything. Whatever no rule is about is asked, or in `auto` done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from punie_agent.policy_rules import KINDS, RUNNING, Rule, RuleError, parse
from punie_semantic import settings
from punie_semantic.command_kinds import is_opaque
from punie_semantic.permissions import Kind, Request

Verdict = Literal["allow", "deny", "ask"]


@dataclass(frozen=True)
class Decision:
    """What is decided; `by` says what did it, and is empty when nothing did."""

    verdict: Verdict
    by: str = ""


class Policy:
    """The user's policy.

    Attributes:
        problems: sentences about rules that cannot be read. One that allows then allows nothing; one that denies denies
            all of its kind.
    """

    def __init__(self, said: settings.Policy) -> None:
        self.mode = said.mode
        problems: list[str] = []
        self._allow = _read_allow(said.allow, problems)
        self._deny = _read_deny(said.deny, problems)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, said: settings.Policy) -> Policy:
        """The policy that the settings state."""
        return cls(said)

    def decide(self, request: Request) -> Decision:
        """Whether it may be done."""
        for rule in self._deny:
            if rule.denies(request):
                return Decision("deny", f"rule {rule.text}")
        if self.mode == "read-only":
            return Decision("deny", "mode read-only")
        if (allowed := self._allowed(request)) is not None:
            return Decision("allow", allowed)
        if request.kind == "tests" and request.trusted:
            return Decision("allow", "trusted project")
        if self.mode == "auto" and self._is_automatic(request):
            return Decision("allow", "mode auto")
        return Decision("ask")

    def _allowed(self, request: Request) -> str | None:
        """The rules that together allow it: one for the program, and one for paths outside the workspace."""
        kind: Kind = "command" if request.kind == "outside" else request.kind
        wanted: list[Kind] = [kind]
        if request.paths and request.kind != "edit":
            wanted.append("outside")
        found = [next((r for r in self._allow if r.kind == kind and r.allows(request)), None) for kind in wanted]
        return ", ".join(f"rule {rule.text}" for rule in found if rule) if all(found) else None

    def _is_automatic(self, request: Request) -> bool:
        """Tests, edits, and commands that stay in the workspace; not what hides from the rules that deny commands."""
        if request.kind in ("tests", "edit"):
            return True
        if request.kind != "command" or request.paths:
            return False
        return not (is_opaque(request.argv) and any(rule.kind in (*RUNNING, "tests") for rule in self._deny))


def _read_allow(texts: Sequence[str], problems: list[str]) -> list[Rule]:
    rules = []
    for text in texts:
        try:
            rules.append(parse(text))
        except RuleError as error:
            problems.append(f"policy.allow: {error} It allows nothing.")
    return rules


def _read_deny(texts: Sequence[str], problems: list[str]) -> list[Rule]:
    rules: list[Rule] = []
    for text in texts:
        try:
            rules.append(parse(text))
        except RuleError as error:
            what = "everything" if error.kind is None else f"all of kind {error.kind}"
            problems.append(f"policy.deny: {error} Until it is one, {what} is denied.")
            rules += [Rule(text, kind) for kind in KINDS if error.kind in (None, kind)]
    return rules
