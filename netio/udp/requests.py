"""A request and its reply over a network that loses datagrams, repeats them and mixes them up.

The client numbers each request, and sends it again, waiting longer each time, until a reply with that number comes.
The server remembers its last replies: a request that comes again is answered from memory, so that nothing is done
twice. On the wire a request is `\\0ask`, 8 bytes of number, the data; a reply is `\\0ans`, the same number, the
data. No text begins with a NUL, so a plain client, which sends just text, is recognized and answered plainly.
"""
from __future__ import annotations

import errno
import math
import os
import struct
import threading
import time
from collections import OrderedDict
from typing import Any

from .._deadline import LONGEST_WAIT, deadline_after, time_left
from .datagrams import MAX_DATAGRAM, Address, Datagram, connect, format_address, receive, resolve
from .server import Handler, Server  # noqa: F401 (the examples use Server)

# What precedes the data of a request and of a reply: which of both it is, and its number.
HEADER = struct.Struct("!4sQ")
# How a request begins on the wire.
REQUEST = b"\0ask"
# How a reply begins on the wire.
REPLY = b"\0ans"
# So many datagrams without a number are answered a second, to one sender.
MOST_PLAIN = 100
_MOST_SENDERS = 1024  # of such datagrams, whose number is known
_SHORTEST_WAIT_SECONDS = 0.02
_REFUSALS_BEFORE_GIVING_UP = 3
_NO_MEMORY = (errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN)  # a datagram is lost: it passes


class AtMostOnce:
    """A handler around a handler: a request that comes again gets the same reply again, and is not asked twice.

    The last `remember` requests are known, by sender and number. Datagrams without a number are handed through, up to
    `MOST_PLAIN` a second from one sender. Servers in several threads may share it: the handler is asked by one at a
    time.

    >>> asked = []
    >>> once = AtMostOnce(lambda datagram: asked.append(datagram.data) or b"done")
    >>> request = Datagram(HEADER.pack(REQUEST, 7) + b"pay 5", ("127.0.0.1", 9), False)
    >>> once(request) == once(request) == HEADER.pack(REPLY, 7) + b"done"
    True
    >>> asked
    [b'pay 5']
    >>> once(Datagram(b"plain", ("127.0.0.1", 9), False))
    b'done'

    A handler that raises has not answered: the next try asks it again. Raises: ValueError for less than none to
    remember. See: RFC 5531 section 9 (the same idea in RPC).
    """

    def __init__(self, handler: Handler, *, remember: int = 1024) -> None:
        if remember < 0:
            raise ValueError(f"0 replies or more can be remembered, not {remember}")
        self.handler, self.remember = handler, remember
        self._replies: OrderedDict[tuple[Address, int], bytes | None] = OrderedDict()
        self._plain: OrderedDict[Address, tuple[int, int]] = OrderedDict()  # how many came in which second
        self._turn = threading.Lock()

    def __call__(self, datagram: Datagram) -> bytes | None:
        number = request_id(datagram.data, REQUEST)
        with self._turn:
            if number is None:
                return self.handler(datagram) if self._may_answer(datagram) else None
            key = datagram.address, number
            if key in self._replies:
                return self._replies[key]
            reply = self.handler(datagram._replace(data=datagram.data[HEADER.size:]))
            reply = self._replies[key] = None if reply is None else HEADER.pack(REPLY, number) + reply
            while len(self._replies) > self.remember:
                self._replies.popitem(last=False)
            return reply

    def _may_answer(self, datagram: Datagram) -> bool:
        """Return whether a datagram without a number is answered. Else one with a forged sender, another service that
        answers whatever comes, would have both answer each other for ever."""
        second = int(time.monotonic())
        begun, count = self._plain.pop(datagram.address, (second, 0))
        count = count + 1 if begun == second else 1
        self._plain[datagram.address] = second, count
        if len(self._plain) > _MOST_SENDERS:
            self._plain.popitem(last=False)
        return count <= MOST_PLAIN and not datagram.data.startswith(REPLY)


class Client:
    """Asks a server that uses AtMostOnce, again and again until it replies.

    >>> with Server(("127.0.0.1", 0), AtMostOnce(lambda datagram: datagram.data[::-1])) as server:
    ...     with Client(server.address) as client:
    ...         client.request(b"abc"), client.request(b"")
    (b'cba', b'')

    One thread at a time may use it. A name with several addresses: where one refuses, the next is tried.

    Raises: OSError where no address of the host can be reached from here.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._places = [info[4] for info in resolve(address)]
        self.sock = connect(address)
        self._number = int.from_bytes(os.urandom(8), "big")  # no reply to an earlier program at this port may match
        self._round_trip = math.inf  # seconds that a reply to a first try took last
        self.tries = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    def request(self, data: bytes, *, timeout: float = 10.0, first_wait: float = 0.1,
                longest_wait: float = 1.0) -> bytes:
        """Return the server's reply to `data`, within `timeout` seconds in all.

        The request is sent again after `first_wait` seconds, or after four times what the last reply that needed one
        try took, if that is less; then after twice as long each time, up to `longest_wait`; never sooner than 20 ms.
        `tries` says how often the last request was sent.

        Raises: TimeoutError where no reply came; ConnectionRefusedError where nobody listens, three times running.
        """
        self._number = (self._number + 1) % 2 ** 64
        request = HEADER.pack(REQUEST, self._number) + data
        wait = min(first_wait, 4 * self._round_trip)
        begin, refusals, self.tries = time.monotonic(), 0, 0
        deadline = deadline_after(timeout)
        while (left := time_left(deadline)) != 0:
            self.tries += 1
            wait = min(max(_SHORTEST_WAIT_SECONDS, wait), LONGEST_WAIT)  # for nan, too, the shortest
            until = time.monotonic() + (wait if left is None else min(wait, left))
            try:
                self.sock.send(request)
                reply = self._wait_for_reply(until)
                if self.tries == 1:  # else nobody knows which try was answered (Karn's rule, RFC 6298 section 3)
                    self._round_trip = time.monotonic() - begin
                return reply
            except TimeoutError:
                refusals = 0
            except ConnectionError as error:
                refusals += 1
                if refusals >= _REFUSALS_BEFORE_GIVING_UP * len(self._places):
                    nobody = f"nobody listens at {format_address(self.address)}"
                    raise ConnectionRefusedError(error.errno, nobody) from error
                self._use_next_place()
                time.sleep(max(0.0, until - time.monotonic()))
            except OSError as error:
                if error.errno not in _NO_MEMORY:
                    raise
                time.sleep(max(0.0, until - time.monotonic()))
            wait = min(2 * wait, longest_wait)
        raise TimeoutError(f"no reply from {format_address(self.address)} to {self.tries} tries in {timeout:g} s")

    def _wait_for_reply(self, until: float) -> bytes:
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                reply = receive(self.sock, MAX_DATAGRAM, timeout=left).data
            except TimeoutError:  # PyPy's waits end up to half a millisecond early
                continue
            if request_id(reply, REPLY) == self._number:  # else a late reply to an earlier request
                return reply[HEADER.size:]

    def _use_next_place(self) -> None:
        if len(self._places) > 1:
            self._places.append(self._places.pop(0))
            before, self.sock = self.sock, connect(self._places[0])
            before.close()


def request(address: Address, data: bytes, *, timeout: float = 10.0) -> bytes:
    """Ask one request and return the reply; for several keep a `Client`.

    >>> with Server(("127.0.0.1", 0), AtMostOnce(lambda datagram: b"hello " + datagram.data)) as server:
    ...     request(server.address, b"lily")
    b'hello lily'

    Raises: what `Client.request` raises.
    """
    with Client(address) as client:
        return client.request(data, timeout=timeout)


def request_id(data: bytes, kind: bytes) -> int | None:
    """Return the number of a request (`kind=REQUEST`) or a reply (`kind=REPLY`), None where `data` is neither.

    >>> request_id(HEADER.pack(REQUEST, 7) + b"word", REQUEST), request_id(b"word", REQUEST)
    (7, None)
    """
    if len(data) < HEADER.size or not data.startswith(kind):
        return None
    number: int = HEADER.unpack_from(data)[1]
    return number
