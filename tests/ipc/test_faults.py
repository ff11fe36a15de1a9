"""What the system refuses, once: nothing is torn, nothing is left over, nobody sleeps on. The smallest cases of
tests/hostile/ipc.py."""
from __future__ import annotations

import errno
import os
import socket
import struct
import sys
import tempfile
import threading
import time

import pytest

from netio.ipc import (
    CapacityLimiter, Queue, connect_local, connect_ring, create_shm, listen_local, listen_ring, local_pair, open_pipe,
    open_ring, recv_socket, start,
)
from netio.ipc.local import HAS_UNIX
from netio.ipc.rings.inbox import recv_memory
from netio.ipc.system import posix, posix_locks

linux = pytest.mark.skipif(sys.platform != "linux", reason="counts descriptors in /proc")
unix = pytest.mark.skipif(not HAS_UNIX, reason="no local sockets here")


def descriptors():
    return sorted(os.listdir("/proc/self/fd"))


def failing(function, error, after=0):
    """Return the function, of which the call after so many fails."""
    calls = []

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) == after + 1:
            raise error
        return function(*args, **kwargs)

    return call


@linux
def test_a_process_that_cannot_be_forked_leaves_no_descriptor(monkeypatch):
    receiver, sender = open_pipe()
    before = descriptors()
    monkeypatch.setattr(os, "fork", failing(os.fork, OSError(errno.EAGAIN, "no room")))
    with pytest.raises(OSError, match="no room"):
        start(len, [sender], method="fork")
    assert descriptors() == before
    sender.send(1)  # both ends are still ours
    assert receiver.recv() == 1
    receiver.close()
    sender.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for no size")
def test_a_pipe_without_memory_for_its_wish_has_the_usual_size(monkeypatch):
    monkeypatch.setattr(posix.fcntl, "fcntl", failing(None, OSError(errno.ENOMEM, "no memory")))
    receiver, sender = open_pipe()
    sender.send(1)
    assert receiver.recv() == 1
    receiver.close()
    sender.close()


@pytest.mark.parametrize("error", [OSError(errno.ENOMEM, "no memory"), KeyboardInterrupt()])
def test_nothing_is_sent_after_half_a_message(error):
    receiver, sender = open_pipe()
    whole = sender._write
    sender._write = failing(lambda data, timeout=None: whole(data[:5], timeout), error, after=1)
    with pytest.raises(type(error)):
        sender.send_bytes(b"first")
    with pytest.raises(OSError):
        sender.send_bytes(b"second")
    sender.close()
    with pytest.raises(EOFError, match="after 5 of 8 bytes"):
        receiver.recv_bytes(timeout=60)
    receiver.close()


def test_a_doorbell_that_fails_is_rung_again(monkeypatch):
    receiver, sender = open_ring(1 << 8)
    bell = receiver._peer_doorbell
    monkeypatch.setattr(bell, "write", failing(bell.write, OSError(errno.ENOMEM, "no memory")))
    talker = threading.Thread(target=lambda: [sender.send_bytes(b"%d" % number * 20) for number in range(50)])
    talker.start()
    received, troubles = [], []
    while len(received) < 50:
        try:
            received.append(receiver.recv_bytes(timeout=60))
        except TimeoutError:
            raise
        except OSError as error:
            troubles.append(error)
    talker.join(60)
    assert received == [b"%d" % number * 20 for number in range(50)] and len(troubles) <= 1
    sender.close()
    receiver.close()


@linux
@pytest.mark.parametrize("receive, sent, error", [(recv_memory, b"half", EOFError), (recv_socket, b"d", OSError)])
def test_what_is_not_the_memory_or_socket_awaited_leaves_no_descriptor(receive, sent, error):
    here, there = local_pair()
    with here, there, open(os.devnull, "rb") as file:
        before = descriptors()
        socket.send_fds(here, [sent], [file.fileno()])
        with pytest.raises(error):
            receive(there)
        assert descriptors() == before


@unix
def test_a_listener_that_could_not_be_made_leaves_no_path(monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "door")
        with monkeypatch.context() as patch:
            patch.setattr(os, "chmod", failing(os.chmod, OSError(errno.EPERM, "not here")))
            with pytest.raises(OSError, match="not here"):
                listen_local(path)
        assert os.listdir(folder) == []
        listen_local(path).close()


@unix
def test_a_caller_who_has_gone_is_not_the_listeners_trouble():
    class Accepting:
        def __init__(self, sock):
            self.accept = failing(sock.accept, ConnectionAbortedError(errno.ECONNABORTED, "gone"))
            self.settimeout = sock.settimeout

    with tempfile.TemporaryDirectory() as folder, listen_local(os.path.join(folder, "door")) as listener:
        sock, listener._sock = listener._sock, Accepting(listener._sock)
        with connect_local(listener.path), listener.accept(timeout=60):
            listener._sock = sock


@unix
def test_a_caller_who_has_gone_does_not_end_an_inboxs_wait(monkeypatch):
    with tempfile.TemporaryDirectory() as folder, listen_ring(os.path.join(folder, "ring")) as inbox:
        monkeypatch.setattr(inbox._listener, "accept", failing(inbox._listener.accept, TimeoutError("gone")))
        talker = threading.Thread(target=lambda: connect_ring(inbox.path).close())
        talker.start()
        assert list(inbox) == []
        talker.join(60)


@unix
def test_a_receiver_that_leaves_an_offer_unread_has_refused_it():
    with tempfile.TemporaryDirectory() as folder, listen_local(os.path.join(folder, "ring")) as listener:

        def leave():
            with listener.accept(timeout=60) as sock:
                sock.recv(1)  # of twelve bytes
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        thread = threading.Thread(target=leave)
        thread.start()
        with pytest.raises(ConnectionRefusedError, match="takes no ring"):
            connect_ring(listener.path)
        thread.join(60)


def test_a_place_whose_taking_failed_is_free(monkeypatch):
    limit = CapacityLimiter(1)
    with monkeypatch.context() as patch:
        patch.setattr(limit._left, "set", failing(limit._left.set, KeyboardInterrupt), raising=False)
        with pytest.raises(KeyboardInterrupt):
            limit.acquire()
    assert limit.available() == 1 and limit.acquire(timeout=0)
    with monkeypatch.context() as patch:  # what is not announced is found by those who wait
        patch.setattr(limit._left, "set", failing(limit._left.set, OSError(errno.ENOMEM, "no memory")), raising=False)
        limit.release()
    assert limit.available() == 1
    limit.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows needs no guard")
def test_the_name_goes_though_its_guard_was_killed():
    name = f"netio-guardless-{os.getpid()}"
    memory = create_shm(name, 5)
    memory._guard.kill()
    memory.close()
    create_shm(name, 5).close()


@pytest.mark.skipif(os.name == "nt", reason="Windows needs no guard")
def test_the_name_goes_though_its_guard_finds_no_command(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")  # as with few descriptors: `ls` does not run
    name = f"netio-helpless-{os.getpid()}"
    create_shm(name, 5).close()
    create_shm(name, 5).close()


def test_a_long_item_whose_getter_died_does_not_hide_the_next():
    queue = Queue(room=64)
    putter = threading.Thread(target=queue.put_bytes, args=[bytes(100)])
    putter.start()
    while not queue.qsize():
        time.sleep(0)
    assert queue._when(queue._getters, 1, None, queue._get_piece, [], -1)  # a getter that ends after the first piece
    putter.join(60)
    queue.put_bytes(b"next")
    assert queue.get_bytes(timeout=0) == b"next"
    queue.close()


@pytest.mark.skipif(os.name == "nt", reason="handles there")
def test_at_the_end_of_the_interpreter_nothing_is_said_of_names_that_are_gone(monkeypatch):
    left, right = map(posix.StreamEnd, posix.open_ends())
    opened = [left, right, posix.Flag(), posix.Mapping(1), posix_locks.RecordLock()]
    with monkeypatch.context() as ending:
        ending.setattr(posix, "os", None)
        ending.setattr(posix_locks, "os", None)
        for each in opened:
            each.__del__(lambda: True)
    for each in opened:
        each.close()
