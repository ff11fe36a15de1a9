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
from typing import Deque, Dict, List, NamedTuple, Optional

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


def parse_frame(data: bytes) -> Optional[Frame]:
    """Take a datagram apart, or return None where it is none of a link.

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


class _Flight:
    """A text that is under way: when it was sent first and last, and when it is to be sent again."""

    __slots__ = ("text", "first", "last", "due", "wait")

    def __init__(self, text: bytes, now: float, wait: float) -> None:
        self.text, self.wait = text, wait
        self.first = self.due = now
        self.last = float("-inf")


class Link:
    """One end of a talk over datagrams: `send` and `receive` texts, and pass on what `datagrams` says.

    >>> here, there = Link("5f1d0c9a7be24136", 0.0), Link("5f1d0c9a7be24136", 0.0)
    >>> here.send(b"one"); here.send(b"two")
    >>> lost, second = here.datagrams(0.0)
    >>> there.receive(parse_frame(second), 0.01), there.datagrams(0.01)
    ([], [b'N 5f1d0c9a7be24136 0 0 1'])
    >>> here.receive(parse_frame(b"N 5f1d0c9a7be24136 0 0 1"), 0.03), here.datagrams(0.03)
    ([], [b'N 5f1d0c9a7be24136 1 0 one'])
    >>> there.receive(parse_frame(b"N 5f1d0c9a7be24136 1 0 one"), 0.04)
    [b'one', b'two']

    Times are any monotonic seconds. A text is sent again after `first_wait`, then after twice as long each time, up to
    `longest_wait`. An end that has nothing to say shows every `keep_alive` seconds that it is there. `lost` says why
    there is no hope left: no acknowledgement for `give_up` seconds, no sign of life for four times `keep_alive`.
    """

    def __init__(self, session: str, now: float, *, first_wait: float = 0.1, longest_wait: float = 1.0,
                 give_up: float = 30.0, keep_alive: float = 15.0) -> None:
        self.session, self.lost = session, ""
        self._first_wait, self._longest_wait = first_wait, longest_wait
        self._give_up, self._keep_alive = give_up, keep_alive
        self._heard = self._spoke = now
        self._waiting: Deque[bytes] = deque()
        self._flying: Dict[int, _Flight] = {}  # by number, in order
        self._sent = self._received = 0  # the last numbers
        self._early: Dict[int, bytes] = {}  # what came before its turn
        self._owes = False

    @property
    def unacknowledged(self) -> int:
        """How many texts the other end has not said to have."""
        return len(self._flying) + len(self._waiting)

    def send(self, text: bytes) -> None:
        """Have a text sent; `datagrams` tells how."""
        self._waiting.append(text)

    def receive(self, frame: Frame, now: float) -> List[bytes]:
        """Take a frame of this session and return the texts whose turn has come, each once and in order."""
        self._heard = now
        for number in [number for number in self._flying if number <= frame.received]:
            del self._flying[number]
        if frame.number:
            self._owes = True
            return self._take(frame)
        for asked in filter(bytes.isdigit, frame.text.split()[:WINDOW]):
            flight = self._flying.get(int(asked[:9]))
            if flight and now - flight.last >= _SHORTEST_WAIT:
                flight.due = now
        return []

    def datagrams(self, now: float) -> List[bytes]:
        """Return what is to go out now; afterwards ask `next_deadline`."""
        self._start_waiting(now)
        due = [(number, flight) for number, flight in self._flying.items() if flight.due <= now]
        out = [self._frame(number, flight.text) for number, flight in due]
        for _, flight in due:
            flight.last, flight.due = now, now + flight.wait
            flight.wait = min(2 * flight.wait, self._longest_wait)
        if self._early or self._owes and not out or now >= self._spoke + self._keep_alive:
            if self._owes or not out:
                out.append(self._frame(0, self._missing()))
        if out:
            self._owes, self._spoke = False, now
        self._look_for_the_end(now)
        return out

    def next_deadline(self, now: float) -> float:
        """Return when `datagrams` is to be asked again, if nothing happens before."""
        if self._owes or self._waiting and len(self._flying) < WINDOW:
            return now
        return min(self._spoke + self._keep_alive, self._heard + 4 * self._keep_alive,
                   *(flight.due for flight in self._flying.values()))

    def _take(self, frame: Frame) -> List[bytes]:
        if self._received < frame.number <= self._received + WINDOW:
            self._early[frame.number] = frame.text
        texts = []
        while self._received + 1 in self._early:
            self._received += 1
            texts.append(self._early.pop(self._received))
        return texts

    def _start_waiting(self, now: float) -> None:
        while self._waiting and len(self._flying) < WINDOW:
            self._sent += 1
            self._flying[self._sent] = _Flight(self._waiting.popleft(), now, self._first_wait)

    def _missing(self) -> bytes:
        last = max(self._early, default=0)
        gaps = (number for number in range(self._received + 1, last) if number not in self._early)
        return b" ".join(b"%d" % number for number in gaps)

    def _frame(self, number: int, text: bytes) -> bytes:
        return b"N %s %d %d%s" % (self.session.encode(), number, self._received, text and b" " + text)

    def _look_for_the_end(self, now: float) -> None:
        oldest = next(iter(self._flying.values()), None)
        if oldest is not None and now - oldest.first >= self._give_up:
            self.lost = f"no answer for {self._give_up:g} s"
        elif now - self._heard >= 4 * self._keep_alive:
            self.lost = f"no sign of life for {4 * self._keep_alive:g} s"
