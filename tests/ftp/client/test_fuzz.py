"""A server that replies anything: the client returns what is there, or raises what ftplib's users catch."""
from __future__ import annotations

import ftplib
import io
import os
import socket

import pytest

from netio import ftp
from netio.ftp.remote import cancel_transfer, list_remote, remote_size

from ...fuzzing import mutate, rounds

PASSIVE = b"227 Here (127,0,0,1,200,1)\r\n"
DOWNLOAD = b"200 OK\r\n213 6\r\n213 20010909014640\r\n" + PASSIVE + b"150 Here\r\n226 Done\r\n"
UPLOAD = b"200 OK\r\n" + PASSIVE + b"150 Here\r\n226 Done\r\n"
LISTING = UPLOAD + b"200 OK\r\n" + PASSIVE + b"150-Many\r\n150 Here\r\n226 Done\r\n"
TOKENS = [b"\r\n", b"\n", b"-", b" ", b"1", b"5", b"9" * 30, b"213 ", b"226 ", b"257 \"/\"\r\n", b"421 Bye\r\n",
          b"500 No\r\n", b"550 No\r\n", b"426 Gone\r\n", b"150 Here\r\n", b"227 (1,2,3,4,999,1)\r\n", b"\xff", b"\0",
          b"A" * 9000, b","]
DATA = [b"catcat", b"", b"type=file;size=3; a.txt\r\n", b"drwxr-xr-x 1 a b 3 Jan 1 10:00 docs\r\n"]


class Control:
    """A control connection on which nothing that is said is heard."""

    def __init__(self):
        self.closed = False

    def settimeout(self, timeout):
        pass

    def getpeername(self):
        return "127.0.0.1", 21

    def sendall(self, data):
        if self.closed:
            raise ConnectionResetError

    def close(self):
        self.closed = True


def make_session(replies):
    session = ftplib.FTP(timeout=10)
    session.sock, session.af, session.host = Control(), socket.AF_INET, "127.0.0.1"
    session.file = io.TextIOWrapper(io.BytesIO(replies), encoding="utf-8")
    return session


@pytest.mark.usefixtures("nothing_left")
@rounds(150, 200_000)
def test_whatever_a_server_replies_a_file_is_whole_and_an_error_is_one_of_ftplibs(rounds, rng, tmp_path, monkeypatch):
    data, ends, done = b"", [], 0

    def open_data(*arguments, **options):
        here, there = socket.socketpair()
        there.sendall(data)
        there.shutdown(socket.SHUT_WR)
        ends.append(there)
        return here

    monkeypatch.setattr(socket, "create_connection", open_data)
    mine, target = tmp_path / "mine", tmp_path / "target"
    mine.write_bytes(b"mine")
    for number in range(rounds):
        data, what = mutate(rng, DATA, TOKENS), rng.randrange(4)
        replies = mutate(rng, [(DOWNLOAD, UPLOAD, LISTING, DOWNLOAD[8:])[what]], TOKENS)
        session = make_session(replies)
        try:
            if what == 0:
                assert ftp.download(session, "a.txt", target) == len(target.read_bytes())
                assert target.read_bytes() == data, (number, replies)
            elif what == 1:
                assert ftp.upload(session, mine, "a.txt") == 4 == len(ends[-1].recv(9)), (number, replies)
            elif what == 2:
                names = [entry.name for entry in list_remote(session)]
                assert all("/" not in name and name not in ("", ".", "..") for name in names), (number, names)
            else:
                size = remote_size(session, "a.txt")
                assert size is None or 0 <= size < 10 ** 19
            done += 1
        except ftplib.all_errors:
            assert what or not target.exists(), (number, replies)
        session.close()
        for end in ends:
            end.close()
        del ends[:]
        for name in os.listdir(tmp_path):
            if name != "mine":
                assert what == 0 and (name == "target" or name.endswith(".part")), (number, name)
                os.unlink(tmp_path / name)
    assert rounds > done > rounds // 10


def test_a_server_whose_replies_never_end_is_left_alone():
    session, replies = make_session(b"200 OK\r\n"), iter(["200 OK"] * 1000)
    session.getmultiline = replies.__next__
    cancel_transfer(session)
    assert session.sock is None and next(replies)
