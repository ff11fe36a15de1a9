"""Processes that talk to each other."""
from __future__ import annotations

from .blocks import Block, create_block, open_block
from .inbox import RingInbox, connect_ring, listen_ring
from .local import (
    LocalListener, connect_local, listen_local, local_pair, peer_process, recv_descriptor, recv_socket, send_descriptor,
    send_socket,
)
from .locks import Event, Lock
from .memory import Memory
from .pipes import Connection, Receiver, Sender, ask_leave, give_leave, open_duplex, open_pipe, start
from .queues import Queue, QueueEmpty, QueueFull
from .ring import RingReceiver, RingSender, open_ring
from .semaphores import Barrier, Limit, Semaphore
from .shared import Array, Value
from .signals import SignalMessage, SignalQueue, send_signal

__all__ = [
    # pipes
    "open_pipe", "open_duplex", "start", "Sender", "Receiver", "Connection", "ask_leave", "give_leave",
    # queues
    "Queue", "QueueEmpty", "QueueFull",
    # shared memory
    "Value", "Array", "Memory", "Block", "create_block", "open_block",
    # rings
    "open_ring", "RingSender", "RingReceiver", "RingInbox", "listen_ring", "connect_ring",
    # taking turns
    "Lock", "Event", "Semaphore", "Limit", "Barrier",
    # signals
    "SignalQueue", "SignalMessage", "send_signal",
    # local sockets
    "listen_local", "connect_local", "local_pair", "LocalListener", "send_socket", "recv_socket", "send_descriptor",
    "recv_descriptor", "peer_process",
]
