"""Threads that accept for themselves: how many there are, who is woken, and how they end."""
from __future__ import annotations

import errno
import select
import socket
import sys
import threading

import pytest

from netio import tcp
from netio.concurrency import EchoProtocol, Server, echo
from netio.concurrency.servers.models import thread as thread_model

from ...streams import is_ended
from ...waiting import wait_until
from . import services
from .test_conformance import exchange, receive_exactly, talk

HERE = ("127.0.0.1", 0)


@pytest.fixture(params=["epoll", "without"])
def way(request, monkeypatch):
    """All threads wait in one epoll, or each in a poll of its own."""
    if request.param == "without":
        monkeypatch.delattr(select, "epoll", raising=False)
    elif not hasattr(select, "epoll"):
        pytest.skip("no epoll")
    return request.param


class Listener:
    """Stands for a server's listener, with another `accept`."""

    def __init__(self, server, accept):
        self.real = server._model._listener
        server._model._listener, server._model._accept_one = self, accept

    def __getattr__(self, name):
        return getattr(self.real, name)


def have_threads_wait(server, count):
    """Have `count` threads at least wait for clients: so many were busy at a time, and are no more."""
    socks = [tcp.connect(server.address, timeout=30) for _ in range(count)]
    for sock in socks:
        assert exchange(sock, b"in") == b"in"
    for sock in socks:
        sock.close()
    while len(server._model) or server._model._waiting < min(count, 8):
        pass


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="poll and select wake all of them")
def test_a_client_wakes_only_one_of_them(start):
    def accept():
        """Takes its time, so that another thread that was woken would come."""
        attempts.append(threading.current_thread())
        if len(attempts) > 1:
            second.set()
        second.wait(0.2)  # for one that must not come
        return listener.real.accept()

    attempts, second = [], threading.Event()
    server = start(echo)
    have_threads_wait(server, 5)
    listener = Listener(server, accept)
    assert talk(server.address) == b"hello"
    assert len(attempts) == 1
    server._model._listener, server._model._accept_one = listener.real, listener.real.accept


def test_a_thread_that_is_tried_again_is_none_too_many(start):
    server = start(echo, max_connections=1)
    with tcp.connect(server.address, timeout=30) as sock:
        assert exchange(sock, b"in") == b"in"
        server._model._try_again(0.0)
        assert server._model._threads == 1


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="only epoll is asked for each client anew")
def test_when_the_system_has_no_memory_to_report_the_next_client_it_is_asked_again(start):
    class Epoll:
        """Stands for the epoll; its first `modify` fails."""

        def __getattr__(self, name):
            return getattr(real, name)

        def modify(self, *arguments):
            server._model._epoll = real
            raise OSError(errno.ENOMEM, "no memory")

    server = start(echo)
    assert talk(server.address) == b"hello"
    real = server._model._epoll
    server._model._epoll = Epoll()
    assert [talk(server.address) for _ in range(3)] == [b"hello"] * 3


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="only epoll keeps what it watches in the system's memory")
def test_when_the_system_has_no_memory_to_watch_the_listener_that_is_what_start_raises(monkeypatch):
    def fail(*arguments):
        raise OSError(errno.ENOMEM, "no memory")

    monkeypatch.setattr(thread_model.ThreadModel, "_register", fail)
    with Server(HERE, echo, "thread") as server:
        with pytest.raises(OSError, match="no memory"):
            server.start()


def test_closing_lets_all_go_who_wait_and_refuses_clients(start, way):
    server = start(echo)
    have_threads_wait(server, 10)
    server.close()
    assert server._model._threads == 0
    with pytest.raises(OSError):
        tcp.connect(server.address, timeout=60).close()


def test_no_more_wait_than_may(start, monkeypatch):
    monkeypatch.setattr(thread_model, "_MAX_IDLE", 2)
    server = start(echo)
    have_threads_wait(server, 2)
    socks = [tcp.connect(server.address, timeout=30) for _ in range(6)]
    for sock in socks:
        assert exchange(sock, b"in") == b"in"
    for sock in socks:
        sock.close()
    while server._model._threads > 2:
        pass
    assert talk(server.address) == b"hello"


def test_closing_while_clients_come(start, way):
    """Whoever is accepted is served, whoever is not is refused or reset: nobody hangs."""
    def serve(sock, address):
        sock.sendall(b"served")

    def come():
        try:
            with tcp.connect(server.address, timeout=30) as sock:
                return sock.recv(100)
        except OSError as error:
            assert not isinstance(error, socket.timeout)
            return None

    server = start(serve)
    seen = [come() for _ in range(100)]
    closing = threading.Thread(target=server.close)
    closing.start()
    seen += [come() for _ in range(100)]
    closing.join(30)
    seen.append(come())
    assert seen[0] == b"served" and seen[-1] is None


def test_out_of_descriptors_a_thread_pauses_and_one_that_comes_back_wakes_it(start, way, caplog):
    def accept():
        if not gone.is_set():
            paused.set()
            raise OSError(errno.EMFILE, "Too many open files")
        return listener.real.accept()

    gone, paused, server = threading.Event(), threading.Event(), start(echo)
    with tcp.connect(server.address, timeout=30) as first:
        assert exchange(first, b"in") == b"in"
        listener = Listener(server, accept)
        with tcp.connect(server.address, timeout=30) as second:
            assert paused.wait(30)
            gone.set()
            first.shutdown(socket.SHUT_WR)
            assert exchange(second, b"in") == b"in"
    wait_until(lambda: "pauses: " in caplog.text)  # another thread may serve before the one that pauses has said so
    assert len(caplog.records) == 1
    server._model._listener, server._model._accept_one = listener.real, listener.real.accept


def test_there_are_as_many_threads_as_clients_and_one_that_waits(start):
    before = threading.active_count()
    server = start(echo)
    for _ in range(3):
        socks = [tcp.connect(server.address, timeout=30) for _ in range(5)]
        for sock in socks:
            assert exchange(sock, b"in") == b"in"
        assert threading.active_count() - before <= 1 + 5 + 1, "the server's own, the clients', and one"
        for sock in socks:
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(1) == b""
            sock.close()
        while len(server._model):
            pass


def test_a_limit_of_one_client_holds_and_the_next_is_served_when_he_goes(start):
    server = start(echo, max_connections=1)
    for _ in range(3):
        first, second = (tcp.connect(server.address, timeout=30) for _ in range(2))
        assert exchange(first, b"in") == b"in"
        second.sendall(b"me too")
        second.settimeout(0.02)
        with pytest.raises(socket.timeout):
            second.recv(100)
        first.close()
        second.settimeout(30)
        assert receive_exactly(second, 6) == b"me too"
        second.close()


@pytest.mark.parametrize("model", ["thread", "pool", "iterative"])
@pytest.mark.parametrize("contract", ["handler", "protocol"])
def test_a_handler_that_calls_sys_exit_ends_no_thread_that_serves_others(start, model, contract):
    class Leaving(services.WriteBack):
        def data_received(self, data):
            sys.exit(3)

    def leave(sock, address):
        sock.recv(100)
        sys.exit(3)

    server = start(leave if contract == "handler" else Leaving, model, 1 if model == "pool" else None,
                   **({"max_connections": 1} if model == "thread" else {}))
    for _ in range(3):
        with tcp.connect(server.address, timeout=30) as sock:
            sock.sendall(b"x")
            assert is_ended(sock)


def test_no_room_for_another_thread_costs_nobody_his_connection(start, monkeypatch, caplog):
    monkeypatch.setattr(thread_model, "RETRY", 0.01)
    server = start(EchoProtocol)
    with tcp.connect(server.address, timeout=30) as sock:
        assert exchange(sock, b"in") == b"in"  # one more thread has been started, and waits
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", lambda thread: (_ for _ in ()).throw(RuntimeError("no room")))
            assert talk(server.address) == b"hello"
            other = tcp.connect(server.address, timeout=30)
            assert exchange(other, b"in") == b"in"  # by the one that came back
        with other:
            assert "no room" in caplog.text
            assert talk(server.address) == b"hello"  # by one started when there is room again: the others are busy


@pytest.mark.parametrize("model", ["thread", "pool"])
def test_a_server_that_finds_no_room_for_its_first_threads_says_so_and_leaves_nothing(model, monkeypatch, nothing_left):
    def fail_later(thread, start=threading.Thread.start):
        if len(started) == (model == "pool"):
            raise RuntimeError("can't start new thread")
        started.append(start(thread))

    started = []
    with Server(HERE, EchoProtocol, model, workers=None if model == "thread" else 3) as server:
        monkeypatch.setattr(threading.Thread, "start", fail_later)
        with pytest.raises(OSError, match="can't start new thread"):
            server.serve_forever()
    assert len(started) == (model == "pool")
