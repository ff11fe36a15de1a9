"""The serving loop: what it answers, what it survives, and how it ends."""
from __future__ import annotations

import threading

import pytest

from netio import udp
from netio.udp import endpoint as endpoint_module

from .test_datagrams import HOSTS

pytestmark = pytest.mark.usefixtures("nothing_left")


def exchange(address, *messages):
    with udp.connect(address) as client:
        for message in messages:
            client.send(message)
            yield udp.receive(client, timeout=20).data


@pytest.mark.parametrize("host", HOSTS)
def test_every_datagram_is_answered_empty_ones_too(host):
    with udp.Server((host, 0), udp.echo) as server:
        sent = [b"a", b"", "你好".encode(), b"x" * 9000]
        assert list(exchange(server.address, *sent)) == sent


def test_one_that_is_closed_before_it_begins_returns():
    server = udp.Server(("127.0.0.1", 0), udp.echo)
    server.close()
    server.serve_forever()
    server.close()


def test_a_cut_datagram_reaches_the_handler_marked():
    def say_whether(datagram):
        return repr(datagram.truncated).encode() + datagram.data

    with udp.Server(("127.0.0.1", 0), say_whether, max_size=3) as server:
        assert list(exchange(server.address, b"abc", b"abcd")) == [b"Falseabc", b"Trueabc"]


def test_a_handlers_error_is_reported_and_serving_goes_on():
    errors = []

    def fussy(datagram):
        return {b"huge": b"x" * 70000, b"none": None, b"text": "str", b"ok": b"fine"}[datagram.data]

    def note(error, datagram):
        errors.append((type(error), datagram.data))

    with udp.Server(("127.0.0.1", 0), fussy, on_error=note) as server:
        with udp.connect(server.address) as client:
            for message in (b"unknown", b"none", b"text", b"huge", b"ok"):
                client.send(message)
            assert udp.receive(client, timeout=20).data == b"fine"
    assert errors == [(KeyError, b"unknown"), (TypeError, b"text"), (OSError, b"huge")]


def test_errors_go_to_the_log_by_default(caplog):
    with udp.Server(("127.0.0.1", 0), lambda datagram: 1 / len(datagram.data)) as server:
        with udp.connect(server.address) as client:
            client.send(b"")
            server.handler = udp.echo if wait_for(lambda: caplog.records) else None
            client.send(b"still there")
            assert udp.receive(client, timeout=20).data == b"still there"
    assert "ZeroDivisionError with the datagram from 127.0.0.1" in caplog.text


def wait_for(condition):
    for _ in range(2000):
        if condition():
            return True
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to pass within 20 s")


@pytest.mark.parametrize("error", [
    ConnectionRefusedError(111, "refused"), ConnectionResetError(10054, "reset"), InterruptedError(), MemoryError(),
])
def test_it_survives_what_earlier_answers_come_back_with(monkeypatch, error):
    waiting = [error, error]

    def receive_nowait(sock, max_size):
        if waiting:
            raise waiting.pop()
        return udp.datagrams.receive_nowait(sock, max_size)

    monkeypatch.setattr(endpoint_module, "receive_nowait", receive_nowait)
    with udp.Server(("127.0.0.1", 0), udp.echo) as server:
        assert list(exchange(server.address, b"hello", b"again")) == [b"hello", b"again"]
    assert not waiting


def test_it_survives_clients_that_have_gone():
    with udp.Server(("127.0.0.1", 0), udp.echo) as server:
        for _ in range(20):
            with udp.connect(server.address) as client:
                client.send(b"bye")  # and does not wait: the answer finds nobody
        assert list(exchange(server.address, b"hello")) == [b"hello"]


def test_it_is_stopped_from_another_thread_and_from_the_handler():
    server = udp.Server(("127.0.0.1", 0), udp.echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    assert list(exchange(server.address, b"hello")) == [b"hello"]
    server.shutdown()
    thread.join(20)
    assert not thread.is_alive()
    server.close()
    server.close()

    def stop(datagram):
        server.shutdown()
        return b"stopping"

    server = udp.Server(udp.bind(("127.0.0.1", 0)), stop)
    server.start()
    assert list(exchange(server.address, b"stop")) == [b"stopping"]
    server.close()
    with udp.bind(server.address):  # the port is free again
        pass


def test_a_server_stopped_before_it_runs_does_not_run():
    server = udp.Server(("127.0.0.1", 0), udp.echo)
    server.shutdown()
    server.serve_forever()
    server.close()


def test_a_flood_does_not_keep_it_from_stopping():
    def flood(datagram):
        server.sock.sendto(datagram.data, server.address)  # each datagram brings the next
        server.sock.sendto(datagram.data, server.address)

    server = udp.Server(("127.0.0.1", 0), flood)
    server.start()
    with udp.connect(server.address) as client:
        client.send(b"x")
    server.close()


def test_answer_text_decodes_cuts_and_says_what_is_no_text():
    handler = udp.answer_text(lambda word: f"{word}：" + "长" * 1000, encoding="utf-8")
    with udp.Server(("127.0.0.1", 0), handler) as server:
        long, wrong = exchange(server.address, "词".encode(), b"\xff\xfe")
    assert len(long) == 1200 and long.decode().startswith("词：长") and wrong == b"not utf-8 text"


def test_when_a_start_fails_a_socket_that_was_given_stays_open_and_no_other(monkeypatch):
    def fail(self):
        made.append(self.sock)
        raise OSError("no descriptor is left")

    made = []
    monkeypatch.setattr(endpoint_module.Endpoint, "_make_loop", fail)
    with udp.bind(("127.0.0.1", 0)) as given:
        for address in (given, ("127.0.0.1", 0)):
            with pytest.raises(OSError, match="no descriptor"):
                endpoint_module.Endpoint(address)
        assert given.fileno() >= 0 and made[0] is given and made[1].fileno() < 0
