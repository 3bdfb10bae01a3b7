"""A pytest plug-in that writes results as JSON lines to $PUNIE_REPORT.

It runs inside the user's Python, whatever its version, and needs nothing but pytest and the standard library.
"""

import json
import os


class Reporter:
    """Writes one JSON object per event."""

    def __init__(self, config, path):
        self.config = config
        self.file = open(path, "w", buffering=1, encoding="utf-8")

    def write(self, **event):
        self.file.write(json.dumps(event, default=repr) + "\n")

    def pytest_collectreport(self, report):
        if report.failed:
            self.write(t="collect_error", nodeid=report.nodeid, longrepr=str(report.longrepr))

    def pytest_collection_finish(self, session):
        self.write(t="collected", n=len(session.items))

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
            message=getattr(crash, "message", None),
            longrepr=report.longreprtext if report.failed else None,
        )

    def pytest_sessionfinish(self, session, exitstatus):
        self.write(t="finish", exit=int(exitstatus))


def pytest_configure(config):
    path = os.environ.get("PUNIE_REPORT")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Reporter(config, path), "punie-report")
