"""How signals end a server: the first Ctrl-C or SIGTERM lets it finish, the second does not wait."""
from __future__ import annotations

import contextlib
import signal
import threading
from types import FrameType
from typing import Any, Iterator


@contextlib.contextmanager
def stopped_by_signals(server: Any) -> Iterator[None]:
    """In the main thread, the first Ctrl-C or SIGTERM shuts the server down, the second ends it now, and the next
    does what it always did.

    >>> class Server:
    ...     def shutdown(self):
    ...         print("finishing")
    >>> with stopped_by_signals(Server()):
    ...     signal.raise_signal(signal.SIGINT)
    finishing
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    former = {number: action for number, action in former.items() if action not in (signal.SIG_IGN, None)}

    def give_back() -> None:
        for number, action in former.items():
            signal.signal(number, action)

    def on_first(number: int, frame: FrameType | None) -> None:
        for each in former:
            signal.signal(each, on_second)
        server.shutdown()

    def on_second(number: int, frame: FrameType | None) -> None:
        give_back()
        server.interrupt(number)

    for number in former:
        signal.signal(number, on_first)
    try:
        yield
    finally:
        give_back()
