import socket

import pytest

from netio.concurrency import Server
from netio.concurrency.timelines.comparison import ask_http, compare_servers, compare_ways, load_server


def close_at_once(sock, address):
    sock.recv(10)


def test_every_work_in_every_way(nothing_left):
    rows = compare_ways(times=2, below=100, pause=0.001)
    works, ways = ["starting", "computing", "waiting", "HTTP"], ["in a row", "threads", "processes"]
    assert [(row.work, row.way) for row in rows] == [(work, way) for work in works for way in ways]
    assert all(row.times == 2 and row.seconds > 0 for row in rows)
    assert {row.label: row.seconds for row in rows}["waiting, in a row"] >= 0.002


def test_servers_under_a_load(nothing_left):
    rows = compare_servers(["iterative", "select"], clients=3, rounds=2, think=0)
    assert [(row.model, row.echoes) for row in rows] == [("iterative", 6), ("select", 6)]
    assert all(row.rate > 0 and row.longest_wait > 0 for row in rows)
    with pytest.raises(ValueError, match="no server model 'telepathy'"):
        compare_servers(["telepathy"])


def test_a_server_that_leaves_is_told():
    with Server(("127.0.0.1", 0), close_at_once, model="thread") as server:
        server.start()
        with pytest.raises((EOFError, ConnectionError)):
            load_server(server.address, clients=2, rounds=1, think=0)


def test_an_http_server_that_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(OSError):
            ask_http(listener.getsockname(), timeout=0.05)
