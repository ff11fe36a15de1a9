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
from netio.concurrency.servers.models.shared_acceptor import SharedAcceptor

from . import services
from .test_conformance import exchange, receive_exactly, talk

HERE = ("127.0.0.1", 0)


@pytest.fixture(params=["epoll", "without"])
def acceptor(request, monkeypatch, nothing_left):
    if request.param == "without":
        monkeypatch.delattr(select, "epoll", raising=False)
    elif not hasattr(select, "epoll"):
        pytest.skip("no epoll")
    acceptor = SharedAcceptor(tcp.listen(HERE), most=100)
    yield acceptor
    acceptor.close()


def wait_in_threads(acceptor, count, accepted):
    results = []
    for _ in range(count):
        assert acceptor.enter()
    threads = [threading.Thread(target=lambda: results.append(acceptor.accept(accepted))) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


def end(threads):
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_each_client_goes_to_one_of_those_who_wait(acceptor):
    threads, results = wait_in_threads(acceptor, 10, lambda sock, address: sock.close() or address)
    socks = [tcp.connect(acceptor.address, timeout=30) for _ in range(10)]
    end(threads)
    assert sorted(address for address, _ in results) == sorted(sock.getsockname() for sock in socks)
    assert sum(wanted for _, wanted in results) == 1, "whoever goes last is asked to start another"
    acceptor.leave()
    for sock in socks:
        sock.close()


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="poll and select wake all of them")
def test_a_client_wakes_only_one_of_them(nothing_left):
    class Listener:
        """Takes its time, so that another thread that was woken would come."""

        def accept(self):
            attempts.append(threading.current_thread())
            if len(attempts) > 1:
                second.set()
            second.wait(0.2)  # for one that must not come
            return listener.accept()

        def __getattr__(self, name):
            return getattr(listener, name)

    attempts, second = [], threading.Event()
    acceptor = SharedAcceptor(tcp.listen(HERE), most=100)
    listener, acceptor._listener = acceptor._listener, Listener()
    threads, results = wait_in_threads(acceptor, 5, lambda sock, address: sock.close())
    tcp.connect(acceptor.address, timeout=30).close()
    while not results:
        threads[0].join(0.01)
    woken = len(attempts)
    acceptor.close()
    end(threads)
    assert woken == 1 and results.count(None) == 4


def test_closing_lets_all_go_who_wait_and_refuses_clients_and_threads(acceptor):
    threads, results = wait_in_threads(acceptor, 10, pytest.fail)
    acceptor.close()
    end(threads)
    assert results == [None] * 10 and not acceptor.enter()
    with pytest.raises(OSError):
        tcp.connect(acceptor.address, timeout=5).close()
    acceptor.close()


def test_no_more_may_wait_than_are_wanted(acceptor):
    assert acceptor.enter(2) and acceptor.enter(2) and not acceptor.enter(2)
    acceptor.leave()
    acceptor.leave()


def test_closing_while_clients_come(acceptor):
    """Whoever is accepted is served, whoever is not is refused or reset: nobody hangs."""
    def serve(sock, address):
        with sock:
            sock.sendall(b"served")

    def work():
        while (taken := acceptor.accept(serve)) is not None:
            if taken[1]:
                acceptor.leave()  # the thread that it asks for does not come
            if not acceptor.enter():
                return

    for _ in range(5):
        acceptor.enter()
    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    seen = []
    while len(seen) < 200:
        if len(seen) == 100:
            threads.append(threading.Thread(target=acceptor.close))
            threads[-1].start()
        try:
            with tcp.connect(acceptor.address, timeout=30) as sock:
                seen.append(sock.recv(100))
        except OSError as error:
            assert not isinstance(error, socket.timeout)
            seen.append(None)
    end(threads)
    assert seen[0] == b"served" and seen[-1] is None


def test_out_of_descriptors_a_thread_pauses_and_one_that_comes_back_wakes_it(acceptor, caplog):
    class Listener:
        """Has no descriptor to give until a thread comes back."""

        def accept(self):
            if caplog.records:
                return "a socket", "an address"
            raise OSError(errno.EMFILE, "Too many open files")

        def __getattr__(self, name):
            return getattr(listener, name)

    listener, acceptor._listener = acceptor._listener, Listener()
    threads, results = wait_in_threads(acceptor, 1, lambda *accepted: accepted)
    with tcp.connect(acceptor.address, timeout=30):
        while not acceptor._short:
            pass
        acceptor.enter()
        end(threads)
    assert results == [(("a socket", "an address"), False)]
    assert "pauses: " in caplog.text and len(caplog.records) == 1
    acceptor.leave()


@pytest.fixture
def start(nothing_left):
    servers = []

    def start(*arguments, **options):
        servers.append(Server(HERE, *arguments, **options))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.close()


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
    class Leaving(services.PlainEcho):
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
            try:
                assert sock.recv(100) == b""
            except ConnectionError:
                pass


def test_no_room_for_another_thread_costs_nobody_his_connection(start, monkeypatch, caplog):
    server = start(EchoProtocol)
    with tcp.connect(server.address, timeout=30) as sock:
        assert exchange(sock, b"in") == b"in"  # one more thread has been started, and waits
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", lambda thread: (_ for _ in ()).throw(RuntimeError("no room")))
            assert talk(server.address) == b"hello"
        assert "no thread waits" in caplog.text and "no room" in caplog.text
        assert talk(server.address) == b"hello"  # by the thread that came back
