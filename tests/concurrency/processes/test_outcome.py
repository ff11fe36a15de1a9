import multiprocessing
import os
import pickle

import pytest

from netio.concurrency import ChildDied, ResultThread
from netio.concurrency.processes.outcome import Inbox, RemoteTraceback, pack_outcome, send_chunks, unpack_outcome
from netio.concurrency.processes.watching import open_pidfd
from netio.concurrency.processes.outcome import CHUNK_BYTES

from .. import jobs


@pytest.fixture
def pipe():
    reader, writer = multiprocessing.Pipe(duplex=False)
    yield reader, writer
    reader.close()
    writer.close()


def test_results_and_exceptions_come_back():
    assert unpack_outcome(pack_outcome(divmod, 7, 2)) == (3, 1)
    assert unpack_outcome(pack_outcome(dict, a=1)) == {"a": 1}
    with pytest.raises(ValueError, match="中文") as caught:
        unpack_outcome(pack_outcome(jobs.fail, "中文"))
    assert isinstance(caught.value.__cause__, RemoteTraceback)


def test_what_cannot_be_sent_is_named():
    with pytest.raises(TypeError, match="the result, a function, cannot be sent to another process"):
        unpack_outcome(pack_outcome(jobs.make_lambda))


def test_an_exception_that_cannot_be_rebuilt_is_told_in_words():
    with pytest.raises(TypeError):
        pickle.loads(pickle.dumps(jobs.Odd("first", "second")))
    with pytest.raises(RuntimeError, match="Odd: first") as caught:
        unpack_outcome(pack_outcome(jobs.fail_oddly))
    assert "in fail_oddly" in str(caught.value.__cause__)


def test_the_end_of_a_process_is_not_caught():
    with pytest.raises(SystemExit):
        pack_outcome(jobs.leave, 3)
    with pytest.raises(KeyboardInterrupt):
        pack_outcome(jobs.interrupt)


@pytest.mark.skipif(os.name == "nt", reason="there the system keeps messages apart")
@pytest.mark.parametrize("sent", [b"\xff" * 4 + b"\0\0\0", b"\0\0\0\1+\x80\0\0\0", b"\0\0", b"\0\0\0\5+abc"])
def test_what_is_no_message_ends_like_a_dead_sender(pipe, sent):
    reader, writer = pipe
    inbox = Inbox(reader)
    for byte in sent:  # as slowly as can be
        os.write(writer.fileno(), bytes([byte]))
        inbox.collect(timeout=0)
    writer.close()
    assert inbox.collect(timeout=30) and inbox.data is None


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_message_comes_whole_a_chunk_at_a_time(pipe, size):
    reader, writer = pipe
    data, inbox = os.urandom(size), Inbox(reader)
    assert not inbox.collect(timeout=0) and inbox.data is None
    thread = ResultThread(send_chunks, (writer, data))
    thread.start()
    assert inbox.collect(timeout=30) and inbox.data == data
    assert inbox.collect(timeout=0) and inbox.data == data
    thread.join(30)


def test_it_goes_on_where_it_stopped(pipe):
    reader, writer = pipe
    inbox = Inbox(reader)
    for chunk in (b"one ", b"two ", b"three"):
        writer.send_bytes(chunk)
        assert not inbox.collect(timeout=0) and inbox.data is None
    writer.send_bytes(b"")
    assert inbox.collect(timeout=30) and inbox.data == b"one two three"


def test_two_messages_are_not_mixed(pipe):
    reader, writer = pipe
    send_chunks(writer, b"first")
    send_chunks(writer, b"second")
    for text in (b"first", b"second"):
        inbox = Inbox(reader)
        assert inbox.collect(timeout=30) and inbox.data == text


def test_half_a_message_is_none(pipe):
    reader, writer = pipe
    writer.send_bytes(b"half")
    writer.close()
    inbox = Inbox(reader)
    assert inbox.collect(timeout=30) and inbox.data is None


def test_a_process_can_be_watched():
    watched = open_pidfd(os.getpid())
    if watched is not None:
        assert multiprocessing.connection.wait([watched], 0) == []
        os.close(watched)


def test_a_death_survives_pickling():
    died = pickle.loads(pickle.dumps(ChildDied("job", 12, None)))
    assert str(died) == "job (pid 12) died: its status is unknown before it returned a result"
    assert (died.name, died.pid, died.exitcode) == ("job", 12, None)
