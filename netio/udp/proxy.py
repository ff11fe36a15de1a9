"""A bad network on demand: a proxy between a client and a server that loses, repeats and mixes up datagrams.

What happens to each is drawn from a seeded generator, one for each client and direction, so a run can be repeated. The
decision is made without I/O (`Mangler`), the proxy carries it out.
"""
from __future__ import annotations

import random
import socket
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Iterator, NamedTuple, Optional

from .datagrams import Address, Datagram, connect, receive, receive_now  # noqa: F401 (for the example)
from .loop import Endpoint
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


class Mangler:
    """Decides what becomes of each datagram of one direction.

    >>> mangler = Mangler(drop=0.3, duplicate=0.3, reorder=0.3, seed=12)
    >>> [list(mangler.pass_on(bytes([65 + n]))) for n in range(6)]
    [[b'A'], [b'B'], [], [b'D', b'C'], [b'E', b'E'], []]
    >>> mangler.counts
    Counts(arrived=6, dropped=1, duplicated=1, reordered=1)
    """

    def __init__(self, drop: float = 0.0, duplicate: float = 0.0, reorder: float = 0.0, seed: object = 0) -> None:
        for name, chance in (("drop", drop), ("duplicate", duplicate), ("reorder", reorder)):
            if not 0 <= chance <= 1:
                raise ValueError(f"{name} is a chance from 0 to 1, not {chance!r}")
        self._drop, self._duplicate, self._reorder = drop, duplicate, reorder
        self._random = random.Random(str(seed))
        self._held: Optional[bytes] = None
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
    """Relays datagrams between its clients and the server at `target`, and mistreats them: each chance is 0 to 1.

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

    Raises: ValueError for a chance that is none, OSError as `bind` does.
    """

    def __init__(self, target: Address, *, drop: float = 0.0, duplicate: float = 0.0, reorder: float = 0.0,
                 seed: int = 0, address: Address = ("127.0.0.1", 0), clients: int = 256) -> None:
        self._chances = {"drop": drop, "duplicate": duplicate, "reorder": reorder}
        Mangler(**self._chances)  # says now what is wrong with them
        super().__init__(address)
        self.target, self.seed, self.most_clients = target, seed, clients
        self._ways: OrderedDict[Address, _Way] = OrderedDict()
        self._closed_counts = Counts()
        self._clients_so_far = 0

    @property
    def counts(self) -> Counts:
        """What has been done so far, in both directions together."""
        open_ways = list(self._ways.values())
        every = [self._closed_counts, *(way.there.counts for way in open_ways), *(way.back.counts for way in open_ways)]
        return Counts(*map(sum, zip(*every)))

    def close(self) -> None:
        """Stop and close all sockets."""
        super().close()
        for client in list(self._ways):
            self._close_way(client)

    def take(self, datagram: Datagram) -> None:
        with suppress(OSError):  # no way to the server now, or no socket left: a loss like any other
            way = self._way(datagram.address)
            way.to_server(way.there.pass_on(datagram.data))

    def _way(self, client: Address) -> _Way:
        way = self._ways.get(client)
        if way is None:
            if len(self._ways) >= self.most_clients:
                oldest = next(iter(self._ways))
                self.forget(self._ways[oldest].sock)
                self._close_way(oldest)
            manglers = [Mangler(**self._chances, seed=(self.seed, self._clients_so_far, side)) for side in (0, 1)]
            way = _Way(connect(self.target), self.sock, client, *manglers)
            self._ways[client] = way
            self._clients_so_far += 1
            self.watch(way.sock, way.from_server)
        self._ways.move_to_end(client)
        return way

    def _close_way(self, client: Address) -> None:
        way = self._ways.pop(client)
        self._closed_counts = Counts(*map(sum, zip(self._closed_counts, way.there.counts, way.back.counts)))
        way.sock.close()

    def _longest_wait(self) -> float:
        due = [way.due for way in self._ways.values() if way.due is not None]
        return max(0.0, min(due) - time.monotonic()) if due else super()._longest_wait()

    def _after_events(self) -> None:
        now = time.monotonic()
        for way in self._ways.values():
            if way.due is not None and way.due <= now:
                way.release()


class _Way:
    """The way between one client and the server, with a socket of its own towards the server."""

    def __init__(self, sock: socket.socket, front: socket.socket, client: Address,
                 there: Mangler, back: Mangler) -> None:
        self.sock, self.front, self.client, self.there, self.back = sock, front, client, there, back
        self.due: Optional[float] = None  # when what is held back has to go

    def to_server(self, going: Iterator[bytes]) -> None:
        for data in going:
            _try_to_send(self.sock, data, None)
        self._note_held()

    def from_server(self) -> None:
        for data in _waiting(self.sock):
            self._to_client(self.back.pass_on(data))

    def release(self) -> None:
        self.to_server(self.there.release())
        self._to_client(self.back.release())

    def _to_client(self, going: Iterator[bytes]) -> None:
        for data in going:
            _try_to_send(self.front, data, self.client)
        self._note_held()

    def _note_held(self) -> None:
        if not self.there.holding and not self.back.holding:
            self.due = None
        elif self.due is None:
            self.due = time.monotonic() + _HELD_SECONDS


def _waiting(sock: socket.socket) -> Iterator[bytes]:
    for _ in range(_MOST_AT_ONCE):
        try:
            yield receive_now(sock).data
        except ConnectionError:
            continue  # the other side is not there (yet): what was sent is lost, like much here
        except OSError:
            return


def _try_to_send(sock: socket.socket, data: bytes, address: Optional[Address]) -> None:
    try:
        sock.send(data) if address is None else sock.sendto(data, address)
    except OSError:
        pass  # one more lost datagram
