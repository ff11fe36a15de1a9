"""Texts over datagrams that get lost: numbered, acknowledged, asked for again, shown once and in order.

A frame is one more request in the notes' style, `N session number received text`, so a server that does not know it
takes it for an unknown verb and nothing happens. `session` (16 hex digits, chosen at random by the client) tells this
talk from an earlier one of the same address, and from what a stranger could guess. `number` counts the texts of one
direction from 1; 0 carries no text of its own, only news. `received` is the number up to which all have arrived; where
numbers follow, those are missing, and are sent again at once. What is not acknowledged goes out again after a while,
then after twice as long. Both ends run the same code, and neither does any I/O.

    N 5f1d0c9a7be24136 3 1 C lily hello        text 3; yours have arrived up to 1
    N 5f1d0c9a7be24136 0 4 5 7                 yours have arrived up to 4 (and some later ones); 5 and 7 are missing

See: RFC 9293 section 3.4 (what TCP does instead), RFC 6298 (when to send again).
"""
from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

# How many texts may be under way unacknowledged.
WINDOW = 64

_FRAME = re.compile(rb"N ([0-9a-f]{16}) (\d{1,9}) (\d{1,9})(?: (.*))?", re.DOTALL)
_SHORTEST_WAIT = 0.02  # seconds in which a text is not sent again, whoever asks


class Frame(NamedTuple):
    """What a datagram of a link carries.

    >>> Frame("5f1d0c9a7be24136", 3, 1, b"C lily hello").number
    3
    """

    session: str
    number: int
    received: int
    text: bytes


def parse_frame(data: bytes) -> Frame | None:
    """Parse a datagram, or return None if it is no link frame.

    >>> parse_frame(b"N 5f1d0c9a7be24136 3 1 C lily hello")
    Frame(session='5f1d0c9a7be24136', number=3, received=1, text=b'C lily hello')
    >>> parse_frame(b"C lily hello") is None
    True
    """
    match = _FRAME.fullmatch(data)
    if match is None:
        return None
    session, number, received, text = match.groups()
    return Frame(session.decode(), int(number), int(received), text or b"")


class _SentText:
    """A text that is under way: when it was sent first and last, and when it is to be sent again."""

    __slots__ = ("text", "first", "last", "due", "wait")

    def __init__(self, text: bytes, now: float, wait: float) -> None:
        self.text, self.wait = text, wait
        self.first = self.due = now
        self.last = float("-inf")


class ReliableLink:
    """One end of a talk over datagrams: `send` and `receive` texts, and pass on what `datagrams` says.

    >>> here, there = ReliableLink("5f1d0c9a7be24136", 0.0), ReliableLink("5f1d0c9a7be24136", 0.0)
    >>> here.send(b"one"); here.send(b"two")
    >>> lost, second = here.datagrams(0.0)
    >>> there.receive(parse_frame(second), 0.01), there.datagrams(0.01)
    ([], [b'N 5f1d0c9a7be24136 0 0 1'])
    >>> here.receive(parse_frame(b"N 5f1d0c9a7be24136 0 0 1"), 0.03), here.datagrams(0.03)
    ([], [b'N 5f1d0c9a7be24136 1 0 one'])
    >>> there.receive(parse_frame(b"N 5f1d0c9a7be24136 1 0 one"), 0.04)
    [b'one', b'two']

    Times are any monotonic seconds. A text is sent again after `initial_rto`, then after twice as long each time, up to
    `max_rto`. An end that has nothing to say shows every `keep_alive` seconds that it is there. `lost` says why
    there is no hope left: no acknowledgement for `give_up` seconds, no sign of life for four times `keep_alive`.
    Raises: ValueError for a time of 0 before a text is sent again.
    """

    def __init__(self, session: str, now: float, *, initial_rto: float = 0.1, max_rto: float = 1.0,
                 give_up: float = 30.0, keep_alive: float = 15.0) -> None:
        if not (initial_rto > 0 and max_rto > 0):  # or texts would be sent again and again without a pause
            raise ValueError(f"a time is more than 0 seconds, not {min(initial_rto, max_rto)}")
        self.session, self.lost = session, ""
        self._initial_rto, self._max_rto = initial_rto, max_rto
        self._give_up, self._keep_alive = give_up, keep_alive
        self._last_received = self._last_sent = now
        self._unsent: deque[bytes] = deque()
        self._in_flight: dict[int, _SentText] = {}  # by number, in order
        self._sent = self._received = 0  # the last numbers
        self._out_of_order: dict[int, bytes] = {}  # what came before its turn
        self._ack_due = False

    @property
    def unacknowledged(self) -> int:
        """How many texts the other end has not said to have."""
        return len(self._in_flight) + len(self._unsent)

    def send(self, text: bytes) -> None:
        """Have a text sent; `datagrams` tells how."""
        self._unsent.append(text)

    def receive(self, frame: Frame, now: float) -> list[bytes]:
        """Take a frame of this session and return the texts whose turn has come, each once and in order."""
        self._last_received = now
        for number in [number for number in self._in_flight if number <= frame.received]:
            del self._in_flight[number]
        if frame.number:
            self._ack_due = True
            return self._take(frame)
        for asked in filter(bytes.isdigit, frame.text.split()[:WINDOW]):
            text = self._in_flight.get(int(asked[:9]))
            if text and now - text.last >= _SHORTEST_WAIT:
                text.due = now
        return []

    def datagrams(self, now: float) -> list[bytes]:
        """Return what is to go out now; afterwards ask `next_deadline`."""
        self._start_waiting(now)
        due = [(number, text) for number, text in self._in_flight.items() if text.due <= now]
        out = [self._frame(number, text.text) for number, text in due]
        for _, text in due:
            text.last, text.due = now, now + text.wait
            text.wait = min(2 * text.wait, self._max_rto)
        if self._out_of_order or self._ack_due and not out or now >= self._last_sent + self._keep_alive:
            if self._ack_due or not out:
                out.append(self._frame(0, self._missing()))
        if out:
            self._ack_due, self._last_sent = False, now
        self._look_for_the_end(now)
        return out

    def next_deadline(self, now: float) -> float:
        """Return when `datagrams` is to be asked again, if nothing happens before."""
        if self._ack_due or self._unsent and len(self._in_flight) < WINDOW:
            return now
        return min(self._last_sent + self._keep_alive, self._last_received + 4 * self._keep_alive,
                   *(text.due for text in self._in_flight.values()))

    def _take(self, frame: Frame) -> list[bytes]:
        if self._received < frame.number <= self._received + WINDOW:
            self._out_of_order[frame.number] = frame.text
        texts = []
        while self._received + 1 in self._out_of_order:
            self._received += 1
            texts.append(self._out_of_order.pop(self._received))
        return texts

    def _start_waiting(self, now: float) -> None:
        while self._unsent and len(self._in_flight) < WINDOW:
            self._sent += 1
            self._in_flight[self._sent] = _SentText(self._unsent.popleft(), now, self._initial_rto)

    def _missing(self) -> bytes:
        last = max(self._out_of_order, default=0)
        gaps = (number for number in range(self._received + 1, last) if number not in self._out_of_order)
        return b" ".join(b"%d" % number for number in gaps)

    def _frame(self, number: int, text: bytes) -> bytes:
        return b"N %s %d %d%s" % (self.session.encode(), number, self._received, text and b" " + text)

    def _look_for_the_end(self, now: float) -> None:
        oldest = next(iter(self._in_flight.values()), None)
        if oldest is not None and now - oldest.first >= self._give_up:
            self.lost = f"no answer for {self._give_up:g} s"
        elif now - self._last_received >= 4 * self._keep_alive:
            self.lost = f"no sign of life for {4 * self._keep_alive:g} s"
