"""The slicing proxy: it changes no byte, cuts the same way each time, passes ends and resets on, leaves nothing."""
from __future__ import annotations

import random
import socket
import threading

import pytest

from netio import tcp

MODES = ["bytes", "end", "pieces:3", "random", "random:7", "once:2", "plain"]
DATA = random.Random(1).randbytes(1500)


@pytest.mark.parametrize("mode", MODES)
def test_a_slicing_does_not_depend_on_how_the_bytes_came(mode):
    if mode in ("plain", "once:2"):
        pytest.skip("lets pass what comes as it comes")
    numbers = random.Random(2)
    ways = []
    for _ in range(5):
        slicer, at, pieces = tcp.slicing.make_slicer(mode, seed=3), 0, []
        while at < len(DATA):
            step = numbers.randrange(1, 200)
            pieces += slicer.feed(DATA[at:at + step])
            at += step
        ways.append(pieces + slicer.flush())
    assert b"".join(ways[0]) == DATA and all(way == ways[0] for way in ways)


def test_slicings():
    assert tcp.slicing.make_slicer("bytes").feed(b"abc") == [b"a", b"b", b"c"]
    once = tcp.slicing.make_slicer("once:2")
    assert [once.feed(b"abc"), once.feed(b"de")] == [[b"ab", b"c"], [b"de"]]
    assert tcp.slicing.make_slicer("plain").feed(b"abc") == [b"abc"]
    assert {len(piece) for piece in tcp.slicing.make_slicer("random:4", seed=9).feed(DATA)} == {1, 2, 3, 4}


@pytest.mark.parametrize("mode", ["", "glue", "pieces:0", "pieces:x", "bytes:-1"])
def test_no_such_slicing(mode):
    with pytest.raises(ValueError):
        tcp.slicing.make_slicer(mode)
    with pytest.raises(ValueError):
        tcp.SlicingProxy(("127.0.0.1", 1), requests=mode)


def test_pieces_have_a_size():
    with pytest.raises(ValueError, match="at least 1"):
        tcp.slicing.Slicer([0])


@pytest.fixture
def server():
    """A server that answers each framed message with itself, until the end, and then says goodbye."""
    def answer(sock):
        with sock:
            try:
                for message in tcp.iter_messages(sock, tcp.LengthPrefix(), timeout=60):
                    tcp.send_frame(sock, message)
                tcp.send_frame(sock, b"goodbye")
            except (OSError, EOFError):
                pass

    def work():
        while True:
            sock, _ = listener.accept()
            if stopping.is_set():
                sock.close()
                return
            threads.append(threading.Thread(target=answer, args=(sock,)))
            threads[-1].start()

    stopping, threads = threading.Event(), []
    with tcp.listen(("127.0.0.1", 0)) as listener:
        threads.append(threading.Thread(target=work))
        threads[0].start()
        yield listener.getsockname()
        stopping.set()
        tcp.connect(listener.getsockname()).close()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("mode", MODES)
def test_a_framed_service_works_behind_every_slicing(server, mode, nothing_left):
    messages = [DATA, b"", "猫".encode()]
    with tcp.SlicingProxy(server, requests=mode, answers=mode) as proxy, tcp.connect(proxy.address) as client:
        client.sendall(tcp.LengthPrefix().wrap_all(messages))
        tcp.half_close(client)
        assert list(tcp.iter_messages(client, tcp.LengthPrefix(), timeout=60)) == [*messages, b"goodbye"]


def test_what_is_held_goes_out_after_some_silence(server):
    proxy = tcp.SlicingProxy(server, requests="pieces:1000", flush_delay=0.01)
    with proxy, tcp.connect(proxy.address) as client:
        tcp.send_frame(client, b"question")
        assert tcp.recv_frame(client, timeout=60) == b"question"


def test_several_clients_at_once(server):
    with tcp.SlicingProxy(server, requests="random", answers="random") as proxy:
        clients = [tcp.connect(proxy.address) for _ in range(5)]
        for number, client in enumerate(clients):
            tcp.send_frame(client, b"%d" % number * 50)
        for number, client in enumerate(clients):
            with client:
                assert tcp.recv_frame(client, timeout=60) == b"%d" % number * 50


def test_closing_cuts_what_is_under_way(server, nothing_left):
    with tcp.SlicingProxy(server, requests="end", flush_delay=None, pause=60) as proxy:
        client = tcp.connect(proxy.address)
        client.sendall(b"held for ever")
    with client:
        try:
            assert client.recv(10) == b""
        except ConnectionResetError:  # it had not been accepted yet
            pass


def test_a_server_that_is_not_there(nothing_left):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        _expect_nothing_from(deaf.getsockname())


def _expect_nothing_from(dead):
    with tcp.SlicingProxy(dead) as proxy:
        with pytest.raises((ConnectionError, EOFError)):  # the reset may be faster than connect
            with tcp.connect(proxy.address) as client:
                tcp.recv_exactly(client, 1, timeout=60)


def test_glued_and_torn_on_demand():
    for mode, expected in (("end", [b"accountpassword"]), ("bytes", [b"%c" % char for char in b"accountpassword"])):
        with tcp.listen(("127.0.0.1", 0)) as listener:
            with tcp.SlicingProxy(listener.getsockname(), requests=mode, pause=0.03) as proxy:
                with tcp.connect(proxy.address) as client:
                    server, _ = listener.accept()
                    server.settimeout(10)
                    client.sendall(b"account")
                    client.sendall(b"password")
                    tcp.half_close(client)
                    with server:
                        pieces = list(iter(lambda: server.recv(1024), b""))
        assert b"".join(pieces) == b"accountpassword"
        assert len(pieces) == 1 if mode == "end" else len(pieces) > 1, expected
