"""How processes talk to each other: every way that the course's chapter 进程间通信 names, and the fast ones it does not.

The same code runs with forked and with spawned processes, and on Windows. A killed process hangs nobody: locks are
the kernel's, which frees them; the end of a pipe tells of a death; memory has no name, or a guard that removes it.

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

`related` processes are those that get it as an argument (give it with `start`, which closes what they do not use);
`any` find it by a path or a name. What must outlive all processes belongs in a file. How fast each is on your machine
`python3 scripts/bench.py ipc` says, in the rows named last: batches beat single messages by far, rings and pipes beat
queues, and only in memory is 64 KiB as cheap as a copy. A turn costs more than the stdlib's, for the kernel has to be
asked who died. Nothing here unpickles what comes from another machine; nor should you.
"""
from __future__ import annotations

from .inbox import RingInbox, connect_ring, listen_ring
from .local import (
    LocalListener, connect_local, listen_local, local_pair, peer_credentials, recv_fd, recv_socket, send_fd,
    send_socket,
)
from .locks import Event, Lock
from .memory import AnonymousMemory
from .pipes import Connection, Receiver, Sender, answer_logins, open_duplex, open_pipe, request_login, start
from .queues import Queue, QueueEmpty, QueueFull
from .ring import RingReceiver, open_ring
from .ring_sender import RingSender
from .semaphores import Barrier, CapacityLimiter, Semaphore
from .shm import SharedMemory, create_shm, open_shm
from .signals import SignalMessage, SignalWaiter, send_signal
from .values import Array, Value

__all__ = [
    # pipes
    "open_pipe", "open_duplex", "start", "Sender", "Receiver", "Connection", "request_login", "answer_logins",
    # queues
    "Queue", "QueueEmpty", "QueueFull",
    # shared memory
    "Value", "Array", "AnonymousMemory", "SharedMemory", "create_shm", "open_shm",
    # rings
    "open_ring", "RingSender", "RingReceiver", "RingInbox", "listen_ring", "connect_ring",
    # taking turns
    "Lock", "Event", "Semaphore", "CapacityLimiter", "Barrier",
    # signals
    "SignalWaiter", "SignalMessage", "send_signal",
    # local sockets
    "listen_local", "connect_local", "local_pair", "LocalListener", "send_socket", "recv_socket", "send_fd",
    "recv_fd", "peer_credentials",
]
