"""Ctrl-C at the worst moment, caught by the program: the child, thread or server it struck does not live on."""
import gc
import multiprocessing.util
import os
import signal
import socket
from multiprocessing import resource_tracker

import pytest

from netio.concurrency import Process, ProcessPool, Server, run_in_child
from netio.concurrency.pools.workers import Workers
from netio.concurrency.processes import fork, process
from netio.concurrency.processes.fork import fork_child, run_forked
from netio.concurrency.servers import echo
from netio.concurrency.threads.thread import ResultThread

pytestmark = pytest.mark.usefixtures("nothing_left")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def interrupting(function, after=True, times=1):
    """Return the function, whose first calls end by Ctrl-C, when they have done their work or instead of it."""
    calls = []

    def call(*args, **kwargs):
        calls.append(args)
        if len(calls) > times:
            return function(*args, **kwargs)
        if after:
            function(*args, **kwargs)
        raise KeyboardInterrupt

    return call


def forking_and_interrupting(children, fork=getattr(os, "fork", None)):
    def call():
        pid = fork()
        if pid:
            children.append(pid)
            os.kill(os.getpid(), signal.SIGINT)
        return pid

    return call


@forks
@pytest.mark.parametrize("start", [
    lambda: fork_child(signal.pause, warn_threads=False), lambda: Process(signal.pause, method="fork").start(),
    lambda: run_in_child(signal.pause, method="fork"), lambda: Server(("127.0.0.1", 0), echo, "fork").start(),
], ids=["fork_child", "Process", "run_in_child", "Server"])
def test_while_a_child_is_forked(monkeypatch, start, recwarn):
    children = []
    monkeypatch.setattr(os, "fork", forking_and_interrupting(children))
    with pytest.raises(KeyboardInterrupt):
        start()
    for pid in children:
        with pytest.raises(ChildProcessError):  # it was ended and collected
            os.waitpid(pid, os.WNOHANG)
    assert children
    gc.collect()  # PyPy closes the server no sooner, and warns of it


@forks
@pytest.mark.parametrize("module, name, start", [
    (fork, "watch_forked", lambda: run_forked(signal.pause, warn_threads=False)),
    (process, "watch_child", lambda: Process(signal.pause, method="fork").start()),
], ids=["run_forked", "Process"])
def test_before_a_child_is_watched(monkeypatch, module, name, start):
    children = []

    def interrupt(child, watch=getattr(module, name)):
        children.append(getattr(child, "pid", child))
        os.kill(os.getpid(), signal.SIGINT)
        return watch(child)

    monkeypatch.setattr(module, name, interrupt)
    with pytest.raises(KeyboardInterrupt):
        start()
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


@forks
def test_while_a_child_is_spawned(monkeypatch):
    children = []

    def spawn(*arguments, spawn=multiprocessing.util.spawnv_passfds):
        children.append(spawn(*arguments))
        os.kill(os.getpid(), signal.SIGINT)
        return children[0]

    resource_tracker.ensure_running()  # which is spawned, too
    monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", spawn)
    with pytest.raises(KeyboardInterrupt):
        Process(signal.pause, method="spawn").start()
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


@forks
def test_while_a_pool_starts_its_second_thread(monkeypatch):
    monkeypatch.setattr(ResultThread, "start", interrupting(ResultThread.start))
    with pytest.raises(KeyboardInterrupt):
        ProcessPool(2, method="fork")


@forks
def test_while_a_pool_forks(monkeypatch):
    """In a hook of fork, where an exception is swallowed, and in the child, which would print it."""
    forks = []

    def strike(forked=os.fork):
        pid = forked()
        forks.append(pid)
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            os.write(2, b"swallowed")
        return pid

    monkeypatch.setattr(os, "fork", strike)
    with pytest.raises(KeyboardInterrupt):
        ProcessPool(2, method="fork")
    assert forks


@pytest.mark.parametrize("spawned", ["pool", "server"])
@forks
def test_a_spawned_child_hears_it_when_it_is_ready(monkeypatch, capfd, spawned):
    """The terminal sends Ctrl-C to the child, too: struck within its first imports it would print a long traceback."""
    def spawn(*arguments, spawn=multiprocessing.util.spawnv_passfds):
        pid = spawn(*arguments)
        os.kill(pid, signal.SIGINT)
        return pid

    resource_tracker.ensure_running()
    monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", spawn)
    if spawned == "pool":
        with ProcessPool(1, method="spawn") as pool:
            assert pool.submit(len, "abc").result(60) == 3
    else:
        with Server(("127.0.0.1", 0), echo, "process") as server:
            server.start()
            with socket.create_connection(server.address, timeout=60) as sock:
                sock.sendall(b"hello")
                assert sock.recv(5) == b"hello"
    assert capfd.readouterr().err == ""


def test_while_a_pool_is_waited_for(monkeypatch):
    pool = ProcessPool(1)
    monkeypatch.setattr(Workers, "wait", interrupting(Workers.wait, after=False))
    with pytest.raises(KeyboardInterrupt), pool:
        pool.submit(len, "abc")


def test_while_a_child_is_waited_for(monkeypatch):
    monkeypatch.setattr(Process, "join", interrupting(Process.join, after=False))
    child = Process(input if os.name == "nt" else signal.pause)
    with pytest.raises(KeyboardInterrupt), child:
        pass
    assert not child.is_alive()
    child.close()


@pytest.mark.parametrize("model", ["thread", pytest.param("fork", marks=forks), pytest.param("prefork", marks=forks)])
def test_while_a_server_is_closed(monkeypatch, model):
    server = Server(("127.0.0.1", 0), echo, model)
    server.start()
    with socket.create_connection(server.address, timeout=60) as sock:
        sock.sendall(b"hello")
        assert sock.recv(5)
        monkeypatch.setattr(server, "join", interrupting(server.join, after=False))
        with pytest.raises(KeyboardInterrupt):
            server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address, timeout=60)
