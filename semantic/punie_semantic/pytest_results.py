"""From pytest's reports to results."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from punie_semantic.results import State, TestFailure, TestItem, TestList, TestResult

TRACEBACK_CHARACTERS = 4000
OUTPUT_CHARACTERS = 2000
MESSAGE_CHARACTERS = 2000
MAX_FAILURES = 200
MAX_REPORT_BYTES = 64 << 20
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """What one run of pytest reported; `reason` says why it did not come to its end."""

    events: list[Event]
    root: Path
    folder: Path
    duration: float
    reason: str
    output: str
    sandboxed: bool = False

    @property
    def bad(self) -> list[Event]:
        """The reports of what failed."""
        return [event for event in self.events if _status(event) in ("failed", "error")]

    @property
    def ended(self) -> bool:
        """Whether pytest came to its end."""
        return any(event["t"] == "finish" for event in self.events)

    @property
    def passed(self) -> set[str]:
        """Ids of the tests that passed, as far as known."""
        bad = {event["nodeid"] for event in self.bad}
        return {event["nodeid"] for event in self.events if _status(event) in ("passed", "xpassed")} - bad

    @property
    def why(self) -> str:
        """Why it is not known how all tests end; empty when it is."""
        counts = self._counts()
        if self.ended and not self.reason and not sum(counts.values()):
            return "no test ran"
        if self.ended or not self.events:
            return self.reason or ("" if self.ended else "pytest did not finish")
        started = [event["nodeid"] for event in self.events if event["t"] == "start"]
        where = f" while {started[-1]} ran" if started else ""
        return f"{self.reason.rstrip('.') or 'pytest did not finish'}{where}"

    def result(self) -> TestResult:
        """As tools return it."""
        counts, bad = self._counts(), self.bad
        return TestResult(
            state=self._state(bool(bad), bool(sum(counts.values()))),
            reason=self.why,
            success=not bad and not self.why,
            passed=counts["passed"],
            failed=counts["failed"],
            errors=counts["error"],
            skipped=counts["skipped"],
            xfailed=counts["xfailed"],
            xpassed=counts["xpassed"],
            failures=[self.failure(event) for event in bad[:MAX_FAILURES]],
            duration=self.duration,
            output=self.output[-OUTPUT_CHARACTERS:],
            sandboxed=self.sandboxed,
        )

    def collection(self, limit: int) -> TestList:
        """The tests of a run that only collected."""
        items = [event for event in self.events if event["t"] == "item"]
        total = next((event["n"] for event in self.events if event["t"] == "collected"), 0)
        errors = self.bad
        why = self.why if not items and not errors and self.why != "no test ran" else ""
        shown = items[:limit]
        cut = f"only the first {len(shown)} of {total} tests are listed" if len(shown) < total else ""
        return TestList(
            state="errors" if errors else "unknown" if why else "partial" if cut else "clean",
            reason="; ".join(filter(None, (why, cut))),
            tests=[
                TestItem(test_id=e["nodeid"], file=self._file(e["path"]), line=e["lineno"], markers=e["markers"])
                for e in shown
            ],
            total=total,
            failures=[self.failure(event) for event in errors[:MAX_FAILURES]],
        )

    def failure(self, event: Event) -> TestFailure:
        """One failed test."""
        text = (event.get("longrepr") or "").replace(str(self.folder), str(self.root))
        message = (event.get("message") or "").replace(str(self.folder), str(self.root))
        return TestFailure(
            test_id=event["nodeid"],
            file=self._file(event.get("path") or event["nodeid"].partition("::")[0]),
            line=event.get("lineno") or 1,
            message=(message or (text.strip().splitlines() or [""])[-1])[:MESSAGE_CHARACTERS],
            traceback=text[-TRACEBACK_CHARACTERS:],
        )

    def _state(self, bad: bool, any_result: bool) -> State:
        if bad:
            return "errors"
        if not self.why:
            return "clean"
        return "partial" if any_result and not self.ended else "unknown"

    def _counts(self) -> Counter[str]:
        """How many tests ended how. A test that failed in any way has not passed; passed subtests are no tests."""
        ends = {(event["nodeid"], status) for event in self.events if (status := _status(event))}
        bad = {test for test, status in ends if status in ("failed", "error")}
        return Counter(status for test, status in ends if status != "passed" or test not in bad)

    def _file(self, name: str) -> str:
        path = Path(os.path.normpath(self.folder / name))
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else str(path)


def _status(event: Event) -> str:
    """passed, failed, error, skipped, xfailed or xpassed; empty for what is no test's end."""
    if event["t"] == "collect_error":
        return "error"
    if event["t"] != "test":
        return ""
    status = str(event.get("status") or "")
    return "" if status.startswith("subtests ") else status


def read_events(report: Path) -> list[Event]:
    """The lines of a report; those of a killed run may end in the middle of one."""
    events: list[Event] = []
    try:
        with report.open("rb") as stream:
            for line in stream.read(MAX_REPORT_BYTES).splitlines():
                events.append(msgspec.json.decode(line))
    except (OSError, msgspec.DecodeError):
        return events
    return events
