"""`poll`: as select, with a list in place of bit sets, and so without a highest descriptor.

What is watched is registered once on our side, but handed to the system whole at each call: the time still grows with
the number of connections. Absent on Windows.

>>> import socket
>>> if hasattr(select, "poll"):
...     ours, theirs = socket.socketpair()
...     poller = select.poll()
...     poller.register(ours, select.POLLIN)
...     assert poller.poll(0) == []
...     theirs.send(b"hello") and None
...     assert poller.poll(0) == [(ours.fileno(), select.POLLIN)]
...     ours.close(); theirs.close()

Source: poll(2). Notes: IO multiplexing, poll.
"""
from __future__ import annotations

import math
import select


class PollPoller:
    """`select.poll` with its timeout in seconds, as the others have it; it counts in whole milliseconds.

    >>> if hasattr(select, "poll"):
    ...     assert PollPoller().poll(0.0001) == []
    """

    def __init__(self) -> None:
        poller = select.poll()
        self.register, self.modify, self.unregister = poller.register, poller.modify, poller.unregister
        self._poll = poller.poll

    def poll(self, timeout: float) -> list[tuple[int, int]]:
        return self._poll(math.ceil(timeout * 1000))

    def close(self) -> None:
        """Nothing to close: poll keeps nothing in the system."""
