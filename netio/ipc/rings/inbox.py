"""Rings for processes that know only a path, and one receiver for many senders.

Many senders share no ring: each has its own, and the receiver takes from all in turn. So there is no lock between
them, and one that is killed spoils nobody's messages. A sender connects to the receiver's path, makes its ring and
passes the memory through the socket; the socket then is the doorbell, and its end is the sender's end. Only the path
has a name.
"""
from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import time
from typing import Any, Iterable

from ..._deadline import deadline_after, time_left, wait_limit
from ..ends import MessageReceiver
from ..local import LocalListener, connect_local, listen_local, local_pair  # noqa: F401 (examples)
from ..streams import stream_of, wait_readable
from ..system.memory import AnonymousMemory, attach_memory
from .ends import START, Nap, ring_memory_size
from .receiver import RING_SIZE, RingReceiver, open_ring  # noqa: F401 (examples)
from .sender import RingSender

OFFER = struct.Struct("=QI")  # the size of the memory and the length of its tag (Windows)
OFFER_TIMEOUT = 5.0  # seconds
MOST_NEWCOMERS = 64  # connections that have offered no ring yet
WELCOME = b"+"  # sent by the receiver once it has the ring


class RingInbox(MessageReceiver):
    """Takes messages from many rings in turn: from `receivers`, or from all that connect to a path (see `listen_ring`).

    >>> one, to_one = open_ring(); two, to_two = open_ring()
    >>> to_one.send(1); to_two.send("二"); to_one.close(); to_two.close()
    >>> with RingInbox([one, two]) as inbox:
    ...     sorted(map(str, inbox))
    ['1', '二']

    The messages of each sender stay in order. It ends when all senders have ended and, listening, `senders` of them
    have come.

    Raises: EOFError at the end; TimeoutError; ValueError, once, for a sender that has spoilt its ring: that one is
    dropped then.
    """

    def __init__(
        self, receivers: Iterable[RingReceiver] = (), listener: LocalListener | None = None, senders: int = 0
    ) -> None:
        super().__init__()
        self._receivers = list(receivers)
        self._listener, self._awaited = listener, senders
        self._newcomers: dict[Any, float] = {}  # those that have offered no ring yet, and until when they may

    def _fill(self, timeout: float | None) -> None:
        deadline, nap = deadline_after(timeout), Nap()
        while True:
            for receiver in list(self._receivers):
                if receiver.poll():
                    self._take_from(receiver)
            if self._ready:
                return
            if not self._receivers and self._awaited <= 0:
                raise EOFError("all senders have ended")
            self._sleep(nap, deadline, timeout)

    def _sleep(self, nap: Nap, deadline: float | None, timeout: float | None) -> None:
        """Ask all senders to ring, look again, and wait for a doorbell, for an end, for a new sender, or for a nap."""
        if any([receiver.request_wakeup() for receiver in self._receivers]):  # all of them: a list, not a generator
            return
        doorbells: dict[Any, RingReceiver] = {receiver.doorbell: receiver for receiver in self._receivers}
        sources = [*doorbells, *self._newcomers, *([self._listener] if self._listener else [])]
        ready = wait_readable(sources, nap.limit(time_left(deadline)))
        if not ready and nap.is_over():
            raise TimeoutError(f"nothing to read within {timeout:g} s")
        if ready:
            nap.wake()
        for source in ready:
            if source is self._listener:
                self._let_in()
            elif source in self._newcomers:
                self._welcome(source)
            elif not doorbells[source].drain_doorbell() and not doorbells[source].poll():
                self._receivers.remove(doorbells[source])
                doorbells[source].close()

    def _take_from(self, receiver: RingReceiver) -> None:
        try:
            self._ready.extend(receiver.recv_many())
        except ValueError:  # it must not keep the others from being heard
            self._receivers.remove(receiver)
            receiver.close()
            raise

    def _let_in(self) -> None:
        """Accept a connection; who says nothing on it holds nobody up, and is sent away after a while."""
        assert self._listener is not None
        now = time.monotonic()
        late = [sock for sock, deadline in self._newcomers.items() if deadline < now]
        for sock in late or [*self._newcomers][:max(0, len(self._newcomers) - MOST_NEWCOMERS)]:
            del self._newcomers[sock]
            sock.close()
        with contextlib.suppress(TimeoutError):  # it has gone again
            self._newcomers[self._listener.accept(0)] = now + OFFER_TIMEOUT

    def _welcome(self, sock: socket.socket) -> None:
        """Take in the ring that a newcomer offers; one that offers none is sent away."""
        del self._newcomers[sock]
        try:
            memory = recv_memory(sock)
            if memory.size < START or memory.size != ring_memory_size(memory.size - START):
                memory.close()
                raise ValueError(f"memory of {memory.size} bytes is no ring")
            sock.sendall(WELCOME)
        except (OSError, EOFError, ValueError):
            sock.close()
            return
        doorbell = stream_of(sock)
        self._receivers.append(RingReceiver(memory, doorbell, doorbell))
        self._awaited -= 1

    def streams(self) -> list[Any]:
        return [stream for receiver in self._receivers for stream in receiver.streams()]

    def listeners(self) -> list[Any]:
        return [self._listener] if self._listener else []

    @property
    def path(self) -> str:
        """Return the path that senders connect to; '' where there is none."""
        return self._listener.path if self._listener else ""

    def fileno(self) -> int:
        raise NotImplementedError("an inbox has one descriptor for each sender: use recv with a timeout")

    def close(self) -> None:
        """Close all rings, and give up the path."""
        for end in (*self._receivers, *self._newcomers, *([self._listener] if self._listener else [])):
            end.close()
        self._receivers.clear()
        self._newcomers.clear()


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
    memory = AnonymousMemory(ring_memory_size(size))
    try:
        sock = connect_local(path, timeout=timeout)
    except BaseException:
        memory.close()
        raise
    try:
        sock.settimeout(wait_limit(timeout))
        send_memory(sock, memory)
        if sock.recv(len(WELCOME)) != WELCOME:
            raise ConnectionRefusedError(f"the process at {path} takes no ring")
    except OSError as error:
        sock.close()
        memory.close()
        if isinstance(error, (socket.timeout, BlockingIOError)):  # the latter with a timeout of 0
            raise TimeoutError(f"nobody received at {path} within {timeout:g} s") from None
        if isinstance(error, (ConnectionResetError, BrokenPipeError)):  # it ended with the offer unread
            raise ConnectionRefusedError(f"the process at {path} takes no ring") from None
        raise
    doorbell = stream_of(sock)
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
    descriptors: list[int] = []
    if sys.platform == "win32":
        offer = sock.recv(OFFER.size, socket.MSG_WAITALL)
    else:
        offer, descriptors, _, _ = socket.recv_fds(sock, OFFER.size, 1)
    try:
        if len(offer) < OFFER.size:
            raise EOFError("no shared memory was offered")
        size, length = OFFER.unpack(offer)
        if sys.platform == "win32":
            return attach_memory(size, sock.recv(min(length, 100), socket.MSG_WAITALL).decode())
        if not descriptors or os.fstat(descriptors[0]).st_size != size:
            raise ValueError(f"the memory offered has not the {size} bytes it is said to have")
        return attach_memory(size, descriptors.pop())
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
