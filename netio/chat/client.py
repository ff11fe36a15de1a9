"""A member at a terminal or with its input from a pipe: what is typed goes to the room, what the room says is shown.

One loop waits for three things at once: the server's socket, the keyboard (see keyboard.py), and Ctrl-C, which a
`SignalReceiver` turns into something to wait for. What it all means is for the `Session` to say.
"""
from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
import threading
import time
from typing import Any, Callable, Iterator, TextIO

from .. import tcp, udp
from ..concurrency import SignalReceiver
from ..udp.datagrams import Address, receive_nowait
from .keyboard import Keyboard, cbreak_mode, open_keyboard
from .prompt import LineEditor, draw_prompt, wipe_row
from .room import refuse
from .rules import check_text, clean_text
from .session import Event, Session

_FAILURES = 3  # in a row, after which there is nobody: each of a datagram that found nobody, mostly


class Screen:
    """Where lines are shown: above the prompt on a terminal, plainly elsewhere. `encoding` is that of the keys.

    >>> import io
    >>> Screen(io.StringIO()).show("tom: hello")
    """

    def __init__(self, out: TextIO, prompt: str = "", encoding: str = "utf-8") -> None:
        self.editor = LineEditor(encoding)
        self._out, self._prompt = out, prompt

    def show(self, line: str) -> None:
        """Show a line; on a terminal the prompt and what is typed are drawn again below it."""
        self._wipe()
        print(clean_text(line), file=self._out)
        self.draw()

    def type(self, keys: bytes) -> list[str]:
        """Take keys and return the lines that they complete."""
        if not self._prompt:
            return self.editor.feed(keys)
        self._wipe()
        lines = self.editor.feed(keys)
        for line in filter(str.strip, lines):
            print(self._prompt + line, file=self._out)
        self.draw()
        return lines

    def draw(self) -> None:
        """Draw the prompt, where there is one."""
        if self._prompt:
            self._out.write(draw_prompt(self._prompt, self.editor.text, _columns()))
        self._out.flush()

    def end(self) -> None:
        """Take the prompt away."""
        self._wipe()
        self._prompt = ""
        self._out.flush()

    def _wipe(self) -> None:
        if self._prompt:
            self._out.write(wipe_row(_columns()))


def _columns() -> int:
    return shutil.get_terminal_size().columns or 80  # a terminal that knows no size says 0, until Python 3.11


class DatagramWire:
    """A session's datagrams over a connected UDP socket.

    >>> with udp.bind(("127.0.0.1", 0)) as server, DatagramWire(server.getsockname()) as wire:
    ...     wire.send([b"L lily"])
    ...     udp.receive(server, timeout=5).data
    b'L lily'
    """

    def __init__(self, address: Address) -> None:
        self.sock = udp.connect(address)
        self.sock.setblocking(False)
        self._address, self._failed = address, 0

    def send(self, texts: list[bytes]) -> None:
        """Send each text; one that the system does not take is lost, as on the network."""
        for text in texts:
            try:
                self.sock.send(text)
            except ConnectionError:
                self._failed += 1
            except OSError:
                pass

    def receive(self) -> Iterator[bytes]:
        """Yield what has come. Raises: ConnectionRefusedError where there is nobody, OSError that does not pass."""
        while True:
            try:
                yield receive_nowait(self.sock).data
                self._failed = 0
            except BlockingIOError:
                return
            except OSError as error:  # nobody was there for a datagram, or no memory for one
                self._failed += 1
                if self._failed >= _FAILURES:
                    if not isinstance(error, ConnectionError):
                        raise
                    address = udp.format_address(self._address)
                    raise ConnectionRefusedError(f"no server at {address}: start serve_chat.py there") from None

    def __enter__(self) -> DatagramWire:
        return self

    def __exit__(self, *error: Any) -> None:
        self.sock.close()


class LineWire:
    """A session's texts over TCP, a line each.

    >>> with tcp.listen(("127.0.0.1", 0)) as listener, LineWire(listener.getsockname()) as wire:
    ...     wire.send([b"L lily"])
    ...     accepted, _ = listener.accept()
    ...     with accepted:
    ...         tcp.Reader(accepted).read_line()
    b'L lily\\n'
    """

    def __init__(self, address: Address, timeout: float = 10.0) -> None:
        self.sock = tcp.connect(address, timeout=timeout)
        self._framing = tcp.Delimiter(b"\n")

    def send(self, texts: list[bytes]) -> None:
        """Send the texts. Raises: OSError, ValueError for one with a line end in it."""
        if texts:
            self.sock.sendall(self._framing.wrap_all(texts))

    def receive(self) -> Iterator[bytes]:
        """Yield the lines that have come. Raises: ConnectionResetError at the end of the connection."""
        try:
            data = self.sock.recv(64 * 1024)
        except ConnectionError:
            data = b""
        if not data:
            raise ConnectionResetError("the server has closed the connection")
        yield from self._framing.feed(data)

    def __enter__(self) -> LineWire:
        return self

    def __exit__(self, *error: Any) -> None:
        self.sock.close()


def join(address: Address, name: str, *, over_tcp: bool = False, keyboard: Keyboard | None = None,
         out: TextIO | None = None, patience: float = 1.5, initial_rto: float = 0.1,
         say: Callable[[str], str] = str) -> Event:
    """Enter a room and stay until `quit`, the end of the input, Ctrl-C, or the server's EXIT; return how it ended.

    `keyboard` is what is typed on, in UTF-8 (default: the standard input, in its own encoding), `out` what is shown
    on. The result is an `Event`: "left", or "refused" or "lost" with the reason. `patience` is how many seconds a
    server of ours gets to say so before it is spoken to as the notes do, `initial_rto` when the first text is sent
    again; see `Session`. `say` puts what the client itself says into another language.

    >>> import io, os
    >>> from netio.chat import Server
    >>> from netio.chat.keyboard import ThreadKeyboard
    >>> reader, writer = os.pipe()
    >>> typed = os.write(writer, "你好\\nquit\\n".encode()); os.close(writer)
    >>> with Server(("127.0.0.1", 0)) as server, ThreadKeyboard(reader) as keyboard:
    ...     join(server.address, "lily", keyboard=keyboard, out=io.StringIO())
    Event(kind='left', text='EXIT')
    >>> os.close(reader)

    Raises: OSError where the address cannot be reached. Notes: 群聊聊天室, 客户端.
    """
    now = time.monotonic()
    session = Session(name, now, session=None if over_tcp else os.urandom(8).hex(), retry=not over_tcp,
                      patience=patience, initial_rto=initial_rto)
    out = out or sys.stdout
    prompt = "> " if keyboard is None and sys.stdin.isatty() and out.isatty() else ""
    screen = Screen(out, prompt, sys.stdin.encoding or "utf-8" if keyboard is None else "utf-8")
    with contextlib.ExitStack() as stack:
        wire: Any = stack.enter_context(LineWire(address) if over_tcp else DatagramWire(address))
        if prompt:
            stack.enter_context(cbreak_mode())
        keys = stack.enter_context(keyboard or open_keyboard())
        inbox = None
        if threading.current_thread() is threading.main_thread():
            inbox = stack.enter_context(SignalReceiver(signal.SIGINT, signal.SIGTERM))
        stack.callback(screen.end)
        return _Stay(session, wire, keys, screen, inbox, say).run()


class _Stay:
    """One visit: the loop, and what each thing that can happen does."""

    def __init__(self, session: Session, wire: Any, keys: Any, screen: Screen, inbox: SignalReceiver | None,
                 say: Callable[[str], str]) -> None:
        self._in_words = say
        self._session, self._wire, self._keys, self._screen, self._inbox = session, wire, keys, screen, inbox
        self._entered = self._typing = False
        self._end: Event | None = None

    def run(self) -> Event:
        while self._end is None:
            now = time.monotonic()
            try:
                self._wire.send(self._session.datagrams(now))
                self._wait(max(0.0, self._session.next_deadline(now) - now))
            except OSError as error:
                return Event("left" if self._session.leaving else "lost", str(error))
            self._note(self._session.deadline_passed(time.monotonic()))
        with contextlib.suppress(OSError):
            self._wire.send(self._session.datagrams(time.monotonic()))  # the acknowledgement of EXIT, for one
        return self._end

    def _wait(self, seconds: float) -> None:
        sources = [self._wire.sock] + ([self._keys] if self._typing else []) + ([self._inbox] if self._inbox else [])
        ready = select.select(sources, [], [], seconds)[0]
        if self._wire.sock in ready:
            for data in self._wire.receive():
                self._note(self._session.receive(data, time.monotonic()))
        if self._inbox in ready:
            self._interrupt()
        if self._keys in ready:
            self._type(self._read_keys())

    def _read_keys(self) -> bytes:
        try:
            return bytes(self._keys.read())
        except OSError as error:  # not the end of the input, which nobody is told
            self._screen.show(self._in_words("读不到键盘 (the keyboard cannot be read: {})").format(error))
            return b""

    def _note(self, events: list[Event]) -> None:
        for event in events:
            if event.kind == "heard":
                self._screen.show(event.text)
            elif event.kind == "entered":
                self._typing = not self._session.leaving
                text = self._in_words("已进入聊天室，quit 退出 (you are in as {}; quit leaves)")
                self._screen.show(text.format(self._session.name))
            else:
                self._end = event

    def _interrupt(self) -> None:
        assert self._inbox is not None
        self._inbox.wait(0)
        if self._session.leaving:  # the second Ctrl-C does not wait for the server
            self._end = Event("left", "interrupted")
        self._leave()

    def _type(self, keys: bytes) -> None:
        lines = self._screen.type(keys or b"\n")  # the end of the input ends its last line, too
        for line in lines:
            if line.strip() == "quit":
                return self._leave()
            if line.strip():
                self._say(line)
        if not keys or self._screen.editor.ended:
            self._leave()

    def _say(self, line: str) -> None:
        try:
            check_text(line)
        except ValueError as error:
            self._screen.show(self._in_words(refuse(str(error)).decode()))
        else:
            self._session.say(line)

    def _leave(self) -> None:
        self._typing = False
        self._session.quit(time.monotonic())
