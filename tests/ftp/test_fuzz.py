"""Anything may come over the control connection: every reply is well formed, the server stays up, memory bounded."""
from __future__ import annotations

import contextlib
import ftplib
import os
import random
import threading

import pytest

from netio import tcp
from netio.ftp import FTPProtocol, Rules
from netio.ftp.state import ServerState
from netio.ftp import remote
from netio.ftp.commands import (
    COMMANDS, CommandError, LineReader, parse_command, parse_eprt, parse_facts, parse_port, parse_size, parse_time,
    parse_type, to_network,
)

from ..fuzzing import cut, mutate, rounds
from .serving import QUICK, Talk, anonymous, running

ARGUMENTS = ["", "x", "/", "..", "a b", "图", "*", "-la", "127,0,0,1,200,1", "|1|127.0.0.1|60000|", "|||", "ALL", "0",
             "99", "I", "A", "UTF8 OFF", "UTF8 ON", "MLST type;", "HELP", "20200101000000 x",
             "%s%n", "\udcff", "a" * 300]
NOISE = [b"\xff\xf4\xff\xf2", b"\0", b"\r", b"\n", b"\xff\xfb", b"A" * 5000, b"\x1b[31m", b"  ", b"USER\t", b"\xfe"]


def fuzz(source):
    """Return one line, mostly a command, sometimes noise."""
    if source.random() < 0.15:
        return b"".join(source.choices(NOISE, k=3))
    verb = source.choice([*COMMANDS, "XPWD", "HACK"])
    if verb in ("QUIT", "AUTH"):
        verb = "NOOP"
    line = f"{verb} {source.choice(ARGUMENTS)}".encode("utf-8", "surrogateescape")
    return line[:source.randrange(len(line))] if source.random() < 0.05 else line


class Wire:
    """A transport in memory: it opens nothing, and keeps what was written."""

    def __init__(self):
        self.written, self.closed, self.turns = b"", False, []

    def call_in_turn(self, callback):
        self.turns.append(callback)

    def get_extra_info(self, name, default=None):
        return ("127.0.0.1", 5000) if name in ("peername", "sockname") else None

    def write(self, data):
        self.written += data

    def open_listener(self, address, factory):
        raise OSError("no listeners here")

    open_connection = open_listener

    def run_in_thread(self, work, then, failed=None, drop=None):
        self.calls.put((work, then, failed))

    def close(self):
        self.closed = True

    def get_write_buffer_size(self):
        return 0

    pause_reading = resume_reading = abort = lambda self: None


def test_fuzzed_lines_get_well_formed_replies_and_cost_no_memory(tmp_path):
    from queue import Queue

    from .serving import _WHOLE

    source = random.Random(20260717)
    state = ServerState(anonymous(tmp_path), Rules(per_address=10**6))
    for _ in range(40):
        protocol, wire = FTPProtocol(state), Wire()
        wire.calls = Queue()
        protocol.connection_made(wire)
        protocol.data_received(b"USER ftp\r\nPASS x\r\n" * source.randrange(2))
        data = b"\r\n".join(fuzz(source) for _ in range(60)) + b"\r\n"
        while data and not protocol.closing:
            cut = source.randrange(1, 400)
            protocol.data_received(data[:cut])
            data = data[cut:]
            while protocol.busy or wire.turns:  # an upload that is being opened
                if wire.turns:
                    wire.turns.pop()()
                    continue
                work, then, failed = wire.calls.get(timeout=60)
                try:
                    result = work()
                except OSError as error:
                    failed(error)
                else:
                    then(result)
            if protocol._delay is not None:
                protocol.deadline_passed(1e9)
        rest = wire.written
        while match := _WHOLE.match(rest):
            rest = rest[match.end():]
        assert not rest and protocol.reader.waiting < 1 << 17
        protocol.connection_lost(None)
    assert not state._here and not [name for name in os.listdir(tmp_path) if "netio" in name]


LINES = [b"USER ming\r\nPASS x\r\n", b"RETR a b\r\nABOR\r\n", "STOR 图.txt\r\nNOOP\n".encode(),
         b"MDTM 20200101000000 x\r\n", b"PORT 127,0,0,1,200,1\r\n", b"EPRT |1|127.0.0.1|60000|\r\nALLO 10\r\n",
         b"REST 100\r\nTYPE I\r\nMLST type;size;\r\n"]
TOKENS = [b"\r\n", b"\n", b"\r", *NOISE, b",", b"|", b"0", b"9" * 30, b";", b"-", "图".encode(), b"\xc2\xb2"]


def read_lines(pieces):
    """Return the lines, and for each that is refused its code."""
    reader, found = LineReader(200), []
    for piece in pieces:
        reader.feed(piece)
        assert len(reader._data) - reader.waiting <= 202
        while True:
            try:
                line = reader.next_line()
            except CommandError as error:
                line = error.code
            if line is None:
                break
            found.append(line)
    return found


@rounds(600)
def test_lines_are_read_alike_however_they_are_cut_and_only_documented_errors_come_out(rounds, rng):
    for number in range(rounds):
        data = mutate(rng, LINES, TOKENS)
        pieces = cut(rng, data)
        assert read_lines(pieces) == read_lines([data]), (number, pieces)
        for line in read_lines([data]):
            with contextlib.suppress(CommandError):
                verb, argument = parse_command(line if isinstance(line, bytes) else b"", rng.choice(("utf-8", "gbk")))
                assert "\n" not in verb + argument and "\r" not in verb + argument
                for parse in (parse_port, parse_eprt, parse_size, parse_type, parse_time, parse_facts):
                    with contextlib.suppress(ValueError):  # a CommandError is one
                        parse(argument)


LISTED = ["type=file;size=5;modify=20200101000000; a b", "type=dir;perm=el; 图", "Type=cdir; .",
          "-rw-r--r-- 1 a b 5 Jan  1 00:00 x", "lrwxrwxrwx 1 a b 5 Jan  1  2020 x -> y",
          "drwxr-xr-x 2 a b 0 Jan 1 00:00 d", "01-01-20  12:00AM  <DIR>  d",
          "01-01-2020  12:00PM  1234 a.txt"]


@rounds(1000)
def test_a_servers_listing_gives_plain_names_or_a_documented_error(rounds, rng):
    seeds = [line.encode() for line in LISTED]
    for _ in range(rounds):
        line = mutate(rng, seeds, TOKENS + [b"../", b"/", b"type=", b"size="]).decode("utf-8", "surrogateescape")
        for parse in (remote._parse_facts, remote._parse_list):
            with contextlib.suppress(ftplib.error_proto):
                entry = parse(line.replace("\n", ""))
                assert entry is None or entry.name not in ("", ".", "..") and "/" not in entry.name, line


NAMES = ["a.txt", "a b", " b", "图 片", "a;b=c; d", "5 Jan  1 00:00 x", "x -> y", "12 2020-01-01 00:00 z", "-l", "\udcff"]
OWNERS = ["ftp ftp", "1000 1000", "ftp", "ming Domain Users", "a b c 5"]
DATES = ["Jan  1 00:00", "Feb 29  2020", "12月 31 23:59", "1月   1  2020", "2020-02-29 00:00"]


def listed(rng, name, is_folder, size):
    """Return a line of a listing that says this, in one of the styles that servers have, and how it is parsed."""
    style = rng.randrange(3)
    if style == 0:
        facts = [f"type={'dir' if is_folder else 'file'}", f"Size={size}", "modify=20200101000000.5", "perm=el"]
        return remote._parse_facts, "".join(f"{fact};" for fact in rng.sample(facts, 4)) + f" {name}"
    if style == 1 and name[0] != " ":
        kind = "<DIR>" if is_folder else str(size)
        return remote._parse_list, f"{rng.choice(('01-31-20', '01-31-2020'))}  09:15AM  {kind:>14} {name}"
    mode = f"{'d' if is_folder else '-'}rw-r-xr-t{rng.choice(('', '+', '.'))} {rng.randrange(1, 200):3}"
    return remote._parse_list, f"{mode} {rng.choice(OWNERS)} {size:>8} {rng.choice(DATES)} {name}"


@rounds(500)
def test_a_listing_of_any_style_is_read_as_it_was_meant(rounds, rng):
    for _ in range(rounds):
        name, is_folder, size = rng.choice(NAMES), rng.random() < 0.3, rng.choice((0, 5, 4096, 10**12))
        parse, line = listed(rng, name, is_folder, size)
        entry = parse(line)
        assert entry is not None and entry[:2] == (name, is_folder) and entry.size in (size, 0), line
        assert is_folder or entry.size == size, line
        if parse is remote._parse_facts:
            client = ftplib.FTP()
            client.retrlines = lambda command, callback: callback(line)
            assert [(name, fact["type"] == "dir", int(fact["size"])) for name, fact in client.mlsd()] == [entry[:3]]


@rounds(300)
def test_text_lines_are_turned_alike_however_they_are_cut(rounds, rng):
    for _ in range(rounds):
        data = mutate(rng, [b"a\r\nb\r\n", b"\r\r\n", b"x\ny\r"], [b"\r", b"\n", b"\r\n", b"z"])
        pieces = cut(rng, data)
        turned, last, whole = b"", b"", to_network(data)
        for piece in pieces:
            turned += to_network(piece, last)
            last = piece[-1:] or last
        assert turned == whole, pieces


@pytest.mark.usefixtures("nothing_left")
def test_a_fuzzed_server_stays_up(tmp_path):
    source = random.Random(959)
    with running(tmp_path, "select", users=anonymous(tmp_path), rules=QUICK._replace(connect_timeout=0.05)) as server:
        for _ in range(10):
            with Talk(server.address, login=source.choice(["", "ftp"])) as talk:
                lines = [fuzz(source) for _ in range(30)]
                sender = threading.Thread(target=talk.sock.sendall, args=(b"\r\n".join([*lines, b"QUIT", b""]),))
                sender.start()
                while talk.reply()[:3] not in (b"221", b"421", b""):
                    pass
                sender.join()
        with Talk(server.address) as talk:
            assert talk.say("NOOP").startswith("200 ")


@pytest.mark.usefixtures("nothing_left")
def test_a_client_that_sends_for_ever_and_reads_nothing_is_held_back(tmp_path):
    with running(tmp_path, "select", users=anonymous(tmp_path), rules=QUICK._replace(idle_timeout=0.3)) as server:
        with tcp.connect(server.address) as deaf:
            deaf.settimeout(5)
            sent = 0
            with pytest.raises(OSError):  # it is reset in the end, after the buffers of both sides are full
                while sent < 1 << 28:
                    sent += deaf.send(b"HELP\r\n" * 10000)
            assert sent < 1 << 27
        with Talk(server.address) as talk:
            assert talk.say("NOOP").startswith("200 ")
