"""Pipes that carry whole messages, one way or both, and say when the other side is gone.

A stream (`streams`) carries frames (`frames`). The writer writes each message at once, in one system call where it
fits; the reader takes whatever has come in one call and cuts it into messages, so that a thousand small ones cost a
handful of calls. Where they follow each other closely it lets some gather first. A process hears of the other side's
end only when nobody else holds that side: `start` gives ends away and closes the rest.
"""
from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.process import BaseProcess
from typing import Any, Callable, Iterator, Sequence

from .._deadline import deadline_after, time_left
from ..concurrency.processes.fork import closing_failed_fork, die_of_interrupt
from ..concurrency.processes.main_module import check_main
from .ends import End, MessageReceiver, MessageSender, open_listeners
from .frames import HEADER, LARGEST_BATCH, pack_batch, pack_message, unpack_frames
from .streams import Stream, open_stream, open_streams
from .system.waiting import Flow, wait_to_batch

LARGEST_MESSAGE = 1 << 30  # bytes
GRANTED = "OK"  # the answer to a log-in
REFUSED = "refused"  # the answer to a wrong log-in


class Sender(MessageSender):
    """The end of a pipe that messages are put into.

    >>> receiver, sender = open_pipe()
    >>> sender.send({"name": "小明"}); sender.send_bytes(b"raw"); sender.send_many([b"a", b"", b"c"])
    >>> receiver.recv(), receiver.recv_bytes(), receiver.recv_many()
    ({'name': '小明'}, b'raw', [b'a', b'', b'c'])
    >>> sender.close(); receiver.recv()
    Traceback (most recent call last):
    EOFError: the other side has ended
    >>> receiver.close()

    What `send...` has returned from reaches a living receiver, whatever becomes of this process. One thread of one
    process at a time may use an end. A message that has gone out in part when `timeout` seconds are over, or Ctrl-C
    comes, cannot be taken back: the end is closed then, and the receiver gets EOFError.

    Raises: BrokenPipeError when no receiver is left; TimeoutError; ValueError for a message of 4 GiB.
    Source: pipe(7). Notes: 管道通信 (pipes). The stdlib: `multiprocessing.Pipe(duplex=False)`, without timeouts and
    batches.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._write = stream.write

    def send_bytes(self, message: bytes, timeout: float | None = None) -> None:
        """Send one message of bytes; b'' is one, too."""
        frame, write = pack_message(message), self._write  # a local name: `self._write()` searches the class first
        written = write(frame, timeout)
        if written != len(frame):
            self._finish(frame, written, timeout)

    def send_many(self, messages: Sequence[bytes], timeout: float | None = None) -> None:
        """Send a list of messages in one piece: five times the speed of one by one."""
        if messages:
            frame = pack_batch(messages)
            self._finish(frame, 0, timeout)

    def _finish(self, frame: bytes, written: int, timeout: float | None) -> None:
        deadline = deadline_after(timeout)
        with memoryview(frame) as view:
            while written < len(frame):
                try:
                    written += self._write(view[written:], time_left(deadline))
                except BaseException as error:  # Ctrl-C, too: the next message would be taken for the rest of this one
                    if written:
                        self.close()
                    if written and isinstance(error, TimeoutError):
                        raise TimeoutError(f"{written} of {len(frame)} bytes went out: this end is closed") from None
                    raise

    def fileno(self) -> int:
        return self._stream.fileno()

    def streams(self) -> list[Stream]:
        return [self._stream]

    def close(self) -> None:
        self._stream.close()

    def __getstate__(self) -> Stream:
        return self._stream

    def __setstate__(self, stream: Stream) -> None:
        Sender.__init__(self, stream)


class Receiver(MessageReceiver):
    """The end of a pipe that messages are taken from; iterating yields them until the other side ends.

    >>> receiver, sender = open_pipe()
    >>> receiver.recv_bytes(timeout=0.01)
    Traceback (most recent call last):
    TimeoutError: nothing to read within 0.01 s
    >>> sender.send(1); sender.send([2]); sender.close()
    >>> list(receiver)
    [1, [2]]
    >>> receiver.close()

    Messages are in order and whole; one that the sender died in the middle of is never given out. Unpickle only what
    your own processes sent.

    Raises: EOFError when the other side has ended or died; TimeoutError; ValueError for a message above `largest`
    bytes.
    """

    def __init__(self, stream: Stream, largest: int = LARGEST_MESSAGE) -> None:
        super().__init__()
        self._stream = stream
        self._largest = largest
        self._parts: list[bytes] = []
        self._have, self._need = 0, HEADER.size
        self._flow = Flow()

    def _fill(self, timeout: float | None) -> None:
        deadline = deadline_after(timeout)
        data = self._read_flow(timeout) if self._flow.steady else None
        while not self._ready:
            if data is not None or self._have < self._need:  # else there was no memory to cut what had come
                data = self._read(deadline, timeout) if data is None else data
                if not data:
                    cut = f" after {self._have} of {self._need} bytes of a message" if self._have else ""
                    raise EOFError(f"the other side has ended{cut}")
                self._parts.append(data)
                self._have += len(data)
            if self._have >= self._need:
                self._cut()
            data = None

    def _read(self, deadline: float | None, timeout: float | None) -> bytes:
        try:
            return self._stream.read(time_left(deadline))
        except TimeoutError:
            raise TimeoutError(f"nothing to read within {timeout:g} s") from None

    def _read_flow(self, timeout: float | None) -> bytes | None:
        """Let messages gather and read them; None where the flow has stopped."""
        wait_to_batch(timeout)
        try:
            return self._stream.read(0)
        except TimeoutError:
            self._flow.stop()
            return None

    def _cut(self) -> None:
        """Move the whole messages from what has come to `_ready`; note how much the first cut one needs."""
        data = b"".join(self._parts)
        messages, stop = unpack_frames(data)
        long = [message for message in messages if len(message) > self._largest] if len(data) > self._largest else []
        rest = data[stop:] if stop else data  # before anything is changed: there may be no memory for it
        self._ready.extend([message for message in messages if len(message) <= self._largest] if long else messages)
        self._flow.count(len(messages), len(data))
        self._parts, self._have, self._need = [rest], len(rest), HEADER.size
        if len(rest) >= HEADER.size:
            self._need += HEADER.unpack_from(rest)[0]
        if long or self._need > max(self._largest, LARGEST_BATCH) + HEADER.size:  # else judged when it is whole
            size = len(long[0]) if long else self._need - HEADER.size
            raise ValueError(f"a message of {size} bytes comes: {self._largest} are allowed")

    def fileno(self) -> int:
        return self._stream.fileno()

    def streams(self) -> list[Stream]:
        return [self._stream]

    def close(self) -> None:
        self._stream.close()


class Connection(End):
    """One end of a two-way pipe: a `Receiver` and a `Sender` with all their methods.

    >>> here, there = open_duplex()
    >>> here.send("ping"); there.send(there.recv() + " pong"); here.recv()
    'ping pong'
    >>> here.close(); there.close()

    Raises: what `Sender` and `Receiver` raise. The stdlib: `multiprocessing.Pipe()`.
    """

    def __init__(self, receiver: Receiver, sender: Sender) -> None:
        self.receiver, self.sender = receiver, sender
        self.send, self.send_bytes, self.send_many = sender.send, sender.send_bytes, sender.send_many
        self.recv, self.recv_bytes, self.recv_many = receiver.recv, receiver.recv_bytes, receiver.recv_many

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when a message or the end has come."""
        return self.receiver.fileno()

    def close(self) -> None:
        self.sender.close()
        self.receiver.close()

    def streams(self) -> list[Stream]:
        return [*self.receiver.streams(), *self.sender.streams()]

    def __getstate__(self) -> tuple[Receiver, Sender]:
        return self.receiver, self.sender

    def __setstate__(self, ends: tuple[Receiver, Sender]) -> None:
        Connection.__init__(self, *ends)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.receiver)


def open_pipe(largest: int = LARGEST_MESSAGE) -> tuple[Receiver, Sender]:
    """Return the two ends of a one-way pipe; `largest` bytes are the most that a message may have.

    >>> receiver, sender = open_pipe()
    >>> sender.send_bytes("你好".encode()); receiver.recv_bytes().decode()
    '你好'
    >>> receiver.close(); sender.close()

    The stdlib: `multiprocessing.Pipe(duplex=False)`; `os.pipe` for bare bytes.
    """
    reader, writer = open_stream()
    return Receiver(reader, largest), Sender(writer)


def open_duplex(largest: int = LARGEST_MESSAGE) -> tuple[Connection, Connection]:
    """Return the two ends of a two-way pipe, which are alike.

    >>> here, there = open_duplex()
    >>> there.close()
    >>> here.recv()
    Traceback (most recent call last):
    EOFError: the other side has ended
    >>> here.close()
    """
    (here_in, there_out), (there_in, here_out) = open_pipe(largest), open_pipe(largest)
    return Connection(here_in, here_out), Connection(there_in, there_out)


def start(target: Callable[..., object], *args: Any, method: str | None = None) -> BaseProcess:
    """Start a process that runs `target(*args)` and owns the ends of pipes and rings among `args`; return the process.

    Those ends are closed here, and in the child every other end and listener is closed. So each end is open in one
    process only, and its partner hears at once when that process ends or dies. Without this, as in `multiprocessing`,
    a forked child (a pool's worker, too) holds copies of all, and whoever waits for an end of stream waits for as long
    as it lives. `method` is 'fork', 'spawn' or 'forkserver' (default: the platform's).

    >>> receiver, sender = open_pipe()
    >>> process = start(len, [sender])  # a process that ends without having sent anything
    >>> receiver.recv(timeout=30)
    Traceback (most recent call last):
    EOFError: the other side has ended
    >>> process.join(); receiver.close()

    Raises: what `Process.start` raises, such as PicklingError for a `target` that is not at the top level of a module;
    RuntimeError where a spawned process could not find it again (a function typed into a session).
    """
    context = multiprocessing.get_context(method)
    if context.get_start_method() != "fork":
        check_main(target)
    process: BaseProcess = context.Process(target=_run_child, args=(target, args))  # type: ignore[attr-defined]
    with closing_failed_fork():
        process.start()
    for stream in streams_in(args):
        stream.close()
    return process


def _run_child(target: Callable[..., object], args: tuple[Any, ...]) -> None:
    try:
        run_owning(target, args)
    except KeyboardInterrupt:  # which a terminal sends to the whole program: no traceback of each process
        die_of_interrupt()
        sys.exit(130)


def run_owning(target: Callable[..., object], args: tuple[Any, ...]) -> None:
    """Close every end of a stream and listener in this process but those within `args`, then call `target(*args)`.

    >>> run_owning(print, ("only the ends given stay open",))
    only the ends given stay open
    """
    mine = set(streams_in(args))
    for given in _ends_in(args):
        mine.update(given.listeners() if isinstance(given, End) else ())
    for end in [*open_streams, *open_listeners]:
        if end not in mine:
            end.close()
    target(*args)


def streams_in(value: Any) -> Iterator[Stream]:
    """Yield the streams inside an end, or inside a list, tuple or dict of ends.

    >>> here, there = open_duplex()
    >>> len(list(streams_in({"end": here})))
    2
    >>> here.close(); there.close()
    """
    for end in _ends_in(value):
        yield from [end] if isinstance(end, Stream) else end.streams()


def _ends_in(value: Any) -> Iterator[Any]:
    if isinstance(value, (End, Stream)):
        yield value
    elif isinstance(value, (list, tuple, set, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _ends_in(item)


def request_login(end: Connection, name: str, timeout: float | None = 10.0) -> bool:
    """Ask the application at the other end whether `name` may log in; False where it refuses or is gone.

    >>> here, there = open_duplex()
    >>> there.send(GRANTED); request_login(here, "app1")
    True
    >>> there.close(); request_login(here, "app1")
    False
    >>> here.close()

    Notes: 管道通信, whose app2 answers "OK" while app1 waits for "ok", so that the log-in always fails. Here both sides use
    one constant. Raises: TimeoutError where no answer comes.
    """
    try:
        end.send(("log in", name), timeout)
        return bool(end.recv(timeout) == GRANTED)
    except (EOFError, BrokenPipeError):
        return False


def answer_logins(end: Connection, allowed: Sequence[str], timeout: float | None = 10.0) -> list[tuple[str, str]]:
    """Answer log-in requests until the other side ends; return each name with the answer it got.

    >>> here, there = open_duplex()
    >>> here.send(("log in", "app1")); here.sender.close()
    >>> answer_logins(there, ["app1"])
    [('app1', 'OK')]
    >>> here.close(); there.close()

    Raises: TimeoutError where nobody asks for `timeout` seconds; BrokenPipeError where one asks and does not wait.
    """
    answers: list[tuple[str, str]] = []
    while True:
        try:
            _, name = end.recv(timeout)
        except EOFError:
            return answers
        answer = GRANTED if name in allowed else REFUSED
        end.send(answer, timeout)
        answers.append((name, answer))
