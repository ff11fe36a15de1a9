"""The way out of the loop: threads that are bounded, and outcomes of which none is lost."""
from __future__ import annotations

import asyncio
import threading

import pytest

from netio import tcp
from netio.concurrency import for_asyncio
from netio.concurrency.servers.connections import executor as executor_module
from netio.concurrency.servers.connections.executor import MAX_CALLS, Executor, ThreadCalls
from netio.events.logs import LogLimit

from . import services


@pytest.fixture
def executor(nothing_left):
    executor = Executor(max_threads=3)
    yield executor
    assert executor.close()


class Gate:
    """Calls that wait until the test opens it, and how many of them are inside at most."""

    def __init__(self):
        self.opened, self.lock, self.inside, self.most = threading.Event(), threading.Lock(), 0, 0

    def __call__(self):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.opened.wait(30)
        with self.lock:
            self.inside -= 1


def test_the_threads_are_bounded_and_end_with_the_work(executor):
    gate, before = Gate(), threading.active_count()
    for _ in range(50):
        executor.submit(gate)
    assert threading.active_count() - before == 3
    gate.opened.set()
    assert executor.close(30) and gate.most <= 3


def test_without_room_for_a_thread_nothing_is_lost(executor, monkeypatch, caplog):
    done = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (_ for _ in ()).throw(RuntimeError("no room")))
    monkeypatch.setattr(executor_module, "_limit", LogLimit(most=2, clock=lambda: 0.0))
    for number in range(5):
        executor.submit(lambda number=number: done.append(number))
    assert done == [*range(5)] and caplog.text.count("no room") == 2


def test_one_connection_runs_its_calls_in_order_and_takes_one_thread(executor):
    gate, order = Gate(), []
    calls = ThreadCalls(executor.submit, lambda settle: settle())
    for number in range(MAX_CALLS):
        calls.add(lambda number=number: gate() or number, order.append, pytest.fail)
    with pytest.raises(RuntimeError, match="read no more"):
        calls.add(gate, print, print)
    gate.opened.set()
    assert executor.close(30) and gate.most == 1 and order == list(range(MAX_CALLS))


def test_results_that_wait_for_a_loop_that_ends_are_dropped_once(executor):
    settling, dropped = [], []
    calls = ThreadCalls(executor.submit, settling.append)
    calls.add(lambda: "result", pytest.fail, pytest.fail, dropped.append)
    calls.add(lambda: int("x"), pytest.fail, pytest.fail, dropped.append)
    executor.close()
    assert len(settling) == 2 and not dropped
    calls.abandon()
    for settle in settling:  # too late
        settle()
    executor.close()
    assert dropped == ["result"]


def test_what_drop_raises_ends_no_thread(executor, caplog):
    calls = ThreadCalls(executor.submit, lambda settle: settle())
    calls.abandon()
    calls.add(int, pytest.fail, pytest.fail, lambda result: {}[result])
    executor.close()
    calls.add(int, pytest.fail, pytest.fail)
    executor.close()
    assert "KeyError" in caplog.text


def test_under_asyncio(nothing_left):
    class Timed(services.Working):
        def next_deadline(self, now):
            return None

    def serve_work(gate):
        work, _ = gate.accept()
        with work:
            work.sendall(b"go on")
            heard.append(work.recv(100))

    async def talk(gate):
        server = await asyncio.get_running_loop().create_server(for_asyncio(Timed), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for word, answer in [(b"wait %d" % gate.getsockname()[1], b"done"), (b"raise", b"ValueError"), (b"lose", b"")]:
            writer.write(word)
            try:
                assert await reader.read(100) == answer
            except ConnectionResetError:
                assert answer == b""
        writer.close()
        server.close()
        await server.wait_closed()

    heard = []
    with tcp.listen(("127.0.0.1", 0)) as gate:
        thread = threading.Thread(target=serve_work, args=(gate,))
        thread.start()
        asyncio.run(talk(gate))
        thread.join(30)
    assert heard == [b"used"]
