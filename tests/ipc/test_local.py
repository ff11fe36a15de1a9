from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_sharer
from pathlib import Path
from unittest.mock import Mock

import pytest

from netio.ipc import (
    AnonymousMemory, SignalWaiter, connect_local, connect_ring, create_shm, listen_local, listen_ring, local_pair,
    open_duplex, open_ring, recv_socket, send_signal, send_socket, start,
)
from netio.ipc.rings.inbox import RingInbox, send_memory
from netio.ipc.local import HAS_UNIX, recv_fd, send_fd
from tests.ipc import workers

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "door")


@pytest.fixture(params=["as here", "as on Windows"])
def way(request, monkeypatch):
    """The system's own local sockets, and what stands for them on Windows: loopback TCP and a secret."""
    if request.param == "as on Windows":
        monkeypatch.setattr("netio.ipc.local.HAS_UNIX", False)
    return request.param


def test_a_stream_by_path(path, way):
    with listen_local(path) as door:
        with connect_local(path) as here, door.accept(timeout=60) as there:
            here.sendall("你好".encode())
            here.shutdown(socket.SHUT_WR)
            assert there.makefile("rb").read().decode() == "你好"
        with pytest.raises(TimeoutError):
            door.accept(timeout=0.01)
    assert not os.path.exists(path)


def test_a_path_in_use_is_refused_and_a_dead_one_taken_over(path, way):
    with listen_local(path):
        with pytest.raises(OSError, match="listens"):
            listen_local(path)
    if HAS_UNIX and way == "as here":
        with socket.socket(socket.AF_UNIX) as killed:
            killed.bind(path)
    else:
        with socket.socket() as killed, open(path, "wb") as file:
            killed.bind(("127.0.0.1", 0))
            file.write(bytes(32) + b"%d" % killed.getsockname()[1])
    with listen_local(path) as door, connect_local(path), door.accept(60):
        pass


@pytest.mark.skipif(os.name != "posix", reason="Windows has no flock")
def test_the_folder_of_the_path_is_locked_meanwhile(tmp_path, monkeypatch):
    locked = []
    monkeypatch.setattr("netio._folder_lock.wait_for_lock", lambda descriptor: locked.append(os.fstat(descriptor)))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner").mkdir()
    for path, folder in (("door", "."), (str(tmp_path / "inner" / "door"), "inner")):
        listen_local(path).close()
        assert os.path.samestat(locked.pop(), os.stat(folder))


def test_who_does_not_know_the_secret_is_not_let_in(path, monkeypatch):
    monkeypatch.setattr("netio.ipc.local.HAS_UNIX", False)
    monkeypatch.setattr("netio.ipc.local.SECRET_TIMEOUT", 0.1)
    with listen_local(path) as door:
        address = ("127.0.0.1", int(Path(path).read_bytes()[32:]))
        with socket.create_connection(address) as liar, socket.create_connection(address) as mute:
            liar.sendall(bytes(32))
            gone = socket.create_connection(address)
            gone.close()
            with connect_local(path) as here, door.accept(timeout=60) as there:
                here.sendall(b"mine")
                assert there.recv(10) == b"mine"
            assert not liar.recv(1) and not mute.recv(1)


def test_the_secret_may_come_in_pieces_and_what_follows_is_the_servers(path, monkeypatch):
    monkeypatch.setattr("netio.ipc.local.HAS_UNIX", False)
    monkeypatch.setattr("netio.ipc.local.SECRET_TIMEOUT", 60.0)
    with listen_local(path) as door, ThreadPoolExecutor(1) as thread:
        secret, port = (kept := Path(path).read_bytes())[:32], int(kept[32:])
        accepting = thread.submit(door.accept, 60)
        with socket.create_connection(("127.0.0.1", port)) as here:
            here.sendall(secret[:16])
            time.sleep(0.02)  # so that it comes in two pieces, mostly
            here.sendall(secret[16:] + b"mine")
            with accepting.result(60) as there:
                assert there.recv(10) == b"mine"


@pytest.mark.skipif(not HAS_UNIX, reason="there no socket lies at a path")
def test_what_has_appeared_at_the_path_meanwhile_stays(path, monkeypatch):
    monkeypatch.setattr("netio.ipc.local._remove_if_dead", lambda path, kind: None)
    Path(path).write_bytes(b"precious")
    with pytest.raises(OSError):
        listen_local(path)
    assert Path(path).read_bytes() == b"precious"


def test_a_file_that_is_no_door_is_not_removed(path, way):
    with open(path, "w", encoding="utf-8") as file:
        file.write("precious")
    with pytest.raises((OSError, ValueError)):
        listen_local(path)
    with open(path) as file:
        assert file.read() == "precious"


@pytest.mark.skipif(os.name != "posix", reason="there access is the folder's, and the secret's")
def test_no_other_user_may_come_in(path):
    before = os.umask(0)
    try:
        with listen_local(path), create_shm("netio-private", 8):
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
            for block in Path("/dev/shm").glob("netio-private*"):
                assert stat.S_IMODE(block.stat().st_mode) == 0o600
    finally:
        os.umask(before)


@pytest.mark.skipif(HAS_UNIX, reason="the kernel guards a socket's file")
def test_a_client_without_the_secret_is_sent_away(path):
    with listen_local(path) as door:
        with open(path, "rb") as file:
            port = int(file.read()[32:])
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.sendall(bytes(32))
            with pytest.raises(TimeoutError):
                door.accept(timeout=0.5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has local seqpacket sockets")
def test_seqpacket_keeps_messages_apart(path):
    with listen_local(path, "seqpacket") as door, connect_local(path, "seqpacket") as here, door.accept(60) as there:
        here.send(b"one")
        here.send(b"two")
        assert there.recv(100) == b"one" and there.recv(100) == b"two"


def test_an_accepted_socket_is_answered_by_another_process(start_method):
    ours, theirs = local_pair()
    with ours:
        with theirs:
            worker = start(workers.greet_passed, theirs, method=start_method)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.create_connection(listener.getsockname())
            accepted, _ = listener.accept()
        with accepted:
            send_socket(ours, accepted, timeout=60)
        with client, client.makefile("rb") as reply:
            assert reply.read() == b"from %d" % worker.pid
    worker.join(60)
    if sys.platform == "win32":
        resource_sharer.stop(5)  # the stdlib's thread that gave the channel to the spawned process


@pytest.mark.skipif(not HAS_UNIX, reason="Windows passes no descriptors")
def test_a_descriptor_keeps_its_offset(tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")
    here, there = local_pair()
    with here, there, open(tmp_path / "file", "rb", buffering=0) as file:
        file.read(4)
        send_fd(here, file.fileno())
        with open(recv_fd(there), "rb", buffering=0) as copy:
            assert copy.read(3) == b"456" and file.read(3) == b"789"
        here.sendall(b"x")
        with pytest.raises(ValueError):
            recv_fd(there)


def test_a_channel_that_ends_hands_nothing_over():
    here, there = local_pair()
    here.close()
    with there, pytest.raises(EOFError):
        recv_socket(there, timeout=60)


def test_a_ring_by_path_from_several_processes(path, start_method):
    with listen_ring(path, senders=3) as inbox:
        processes = [start(workers.send_to_path, path, number, 500, method=start_method) for number in range(3)]
        got = list(inbox)
        for process in processes:
            process.join(60)
    assert not os.path.exists(path)
    for number in range(3):
        assert [item for who, item in got if who == number] == list(range(500))


def test_a_stranger_without_a_ring_is_ignored(path):
    with listen_ring(path) as inbox:
        connect_local(path).close()
        with pytest.raises(TimeoutError):
            inbox.recv(timeout=0.2)
        thread = threading.Thread(target=workers.send_to_path, args=(path, 1, 2))
        thread.start()
        assert list(inbox) == [(1, 0), (1, 1)]
        thread.join(60)


def test_a_stranger_that_says_nothing_holds_nobody_up(path, monkeypatch):
    monkeypatch.setattr("netio.ipc.rings.inbox.OFFER_TIMEOUT", 1000.0)
    with listen_ring(path) as inbox, connect_local(path), connect_local(path):
        thread = threading.Thread(target=workers.send_to_path, args=(path, 1, 2))
        thread.start()
        assert [inbox.recv(timeout=60), inbox.recv(timeout=60)] == [(1, 0), (1, 1)]
        thread.join(60)


def test_silent_strangers_are_sent_away(path, monkeypatch):
    monkeypatch.setattr("netio.ipc.rings.inbox.OFFER_TIMEOUT", 0.0)
    with listen_ring(path) as inbox, connect_local(path) as first, connect_local(path):
        with pytest.raises(TimeoutError):
            inbox.recv(timeout=0.1)
        first.settimeout(60)
        assert first.recv(1) == b""
    monkeypatch.setattr("netio.ipc.rings.inbox.OFFER_TIMEOUT", 1000.0)
    monkeypatch.setattr("netio.ipc.rings.inbox.MOST_NEWCOMERS", 2)
    with listen_ring(path) as inbox, contextlib.ExitStack() as strangers:
        many = [strangers.enter_context(connect_local(path)) for _ in range(5)]
        with pytest.raises(TimeoutError):
            inbox.recv(timeout=0.2)
        many[0].settimeout(60)
        assert many[0].recv(1) == b"" and len(inbox._newcomers) == 3


@pytest.mark.skipif(not HAS_UNIX, reason="passes descriptors")
@pytest.mark.parametrize("size", [8, 255, 256, 1000, 1256, 1280])
def test_only_memory_that_is_a_ring_is_taken(path, size):
    with listen_ring(path) as inbox, connect_local(path) as stranger:
        with contextlib.closing(AnonymousMemory(size)) as memory:
            send_memory(stranger, memory)
        with pytest.raises(TimeoutError):
            inbox.recv(timeout=0.05)
        stranger.settimeout(60)
        assert stranger.recv(1) == (b"+" if size == 1280 else b"")


def test_a_sender_that_spoils_its_ring_is_dropped_and_the_others_are_heard():
    (spoilt, spoiler), (good, sender) = open_ring(1 << 12), open_ring(1 << 12)
    with RingInbox([spoilt, good]) as inbox, spoiler:
        spoiler.send_bytes(b"x")
        spoiler._words[0] = (1 << 31) - 1  # a record longer than what was sent
        with pytest.raises(ValueError, match="spoilt"):
            inbox.recv(timeout=60)
        sender.send("still heard")
        assert inbox.recv(timeout=60) == "still heard"
        sender.close()
        assert list(inbox) == []


def test_nobody_receives(path):
    with listen_local(path), pytest.raises(TimeoutError):
        connect_ring(path, timeout=0.05)


def test_a_killed_sender_leaves_the_others_messages():
    ends = [open_ring() for _ in range(3)]
    processes = [start(workers.send_all, ends[number][1], 50, []) for number in (0, 1)]
    victim = start(workers.send_for_ever, ends[2][1], workers.Nowhere()) if hasattr(os, "fork") else None
    with RingInbox([receiver for receiver, _ in ends]) as inbox:
        if victim is None:
            ends[2][1].close()
        got = inbox.recv_many(timeout=60)
        if victim is not None:
            victim.kill()
            victim.join(60)
        with pytest.raises(EOFError):
            while True:
                got += inbox.recv_many(timeout=60)
    for process in processes:
        process.join(60)
    assert all(got.count(message) >= 2 for message in workers.messages_of(1, 50))


@pytest.mark.skipif(not hasattr(signal, "sigtimedwait"), reason="this platform has no sigtimedwait")
def test_signals_are_messages_and_the_ordinary_ones_merge():
    with SignalWaiter(signal.SIGUSR1, signal.SIGRTMIN) as inbox:
        for number in (signal.SIGUSR1, signal.SIGRTMIN) * 3:
            send_signal(os.getpid(), number)
        got = [inbox.recv(timeout=60) for _ in range(4)]
        assert [message.number for message in got] == [signal.SIGUSR1] + [signal.SIGRTMIN] * 3
        assert {message.sender for message in got} == {os.getpid()} and not inbox.pending()
        with pytest.raises(TimeoutError):
            inbox.recv(timeout=0.01)


def test_what_cannot_be_signalled():
    for pid, number in ((0, signal.SIGINT), (-1, signal.SIGINT), (os.getpid(), -5)):
        with pytest.raises((ValueError, NotImplementedError)):
            send_signal(pid, number)


def stay(end, path):
    """Say that this process runs, and whether somebody hears at the path when the parent has closed; then end."""
    end.send("here")
    end.recv()
    try:
        connect_local(path).close()
    except ConnectionError:
        end.send("nobody")
    except FileNotFoundError:
        end.send("no path")
    else:
        end.send("somebody")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="inherits by fork")
@pytest.mark.parametrize("listen", [listen_local, listen_ring])
def test_a_forked_child_holds_no_copy_of_a_listener(path, listen):
    listener = listen(path)
    here, there = open_duplex()
    child = start(stay, there, path, method="fork")
    assert here.recv(timeout=60) == "here"
    (listener if listen is listen_local else listener._listener)._sock.close()  # as a kill would: the path stays
    here.send("go on")
    assert here.recv(timeout=60) == "nobody"
    child.join(60)
    here.close()
    os.unlink(path)


def test_a_listener_is_closed_though_its_path_cannot_be_removed(path, monkeypatch):
    listener = listen_local(path)
    with monkeypatch.context() as patch, pytest.raises(PermissionError):
        patch.setattr(os, "lstat", Mock(side_effect=PermissionError))
        listener.close()
    assert listener._sock.fileno() < 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="inherits by fork")
def test_a_forked_child_that_was_given_a_listener_keeps_it_and_its_close_leaves_the_path(path):
    with listen_local(path) as listener:
        child = start(accept_and_close, listener, method="fork")
        with connect_local(path) as sock:
            assert sock.recv(1) == b"!"
        child.join(60)
        assert os.path.exists(path)
    assert not os.path.exists(path)


def accept_and_close(listener):
    with listener, listener.accept(timeout=60) as sock:
        sock.sendall(b"!")
