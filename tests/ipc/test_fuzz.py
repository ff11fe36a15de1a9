"""Frames, pipes and rings against lists, and with bytes in them that no sender writes: an error, never all memory."""
from __future__ import annotations

import pytest

from netio.ipc import open_pipe, open_ring
from netio.ipc.frames import HEADER, LARGEST_BATCH, pack_batch, unpack_frame, unpack_frames
from netio.ipc.pipes import Receiver

from ..fuzzing import cut, mutate, rounds

TOKENS = [b"\0", b"\xff", b"\0\0\0\x80", HEADER.pack(0, (1 << 31) - 1), HEADER.pack(5, 5), HEADER.pack(4, 1 << 31 | 1)]


def some_messages(rng):
    messages = [rng.randbytes(rng.choice((0, 1, 5, 5, 300))) for _ in range(rng.choice((1, 2, 3, 10)))]
    return messages if rng.random() < 0.5 else messages[:1] * len(messages)


class Stream:
    """A stream that gives the pieces one by one, and after them the end."""

    def __init__(self, pieces):
        self.pieces = [piece for piece in pieces if piece]

    def read(self, timeout=None):
        return self.pieces.pop(0) if self.pieces else b""


def received(pieces, largest):
    """Return the messages that a pipe's receiver gives out, and the kind of error that ends it."""
    receiver, found = Receiver(Stream(pieces), largest), []
    try:
        while True:
            found += receiver.recv_many(timeout=0)
    except (EOFError, ValueError) as error:
        return found, type(error)


@rounds(300, 300_000)
def test_what_comes_out_of_a_pipe_is_what_went_in_however_it_is_cut(rounds, rng):
    for number in range(rounds):
        batches = [some_messages(rng) for _ in range(rng.randrange(1, 4))]
        data = b"".join(map(pack_batch, batches))
        sent = [message for batch in batches for message in batch]
        assert unpack_frames(data) == (sent, len(data))
        assert received(cut(rng, data), 300) == (sent, EOFError), number
        data = mutate(rng, [data], TOKENS)
        whole, error = received([data], 1 << 30)
        got, cut_error = received(cut(rng, data), 1 << 30)
        assert error == cut_error, (number, data)
        assert got == whole or error is ValueError and got[:len(whole)] == whole, (number, data)


@rounds(60, 30_000)
def test_what_comes_out_of_a_ring_is_what_went_in_and_spoilt_memory_is_an_error(rounds, rng):
    receiver, sender = open_ring(1 << 12)
    for _ in range(rounds):
        sent = []
        for _ in range(rng.randrange(1, 4)):
            sent += (messages := some_messages(rng)[:3])
            sender.send_many(messages, 0) if rng.random() < 0.5 else [sender.send_bytes(each, 0) for each in messages]
        got = []
        while len(got) < len(sent):
            got += receiver.recv_many(rng.choice((None, 1)), 0)
        assert got == sent
    receiver.close(), sender.close()
    for _ in range(rounds // 10):
        receiver, sender = open_ring(1 << 12)
        for _ in range(3):
            sender.send_many(some_messages(rng)[:3], 0)
        for _ in range(rng.randrange(1, 4)):
            sender._words[rng.randrange(8)] = rng.choice((0, 1 << 63, (1 << 31) - 1 << 32, rng.getrandbits(64)))
        try:
            while True:
                receiver.recv_many(timeout=0)
        except (ValueError, TimeoutError):
            pass
        receiver.close(), sender.close()


def test_a_header_alone_does_not_take_all_memory():
    with pytest.raises(ValueError, match="2147483647 empty messages in one frame: 65536 are allowed"):
        unpack_frame((1 << 31) - 1, b"")
    for receiver, sender in (open_pipe(), open_ring()):  # and none of ours are more than that
        sender.send_many([b""] * (LARGEST_BATCH + 1), 60)
        got = 0
        while got <= LARGEST_BATCH:
            got += len(receiver.recv_many(timeout=60))
        receiver.close(), sender.close()
