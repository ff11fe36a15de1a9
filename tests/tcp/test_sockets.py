"""Listen, connect and the ways to close: v4 and v6, names, Unix sockets, addresses in use, one time limit for all."""
from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys

import pytest

from netio import tcp
from tests.udp.test_datagrams import has_ipv6

needs_v6 = pytest.mark.skipif(not (has_ipv6() and socket.has_dualstack_ipv6()),
                              reason="no IPv6 with IPv4 in one socket here")
needs_unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this platform's Python has no Unix sockets")


def talks(listener, address):
    listener.settimeout(10)
    with tcp.connect(address, timeout=60) as client:
        server, _ = listener.accept()
        with server:
            server.settimeout(10)
            client.sendall(b"hi")
            return server.recv(2) == b"hi"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", pytest.param("::1", marks=needs_v6)])
def test_listen_and_connect(host):
    with tcp.listen((host, 0)) as listener:
        assert talks(listener, (host, listener.getsockname()[1]))


@needs_v6
@pytest.mark.parametrize("address, dual_stack", [(("", 0), None), ((None, 0), None), (("", 0), True),
                                                 (("::", 0), True)])
def test_one_socket_for_both_families(address, dual_stack):
    with tcp.listen(address, dual_stack=dual_stack) as listener:
        for host in ("127.0.0.1", "::1"):
            assert talks(listener, (host, listener.getsockname()[1]))


@needs_v6
def test_v6_only_where_both_are_not_asked_for():
    with tcp.listen(("::", 0)) as listener:
        assert listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1
        with pytest.raises(OSError):
            tcp.connect(("127.0.0.1", listener.getsockname()[1]), timeout=60)


def test_all_addresses_without_v6(monkeypatch):
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    for dual_stack in (None, True, False):
        with tcp.listen(("", 0), dual_stack=dual_stack) as listener:
            assert listener.family == socket.AF_INET
            assert talks(listener, ("127.0.0.1", listener.getsockname()[1]))


def test_dual_stack_needs_v6():
    with pytest.raises(ValueError, match="dual_stack needs an IPv6 address, not 127.0.0.1:0"):
        tcp.listen(("127.0.0.1", 0), dual_stack=True)


def test_an_address_in_use_is_named():
    with tcp.listen(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen at 127.0.0.1:{port}: "):
            tcp.listen(("127.0.0.1", port))


def test_the_port_is_ours_again_at_once():
    with tcp.listen(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with tcp.connect(address, timeout=60):
            server, _ = listener.accept()
            server.close()  # the server closes first: its side stays in TIME_WAIT
    with tcp.listen(address) as listener:
        assert talks(listener, address)


@pytest.mark.parametrize("address", [("127.0.0.1", -1), ("127.0.0.1", 65536), ("127.0.0.1", "80")])
def test_no_port(address):
    for function in (tcp.listen, tcp.connect):
        with pytest.raises(ValueError, match="a port is 0 to 65535"):
            function(address)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 70 + ".example"])
def test_names_that_do_not_resolve(host):
    for function in (tcp.listen, tcp.connect):
        with pytest.raises(OSError, match="cannot resolve"):
            function((host, 80))


def test_an_address_that_is_not_ours():
    with pytest.raises(OSError, match="cannot listen at 192.0.2.1:0"):
        tcp.listen(("192.0.2.1", 0))


def places(*addresses):
    infos = [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for address in addresses]
    return lambda *args: infos


def test_each_address_of_a_name_is_tried(monkeypatch):
    with socket.socket() as deaf, tcp.listen(("127.0.0.1", 0)) as listener:
        deaf.bind(("127.0.0.1", 0))  # an address that nobody else can take, and nobody listens at
        closed = deaf.getsockname()
        monkeypatch.setattr(socket, "getaddrinfo", places(closed, listener.getsockname()))
        assert talks(listener, ("two-addresses.example", 80))
        monkeypatch.setattr(socket, "getaddrinfo", places(closed, closed))
        with pytest.raises(ConnectionRefusedError, match="cannot connect to two-addresses.example:80: "):
            tcp.connect(("two-addresses.example", 80), timeout=60)


def test_one_time_limit_for_all_addresses(monkeypatch):
    given = []

    class Silent(socket.socket):
        def connect(self, address):
            given.append(self.gettimeout())
            raise socket.timeout("timed out")

    monkeypatch.setattr(socket, "getaddrinfo", places(("192.0.2.1", 80), ("192.0.2.2", 80)))
    monkeypatch.setattr(socket, "socket", Silent)
    with pytest.raises(TimeoutError, match="no answer from silent.example:80 within 8 s"):
        tcp.connect(("silent.example", 80), timeout=8)
    assert given[0] <= 4 and given[1] <= 8


def test_a_connection_to_itself_is_refused(monkeypatch):
    class Mirror(socket.socket):
        def connect(self, address):
            pass

        def getsockname(self):
            return ("127.0.0.1", 54321)

    monkeypatch.setattr(socket, "socket", Mirror)
    with pytest.raises(ConnectionRefusedError, match="127.0.0.1:54321"):
        tcp.connect(("127.0.0.1", 54321))


def test_no_delay_is_a_choice():
    with tcp.listen(("127.0.0.1", 0)) as listener:
        for choice in (True, False):
            with tcp.connect(listener.getsockname(), no_delay=choice) as sock:
                assert bool(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) is choice


@pytest.mark.skipif(sys.platform == "win32", reason="asyncio's proactor accepts into sockets without a protocol number")
def test_asyncio_sets_no_delay_on_what_we_listen_for():
    async def ask():
        transport = None

        def factory():
            class Protocol(asyncio.Protocol):
                def connection_made(self, its):
                    nonlocal transport
                    transport = its
                    made.set()
            return Protocol()

        made = asyncio.Event()
        with tcp.listen(("127.0.0.1", 0)) as listener:
            server = await asyncio.get_running_loop().create_server(factory, sock=listener)
            with tcp.connect(listener.getsockname()):
                await asyncio.wait_for(made.wait(), 10)
                chosen = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                transport.abort()
            server.close()
        await asyncio.sleep(0)
        return chosen

    assert asyncio.run(ask())


@pytest.mark.skipif(os.name != "posix", reason="Windows has no flock")
def test_who_takes_over_a_path_holds_the_lock_of_its_folder(tmp_path, monkeypatch):
    """Of two servers that start at once, each would find the path dead and remove it, and listen where nobody comes."""
    locked, here = [], tmp_path / "echo.sock"
    monkeypatch.chdir(tmp_path)  # the path of a Unix socket has 107 bytes at most
    monkeypatch.setattr("netio._folder_lock.wait_for_lock", lambda descriptor: locked.append(here.exists()))
    tcp.listen("echo.sock").close()
    tcp.listen("echo.sock").close()
    assert locked == [False, True]


@needs_unix
def test_unix_sockets_and_one_left_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a Unix socket has 107 bytes at most
    with tcp.listen("echo.sock") as listener:
        assert talks(listener, "echo.sock")
        with pytest.raises(OSError, match="cannot listen at echo.sock"):
            tcp.listen("echo.sock")
    with pytest.raises(OSError, match="cannot listen at echo.sock"):
        tcp.listen("echo.sock", reuse=False)
    with tcp.listen("echo.sock") as listener:
        assert talks(listener, "echo.sock")
    (tmp_path / "file").write_text("precious")
    with pytest.raises(OSError):
        tcp.listen("./file")
    assert (tmp_path / "file").read_text() == "precious"


@pytest.mark.skipif(sys.platform != "win32", reason="where Unix sockets are missing")
def test_unix_sockets_where_there_are_none():
    with pytest.raises(OSError, match="no Unix sockets"):
        tcp.listen("echo.sock")


def test_half_close_of_a_peer_that_is_gone():
    left, right = tcp.connect_pair()
    with left:
        tcp.abort(right)
        tcp.half_close(left)
        tcp.half_close(left)
    with pytest.raises(OSError):
        tcp.half_close(left)


def test_a_graceful_close_waits_for_the_peer_and_no_longer():
    left, right = tcp.connect_pair()
    right.sendall(b"bye")
    right.close()
    assert tcp.close_gracefully(left)
    left, right = tcp.connect_pair()
    with right:
        assert not tcp.close_gracefully(left, timeout=0.05)
        assert left.fileno() == -1
    left, right = tcp.connect_pair()
    with right:
        right.sendall(bytes(1000))
        assert not tcp.close_gracefully(left, timeout=10, max_drain=1000)


def test_format_address():
    assert tcp.format_address((None, 1)) == "*:1"
    assert tcp.format_address(("fe80::1%eth0", 1)) == "[fe80::1%eth0]:1"


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "localhost:80", "::1", "", 8888, None, ("127.0.0.1",),
                                     b"x"])
def test_what_is_no_address(address):
    """A host alone would silently make a Unix socket of that name."""
    for attempt in (tcp.listen, tcp.connect):
        with pytest.raises(ValueError, match=r"an address is \(host, port\), not"):
            attempt(address)


def test_a_host_without_an_address_is_what_getaddrinfo_says():
    for attempt in (tcp.listen, tcp.connect):
        with pytest.raises(socket.gaierror, match="cannot resolve no.such.host.invalid:80"):
            attempt(("no.such.host.invalid", 80))
        with pytest.raises(socket.gaierror, match="cannot resolve"):
            attempt(("x" * 70 + ".com", 80))


class Refusing(socket.socket):
    """A socket whose options cannot be set, as on macOS where the peer has reset the connection already."""

    def setsockopt(self, *arguments):
        raise OSError(errno.EINVAL, "Invalid argument")


def test_a_socket_that_cannot_be_made_faster_is_used_as_it_is(monkeypatch):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket, "socket", Refusing)
        with tcp.connect(listener.getsockname()) as sock:
            assert isinstance(sock, Refusing)
        for sock in tcp.connect_pair():
            sock.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_the_interface_of_an_address_is_kept():
    for address in [("2001:db8::1", 80, 0, 7), ("2001:db8::1", 80, 5, 0)]:
        assert tcp.sockets._resolve(address, 0)[0][4] == address
