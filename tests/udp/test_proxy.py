"""The bad network: its decisions without I/O, and the relay."""
from __future__ import annotations

import pytest

from netio import udp
from netio.udp import LossyProxy, proxy as proxy_module
from netio.udp.proxy import Counts, Impairment

from ..fuzzing import rounds
from .test_datagrams import HOSTS


def run_through(impairment, count=1000):
    out = []
    for number in range(count):
        out += impairment.pass_on(b"%d" % number)
    return [int(data) for data in out + list(impairment.release())]


def test_a_good_network_changes_nothing():
    assert run_through(Impairment(), 50) == list(range(50))


def test_a_run_can_be_repeated():
    chances = {"drop": 0.3, "duplicate": 0.2, "reorder": 0.2}
    assert run_through(Impairment(**chances, seed=5)) == run_through(Impairment(**chances, seed=5))
    assert run_through(Impairment(**chances, seed=5)) != run_through(Impairment(**chances, seed=6))


def test_each_chance_does_what_it_says():
    lossy = Impairment(drop=0.3)
    kept = run_through(lossy)
    assert kept == sorted(kept) and 600 < len(kept) < 800 and lossy.counts == Counts(1000, 1000 - len(kept))
    doubling = Impairment(duplicate=0.3)
    doubled = run_through(doubling)
    assert set(doubled) == set(range(1000)) and len(doubled) == 1000 + doubling.counts.duplicated > 1200
    mixing = Impairment(reorder=0.3)
    mixed = run_through(mixing)
    assert sorted(mixed) == list(range(1000)) != mixed and mixing.counts.reordered > 100
    assert run_through(Impairment(drop=1.0)) == []
    assert sorted(run_through(Impairment(reorder=1.0), 9)) == list(range(9))


@rounds(100, 100_000)
def test_what_goes_out_is_what_came_in_less_the_dropped_and_one_more_for_each_doubled(rounds, rng):
    for _ in range(rounds):
        chances = {name: rng.choice((0, 0.3, 1)) for name in ("drop", "duplicate", "reorder")}
        impairment, out = Impairment(**chances, seed=rng.random()), []
        for number in range(30):
            before = impairment.holding
            went = [int(data) for data in impairment.pass_on(b"%d" % number)]
            assert len(went) <= 3 and not (before and impairment.holding and went), "the next one takes it along"
            out += went
        out += map(int, impairment.release())
        counts = impairment.counts
        assert counts.arrived == 30 and len(out) == 30 - counts.dropped + counts.duplicated and not impairment.holding
        assert len(set(out)) == 30 - counts.dropped and max(map(out.count, out), default=0) <= 2
        assert chances["reorder"] or out == sorted(out)


@pytest.mark.parametrize("wrong", [{"drop": 1.5}, {"duplicate": -0.1}, {"reorder": 2}])
def test_a_chance_is_from_0_to_1(wrong):
    with pytest.raises(ValueError, match="is a chance from 0 to 1"):
        LossyProxy(("127.0.0.1", 9), **wrong)


@pytest.mark.parametrize("host", HOSTS)
def test_it_relays_for_several_clients(host, nothing_left):
    with udp.Server((host, 0), udp.echo) as server, LossyProxy(server.address, address=(host, 0)) as proxy:
        clients = [udp.connect(proxy.address) for _ in range(3)]
        for number, client in enumerate(clients):
            client.send(b"from %d" % number)
        assert [udp.receive(client, timeout=20).data for client in clients] == [b"from 0", b"from 1", b"from 2"]
        for client in clients:
            client.close()
    assert proxy.counts == Counts(arrived=6)


def test_what_is_held_back_goes_out_though_nothing_follows(nothing_left):
    with udp.Server(("127.0.0.1", 0), udp.echo) as server, LossyProxy(server.address, reorder=1.0) as proxy:
        with udp.connect(proxy.address) as client:
            client.send(b"alone")
            assert udp.receive(client, timeout=20).data == b"alone"
    assert proxy.counts == Counts(arrived=2, reordered=2)


def test_the_oldest_client_is_forgotten_for_a_new_one(nothing_left):
    with udp.Server(("127.0.0.1", 0), udp.echo) as server, LossyProxy(server.address, clients=2) as proxy:
        for number in range(5):
            with udp.connect(proxy.address) as client:
                client.send(b"%d" % number)
                assert udp.receive(client, timeout=20).data == b"%d" % number
        assert len(proxy._sessions) == 2
    assert proxy.counts.arrived == 10


def test_no_way_to_the_server_is_a_loss_not_an_end(nothing_left, monkeypatch):
    with udp.Server(("127.0.0.1", 0), udp.echo) as server, LossyProxy(server.address) as proxy:
        failures = [OSError(24, "too many open files")]

        def connect(address):
            if failures:
                raise failures.pop()
            return udp.connect(address)

        monkeypatch.setattr("netio.udp.proxy.connect", connect)
        with udp.connect(proxy.address) as client:
            client.send(b"lost")
            client.send(b"passed")
            assert udp.receive(client, timeout=20).data == b"passed"


@pytest.mark.parametrize("name, error", [("loop.watch", OSError(12, "no memory")), ("receive_nowait", MemoryError())])
def test_no_memory_for_an_answer_is_a_loss_not_an_end(nothing_left, monkeypatch, name, error):
    with udp.Server(("127.0.0.1", 0), udp.echo) as server, LossyProxy(server.address) as proxy:
        place = proxy.loop if name == "loop.watch" else proxy_module
        real, failures = getattr(place, name.rpartition(".")[2]), [error]

        def fail_once(*arguments):
            if failures:
                raise failures.pop()
            return real(*arguments)

        monkeypatch.setattr(place, name.rpartition(".")[2], fail_once)
        with udp.connect(proxy.address) as client:
            for data in (b"first", b"second"):
                client.send(data)
            assert udp.receive(client, timeout=20).data in (b"first", b"second")


def test_a_server_that_is_not_there_is_a_loss_not_an_end(nothing_left):
    with udp.bind(("127.0.0.1", 0)) as sock:
        address = sock.getsockname()
    with LossyProxy(address) as proxy, udp.connect(proxy.address) as client:
        for _ in range(3):
            client.send(b"anyone?")
        with udp.Server(address, udp.echo):
            answer = None
            while answer is None:
                client.send(b"now?")
                try:
                    answer = udp.receive(client, timeout=0.2).data
                except TimeoutError:
                    pass
    assert answer in (b"now?", b"anyone?")
