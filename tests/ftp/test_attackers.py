"""While some clients attack an FTP server, another is served on, and memory and descriptors are bounded."""
from __future__ import annotations

import hashlib
import io
import itertools

import pytest

from netio.concurrency.servers import available_models
from netio.ftp import FTPProtocol
from netio.ftp.control import TURN
from netio.ftp.data import DataConnection
from netio.ftp.folder import hash_pieces
from netio.ftp.state import ServerState
from netio.ftp.transfers import MOVING, WAITING, RetrTransfer

from ..attacking import MEBIBYTE, SIP, check_others, flood
from .serving import ALL, HASHED, QUICK, User, anonymous, running

LOGIN = b"USER anonymous\r\nPASS x\r\n"
ATTACKS = {
    "silence": (b"", b""),
    "slow lines": (b"USER a", b"x"),
    "endless lines": (b"USER ", b"a" * MEBIBYTE),
    "replies never read": (LOGIN, b"HELP\r\n" * 1000),
    "commands without end": (LOGIN, flood(b"NOOP\r\n" * 5000)),
    "listeners never used": (LOGIN, b"EPSV\r\n"),
    "transfers never fetched": (LOGIN + b"EPSV\r\nRETR large\r\n", SIP),
    "wrong passwords": (b"", b"USER ming\r\nPASS guess\r\n"),
}


class Loop:
    """A connection whose loop does what is asked for when the test says so."""

    def __init__(self):
        self.sent, self.calls, self.closed = b"", [], False

    def get_extra_info(self, name):
        return ("192.0.2.7", 4000) if name == "peername" else None

    def write(self, data):
        self.sent += data

    def close(self):
        self.closed = True

    def call_in_turn(self, callback):
        self.calls.append(callback)

    def run_in_thread(self, work, then, failed, drop=None):
        self.calls.append(lambda: then(work()))
        self.drop = lambda: drop(work())


def test_others_have_their_turn_after_some_commands_and_none_is_lost_at_the_end(tmp_path):
    loop, protocol = Loop(), FTPProtocol(ServerState(anonymous(tmp_path)))
    protocol.connection_made(loop)
    protocol.data_received(b"NOOP\r\n" * TURN)
    protocol.data_received(b"NOOP\r\n" * TURN * 2)  # what comes meanwhile waits as well
    assert loop.sent.count(b"200 ") == TURN and len(loop.calls) == 1
    assert protocol.eof_received() and not loop.closed
    for turn in (2, 3, 3):
        loop.calls.pop()()
        assert loop.sent.count(b"200 ") == TURN * turn and len(loop.calls) == (not loop.closed)
    assert loop.closed
    protocol.connection_lost(None)


@pytest.mark.parametrize("wait, go_on, reply", [
    (lambda protocol: protocol.wrong_password(1.0), lambda protocol: protocol.deadline_passed(1.0), b"530 "),
    (lambda protocol: protocol.pause_writing(), lambda protocol: protocol.resume_writing(), b"200 "),
], ids=["a wrong password", "unread replies"])
def test_what_was_said_before_the_end_is_answered_before_the_connection_ends(wait, go_on, reply, tmp_path):
    loop, protocol = Loop(), FTPProtocol(ServerState(anonymous(tmp_path)))
    protocol.connection_made(loop)
    wait(protocol)
    protocol.data_received(b"NOOP\r\n")
    assert protocol.eof_received() and reply not in loop.sent and not loop.closed
    go_on(protocol)
    assert loop.sent.count(reply) == loop.sent.count(b"200 ") == 1 and loop.closed
    protocol.connection_lost(None)


def test_a_silent_session_ends_at_its_deadline_and_not_before():
    loop, protocol = Loop(), FTPProtocol(ServerState([]))
    protocol.connection_made(loop)
    assert protocol.next_deadline(5.0) == 305.0
    protocol.deadline_passed(304.9)
    assert not loop.closed and protocol.next_deadline(304.9) == 305.0
    protocol.deadline_passed(305.0)
    assert loop.closed and b"\r\n421 " in loop.sent


def test_a_slow_transfer_goes_on_as_long_as_something_moves():
    loop, protocol, transfer = Loop(), FTPProtocol(ServerState([])), RetrTransfer()
    protocol.connection_made(loop)
    transfer.state, transfer.moved, protocol.data.transfer = MOVING, lambda: moved, transfer
    for deadline, moved in ((60.0, 1), (120.0, 2), (180.0, 2)):
        assert protocol.next_deadline(deadline - 60.0) == deadline and protocol.data.transfer is transfer
        protocol.deadline_passed(deadline)
    assert protocol.data.transfer is None and b"\r\n426 " in loop.sent and not loop.closed


def test_a_text_that_is_sent_as_fast_as_it_is_made_lets_others_have_their_turn():
    loop, transfer = Loop(), RetrTransfer()
    connection = DataConnection(loop)
    transfer.open(None, pieces=itertools.repeat(b"piece"))  # nobody takes it any more, or somebody as fast as it comes
    transfer.state = WAITING
    transfer.begin(connection, loop)
    transfer.resume()
    assert loop.sent == b"piece" and len(loop.calls) == 1
    loop.calls.pop()()
    assert loop.sent == b"piece" * 2 and len(loop.calls) == 1
    connection.pause_writing()
    loop.calls.pop()()
    assert loop.sent == b"piece" * 2 and not loop.calls


def test_where_the_servers_own_address_is_not_known_nothing_listens_at_every_address(tmp_path):
    loop, protocol = Loop(), FTPProtocol(ServerState(anonymous(tmp_path)))
    loop.open_listener = pytest.fail
    protocol.connection_made(loop)
    protocol.data_received(LOGIN + b"PASV\r\nEPSV\r\n")
    while loop.calls:
        loop.calls.pop()()
    assert loop.sent.count(b"\r\n425 ") == 2
    protocol.connection_lost(None)


def test_hashes_that_wait_for_their_turn_hold_no_bytes():
    pieces = hash_pieces(io.BytesIO(b"hello"))
    assert next(pieces) == "" and b"hello" not in pieces.gi_frame.f_locals.values()


def test_a_long_hash_lets_others_have_their_turn_in_the_threads(tmp_path, monkeypatch, nothing_left):
    monkeypatch.setattr("netio.ftp.folder._HASHED_AT_ONCE", 2)
    (tmp_path / "a").write_bytes(b"hello")
    loop, protocol = Loop(), FTPProtocol(ServerState(anonymous(tmp_path)))
    protocol.connection_made(loop)
    protocol.data_received(LOGIN + b"XSHA256 a\r\n")
    turns = 0
    while loop.calls:
        loop.calls.pop()()
        turns += b"230 " in loop.sent
    assert hashlib.sha256(b"hello").hexdigest().encode() in loop.sent and turns >= 4  # of two bytes
    protocol.data_received(b"XSHA256 a\r\n")
    protocol.connection_lost(None)
    loop.drop()


@pytest.mark.sample(3)
@pytest.mark.parametrize("model", ["thread", "epoll" if "epoll" in available_models() else "select"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_others_are_served_on_and_memory_and_descriptors_are_bounded(attack, model, tmp_path, nothing_left):
    (tmp_path / "large").write_bytes(bytes(1 << 16))
    users = [User("ming", HASHED, str(tmp_path), ALL), *anonymous(tmp_path)]
    with running(tmp_path, model, users=users, rules=QUICK) as server:
        check_others(server.address, model, LOGIN + b"PWD\r\n", b"\r\n257 ", ATTACKS[attack])
