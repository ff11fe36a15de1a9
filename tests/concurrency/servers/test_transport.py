"""The transport's own promises, over a socket pair and without a server."""
from __future__ import annotations

import asyncio
import errno
import mmap
import os
import socket
import sys
import threading
import time
import types

import pytest

from netio import tcp
from netio.concurrency import EchoProtocol
from netio.concurrency.servers import serve_socket
from netio.concurrency.servers.connections import transport as transport_module
from netio.concurrency.servers.connections.at_once import try_answer
from netio.concurrency.servers.connections.deadlines import Deadlines
from netio.events import loop as loop_module
from netio.events.select import SelectPoller

from ...streams import receive_all
from .test_conformance import receive_exactly, send_in_background


class Scripted:
    """A protocol that does what a test says, and writes down what happens to it."""

    def __init__(self, **actions):
        self.events, self.actions = [], actions

    def __call__(self):
        return self

    def connection_made(self, transport):
        self.transport = transport
        self._happened("made")

    def data_received(self, data):
        self._happened("data", bytes(data))

    def eof_received(self):
        return self._happened("eof")

    def connection_lost(self, error):
        self._happened("lost", type(error).__name__ if error else None)

    def _happened(self, event, *details):
        self.events.append((event, *details))
        return self.actions.get(event, lambda *args: None)(self.transport, *details)


class Pausing(Scripted):
    def pause_writing(self):
        self._happened("pause")

    def resume_writing(self):
        self._happened("resume")


@pytest.fixture
def run(nothing_left):
    """A function that runs a protocol over one end of a TCP connection, in a thread, and returns the other end."""
    opened, threads = [], []

    def run(protocol, **options):
        ours, theirs = tcp.connect_pair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)  # so that a few megabytes do not fit at once
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        theirs.settimeout(30)
        opened.append(theirs)
        threads.append(threading.Thread(target=serve_socket, args=(ours, ours.getpeername(), protocol), kwargs=options))
        threads[-1].start()
        run.thread = threads[-1]
        return theirs

    yield run
    for sock in opened:
        sock.close()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_the_events_come_in_asyncios_order(run):
    protocol = Scripted()
    sock = run(protocol)
    sock.sendall(b"hello")
    sock.shutdown(socket.SHUT_WR)
    assert receive_all(sock) == b""
    run.thread.join()
    assert protocol.events == [("made",), ("data", b"hello"), ("eof",), ("lost", None)]


def test_connection_lost_comes_after_the_method_that_closes(run):
    seen = []

    def close(transport, data):
        transport.close()
        seen.append(protocol.events[-1])
        assert transport.is_closing()
        transport.write(b"too late")

    protocol = Scripted(data=close)
    sock = run(protocol)
    sock.sendall(b"hello")
    assert receive_all(sock) == b""
    run.thread.join()
    assert seen == [("data", b"hello")] and protocol.events[-1] == ("lost", None)


def test_close_sends_what_is_queued_first(run):
    message = os.urandom(5_000_000)

    def send(transport):
        transport.write(message)
        assert transport.get_write_buffer_size() > 0
        transport.close()

    assert receive_all(run(Scripted(made=send))) == message


def test_abort_throws_away_what_is_queued(run):
    def send(transport):
        transport.write(bytes(5_000_000))
        transport.abort()

    sock = run(Scripted(made=send))
    run.thread.join()
    with pytest.raises(ConnectionResetError):
        receive_all(sock)
        raise ConnectionResetError if os.name == "nt" else AssertionError("no reset")  # Wine tells of no reset


def test_eof_received_true_keeps_our_side_open(run):
    def answer(transport):
        transport.write(b"an answer after your end")
        transport.call_soon_threadsafe(transport.close)
        return True

    sock = run(Scripted(eof=answer))
    sock.shutdown(socket.SHUT_WR)
    assert receive_all(sock) == b"an answer after your end"


def test_write_eof_ends_our_side_and_the_peer_goes_on(run):
    def end(transport):
        assert transport.can_write_eof()
        transport.write(b"hello")
        transport.write_eof()
        with pytest.raises(RuntimeError):
            transport.write(b"more")

    protocol = Scripted(made=end)
    sock = run(protocol)
    assert receive_all(sock) == b"hello"
    sock.sendall(b"one more thing")
    sock.close()
    run.thread.join()
    assert ("data", b"one more thing") in protocol.events


def test_both_sides_ended_closes_even_if_eof_received_says_keep(run):
    protocol = Scripted(made=lambda transport: transport.write_eof(), eof=lambda transport: True)
    sock = run(protocol)
    sock.shutdown(socket.SHUT_WR)
    run.thread.join(30)
    assert protocol.events[-1] == ("lost", None)


def test_flow_control_pauses_at_the_high_mark_and_resumes_at_the_low(run):
    sizes = {}

    def send(transport):
        for mark in (1, 0):
            transport.set_write_buffer_limits(high=mark, low=mark)
        transport.set_write_buffer_limits(high=100_000, low=50_000)
        assert transport.get_write_buffer_limits() == (50_000, 100_000)
        transport.write(bytes(8_000_000))

    def resumed(transport):
        sizes["resume"] = transport.get_write_buffer_size()
        transport.close()

    protocol = Pausing(made=send, pause=lambda t: sizes.update(pause=t.get_write_buffer_size()), resume=resumed)
    assert len(receive_all(run(protocol))) == 8_000_000
    run.thread.join()
    assert [event[0] for event in protocol.events] == ["made", "pause", "resume", "lost"]
    assert sizes["pause"] > 100_000 and sizes["resume"] <= 50_000


@pytest.mark.parametrize("limits", [{"high": 1, "low": 2}, {"high": -1}])
def test_senseless_marks_are_refused(run, limits):
    def send(transport):
        with pytest.raises(ValueError):
            transport.set_write_buffer_limits(**limits)
        transport.close()

    protocol = Scripted(made=send)
    receive_all(run(protocol))
    run.thread.join()
    assert protocol.events[-1] == ("lost", None)


def test_a_buffer_may_be_changed_when_write_returns(run):
    def send(transport):
        buffer = bytearray(b"a" * 6_000_000)
        transport.write(buffer)
        buffer[:] = b"b" * len(buffer)
        transport.write(memoryview(buffer)[:10])
        transport.close()

    data = receive_all(run(Scripted(made=send)))
    assert data == b"a" * 6_000_000 + b"b" * 10


def test_wide_items_count_as_bytes(run):
    def send(transport):
        transport.write(memoryview(bytes(range(200)) * 30_000).cast("I"))
        transport.close()

    assert receive_all(run(Scripted(made=send))) == bytes(range(200)) * 30_000


@pytest.mark.parametrize("piece", [b"ab", b"ab" * 40_000])
def test_writelines_sends_all_in_order(run, piece):
    def send(transport):
        transport.writelines([piece, b"", bytearray(piece), memoryview(piece)] * 40)
        transport.writelines([])
        transport.write(b"end")
        transport.close()

    assert receive_all(run(Scripted(made=send))) == piece * 120 + b"end"


def test_pausing_reading_stops_the_peer_and_resuming_lets_it_go_on(run):
    class Paused(Scripted):
        def connection_made(self, transport):
            self.transport = transport
            self.resumed = self.count = 0

        def data_received(self, data):
            self.count += len(data)
            if not self.resumed:
                self.resumed = True
                self.transport.pause_reading()
                paused.set()

    paused, protocol = threading.Event(), Paused()
    sock = run(protocol)
    sender = send_in_background(sock, bytes(10_000_000))
    assert paused.wait(30)
    sender.join(0.2)
    assert sender.is_alive() and protocol.count < 1_000_000
    protocol.transport.call_soon_threadsafe(protocol.transport.resume_reading)
    sender.join(30)
    assert receive_all(sock) == b""
    run.thread.join()
    assert protocol.count == 10_000_000


def test_a_peer_that_does_not_read_is_not_read_from(run):
    """A protocol without flow control, and a client that only sends: memory stays bounded all the same."""
    most = []

    def on_data(transport, data):
        transport.write(data)
        most.append(transport.get_write_buffer_size())

    sock = run(Scripted(data=on_data), max_buffer=1_000_000)
    sender = send_in_background(sock, bytes(30_000_000))
    sender.join(0.3)
    assert sender.is_alive()
    assert len(receive_all(sock)) == 30_000_000
    sender.join()
    assert max(most) < 1_000_000 + 300_000


def test_a_peer_that_hangs_up_while_paused_does_not_spin(run):
    """epoll and poll report a hung-up socket for ever; one that nobody reads must not be watched."""
    loops = []

    def pause(transport):
        transport.pause_reading()
        loop = transport._manager.loop
        run_once = loop._poller.poll
        loop._poller.poll = lambda timeout: loops.append(timeout) or run_once(timeout)
        transport.call_soon_threadsafe(started.set)

    started, protocol = threading.Event(), Scripted(made=pause)
    sock = run(protocol)
    assert started.wait(30)
    tcp.abort(sock)
    run.thread.join(0.2)
    assert run.thread.is_alive() and len(loops) < 10
    protocol.transport.call_soon_threadsafe(protocol.transport.close)


@pytest.mark.parametrize("count", [None, 0, 100, 3_000_000])
@pytest.mark.parametrize("sendfile", ["here", "missing", "declines"])
def test_send_file_goes_in_order_with_writes(run, tmp_path, monkeypatch, count, sendfile):
    def decline(*_):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    if sendfile == "missing":
        monkeypatch.delattr(os, "sendfile", raising=False)
    elif sendfile == "declines":  # as the file systems of some shares do
        monkeypatch.setattr(os, "sendfile", decline, raising=False)
    content = os.urandom(5_000_000)
    (tmp_path / "file").write_bytes(content)

    def send(transport):
        file = open(tmp_path / "file", "rb")
        files.append(file)
        transport.write(before)
        transport.send_file(file, 1000, count, close=True)
        transport.write(b" after")
        transport.close()

    files, before = [], bytes(1_000_000)  # more than the socket takes at once
    part = content[1000:] if count is None else content[1000:1000 + count]
    assert receive_all(run(Scripted(made=send))) == before + part + b" after"
    run.thread.join()
    assert files[0].closed


def test_send_file_takes_a_mapping_and_bytes(run, tmp_path):
    content = os.urandom(3_000_000)
    (tmp_path / "file").write_bytes(content)
    with open(tmp_path / "file", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapping:

        def send(transport):
            transport.send_file(mapping, 10)
            transport.send_file(b"0123456789", 2, 3)
            transport.close()

        assert receive_all(run(Scripted(made=send))) == content[10:] + b"234"
        run.thread.join()


def test_a_file_that_is_shorter_than_promised_ends_the_connection(run, tmp_path, caplog):
    (tmp_path / "file").write_bytes(b"short")

    def send(transport):
        transport.send_file(open(tmp_path / "file", "rb"), 0, 1000, close=True)
        transport.write(b"never sent")

    protocol = Scripted(made=send)
    assert receive_all(run(protocol)) == b"short"
    run.thread.join()
    assert protocol.events[-1] == ("lost", "EOFError") and "995 bytes early" in caplog.text


def test_calls_from_other_threads_run_in_the_loop(run):
    names = []
    protocol = Scripted()
    sock = run(protocol)
    sock.sendall(b"x")

    def call():
        names.append(threading.current_thread())
        protocol.transport.write(b"from outside")
        protocol.transport.close()

    while not protocol.events:
        pass
    protocol.transport.call_soon_threadsafe(call)
    assert receive_all(sock) == b"from outside"
    assert names == [run.thread]
    run.thread.join()
    protocol.transport.call_soon_threadsafe(call)  # too late: nothing happens


def test_extra_info(run):
    def look(transport):
        found["peer"], found["own"] = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        sock = transport.get_extra_info("socket")
        found["no_delay"] = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        found["other"] = transport.get_extra_info("nonsense", "default")
        transport.close()

    found = {}
    sock = run(Scripted(made=look))
    assert receive_all(sock) == b""
    assert found["peer"] == sock.getsockname() and found["own"] == sock.getpeername()
    assert found["no_delay"] and found["other"] == "default"


class Timed(Scripted):
    """Wants to be told after each of a row of delays."""

    def __init__(self, *delays, **actions):
        super().__init__(**actions)
        self.delays, self.told, self.when = list(delays), [], None

    def next_deadline(self, now):
        if self.when is None and self.delays:
            self.when = now + self.delays.pop(0)
        return self.when

    def deadline_passed(self, now):
        assert now >= self.when
        self.told.append(now)
        self.when = None
        if not self.delays:
            self.transport.close()


def test_deadlines_are_told_in_time_and_asked_again(run):
    protocol = Timed(0.03, 0.02, 0.01)
    assert receive_all(run(protocol)) == b""
    run.thread.join()
    assert len(protocol.told) == 3
    assert protocol.told[1] - protocol.told[0] >= 0.02 and protocol.told[2] - protocol.told[1] >= 0.01


def test_a_deadline_that_moves_away_and_nearer(run):
    class Moving(Timed):
        def data_received(self, data):
            self.when = self.transport._loop.now + {b"away": 1e9, b"near": 0}[data]
            self.transport.write(data)

    sock = run(Moving())
    sock.sendall(b"away")
    assert sock.recv(4) == b"away"
    sock.sendall(b"near")
    assert receive_all(sock) == b"near"


def test_deadlines_are_honoured_under_asyncio():
    from netio.concurrency import for_asyncio

    async def talk():
        protocol = Timed(0.03, 0.02)
        server = await asyncio.get_running_loop().create_server(for_asyncio(protocol), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello")
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return protocol

    protocol = asyncio.run(talk())
    assert len(protocol.told) == 2 and ("data", b"hello") in protocol.events


def test_under_asyncio_calls_in_turn_are_made_one_at_a_time():
    from netio.concurrency import for_asyncio

    seen = []

    async def talk():
        loop, protocol = asyncio.get_running_loop(), Timed(data=lambda transport, data: transport.write(data))
        server = await loop.create_server(for_asyncio(protocol), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"hello")
        await reader.readexactly(5)
        for number in range(3):
            protocol.transport.call_in_turn(seen.append, number)
        loop.call_soon(loop.call_soon, seen.append, "others")
        while len(seen) < 4:
            await asyncio.sleep(0)
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    asyncio.run(talk())
    assert [word for word in seen if word != "others"] == [0, 1, 2] and seen.index("others") < 3


@pytest.mark.parametrize("event", ["made", "data", "eof", "pause", "lost"])
def test_whatever_method_raises_the_connection_ends_and_it_is_logged(run, caplog, event):
    def fail(transport, *details):
        raise LookupError("a programmer's mistake")

    actions = {"data": lambda transport, data: transport.write(bytes(9_000_000)), event: fail}
    protocol = Pausing(**actions)
    sock = run(protocol)
    try:
        sock.sendall(b"hello")
        sock.shutdown(socket.SHUT_WR)
        receive_all(sock)
    except OSError:
        pass
    run.thread.join()
    assert "a programmer's mistake" in caplog.text and str(sock.getsockname()) in caplog.text
    assert protocol.events[-1][0] == "lost"


def test_a_listener_beside_the_connection(run):
    """What FTP needs: the protocol asks for a listener, tells its address, and data comes on another connection."""

    def listen(transport):
        handle = transport.open_listener(("127.0.0.1", 0), lambda: Scripted(data=handed_over))
        transport.write(b"%d\n" % handle.address[1])
        found["handle"] = handle

    def handed_over(transport, data):
        found["data"] = data
        found["handle"].close()
        transport.close()
        control.transport.write(b"got it")
        control.transport.close()

    found, control = {}, Scripted(made=listen)
    sock = run(control)
    port = int(sock.makefile().readline())
    with tcp.connect(("127.0.0.1", port), timeout=30) as data:
        data.sendall(b"a file")
        assert receive_all(data) == b""
    assert receive_all(sock) == b"got it" and found["data"] == b"a file"


def test_what_is_open_beside_ends_with_the_connection(run):
    found = {}
    protocol = Scripted(made=lambda t: found.update(handle=t.open_listener(("127.0.0.1", 0), Scripted)))
    sock = run(protocol)
    sock.close()
    run.thread.join()
    with pytest.raises(OSError):
        tcp.connect(found["handle"].address, timeout=60).close()


def test_a_connection_out(run):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        def forward(transport, data):
            other = Scripted(made=lambda t: (t.write(data), t.close()))
            transport.open_connection(listener.getsockname(), other)

        sock = run(Scripted(data=forward))
        sock.sendall(b"please forward")
        listener.settimeout(30)
        accepted, _ = listener.accept()
        with accepted:
            accepted.settimeout(30)
            assert receive_all(accepted) == b"please forward"


def test_a_connection_out_that_is_refused_tells_the_protocol(run):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()

    class Failing(Scripted):
        def connection_lost(self, error):
            found.append(error)
            main.transport.close()

    found = []
    main = Scripted(made=lambda transport: transport.open_connection(nobody, Failing))
    assert receive_all(run(main)) == b""
    assert isinstance(found[0], ConnectionRefusedError) and str(nobody[1]) in str(found[0])


def test_a_connection_out_that_is_given_up(run):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        def connect(transport):
            transport.open_connection(listener.getsockname(), pytest.fail).close()
            transport.close()

        assert receive_all(run(Scripted(made=connect))) == b""


class Responding(Scripted):
    """Answers what is in lower case at once, and the rest by `data_received`."""

    def respond(self, data):
        self.events.append(("asked", bytes(data)))
        return data.upper() if data.islower() else self.actions.get("respond", lambda data: None)(data)


def test_a_whole_answer_is_sent_by_the_server_and_anything_else_received(run):
    protocol = Responding(data=lambda transport, data: transport.write(b"received " + data))
    sock = run(protocol)
    for message, answer in [(b"hello", b"HELLO"), (b"Hello", b"received Hello"), (b"bye", b"BYE")]:
        sock.sendall(message)
        assert sock.recv(100) == answer
    sock.close()
    run.thread.join()
    assert [event for event in protocol.events if event[0] == "data"] == [("data", b"Hello")]


def test_an_answer_larger_than_the_socket_takes_is_queued_and_the_next_goes_by_data_received(run):
    size = 8_000_000
    protocol = Responding(respond=lambda data: bytes(size), data=lambda transport, data: transport.write(data))
    sock = run(protocol)
    sock.sendall(b"LARGE")
    assert len(receive_exactly(sock, 1000)) == 1000
    sock.sendall(b"end")  # something is queued: it is not asked for an answer that would come first
    sock.shutdown(socket.SHUT_WR)
    rest = receive_all(sock)
    assert len(rest) == size - 1000 + 3 and rest[-3:] == b"end"
    assert ("data", b"end") in protocol.events


def test_what_respond_raises_ends_the_connection(run, caplog):
    sock = run(Responding(respond=lambda data: {}[data]))
    sock.sendall(b"Hello")
    try:
        assert sock.recv(100) == b""
    except ConnectionResetError:
        pass
    run.thread.join()
    assert "KeyError" in caplog.text


def test_a_subclass_that_overrides_data_received_is_not_answered_by_its_base(run):
    class Shout(EchoProtocol):
        def data_received(self, data):
            self.transport.write(data.upper())

    class Quiet(Shout):
        def eof_received(self):
            return False

    for kind, answer in [(EchoProtocol, b"hello"), (Shout, b"HELLO"), (Quiet, b"HELLO")]:
        sock = run(kind)
        sock.sendall(b"hello")
        assert sock.recv(100) == answer


def test_whole_answers_count_against_silence(run, monkeypatch):
    class Waiting(Responding):
        """Closes after a quarter of a second of silence."""

        def next_deadline(self, now):
            self.events.append(("deadline", now))
            self.when = now + 0.25
            return self.when

        def deadline_passed(self, now):
            self.events.append(("passed", now))
            self.transport.close()

    now = [100.0]  # a clock of the test's own: a busy machine is not silent for long
    monkeypatch.setattr(loop_module, "time", types.SimpleNamespace(monotonic=lambda: now[0], sleep=time.sleep))
    protocol = Waiting()
    sock = run(protocol)
    for _ in range(4):
        sock.sendall(b"hello")
        assert sock.recv(100) == b"HELLO"
        now[0] += 0.125
    now[0] += 0.125
    assert sock.recv(100) == b""
    run.thread.join()
    assert sum(event[0] == "deadline" for event in protocol.events) < 6
    assert [event for event in protocol.events if event[0] != "deadline"][-2:] == [("passed", 100.625), ("lost", None)]


def test_a_protocols_own_oserror_is_its_failure_not_the_peers(run, caplog):
    def fail(transport, data):
        raise FileNotFoundError("no such dictionary")

    sock = run(Scripted(data=fail))
    sock.sendall(b"hello")
    try:
        sock.recv(100)
    except ConnectionResetError:
        pass
    run.thread.join()
    assert "no such dictionary" in caplog.text and caplog.records[0].exc_info


@pytest.mark.skipif(sys.platform != "linux", reason="no other system says what it has not sent")
def test_a_client_that_reads_slowly_is_not_idle(run):
    """What leaves the system's buffer counts, although nothing leaves ours."""
    def send(transport):
        transport.write(bytes(3_000_000))
        transport.pause_reading()

    sock = run(Scripted(made=send), idle_timeout=0.4)
    began, got = time.monotonic(), 0
    while time.monotonic() - began < 1.5:
        got += len(sock.recv(2000))
        threading.Event().wait(0.03)
    assert got and sock.recv(1), "it was ended though it read on"


def test_a_closing_connection_whose_peer_reads_nothing_ends(run, monkeypatch):
    monkeypatch.setattr(transport_module, "_CLOSING_CHECK", 0.02)

    def send(transport):
        transport.write(bytes(5_000_000))
        transport.close()

    protocol = Scripted(made=send)
    run(protocol)
    run.thread.join(30)
    assert not run.thread.is_alive() and protocol.events[-1] == ("lost", "TimeoutError")


@pytest.mark.parametrize("more", [transport_module.MORE, 0])
@pytest.mark.parametrize("size", [0, 5, 3_000_000])
@pytest.mark.parametrize("queued", [0, 3_000_000])
def test_write_and_close_sends_all_then_ends(run, monkeypatch, more, size, queued):
    monkeypatch.setattr(transport_module, "MORE", more)

    def send(transport):
        transport.write(b"q" * queued)
        transport.write_and_close(b"a" * size)
        assert transport.is_closing()
        transport.write(b"too late")

    protocol = Scripted(made=send)
    assert receive_all(run(protocol)) == b"q" * queued + b"a" * size
    run.thread.join()
    assert protocol.events == [("made",), ("lost", None)]


class AtOnce(Responding):
    """A factory that has the answer to what is in lower case, and makes itself the protocol for the rest."""

    def answer_at_once(self, data, address):
        return self.respond(data)


@pytest.fixture
def serve_early(nothing_left):
    """A function that serves a connection on which `data` has come already, and returns the client's end of it."""
    opened, threads = [], []

    def serve_early(factory, data, leave=False):
        ours, theirs = tcp.connect_pair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        theirs.settimeout(30)
        theirs.sendall(data)
        if leave:
            theirs.close()
        opened.append(theirs)
        threads.append(threading.Thread(target=serve_socket, args=(ours, "a client", factory)))
        threads[-1].start()
        return theirs

    yield serve_early
    for sock in opened:
        sock.close()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


def test_an_answer_at_once_ends_the_connection_and_makes_no_protocol(serve_early):
    factory = AtOnce()
    assert receive_all(serve_early(factory, b"hello")) == b"HELLO"
    assert factory.events == [("asked", b"hello")]


def test_without_an_answer_at_once_a_protocol_receives_what_has_come(serve_early):
    factory = AtOnce(data=lambda transport, data: transport.write(b"received " + data))
    sock = serve_early(factory, b"Hello")
    assert sock.recv(100) == b"received Hello"
    sock.sendall(b"again")
    assert sock.recv(100) == b"AGAIN", "a protocol that stays is served as any other"
    sock.shutdown(socket.SHUT_WR)
    assert receive_all(sock) == b""
    assert [event[0] for event in factory.events] == ["asked", "made", "data", "asked", "eof", "lost"]


def test_an_answer_at_once_that_does_not_fit_is_sent_whole(serve_early):
    factory = AtOnce(respond=lambda data: bytes(8_000_000))
    assert receive_all(serve_early(factory, b"LARGE")) == bytes(8_000_000)
    assert factory.events == [("asked", b"LARGE")]


def test_what_answer_at_once_raises_ends_the_connection(serve_early, caplog):
    try:
        assert receive_all(serve_early(AtOnce(respond=lambda data: {}[data]), b"Hello")) == b""
    except ConnectionResetError:
        pass
    assert "KeyError" in caplog.text


@pytest.mark.parametrize("error, rest", [(BlockingIOError(), b"HELLO"), (ConnectionResetError(), b"")])
def test_an_answer_at_once_that_the_socket_does_not_take(error, rest):
    def fail(*given):
        raise error

    sock = types.SimpleNamespace(recv=lambda size: b"hello", send=fail)
    received, left = try_answer(sock, "a client", lambda data, address: data.upper())
    assert (received, bytes(left)) == (b"", rest)
    sock.recv = fail
    assert try_answer(sock, "a client", lambda data, address: data.upper()) == (b"", None)


def test_what_a_protocol_raises_of_its_deadlines_is_told():
    def tell(error):
        errors.append(type(error))
        loop.stop()

    loop, errors, times = loop_module.Loop(SelectPoller()), [], [0.0]
    protocol = types.SimpleNamespace(next_deadline=lambda now: times.pop(), deadline_passed=lambda now: {}[now])
    deadlines = Deadlines(loop, protocol, tell)
    deadlines.note()  # which asks the protocol, as long as there is no deadline
    loop.run()
    assert errors == [KeyError, IndexError]  # the second when it is asked again
    deadlines.stop()
    loop.close()


def test_a_client_that_is_gone_before_its_answer(serve_early, caplog):
    for data in (b"hello", b"Hello", b""):
        serve_early(AtOnce(), data, leave=True)
    assert "Traceback" not in caplog.text
