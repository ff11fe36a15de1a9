"""One rule for every timeout: None, `inf` and more than a system can wait is for ever; below 0 the time is over, as
what is left of a deadline may be; nan is a ValueError. Each call here waits a moment for what it wants."""
from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

import pytest

from netio import concurrency, files, ftp, http, ipc, tcp, udp
from netio.chat.link import ReliableLink
from netio.chat.session import Session
from netio.concurrency.processes.reaping import wait_child
from netio.concurrency.processes.signals import SignalReceiver
from netio.files.folders import OpenFolder
from netio.files.locking import lock_folder
from netio.http.state import Timeouts

FOR_EVER = [math.inf, 3e6]  # seconds; 35 days are less than threads can wait for, and more than sockets can
OVER = (TimeoutError, socket.timeout, ipc.QueueEmpty, ipc.QueueFull, threading.BrokenBarrierError, EOFError)
CASES = {}
happens = True  # whether what a call waits for comes at all


def case(function):
    CASES[function.__name__] = function
    return function


def posix(function):
    return case(function) if os.name == "posix" else function


@contextlib.contextmanager
def later(action, *args):
    """Do something in a moment, when what waits for it has begun, mostly; that may have given up meanwhile."""
    def act():
        with contextlib.suppress(OSError, ValueError, *OVER):
            action(*args)
    timer = threading.Timer(0.02, act)
    if happens:
        timer.start()
    try:
        yield
    finally:
        if happens:
            timer.join()


@contextlib.contextmanager
def pair(action):
    """Yield one of two connected sockets, to whose other end something happens in a moment."""
    here, there = tcp.connect_pair(timeout=10)
    with there:
        with later(action, there), here:
            yield here


@case
def recv_exactly(timeout, folder):
    with pair(lambda there: there.sendall(b"hi")) as here:
        tcp.recv_exactly(here, 2, timeout=timeout)


@case
def reader(timeout, folder):
    with pair(lambda there: there.sendall(b"hi\n")) as here:
        tcp.Reader(here, timeout=timeout).read_line()


@case
def recv_frame(timeout, folder):
    with pair(lambda there: tcp.send_frame(there, b"hi")) as here:
        tcp.recv_frame(here, timeout=timeout)


@case
def send_frame(timeout, folder):
    with pair(lambda there: tcp.recv_frame(there, max_size=1 << 24)) as here:
        tcp.send_frame(here, b"x" * (1 << 23), timeout=timeout)


@case
def iter_messages(timeout, folder):
    with pair(lambda there: there.sendall(b"hi\n")) as here:
        next(tcp.iter_messages(here, tcp.Delimiter(b"\n"), timeout=timeout))


@case
def connect(timeout, folder):
    with tcp.listen(("127.0.0.1", 0)) as listener, tcp.connect(listener.getsockname(), timeout=timeout):
        pass


@case
def connect_pair(timeout, folder):
    for sock in tcp.connect_pair(timeout=timeout):
        sock.close()


@case
def close_gracefully(timeout, folder):
    with pair(tcp.half_close) as here:
        tcp.close_gracefully(here, timeout=timeout)


@case
def send_file(timeout, folder):
    with pair(lambda there: tcp.receive_file(there, folder)) as here:
        tcp.send_file(here, __file__, timeout=timeout)


@case
def receive_file(timeout, folder):
    with pair(lambda there: tcp.send_file(there, __file__)) as here:
        tcp.receive_file(here, folder, timeout=timeout)


@case
def udp_receive(timeout, folder):
    with udp.bind(("127.0.0.1", 0)) as server, udp.connect(server.getsockname()) as client, later(client.send, b"hi"):
        udp.receive(server, timeout=timeout)


@case
def udp_request(timeout, folder):
    with udp.Server(("127.0.0.1", 0), udp.AtMostOnce(lambda datagram: b"hi")) as server:
        udp.request(server.address, b"x", timeout=timeout)


@case
def udp_talk(timeout, folder):
    with udp.Server(("127.0.0.1", 0), udp.echo) as server:
        next(udp.talk(server.address, [b"x"], timeout=timeout))


@case
def fetch(timeout, folder):
    with http.HTTPServer("127.0.0.1", 0, lambda request: "hello") as server:
        server.start()
        http.fetch(f"http://127.0.0.1:{server.address[1]}/", timeout=timeout)


def ask(there):
    there.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    there.recv(1 << 16)
    tcp.half_close(there)


@case
def recv_request(timeout, folder):
    with pair(ask) as here:
        http.recv_request(here, timeout=timeout)


@case
def handle_one_request(timeout, folder):
    with pair(ask) as here:
        http.handle_one_request(here, lambda request: "hello", timeout=timeout)


@case
def open_session(timeout, folder):
    with ftp.FTPServer("127.0.0.1", 0, folder) as server:
        server.start()
        with ftp.open_session(server.address, timeout=timeout) as session:
            session.nlst()


def list_and_quit(there):
    client = ftp.CourseClient(there, timeout=5)
    client.names()
    client.quit()


@case
def serve_course(timeout, folder):
    with pair(list_and_quit) as here:
        ftp.serve_course(here, None, folder, timeout=timeout, idle_timeout=timeout)


@case
def follow_lines(timeout, folder):
    path = os.path.join(folder, "log.txt")
    files.append_line(path, "first")
    lines = files.follow_lines(path, timeout=timeout, interval=0.01)
    with later(files.append_line, path, "second"), contextlib.suppress(StopIteration):
        next(lines)


@case
def lock_a_folder(timeout, folder):
    with OpenFolder(folder) as one, OpenFolder(folder) as other, contextlib.ExitStack() as held:
        held.enter_context(lock_folder(one))
        with later(held.close), lock_folder(other, timeout):
            pass


@case
def pipe(timeout, folder):
    receiver, sender = ipc.open_pipe()
    with receiver, sender, later(sender.send, "hi"):
        receiver.recv(timeout)


@case
def full_pipe(timeout, folder):
    receiver, sender = ipc.open_pipe()
    with receiver, sender, later(receiver.recv_bytes, 5):
        sender.send_bytes(bytes(1 << 22), timeout)


@case
def ring(timeout, folder):
    receiver, sender = ipc.open_ring()
    with receiver, sender, later(sender.send, "hi"):
        receiver.recv(timeout)


@case
def full_ring(timeout, folder):
    receiver, sender = ipc.open_ring(1 << 12)
    with receiver, sender:
        sender.send_bytes(bytes(3000))
        with later(receiver.recv_bytes, 5):
            sender.send_bytes(bytes(3000), timeout)


@case
def queue_get(timeout, folder):
    with contextlib.closing(ipc.Queue()) as queue, later(queue.put, "hi"):
        queue.get(timeout=timeout)


@case
def queue_put(timeout, folder):
    with contextlib.closing(ipc.Queue(maxsize=1)) as queue:
        queue.put("hi")
        with later(queue.get):
            queue.put("hi", timeout=timeout)


@case
def event(timeout, folder):
    with contextlib.closing(ipc.Event()) as event, later(event.set):
        event.wait(timeout)


@case
def semaphore(timeout, folder):
    with contextlib.closing(ipc.Semaphore(0)) as semaphore, later(semaphore.release):
        semaphore.acquire(timeout)


def wait_beside(held, timeout):
    """Wait in another thread for what is held here."""
    def wait():
        if held.acquire(timeout=timeout):
            held.release()
    with ThreadPoolExecutor(1) as other:
        held.acquire()
        waiting = other.submit(wait)
        try:
            waiting.result(0.02 if happens else 60)
        except FutureTimeout:
            pass
        finally:
            held.release()
        waiting.result()


@case
def lock(timeout, folder):
    with contextlib.closing(ipc.Lock()) as lock:
        wait_beside(lock, timeout)


@case
def limiter(timeout, folder):
    with contextlib.closing(ipc.CapacityLimiter(1)) as limiter:
        wait_beside(limiter, timeout)


@case
def barrier(timeout, folder):
    with contextlib.closing(ipc.Barrier(2)) as barrier, later(barrier.wait, 5):
        barrier.wait(timeout)


@case
def accept_local(timeout, folder):
    path = os.path.join(folder, "door")
    with contextlib.closing(ipc.listen_local(path)) as listener:
        with later(lambda: ipc.connect_local(path).close()):
            listener.accept(timeout).close()


@case
def connect_local(timeout, folder):
    with contextlib.closing(ipc.listen_local(os.path.join(folder, "door"))) as listener:
        ipc.connect_local(listener.path, timeout=timeout).close()


@posix
def pass_socket(timeout, folder):
    here, there = ipc.local_pair()
    with here, there, socket.socket() as sock, later(ipc.send_socket, there, sock):
        ipc.recv_socket(here, timeout).close()


@case
def connect_ring(timeout, folder):
    with ipc.listen_ring(os.path.join(folder, "ring")) as inbox, later(inbox.recv, 5):
        with ipc.connect_ring(inbox.path, timeout=timeout) as sender:
            sender.send("hi")


@case
def wait_readable(timeout, folder):
    receiver, sender = ipc.open_pipe()
    with receiver, sender, later(sender.send, "hi"):
        ipc.streams.wait_readable([receiver], timeout)


if hasattr(signal, "sigtimedwait"):
    @case
    def signal_waiter(timeout, folder):
        with contextlib.closing(ipc.SignalWaiter(signal.SIGURG)) as waiter:
            with later(os.kill, os.getpid(), signal.SIGURG):
                waiter.recv(timeout)


@posix
def signal_receiver(timeout, folder):
    with SignalReceiver(signal.SIGURG) as inbox, later(os.kill, os.getpid(), signal.SIGURG):
        inbox.wait(timeout)


@posix
def wait_for_child(timeout, folder):
    pid = os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "0.02")
    try:
        wait_child(pid, timeout)
    except (TimeoutError, ValueError):
        os.waitpid(pid, 0)
        raise


@case
def join_a_process(timeout, folder):
    child = concurrency.Process(target=int)
    child.start()
    try:
        child.result(timeout)
    finally:
        child.join()


@case
def join_a_thread(timeout, folder):
    done = threading.Event()
    thread = concurrency.ResultThread(done.wait)
    thread.start()
    with contextlib.ExitStack() as at_end, later(done.set):
        at_end.callback(done.set)
        thread.join(timeout)


@case
def run_in_threads(timeout, folder):
    done = threading.Event()
    with contextlib.ExitStack() as at_end, later(done.set):
        at_end.callback(done.set)
        concurrency.run_in_threads([done.wait], timeout)


@case
def checked_lock(timeout, folder):
    wait_beside(concurrency.CheckedLock(), timeout)


@case
def hold_all(timeout, folder):
    lock = threading.Lock()
    lock.acquire()
    with later(lock.release), concurrency.hold_all(lock, threading.Lock(), timeout=timeout):
        pass


@case
def pool(timeout, folder):
    with concurrency.ProcessPool(1, timeout=timeout) as pool:
        pool.submit(int).result()


@case
def results_of_a_pool(timeout, folder):
    with ThreadPoolExecutor(1) as executor:
        executor.submit(threading.Event().wait, 0.02)
        list(concurrency.map_unordered(executor, abs, [-1], timeout=timeout))


@case
def join_a_server(timeout, folder):
    with concurrency.Server(("127.0.0.1", 0), concurrency.echo) as server:
        server.start()
        with later(server.shutdown, 0):
            server.join(timeout)


@pytest.mark.filterwarnings("ignore:fork with:RuntimeWarning")  # beside threads that another test has left
@pytest.mark.parametrize("name", CASES)
def test_what_is_longer_than_a_system_waits_is_for_ever(name, tmp_path, nothing_left):
    for number, timeout in enumerate(FOR_EVER):
        folder = tmp_path / str(number)
        folder.mkdir()
        CASES[name](timeout, str(folder))


@pytest.fixture
def nothing_happens(monkeypatch):
    monkeypatch.setitem(globals(), "happens", False)


@pytest.mark.filterwarnings("ignore:fork with:RuntimeWarning")  # beside threads that another test has left
@pytest.mark.parametrize("name", CASES)
def test_below_0_the_time_is_over(name, tmp_path, nothing_left, nothing_happens):
    if name not in ("checked_lock", "hold_all"):  # where -1 is for ever, as the standard locks have it
        with contextlib.suppress(*OVER):
            CASES[name](-0.5, str(tmp_path))


@pytest.mark.filterwarnings("ignore:fork with:RuntimeWarning")  # beside threads that another test has left
@pytest.mark.parametrize("name", CASES)
def test_nan_is_no_time(name, tmp_path, nothing_left, nothing_happens):
    with pytest.raises(ValueError, match="nan"):
        CASES[name](math.nan, str(tmp_path))


@pytest.mark.parametrize("make", [
    lambda value: concurrency.Server(("127.0.0.1", 0), concurrency.echo, idle_timeout=value),
    lambda value: concurrency.Server(("127.0.0.1", 0), concurrency.echo, grace=value or math.nan),
    lambda value: Timeouts(head=value or -1), lambda value: Timeouts(linger=value or -1),
    lambda value: ftp.FTPServer("127.0.0.1", 0, None, rules=ftp.Rules(stall_timeout=value or -1)),
    lambda value: ReliableLink("5f1d0c9a7be24136", 0.0, initial_rto=value),
    lambda value: Session("lily", 0.0, patience=value or -1),
    lambda value: files.follow_lines(__file__, interval=value or -1),
])
@pytest.mark.parametrize("value", [math.nan, 0])
def test_a_setting_that_is_no_time_is_refused(make, value):
    with pytest.raises(ValueError):
        make(value)


@pytest.mark.parametrize("model", concurrency.available_models())
def test_a_server_may_wait_for_ever(model):
    with concurrency.Server(("127.0.0.1", 0), protocol=concurrency.EchoProtocol, model=model, idle_timeout=math.inf,
                            grace=math.inf) as server:
        server.start()
        with tcp.connect(server.address) as sock:
            sock.sendall(b"hi")
            assert tcp.recv_exactly(sock, 2) == b"hi"
        server.shutdown()
        assert server.join(60)


@pytest.mark.parametrize("waits", [{"first_wait": 0.0}, {"longest_wait": 0.0}, {"first_wait": -1, "longest_wait": -1},
                                   {"first_wait": math.nan, "longest_wait": math.nan}])
def test_a_client_without_a_pause_floods_nobody(waits):
    with udp.bind(("127.0.0.1", 0)) as silent, udp.Client(silent.getsockname()) as client:
        with pytest.raises(TimeoutError):
            client.request(b"x", timeout=0.1, **waits)
        assert client.tries <= 6  # 20 ms at least between two
