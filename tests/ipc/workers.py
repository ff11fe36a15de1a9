"""What the processes of these tests do: at the top level of a module, so that a spawned one finds it."""
from __future__ import annotations

import hashlib
import os
import random
import threading

from netio.ipc import (
    Queue, Value, connect_ring, create_shm, open_duplex, open_pipe, open_ring, open_shm, recv_socket, start,
)


class QueueSender:
    """A queue's putting side, with the names of the other senders."""

    def __init__(self, queue):
        self.queue = queue

    def send_bytes(self, message, timeout=None):
        self.queue.put_bytes(message, timeout)

    def send_many(self, messages, timeout=None):
        self.queue._put(messages, timeout)

    def close(self):
        self.queue.end()


class QueueReceiver:
    """A queue's getting side, with the names of the other receivers."""

    def __init__(self, queue):
        self.queue = queue

    def recv_bytes(self, timeout=None):
        return self.queue.get_bytes(timeout)

    def recv_many(self, most=None, timeout=None):
        return self.queue._get(most or 1000, timeout)

    def close(self):
        self.queue.close()


def open_channel(kind, room=1 << 20):
    """Return (receiver, sender) of a message channel."""
    if kind == "pipe":
        return open_pipe()
    if kind == "duplex":
        return open_duplex()
    if kind == "ring":
        return open_ring(room)
    queue = Queue(room=room)
    return QueueReceiver(queue), QueueSender(queue)


def messages_of(seed, count):
    """Yield `count` messages of mixed sizes, the same for the same seed."""
    chance = random.Random(seed)
    pool = chance.randbytes(1 << 12) if hasattr(chance, "randbytes") else os.urandom(1 << 12)
    for number in range(count):
        size = chance.choice((0, 1, 7, 8, 9, 64, 64, 64, 300))
        begin = chance.randrange(4096 - size)
        yield number.to_bytes(4, "big") * (size > 0) + pool[begin:begin + size]


def digest(messages):
    total = hashlib.sha256()
    for message in messages:
        total.update(len(message).to_bytes(4, "big") + message)
    return total.hexdigest()


def send_all(sender, count, sizes):
    """Send `count` messages one by one, as many in batches, and one of each size."""
    for message in messages_of(1, count):
        sender.send_bytes(message)
    batch = []
    for number, message in enumerate(messages_of(2, count)):
        batch.append(message)
        if len(batch) > number % 97:
            sender.send_many(batch)
            batch = []
    sender.send_many(batch)
    for size in sizes:
        sender.send_bytes(bytes([size % 251]) * size)
    sender.close()


class Nowhere:
    """An `acknowledged` that nobody reads."""


def send_for_ever(sender, acknowledged):
    """Send 0, 1, 2, ... and store how many sends have returned."""
    number = 0
    while True:
        sender.send_bytes(number.to_bytes(8, "big"))
        number += 1
        acknowledged.value = number


def receive_for_ever(receiver, got):
    while True:
        got.value = int.from_bytes(receiver.recv_bytes(), "big") + 1


def get_until_end(queue, results):
    """Get all items; put how many and their sum into `results`."""
    count = total = 0
    for item in queue:
        count, total = count + 1, total + item
    results.put((count, total))


def put_range(queue, first, last):
    for item in range(first, last):
        queue.put(item)


def add_many(counter, times):
    for _ in range(times):
        counter += 1


def add_apart(counter, barrier):
    """Read, wait until the others have read, too, and write: every update but one is lost."""
    old = counter.value
    barrier.wait(30)
    counter.value = old + 1


def hold(lock, held):
    """Take the lock, say so, and never give it back."""
    lock.acquire()
    held.set()
    while True:
        lock.acquire(1)


def wait_for_unit(ready, places, gone):
    ready.release()
    if places.acquire(60):
        gone.release()


def add_one(number):
    return number + 1


def pass_through(limit, inside, most):
    with limit:
        now = inside.update(add_one)
        most.update(max_with(now))
        inside.update(subtract_one)


def max_with(number):
    return lambda old: max(old, number)


def subtract_one(number):
    return number - 1


def meet(barrier, order, rounds):
    for turn in range(rounds):
        barrier.wait(30)
        order.put(turn)


def read_block(name, results):
    with open_shm(name) as block:
        results.put((block.size, bytes(block.view)))
        block.view[:1] = b"J"


def own_block(name, ready):
    block = create_shm(name, 5)
    block.view[:] = b"owned"
    ready.set()
    while True:
        ready.wait(1)


def greet_passed(channel):
    with channel, recv_socket(channel) as sock:
        sock.sendall(b"from %d" % os.getpid())


def send_to_path(path, number, count):
    with connect_ring(path) as sender:
        for item in range(count):
            sender.send((number, item))


LARGE = 20


def put_large(queue, tell=None):
    for _ in range(LARGE):
        queue.put(bytes(100_000))
    if tell:
        tell.send("all is put")


FILLED: list = []


def fill_global():
    FILLED.append("by the child")


def send_word(sender):
    sender.send("word")


def double_first(shared):
    shared[0] = shared[0] * 2


def echo_items(items, results):
    for item in items:
        results.put(item)


def put_longer_and_longer(items):
    for size in range(1, 10_000):
        items.put_bytes(bytes(100 * size), 60)


MIXED = 60


def mixed_sizes(number):
    chance = random.Random(number)
    return [chance.choice([10, 100, 1000]) + chance.randrange(100) for _ in range(MIXED)]


def put_mixed(items, number):
    for size in mixed_sizes(number):
        items.put_bytes(bytes([number]) * size, 60)


def get_mixed(items, results):
    """Get as many items as one putter puts; each must be of one putter's bytes only."""
    for _ in range(MIXED):
        item = items.get_bytes(60)
        results.put((item[0], len(item)) if item == item[:1] * len(item) else "mixed")


def put_slowly(items, out):
    """Put a part of a long item, and stay in the middle of it."""
    piece = items._put_piece

    def put_piece(data, sent):
        if sent:
            out.set()
            return 0
        return piece(data, sent)

    items._put_piece = put_piece
    items.put_bytes(bytes(5000))


def get_slowly(items, begun):
    """Get a part of a long item, and stay in the middle of it."""
    piece = items._get_piece

    def get_piece(parts, wanted):
        if wanted >= 0:
            begun.set()
            return ()
        return piece(parts, wanted)

    items._get_piece = get_piece
    items.get_bytes()


def take_briefly(lock):
    return lock.acquire(timeout=0.2)


def turn_for_ever(lock, counter):
    """Count up under the lock in two steps, so that a turn that is not alone shows."""
    while True:
        with lock:
            counter.value += 1


def keep_many(things, ready):
    for thing in things:
        thing.acquire()
        thing.release()
    ready.set()


def hold_and_end(lock):
    lock.acquire()


def hold_in_a_thread(lock):
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    thread.join()


def send_and_start(path):
    """Connect, send, start a child that uses none of it, and close: the receiver must see the end at once."""
    sender = connect_ring(path)
    sender.send("hi")
    child = start(wait_for_ever, method="fork")
    sender.send(child.pid)
    sender.close()
    wait_for_ever()


def wait_for_ever():
    threading.Event().wait()


def close_held(lock, closed, go):
    lock.acquire()
    lock.close()
    del lock
    closed.set()
    go.wait(60)


def make_value(results):
    value = Value("q", 5)
    results.put(value.value)


def be_interrupted():
    raise KeyboardInterrupt
