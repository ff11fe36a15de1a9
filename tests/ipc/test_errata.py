"""Where the notes' chapter on processes that talk is wrong: their way fails, netio's works."""
from __future__ import annotations

import inspect
import multiprocessing
import pickle
import sys
import threading

import pytest

from netio.ipc import Array, Queue, Semaphore, Value, ask_leave, give_leave, open_duplex, open_pipe, start
from tests.ipc import workers

THEIRS = multiprocessing.Value("i", 0)  # made here, for the stdlib keeps its memory open until the end of the program
pytestmark = pytest.mark.usefixtures("nothing_left")


def test_35_ok_is_not_ok():
    """管道通信: app2 does `fd2.send("OK")`, app1 asks `if fd1.recv() == "ok"`: never equal."""
    here, there = multiprocessing.Pipe()
    with here, there:
        there.send("OK")
        assert (here.recv() == "ok") is False
    here, there = open_duplex()
    guard = start(give_leave, there, ["app1"])
    with here:
        assert ask_leave(here, "app1", 60) is True and ask_leave(here, "app2", 60) is False
    guard.join(60)


def test_36_not_any_type():
    """管道通信: "可以发送任何类型的数据" (can send data of any type): any that pickles."""
    here, there = multiprocessing.Pipe()
    with here, there, pytest.raises((pickle.PicklingError, AttributeError)):
        here.send(lambda: None)
    receiver, sender = open_pipe()
    with receiver, sender:
        with pytest.raises((pickle.PicklingError, AttributeError)):
            sender.send(lambda: None)
        sender.send("and the pipe is as good as before")
        assert receiver.recv(5) == "and the pipe is as good as before"


def test_37_the_first_argument_is_not_the_target():
    """消息队列: `Process(fun1, args=(p,))`: the first parameter is `group`, so it raises."""
    assert next(iter(inspect.signature(multiprocessing.Process).parameters)) == "group"
    if sys.platform != "win32":  # the stdlib says so by an assertion, which the embedded Windows build leaves out
        with pytest.raises(AssertionError, match="group"):
            multiprocessing.Process(print, args=(1,))
    process = start(print)
    process.join(60)
    assert process.exitcode == 0


def test_38_release_never_blocks():
    """信号量: "当sem.get_value()为零时，在调用release就会阻塞" (release blocks at zero): acquire does."""
    theirs, ours = multiprocessing.Semaphore(0), Semaphore(0)
    theirs.release()
    assert theirs.acquire(False) and not theirs.acquire(False)
    assert not ours.acquire(timeout=0)
    ours.release()
    assert ours.get_value() == 1
    ours.close()


def test_39_plus_equals_loses_updates():
    """共享内存: `money.value += 1` in two processes: each half is safe, the whole is not."""
    theirs = THEIRS
    meeting = threading.Barrier(2)

    def add():
        old = theirs.value
        meeting.wait(60)
        theirs.value = old + 1

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert theirs.value == 1
    with Value("i", 0) as ours:
        processes = [start(workers.add_many, ours, 100) for _ in range(2)]
        for process in processes:
            process.join(60)
        assert ours.value == 200


def test_41_empty_and_join():
    """消息队列: `empty()` right after `put` may be wrong, and a process is not joined while its items are unread."""
    theirs = multiprocessing.Queue()
    process = multiprocessing.Process(target=workers.put_large, args=(theirs,))
    process.start()
    process.join(0.5)
    assert process.exitcode is None  # its feeder thread waits for a reader
    for _ in range(workers.LARGE):
        theirs.get()
    process.join(60)
    theirs.close()
    theirs.join_thread()
    with Queue() as ours:
        ours.put(1)
        assert not ours.empty() and ours.get() == 1
        process = start(workers.put_large, ours)
        process.join(60)
        assert process.exitcode == 0 and ours.qsize() == workers.LARGE


def test_46_one_pipe_two_names():
    """消息队列: `fd1, fd1 = Pipe()` binds both ends to one name: the other end is lost, so nothing ever comes."""
    end, end = multiprocessing.Pipe()  # noqa: PLW0128
    with end, pytest.raises((EOFError, OSError)):
        end.send("x")
        end.recv()
    here, there = open_duplex()
    with here, there:
        here.send("x")
        assert there.recv(5) == "x"


def test_47_shared_memory_is_not_always_written_from_its_start():
    """共享内存: "每次都是从这个地址的头开始写入，只能保存上一次写入的内容" (only the last content is kept): an index changes one item."""
    with Array("c", b"hello") as word:
        word[4] = b"!"
        assert word[:] == b"hell!"


def test_48_a_number_is_no_loop():
    """信号量: `for i in 10` and `Semphore`: a number cannot be iterated, and the class is `Semaphore`."""
    with pytest.raises(TypeError):
        for _ in 10:
            pass
    assert not hasattr(multiprocessing, "Semphore")
    places = Semaphore(3)
    assert [places.acquire(0) for _ in range(4)] == [True, True, True, False]
    places.close()
