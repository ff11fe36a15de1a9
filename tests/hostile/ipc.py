"""What is tried with faults between processes: each mechanism of `ipc`, from either side, and pools.

The trial's process is the one that is tried; its partner is left alone. The partner says what it saw in a pipe that
ends with the last process of the trial, whoever that is.
"""
from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import select
import signal
import sys
import tempfile
import threading
import time
import traceback
import zlib
from pathlib import Path

from netio import ipc
from netio.ipc.shm import SHM_MARK

from .faults import Scenario

MESSAGES = [b"", b"x", bytes(range(256)) * 20, bytes(range(256)) * 300, *[b"%d" % number for number in range(20)]]
SMALL = [b"", b"x", b"longer" * 150, *[b"%d " % number * (number % 7 * 20 + 1) for number in range(60)]]
FEW = [b"first", b"", b"longer than the room" * 30, b"between", b"another long one" * 40, b"last"]
ROUNDS = 20
WAIT = 5.0  # seconds, of whoever waits for something that must come


def digest(message):
    return [len(message), zlib.crc32(message)]


def report(writer, function, *args):
    """In the partner: call the function and say what it returned."""
    sys.settrace(None)
    signal.alarm(int(2 * WAIT))  # whatever happens, it does not stay
    os.write(writer, b"\0")
    try:
        seen = function(*args)
    except BaseException:
        seen = traceback.format_exc()
    os.write(writer, json.dumps(seen).encode() + b"\n")
    os._exit(0)


def wait_ready(path):
    """Wait until the partner listens: there is a moment in which the path is there, and nobody hears."""
    while not os.path.exists(path + ".ready"):
        time.sleep(0.001)
    os.unlink(path + ".ready")


class Beside(Scenario):
    """A process with faults and a partner without."""

    settle = 3.0
    never = ("close", "waitpid")  # of pipes and memory; of children that nobody else waits for
    faults_in_children = False
    reader = writer = -1
    troubles: list = []

    def prepare(self, folder):
        for descriptor in {self.reader, self.writer} - {-1}:
            os.close(descriptor)
        self.reader, self.writer = os.pipe()

    def forked(self):
        os.close(self.writer)
        self.writer = -1

    def start(self, folder, driver):
        tempfile.tempdir = folder
        exempt = not self.faults_in_children
        os.register_at_fork(after_in_child=lambda: driver.exempt(exempt))
        driver.exempt(not exempt)

    def run(self, folder, driver):
        self.count, self.troubles = 0, []
        if self.fault.startswith("step:"):
            self._trace(driver)
        try:
            self.act(folder, driver)
        finally:
            sys.settrace(None)
        if self.troubles:
            raise self.troubles[0]

    def _trace(self, driver):
        """Count the steps of Python within `netio.ipc`, and die at the wanted one."""
        wanted = int(self.fault.split(":")[2]) if ":kill:" in self.fault else -1
        driver.control.count, own = 0, os.getpid()

        def step(frame, event, value):
            if event == "opcode" and os.getpid() == own:
                driver.control.count += 1
                if driver.control.count == wanted:
                    driver.control.hits = 1
                    os.kill(own, 9)
            return step

        def enter(frame, event, value):
            if f"{os.sep}netio{os.sep}ipc{os.sep}" not in frame.f_code.co_filename:
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            return step

        sys.settrace(enter)

    def beside(self, function, *args):
        return ipc.start(report, self.writer, function, *args, method="fork")

    @contextlib.contextmanager
    def unharmed(self, driver):
        driver.exempt()
        try:
            yield
        finally:
            driver.exempt(False)

    def attempt(self, driver, function, *args):
        """Call once, and once more after a fault; return (what came out, whether at the first attempt)."""
        try:
            return function(*args)
        except (OSError, MemoryError) as error:
            driver.disarm()
            if len(self.troubles) > 3:
                raise
            self.troubles.append(error)
        return None

    def surely(self, driver, function, *args):
        """Call until it has no trouble."""
        while True:
            before = len(self.troubles)
            found = self.attempt(driver, function, *args)
            if len(self.troubles) == before:
                return found

    def seen(self):
        """Return what the partner saw when all processes of the trial have ended; None where there was none."""
        if self.writer >= 0:
            os.close(self.writer)
            self.writer = -1
        data, deadline = b"", time.monotonic() + 2 * WAIT + 3
        while True:
            assert select.select([self.reader], [], [], max(0, deadline - time.monotonic()))[0], "somebody hangs"
            piece = os.read(self.reader, 1 << 16)
            if not piece:
                break
            data += piece
        found = [json.loads(line) for line in data.replace(b"\0", b"").splitlines()]
        assert len(found) == data.count(b"\0"), "the partner hung, or was killed"
        for each in found:
            assert not isinstance(each, str), each
        return found[0] if found else None

    def check(self, folder, error):
        assert not isinstance(error, TimeoutError) or "ETIMEDOUT" in self.fault, error
        seen = self.seen()
        assert seen is not None or error is not None or ":kill:" in self.fault
        if seen is not None:
            self.judge(seen, error)
        assert not os.listdir(folder) or self.fault.startswith(("unlink:", "stat:")), os.listdir(folder)

    def judge(self, seen, error):
        """Assert that the partner saw what it should."""

    def check_killed(self, folder):
        seen = self.seen()
        if seen is not None:
            self.judge_survivor(seen)

    def judge_survivor(self, seen):
        """Assert that what the partner of a killed process saw is whole."""

    def finish(self):
        self.troubles.clear()  # their tracebacks hold what would be left over
        for child in multiprocessing.active_children():
            child.join(WAIT)
            assert not child.is_alive(), "a child that does not end"


# Messages: none twice, none torn, none missing whose sending returned.

def receive_all(end):
    seen = [digest(message) for message in iterate(end)]
    end.close()
    return seen


def iterate(end):
    while True:
        try:
            yield end.recv_bytes()
        except EOFError:
            return


def send_all(end, messages):
    """In the partner of a receiver: send until all is sent, or nobody receives any more."""
    for number, message in enumerate(messages):
        try:
            end.send_bytes(message)
        except BrokenPipeError:
            return number
    end.close()
    return len(messages)


class SendPipe(Beside):
    messages = MESSAGES
    may_be_there = False  # a message whose sending failed

    def make(self):
        return ipc.open_pipe()

    def act(self, folder, driver):
        self.sent, self.failed = [], []
        theirs, ours = self.make()
        with theirs, ours:
            partner = self.beside(receive_all, theirs)
            self.send(ours, driver)
        partner.join()

    def send(self, ours, driver):
        for message in self.messages:
            before = len(self.troubles)
            self.attempt(driver, ours.send_bytes, message)
            (self.sent if len(self.troubles) == before else self.failed).append(digest(message))
            if before > 2:
                return

    def judge(self, seen, error):
        if self.may_be_there:
            seen = [message for message in seen if message not in self.failed or message in self.sent]
        assert seen == self.sent, (len(seen), len(self.sent), self.failed)
        assert error is not None or len(seen) == len(self.messages)

    def judge_survivor(self, seen):
        assert seen == [digest(message) for message in self.messages][:len(seen)]


class ReceivePipe(SendPipe):
    def act(self, folder, driver):
        self.received, ended = [], False
        ours, theirs = self.make()
        with theirs, ours:
            partner = self.beside(send_all, theirs, self.messages)
            while not ended:
                try:
                    message = self.attempt(driver, ours.recv_bytes)
                except EOFError:
                    break
                if message is not None:
                    self.received.append(digest(message))
        partner.join()

    def judge(self, seen, error):
        if self.received or error is None:
            assert self.received == [digest(message) for message in self.messages], len(self.received)
            assert seen == len(self.messages)

    def judge_survivor(self, seen):
        assert 0 <= seen <= len(self.messages)


class SendRing(SendPipe):
    messages, steps, may_be_there = SMALL, True, True

    def make(self):
        return ipc.open_ring(1 << 10)


class ReceiveRing(ReceivePipe):
    messages, steps = SMALL, True

    def make(self):
        return ipc.open_ring(1 << 10)


class Duplex(Beside):
    """Questions and answers."""

    def act(self, folder, driver):
        self.answers = []
        ours, theirs = ipc.open_duplex()
        with ours, theirs:
            partner = self.beside(self.answer, theirs)
            for number in range(5):
                ours.send(number)
                self.answers.append(ours.recv())
        partner.join()

    @staticmethod
    def answer(end):
        for number in end:
            try:
                end.send(-number)
            except BrokenPipeError:
                return number
        end.close()
        return -1

    def judge(self, seen, error):
        assert self.answers == [-number for number in range(len(self.answers))]
        assert error is not None or len(self.answers) == 5 and seen == -1


class ConnectRing(SendPipe):
    messages, may_be_there = SMALL, True

    def act(self, folder, driver):
        self.sent, self.failed = [], []
        path = os.path.join(folder, "ring")
        with self.unharmed(driver):
            partner = self.beside(self.listen, path)
            wait_ready(path)
        try:
            with ipc.connect_ring(path, 1 << 10, timeout=WAIT) as ours:
                self.send(ours, driver)
        finally:
            driver.disarm()
            if not self.sent and not self.failed:
                ipc.connect_ring(path, 1 << 10).close()  # the inbox still takes others
            partner.join()

    @staticmethod
    def listen(path):
        held = len(os.listdir("/proc/self/fd"))
        with ipc.listen_ring(path) as inbox:
            Path(path + ".ready").touch()
            seen = [digest(message) for message in iterate(inbox)]
        assert len(os.listdir("/proc/self/fd")) == held, "descriptors left over"
        return seen

    def check_killed(self, folder):
        path = os.path.join(folder, "ring")
        if os.path.exists(path):
            with contextlib.suppress(OSError):  # it may have had its sender already
                ipc.connect_ring(path, 1 << 10, timeout=WAIT).close()
        super().check_killed(folder)


class ListenRing(Beside):
    def act(self, folder, driver):
        self.received = []
        path = os.path.join(folder, "ring")
        with ipc.listen_ring(path, senders=2) as inbox:
            partners = [self.beside(self.connect, path) for _ in range(2)]
            while True:
                try:
                    message = inbox.recv_bytes(timeout=2.0)
                except (EOFError, TimeoutError):  # nobody comes where each offer is refused
                    break
                except OSError as error:
                    driver.disarm()
                    self.troubles.append(error)
                else:
                    self.received.append(digest(message))
        for partner in partners:
            partner.join()

    @staticmethod
    def connect(path):
        for _ in range(3):
            try:
                with ipc.connect_ring(path, 1 << 10) as end:
                    send_all(end, SMALL)
                    return 1
            except ConnectionRefusedError:  # the listener had a fault: it serves the next one
                continue
            except (FileNotFoundError, BrokenPipeError, ConnectionError):
                return 0
        return 0

    def judge(self, seen, error):
        if self.fault.startswith("recv:") or not self.received:
            return
        assert sorted(self.received) == sorted([digest(message) for message in SMALL] * 2)


# Queues.

def alive(parent):
    return os.getppid() == parent


def get_all(queue, parent):
    """In the partner of a putter: get until the queue or the putter ends; then the queue still works."""
    seen = []
    while True:
        try:
            seen.append(digest(queue.get_bytes(timeout=0.05)))
        except EOFError:
            return seen
        except ConnectionResetError:
            seen.append("lost")
        except ipc.QueueEmpty:
            if not alive(parent):
                break
    while True:  # what came between the last look and the end
        try:
            seen.append(digest(queue.get_bytes(timeout=0)))
        except ConnectionResetError:
            seen.append("lost")
        except ipc.QueueEmpty:
            break
    queue.put_bytes(b"after", timeout=WAIT)
    assert queue.get_bytes(timeout=WAIT) == b"after"
    return seen


def put_all(queue, parent, messages):
    """In the partner of a getter: put all; where the getter has died, get what is still there."""
    number = 0
    while number < len(messages):
        try:
            queue.put_bytes(messages[number], timeout=0.05)
            number += 1
        except ipc.QueueFull:
            if not alive(parent):
                break
    if alive(parent):
        queue.end()
        return [number, []]
    rest = []
    while True:
        try:
            rest.append(digest(queue.get_bytes(timeout=0)))
        except ipc.QueueEmpty:
            break
    queue.put_bytes(b"after", timeout=WAIT)
    assert queue.get_bytes(timeout=WAIT) == b"after"
    return [number, rest]


class Put(SendPipe):
    messages, steps = FEW, True
    never = (*Beside.never, "write")  # of a byte to a pipe that others hold

    def act(self, folder, driver):
        self.sent, self.failed = [], []
        queue = ipc.Queue(room=256)
        try:
            partner = self.beside(get_all, queue, os.getpid())
            try:
                self.send(queue, driver)
                self.attempt(driver, queue.end)
            finally:
                driver.disarm()
                queue.end()
        finally:
            queue.close()
        partner.join()

    def send(self, queue, driver):
        for message in self.messages:
            before = len(self.troubles)
            self.attempt(driver, queue.put_bytes, message, WAIT)
            (self.sent if len(self.troubles) == before else self.failed).append(digest(message))

    def judge(self, seen, error):
        if self.failed:  # a half item that could not be taken out again, either
            seen = [message for message in seen if message != "lost"]
        super().judge(seen, error)

    def judge_survivor(self, seen):
        if seen and seen[-1] == "lost":
            seen.pop()
        super().judge_survivor(seen)


class Get(Beside):
    messages, steps = FEW, True
    never = Put.never

    def act(self, folder, driver):
        self.received = []
        queue = ipc.Queue(room=256)
        try:
            partner = self.beside(put_all, queue, os.getpid(), self.messages)
            while True:
                try:
                    message = self.attempt(driver, queue.get_bytes, WAIT)
                except EOFError:
                    break
                if message is not None:
                    self.received.append(digest(message))
        finally:
            queue.close()
        partner.join()

    def judge(self, seen, error):
        assert self.received == [digest(message) for message in self.messages], (self.received, error)

    def judge_survivor(self, seen):
        put, rest = seen
        wanted = [digest(message) for message in self.messages[:put]]
        assert rest == wanted[len(wanted) - len(rest):], (put, rest)


# Turns: what both count is what both have counted.

class Turns(Beside):
    steps = True

    def make(self):
        lock, counter = ipc.Lock(), ipc.Value("q", 0, lock=False)
        return [lock, counter]

    @staticmethod
    def turn(lock, counter):
        with lock:
            counter.value += 1

    def act(self, folder, driver):
        self.own = 0
        things = self.make()
        try:
            partner = self.beside(self.turn_often, os.getpid(), *things)
            for _ in range(ROUNDS):
                before = len(self.troubles)
                self.attempt(driver, self.turn, *things)
                self.own += before == len(self.troubles)
            partner.join()
            self.total = things[-1].value
        finally:
            for thing in things:
                thing.close()

    def turn_often(self, parent, *things):
        for _ in range(ROUNDS):
            self.turn(*things)
        return ROUNDS

    def judge(self, seen, error):
        assert seen == ROUNDS
        if self.own:
            assert self.total == seen + self.own

    def judge_survivor(self, seen):
        assert seen == ROUNDS


class Limited(Turns):
    def make(self):
        return [ipc.CapacityLimiter(1), ipc.Value("q", 0, lock=False)]


class Counted(Turns):
    def make(self):
        return [ipc.Value("q", 0)]

    @staticmethod
    def turn(counter):
        counter += 1


class Table(Turns):
    """An array whose items all say the same, under its lock."""

    def make(self):
        return [ipc.Array("q", 4), ipc.Value("q", 0)]

    @staticmethod
    def turn(array, counter):
        with array.lock:
            assert len({*array}) == 1 or array.lock.owner_died
            array[:] = [array[0] + 1] * 4
        counter += 1


class Units(Turns):
    """A semaphore as a lock; a killed holder keeps its unit."""

    def make(self):
        return [ipc.Semaphore(1), ipc.Value("q", 0, lock=False)]

    def turn_often(self, parent, units, counter):
        for number in range(ROUNDS):
            while not units.acquire(timeout=0.1):
                if not alive(parent):
                    return number
            counter.value += 1
            units.release()
        return ROUNDS

    def judge_survivor(self, seen):
        assert 0 <= seen <= ROUNDS


class Meet(Beside):
    errors = (OSError, threading.BrokenBarrierError)
    steps = True

    def act(self, folder, driver):
        barrier, self.met = ipc.Barrier(2), 0
        try:
            partner = self.beside(self.meet, os.getpid(), barrier)
            for _ in range(5):
                barrier.wait(WAIT)
                self.met += 1
            partner.join()
        finally:
            barrier.close()

    @staticmethod
    def meet(parent, barrier):
        for number in range(5):
            try:
                barrier.wait(0.5)
            except threading.BrokenBarrierError:
                return number
        return 5

    def judge(self, seen, error):
        assert error is not None or seen == self.met == 5


class Signal(Beside):
    steps = True

    def act(self, folder, driver):
        ping, pong = ipc.Event(), ipc.Event()
        self.rounds = 0
        try:
            partner = self.beside(self.answer, os.getpid(), ping, pong)
            for _ in range(5):
                self.surely(driver, ping.set)
                assert self.surely(driver, pong.wait, WAIT)
                self.surely(driver, pong.clear)
                self.rounds += 1
        finally:
            for event in (ping, pong):
                event.close()
        partner.join()

    @staticmethod
    def answer(parent, ping, pong):
        for number in range(5):
            while not ping.wait(0.1):
                if not alive(parent):
                    return number
            ping.clear()
            pong.set()
        return 5

    def judge(self, seen, error):
        assert self.rounds == 5 == seen or error is not None


# Memory.

class CreateShm(Beside):
    steps, never = True, (*Beside.never, "read")  # a pipe in `subprocess`, after it has forked

    def prepare(self, folder):
        super().prepare(folder)
        self.name = os.path.basename(folder)

    def act(self, folder, driver):
        with ipc.create_shm(self.name, 5000) as memory:
            memory.view[:] = b"x" * 5000
            self.beside(self.look, self.name).join()

    @staticmethod
    def look(name):
        try:
            with ipc.open_shm(name) as memory:
                return [memory.size, digest(bytes(memory.view))]
        except FileNotFoundError:
            return []

    def judge(self, seen, error):
        assert seen == [5000, digest(b"x" * 5000)] or self.fault.startswith("stat:")

    def check(self, folder, error):
        super().check(folder, error)
        assert not ipc_path(self.name).exists() or self.fault.startswith("unlink"), "the name is left"

    def check_killed(self, folder):
        super().check_killed(folder)
        deadline = time.monotonic() + WAIT
        path = ipc_path(self.name)
        while is_marked(path) and time.monotonic() < deadline:
            time.sleep(0.002)
        assert not is_marked(path), "the name is left"
        ipc.create_shm(self.name, 9).close()  # also where it was killed before its guard ran
        assert not path.exists(), "the name is left"


def is_marked(path):
    try:
        return path.read_bytes()[:8] == SHM_MARK
    except FileNotFoundError:
        return False


def ipc_path(name):
    return Path("/dev/shm", f"netio-{name}")


class OpenShm(CreateShm):
    steps = False

    def act(self, folder, driver):
        with self.unharmed(driver):
            memory = ipc.create_shm(self.name, 5000)
            memory.view[:] = b"y" * 5000
            partner = self.beside(int)
        try:
            with ipc.open_shm(self.name) as found:
                self.found = digest(bytes(found.view))
        finally:
            with self.unharmed(driver):
                memory.close()
        partner.join()

    def judge(self, seen, error):
        assert error is not None or self.found == digest(b"y" * 5000)


class Memory(Beside):
    def act(self, folder, driver):
        memory = ipc.AnonymousMemory(5000)
        try:
            partner = self.beside(self.fill, memory)
            partner.join()
            self.found = bytes(memory.view)
        finally:
            memory.close()

    @staticmethod
    def fill(memory):
        memory.view[:] = b"z" * 5000
        return 1

    def judge(self, seen, error):
        assert error is not None or self.found == b"z" * 5000


# Local sockets.

class Listen(Beside):
    """A listener whose guest comes, and one whose guest hands it a socket."""

    def act(self, folder, driver):
        path = os.path.join(folder, "door")
        with ipc.listen_local(path) as listener:
            partner = self.beside(self.visit, path)
            sock = None
            while sock is None:
                sock = self.attempt(driver, listener.accept, WAIT)
            with sock:
                given = ipc.recv_socket(sock)
                with given:
                    given.sendall(b"through the copy")
        partner.join()

    @staticmethod
    def visit(path):
        try:
            with ipc.connect_local(path) as sock:
                one, two = ipc.local_pair()
                with one, two:
                    ipc.send_socket(sock, one)
                    one.close()
                    return two.recv(99).decode().split()
        except (FileNotFoundError, ConnectionError):
            return []

    def judge(self, seen, error):
        assert seen == ["through", "the", "copy"] or error is not None

    def check_killed(self, folder):
        super().check_killed(folder)
        ipc.listen_local(os.path.join(folder, "door")).close()  # the path is taken over


class Visit(Beside):
    def act(self, folder, driver):
        path = os.path.join(folder, "door")
        with self.unharmed(driver):
            partner = self.beside(self.host, path)
            wait_ready(path)
        try:
            with contextlib.ExitStack() as stack:
                sock = stack.enter_context(ipc.connect_local(path))
                one, two = map(stack.enter_context, ipc.local_pair())
                ipc.send_socket(sock, one)
                one.close()
                self.said = two.recv(99)
        finally:
            driver.disarm()
            partner.join()

    @staticmethod
    def host(path):
        with ipc.listen_local(path) as listener:
            Path(path + ".ready").touch()
            try:
                with listener.accept(0.5) as sock, ipc.recv_socket(sock) as given:
                    given.sendall(b"through")
                    return 1
            except (OSError, EOFError, ValueError):
                return 0

    def judge(self, seen, error):
        assert error is not None or seen and self.said


ALL = {
    "send_pipe": SendPipe, "receive_pipe": ReceivePipe, "duplex": Duplex, "put": Put, "get": Get,
    "send_ring": SendRing, "receive_ring": ReceiveRing, "connect_ring": ConnectRing, "listen_ring": ListenRing,
    "lock": Turns, "limiter": Limited, "value": Counted, "array": Table, "semaphore": Units, "barrier": Meet,
    "event": Signal, "create_shm": CreateShm, "open_shm": OpenShm, "memory": Memory, "listen_local": Listen,
    "connect_local": Visit,
}
