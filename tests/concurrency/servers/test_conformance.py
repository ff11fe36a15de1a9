"""One class of tests for every model and both contracts: whoever serves, a client sees the same."""
from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time


import pytest

from netio import tcp
from netio.concurrency import EchoProtocol, Server, available_models, echo

from ...attacking import needs_descriptors
from ...streams import is_ended, receive_all
from ...events import fake_kqueue
from . import asyncio_services, services

MEBIBYTE = 1 << 20
BLOCKING = ["iterative", "fork", "process", "thread", "pool", "prefork"]
PLAIN = [asyncio_services.PlainEcho, asyncio_services.PlainBufferedEcho, asyncio_services.PlainPausingEcho]
EVENT = ["select", "poll", "epoll", "kqueue"]
IN_TURN = {"iterative", "prefork"}  # a client that stays keeps others waiting
WAYS = [(model, contract, None) for model in BLOCKING for contract in ("handler", "protocol")]
WAYS += [(model, "protocol", None) for model in EVENT]
WAYS += [("select", "protocol", 2), ("epoll", "protocol", 2)]


# Model "process" starts an interpreter a connection, and a protocol there is driven as by "fork": with handlers it
# does all, with protocols what follows, and the rest with --soak.
BY_PROCESS = {"test_echoes_little_and_much", "test_what_is_no_exception_ends_its_own_connection_only_too",
              "test_a_client_that_reads_slowly_gets_everything_and_holds_up_nobody", "test_half_closed_both_ways",
              "test_shutdown_at_once_while_a_client_is_being_served",
              "test_handlers_get_the_idle_timeout_and_protocols_a_silent_client_is_closed"}


@pytest.fixture(params=WAYS, ids=lambda way: "-".join(str(part) for part in way if part))
def start(request, nothing_left, monkeypatch):
    """A function that starts a server: `start(handler, protocol)` serves whichever the contract at hand asks for."""
    model, contract, workers = request.param
    if model == "kqueue" and model not in available_models():
        fake_kqueue.install(monkeypatch)
    if model not in available_models():
        pytest.skip(f"no {model} on {sys.platform}")
    rare = request.cls is TestEveryModel and request.function.__name__ not in BY_PROCESS
    if (model, contract) == ("process", "protocol") and rare and not request.config.getoption("--soak"):
        pytest.skip("only with --soak")
    workers = workers or (1 if model == "prefork" else None)
    servers = []

    def start(handler=echo, protocol=EchoProtocol, address=("127.0.0.1", 0), **limits):
        served = handler if contract == "handler" else protocol
        servers.append(Server(address, served, model, workers, **limits))
        servers[-1].start()
        return servers[-1]

    start.model, start.contract, start.workers = model, contract, workers
    yield start
    for server in servers:
        server.close()
        assert server.join(0)


def send_in_background(sock, data, then=None):
    def send():
        try:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
        except OSError as error:
            failed.append(error)

    failed = []
    thread = threading.Thread(target=send)
    thread.start()
    return thread


def talk(address, message=b"hello"):
    """Send one message, end our side and return all that comes back."""
    with tcp.connect(address, timeout=30) as sock:
        sock.sendall(message)
        sock.shutdown(socket.SHUT_WR)
        return receive_all(sock)


def exchange(sock, message):
    sock.sendall(message)
    return receive_exactly(sock, len(message))


def receive_exactly(sock, count):
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        assert piece, f"the stream ended after {data!r}"
        data += piece
    return data


def echo_size(server, size, piece=65536):
    message = os.urandom(min(size, MEBIBYTE)) * max(1, size // MEBIBYTE)
    with tcp.connect(server.address, timeout=60) as sock:
        sender = send_in_background(sock, message)
        assert receive_all(sock, piece) == message
        sender.join()


def start_soon(start, address):
    """Start a server there. Windows takes its sockets from a killed worker only a moment after that has ended."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return start(address=address)
        except OSError:
            if sys.platform != "win32" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.sample(2)
class TestEveryModel:
    def test_echoes_little_and_much(self, start):
        server = start()
        sizes = [0, 3 * MEBIBYTE] if start.model == "process" else [0, 1, 4096, 65537, 3 * MEBIBYTE]
        for size in sizes:
            echo_size(server, size)

    @pytest.mark.soak
    def test_echoes_64_mebibytes(self, start):
        echo_size(start(), 64 * MEBIBYTE)

    def test_serves_many_at_once(self, start, request):
        many = 500 if request.config.getoption("--soak") else 50
        many = {"process": 3, "fork": many // 5}.get(start.model, many)
        needs_descriptors(50 + 3 * many)
        server = start()
        clients = [tcp.connect(server.address, timeout=60) for _ in range(many)]
        for number, sock in enumerate(clients):
            sock.sendall(b"client %d" % number)
            sock.shutdown(socket.SHUT_WR)
        assert [receive_all(sock) for sock in clients] == [b"client %d" % number for number in range(many)]
        for sock in clients:
            sock.close()

    def test_a_client_that_reads_slowly_gets_everything_and_holds_up_nobody(self, start):
        server = start()
        message = os.urandom(MEBIBYTE)
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.settimeout(60)
            sock.connect(server.address)
            sender = send_in_background(sock, message)
            first = sock.recv(1000)  # it is being served; everything else is jammed until we read on
            if start.model not in IN_TURN:
                assert talk(server.address) == b"hello"
            assert first + receive_all(sock, 3000) == message
            sender.join()

    def test_a_client_that_writes_byte_by_byte_is_answered_byte_by_byte(self, start):
        server = start()
        with tcp.connect(server.address, timeout=30) as sock:
            for byte in b"slowly":
                assert exchange(sock, bytes([byte])) == bytes([byte])

    def test_half_closed_both_ways(self, start):
        server = start()
        with tcp.connect(server.address, timeout=30) as sock:
            assert exchange(sock, b"hello") == b"hello"
            sock.sendall(b"goodbye")
            sock.shutdown(socket.SHUT_WR)
            assert receive_all(sock) == b"goodbye"

    def test_a_client_that_resets_in_mid_transfer_harms_nobody(self, start):
        server = start()
        for _ in range(2):
            sock = tcp.connect(server.address, timeout=30)
            sender = send_in_background(sock, bytes(200_000))
            assert sock.recv(100)
            sock.shutdown(socket.SHUT_RDWR)
            sender.join()
            tcp.abort(sock)
        assert talk(server.address) == b"hello"

    def test_a_handler_that_raises_ends_its_own_connection_only(self, start, caplog):
        server = start(services.crash_on_x, services.CrashOnX)
        with tcp.connect(server.address, timeout=30) as sock:
            assert exchange(sock, b"hello") == b"hello"
            address = sock.getsockname()
            sock.sendall(b"x")
            assert is_ended(sock)
        assert talk(server.address) == b"hello"
        if server.model not in ("fork", "process", "prefork") and not start.workers:  # those log in their own process
            logged = [record for record in caplog.records if record.exc_info]
            assert [str(record.exc_info[1]) for record in logged] == ["an x came"]
            assert str(address) in logged[0].getMessage()

    def test_a_handler_that_raises_at_once(self, start):
        server = start(services.crash_at_once, services.CrashAtOnce)
        for _ in range(2):
            with tcp.connect(server.address, timeout=30) as sock:
                assert is_ended(sock)

    @pytest.mark.parametrize("protocol", [services.EndOddly, services.EndOddlyLater])
    def test_what_is_no_exception_ends_its_own_connection_only_too(self, start, protocol, caplog):
        if start.contract == "handler" and protocol is services.EndOddlyLater:
            pytest.skip("a handler has one way to end")
        server = start(services.end_oddly, protocol)
        words = [b"odd"] if start.model == "process" else [b"exit", b"odd", b"interrupt", b"odd"]
        for word in words:
            with tcp.connect(server.address, timeout=30) as sock:
                assert exchange(sock, b"hello") == b"hello"
                sock.sendall(word)
                assert is_ended(sock)
        assert talk(server.address) == b"hello"
        if server.model not in ("fork", "process", "prefork") and not start.workers:
            assert len([record for record in caplog.records if record.exc_info]) == len(words)

    def test_a_log_that_fails_ends_nothing(self, start):
        class Broken(logging.Handler):
            def emit(self, record):
                raise OSError("no space left on the disk")

        broken, log = Broken(), logging.getLogger("netio.servers")
        log.addHandler(broken)
        try:
            server = start(services.crash_on_x, services.CrashOnX)
            with tcp.connect(server.address, timeout=30) as sock:
                sock.sendall(b"x")
                assert is_ended(sock)
            assert talk(server.address) == b"hello"
        finally:
            log.removeHandler(broken)

    def test_shutdown_while_nobody_is_there(self, start):
        server = start()
        server.shutdown()
        assert server.join(20)
        with pytest.raises(OSError):
            tcp.connect(server.address, timeout=60).close()

    def test_shutdown_twice(self, start):
        server = start()
        server.shutdown(60)
        server.shutdown(0)
        assert server.join(20)

    def test_shutdown_at_once_while_a_client_is_being_served(self, start):
        server = start(services.greet_and_hold, services.GreetAndHold)
        with tcp.connect(server.address, timeout=30) as sock:
            assert receive_exactly(sock, 5) == b"hello"
            server.shutdown(0)
            assert is_ended(sock)
            assert server.join(20)

    def test_shutdown_lets_a_client_finish_within_the_grace(self, start):
        server = start()
        with tcp.connect(server.address, timeout=30) as sock:
            assert exchange(sock, b"hello") == b"hello"
            server.shutdown(60)
            assert exchange(sock, b"still here") == b"still here"
            assert not server.join(0)
            sock.shutdown(socket.SHUT_WR)
            assert receive_all(sock) == b""
        assert server.join(20)

    def test_the_address_can_be_used_again_at_once(self, start):
        server = start()
        with tcp.connect(server.address, timeout=30) as sock:
            assert exchange(sock, b"hello") == b"hello"
            server.close()
            again = start_soon(start, server.address)
            assert again.address == server.address
            assert talk(again.address) == b"hello"

    @pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
    def test_ipv6(self, start):
        try:
            listener = tcp.listen(("::1", 0))
        except OSError as error:
            pytest.skip(f"no IPv6 here: {error}")
        server = start(address=listener)
        assert server.address[0] == "::1" and server.address[1] > 0
        assert talk(server.address[:2]) == b"hello"

    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets")
    def test_unix_socket(self, start, tmp_path):
        path = str(tmp_path / "echo")
        server = start(address=path)
        assert server.address == path
        assert talk(path) == b"hello"
        server.close()
        assert not os.path.exists(path)

    def test_handlers_get_the_idle_timeout_and_protocols_a_silent_client_is_closed(self, start):
        server = start(services.greet_and_hold, services.GreetAndHold, idle_timeout=0.2)
        with tcp.connect(server.address, timeout=30) as sock:
            assert receive_all(sock) == b"hello"


class TestRunInThread:
    """What may block leaves the loop, under every model."""

    @pytest.fixture(autouse=True)
    def only_protocols(self, start):
        if start.contract != "protocol":
            pytest.skip("a handler may block")

    @pytest.fixture
    def gate(self):
        """A listener on which a work waits for the test, in whatever process it is done."""
        with tcp.listen(("127.0.0.1", 0)) as listener:
            listener.settimeout(30)
            yield listener

    def enter(self, server, gate):
        """Have a client's work begin; return both connections."""
        client = tcp.connect(server.address, timeout=30)
        client.sendall(b"wait %d" % gate.getsockname()[1])
        work, _ = gate.accept()
        work.settimeout(30)
        return client, work

    def test_the_result_comes_back_and_others_are_served_meanwhile(self, start, gate):
        server = start(protocol=services.Working)
        client, work = self.enter(server, gate)
        if start.model not in IN_TURN:
            with tcp.connect(server.address, timeout=30) as other:
                other.sendall(b"raise")
                assert other.recv(100) == b"ValueError"
        work.sendall(b"go on")
        assert client.recv(100) == b"done" and work.recv(100) == b"used"
        client.close(), work.close()

    def test_what_it_raises_goes_to_the_protocol_and_is_never_lost(self, start, caplog):
        server = start(protocol=services.Working)
        with tcp.connect(server.address, timeout=30) as sock:
            for word, error in [(b"raise", b"ValueError"), (b"exit", b"SystemExit")]:
                sock.sendall(word)
                assert sock.recv(100) == error
            sock.sendall(b"lose")
            assert is_ended(sock)
        if server.model not in ("fork", "process", "prefork") and not start.workers:
            assert len([record for record in caplog.records if "lost" in str(record.exc_info)]) == 1

    def test_the_result_for_a_client_that_has_gone_is_dropped(self, start, gate):
        server = start(protocol=services.Working)
        client, work = self.enter(server, gate)
        client.close()
        work.sendall(b"go on")
        assert work.recv(100) in (b"dropped", b"used")  # the latter, if its end was not noticed yet
        work.close()

    def test_the_servers_end_waits_for_what_must_not_be_left_half_done(self, start, gate):
        if start.model in ("fork", "process", "prefork") or start.workers:
            pytest.skip("its processes are killed after a while")
        server = start(protocol=services.Working)
        client, work = self.enter(server, gate)
        server.shutdown(0)
        try:
            assert client.recv(100) == b""
        except ConnectionResetError:
            pass
        assert not server.join(0)
        work.sendall(b"go on")
        assert work.recv(100) == b"dropped"
        assert server.join(20)
        client.close(), work.close()


class TestEveryProtocol:
    """Protocols that others wrote for asyncio, under every model."""

    @pytest.mark.parametrize("plain", PLAIN)
    @pytest.mark.parametrize("model", [*BLOCKING, *EVENT])
    def test_an_asyncio_protocol_runs_unchanged(self, model, plain, nothing_left, monkeypatch):
        if model == "kqueue" and model not in available_models():
            fake_kqueue.install(monkeypatch)
        if model not in available_models():
            pytest.skip(f"no {model} on {sys.platform}")
        with Server(("127.0.0.1", 0), plain, model, 1 if model == "prefork" else None) as server:
            server.start()
            echo_size(server, MEBIBYTE)
