"""What the tests serve: importable, because a spawned process finds its handler by name."""
from __future__ import annotations

import os
import signal
import sys
import threading
import warnings

from netio import tcp
from netio.concurrency import echo, fork_child


class WriteBack:
    """An echo with asyncio's four methods only. It loads no asyncio: that is half of what starting a process costs."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        assert type(data) is bytes
        self.transport.write(data)

    def eof_received(self):
        self.transport.write_eof()

    def connection_lost(self, exc):
        self.transport = None


def crash_on_x(sock, address):
    """Echo, but raise when an x comes."""
    while data := sock.recv(1000):
        if b"x" in data:
            raise ValueError("an x came")
        sock.sendall(data)


class CrashOnX(WriteBack):
    def data_received(self, data):
        if b"x" in data:
            raise ValueError("an x came")
        super().data_received(data)


class CrashAtEnd(WriteBack):
    def eof_received(self):
        raise ValueError("the end came")


class CrashAtOnce(WriteBack):
    def connection_made(self, transport):
        raise ValueError("somebody came")


class Odd(BaseException):
    """What few programs catch, as asyncio's CancelledError and gevent's GreenletExit."""


def _end(word):
    {b"exit": sys.exit, b"odd": lambda: _raise(Odd()), b"interrupt": lambda: _raise(KeyboardInterrupt())}[word]()


def _raise(error):
    raise error


def end_oddly(sock, address):
    """Echo, but end as a word says: by sys.exit, or by another exception that is no Exception."""
    while word := sock.recv(1000):
        if word != b"hello":
            _end(word)
        sock.sendall(word)


class EndOddly(WriteBack):
    def data_received(self, data):
        if data != b"hello":
            _end(data)
        super().data_received(data)


class EndOddlyLater(EndOddly):
    """The same in another method: when the connection is lost."""

    word = b"hello"

    def data_received(self, data):
        if data == b"hello":
            return super().data_received(data)
        self.word = data
        self.transport.close()

    def connection_lost(self, exc):
        if self.word != b"hello":
            _end(self.word)


def greet_and_hold(sock, address):
    """Say hello, then wait for the peer for ever."""
    sock.sendall(b"hello")
    while sock.recv(1000):
        pass


class GreetAndHold(WriteBack):
    def connection_made(self, transport):
        super().connection_made(transport)
        transport.write(b"hello")


def crash_at_once(sock, address):
    raise ValueError("somebody came")


def name_process(sock, address):
    """Say which process serves."""
    sock.sendall(b"%d\n" % os.getpid())
    echo(sock, address)


def fork_and_tell(sock, address):
    """Fork a child, and say what Python warns of."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        os.waitpid(fork_child(int), 0)
    sock.sendall("\n".join(str(warning.message) for warning in found).encode() or b"nothing")


class NameProcess(WriteBack):
    def connection_made(self, transport):
        super().connection_made(transport)
        transport.write(b"%d\n" % os.getpid())


def kill_on_x(sock, address):
    """Say which process serves, and kill it when an x comes."""
    sock.sendall(b"%d\n" % os.getpid())
    if b"x" in sock.recv(10):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class KillOnX(NameProcess):
    def data_received(self, data):
        if b"x" in data:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Working(WriteBack):
    """Does each word in a thread: `wait PORT` waits for an answer from there; `raise`, `exit` and `lose` fail."""

    def data_received(self, data):
        word, _, port = data.decode().partition(" ")
        work = {"wait": lambda: self.ask(int(port)), "raise": lambda: int("no number"), "lose": lambda: int("lost"),
                "exit": sys.exit}[word]
        failed = None if word == "lose" else lambda error: self.transport.write(type(error).__name__.encode())
        self.transport.run_in_thread(work, self.answer, failed, drop=self.drop)

    def ask(self, port):
        sock = tcp.connect(("127.0.0.1", port), timeout=30)
        assert sock.recv(10) == b"go on"
        self.thread = threading.get_ident()
        return sock

    def answer(self, sock):
        assert self.thread != threading.get_ident()
        with sock:
            sock.sendall(b"used")
        self.transport.write(b"done")

    def drop(self, sock):
        with sock:
            sock.sendall(b"dropped")
