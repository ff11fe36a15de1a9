"""What only a ring does: its records run around the end of the memory, and it is emptied in portions."""
from __future__ import annotations

import platform
import random
import threading
import time

import pytest

import netio.ipc
from netio.ipc import open_pipe, open_ring
from netio.ipc.rings.inbox import RingInbox
from netio.ipc.rings.ends import HEAD, RECEIVER_SLEEPS, STORES_IN_ORDER, TAIL

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def ring(request):
    receiver, sender = open_ring(request.param)
    yield receiver, sender
    sender.close()
    receiver.close()


@pytest.mark.parametrize("ring", [1 << 8], indirect=True)
def test_a_ring_that_has_carried_much_goes_on(ring):
    receiver, sender = ring
    much = 1 << 40
    sender._counters[TAIL] = sender._counters[HEAD] = much
    sender._tail = sender._head = receiver._tail = receiver._head = much
    sender._room = much + sender.size
    for number in range(20):
        sender.send_bytes(bytes([number]) * 100, 0)
        assert receiver.recv_bytes(0) == bytes([number]) * 100


def test_the_processor_is_known_without_a_service_being_asked():
    assert STORES_IN_ORDER == (platform.machine().lower() in ("x86_64", "amd64"))


@pytest.mark.parametrize("ring", [1 << 8], indirect=True)
def test_messages_and_batches_run_around_the_end_whole(ring):
    receiver, sender = ring
    for number in range(300):
        message = bytes([number % 251]) * (number % 90)
        sender.send_bytes(message, 0)
        sender.send_many([message[:20], b"end"], 0)
        assert receiver.recv_bytes(0) == message
        assert receiver.recv_many(timeout=0) == [message[:20], b"end"]
    sender.send_bytes(bytes(248), 0)
    assert receiver.recv_bytes(0) == bytes(248)
    with pytest.raises(ValueError, match="never fit"):
        sender.send_bytes(bytes(249), 0)


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


@pytest.mark.parametrize("ring", [1 << 12], indirect=True)
@pytest.mark.parametrize("in_order", [True, False])
def test_runs_of_one_size_around_the_end_between_others(ring, in_order, monkeypatch):
    for module in (netio.ipc.rings.receiver, netio.ipc.rings.sender):
        monkeypatch.setattr(module, "STORES_IN_ORDER", in_order)
    receiver, sender = ring
    chance = random.Random(1)
    for _ in range(500):
        sent = []
        for size in chance.choices((0, 1, 8, 64, 100), k=3):
            sent += [chance.choice((bytes, bytearray))([number]) * size for number in range(chance.randrange(10))]
        sent += [b"", b"7 bytes"]
        for number, message in enumerate(sent):
            sender.send_bytes(memoryview(message) if number % 5 == 4 else message, 0)
        assert [receiver.recv_bytes(0) for _ in sent] == sent


def lose_a_ring(receiver, flagged, sender):
    """Let the receiver fall asleep, and send it a message without a ring; return what it received, and when."""
    got = []
    thread = threading.Thread(target=lambda: got.append(receiver.recv_bytes(60)))
    thread.start()
    while not flagged._counters[RECEIVER_SLEEPS]:
        pass
    sender._wake_peer = lambda flag: None
    begin = time.monotonic()
    sender.send_bytes(b"unheard")
    thread.join(60)
    return got, time.monotonic() - begin


@pytest.mark.parametrize("inbox", [False, True])
def test_a_sender_that_saw_no_flag_is_noticed_after_a_nap(inbox, monkeypatch):
    monkeypatch.setattr(netio.ipc.rings.ends, "RECHECK_DELAY", 0.5)
    receiver, sender = open_ring()
    end = RingInbox([receiver]) if inbox else receiver
    got, seconds = lose_a_ring(end, receiver, sender)
    assert got == [b"unheard"] and seconds < 30
    with pytest.raises(TimeoutError):
        end.recv_bytes(0.7)  # longer than a nap
    sender.close()
    end.close()


def test_a_stale_ring_begins_the_naps_anew(monkeypatch):
    monkeypatch.setattr(netio.ipc.rings.ends, "RECHECK_DELAY", 0.01)
    receiver, sender = open_ring()
    nap = netio.ipc.rings.ends.Nap()
    assert receiver._sleep(nap, None, None) is False and nap.limit(None) is None
    sender._peer_doorbell.write(b"!")
    assert receiver._sleep(nap, None, None) is False and nap.limit(None) == 0.01
    sender.close()
    assert receiver._sleep(nap, None, None) is True
    receiver.close()


@pytest.mark.parametrize("open_ends", [open_pipe, open_ring])
def test_a_flow_gathers_and_ends(open_ends):
    receiver, sender = open_ends()
    thread = threading.Thread(target=lambda: [sender.send_bytes(b"%d" % number, 60) for number in range(20_000)])
    thread.start()
    assert [receiver.recv_bytes(60) for _ in range(20_000)] == [b"%d" % number for number in range(20_000)]
    thread.join(60)
    for _ in range(1000):
        receiver._flow.count(2, 10)
    with pytest.raises(TimeoutError):
        receiver.recv_bytes(0.01)
    assert not receiver._flow.steady
    sender.send_bytes(b"later")
    assert receiver.recv_bytes(60) == b"later"
    sender.close()
    receiver.close()
