"""A pytest plug-in that writes results as JSON lines to $PUNIE_REPORT.

It runs inside the user's Python, whatever its version, and needs nothing but pytest and the standard library.
"""

import json
import os

import punie_paths  # before any test or conftest is imported
import pytest

MAX_TEXT = 20_000
MAX_REPORTS = 20_000


def short(text):
    text = None if text is None else str(text)
    if text is None or len(text) <= MAX_TEXT:
        return text
    return text[: MAX_TEXT // 2] + "\n...\n" + text[-MAX_TEXT // 2 :]


class Reporter:
    """Writes one JSON object per event."""

    def __init__(self, config, path):
        self.config = config
        self.file = open(path, "w", buffering=1, encoding="utf-8", errors="replace")

    def write(self, **event):
        self.file.write(json.dumps(event, default=repr) + "\n")

    def pytest_collectreport(self, report):
        if report.failed:
            self.write(t="collect_error", nodeid=report.nodeid, longrepr=short(report.longrepr))

    def pytest_collection_finish(self, session):
        self.write(t="collected", n=len(session.items))
        if self.config.option.collectonly:
            for item in session.items[:MAX_REPORTS]:
                path, line, _ = item.location
                markers = sorted({mark.name for mark in item.iter_markers()})
                self.write(t="item", nodeid=item.nodeid, path=str(path), lineno=(line or 0) + 1, markers=markers)

    def pytest_runtest_logstart(self, nodeid, location):
        self.write(t="start", nodeid=nodeid)

    def pytest_runtest_logreport(self, report):
        if report.when != "call" and report.passed:
            return
        status = self.config.hook.pytest_report_teststatus(report=report, config=self.config)[0]
        crash = getattr(report.longrepr, "reprcrash", None)
        self.write(
            t="test",
            nodeid=report.nodeid,
            when=report.when,
            status=status,
            outcome=report.outcome,
            duration=report.duration,
            path=getattr(crash, "path", None),
            lineno=getattr(crash, "lineno", None),
            message=short(getattr(crash, "message", None)),
            longrepr=short(report.longreprtext) if report.failed else None,
        )

    def pytest_sessionfinish(self, session, exitstatus):
        self.write(t="finish", exit=int(exitstatus))


class Inside:
    """Collects nothing that a link leads to out of the project, as in a sandbox, where such a link leads nowhere."""

    def __init__(self):
        self.places = [os.path.realpath(place) + os.sep for place in (punie_paths.ROOT, punie_paths.COPY)]

    def pytest_ignore_collect(self, collection_path):
        place = os.path.realpath(str(collection_path)) + os.sep
        return None if place.startswith(tuple(self.places)) else True


def pytest_configure(config):
    if punie_paths.COPY and getattr(pytest, "version_tuple", (6,)) >= (7,):
        config.pluginmanager.register(Inside(), "punie-inside")
    path = os.environ.get("PUNIE_REPORT")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(config, path), "punie-report")
