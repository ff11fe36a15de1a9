"""A question and its answer over a network that loses datagrams, repeats them and mixes them up.

The client numbers each question, and sends it again, waiting longer each time, until an answer with that number comes.
The server remembers its last answers: a question that comes again is answered from memory, so that nothing is done
twice. On the wire a question is `\\0ask`, 8 bytes of number, the data; an answer is `\\0ans`, the same number, the
data. No text begins with a NUL, so a plain client, which sends just text, is told apart and answered plainly.
"""
from __future__ import annotations

import math
import os
import struct
import time
from collections import OrderedDict
from typing import Any, Optional

from .datagrams import MAX_DATAGRAM, Address, Datagram, connect, format_address, receive, resolve
from .server import Handler, Server  # noqa: F401 (the examples use Server)

# What stands before the data of a question and of an answer: which of both it is, and its number.
HEADER = struct.Struct("!4sQ")
# How a question begins on the wire.
QUESTION = b"\0ask"
# How an answer begins on the wire.
ANSWER = b"\0ans"
_SHORTEST_WAIT_SECONDS = 0.02
_REFUSALS_BEFORE_GIVING_UP = 3


class AnswerOnce:
    """A handler around a handler: a question that comes again gets the same answer again, and is not asked twice.

    The last `remember` questions are known, by sender and number. Datagrams without a number are handed through.

    >>> asked = []
    >>> once = AnswerOnce(lambda datagram: asked.append(datagram.data) or b"done")
    >>> question = Datagram(HEADER.pack(QUESTION, 7) + b"pay 5", ("127.0.0.1", 9), False)
    >>> once(question) == once(question) == HEADER.pack(ANSWER, 7) + b"done"
    True
    >>> asked
    [b'pay 5']
    >>> once(Datagram(b"plain", ("127.0.0.1", 9), False))
    b'done'

    A handler that raises has not answered: the next try asks it again. See: RFC 5531 section 9 (the same idea in RPC).
    """

    def __init__(self, handler: Handler, *, remember: int = 1024) -> None:
        self.handler, self.remember = handler, remember
        self._answers: OrderedDict[tuple[Address, int], Optional[bytes]] = OrderedDict()

    def __call__(self, datagram: Datagram) -> Optional[bytes]:
        number = number_of(datagram.data, QUESTION)
        if number is None:
            return self.handler(datagram)
        key = datagram.address, number
        if key not in self._answers:
            reply = self.handler(datagram._replace(data=datagram.data[HEADER.size:]))
            self._answers[key] = None if reply is None else HEADER.pack(ANSWER, number) + reply
            while len(self._answers) > self.remember:
                self._answers.popitem(last=False)
        return self._answers[key]


class Client:
    """Asks a server that uses AnswerOnce, again and again until it answers.

    >>> with Server(("127.0.0.1", 0), AnswerOnce(lambda datagram: datagram.data[::-1])) as server:
    ...     with Client(server.address) as client:
    ...         client.ask(b"abc"), client.ask(b"")
    (b'cba', b'')

    One thread at a time may use it. A name with several addresses: where one refuses, the next is tried.

    Raises: OSError where no address of the host can be reached from here.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._places = [info[4] for info in resolve(address)]
        self.sock = connect(address)
        self._number = int.from_bytes(os.urandom(8), "big")  # no answer to an earlier program at this port may match
        self._round_trip = math.inf  # seconds that an answer to a first try took last
        self.tries = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    def ask(self, data: bytes, *, timeout: float = 10.0, first_wait: float = 0.1,
            longest_wait: float = 1.0) -> bytes:
        """Return the server's answer to `data`, within `timeout` seconds in all.

        The question is sent again after `first_wait` seconds, or after four times what the last answer that needed one
        try took, if that is less (but 20 ms at least); then after twice as long each time, up to `longest_wait`.
        `tries` tells how often the last question was sent.

        Raises: TimeoutError where no answer came; ConnectionRefusedError where nobody listens, three times running.
        """
        self._number = (self._number + 1) % 2 ** 64
        question = HEADER.pack(QUESTION, self._number) + data
        wait = min(first_wait, max(_SHORTEST_WAIT_SECONDS, 4 * self._round_trip))
        begin, refusals, self.tries = time.monotonic(), 0, 0
        while (left := begin + timeout - time.monotonic()) > 0:
            self.tries += 1
            until = time.monotonic() + min(wait, left)
            try:
                self.sock.send(question)
                answer = self._wait_for_answer(until)
                if self.tries == 1:  # else nobody knows which try was answered (Karn's rule, RFC 6298 section 3)
                    self._round_trip = time.monotonic() - begin
                return answer
            except TimeoutError:
                refusals = 0
            except ConnectionError as error:
                refusals += 1
                if refusals >= _REFUSALS_BEFORE_GIVING_UP * len(self._places):
                    nobody = f"nobody listens at {format_address(self.address)}"
                    raise ConnectionRefusedError(error.errno, nobody) from error
                self._use_next_place()
                time.sleep(max(0.0, until - time.monotonic()))
            wait = min(2 * wait, longest_wait)
        raise TimeoutError(f"no answer from {format_address(self.address)} to {self.tries} tries in {timeout:g} s")

    def _wait_for_answer(self, until: float) -> bytes:
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            reply = receive(self.sock, MAX_DATAGRAM, timeout=left).data
            if number_of(reply, ANSWER) == self._number:  # else a late answer to an earlier question
                return reply[HEADER.size:]

    def _use_next_place(self) -> None:
        if len(self._places) > 1:
            self._places.append(self._places.pop(0))
            self.sock.close()
            self.sock = connect(self._places[0])


def ask(address: Address, data: bytes, *, timeout: float = 10.0) -> bytes:
    """Ask one question and return the answer; for several keep a `Client`.

    >>> with Server(("127.0.0.1", 0), AnswerOnce(lambda datagram: b"hello " + datagram.data)) as server:
    ...     ask(server.address, b"lily")
    b'hello lily'

    Raises: what `Client.ask` raises.
    """
    with Client(address) as client:
        return client.ask(data, timeout=timeout)


def number_of(data: bytes, kind: bytes) -> Optional[int]:
    """Return the number of a question (`kind=QUESTION`) or an answer (`kind=ANSWER`), None where `data` is neither.

    >>> number_of(HEADER.pack(QUESTION, 7) + b"word", QUESTION), number_of(b"word", QUESTION)
    (7, None)
    """
    if len(data) < HEADER.size or not data.startswith(kind):
        return None
    number: int = HEADER.unpack_from(data)[1]
    return number
