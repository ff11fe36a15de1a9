"""What the tests of servers share."""
from __future__ import annotations

import pytest

from netio.concurrency import Server


@pytest.fixture
def start(nothing_left):
    """A function that starts a server at a free port of this machine; all are closed when the test ends."""
    servers = []

    def start(*arguments, **options):
        servers.append(Server(("127.0.0.1", 0), *arguments, **options))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.close()
