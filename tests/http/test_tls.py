"""TLS around any protocol: from the start or by an upgrade, with slow, silent, plain and vanishing clients."""

from __future__ import annotations

import contextlib
import functools
import socket
import ssl
import threading

import pytest

from netio.concurrency.servers import EchoProtocol, Server, available_models
from netio.concurrency.servers.tls import TLSProtocol, server_context, with_tls
from netio.http import HTTPServer
from netio.tcp import connect

from .serving import CERTIFICATE

CLIENT = ssl.create_default_context(cafile=CERTIFICATE)
CONTEXT = functools.partial(server_context, CERTIFICATE)


class StartTLS:
    """Echoes in the clear, until a line says STARTTLS; what was sent behind that line in the clear is thrown away."""

    def connection_made(self, transport):
        self.transport, self.lines = transport, b""

    def data_received(self, data):
        if self.transport.get_extra_info("ssl_object") is not None:
            self.transport.write(data.upper())
        elif data.startswith(b"STARTTLS\r\n"):
            self.transport.write(b"ready\r\n")
            self.transport.start_tls()
            self.transport.write(b"welcome\r\n")  # encrypted, once there is somebody to read it
        else:
            self.transport.write(data)

    def eof_received(self):
        return False

    def connection_lost(self, error):
        pass


class Lost:
    """Notes how connections end."""

    ends: list = []

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        if data == b"close":
            self.transport.close()
        elif data == b"end":
            self.transport.write(b"the last words")
            self.transport.write_eof()

    def eof_received(self):
        return False

    def connection_lost(self, error):
        Lost.ends.append((hasattr(self, "transport"), error))


def secure(sock):
    sock.settimeout(10)
    return CLIENT.wrap_socket(sock, server_hostname="localhost")


@pytest.mark.parametrize("model", [model for model in available_models() if model not in ("process", "prefork")])
def test_a_connection_is_upgraded(model):
    with Server(("127.0.0.1", 0), protocol=with_tls(StartTLS, CONTEXT, start=False), model=model) as server:
        server.start()
        with connect(server.address) as sock:
            sock.settimeout(10)
            sock.sendall(b"plain\r\n")
            assert sock.recv(100) == b"plain\r\n"
            sock.sendall(b"STARTTLS\r\ninjected\r\n")
            assert sock.recv(100) == b"ready\r\n"
            with secure(sock) as inner:
                assert inner.recv(100) == b"welcome\r\n"
                inner.sendall(b"secret")
                assert inner.recv(100) == b"SECRET"


@pytest.mark.parametrize("model", ["thread", "select"])
def test_more_than_a_buffer_goes_both_ways(model):
    with Server(("127.0.0.1", 0), protocol=with_tls(EchoProtocol, CONTEXT), model=model) as server:
        server.start()
        with secure(connect(server.address)) as sock:
            data = bytes(range(256)) * 4000
            for at in range(0, len(data), 100_000):
                sock.sendall(data[at : at + 100_000])
                got = b""
                while len(got) < len(data[at : at + 100_000]):
                    got += sock.recv(65536)
                assert got == data[at : at + 100_000]


class Transport:
    """Notes what a TLSProtocol sends."""

    def __init__(self):
        self.sent, self.closed, self.reading, self.later = b"", False, True, []

    def write(self, data):
        self.sent += data

    def close(self):
        self.closed = True

    abort = write_eof = close

    def can_write_eof(self):
        return True

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True

    def call_soon_threadsafe(self, callback, *args):
        self.later.append(functools.partial(callback, *args))

    def get_extra_info(self, name, default=None):
        return default

    def take(self):
        data, self.sent = self.sent, b""
        return data


def pair(server_factory, client_factory, size=None):
    """Return a server's and a client's protocol with their transports, after the handshake."""
    server, client = TLSProtocol(CONTEXT, server_factory), TLSProtocol(
        CLIENT, client_factory, server_side=False, server_hostname="localhost"
    )
    ends = [(client, Transport()), (server, Transport())]
    for protocol, transport in ends:
        protocol.connection_made(transport)
    pump(ends, size)
    return ends


def pump(ends, size=None):
    """Carry bytes to and fro, in pieces of `size`, until nobody has any."""
    (client, out), (server, back) = ends
    while out.sent or back.sent:
        for transport, protocol in ((out, server), (back, client)):
            data = transport.take()
            for at in range(0, len(data), size or len(data) or 1):
                protocol.data_received(data[at : at + (size or len(data))])


class Collect(Lost):
    def __init__(self):
        self.got, self.ended = b"", False

    def data_received(self, data):
        self.got += data

    def eof_received(self):
        self.ended = True


@pytest.mark.parametrize("size", [None, 1, 100])
def test_two_ends_without_a_network(size):
    ends = pair(EchoProtocol, Collect, size)
    (client, out), (server, back) = ends
    client.write(b"hello")
    client.write(bytes(50_000))
    assert b"hello" not in out.sent
    pump(ends, size)
    assert client._inner.got == b"hello" + bytes(50_000)
    server.close()
    pump(ends, size)
    assert client._inner.ended and back.closed and out.closed
    assert server.get_extra_info("cipher") and client.get_extra_info("peercert")["subject"] == (
        (("commonName", "localhost"),),
    )


def test_a_protocol_that_reads_no_more_gets_nothing_until_it_reads_again():
    class Slow(Collect):
        def data_received(self, data):
            super().data_received(data)
            self.transport.pause_reading()

    ends = pair(Slow, Collect)
    (client, _), (server, transport) = ends
    for _ in range(3):
        client.write(bytes(20_000))
    pump(ends)
    first = len(server._inner.got)
    assert 0 < first < 60_000 and not transport.reading
    turns = 0
    while len(server._inner.got) < 60_000:
        server._inner.transport.resume_reading()
        assert len(server._inner.got) == first  # not from within the call
        transport.later.pop()()
        first = len(server._inner.got)
        turns += 1
    assert turns >= 2


@pytest.mark.parametrize("call_in_turn", [False, True])
def test_many_small_records_let_others_have_their_turn(call_in_turn):
    (client, _), (server, transport) = ends = pair(Collect, Collect)
    if call_in_turn:
        transport.call_in_turn = transport.call_soon_threadsafe
    for _ in range(300):
        client.write(b"x")
    pump(ends)
    turns = 1
    while transport.later:
        assert len(server._inner.got) == 64 * turns and not transport.reading and len(transport.later) == 1
        server._inner.transport.resume_reading()  # which is too early
        assert not transport.reading
        transport.later.pop()()
        turns += 1
    assert server._inner.got == b"x" * 300 and transport.reading and turns == 5


def test_a_client_may_not_ask_for_handshake_after_handshake():
    assert CONTEXT().options & ssl.OP_NO_RENEGOTIATION


def test_a_handshake_that_fails_or_never_comes_is_told_to_the_protocol_once():
    Lost.ends.clear()
    server, transport = TLSProtocol(CONTEXT, Lost, handshake_timeout=5), Transport()
    server.connection_made(transport)
    server.data_received(b"GET / HTTP/1.1\r\n\r\n")
    server.connection_lost(None)
    assert (
        transport.closed and len(Lost.ends) == 1 and not Lost.ends[0][0] and isinstance(Lost.ends[0][1], ssl.SSLError)
    )
    server, transport = TLSProtocol(CONTEXT, Lost, handshake_timeout=5), Transport()
    server.connection_made(transport)
    assert server.next_deadline(10) == 15 and server.next_deadline(11) == 15
    server.deadline_passed(14)
    assert not transport.closed
    server.deadline_passed(15)
    server.connection_lost(None)
    assert transport.closed and len(Lost.ends) == 2 and isinstance(Lost.ends[1][1], TimeoutError)


def test_an_end_for_writing_is_an_end_of_tls_and_of_tcp():
    Lost.ends.clear()
    with Server(("127.0.0.1", 0), protocol=with_tls(Lost, CONTEXT), model="select") as server:
        server.start()
        with secure(connect(server.address)) as sock:
            sock.sendall(b"end")
            assert sock.recv(100) == b"the last words" and sock.recv(100) == b""  # an unexpected end would raise
        with secure(connect(server.address)) as sock:
            sock.sendall(b"close")
            assert sock.recv(100) == b""
    assert [known for known, _ in Lost.ends] == [True, True]


def test_a_changed_byte_ends_the_connection():
    Lost.ends.clear()
    ends = pair(Lost, Collect)
    (client, out), (server, back) = ends
    client.write(b"hello")
    data = bytearray(out.take())
    data[-1] ^= 1
    server.data_received(bytes(data))
    assert back.closed and isinstance(Lost.ends[0][1], ssl.SSLError)


def test_a_unix_socket_can_speak_tls(tmp_path):
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no unix sockets here")
    with Server(str(tmp_path / "echo.sock"), protocol=with_tls(EchoProtocol, CONTEXT), model="thread") as server:
        server.start()
        with secure(connect(server.address)) as sock:
            sock.sendall(b"hello")
            assert sock.recv(100) == b"hello"


class Report:
    """Takes what comes, and says at its end how it ended."""

    ends: list = []

    def connection_made(self, transport):
        self.transport, self.got = transport, 0

    def data_received(self, data):
        self.got += len(data)

    def eof_received(self):
        Report.ends.append((self.got, self.transport.get_extra_info("cut_off")))

    def connection_lost(self, error):
        if error is not None:
            Report.ends.append((self.got, error))


@pytest.mark.parametrize("model", [name for name in ("epoll", "select", "thread") if name in available_models()])
@pytest.mark.parametrize("whole", [True, False])
def test_a_client_that_only_writes_loses_nothing_and_a_cut_is_told(model, whole, nothing_left):
    """It never reads the session tickets of TLS 1.3, so that its close would be a reset, if there were any."""
    Report.ends.clear()
    with Server(("127.0.0.1", 0), protocol=with_tls(Report, CONTEXT), model=model) as server:
        server.start()
        for _ in range(5):
            with connect(server.address, timeout=30) as sock:
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                tls = CLIENT.wrap_bio(incoming, outgoing, server_hostname="localhost")
                while True:
                    try:
                        tls.do_handshake()
                        break
                    except ssl.SSLWantReadError:
                        sock.sendall(outgoing.read())
                        incoming.write(sock.recv(65536))
                tls.write(bytes(1_000_000))
                if whole:
                    with contextlib.suppress(ssl.SSLWantReadError):
                        tls.unwrap()
                sock.sendall(outgoing.read())
        while len(Report.ends) < 5:
            threading.Event().wait(0.01)
    assert Report.ends == [(1_000_000, not whole)] * 5


def test_a_context_keeps_its_tickets_for_others():
    context = CONTEXT()
    before = context.num_tickets
    for tickets in (False, True):
        protocol = TLSProtocol(context, EchoProtocol, tickets=tickets)
        protocol.connection_made(Transport())
    assert context.num_tickets == before


def test_a_certificate_that_is_not_there_is_reported_by_the_constructor(tmp_path):
    with pytest.raises(FileNotFoundError):
        HTTPServer("127.0.0.1", 0, tmp_path, tls=(str(tmp_path / "cert.pem"), None))


def test_an_echo_whose_handshake_fails_is_no_fault_of_ours(caplog):
    with Server(("127.0.0.1", 0), protocol=with_tls(EchoProtocol, CONTEXT), model="select") as server:
        server.start()
        with connect(server.address) as sock:
            sock.sendall(b"no TLS at all\r\n")
            sock.settimeout(10)
            while sock.recv(100):
                pass
    assert not caplog.text
