"""Which test runs which line of netio: a plugin for pytest that tests.mutation loads (`-p tests.line_records`).

The record is a text file that every process appends to, also those that a test forks or starts (each calls
start_recording in its sitecustomize): `TEST PATH LINE`, and when a test has ended `TEST = SECONDS OUTCOME ID`. Without
NETIO_LINE_RECORD nothing is recorded; with NETIO_TESTS_TO_RUN, a file of ids, just those are run, in that order.
"""
from __future__ import annotations

import os
import sys
import time
from pathlib import Path

NETIO = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "netio") + os.sep
TOOL = 4  # any of sys.monitoring's numbers that no debugger, profiler or coverage has


def start_recording(record: str) -> None:
    """Append each line of netio to the record when a test runs it for the first time."""
    descriptor = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if os.name == "posix":
        import fcntl
        low, descriptor = descriptor, fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 900)  # out of the tests' way
        os.close(low)

    def on_line(code, line):
        if code.co_filename.startswith(NETIO):
            test = os.environ.get("NETIO_TEST", "")
            try:
                os.write(descriptor, f"{test} {code.co_filename[len(NETIO):]} {line}\n".encode() if test else b"")
            except OSError:
                pass
        return sys.monitoring.DISABLE

    sys.monitoring.use_tool_id(TOOL, "netio lines")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, on_line)
    sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)


def pytest_configure(config):
    if record := os.environ.get("NETIO_LINE_RECORD"):
        config.pluginmanager.register(Recorder(record))


def pytest_collection_modifyitems(items):
    if wanted := os.environ.get("NETIO_TESTS_TO_RUN"):
        place = {line: index for index, line in enumerate(Path(wanted).read_text(encoding="utf-8").split("\n"))}
        items[:] = sorted((item for item in items if ascii(item.nodeid) in place),
                          key=lambda item: place[ascii(item.nodeid)])


class Recorder:
    """Tells the lines which test they are run by."""

    def __init__(self, record):
        self.record, self.number = record, 0

    def pytest_runtest_logstart(self):
        self.number += 1
        self.begin, self.outcome = time.monotonic(), "passed"
        os.environ["NETIO_TEST"] = str(self.number)
        sys.monitoring.restart_events()

    def pytest_runtest_logreport(self, report):
        if report.outcome != "passed":
            self.outcome = report.outcome

    def pytest_runtest_logfinish(self, nodeid):
        del os.environ["NETIO_TEST"]
        with open(self.record, "a", encoding="utf-8") as file:
            file.write(f"{self.number} = {time.monotonic() - self.begin:.3f} {self.outcome} {ascii(nodeid)}\n")
