"""One contract for every channel that carries messages: pipe, two-way pipe, ring and queue, forked and spawned."""
from __future__ import annotations

import contextlib
import random
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from netio.ipc import Value, open_pipe, start
from netio.ipc.frames import HEADER, LARGEST_BATCH, pack_batch, pack_message, unpack_frames
from netio.ipc.pipes import Receiver
from tests.conftest import every_method
from tests.ipc import workers

pytestmark = pytest.mark.usefixtures("nothing_left")
KINDS = ["pipe", "duplex", "ring", "queue"]


@pytest.fixture
def soak(request):
    return request.config.getoption("--soak")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def channel(kind):
    receiver, sender = workers.open_channel(kind)
    yield receiver, sender
    sender.close()
    receiver.close()


def send_for_nobody(sender):
    with contextlib.suppress(BrokenPipeError):
        sender.send_bytes(bytes(1_000_000), 60)


def test_a_message_above_the_limit_is_refused_and_costs_no_other():
    receiver, sender = open_pipe(largest=10)
    sender.send_many([b"first", bytes(11), b"last"])
    with pytest.raises(ValueError, match="a message of 11 bytes comes: 10 are allowed"):
        receiver.recv_bytes(60)
    assert receiver.recv_many(2, 60) == [b"first", b"last"]
    sending = threading.Thread(target=send_for_nobody, args=(sender,))
    sending.start()
    with pytest.raises(ValueError, match="a message of 1000000 bytes comes: 10 are allowed"):
        receiver.recv_bytes(60)
    receiver.close()
    sending.join()
    sender.close()


def test_what_there_was_no_memory_to_cut_is_given_out_by_the_next_call(monkeypatch):
    pieces = iter([pack_message(b"a") + pack_message(b"b")])
    receiver = Receiver(SimpleNamespace(read=lambda timeout: next(pieces)))
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr("netio.ipc.pipes.unpack_frames", Mock(side_effect=MemoryError))
        receiver.recv_bytes()
    assert [receiver.recv_bytes(), receiver.recv_bytes()] == [b"a", b"b"]


def test_a_batch_is_judged_by_its_messages_wherever_it_is_cut():
    messages = [b"", b"abc", b"de", b"fgh"]
    frame = pack_batch(messages)
    for cut in range(1, len(frame)):
        pieces = iter([frame[:cut], frame[cut:]])
        receiver = Receiver(SimpleNamespace(read=lambda timeout: next(pieces)), largest=3)
        assert receiver.recv_many() == messages
    sizes = random.Random(7).choices(range(11), k=20_000)
    assert all(HEADER.unpack_from(frame)[0] <= LARGEST_BATCH for frame in cut_frames(pack_batch([*map(bytes, sizes)])))
    receiver, sender = open_pipe(largest=10)
    sending = threading.Thread(target=sender.send_many, args=([*map(bytes, sizes)], 60))
    sending.start()
    assert [len(receiver.recv_bytes(60)) for _ in sizes] == sizes
    sending.join()
    receiver.close()
    sender.close()


def test_a_long_batch_has_few_frames_and_one_of_long_messages_a_frame_for_each():
    for messages, frames in (([b"%05d" % number for number in range(20_000)], 4), ([bytes(70_000), bytes(66_000)], 2)):
        packed = pack_batch(messages)
        assert len([*cut_frames(packed)]) == frames and unpack_frames(packed) == (messages, len(packed))


def cut_frames(data):
    while data:
        end = HEADER.size + HEADER.unpack_from(data)[0]
        yield data[:end]
        data = data[end:]


def end_of(process, sender, kind):
    """Wait for a process; a queue has no owner whose death ends it, so its end is said for it."""
    process.join(60)
    assert process.exitcode is not None
    if kind == "queue":
        sender.close()


def test_all_messages_arrive_whole_and_in_order(kind, start_method, soak):
    count = 1_000_000 if soak else 10_000  # sent twice: one by one and in batches
    sizes = [0, 1, 4087, 4088, 4089, 65536, (64 if soak else 4) << 20, 0]
    receiver, sender = workers.open_channel(kind, room=max(sizes) + 16)
    process = start(workers.send_all, sender, count, sizes, method=start_method)
    one_by_one = [receiver.recv_bytes(60) for _ in range(count)]
    in_batches = []
    while len(in_batches) < count:
        in_batches += receiver.recv_many(min(500, count - len(in_batches)), 60)
    assert workers.digest(one_by_one) == workers.digest(workers.messages_of(1, count))
    assert workers.digest(in_batches) == workers.digest(workers.messages_of(2, count))
    for size in sizes:
        message = receiver.recv_bytes(60)
        assert len(message) == size and message == bytes([size % 251]) * size
    with pytest.raises(EOFError):
        receiver.recv_bytes(60)
    process.join(60)
    assert process.exitcode == 0
    receiver.close()


def test_an_empty_channel_times_out_and_works_on(channel):
    receiver, sender = channel
    for timeout in (0, 0.01):
        with pytest.raises(TimeoutError):
            receiver.recv_bytes(timeout)
        with pytest.raises(TimeoutError):
            receiver.recv_many(timeout=timeout)
    sender.send_bytes(b"later")
    assert receiver.recv_bytes(0) == b"later"


def test_a_full_channel_times_out_and_loses_nothing(channel):
    receiver, sender = channel
    sent = 0
    with pytest.raises(TimeoutError):
        while sent < 1 << 20:
            sender.send_bytes(sent.to_bytes(4, "big") * 250, 0)
            sent += 1
    assert 3 < sent < 1 << 20
    assert [receiver.recv_bytes(0)[:4] for _ in range(sent)] == [number.to_bytes(4, "big") for number in range(sent)]
    sender.send_bytes(b"room again", 5)
    assert receiver.recv_bytes(5) == b"room again"


def test_a_waiting_receiver_is_woken(channel):
    receiver, sender = channel
    got = []
    thread = threading.Thread(target=lambda: got.append(receiver.recv_bytes(60)))
    thread.start()
    sender.send_bytes(b"wake up")
    thread.join(60)
    assert got == [b"wake up"]


def test_a_waiting_sender_is_woken(channel):
    receiver, sender = channel
    thread = threading.Thread(target=lambda: [sender.send_bytes(bytes(1 << 16), 60) for _ in range(64)])
    thread.start()
    assert sum(len(receiver.recv_bytes(60)) for _ in range(64)) == 64 << 16
    thread.join(60)


def test_an_empty_batch_is_nothing(channel):
    receiver, sender = channel
    sender.send_many([])
    sender.send_many([b"", b""])
    assert receiver.recv_many(timeout=60) == [b"", b""]


def test_most_holds_and_keeps_the_rest(channel):
    receiver, sender = channel
    sender.send_many([b"%d" % number for number in range(10)])
    got = [receiver.recv_many(3, 5) for _ in range(3)]
    assert got == [[b"0", b"1", b"2"], [b"3", b"4", b"5"], [b"6", b"7", b"8"]] and receiver.recv_bytes(5) == b"9"


def test_what_was_sent_before_the_end_can_be_read(kind):
    receiver, sender = workers.open_channel(kind)
    sender.send_many([b"a", b"b"])
    sender.close()
    assert receiver.recv_many(timeout=60) == [b"a", b"b"]
    for _ in range(3):
        with pytest.raises(EOFError):
            receiver.recv_bytes(5)
    receiver.close()


@every_method
def test_a_killed_sender_ends_the_stream_and_loses_nothing_acknowledged(kind, start_method, soak):
    chance = random.Random(kind)
    for _ in range(200 if soak else 10 if start_method == "fork" else 2):
        receiver, sender = workers.open_channel(kind)
        acknowledged = Value("Q", 0, lock=False)
        process = start(workers.send_for_ever, sender, acknowledged, method=start_method)
        got = [receiver.recv_bytes(60) for _ in range(chance.randrange(1, 300 if kind == "queue" else 3000))]
        process.kill()
        end_of(process, sender, kind)
        sure = acknowledged.value
        with pytest.raises(EOFError):
            while True:
                got.append(receiver.recv_bytes(60))
        assert got == [number.to_bytes(8, "big") for number in range(len(got))] and len(got) >= sure
        for part in (sender, receiver, acknowledged, process):
            part.close()


@every_method
@pytest.mark.parametrize("kind", ["pipe", "duplex", "ring"])
def test_a_killed_receiver_breaks_the_pipe(kind, start_method, soak):
    chance = random.Random(kind)
    for _ in range(200 if soak else 5 if start_method == "fork" else 1):
        receiver, sender = workers.open_channel(kind, 1 << 12)
        got = Value("Q", 0, lock=False)
        process = start(workers.receive_for_ever, receiver, got, method=start_method)
        moment, number = chance.randrange(1, 3000), 0
        with pytest.raises(BrokenPipeError):
            while True:
                sender.send_bytes(number.to_bytes(8, "big"), 60)
                number += 1
                if number == moment:
                    process.kill()
        process.join(60)
        assert got.value <= number + 1
        for part in (receiver, sender, got, process):
            part.close()


@pytest.mark.skipif(sys.platform == "win32", reason="only a fork inherits ends")
@pytest.mark.parametrize("kind", ["pipe", "ring"])
def test_a_second_child_holds_no_copy_of_the_first_ones_end(kind):
    (first_in, first_out), (second_in, second_out) = workers.open_channel(kind), workers.open_channel(kind)
    lasting = start(workers.receive_for_ever, second_in, Value("Q", 0), method="fork")
    brief = start(workers.send_all, first_out, 3, [], method="fork")
    assert len([first_in.recv_bytes(60) for _ in range(6)]) == 6
    with pytest.raises(EOFError):
        first_in.recv_bytes(60)
    lasting.kill()
    with pytest.raises(BrokenPipeError):
        while True:
            second_out.send_bytes(b"anybody?", 60)
    for process in (lasting, brief):
        process.join(60)
    first_in.close()
    second_out.close()


def test_a_function_of_a_session_cannot_be_started_by_spawn():
    program = "from netio import ipc\ndef job(): pass\nipc.start(job, method='spawn')\n"
    done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, timeout=60)
    assert done.stderr.splitlines()[-1].startswith("RuntimeError: job cannot be found by a new process")


@every_method
def test_ctrl_c_ends_a_process_without_a_traceback(start_method, capfd):
    process = start(workers.be_interrupted, method=start_method)
    process.join(60)
    assert process.exitcode in (-signal.SIGINT, 130) and capfd.readouterr() == ("", "")
