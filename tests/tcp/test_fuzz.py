"""A Reader and `recv_frame` against simple models, over a socket whose bytes come cut anywhere, late, or not at all."""
from __future__ import annotations

import errno
import hashlib
import os
import re
import socket
import struct

from netio import tcp

from ..fuzzing import cut, mutate, rounds

LATE = None  # in place of a piece: nothing came in time
STREAMS = [b"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", b"one\ntwo\n\nthree", b"x" * 30, b"\0\0\0\5hello\0\0\0\0",
           b"\n\r\n"]


class Sock:
    """A socket that gives the pieces one by one, and after them the end."""

    def __init__(self, pieces):
        self.pieces = [piece for piece in pieces if piece != b""]

    def settimeout(self, timeout):
        pass

    def gettimeout(self):
        pass

    def fileno(self):
        return 3

    def recv(self, size):
        assert size > 0
        if not self.pieces:
            return b""
        piece = self.pieces.pop(0)
        if piece is LATE:
            raise TimeoutError(errno.ETIMEDOUT, "the network is down")
        if piece[size:]:
            self.pieces.insert(0, piece[size:])
        return piece[:size]

    @property
    def on_the_way(self):
        """What comes before the next wait, and whether there is a wait before the end."""
        come = self.pieces[:self.pieces.index(LATE)] if LATE in self.pieces else self.pieces
        return b"".join(come), len(come) < len(self.pieces)


def make_sock(rng, tokens):
    pieces = cut(rng, mutate(rng, STREAMS, tokens))
    for _ in range(rng.choice((0, 0, 1, 3))):
        pieces.insert(rng.randrange(len(pieces) + 1), LATE)
    return Sock(pieces)


def missing(late):
    raise TimeoutError if late else EOFError


def read_exactly(data, late, count, limit):
    if not 0 <= count <= limit:
        raise ValueError
    return data[:count] if count <= len(data) else missing(late)


def read_until(data, late, delimiter, limit):
    stop = data.find(delimiter) + len(delimiter)
    if not delimiter or stop > limit or delimiter not in data and len(data) >= limit:
        raise ValueError
    return data[:stop] if delimiter in data else missing(late)


def read_line(data, late, limit):
    try:
        return read_until(data, late, b"\n", limit)
    except EOFError:
        return data


def read_to_end(data, late, limit):
    if len(data) > limit:
        raise ValueError
    return missing(late) if late else data


def read_some(data, late, count, got):
    """Return what was got, where it may be that: some of it, as much as came together."""
    if count < 0:
        raise ValueError
    if not data and count:
        return missing(late) if late else b""
    return got if data.startswith(got) and 0 < len(got) <= count else data[:min(count, 1)]


def outcome(call, *arguments, **options):
    try:
        return call(*arguments, **options)
    except (ValueError, EOFError, TimeoutError) as error:
        return type(error)


@rounds(600, 400_000)
def test_a_reader_is_what_its_model_is(rounds, rng):
    for number in range(rounds):
        sock, usual = make_sock(rng, [b"\n", b"\r\n", b"x" * 40]), rng.choice((5, 20, 1 << 20))
        reader, held = tcp.Reader(sock, timeout=None, max_size=usual), b""  # held: what it has and has not given out
        for step in range(8):
            (coming, late), count, given = sock.on_the_way, rng.randrange(-2, 40), rng.choice((None, 0, 3, 30, 1 << 21))
            limit, delimiter = usual if given is None else given, rng.choice((b"\n", b"\r\n", b"xx", b""))
            there, what = held + coming, rng.randrange(6)
            if what == 0:
                got, wanted = outcome(reader.read_exactly, count), outcome(read_exactly, there, late, count, usual)
            elif what == 1:
                got = outcome(reader.read_until, delimiter, max_size=given)
                wanted = outcome(read_until, there, late, delimiter, limit)
            elif what == 2:
                got, wanted = outcome(reader.read_line, max_size=given), outcome(read_line, there, late, limit)
            elif what == 3:
                got, wanted = outcome(reader.read_to_end, max_size=given), outcome(read_to_end, there, late, limit)
            elif what == 4:
                got = outcome(reader.read_some, count)
                wanted = outcome(read_some, there, late, count, got)
            else:
                got, wanted, there = b"", b"", b"put back" + there
                reader.push_back(b"put back")
            assert got == wanted, (number, step, what, got, wanted, there, late, limit)
            taken = len(got) if isinstance(got, bytes) else 0
            held = there[taken:] if got is TimeoutError else there[taken:len(there) - len(sock.on_the_way[0])]


def read_frame(data, late, header, limit):
    """Return (the message or None, what follows it)."""
    if not data and not late:
        return None, b""
    if len(data) < header.size:
        missing(late)
    size, = header.unpack_from(data)
    if size > limit:
        raise ValueError
    stop = header.size + size
    return (data[header.size:stop], data[stop:]) if stop <= len(data) else missing(late)


@rounds(600, 400_000)
def test_frames_are_those_of_struct_however_late_they_come_and_of_the_framing(rounds, rng):
    for number in range(rounds):
        size, byte_order = rng.choice((1, 2, 4, 8)), rng.choice(("big", "little"))
        header = struct.Struct({"big": ">", "little": "<"}[byte_order] + {1: "B", 2: "H", 4: "I", 8: "Q"}[size])
        messages = [rng.randbytes(rng.choice((0, 1, 5, 60))) for _ in range(3)]
        stream = b"".join(header.pack(len(message)) + message for message in messages)
        sock = Sock(cut(rng, mutate(rng, [stream], [b"\0", b"\xff", header.pack(2) + b"ok"])))
        whole, framing, framed = sock.on_the_way[0], tcp.LengthPrefix(size, byte_order, max_size=70), []
        for _ in range(rng.choice((0, 0, 1, 3))):
            sock.pieces.insert(rng.randrange(len(sock.pieces) + 1), LATE)
        if framed_error := outcome(lambda: framed.extend(framing.feed(whole))) or outcome(framing.finish):
            framed.append(framed_error)
        held, found, got = b"", [], b""
        while got is TimeoutError or isinstance(got, bytes):
            coming, late = sock.on_the_way
            wanted = outcome(read_frame, held + coming, late, header, 70)
            got = outcome(tcp.recv_frame, sock, size=size, byte_order=byte_order, max_size=70, timeout=None)
            message, rest = wanted if isinstance(wanted, tuple) else (wanted, held + coming)
            assert got == message, (number, got, wanted, found, whole)
            held = rest if got is TimeoutError else b""
            assert got is TimeoutError or not isinstance(got, bytes) or rest == sock.on_the_way[0]
            found += [] if got is TimeoutError else [got]
        found = found[:-1] if found[-1] is None else found
        assert found == framed, (number, found, framed, whole)


DIGEST = hashlib.sha256(b"hello").hexdigest()
OFFERS = [f"FILE 5 {DIGEST} a.txt".encode(), f"FILE 5 {DIGEST} ../../b".encode(), f"FILE 0 {'0' * 64} a.txt".encode()]
WORDS = [b" ", b"FILE", b"5", b"9" * 20, "\u0665".encode(), "猫".encode() * 16, b"\0", b"/", b"\xff", b".",
         DIGEST.encode()]


@rounds(30, 20_000)
def test_what_is_offered_is_stored_whole_under_a_plain_name_or_refused(rounds, rng, tmp_path):
    stored = 0
    for number in range(rounds):
        offer = mutate(rng, OFFERS, WORDS)
        body = mutate(rng, [b"hello"] * 3 + [b""], [b"x"]) if rng.random() < 0.3 else b"hello"
        match = re.fullmatch(rb"FILE (\d{1,19}) ([0-9a-f]{64})(?: .*)?", offer, re.DOTALL)
        content = body[:int(match[1])] if match else b""
        good = match and int(match[1]) == len(content) and hashlib.sha256(content).hexdigest() == match[2].decode()
        left, right = socket.socketpair()
        with left, right:
            tcp.send_frame(left, offer)
            left.sendall(body)
            left.shutdown(socket.SHUT_WR)
            path = outcome(tcp.receive_file, right, tmp_path, max_size=100, overwrite=True)
        assert isinstance(path, str) == bool(good), (number, offer, body, path)
        if good:
            stored += 1
            with open(path, "rb") as file:
                assert file.read() == content, (number, offer)
            assert os.path.dirname(path) == str(tmp_path) and os.path.basename(path)[0] != "."
            os.unlink(path)
        for name in os.listdir(tmp_path):  # what came is kept for another try, which begins where that ends
            assert name[0] == "." and name.endswith(".part"), (number, offer, name)
            os.unlink(tmp_path / name)
    assert rounds > stored > rounds // 10


@rounds(50, 50_000)
def test_a_sender_believes_nothing_but_what_can_be(rounds, rng, tmp_path):
    path, sent = tmp_path / "a.txt", 0
    path.write_bytes(b"hello")
    for number in range(rounds):
        answers = [b"FROM %d" % rng.randrange(7), b"SAVED "]
        if rng.random() < 0.7:
            at = rng.randrange(2)
            answers[at] = mutate(rng, answers[at:at + 1], [b" ", b"9", b"-1", b"NO why", b"\xff", b"\0"])
        left, right = socket.socketpair()
        with left, right:
            for answer in answers:
                tcp.send_frame(right, answer)
            right.shutdown(socket.SHUT_WR)
            try:
                count = tcp.send_file(left, path, timeout=20)
            except (OSError, EOFError, ValueError):
                continue
            start = int(answers[0].split()[1])
            tcp.recv_frame(right)
            assert right.recv(100) == b"hello"[start:] if start < 5 else start == 5, (number, answers)
            assert count == 5 - start and answers[1].startswith(b"SAVED"), (number, answers)
            sent += 1
    assert rounds > sent > rounds // 10
