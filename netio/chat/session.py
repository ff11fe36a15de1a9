"""The client's side of a talk with a chat room, without I/O: log in, speak, hear, log out.

With a server of ours everything goes through a `ReliableLink`, so nothing is lost, doubled or out of order. The log-in
finds out which server it is: it is sent as the link's first text, which a server of the notes ignores or refuses. Then
the session does as the notes do: plain datagrams, log-in and log-out repeated until they are answered. If an answer of
the link arrives late after all, the talk continues over the link.
"""
from __future__ import annotations

from typing import NamedTuple

from .link import Frame, ReliableLink, parse_frame
from .room import EXIT, OK, REFUSED

_RETRY_FIRST, _RETRY_LONGEST = 0.2, 1.0  # seconds between plain tries


class Event(NamedTuple):
    """What has happened: "entered", "refused", "heard", "left" or "lost", with the line or the reason.

    >>> Event("heard", "tom: hello").text
    'tom: hello'

    After "refused", "left" and "lost" the session is over.
    """

    kind: str
    text: str


class Session:
    """A member's side: hand in what was typed and what was received, pass on what `datagrams` says.

    >>> session = Session("lily", 0.0, session="5f1d0c9a7be24136")
    >>> session.datagrams(0.0)
    [b'N 5f1d0c9a7be24136 1 0 L lily']
    >>> session.receive(b"N 5f1d0c9a7be24136 1 1 OK", 0.1)
    [Event(kind='entered', text='OK')]
    >>> session.say("hello"); session.datagrams(0.2)
    [b'N 5f1d0c9a7be24136 2 1 C lily hello']

    Without `session`, or where no answer to the link came for `patience` seconds, it speaks as the notes do:

    >>> plain = Session("lily", 0.0)
    >>> plain.datagrams(0.0), plain.receive(b"OK", 0.1)
    ([b'L lily'], [Event(kind='entered', text='OK')])

    `retry=False` is for a stream, which loses nothing. `give_up` seconds without an answer to the log-in, or a fifth of
    that to the log-out, end the session. Times are any monotonic seconds. Notes: 群聊聊天室.
    """

    def __init__(self, name: str, now: float, *, session: str | None = None, patience: float = 1.5,
                 retry: bool = True, give_up: float = 30.0, initial_rto: float = 0.1) -> None:
        if not patience >= 0:  # nor can it be nan
            raise ValueError(f"a time is 0 seconds or more, not {patience}")
        self.name, self.over = name, False
        self._link = ReliableLink(session, now, initial_rto=initial_rto, give_up=give_up) if session else None
        self._linked = self._asked_plainly = False  # linked: the server has answered through the link
        self._plain: list[bytes] = []
        self._in = self.leaving = False
        self._retry, self._give_up = retry, give_up
        self._asked, self._wait, self._until = b"L " + name.encode(), _RETRY_FIRST, now + give_up
        self._ask_at: float | None = now
        if self._link:
            self._link.send(self._asked)
            self._ask_at = now + patience

    def say(self, text: str) -> None:
        """Have a line passed on to the others."""
        self._send(b"C %s %s" % (self.name.encode(), text.encode()))

    def quit(self, now: float) -> None:
        """Log out; "left" comes when the server has let us go, or has not answered for too long."""
        if self.leaving or self.over:
            return
        self.leaving = True
        self._asked, self._wait, self._until = b"Q " + self.name.encode(), _RETRY_FIRST, now + self._give_up / 5
        self._ask_at = None if self._linked else now
        if self._link:  # also if it has not answered: after our log-in, should that still arrive there
            self._link.send(self._asked)

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take what came from the server and return what it means."""
        frame = parse_frame(data)
        if frame is not None:
            return self._receive_frame(frame, now)
        if self._linked:
            if self.over or not data.startswith(REFUSED.encode()):
                return []
            return self._end("lost", data.decode("utf-8", "replace"))
        if self._link and not self._asked_plainly:  # a server that objects to the link's verb: speak as the notes do
            self._link, self._ask_at = None, now
            return []
        return self._hear(data)

    def datagrams(self, now: float) -> list[bytes]:
        """Return what is to go out now; afterwards ask `next_deadline`."""
        out = (self._link.datagrams(now) if self._link else []) + self._plain
        self._plain = []
        if self._link and self._link.lost and not self._linked:  # the server does not know links
            self._link = None
        if self._ask_at is not None and self._ask_at <= now and not self.over:
            out.append(self._asked)
            self._asked_plainly = True
            self._ask_at = now + self._wait if self._retry else None
            self._wait = min(2 * self._wait, _RETRY_LONGEST)
        return out

    def next_deadline(self, now: float) -> float:
        """Return when `deadline_passed` and then `datagrams` are to be called, if nothing happens before."""
        times = [self._ask_at, self._link.next_deadline(now) if self._link else None,
                 None if self._in and not self.leaving else self._until]
        return min((time for time in times if time is not None), default=now + 60.0)

    def deadline_passed(self, now: float) -> list[Event]:
        """Return "left" or "lost" where the server has been silent for too long."""
        if self.over:
            return []
        if self._linked and self._link and self._link.lost:
            return self._end("left" if self.leaving else "lost", self._link.lost)
        if now >= self._until and (self.leaving or not self._in):
            return self._end("left" if self.leaving else "lost", "no answer from the server")
        return []

    def _send(self, text: bytes) -> None:
        if self._link and self._linked:
            self._link.send(text)
        else:
            self._plain.append(text)

    def _receive_frame(self, frame: Frame, now: float) -> list[Event]:
        if self._link is None or frame.session != self._link.session:
            return []
        if not self._linked:  # the server knows links: from now on everything goes there
            self._linked, self._ask_at = True, None
            for text in self._plain:
                self._link.send(text)
            self._plain = []
        return [event for text in self._link.receive(frame, now) for event in self._hear(text)]

    def _hear(self, data: bytes) -> list[Event]:
        text = data.decode("utf-8", "backslashreplace")
        if self.over:
            return []
        if data == EXIT:
            return self._end("left", "EXIT")
        if self._in or self.leaving:
            return [] if data == OK else [Event("heard", text)]
        if data != OK:
            return self._end("refused", text)
        self._in, self._ask_at = True, None
        return [Event("entered", text)]

    def _end(self, kind: str, text: str) -> list[Event]:
        self.over = True
        return [Event(kind, text)]
