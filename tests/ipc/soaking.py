"""Queues, rings, pools, limits and memory that live for minutes, while those who use them are killed at random.

    python3 -m tests.ipc.soaking KIND SECONDS SEED      print what this process held after each phase, as JSON

`pytest --soak` runs each for a minute, `--soak-minutes 10` for ten. Nothing is lost or wrong but what a killed process
had in its hands, and what the long-lived process holds stays flat.
"""
from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import struct
import sys
import tempfile
import time
import zlib
from pathlib import Path

from netio.concurrency import ChildDied, ProcessPool, map_unordered
from netio.ipc import (
    Array, CapacityLimiter, Event, Queue, connect_ring, create_shm, listen_ring, open_pipe, open_shm, start,
)

from ..soaking import PHASES, WAIT, held_by

try:
    import fcntl
except ImportError:  # Windows
    pass

HEADER = struct.Struct("=QQL")  # who sends, which of its messages, checksum
MOST_SENDERS = 50_000
ROOM = 1 << 16


def make_message(who, number, longest=3 * ROOM):
    rng = random.Random(f"{who} {number}")
    size = rng.choice((rng.randrange(50), rng.randrange(5000), rng.randrange(longest) if rng.random() < 0.1 else 0))
    body = rng.getrandbits(8 * size + 8).to_bytes(size + 1, "big")
    return HEADER.pack(who, number, zlib.crc32(body)) + body


def read_message(message):
    who, number, checksum = HEADER.unpack_from(message)
    assert zlib.crc32(message[HEADER.size:]) == checksum, f"message {number} of {who} is wrong"
    return who, number


class World:
    """Some processes at work, of which one after the other is killed and replaced."""

    targets = ()

    def __init__(self, seed):
        self.rng, self.started, self.kills, self.folder = random.Random(seed), 0, 0, tempfile.mkdtemp()
        self.workers = []

    def begin(self):
        self.workers = [self.start(target) for target in self.targets]

    def start(self, target):
        self.started += 1
        return target, start(target, self.started, *self.given(target), method="fork")

    def given(self, target):
        raise NotImplementedError

    def churn(self):
        """Wait a moment, then kill one and start another in its place."""
        time.sleep(self.rng.uniform(0.02, 0.2))
        self.kill_one()

    def kill_one(self):
        at = self.rng.randrange(len(self.workers))
        target, process = self.workers[at]
        assert process.is_alive(), f"{target.__name__} ended with {process.exitcode}"
        process.kill()
        process.join(WAIT)
        process.close()
        self.killed(target)
        self.kills += 1
        self.workers[at] = self.start(target)

    def killed(self, target):
        """One of those has been killed."""

    def rest(self):
        """End all workers, and look whether all is right."""
        while self.workers:
            _, process = self.workers.pop()
            process.kill()
            process.join(WAIT)
            process.close()

    def close(self):
        shutil.rmtree(self.folder)


# A queue: what is put is got, once and in order.

def put_messages(who, queue, put, got, stopping):
    number = 0
    while not stopping.is_set():
        queue.put_bytes(make_message(who, number), WAIT)
        number += 1
        put[who] = number


def get_messages(who, queue, put, got, stopping):
    last = {}
    while True:
        try:
            message = queue.get_bytes(WAIT)
        except ConnectionResetError:  # in the place of a long one whose putter was killed
            continue
        if not message:
            return
        sender, number = read_message(message)
        assert number > last.get(sender, -1), "twice, or out of order"
        last[sender] = number
        got[who] += 1


class QueueWorld(World):
    targets = (put_messages, put_messages, put_messages, get_messages, get_messages)

    def __init__(self, seed):
        super().__init__(seed)
        self.queue, self.stopping = Queue(room=ROOM), Event()
        self.put, self.got = (Array("Q", MOST_SENDERS, lock=False) for _ in range(2))
        self.killed_of = dict.fromkeys(self.targets, 0)

    def given(self, target):
        return self.queue, self.put, self.got, self.stopping

    def killed(self, target):
        self.killed_of[target] += 1

    def rest(self):
        self.stopping.set()
        getters = [process for target, process in self.workers if target is get_messages]
        for process in [process for target, process in self.workers if target is put_messages]:
            process.join(WAIT)
            assert process.exitcode == 0, process.exitcode
        for _ in getters:
            self.queue.put_bytes(b"", WAIT)
        for process in getters:
            process.join(WAIT)
            assert process.exitcode == 0, process.exitcode
        self.workers.clear()
        self.stopping.clear()
        put, got = sum(self.put), sum(self.got)
        print(f"{put} put, {got} got, {self.killed_of}", file=sys.stderr)
        assert self.queue.empty() and put > got - self.killed_of[put_messages] - 1
        assert got >= put - self.killed_of[get_messages]

    def close(self):
        for part in (self.queue, self.stopping, self.put, self.got):
            part.close()
        super().close()


# Rings to one inbox: what a killed sender has sent comes, to the last whole message.

def send_by_ring(who, path):
    with connect_ring(path, ROOM, timeout=WAIT) as sender:
        for number in range(1 << 40):
            sender.send_bytes(make_message(who, number, ROOM // 4), WAIT)


class RingWorld(World):
    targets = (send_by_ring,) * 4

    def __init__(self, seed):
        super().__init__(seed)
        self.inbox = listen_ring(os.path.join(self.folder, "ring"), senders=1 << 40)
        self.next, self.count = {}, 0

    def given(self, target):
        return (self.inbox.path,)

    def receive(self, seconds):
        """Receive for so long, or until nobody sends; return whether anything came."""
        until = time.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            while time.monotonic() < until:
                who, number = read_message(self.inbox.recv_bytes(seconds))
                assert number == self.next.get(who, 0), f"{who}: {number} after {self.next.get(who, 0) - 1}"
                self.next[who] = number + 1
                self.count += 1

    def churn(self):
        self.receive(self.rng.uniform(0.02, 0.2))
        self.kill_one()

    def rest(self):
        super().rest()
        self.receive(1.0)
        print(f"{self.count} messages of {len(self.next)} senders, {self.kills} killed", file=sys.stderr)
        self.next.clear()

    def close(self):
        self.inbox.close()
        super().close()


# Pipes: each sender has its own.

class PipeWorld(World):
    targets = (None,)

    def begin(self):
        self.count = getattr(self, "count", 0)

    def churn(self):
        receiver, sender = open_pipe()
        self.started += 1
        with receiver:
            process = start(send_by_pipe, self.started, sender, method="fork")
            for number in range(self.rng.choice((0, 1, 50))):
                assert read_message(receiver.recv_bytes(WAIT)) == (self.started, number)
            process.kill()
            with contextlib.suppress(EOFError):  # also in the middle of a message
                while True:
                    read_message(receiver.recv_bytes(WAIT))
                    self.count += 1
        process.join(WAIT)
        process.close()
        self.kills += 1

    def rest(self):
        print(f"{self.started} pipes, {self.count} messages read after the sender's death", file=sys.stderr)


def send_by_pipe(who, sender):
    for number in range(1 << 40):
        sender.send_bytes(make_message(who, number), WAIT)


# A pool: each task has its own result or its own error, whatever becomes of the workers.

class Refused(Exception):
    """What a task raises."""


def do_task(number, how):
    if how == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        time.sleep(WAIT)
    if how == "raise":
        raise Refused(number)
    return zlib.crc32(make_message(number, 0)), os.getpid()


def do_whole(number):
    return do_task(number, "whole")


class PoolWorld(World):
    def __init__(self, seed):
        super().__init__(seed)
        self.pool = ProcessPool(3, timeout=WAIT, method="fork", max_tasks_per_child=500)
        self.pids, self.outcomes = [], {}

    def begin(self):
        """The pool does."""

    def churn(self):
        hows = self.rng.choices(("whole", "raise", "die", "hang"), (60, 10, 1, 1), k=40)
        futures = [self.pool.submit_timed(0.1 if how == "hang" else WAIT, do_task, number, how)
                   for number, how in enumerate(hows)]
        self.kill_worker()
        for number, (how, future) in enumerate(zip(hows, futures)):
            self.note(number, how, future)
        with contextlib.suppress(ChildDied):
            for number, (checksum, pid) in map_unordered(self.pool, do_whole, range(200), chunksize=7, timeout=WAIT):
                assert checksum == zlib.crc32(make_message(number, 0))
                if self.rng.random() < 0.005:
                    self.pids.append(pid)
                    self.kill_worker()

    def kill_worker(self):
        if self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pids.pop(), signal.SIGKILL)
                self.kills += 1

    def note(self, number, how, future):
        try:
            checksum, pid = future.result(WAIT)
            assert how == "whole" and checksum == zlib.crc32(make_message(number, 0))
            self.pids = [pid]
            outcome = "whole"
        except Refused:
            assert how == "raise"
            outcome = how
        except TimeoutError:
            assert how == "hang"
            outcome = how
        except ChildDied:
            outcome = "died"
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def rest(self):
        self.pids.clear()
        assert self.pool.submit(divmod, 7, 2).result(WAIT) == (3, 1)
        print(f"{self.outcomes}, {self.kills} killed", file=sys.stderr)

    def close(self):
        self.pool.shutdown()
        super().close()


# A limit: never more than three at once, and a killed one's place is free again.

def hold_place(who, limit, folder):
    files = [open(os.path.join(folder, str(number)), "w") for number in range(3)]
    while True:
        with limit:
            until = time.monotonic() + WAIT  # of one that was killed the place is free before the file may be
            while not (mine := [file for file in files if locked(file)][:1]):
                assert time.monotonic() < until, "more than three hold a place"
                time.sleep(0.001)
            fcntl.flock(mine[0], fcntl.LOCK_UN)


def locked(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class LimitWorld(World):
    targets = (hold_place,) * 6

    def __init__(self, seed):
        super().__init__(seed)
        self.limit = CapacityLimiter(3)

    def given(self, target):
        return self.limit, self.folder

    def rest(self):
        super().rest()
        print(f"{self.kills} killed", file=sys.stderr)
        assert self.limit.available() == 3

    def close(self):
        self.limit.close()
        super().close()


# Memory by name: whose owner is killed it goes.

def own_memory(who):
    with create_shm(f"soak-{os.getppid()}-{who}", 100_000) as memory:
        memory.view[:] = bytes([who % 256]) * 100_000
        time.sleep(WAIT)


def read_memory(who):
    prefix = f"netio-soak-{os.getppid()}-"
    while True:
        for name in os.listdir("/dev/shm"):
            if name.startswith(prefix):
                with contextlib.suppress(FileNotFoundError, TimeoutError):
                    with open_shm(name[len("netio-"):], timeout=0.01) as memory:
                        assert bytes(memory.view[-10:]) in (bytes(10), bytes([int(name.rpartition("-")[2]) % 256]) * 10)


class MemoryWorld(World):
    targets = (own_memory, own_memory, read_memory)

    def given(self, target):
        return ()

    def rest(self):
        """Guards remove what their owners left; what has no guard yet is taken over by who next wants the name."""
        super().rest()
        until = time.monotonic() + WAIT
        while any(marked(path) for path in self.there()):
            assert time.monotonic() < until, "memory of the dead is left"
            time.sleep(0.05)
        for path in self.there():
            create_shm(path.name[len("netio-"):], 1).close()
        print(f"{self.kills} killed", file=sys.stderr)
        assert not self.there()

    @staticmethod
    def there():
        return list(Path("/dev/shm").glob(f"netio-soak-{os.getpid()}-*"))


def marked(path):
    with contextlib.suppress(FileNotFoundError):
        with open(path, "rb") as file:
            return file.read(8) == b"netioblk"
    return False


KINDS = {"queue": QueueWorld, "ring": RingWorld, "pipe": PipeWorld, "pool": PoolWorld, "limit": LimitWorld,
         "memory": MemoryWorld}


def main():
    kind, seconds, seed = sys.argv[1:]
    world = KINDS[kind](seed)
    for _ in range(PHASES):
        world.begin()
        until = time.monotonic() + float(seconds) / PHASES
        while time.monotonic() < until:
            world.churn()
        world.rest()
        time.sleep(1.0)  # guards and workers that are just ending
        print(json.dumps(held_by(os.getpid())), flush=True)
    world.close()


if __name__ == "__main__":
    main()
