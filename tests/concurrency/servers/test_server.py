"""What is not the same for every model: limits, signals, workers, children, and wrong arguments."""
from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import multiprocessing.context
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from netio import tcp
from netio.concurrency import MODELS, EchoProtocol, Limits, Server, available_models, echo

from netio.concurrency.servers.models import fork as fork_model
from netio.concurrency.servers.models.table import find_model

from ...attacking import needs_descriptors
from ...conftest import CHECKOUT
from ...streams import is_ended, receive_all
from ...waiting import wait_until
from . import services
from .test_conformance import echo_size, exchange, receive_exactly, talk

HERE = ("127.0.0.1", 0)
needs_resource = pytest.mark.skipif(os.name == "nt", reason="no RLIMIT_NOFILE")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")


@pytest.fixture
def run_code():
    """A function that runs code in a Python of its own; what still runs when the test ends is killed."""
    processes = []

    def run(code, *arguments, cwd=CHECKOUT):
        processes.append(subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.PIPE, text=True, cwd=cwd, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}))
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        process.communicate()


# Arguments.

def test_a_model_that_the_platform_lacks_names_those_it_has():
    for name in set(MODELS) - set(available_models()):
        with pytest.raises(OSError, match="it has iterative, .*thread.*select"):
            Server(HERE, EchoProtocol, name)


def test_a_model_that_nobody_has():
    with pytest.raises(ValueError, match="no server model 'threads'.*thread, pool"):
        Server(HERE, echo, "threads")


def test_a_blocking_handler_under_an_event_model_is_refused():
    with pytest.raises(TypeError, match="must not block"):
        Server(HERE, echo, "select")


@pytest.mark.parametrize("wrong", [
    {"workers": 0}, {"workers": 2}, {"max_connection": 3}, {"handler": 7}, {"handler": None},
])
def test_wrong_arguments_are_refused(wrong, nothing_left):
    with pytest.raises((TypeError, ValueError)):
        Server(HERE, **{"handler": echo, **wrong})


def test_a_factory_that_is_no_class_is_given_as_protocol(start):
    server = start(protocol=lambda: EchoProtocol(), model="select")
    assert talk(server.address) == b"hello"


def test_an_address_in_use_is_refused_and_nothing_is_left(nothing_left):
    with tcp.listen(HERE) as listener, pytest.raises(OSError, match=str(listener.getsockname()[1])):
        Server(listener.getsockname(), echo)


def test_a_server_serves_once(start):
    server = start(echo)
    server.shutdown(0)
    assert server.join(20)
    with pytest.raises(RuntimeError):
        server.serve_forever()


@pytest.mark.parametrize("model", ["thread", "fork", "pool", "prefork", "select"])
def test_a_failed_start_is_an_error_in_the_caller(model, nothing_left, monkeypatch):
    if model not in available_models():
        pytest.skip(f"no {model}")

    def fail(model, server):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(find_model(model).kind, "open", fail)
    with Server(HERE, EchoProtocol, model) as server:
        with pytest.raises(OSError, match="Too many open files"):
            server.start()
    with Server(HERE, EchoProtocol, model) as server:
        with pytest.raises(OSError, match="Too many open files"):
            server.serve_forever()


class Locked:
    """What cannot be sent to another process has a handler and makes protocols."""

    def __init__(self):
        self.lock = threading.Lock()

    def serve(self, sock, address):
        pass


@pytest.mark.parametrize("service", [
    {"handler": lambda sock, address: None}, {"handler": Locked().serve}, {"protocol": lambda: EchoProtocol()},
    {"protocol": functools.partial(Locked, threading.Lock())},
], ids=str)
@pytest.mark.parametrize("model, workers", [("process", None), ("prefork", 1), ("select", 2)])
def test_a_service_that_no_spawned_process_can_be_sent_is_refused_at_the_start(model, workers, service, nothing_left,
                                                                               monkeypatch):
    if model != "process":
        monkeypatch.delattr(os, "fork", raising=False)
    if model == "select":
        service = {"protocol": service.get("handler") or service["protocol"]}
    with Server(HERE, model=model, workers=workers, **service) as server:
        with pytest.raises(TypeError, match="cannot be sent to a spawned process: define it with def at the top"):
            server.start()


@pytest.mark.parametrize("model, workers, said", [
    ("thread", 2, "no fixed number"), ("iterative", 1, "no fixed number"), ("pool", 0, "at least 1")])
def test_workers_are_for_models_that_have_a_number_of_them(model, workers, said, nothing_left):
    with pytest.raises(ValueError, match=said):
        Server(HERE, echo, model, workers)


def serve_locked(lock, sock, address):
    with lock:
        sock.sendall(b"unlocked")


def test_a_service_with_what_spawned_processes_can_be_sent(start):
    lock = multiprocessing.get_context("spawn").Lock()
    server = start(functools.partial(serve_locked, lock), "process")
    with tcp.connect(server.address) as client:
        assert receive_all(client) == b"unlocked"


def test_a_service_of_a_session_is_refused_at_the_start(run_code):
    process = run_code("""
from netio.concurrency import Server
def greet(sock, address): pass
Server(("127.0.0.1", 0), greet, "process").start()
""")
    assert process.communicate(timeout=60)[1].splitlines()[-1].startswith(
        "RuntimeError: greet cannot be found by a new process, because this program has no file")


@pytest.mark.parametrize("model", ["thread", "fork", "select"])
def test_starting_twice_is_an_error_in_the_caller(start, model):
    if model not in available_models():
        pytest.skip(f"no {model}")
    server = start(EchoProtocol, model)
    with pytest.raises(RuntimeError, match="serves once"):
        server.start()
    assert talk(server.address) == b"hello"


def test_a_server_that_never_starts_leaves_nothing(nothing_left):
    server = Server(HERE, echo)
    server.close()
    server.close()
    with pytest.raises(RuntimeError, match="serves once"):
        server.start()
    server.serve_forever()  # as a thread does that begins a moment too late


def test_a_server_that_is_closed_while_it_begins_ends(nothing_left):
    server = Server(HERE, echo)
    closing = threading.Thread(target=server.close)
    server.serve_forever(closing.start)
    closing.join()
    server.shutdown()


def test_shutdown_before_serving_and_serving_in_this_thread(nothing_left):
    for model in available_models():
        with Server(HERE, EchoProtocol, model, 1 if model == "prefork" else None) as server:
            server.shutdown()
            server.serve_forever()


# Limits.

@pytest.mark.parametrize("model", ["thread", "select", "epoll", "fork"])
def test_a_full_server_leaves_the_next_in_the_queue_until_one_goes(start, model):
    if model not in available_models():
        pytest.skip(f"no {model}")
    server = start(EchoProtocol, model, max_connections=2)
    socks = [tcp.connect(server.address, timeout=30) for _ in range(3)]
    for sock in socks[:2]:
        assert exchange(sock, b"in") == b"in"
    socks[2].sendall(b"me too")
    socks[2].settimeout(0.05)
    with pytest.raises(socket.timeout):
        socks[2].recv(100)
    socks[0].close()
    socks[2].settimeout(30)
    assert receive_exactly(socks[2], 6) == b"me too"
    for sock in socks:
        sock.close()


def test_a_pool_serves_as_many_at_once_as_it_has_workers(start):
    server = start(services.greet_and_hold, "pool", 2)
    socks = [tcp.connect(server.address, timeout=30) for _ in range(3)]
    for sock in socks[:2]:
        assert receive_exactly(sock, 5) == b"hello"
    socks[1].close()
    assert receive_exactly(socks[2], 5) == b"hello"
    for sock in socks:
        sock.close()


@pytest.mark.parametrize("model", ["thread", "select", "poll", "epoll"])
def test_out_of_descriptors_accepting_pauses_and_those_connected_are_served_on(run_code, model):
    """In a process of its own, which gets few descriptors."""
    if os.name == "nt" or model not in available_models():
        pytest.skip("no limit on descriptors, or no such model")
    code = f"""
import resource, sys, time
from netio import tcp
from netio.concurrency import Server, EchoProtocol, echo
server = Server(("127.0.0.1", 0), {"echo" if model == "thread" else "EchoProtocol"}, {model!r})
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
print(server.address[1], flush=True)
server.serve_forever()
print(time.process_time())
"""
    process = run_code(code)
    address = ("127.0.0.1", int(process.stdout.readline()))
    socks = [tcp.connect(address, timeout=30) for _ in range(45)]
    assert exchange(socks[0], b"first") == b"first"
    assert "accepting at" in process.stderr.readline()
    assert exchange(socks[0], b"again") == b"again"
    socks[0].settimeout(0.3)
    with pytest.raises(socket.timeout):
        socks[0].recv(1)  # time for a server that spins to burn
    for sock in socks[:20]:
        sock.close()
    assert exchange(socks[-1], b"last") == b"last"  # who waited in the queue has his turn
    for sock in socks:
        sock.close()
    process.send_signal(signal.SIGINT)
    out, error = rest_of(process)
    assert process.returncode == 0 and error.count("accepting at") == 0  # told once
    assert float(out) < 1.5


def test_limits_have_defaults():
    assert all(value is not None for name, value in Limits()._asdict().items() if name != "max_connections")


# The end.

def test_shutdown_from_a_handler(start):
    stoppable = []

    def stop(sock, address):
        stoppable[0].shutdown()
        sock.sendall(b"stopping")

    stoppable.append(start(stop))
    assert talk(stoppable[0].address, b"") == b"stopping"
    assert stoppable[0].join(20)


@needs_fork
def test_shutdown_from_a_handler_in_a_forked_child(start):
    stoppable = []

    def stop(sock, address):
        stoppable[0].shutdown()
        sock.sendall(b"stopping")

    stoppable.append(Server(HERE, stop, "fork"))
    with stoppable[0] as server:
        server.start()
        assert talk(server.address, b"") == b"stopping"
        assert server.join(20)


def test_close_from_a_protocol_does_not_wait_for_itself(start):
    class Stopping(services.WriteBack):
        def data_received(self, data):
            servers[0].close()

    servers = [start(Stopping, "select")]
    with tcp.connect(servers[0].address, timeout=30) as sock:
        sock.sendall(b"stop")
        try:
            receive_all(sock)
        except ConnectionError:
            pass
    assert servers[0].join(20)
    wait_until(lambda: servers[0]._control.closed)  # all is released when the server has ended


def test_protocols_are_told_that_the_server_stops(start):
    class Leaving(services.WriteBack):
        def server_stopping(self):
            self.transport.write(b"goodbye")
            self.transport.close()

    for model in ("select", "thread", "pool", "iterative"):
        server = start(Leaving, model)
        with tcp.connect(server.address, timeout=30) as sock:
            assert exchange(sock, b"hello") == b"hello"
            server.shutdown(60)
            assert receive_all(sock) == b"goodbye"
        assert server.join(20)


def test_a_thread_that_cannot_be_ended_is_given_up(start, caplog):
    release = threading.Event()
    server = start(lambda sock, address: sock.sendall(b"x") or release.wait(30))
    with tcp.connect(server.address, timeout=30) as sock:
        assert sock.recv(1) == b"x"
        server.shutdown(0)
        assert server.join(20)
    assert "1 connections did not end" in caplog.text
    release.set()


SERVING = """
import sys, time
from netio.concurrency import Server, EchoProtocol, echo
model, signals = sys.argv[1:]

class Telling(Server):
    def shutdown(self, grace=None):
        print("stopping", flush=True)
        super().shutdown(grace)

protocol_or_handler = EchoProtocol if model in ("select", "epoll") else echo
server = Telling(("127.0.0.1", 0), protocol_or_handler, model, grace=60 if "two" in signals else 0.1)
print(server.address[1], flush=True)
try:
    server.serve_forever()
    print("ended")
except KeyboardInterrupt:
    print("interrupted")
finally:
    server.close()
"""


@pytest.mark.sample(5)
@pytest.mark.skipif(os.name == "nt", reason="a console's Ctrl-C cannot be sent to another process here")
@pytest.mark.parametrize("model", ["iterative", "fork", "process", "thread", "pool", "prefork", "select", "epoll"])
@pytest.mark.parametrize("how", ["one SIGINT", "one SIGTERM", "two SIGINTs"])
def test_signals_end_the_server_while_it_serves(run_code, model, how):
    process = run_code(SERVING, model, how)
    address = ("127.0.0.1", int(process.stdout.readline()))
    with tcp.connect(address, timeout=30) as sock:
        assert exchange(sock, b"hello") == b"hello"
        process.send_signal(signal.SIGTERM if "TERM" in how else signal.SIGINT)
        assert process.stdout.readline() == "stopping\n"
        if "two" in how:
            process.send_signal(signal.SIGINT)
        out, _ = rest_of(process)
    assert process.returncode == 0 and ("interrupted" if "two" in how else "ended") in out


@pytest.mark.parametrize("model", [pytest.param("fork", marks=needs_fork), "process"])
def test_a_server_that_is_starting_processes_stops_between_two(model, monkeypatch):
    server, served = Server(HERE, echo, model), []

    def serve(sock, address):
        sock.close()
        served.append(address)
        server.shutdown(0)

    monkeypatch.setattr(server._model, "serve", serve)
    with server, contextlib.ExitStack() as clients:
        for _ in range(8):
            clients.enter_context(tcp.connect(server.address, timeout=30))
        server.serve_forever()
    assert len(served) == 1 or os.name == "nt" and len(served) < 4  # where the word to stop takes a moment


UPLOADS = """
import os, sys
from netio.http import HTTPServer, StaticFiles
model, folder = sys.argv[1:]
with HTTPServer("server.sock", None, StaticFiles(folder, max_upload=100), model=model, grace=60) as server:
    print("ready", flush=True)
    server.serve_forever()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals do not end a server from afar here")
@pytest.mark.parametrize("model", ["thread", pytest.param("fork", marks=needs_fork), "select"])
def test_a_second_sigterm_leaves_nothing_behind(run_code, tmp_path, monkeypatch, model):
    monkeypatch.chdir(tmp_path)  # the path of a Unix socket has 107 bytes at most
    process = run_code(UPLOADS, model, str(tmp_path), cwd=tmp_path)
    assert process.stdout.readline() == "ready\n"
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect("server.sock")
        sock.sendall(b"PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
        wait_until(lambda: any(name.endswith(".part") for name in os.listdir()))
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses("server.sock"))
        process.send_signal(signal.SIGTERM)
        assert rest_of(process) == ("", "")
    assert process.returncode == -signal.SIGTERM and os.listdir() == []


def refuses(path):
    with socket.socket(socket.AF_UNIX) as sock:
        return sock.connect_ex(path) != 0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets")
def test_a_server_removes_its_own_path_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Server("echo.sock", EchoProtocol, "select") as old:
        old.start()
        with tcp.connect("./echo.sock", timeout=30) as sock:
            assert exchange(sock, b"hello") == b"hello"
            old.shutdown(60)
            wait_until(lambda: refuses("echo.sock"))
            with Server("echo.sock", EchoProtocol, "select") as new:
                new.start()
                old.close()
                assert talk("./echo.sock")
    assert os.listdir() == []


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no files are Linux's")
def test_a_name_that_is_no_file():
    name = f"\0netio-test-{os.getpid()}"
    with Server(name, EchoProtocol, "select") as server:
        server.start()
        talk(name)


def rest_of(process):
    """Return what a program says until its end: `communicate` would miss what `readline` has read ahead."""
    out, error = process.stdout.read(), process.stderr.read()
    process.wait(30)
    return out, error


def wait_until_refused(address):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            talk(address)
        except OSError:
            return
    pytest.fail("the server accepts still")


def test_ctrl_c_interrupts_a_loop_that_waits(nothing_left):
    """On every platform, Windows included: a signal wakes the loop, however long it would wait."""
    with Server(HERE, EchoProtocol, "select") as server:
        timer = threading.Timer(0.1, signal.raise_signal, [signal.SIGINT])
        if os.name == "nt":
            timer = threading.Timer(0.1, server.shutdown)  # raise_signal in a thread does not reach the main one's wait
        timer.start()
        server.serve_forever()
        timer.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_servers_work_without_docstrings_and_asserts(option):
    code = """
import netio.http, netio.ftp, netio.chat
from netio import tcp
from netio.concurrency import EchoProtocol, Server, available_models
for model in set(available_models()) & {"thread", "pool", "select", "epoll"}:
    with Server(("127.0.0.1", 0), EchoProtocol, model) as server:
        server.start()
        with tcp.connect(server.address) as sock:
            sock.sendall(b"hello")
            print(tcp.recv_exactly(sock, 5))
"""
    done = subprocess.run([sys.executable, option, "-c", code], capture_output=True, text=True, timeout=60,
                          cwd=Path(__file__).parents[3])
    assert done.stderr == "" and set(done.stdout.splitlines()) == {"b'hello'"}


# Descriptors.

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
from netio.concurrency import Server, EchoProtocol, echo
from netio import tcp
model, contract = sys.argv[1:]
with Server(("127.0.0.1", 0), echo if contract == "handler" else EchoProtocol, model) as server:
    print(server.address[1], flush=True)
    server.serve_forever()
"""


@needs_resource
@pytest.mark.parametrize("model, contract", [
    ("thread", "handler"), ("thread", "protocol"), ("select", "protocol"), ("epoll", "protocol"), ("fork", "handler")])
def test_a_server_accepts_no_more_before_it_runs_out_of_descriptors(run_code, model, contract):
    """More clients than descriptors: nobody is reset, those that do not fit wait, and are served when others go."""
    if model not in available_models():
        pytest.skip(f"no {model}")
    needs_descriptors(200)
    process = run_code(LIMITED, model, contract)
    address = ("127.0.0.1", int(process.stdout.readline()))
    waiting = [tcp.connect(address, timeout=30) for _ in range(150)]
    for sock in waiting:
        sock.sendall(b"in")
    served = 0
    while waiting:
        ready, _, _ = select.select(waiting, [], [], 30)
        assert ready, f"{served} clients were served, {len(waiting)} hang"
        for sock in ready:
            assert sock.recv(10) == b"in", f"one is reset after {served}"
            served += 1
            waiting.remove(sock)
            sock.close()
    process.send_signal(signal.SIGTERM)
    assert "Too many open files" not in rest_of(process)[1]


@needs_resource
@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of descriptors")
@pytest.mark.parametrize("served, most", [(echo, 1), (EchoProtocol, 2 if sys.platform == "linux" else 3)])
def test_a_client_of_model_thread_takes_few_descriptors(start, served, most):
    needs_descriptors(150)
    server = start(served)
    socks = [tcp.connect(server.address, timeout=30) for _ in range(20)]
    for sock in socks[:2]:
        assert exchange(sock, b"in") == b"in"
    before = len(os.listdir("/proc/self/fd"))
    for sock in socks[2:]:
        assert exchange(sock, b"in") == b"in"
    assert len(os.listdir("/proc/self/fd")) - before <= 18 * most
    for sock in socks:
        sock.close()


# Processes.

@needs_fork
def test_a_hundred_clients_leave_no_zombie_and_no_descriptor(start):
    server = start(services.name_process, "fork")
    pids = {int(talk(server.address).split(b"\n")[0]) for _ in range(100)}
    assert len(pids) == 100
    acceptor = server._background._pid
    assert children_of(acceptor, until=lambda left: not left) == []
    assert len(os.listdir(f"/proc/{acceptor}/fd")) < 30 if os.path.isdir("/proc/self/fd") else True


def children_of(pid, until):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 20
    while path.exists() and not until(left := path.read_text().split()) and time.monotonic() < deadline:
        pass
    return left if path.exists() else []


@pytest.mark.parametrize("model", ["prefork", "select"])
def test_a_worker_that_dies_is_replaced(start, model):
    server = start(services.kill_on_x if model == "prefork" else services.KillOnX, model, 2)
    seen = {int(talk(server.address, b"-").split()[0]) for _ in range(10)}
    with tcp.connect(server.address, timeout=60) as sock:
        victim = int(sock.recv(20))
        sock.sendall(b"x")
        try:
            assert sock.recv(10) == b""
        except ConnectionError:
            pass
    assert victim in seen | {victim}
    deadline = time.monotonic() + 30
    while len(now := {int(talk(server.address, b"-").split()[0]) for _ in range(20)} - {victim}) < 2:
        assert time.monotonic() < deadline, now


@needs_fork
def test_a_handler_in_a_worker_may_fork(start):
    with tcp.connect(start(services.fork_and_tell, "prefork", 1).address, timeout=60) as sock:
        assert receive_all(sock) == b"nothing"


@needs_fork
@pytest.mark.parametrize("collected, status", [(False, 3), (True, 0)])
def test_a_forked_child_has_its_status_even_if_somebody_else_has_collected_it(collected, status, nothing_left):
    child = fork_model.ForkedChild(os._exit, 3)
    select.select([child.sentinel], [], [], 60)
    if collected:
        os.waitpid(child.pid, 0)
    wait_until(lambda: child.exitcode is not None)
    assert child.exitcode == status
    child.close()


@needs_fork
@pytest.mark.parametrize("client", ["gone", "there"])
def test_workers_end_when_the_program_is_killed(run_code, client):
    """By SIGKILL, which nobody can catch: the acceptor and its workers see the end of a pipe, busy or not."""
    code = """
from netio.concurrency import Server, echo
from tests.concurrency.servers import services
server = Server(("127.0.0.1", 0), services.name_process, "prefork", 2, grace=0.1)
server.start()
print(server.address[1], flush=True)
input()
"""
    process = run_code(code)
    address = ("127.0.0.1", int(process.stdout.readline()))
    with tcp.connect(address, timeout=30) as sock:
        sock.sendall(b"hello")
        assert sock.recv(1)
        if client == "gone":
            sock.close()
        process.kill()
        process.wait()
        wait_until_refused(address)


@pytest.mark.parametrize("times", [1, 2])
def test_a_client_that_comes_just_as_an_iterative_server_stops_has_no_more_than_the_grace(times, nothing_left):
    """Though no client was there when it was told to: one had been accepted, and its handler had not begun."""
    handled = []

    def serve(sock, address):
        for _ in range(times):
            server.shutdown(60 if len(handled) < times - 1 else 0.05)
            handled.append(address)
        original(sock, address)

    with Server(HERE, echo, "iterative") as server, tcp.connect(server.address, timeout=30) as sock:
        original, server._model.serve = server._model.serve, serve
        server.serve_forever()
        assert is_ended(sock)


@pytest.mark.parametrize("model", ["fork", "process"])
def test_no_room_for_another_process_has_clients_wait_until_there_is(monkeypatch, nothing_left, caplog, model):
    """What was accepted is kept, and served first; nobody is reset."""
    def start(*arguments, **options):
        if refusals:
            refusals.pop()
            raise BlockingIOError(errno.EAGAIN, "no room")
        return make(*arguments, **options)

    if model not in available_models():
        pytest.skip("no such model")
    refusals, place, name = [1, 2, 3], fork_model, "ForkedChild"
    if model == "process":
        place, name = multiprocessing.context.SpawnProcess, "_Popen"
    make = getattr(place, name)
    monkeypatch.setattr(place, name, start if model == "fork" else staticmethod(start))
    monkeypatch.setattr("netio.concurrency.servers.connections.acceptor.RETRY", 0.01)
    with Server(HERE, echo, model) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        assert [talk(server.address) for _ in range(2)] == [b"hello"] * 2
        assert not refusals and caplog.text.count("pauses: ") == 1
        refusals.extend([1] * 1000)
        with tcp.connect(server.address, timeout=30) as sock:
            wait_until(lambda: len(refusals) < 1000)
            server.close()  # while it keeps one
            assert is_ended(sock)
        serving.join()


@pytest.mark.parametrize("model", ["thread", "pool", "select"])
def test_no_memory_to_accept_with_is_waited_for(start, monkeypatch, caplog, model):
    def accept():
        if failures:
            raise failures.pop()
        return real()

    for place in ("connections.acceptor", "models.thread"):
        monkeypatch.setattr(f"netio.concurrency.servers.{place}.RETRY", 0.01)
    server, failures = start(EchoProtocol, model), [MemoryError(), MemoryError()]
    owner, name = (server._model, "_accept_one") if model == "thread" else (server._acceptor, "_accept")
    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, accept)
    assert [talk(server.address) for _ in range(2)] == [b"hello"] * 2
    assert not failures and caplog.text.count("pauses: MemoryError") == 1


@pytest.mark.parametrize("model", ["process", "prefork", "select"])
def test_spawn_serves_where_there_is_no_fork(monkeypatch, nothing_left, model):
    monkeypatch.delattr(os, "fork", raising=False)
    workers = None if model == "process" else 2
    with Server(HERE, services.NameProcess, model, workers) as server:
        server.start()
        assert int(talk(server.address).split(b"\n")[0]) != os.getpid()
    assert "fork" not in available_models()


def test_the_forking_models_serve_in_another_process(start):
    server = start(services.NameProcess, "prefork", 1)
    assert int(talk(server.address).split(b"\n")[0]) != os.getpid()


# Under asyncio, and many at once.

def run_under_asyncio(new_loop):
    async def talk_to_it():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(EchoProtocol, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        message = os.urandom(3_000_000)

        async def send():
            writer.write(message)
            await writer.drain()
            writer.write_eof()

        sending = loop.create_task(send())
        assert await reader.read(-1) == message
        await sending
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    loop = new_loop()
    try:
        loop.run_until_complete(talk_to_it())
    finally:
        loop.close()


def test_our_echo_runs_unchanged_under_asyncio():
    run_under_asyncio(asyncio.new_event_loop)


@pytest.mark.soak
def test_our_echo_runs_unchanged_under_uvloop():
    run_under_asyncio(pytest.importorskip("uvloop").new_event_loop)


# The script.

def test_serve_echo_says_where_it_listens_and_ends_cleanly(start_script):
    model = "epoll" if "epoll" in available_models() else "select"
    process = start_script("serve_echo.py", "--port", 0, "--model", model)
    line = process.stdout.readline()
    assert line.startswith("listening on 127.0.0.1:")
    address = ("127.0.0.1", int(line.rpartition(":")[2]))
    echo_size(type("", (), {"address": address}), 100_000)
    if os.name != "nt":
        process.send_signal(signal.SIGINT)
        out, error = rest_of(process)
        assert (process.returncode, out, error) == (0, "", "")


def test_serve_echo_lists_the_models_and_refuses_nonsense(run_script):
    listed = run_script("serve_echo.py", "--list").stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(MODELS)
    refused = run_script("serve_echo.py", "--port", 0, "--workers", 3, "--model", "thread")
    assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 1


def test_a_listener_that_cannot_be_made_faster_is_used_as_it_is():
    class Listener(socket.socket):
        def setsockopt(self, *arguments):
            raise OSError(errno.ENOBUFS, "no room")

    listener = Listener()
    listener.bind(HERE)
    listener.listen()
    with Server(listener, echo) as server:
        server.start()
        with socket.create_connection(server.address, timeout=60) as sock:
            sock.sendall(b"hello")
            assert sock.recv(5)


@needs_fork
@pytest.mark.parametrize("error", [OSError(errno.EAGAIN, "no room"), KeyboardInterrupt()])
def test_a_server_that_cannot_start_in_a_process_leaves_no_pipe(monkeypatch, error):
    def fail(*arguments, **options):
        raise error

    def pipe(make=os.pipe):
        made = make()
        pipes.extend(made)
        return made

    pipes = []
    monkeypatch.setattr(os, "pipe", pipe)
    place = "fork_child" if isinstance(error, OSError) else "Inbox"  # the wait for the child is interrupted
    monkeypatch.setattr("netio.concurrency.servers.start." + place, fail)
    with Server(HERE, echo, "fork") as server:
        with pytest.raises(type(error)):
            server.start()
    for descriptor in pipes:
        with pytest.raises(OSError):
            os.fstat(descriptor)


def test_who_is_told_that_a_server_is_ready_is_told_when_nothing_can_keep_it_from_serving_any_more(monkeypatch):
    def refuse(*args, **options):
        raise OSError(errno.EIO, "no fstat just now")

    told = []
    with Server(("127.0.0.1", 0), echo, "thread") as server:
        monkeypatch.setattr(signal, "set_wakeup_fd", refuse)
        with pytest.raises(OSError, match="no fstat"):
            server.serve_forever(lambda: told.append(True))
        monkeypatch.undo()
    assert not told
