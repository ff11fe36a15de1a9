"""What only a ring does: its records run around the end of the memory, and it is emptied in portions."""
from __future__ import annotations

import pytest

from netio.ipc import open_ring

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def ring(request):
    receiver, sender = open_ring(request.param)
    yield receiver, sender
    sender.close()
    receiver.close()


@pytest.mark.parametrize("ring", [1 << 8], indirect=True)
def test_messages_and_batches_run_around_the_end_whole(ring):
    receiver, sender = ring
    for number in range(300):
        message = bytes([number % 251]) * (number % 90)
        sender.send_bytes(message, 0)
        sender.send_many([message[:20], b"end"], 0)
        assert receiver.recv_bytes(0) == message
        assert receiver.recv_many(timeout=0) == [message[:20], b"end"]


@pytest.mark.parametrize("ring", [1 << 22], indirect=True)
def test_a_full_ring_has_room_again_after_the_first_message_is_read(ring):
    receiver, sender = ring
    large, sent = 1 << 16, 0
    with pytest.raises(TimeoutError):
        while True:
            sender.send_bytes(sent.to_bytes(large, "big"), 0)
            sent += 1
    assert sent == 63  # of 64 KiB, each with 8 bytes before it
    got = [receiver.recv_bytes(0)]
    sender.send_bytes(sent.to_bytes(large, "big"), 0)
    got += [receiver.recv_bytes(0) for _ in range(sent)]
    assert [int.from_bytes(message, "big") for message in got] == list(range(sent + 1))


@pytest.mark.parametrize("ring", [1 << 12], indirect=True)
def test_a_spoilt_record_is_refused(ring):
    receiver, sender = ring
    sender.send_bytes(b"sound")
    sender._words[0] = 2000
    with pytest.raises(ValueError, match="spoilt"):
        receiver.recv_bytes(0)
