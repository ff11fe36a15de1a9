"""A bad network on demand: a proxy between a client and a server that loses, repeats and mixes up datagrams.

What happens to each is drawn from a seeded generator, one for each client and direction, so a run can be repeated. The
decision is made without I/O (`Impairment`), the proxy carries it out.
"""
from __future__ import annotations

import random
import socket
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import Iterator, NamedTuple

from ..events.loop import READ, Loop
from ..events.timers import Timer
from .datagrams import Address, Datagram, connect, receive, receive_nowait  # noqa: F401 (for the example)
from .endpoint import Endpoint
from .server import Server, echo  # noqa: F401 (the example uses them)

_MOST_AT_ONCE = 64
# A datagram held back so that the next one overtakes it goes out after this long where none follows.
_HELD_SECONDS = 0.05


class Counts(NamedTuple):
    """What a LossyProxy has done so far, in datagrams.

    >>> Counts(arrived=3, dropped=1).arrived
    3
    """

    arrived: int = 0
    dropped: int = 0
    duplicated: int = 0
    reordered: int = 0


class Impairment:
    """Decides what becomes of each datagram of one direction.

    >>> impairment = Impairment(drop=0.3, duplicate=0.3, reorder=0.3, seed=12)
    >>> [list(impairment.pass_on(bytes([65 + n]))) for n in range(6)]
    [[b'A'], [b'B'], [], [b'D', b'C'], [b'E', b'E'], []]
    >>> impairment.counts
    Counts(arrived=6, dropped=1, duplicated=1, reordered=1)
    """

    def __init__(self, drop: float = 0.0, duplicate: float = 0.0, reorder: float = 0.0, seed: object = 0) -> None:
        for name, chance in (("drop", drop), ("duplicate", duplicate), ("reorder", reorder)):
            if not 0 <= chance <= 1:
                raise ValueError(f"{name} is a chance from 0 to 1, not {chance!r}")
        self._drop, self._duplicate, self._reorder = drop, duplicate, reorder
        self._random = random.Random(str(seed))
        self._held: bytes | None = None
        self.counts = Counts()

    def pass_on(self, data: bytes) -> Iterator[bytes]:
        """Yield what goes out now that `data` has come in: nothing, `data`, or more than it."""
        lost, twice, late = (self._random.random() < chance for chance in (self._drop, self._duplicate, self._reorder))
        late = late and not lost and self._held is None
        arrived, dropped, duplicated, reordered = self.counts
        self.counts = Counts(arrived + 1, dropped + lost, duplicated + (twice and not lost), reordered + late)
        if late:
            self._held = data
        elif not lost:
            yield data
            yield from self.release()
        if twice and not lost:
            yield data

    @property
    def holding(self) -> bool:
        """Whether a datagram is held back."""
        return self._held is not None

    def release(self) -> Iterator[bytes]:
        """Yield the datagram that was held back for the next one to overtake, if there is one."""
        held, self._held = self._held, None
        if held is not None:
            yield held


class LossyProxy(Endpoint):
    """Relays datagrams between clients and the server at `target`, and drops, repeats or reorders them: chances 0 to 1.

    >>> with Server(("127.0.0.1", 0), echo) as server, LossyProxy(server.address, drop=1.0) as proxy:
    ...     with connect(proxy.address) as client:
    ...         client.send(b"hello")
    ...         receive(client, timeout=0.1)
    Traceback (most recent call last):
    TimeoutError: no datagram within 0.1 s
    >>> proxy.counts.dropped
    1

    The server sees each client as a port of the proxy's own. The last `clients` clients are known at a time. `with`
    runs it in a thread until the block ends, like a Server.

    Raises: ValueError for a chance that is not from 0 to 1 and for no clients, OSError as `bind` does.
    """

    def __init__(self, target: Address, *, drop: float = 0.0, duplicate: float = 0.0, reorder: float = 0.0,
                 seed: int = 0, address: Address = ("127.0.0.1", 0), clients: int = 256) -> None:
        self._chances = {"drop": drop, "duplicate": duplicate, "reorder": reorder}
        Impairment(**self._chances)  # says now what is wrong with them
        if clients < 1:
            raise ValueError(f"at least 1 client is known, not {clients}")
        super().__init__(address)
        self.target, self.seed, self.max_clients = target, seed, clients
        self._turn = threading.Lock()  # for the sessions, which `counts` looks at from any thread
        self._sessions: OrderedDict[Address, _Session] = OrderedDict()
        self._closed_counts = Counts()
        self._clients_so_far = 0

    @property
    def counts(self) -> Counts:
        """What has been done so far, in both directions together."""
        with self._turn:
            both = [counts for session in self._sessions.values() for counts in session.counts]
            return Counts(*map(sum, zip(self._closed_counts, *both)))

    def close(self) -> None:
        """Stop and close all sockets."""
        super().close()
        with self._turn:
            for client in list(self._sessions):
                self._close_session(client)

    def datagram_received(self, datagram: Datagram) -> None:
        with suppress(OSError):  # no way to the server now, or no socket left: a loss like any other
            with self._turn:
                session = self._session(datagram.address)
            session.to_server(session.outbound.pass_on(datagram.data))

    def _session(self, client: Address) -> _Session:
        session = self._sessions.get(client)
        if session is None:
            if len(self._sessions) >= self.max_clients:
                self._close_session(next(iter(self._sessions)))
            impairments = [Impairment(**self._chances, seed=(self.seed, self._clients_so_far, side)) for side in (0, 1)]
            session = _Session(self.loop, connect(self.target), self.sock, client, *impairments)
            try:
                session.sock.setblocking(False)
                self.loop.watch(session.sock.fileno(), READ, session.from_server)
            except BaseException:
                session.sock.close()
                raise
            self._sessions[client] = session
            self._clients_so_far += 1
        self._sessions.move_to_end(client)
        return session

    def _close_session(self, client: Address) -> None:
        session = self._sessions.pop(client)
        self.loop.unwatch(session.sock.fileno())
        session.cancel()
        self._closed_counts = Counts(*map(sum, zip(self._closed_counts, *session.counts)))
        session.sock.close()


class _Session:
    """What passes between one client and the server, with its own socket towards the server."""

    def __init__(self, loop: Loop, sock: socket.socket, front: socket.socket, client: Address,
                 outbound: Impairment, inbound: Impairment) -> None:
        self._loop = loop
        self.sock, self.front, self.client, self.outbound, self.inbound = sock, front, client, outbound, inbound
        self._timer: Timer | None = None  # for what is held back

    @property
    def counts(self) -> tuple[Counts, Counts]:
        return self.outbound.counts, self.inbound.counts

    def to_server(self, going: Iterator[bytes]) -> None:
        for data in going:
            _try_to_send(self.sock, data, None)
        self._note_held()

    def from_server(self, events: int) -> None:
        for data in _recv_waiting(self.sock):
            self._to_client(self.inbound.pass_on(data))

    def _release(self, now: float) -> None:
        self._timer = None
        self.to_server(self.outbound.release())
        self._to_client(self.inbound.release())

    def _to_client(self, going: Iterator[bytes]) -> None:
        for data in going:
            _try_to_send(self.front, data, self.client)
        self._note_held()

    def _note_held(self) -> None:
        if not self.outbound.holding and not self.inbound.holding:
            self.cancel()
        elif self._timer is None:
            self._timer = self._loop.call_at(self._loop.now + _HELD_SECONDS, self._release)

    def cancel(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._loop.cancel(self._timer)
            self._timer = None


def _recv_waiting(sock: socket.socket) -> Iterator[bytes]:
    for _ in range(_MOST_AT_ONCE):
        try:
            yield receive_nowait(sock).data
        except ConnectionError:
            continue  # the other side is not there (yet): what was sent is lost, like much here
        except (OSError, MemoryError):
            return


def _try_to_send(sock: socket.socket, data: bytes, address: Address | None) -> None:
    try:
        sock.send(data) if address is None else sock.sendto(data, address)
    except OSError:
        pass  # one more lost datagram
