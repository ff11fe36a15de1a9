"""A one-way stream of bytes between processes whose end says that the other side has ended or died."""
from __future__ import annotations

import os
import select
import socket
import sys
import weakref
from multiprocessing import connection
from typing import Any, Iterable

from .._deadline import wait_limit

if sys.platform == "win32":
    from .system.windows import StreamEnd, end_of_socket, open_ends
else:
    from .system.posix import StreamEnd, end_of_socket, open_ends

# Every end that this process holds, for `start` to close those in a forked child that the child was not given.
open_streams: weakref.WeakSet[Stream] = weakref.WeakSet()


class Stream(StreamEnd):
    """One end of a stream of bytes: one-way in a pipe, both ways over a socket.

    >>> reader, writer = open_stream()
    >>> writer.write(b"hello"), reader.read()
    (5, b'hello')
    >>> writer.close(); reader.read()
    b''
    >>> reader.close()

    `write` takes what there is room for and returns how much; `read` returns b'' at the end. An end can be given
    to a process as an argument, whichever way it is started.

    Raises: TimeoutError after `timeout` seconds; BrokenPipeError from `write` when no reader is left.
    """

    def __init__(self, end: Any) -> None:
        super().__init__(end)
        open_streams.add(self)


def open_stream() -> tuple[Stream, Stream]:
    """Return the two ends of a new one-way stream, (reader, writer).

    >>> reader, writer = open_stream()
    >>> reader.close(); writer.close()
    """
    reader, writer = open_ends()
    return Stream(reader), Stream(writer)


def stream_of(sock: socket.socket) -> Stream:
    """Return a stream over a connected socket, which is the stream's from then on.

    >>> here, there = map(stream_of, socket.socketpair())
    >>> here.write(b"!"), there.read(timeout=9)
    (1, b'!')
    >>> here.close(); there.read()
    b''
    >>> there.close()
    """
    return Stream(end_of_socket(sock))


def wait_readable(streams: Iterable[Any], timeout: float | None = None) -> list[Any]:
    """Return those of `streams` (anything with `fileno`) that can be read or have ended; [] when `timeout` seconds
    pass.

    >>> reader, writer = open_stream()
    >>> wait_readable([reader], 0)
    []
    >>> writer.close(); wait_readable([reader], 9) == [reader]
    True
    >>> reader.close()

    On Windows give it either pipes or sockets. Source: poll(2). The stdlib: `multiprocessing.connection.wait`.
    """
    streams, timeout = list(streams), wait_limit(timeout)
    if os.name != "nt":
        ends = {stream.fileno(): stream for stream in streams}
    else:  # a pipe's bare handle won't do, nor its receiver's
        inner = [next(iter(getattr(stream, "streams", tuple)()), stream) for stream in streams]
        ends = {getattr(source, "_connection", None): stream for source, stream in zip(inner, streams)}
        if not all(hasattr(end, "send_bytes") for end in ends):  # sockets only
            return list(select.select(streams, [], [], timeout)[0])
    return [ends[ready] for ready in connection.wait(list(ends), timeout)]
