"""A proxy that cuts a stream into other pieces: splits it, merges it, delays it, and never changes a byte.

TCP promises the bytes and their order, not the pieces. A program that takes one `recv` for one message works on the
desk and fails in the world; through this proxy it fails at once, and the same way every time. What the pieces are is
decided by a slicer, which is pure: sizes in, pieces out. The proxy around it is threads, two for each connection, one
a direction.
"""
from __future__ import annotations

import select
import socket
import threading
from itertools import repeat

from .._deadline import wait_limit
from .sockets import abort, connect, half_close, listen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator

    from .sockets import Address

_CHUNK = 64 * 1024


class Slicer:
    """Cuts a stream into pieces of the given sizes, whatever the pieces it came in; bytes in, pieces out.

    `sizes` are the lengths of the pieces to come; after the last one all else goes through as it comes. `held` is the
    number of bytes that wait until their piece is full.

    >>> slicer = Slicer([2, 5])
    >>> slicer.feed(b"abc"), slicer.held, slicer.feed(b"defghi"), slicer.flush()
    ([b'ab'], 1, [b'cdefg', b'hi'], [])

    Raises: ValueError for a size below 1. Notes: TCP, 粘包 (sticky packets).
    """

    def __init__(self, sizes: Iterable[int]) -> None:
        self._sizes = iter(sizes)
        self._size: int | None = None
        self._data = bytearray()
        self._next_size()

    @property
    def held(self) -> int:
        return len(self._data)

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes; return the pieces that are full."""
        self._data += data
        pieces, at = [], 0
        while self._size is not None and len(self._data) - at >= self._size:
            pieces.append(bytes(self._data[at:at + self._size]))
            at += self._size
            self._next_size()
        del self._data[:at]
        return pieces + (self.flush() if self._size is None else [])

    def flush(self) -> list[bytes]:
        """Return what is held, as one piece, or nothing: at the end of the stream, or when waiting gets too long."""
        data, self._data = bytes(self._data), bytearray()
        return [data] if data else []

    def _next_size(self) -> None:
        self._size = next(self._sizes, None)
        if self._size is not None and self._size < 1:
            raise ValueError(f"a piece has at least 1 byte, not {self._size}")


def make_slicer(mode: str, *, seed: int = 0) -> Slicer:
    """Return a Slicer by its name: "bytes", "end", "pieces:N", "random" or "random:N", "once:N" or "plain".

    bytes: one byte at a time. end: everything at once when the sender has finished. pieces:N: N bytes at a time.
    random:N: 1 to N bytes (N is 16), the same ones for the same seed. once:N: N bytes first, then the rest as it
    comes. plain: as it comes.

    >>> make_slicer("bytes").feed(b"abc"), make_slicer("pieces:2").feed(b"abc"), make_slicer("end").feed(b"abc")
    ([b'a', b'b', b'c'], [b'ab'], [])
    >>> make_slicer("random:4", seed=1).feed(b"x" * 20) == make_slicer("random:4", seed=1).feed(b"x" * 20)
    True

    Raises: ValueError for another name. Notes: TCP, 粘包 (sticky packets).
    """
    name, _, number = mode.partition(":")
    if number and not (number.isdecimal() and int(number)):
        raise ValueError(f"a number of bytes follows the colon, not {number!r}")
    size = int(number or 16)
    slicings: dict[str, Callable[[], Iterable[int]]] = {
        "bytes": lambda: repeat(1), "end": lambda: [1 << 62], "pieces": lambda: repeat(size),
        "random": lambda: _random_sizes(size, seed), "once": lambda: [size], "plain": lambda: [],
    }
    if name not in slicings:
        raise ValueError(f"no slicing is called {mode!r}; there are {', '.join(slicings)}")
    return Slicer(slicings[name]())


class SlicingProxy:
    """A TCP proxy before `target` that slices what passes; usable in `with`, `address` says where it listens.

    `requests` and `answers` say how the two directions are sliced, by the names of `make_slicer`. After each piece the
    proxy rests `pause` seconds, so that the pieces arrive apart; without a pause the receiving system may join some
    of them again. What a slicer holds back goes out when the sender finishes, or after `flush_delay` seconds of silence
    (None: never before the end). `seed` and the connection's number decide what is random.

    >>> from netio.tcp import half_close
    >>> with listen(("127.0.0.1", 0)) as listener, SlicingProxy(listener.getsockname(), requests="end") as proxy:
    ...     with connect(proxy.address) as client:
    ...         client.sendall(b"account")
    ...         client.sendall(b"password")
    ...         half_close(client)
    ...         server, _ = listener.accept()
    ...         with server:
    ...             server.recv(100)
    b'accountpassword'

    Closing the proxy cuts all connections. A half-close is passed on, and so is a reset.
    Raises: OSError where it cannot listen; ValueError for an unknown slicing.
    Notes: TCP, 粘包 (sticky packets). Stdlib: none; `tc netem` delays packets, but leaves the stream's pieces to chance.
    """

    def __init__(self, target: Address, *, address: Address = ("127.0.0.1", 0), requests: str = "bytes",
                 answers: str = "plain", pause: float = 0.0, flush_delay: float | None = 0.2, seed: int = 0) -> None:
        self.target = target
        self._modes = (requests, answers)
        for mode in self._modes:
            make_slicer(mode)
        self._pause, self._flush_delay, self._seed = wait_limit(pause), wait_limit(flush_delay), seed
        self._stopped = threading.Event()
        self._live: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._workers: list[threading.Thread] = []
        self._listener = listen(address)
        self.address: Any = self._listener.getsockname()
        self._wake, self._woken = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="slicing proxy", daemon=True)
        self._acceptor.start()

    def close(self) -> None:
        """Stop listening, cut all connections and wait for the threads."""
        self._stopped.set()
        self._wake.close()
        self._acceptor.join()  # from now on there are no new ones
        with self._lock:
            for sock in self._live:
                _shut(sock)
        for worker in self._workers:
            worker.join()
        self._woken.close()
        self._listener.close()

    def __enter__(self) -> SlicingProxy:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _accept(self) -> None:
        number = 0
        while self._woken not in select.select([self._listener, self._woken], [], [])[0]:
            try:
                client, _ = self._listener.accept()
            except OSError:  # it left while it waited, or we have too many descriptors just now
                self._stopped.wait(0.01)
                continue
            number += 1
            worker = threading.Thread(target=self._serve, args=(client, self._seed + number), daemon=True)
            self._workers = [other for other in self._workers if other.is_alive()] + [worker]
            worker.start()

    def _serve(self, client: socket.socket, seed: int) -> None:
        """Connect to the target and pass both directions on until both have ended."""
        try:
            server = connect(self.target, timeout=10)
        except OSError:
            abort(client)
            return
        with client, server:
            client.settimeout(None)
            server.settimeout(None)
            with self._lock:
                self._live |= {client, server}
            if self._stopped.is_set():
                return
            back = threading.Thread(target=self._pass, args=(server, client, make_slicer(self._modes[1], seed=-seed)))
            back.start()
            self._pass(client, server, make_slicer(self._modes[0], seed=seed))
            back.join()
            with self._lock:
                self._live -= {client, server}

    def _pass(self, source: socket.socket, sink: socket.socket, slicer: Slicer) -> None:
        try:
            for piece in self._pieces(source, slicer):
                sink.sendall(piece)
                if self._pause != 0:
                    self._stopped.wait(self._pause)
            half_close(sink)
        except OSError:  # a reset on one side: pass it on
            for sock in (source, sink):
                _shut(sock)

    def _pieces(self, source: socket.socket, slicer: Slicer) -> Iterator[bytes]:
        """Yield the pieces that the slicer makes of what comes, and what it holds once nothing more comes."""
        while True:
            delay = self._flush_delay if slicer.held else None
            if delay is not None and not select.select([source], [], [], delay)[0]:
                yield from slicer.flush()
            data = source.recv(_CHUNK)
            if not data:
                break
            yield from slicer.feed(data)
        if not self._stopped.is_set():  # else it is our own close that ended the stream
            yield from slicer.flush()


def _random_sizes(largest: int, seed: int) -> Iterator[int]:
    import random  # takes a third as long to load as all of netio.tcp

    numbers = random.Random(seed)
    return (numbers.randint(1, largest) for _ in repeat(None))


def _shut(sock: socket.socket) -> None:
    """End both directions, so that whoever waits on the socket wakes up."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
