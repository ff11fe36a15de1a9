"""Exact reads, the Reader and frames over sockets: a peer that crawls, vanishes, says too much, or nothing."""
from __future__ import annotations

import gc
import socket
import threading
import weakref

import pytest

from netio import tcp
from netio.tcp import frames


@pytest.fixture
def pair():
    left, right = tcp.connect_pair(timeout=60)
    with left, right:
        yield left, right


@pytest.fixture
def crawl(pair):
    """Return a function that starts to send one byte every 20 ms for as long as the test runs, and returns at once."""
    left, _ = pair
    stop = threading.Event()
    threads = []

    def run(data=b"", forever=b""):
        def work():
            for at in range(len(data)):
                left.sendall(data[at:at + 1])
            while forever and not stop.wait(0.02):
                try:
                    left.sendall(forever)
                except OSError:
                    return
        threads.append(threading.Thread(target=work))
        threads[0].start()

    yield run
    stop.set()
    for thread in threads:
        thread.join()


def test_recv_exactly_gathers_bytes_and_leaves_the_rest(pair, crawl):
    crawl(b"hello world")
    assert tcp.recv_exactly(pair[1], 5) == b"hello"
    assert tcp.recv_exactly(pair[1], 6) == b" world"


def test_recv_exactly_says_how_much_came(pair):
    left, right = pair
    left.sendall(b"abc")
    tcp.half_close(left)
    with pytest.raises(EOFError, match="got 3 of 8 bytes"):
        tcp.recv_exactly(right, 8)


def test_one_deadline_against_a_peer_that_sends_a_byte_now_and_then(pair, crawl):
    crawl(forever=b"x")
    with pytest.raises(TimeoutError, match=r"got \d+ of 1000 bytes within 0.15 s"):
        tcp.recv_exactly(pair[1], 1000, timeout=0.15)
    reader = tcp.Reader(pair[1], timeout=0.15)
    for read in (lambda: reader.read_exactly(1000), reader.read_line, reader.read_to_end):
        with pytest.raises(TimeoutError, match="within 0.15 s"):
            read()
    with pytest.raises(TimeoutError):
        next(tcp.iter_messages(pair[1], tcp.Delimiter(), timeout=0.15))


def test_the_sockets_own_timeout_comes_back(pair):
    right = pair[1]
    for own in (None, 7.0, 0.0):
        right.settimeout(own)
        with pytest.raises(TimeoutError):
            tcp.recv_exactly(right, 1, timeout=0.01)
        assert right.gettimeout() == own


def test_deadline_leaves_a_closed_socket_alone(pair):
    with tcp.Deadline(pair[0], 5) as deadline:
        pair[0].close()
    with tcp.Deadline(pair[1], None) as deadline:
        assert deadline.left() is None


def test_reader_loses_nothing_when_it_fails(pair):
    left, right = pair
    reader = tcp.Reader(right, timeout=0.05)
    left.sendall(b"half a li")
    for read in (reader.read_line, lambda: reader.read_exactly(20)):
        with pytest.raises(TimeoutError, match="got 9"):
            read()
    left.sendall(b"ne\nrest")
    assert reader.read_line() == b"half a line\n"
    tcp.half_close(left)
    with pytest.raises(EOFError, match="got 4 of 5 bytes"):
        reader.read_exactly(5)
    with pytest.raises(EOFError, match=r"got 4 bytes and no b';'"):
        reader.read_until(b";")
    assert reader.read_line() == b"rest"
    assert reader.read_line() == reader.read_some() == b""


@pytest.mark.parametrize("crawling", [True, False])
def test_reader_reads_every_way(pair, crawl, crawling):
    text = "GET /猫 HTTP/1.1\r\nHost: x\r\n\r\n0123456789last".encode()
    if crawling:
        crawl(text)
    else:
        pair[0].sendall(text)
    reader = tcp.Reader(pair[1])
    assert reader.read_until(b"\r\n\r\n") == text[:text.index(b"0")]
    assert reader.read_exactly(0) == b""
    assert reader.read_exactly(4) == b"0123"
    reader.push_back(b"23")
    assert reader.read_until(b"9") == b"23456789"
    assert reader.read_exactly(4) == b"last"


def test_reader_limits(pair):
    left, right = pair
    left.sendall(b"x" * 100 + b"\n" + b"y" * 50)
    reader = tcp.Reader(right, max_size=60)
    with pytest.raises(ValueError, match="maximum of 60"):
        reader.read_line()
    with pytest.raises(ValueError, match="maximum of 60"):
        reader.read_exactly(1000)
    assert reader.read_line(max_size=101) == b"x" * 100 + b"\n"
    tcp.half_close(left)
    with pytest.raises(ValueError, match="more than the maximum of 49"):
        reader.read_to_end(max_size=49)
    assert reader.read_to_end() == b"y" * 50


def test_iter_lines_and_a_last_one_without_newline(pair):
    left, right = pair
    left.sendall("一\n\n二\r\nlast".encode())
    tcp.half_close(left)
    assert list(tcp.Reader(right).iter_lines()) == ["一\n".encode(), b"\n", "二\r\n".encode(), b"last"]


def test_a_delimiter_torn_between_two_reads(pair):
    left, right = pair
    reader = tcp.Reader(right, timeout=60)
    left.sendall(b"head\r\n\r")
    assert reader.read_some(2) == b"he"
    left.sendall(b"\nbody")
    assert reader.read_until(b"\r\n\r\n") == b"ad\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("byte_order", ["big", "little"])
def test_frames(pair, crawl, size, byte_order):
    left, right = pair
    for message in (b"", "猫".encode(), b"x" * 200):
        tcp.send_frame(left, message, size=size, byte_order=byte_order)
        assert tcp.recv_frame(right, size=size, byte_order=byte_order) == message
    crawl(len(b"slow").to_bytes(size, byte_order) + b"slow")
    assert tcp.recv_frame(right, size=size, byte_order=byte_order) == b"slow"
    tcp.half_close(left)
    assert tcp.recv_frame(right) is None


def test_frame_limits(pair):
    left, right = pair
    with pytest.raises(ValueError, match="256 bytes does not fit a prefix of 1"):
        tcp.send_frame(left, b"x" * 256, size=1)
    left.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(ValueError, match="4294967295 bytes is longer than the maximum of 1000"):
        tcp.recv_frame(right, max_size=1000)


@pytest.mark.parametrize("torn", [b"\0\0", b"\0\0\0\5he"])
def test_a_peer_that_vanishes_inside_a_frame(pair, torn):
    left, right = pair
    left.sendall(torn)
    left.close()
    for _ in range(2):  # the second time, too: it is not the end after a whole message
        with pytest.raises(EOFError, match=r"got (2 of 4|6 of 9) bytes"):
            tcp.recv_frame(right)


@pytest.mark.parametrize("cut", [0, 1, 3, 4, 5, 8, 15])
def test_after_a_timeout_the_next_call_goes_on_in_the_same_frame(pair, cut):
    left, right = pair
    wire = b"\0\0\0\x0cabcd\0\0\0\4FAKE\0\0\0\2ok"
    left.sendall(wire[:cut])
    for _ in range(2):
        with pytest.raises(TimeoutError, match="within 0.01 s"):
            tcp.recv_frame(right, timeout=0.01)
    left.sendall(wire[cut:])
    assert tcp.recv_frame(right) == b"abcd\0\0\0\4FAKE" and tcp.recv_frame(right) == b"ok"
    assert weakref.ref(right) not in frames._unfinished


def test_a_frame_that_is_too_long_stays_so(pair):
    left, right = pair
    left.sendall(b"GET / HTTP/1.1\r\n\r\n")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"of 1195725856 bytes .* does the peer frame its data\? .*b'GET '"):
            tcp.recv_frame(right)


def test_what_is_kept_goes_with_its_socket(pair):
    left, right = socket.socketpair()
    left.sendall(b"ab")
    with pytest.raises(TimeoutError):
        tcp.recv_frame(right, timeout=0.001)
    known = weakref.ref(right)
    assert known in frames._unfinished
    left.close(), right.close()
    del right
    gc.collect()
    assert known() is None and known not in frames._unfinished


def test_iter_messages_hands_over_all_before_the_error(pair):
    left, right = pair
    left.sendall(tcp.LengthPrefix().wrap_all([b"one", b"two"]) + b"\0\0")
    tcp.half_close(left)
    got = []
    with pytest.raises(EOFError, match="got 2 of 4 bytes"):
        for message in tcp.iter_messages(right, tcp.LengthPrefix()):
            got.append(message)
    assert got == [b"one", b"two"]


def test_iter_batches_stops_at_a_fault_after_the_good_ones(pair):
    left, right = pair
    left.sendall(b"one\ntwo\n" + b"x" * 100 + b"\n")
    got = []
    with pytest.raises(ValueError, match="maximum of 10"):
        for message in tcp.iter_messages(right, tcp.Delimiter(max_size=10)):
            got.append(message)
    assert got == [b"one", b"two"]


def test_a_send_that_nobody_reads_ends_in_time(pair):
    with pytest.raises(TimeoutError, match="within 0.1 s"):
        tcp.send_frame(pair[0], bytes(32 << 20), timeout=0.1)


def test_a_reset_is_an_error_not_an_end(pair):
    left, right = pair
    left.sendall(b"some")
    tcp.recv_exactly(right, 4)
    tcp.abort(left)
    with pytest.raises((ConnectionResetError, EOFError)):  # Wine turns a reset into the end of the stream
        tcp.recv_exactly(right, 1)
