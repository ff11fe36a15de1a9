"""What a transfer is when something comes between: others at the same file, strangers, mistakes, waits, cut-off TLS."""
from __future__ import annotations

import contextlib
import io
import itertools
import os
import socket
import ssl
import sys
import threading

import pytest

from netio import tcp
from netio.ftp import FTPProtocol, Rules, User
from netio.ftp.actions import ACTIONS
from netio.ftp.control import ControlConnection
from netio.ftp.folder import Folder
from netio.ftp.state import ServerState
from netio.ftp.transfers import ASKED, DONE, MOVES, Transfer

from ..attacking import needs_descriptors
from ..conftest import WINE
from ..waiting import wait_until
from .serving import ALL, HASHED, MODELS, QUICK, Talk, anonymous, reset, running
from .test_server import DATA, client_context, log_in

pytestmark = pytest.mark.usefixtures("nothing_left")
DRIVERS = [model for model in MODELS if model in ("thread", "epoll", "asyncio")]  # the others do the same


@pytest.mark.skipif(not __debug__, reason="-O leaves the assertion out")
def test_only_the_moves_of_the_table_are_possible():
    for old, new in itertools.product(MOVES, MOVES):
        transfer = Transfer()
        transfer.state = old
        if new in MOVES[old]:
            transfer.move_to(new)
        else:
            with pytest.raises(AssertionError):
                transfer.move_to(new)
    assert Transfer().state == ASKED and MOVES[DONE] == ()


def test_as_many_bytes_are_sent_as_150_said(tmp_path):  # which are not asked for again: that can fail
    (tmp_path / "log").write_bytes(b"12345")
    with running(tmp_path) as server, Talk(server.address, "ming", "芝麻") as talk:
        port = int(talk.say("EPSV").split("|")[3])
        assert "(5 bytes)" in talk.say("RETR log")
        with open(tmp_path / "log", "ab") as file:
            file.write(b"678")
        with socket.create_connection((server.address[0], port), timeout=talk.timeout) as sock:
            assert sock.recv(100) == b"12345" and sock.recv(100) == b""
        assert talk.reply().startswith(b"226 ")


# Decided when it is done.

@pytest.mark.parametrize("model", DRIVERS)
def test_two_that_ask_for_a_new_name_at_once_get_two(tmp_path, model):
    with running(tmp_path, model) as server:
        with Talk(server.address, "ming", "芝麻") as one, Talk(server.address, "ming", "芝麻") as two:
            with one.data() as first, two.data() as second:
                names = [talk.say("STOU x.txt").split("FILE: ")[1].strip() for talk in (one, two)]
                first.sendall(b"AAAA")
                second.sendall(b"BBBBBBBB")
            assert one.reply().startswith(b"226 ") and two.reply().startswith(b"226 ")
    assert [(tmp_path / name).read_bytes() for name in names] == [b"AAAA", b"BBBBBBBB"]
    assert len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize("model", DRIVERS)
def test_who_may_not_replace_does_not_replace_what_has_appeared_meanwhile(tmp_path, model):
    users = [User("w", HASHED, str(tmp_path), ("read", "write")), User("ming", HASHED, str(tmp_path), ALL)]
    with running(tmp_path, model, users=users) as server:
        with Talk(server.address, "w", "芝麻") as writer, Talk(server.address, "ming", "芝麻") as ming:
            with writer.data() as sock:
                assert writer.say("STOR y").startswith("150 ")
                sock.sendall(b"evil")
                assert ming.put("STOR y", b"precious").startswith("226 ")
            assert writer.reply().startswith(b"553 File ")  # exists, in the words of the system
            assert writer.say("NOOP").startswith("200 ")
    assert (tmp_path / "y").read_bytes() == b"precious" and os.listdir(tmp_path) == ["y"]


def test_two_that_append_at_once_lose_nothing(tmp_path):
    (tmp_path / "log").write_bytes(b"0")
    with running(tmp_path) as server:
        with Talk(server.address, "ming", "芝麻") as one, Talk(server.address, "ming", "芝麻") as two:
            with one.data() as sock:
                assert one.say("APPE log").startswith("150 ")
                sock.sendall(b"1")
                assert two.put("APPE log", b"2").startswith("226 ")
            assert one.reply().startswith(b"553 It was changed meanwhile")
    assert (tmp_path / "log").read_bytes() == b"02"


# What was broken off.

# Wine reads a reset as an end, so that an upload cannot be seen to break off.
resets = pytest.mark.skipif(WINE, reason="Wine reads a reset as an end")


def break_off(talk, command, data):
    with talk.data() as sock:
        assert talk.say(command).startswith("150 ")
        sock.sendall(data)
        while " 0 bytes so far" in talk.say("STAT"):
            pass
        reset(sock)
    assert talk.reply().startswith(b"426 ")


@resets
@pytest.mark.parametrize("asked", [False, True])
def test_an_end_follows_a_broken_off_beginning_only_if_the_client_has_asked_for_its_size(tmp_path, asked):
    with running(tmp_path) as server, Talk(server.address, "ming", "芝麻") as talk:
        break_off(talk, "STOR log", b"OLD-")
        with Talk(server.address, "ming", "芝麻") as other:
            wait_until(lambda: (talk if asked else other).say("SIZE log") == "213 4\r\n")
        assert talk.put("APPE log", b"new").startswith("226 ")
    assert (tmp_path / "log").read_bytes() == (b"OLD-new" if asked else b"new") and os.listdir(tmp_path) == ["log"]


@resets
def test_the_hash_of_a_beginning_is_told_to_its_user_only(tmp_path):
    import hashlib

    (tmp_path / "f").write_bytes(b"hello")
    users = [User(name, HASHED, str(tmp_path), ALL) for name in ("ming", "hong")]
    with running(tmp_path, users=users) as server:
        with Talk(server.address, "ming", "芝麻") as talk, Talk(server.address, "hong", "芝麻") as other:
            break_off(talk, "STOR new 1", b"OLD TEXT")
            assert talk.say("XSHA256 new 1 0 3") == f"250 {hashlib.sha256(b'OLD').hexdigest()}\r\n"
            assert talk.say("XSHA256 f 1") == f"250 {hashlib.sha256(b'ello').hexdigest()}\r\n"
            assert other.say("XSHA256 new 1 0 3").startswith("550 ") and other.say("SIZE new 1").startswith("550 ")
            assert talk.say("XSHA256 nowhere").startswith("550 ") and "XSHA256" in talk.say("FEAT")


def test_the_beginnings_of_guests_are_kept_apart_by_their_addresses(tmp_path):
    state = ServerState(anonymous(tmp_path))
    guest = state.users[0]
    upload = state.open_folder(guest, "192.0.2.7").upload("/a")
    upload.write(b"mine")
    upload.discard()
    assert state.open_folder(guest, "192.0.2.7").size("/a") == 4
    with pytest.raises(FileNotFoundError):
        state.open_folder(guest, "192.0.2.8").size("/a")


# In step.

def closed(tmp_path):
    """A folder that may not be listed, if there are such folders."""
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0)
    try:
        os.listdir(folder)
    except PermissionError:
        return "closed"
    return "nowhere"  # root may do everything


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("model", DRIVERS)
def test_what_cannot_be_listed_is_refused_at_once_and_nothing_follows(tmp_path, model, connected):
    (tmp_path / "f").write_bytes(b"f")
    name = closed(tmp_path)
    users = [User("drop", HASHED, str(tmp_path), ("write",)), User("ming", HASHED, str(tmp_path), ALL)]
    with running(tmp_path, model, users=users) as server:
        with Talk(server.address, "drop", "芝麻") as drop, Talk(server.address, "ming", "芝麻") as ming:
            commands = [(drop, verb, "550") for verb in ("LIST", "NLST", "MLSD", "RETR f", "LIST *")]
            commands += [(ming, f"{verb} {name}", "550") for verb in ("LIST", "NLST", "MLSD", "RETR")]
            for talk, command, code in [*commands, (ming, "MLSD f", "501"), (ming, "LIST f/x", "550")]:
                with talk.data() if connected else contextlib.nullcontext() as sock:
                    if not connected:
                        assert talk.say("EPSV").startswith("229 ")
                    assert talk.say(command)[:3] == code, command
                    assert talk.say("NOOP").startswith("200 ")
                    if connected:
                        with contextlib.suppress(ConnectionResetError):  # one that was not accepted yet
                            assert sock.recv(10) == b""
    (tmp_path / "closed").chmod(0o700)


@pytest.mark.sample(5)
@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is there on Linux without asking")
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("model", DRIVERS)
def test_a_stranger_changes_nothing(tmp_path, model, tls, when):
    (tmp_path / "f").write_bytes(b"for the client")

    def stranger(port):
        with contextlib.suppress(ConnectionResetError):
            with socket.create_connection(("127.0.0.1", port), 5, source_address=("127.0.0.2", 0)) as sock:
                assert sock.recv(100) == b""

    with running(tmp_path, model, tls=tls) as server, log_in(server.address, tls) as client:
        client.voidcmd("TYPE I")
        host, port = client.makepasv()
        if when == "before":
            stranger(port)
        assert client.sendcmd("NOOP").startswith("200 ")
        client.putcmd("RETR f")
        assert client.getresp().startswith("150 ")
        if when == "after":
            stranger(port)
        with tcp.connect((host, port)) as plain:
            with client_context().wrap_socket(plain) if tls else plain as sock:
                assert sock.recv(100) == b"for the client"
                if tls:
                    assert sock.recv(100) == b""
        assert client.voidresp().startswith("226 ")


def test_abor_before_150_gives_one_answer_to_each(tmp_path, monkeypatch):
    go_on, entries = threading.Event(), Folder.entries

    def slow(folder, path):
        assert go_on.wait(10)
        return entries(folder, path)

    monkeypatch.setattr(Folder, "entries", slow)
    with running(tmp_path, "select") as server, Talk(server.address, "ming", "芝麻") as talk, talk.data():
        talk.send("LIST\r\nABOR\r\nPWD")
        assert talk.reply().startswith(b"426 ") and talk.reply().startswith(b"226 ")
        go_on.set()
        assert talk.reply().startswith(b"257 ") and talk.say("NOOP").startswith("200 ")


# Our own mistakes, and what takes long.

@pytest.mark.sample(3)
@pytest.mark.parametrize("verb", ["NOOP", "LIST", "STOR a", "PASS x"])
@pytest.mark.parametrize("model", [model for model in MODELS if model not in ("fork", "process")])
def test_a_mistake_of_ours_is_logged_and_not_told_as_the_clients(tmp_path, model, verb, monkeypatch, caplog):
    def mistaken(*arguments, **options):
        raise ValueError("a mistake in an action")

    monkeypatch.setitem(ACTIONS, "NOOP", mistaken)
    for name in ("entries", "upload"):
        monkeypatch.setattr(Folder, name, mistaken)
    with running(tmp_path, model) as server, Talk(server.address, "ming", "芝麻") as talk:
        talk.say("EPSV")
        if verb == "PASS x":
            monkeypatch.setattr(ServerState, "log_in", mistaken)
            talk.say("USER ming")
        assert talk.say(verb).startswith("451 ") and talk.say("SYST").startswith("215 ")
    assert [record for record in caplog.records if record.exc_info and "a mistake in" in str(record.exc_info[1])]


SLOW = {"LIST": "entries", "STAT /": "entries", "NLST": "entries", "MLSD": "entries", "APPE a": "upload",
        "DELE a": "delete", "RMD a": "remove_folder", "XSHA256 a": "open_partial"}


@pytest.mark.sample(5)
@pytest.mark.parametrize("command", SLOW)
@pytest.mark.parametrize("model", [model for model in MODELS if model in ("epoll", "select", "asyncio")])
def test_what_takes_long_keeps_nobody_else_waiting(tmp_path, model, command, monkeypatch):
    begun, go_on, original = threading.Event(), threading.Event(), getattr(Folder, SLOW[command])

    def slow(*arguments, **options):
        begun.set()
        assert go_on.wait(10)
        return original(*arguments, **options)

    monkeypatch.setattr(Folder, SLOW[command], slow)
    (tmp_path / "a").write_bytes(b"a")
    with running(tmp_path, model) as server:
        with Talk(server.address, "ming", "芝麻") as talk, Talk(server.address, "ming", "芝麻") as other:
            with talk.data():
                talk.send(command)
                assert begun.wait(10) and other.say("NOOP").startswith("200 ")
                go_on.set()
                assert talk.reply()[:1] in (b"1", b"2", b"5")


def test_guessing_shuts_nobody_out_and_a_guest_forgives_nothing(tmp_path, monkeypatch):
    needs_descriptors(150)
    state = ServerState([], Rules(login_delay=1.0))
    delays = [state.delay("192.0.2.7", name) for name in ("ming", "ming", "hong")]
    state.forgive("192.0.2.7", "hong")
    assert delays == [1.0, 2.0, 3.0] and state.delay("192.0.2.7", "ming") == 3.0
    assert [state.delay("192.0.2.8", "ming") for _ in range(12)][8:] == [9.0, 10.0, 10.0, 10.0]
    judged, guessed_wrong = threading.Semaphore(0), ServerState.guessed_wrong
    monkeypatch.setattr(ServerState, "guessed_wrong", lambda *what: guessed_wrong(*what) or judged.release())
    rules = Rules(login_delay=600, per_address=10)
    users = [User("ming", HASHED, str(tmp_path), ALL), *anonymous(tmp_path)]
    with running(tmp_path, "select", users=users, rules=rules) as server, contextlib.ExitStack() as stack:
        for _ in range(40):
            talk = stack.enter_context(Talk(server.address, login=""))
            talk.say("USER ming")
            talk.send("PASS wrong")
            assert judged.acquire(timeout=60)
        with Talk(server.address, "ming", "芝麻") as honest:
            assert honest.say("PWD").startswith("257 ")


# TLS.

def test_auth_tls_begins_a_new_log_in(tmp_path):
    with running(tmp_path, tls=True) as server, Talk(server.address, "ming", "芝麻") as talk:
        assert talk.say("AUTH TLS").startswith("234 ")
        with client_context().wrap_socket(talk.sock) as sock:
            talk.sock = sock
            assert talk.say("PWD").startswith("530 ")
            assert talk.say("USER ming").startswith("331 ") and talk.say("PASS 芝麻").startswith("230 ")


def send_without_reading(address, data, close_notify=True):
    """Speak TLS as Go's crypto/tls does when it only writes: what comes after the handshake is never read."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with tcp.connect(address) as sock:
        tls = client_context().wrap_bio(incoming, outgoing)
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.do_handshake()
                break
            sock.sendall(outgoing.read())
            incoming.write(sock.recv(65536))
        tls.write(data)
        if close_notify:
            with contextlib.suppress(ssl.SSLWantReadError):
                tls.unwrap()
        sock.sendall(outgoing.read())


@pytest.mark.parametrize("model", DRIVERS)
def test_a_client_that_only_writes_is_whole_under_tls(tmp_path, model):
    with running(tmp_path, model, tls=True) as server, log_in(server.address, True) as client:
        client.voidcmd("TYPE I")
        for name in "abc":
            address = client.makepasv()
            client.putcmd(f"STOR {name}")
            send_without_reading(address, DATA)
            assert client.getresp().startswith("150 ") and client.voidresp().startswith("226 ")
    assert {(tmp_path / name).read_bytes() for name in "abc"} == {DATA}


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("model", DRIVERS)
def test_an_upload_without_close_notify_is_not_taken_for_whole(tmp_path, model, allowed):
    rules = QUICK._replace(allow_tls_cut_off=allowed, keep_partials=0)
    with running(tmp_path, model, tls=True, rules=rules) as server, log_in(server.address, True) as client:
        client.voidcmd("TYPE I")
        address = client.makepasv()
        client.putcmd("STOR t")
        send_without_reading(address, b"half", close_notify=False)
        assert client.getresp().startswith("150 ")
        client.putcmd("NOOP")
        replies = sorted([client.getmultiline()[:3], client.getmultiline()[:3]])
        assert replies == (["200", "226"] if allowed else ["200", "426"])
        client.storbinary("STOR whole", io.BytesIO(DATA))
    wait_until(lambda: sorted(os.listdir(tmp_path)) == (["t", "whole"] if allowed else ["whole"]))


# Names.

@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_tab_in_a_name_is_a_name_like_others(tmp_path):
    (tmp_path / "a\tb").write_bytes(b"tab")
    with running(tmp_path) as server, Talk(server.address, "ming", "芝麻") as talk:
        assert talk.get("NLST")[0] == b"a\tb\r\n" and talk.get("RETR a\tb")[0] == b"tab"
        assert talk.say("SIZE a\tb") == "213 3\r\n" and "a\tb" in talk.say("MLST a\tb")


def test_the_log_commands_no_terminal_and_forges_no_line(tmp_path):
    lines = []
    with running(tmp_path, log=lines.append) as server, Talk(server.address, login="") as talk:
        for name in ("\u009b31m", "a\u202eb", "a\u2028b", "图片"):
            talk.say(f"USER {name}")
    assert all(line.isprintable() for line in lines) and any("图片" in line for line in lines)
    assert any("\\x9b31m" in line for line in lines)


def test_a_plain_password_is_refused_when_the_user_is_made():
    with pytest.raises(ValueError, match="hash_password"):
        User("ming", "secret", ".")


def test_a_link_local_address_keeps_its_zone(tmp_path):
    opened = []

    class Wire:
        written = b""

        def get_extra_info(self, name, default=None):
            return {"peername": ("fe80::7", 5000, 0, 3), "sockname": ("fe80::1", 21, 0, 3)}.get(name, default)

        def write(self, data):
            self.written += data

        def open_listener(self, address, factory):
            opened.append(address)
            raise OSError

        def open_connection(self, address, factory):
            opened.append(address)
            raise OSError

        def run_in_thread(self, work, then, failed=None, drop=None):
            then(work())

    protocol, wire = FTPProtocol(ServerState(anonymous(tmp_path))), Wire()
    assert isinstance(protocol, ControlConnection)
    protocol.connection_made(wire)
    protocol.data_received(b"USER ftp\r\nPASS x\r\nEPSV\r\nEPRT |2|fe80::7|5001|\r\nNLST\r\n")
    assert opened == [("fe80::1%3", 0), ("fe80::7%3", 5001)] and b"\r\n425 " in wire.written
    assert b"\r\n150 " not in wire.written  # after which ftplib would wait for the connection


@pytest.mark.parametrize("command, error", [("STOR f", OSError(5, "Input/output error")),
                                            ("RNTO g", OSError(5, "Input/output error")), ("RNTO g", MemoryError())])
def test_what_is_done_but_not_on_the_disk_is_said_to_be_both(tmp_path, monkeypatch, command, error):
    from netio.files.folders import OpenFolder

    def fail(folder):
        raise error

    (tmp_path / "a").write_bytes(b"a")
    with running(tmp_path) as server, Talk(server.address, "ming", "芝麻") as talk:
        talk.say("RNFR a")
        monkeypatch.setattr(OpenFolder, "sync", fail)
        reply = talk.put(command, b"new") if command == "STOR f" else talk.say(command)
    assert reply.startswith("451 ") and ", but " in reply and (tmp_path / command.split()[1]).exists()
