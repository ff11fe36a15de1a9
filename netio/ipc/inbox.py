"""Rings for processes that know only a path, and one receiver for many senders.

Many senders share no ring: each has its own, and the receiver takes from all in turn. So there is no lock between
them, and one that is killed spoils nobody's messages. A sender connects to the receiver's path, makes its ring and
passes the memory through the socket; the socket then is the doorbell, and its end is the sender's end. Only the path
has a name.
"""
from __future__ import annotations

import os
import select
import socket
import struct
import sys
from typing import Any, Iterable

from .ends import End, MessageReceiver
from .local import LocalListener, connect_local, listen_local, local_pair  # noqa: F401 (examples)
from .memory import AnonymousMemory
from .ring import RECHECK_DELAY, RING_SIZE, RingReceiver, open_ring  # noqa: F401 (examples)
from .ring_ends import START
from .ring_sender import RingSender
from .streams import READ_SIZE, Bytes, deadline_after, time_left, wait_for, wait_readable

OFFER = struct.Struct("=QI")  # the size of the memory and the length of its tag (Windows)
OFFER_TIMEOUT = 5.0
WELCOME = b"+"


class SocketStream(End):
    """A connected socket as a stream: what rings ring with between processes that are not related.

    >>> here, there = map(SocketStream, socket.socketpair())
    >>> here.write(b"!"), there.read(timeout=9)
    (1, b'!')
    >>> here.close(); there.read()
    b''
    >>> there.close()

    Raises: TimeoutError; BrokenPipeError from `write` when the other side is gone.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock

    def read(self, timeout: float | None = None, most: int = READ_SIZE) -> bytes:
        deadline = deadline_after(timeout)
        while True:
            try:
                return self._sock.recv(most)
            except BlockingIOError:
                pass
            except ConnectionError:
                return b""
            if not wait_readable([self], time_left(deadline)):
                raise TimeoutError(f"nothing to read within {round(timeout or 0, 2):g} s")

    def write(self, data: Bytes, timeout: float | None = None) -> int:
        deadline = deadline_after(timeout)
        while True:
            try:
                return self._sock.send(data)
            except BlockingIOError:
                pass
            except ConnectionError as error:
                raise BrokenPipeError("the other side has ended") from error
            if not _wait_writable(self._sock, time_left(deadline)):
                raise TimeoutError(f"no room to write within {round(timeout or 0, 2):g} s")

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()


class RingInbox(MessageReceiver):
    """Takes messages from many rings in turn: from `receivers`, or from all that connect to a path (see `listen_ring`).

    >>> one, to_one = open_ring(); two, to_two = open_ring()
    >>> to_one.send(1); to_two.send("二"); to_one.close(); to_two.close()
    >>> with RingInbox([one, two]) as inbox:
    ...     sorted(map(str, inbox))
    ['1', '二']

    The messages of each sender stay in order. It ends when all senders have ended and, listening, `senders` of them
    have come.

    Raises: EOFError at the end; TimeoutError.
    """

    def __init__(
        self, receivers: Iterable[RingReceiver] = (), listener: LocalListener | None = None, senders: int = 0
    ) -> None:
        super().__init__()
        self._receivers = list(receivers)
        self._listener, self._awaited = listener, senders

    def _fill(self, timeout: float | None) -> None:
        deadline, nap = deadline_after(timeout), RECHECK_DELAY
        while True:
            for receiver in self._receivers:
                if receiver.poll():
                    self._ready.extend(receiver.recv_many())
            if self._ready:
                return
            if not self._receivers and self._awaited <= 0:
                raise EOFError("all senders have ended")
            nap = self._sleep(deadline, timeout, nap)

    def _sleep(self, deadline: float | None, timeout: float | None, nap: float | None) -> float | None:
        """Ask all senders to ring, look again, and wait for a doorbell, for an end, or for a new sender.

        It waits `nap` seconds at most, and returns the next nap, as a receiver does.
        """
        if any([receiver.request_wakeup() for receiver in self._receivers]):  # all of them: a list, not a generator
            return RECHECK_DELAY
        doorbells: dict[Any, RingReceiver] = {receiver.doorbell: receiver for receiver in self._receivers}
        left = time_left(deadline)
        short = nap is not None and (left is None or nap < left)
        ready = wait_readable([*doorbells, *([self._listener] if self._listener else [])], nap if short else left)
        if not ready and not short:
            raise TimeoutError(f"nothing to read within {round(timeout or 0, 2):g} s")
        for source in ready:
            if source is self._listener:
                self._welcome()
            elif not doorbells[source].drain_doorbell() and not doorbells[source].poll():
                self._receivers.remove(doorbells[source])
                doorbells[source].close()
        return RECHECK_DELAY if ready else None

    def _welcome(self) -> None:
        """Take in the ring of the process that connects; one that offers none is sent away."""
        assert self._listener is not None
        sock = self._listener.accept(0)
        try:
            memory = recv_memory(sock)
            sock.sendall(WELCOME)
        except (OSError, EOFError, ValueError):
            sock.close()
            return
        doorbell = SocketStream(sock)
        self._receivers.append(RingReceiver(memory, doorbell, doorbell))
        self._awaited -= 1

    @property
    def path(self) -> str:
        """Return the path that senders connect to; '' where there is none."""
        return self._listener.path if self._listener else ""

    def fileno(self) -> int:
        raise NotImplementedError("an inbox has one descriptor for each sender: use recv with a timeout")

    def close(self) -> None:
        """Let go of all rings, and of the path."""
        for end in (*self._receivers, *([self._listener] if self._listener else [])):
            end.close()
        self._receivers.clear()


def listen_ring(path: str, senders: int = 1) -> RingInbox:
    """Return an inbox for the processes that `connect_ring` to `path`; it ends when `senders` have come and all have
    gone.

    >>> import tempfile, threading
    >>> def talk(path):
    ...     with connect_ring(path) as sender:
    ...         sender.send_many([b"any", b"process"])
    >>> with tempfile.TemporaryDirectory() as folder, listen_ring(os.path.join(folder, "ring")) as inbox:
    ...     other = threading.Thread(target=talk, args=[inbox.path])  # as good as another program
    ...     other.start()
    ...     inbox.recv_many(timeout=9)
    ...     other.join()
    [b'any', b'process']

    Raises: OSError (EADDRINUSE) where another process listens there; what `listen_local` raises.
    """
    return RingInbox(listener=listen_local(path), senders=senders)


def connect_ring(path: str, size: int = RING_SIZE, timeout: float | None = 10.0) -> RingSender:
    """Connect to the process that listens at `path`, once it receives; return the sending end of a new ring of `size`
    bytes.

    >>> connect_ring("no-such-ring")
    Traceback (most recent call last):
    FileNotFoundError: ...

    Raises: FileNotFoundError; ConnectionRefusedError where nobody listens there any more; TimeoutError where it does
    not receive in time.
    """
    sock = connect_local(path, timeout=timeout)
    memory = AnonymousMemory(START + (1 << max(3, (size - 1).bit_length())))
    try:
        sock.settimeout(timeout)
        send_memory(sock, memory)
        if sock.recv(len(WELCOME)) != WELCOME:
            raise ConnectionRefusedError(f"the process at {path} takes no ring")
    except OSError as error:
        sock.close()
        memory.close()
        if isinstance(error, socket.timeout):
            raise TimeoutError(f"nobody received at {path} within {round(timeout or 0, 2):g} s") from None
        raise
    doorbell = SocketStream(sock)
    return RingSender(memory, doorbell, doorbell)


def send_memory(sock: socket.socket, memory: AnonymousMemory) -> None:
    """Pass shared memory to the process at the other end of a local socket.

    >>> here, there = local_pair()
    >>> mine = AnonymousMemory(100); mine.view[:2] = b"hi"
    >>> send_memory(here, mine); yours = recv_memory(there); bytes(yours.view[:2]), yours.size
    (b'hi', 100)
    >>> for end in (here, there, mine, yours): end.close()
    """
    if sys.platform == "win32":
        tag = memory.tag.encode()
        sock.sendall(OFFER.pack(memory.size, len(tag)) + tag)
    else:
        socket.send_fds(sock, [OFFER.pack(memory.size, 0)], [memory.tag])


def recv_memory(sock: socket.socket) -> AnonymousMemory:
    """Return the shared memory that the other end passes by `send_memory`.

    >>> here, there = socket.socketpair()
    >>> here.close(); recv_memory(there)
    Traceback (most recent call last):
    EOFError: no shared memory was offered
    >>> there.close()

    Raises: EOFError; ValueError for memory that is smaller than it is said to be; TimeoutError after five seconds.
    """
    sock.settimeout(OFFER_TIMEOUT)
    if sys.platform == "win32":
        offer = sock.recv(OFFER.size, socket.MSG_WAITALL)
    else:
        offer, descriptors, _, _ = socket.recv_fds(sock, OFFER.size, 1)
    if len(offer) < OFFER.size:
        raise EOFError("no shared memory was offered")
    size, length = OFFER.unpack(offer)
    if sys.platform == "win32":
        return AnonymousMemory.attach(size, sock.recv(min(length, 100), socket.MSG_WAITALL).decode())
    if not descriptors or os.fstat(descriptors[0]).st_size != size:
        for descriptor in descriptors:
            os.close(descriptor)
        raise ValueError(f"the memory offered has not the {size} bytes it is said to have")
    return AnonymousMemory.attach(size, descriptors[0])


def _wait_writable(sock: socket.socket, timeout: float | None) -> bool:
    if os.name == "nt":
        return bool(select.select([], [sock], [], timeout)[1])
    return wait_for(sock.fileno(), select.POLLOUT, timeout)
