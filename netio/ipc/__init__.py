"""How processes talk to each other: every way that the course's chapter 进程间通信 names, and the fast ones it does not.

The same code runs with forked and with spawned processes, and on Windows. A killed process hangs nobody: locks are
freed when their holder ends; a pipe ends with its process; memory has no name, or a guard that removes it.

Start here: start, open_pipe, open_ring, Queue, Value, CapacityLimiter.

    mechanism        carries           direction     between  persistent      platforms    row of bench.py ipc
    open_pipe        objects, bytes    one way       related  no              all          pipe
    open_duplex      objects, bytes    both ways     related  no              all          there and back
    Queue            objects, bytes    many to many  related  no              all          queue
    Value, Array     numbers, records  all to all    related  no              all          value
    create_shm       bytes by name     all to all    any      till its owner  all          two copies
    open_ring        objects, bytes    one way       related  no              all, 64-bit  ring
    listen_ring      objects, bytes    many to one   any      no              all, 64-bit  ring
    Lock             a turn            all to all    related  no              all          lock
    Semaphore        turns             all to all    related  no              all          semaphore
    CapacityLimiter  turns             all to all    related  no              all          semaphore
    Barrier, Event   a meeting, flag   all to all    related  no              all          event
    SignalWaiter     a number          any to one    any      no              Linux        signal
    listen_local     bytes             both ways     any      no              all          local socket
    send_socket      a socket          one way       any      no              all          socket passed

`related` processes get it as an argument (give it with `start`, which closes what they do not use); `any` process finds
it by a path or a name. What must outlive all processes belongs in a file. `python3 scripts/bench.py ipc` measures how
fast each is on your machine, in the rows named last: batches beat single messages by far, rings and pipes beat queues,
and only in memory is 64 KiB as cheap as a copy. A lock costs about twice the stdlib's, because it is free again when
its holder is killed. Nothing here unpickles what comes from another machine; nor should you.
"""
from __future__ import annotations

from .local import connect_local, listen_local, local_pair, recv_socket, send_socket
from .locks import Event, Lock
from .pipes import open_duplex, open_pipe, start
from .queues import Queue, QueueEmpty, QueueFull
from .rings.inbox import connect_ring, listen_ring
from .rings.receiver import open_ring
from .semaphores import Barrier, CapacityLimiter, Semaphore
from .shm import create_shm, open_shm
from .signals import SignalWaiter, send_signal
from .system.memory import AnonymousMemory
from .values import Array, Value

__all__ = [
    "start", "open_pipe", "open_duplex",
    "Queue", "QueueEmpty", "QueueFull",
    "Value", "Array", "AnonymousMemory", "create_shm", "open_shm",
    "open_ring", "listen_ring", "connect_ring",
    "Lock", "Event", "Semaphore", "CapacityLimiter", "Barrier",
    "SignalWaiter", "send_signal",
    "listen_local", "connect_local", "local_pair", "send_socket", "recv_socket",
]
