"""How the usual solution of the course's file server goes wrong, and how `netio.ftp.course` does in the same case.

The usual solution sends `OK`, waits a tenth of a second, sends the file in blocks with `send`, waits again and sends
`##`, which the receiver takes for the end if it comes alone. Here the waiting is perfect (each `send` is read before
the next one, so that nothing depends on the clock), unless a case is about just that. Each `show_` function uses real
sockets and real files, and returns what came of both ways.
"""
from __future__ import annotations

import os
import socket
import tempfile
import threading
from contextlib import contextmanager
from typing import Callable, Iterator, NamedTuple, Protocol

from ..tcp import abort, connect_pair, half_close, send_frame
from .course import CourseClient, serve_course

END = b"##"  # the usual solution's mark after a file
_BLOCK = 1024  # bytes that it reads and sends at a time


class Comparison(NamedTuple):
    """One fault: its name, also in Chinese, and what the usual and the framed way make of the same case.

    >>> show_glued_reply().title
    'glued replies'
    """

    title: str
    zh: str
    usual: str
    framed: str


class _Show(Protocol):
    """A function that shows one fault; `say` puts what it says into the reader's language."""

    def __call__(self, *, say: Callable[[str], str] = str) -> Comparison: ...


def show_end_in_data(*, say: Callable[[str], str] = str) -> Comparison:
    """A file whose last block is just the end mark: the usual receiver stops before it.

    >>> found = show_end_in_data()
    >>> found.usual, found.framed
    ("1024 of 1026 bytes, and b'##' read as the next answer", '1026 of 1026 bytes')

    Notes: 作业：ftp服务器, 结束标志 (end marker).
    """
    data = b"x" * _BLOCK + END
    ours, theirs = connect_pair()
    with ours, theirs:
        got = _receive_usual(ours, _lockstep(theirs, [data[:_BLOCK], data[_BLOCK:], END]))
        theirs.sendall(END)
        left = ours.recv(_BLOCK)
    usual = say("{} of {} bytes, and {} read as the next answer").format(len(got), len(data), left)
    return Comparison("end mark in the data", "数据里有结束标志", usual,
                      say("{} of {} bytes").format(len(_fetch_framed(data)), len(data)))


def show_glued_reply(*, say: Callable[[str], str] = str) -> Comparison:
    """Answer and list, sent one after the other, come in one `recv`: the usual client takes that for a refusal.

    >>> found = show_glued_reply()
    >>> found.usual, found.framed
    ("refused, because: 'OKa.txt\\\\nb.txt'", "the list: ['a.txt', 'b.txt']")

    Notes: TCP, 粘包 (sticky packets).
    """
    ours, theirs = connect_pair()
    with ours, theirs:
        theirs.sendall(b"OK")
        theirs.sendall(b"a.txt\nb.txt")
        half_close(theirs)
        answer = _recv_when_all_is_there(ours, 13)
    usual = say("the list: {}").format("") if answer == b"OK" else say("refused, because: {!r}").format(answer.decode())
    with _framed({"a.txt": b"", "b.txt": b""}) as (client, _):
        return Comparison("glued replies", "回复粘在一起", usual, say("the list: {}").format(client.names()))


def show_way_out(*, say: Callable[[str], str] = str) -> Comparison:
    """A name with `../` leads out of the library.

    >>> found = show_way_out()
    >>> found.usual, found.framed
    ("sent: b'secret'", 'refused: No such file or directory')

    Notes: 作业：ftp服务器: the path is made by `folder + name`.
    """
    with tempfile.TemporaryDirectory() as place, _framed({}, place) as (client, folder):
        _write(place, "passwords", b"secret")
        with open(folder + "/" + "../passwords", "rb") as file:
            usual = say("sent: {!r}").format(file.read())
        return Comparison("../ leads out of the folder", "../ 跳出目录", usual,
                          _get_framed(client, "../passwords", place, say))


def show_name_with_blank(*, say: Callable[[str], str] = str) -> Comparison:
    """A name with a space, which the usual server cuts there.

    >>> found = show_name_with_blank()
    >>> found.usual, found.framed
    ("looked for 'my'", "sent: b'miaow'")

    Notes: 作业：ftp服务器: the request is taken apart by `split(" ")`.
    """
    request = "G my cat.txt"
    with tempfile.TemporaryDirectory() as place, _framed({"my cat.txt": b"miaow"}) as (client, _):
        usual = say("looked for {!r}").format(request.split(" ")[1])
        return Comparison("names with blanks", "文件名带空格", usual, _get_framed(client, "my cat.txt", place, say))


def show_short_send(size: int = 1 << 24, *, say: Callable[[str], str] = str) -> Comparison:
    """`send` of a file of `size` bytes to a client that reads slowly: only what fits the buffers goes, and nobody looks
    at how much that was.

    >>> found = show_short_send()
    >>> found.usual.endswith("of 16777216 bytes"), found.framed
    (True, '16777216 of 16777216 bytes')

    Notes: errata 12: `send` may take only a part, `sendall` takes all.
    """
    data = bytes(size)
    ours, theirs = connect_pair()
    with ours, theirs:
        theirs.settimeout(0.2)  # with a time limit, `send` takes what it can, as it does under an event loop
        sent = theirs.send(data)
    text = say("{} of {} bytes")
    return Comparison("short sends", "send 只发出一部分", text.format(sent, size),
                      text.format(len(_fetch_framed(data)), size))


def show_half_file(*, say: Callable[[str], str] = str) -> Comparison:
    """A client that vanishes in the middle of an upload: the usual server keeps the half under the file's name.

    >>> found = show_half_file()
    >>> found.usual, found.framed
    ("['thesis.doc'], 1024 bytes of 2048", '[]')

    Notes: 作业：ftp服务器, 上传.
    """
    ours, theirs = connect_pair()
    with tempfile.TemporaryDirectory() as place:
        with ours, theirs:
            theirs.sendall(b"x" * _BLOCK)
            half_close(theirs)
            half = _write(place, "thesis.doc", _receive_usual(ours))
        usual = say("{}, {} bytes of {}").format(os.listdir(place), os.path.getsize(half), 2 * _BLOCK)
        return Comparison("half files", "半个文件", usual, _vanish_framed(os.path.join(place, "library")))


# Each fault of the course's client or server, as a function that shows it.
FAULTS: tuple[_Show, ...] = (
    show_end_in_data, show_glued_reply, show_way_out, show_name_with_blank, show_short_send, show_half_file,
)


def _receive_usual(sock: socket.socket, before: Iterator[None] | None = None) -> bytes:
    """Receive a file the usual way; `before` is advanced before each `recv`, so that each finds just one `send`."""
    data = b""
    while True:
        if before is not None:
            next(before)
        block = sock.recv(_BLOCK)
        if not block or block == END:
            return data
        data += block


def _lockstep(sock: socket.socket, blocks: list[bytes]) -> Iterator[None]:
    for block in blocks:
        sock.send(block)
        yield


def _recv_when_all_is_there(sock: socket.socket, count: int) -> bytes:
    """Return what one `recv` gets that was late enough to find all of `count` bytes."""
    while len(sock.recv(_BLOCK, socket.MSG_PEEK)) < count:
        pass
    return sock.recv(_BLOCK)


def _write(folder: str, name: str, data: bytes) -> str:
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


@contextmanager
def _framed(files: dict[str, bytes], place: str | None = None) -> Iterator[tuple[CourseClient, str]]:
    """Serve a library with these files by the framed protocol, in a thread: yields its client and its folder."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        for name, data in files.items():
            _write(folder, name, data)
        ours, theirs = connect_pair()
        with ours, theirs:
            server = threading.Thread(target=serve_course, args=(theirs, None, folder))
            server.start()
            client = CourseClient(ours)
            try:
                yield client, folder
            finally:
                client.quit()
                server.join()


def _fetch_framed(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as place, _framed({"file": data}) as (client, _):
        client.get("file", os.path.join(place, "copy"))
        with open(os.path.join(place, "copy"), "rb") as file:
            return file.read()


def _get_framed(client: CourseClient, name: str, place: str, say: Callable[[str], str]) -> str:
    path = os.path.join(place, "copy")
    try:
        client.get(name, path)
    except OSError as error:
        return say("refused: {}").format(say(str(error)))
    with open(path, "rb") as file:
        return say("sent: {!r}").format(file.read())


def _vanish_framed(folder: str) -> str:
    """Break off an upload after half of it; return what the library then holds."""
    os.mkdir(folder)
    ours, theirs = connect_pair()
    with ours, theirs:
        server = threading.Thread(target=serve_course, args=(theirs, None, folder))
        server.start()
        send_frame(ours, b"P thesis.doc")
        send_frame(ours, b"x" * _BLOCK)
        abort(ours)
        server.join()
    return str(os.listdir(folder))
