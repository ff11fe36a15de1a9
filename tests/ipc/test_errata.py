"""Where the notes' chapter on processes that talk is wrong: their way fails, netio's works."""
from __future__ import annotations

import gc
import inspect
import multiprocessing
import os
import pickle
import struct
import sys
import threading

import pytest

from netio.ipc import Array, CapacityLimiter, Queue, Semaphore, Value, open_duplex, open_pipe, start
from netio.ipc.pipes import request_login, answer_logins
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
    guard = start(answer_logins, there, ["app1"])
    with here:
        assert request_login(here, "app1", 60) is True and request_login(here, "app2", 60) is False
    guard.join(60)
    print("notes:", "'OK' == 'ok' is False")
    print("netio:", "request_login:", True)


def test_36_not_any_type():
    """管道通信: "可以发送任何类型的数据" (can send data of any type): any that pickles."""
    here, there = multiprocessing.Pipe()
    with here, there, pytest.raises((pickle.PicklingError, AttributeError)):
        here.send(lambda: None)

    class Stranger:
        def __reduce__(self):
            return os.getpid, ()  # a function for the reader to call

    here, there = multiprocessing.Pipe()
    with here, there:
        here.send(Stranger())
        assert there.recv() == os.getpid()  # it was called
    receiver, sender = open_pipe()
    with receiver, sender:
        with pytest.raises((pickle.PicklingError, AttributeError)):
            sender.send(lambda: None)
        sender.send("and the pipe is as good as before")
        assert receiver.recv(5) == "and the pipe is as good as before"
    print("notes:", "a lambda cannot be sent")
    print("netio:", "it raises, and the pipe goes on")


def test_37_the_first_argument_is_not_the_target():
    """消息队列: `Process(fun1, args=(p,))`: the first parameter is `group`, so it raises."""
    assert next(iter(inspect.signature(multiprocessing.Process).parameters)) == "group"
    if sys.platform != "win32" and __debug__:  # by an assertion, which -O and the embedded Windows build leave out
        with pytest.raises(AssertionError, match="group"):
            multiprocessing.Process(print, args=(1,))
    process = start(print)
    process.join(60)
    assert process.exitcode == 0
    print("notes:", "the first parameter is", next(iter(inspect.signature(multiprocessing.Process).parameters)))
    print("netio:", "start(print): exit code", process.exitcode)


def test_38_release_never_blocks():
    """信号量: "当sem.get_value()为零时，在调用release就会阻塞" (release blocks at zero): acquire does."""
    theirs, ours = multiprocessing.Semaphore(0), Semaphore(0)
    theirs.release()
    assert theirs.acquire(False) and not theirs.acquire(False)
    assert not ours.acquire(timeout=0)
    ours.release()
    assert ours.get_value() == 1
    ours.close()
    print("notes:", "release() at zero returned at once")
    print("netio:", "acquire(timeout=0) at zero is False")


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
    print("notes:", "two additions, value", theirs.value)
    print("netio:", "two hundred additions, value 200")


def test_41_empty_and_join():
    """消息队列: `empty()` right after `put` may be wrong, and a process is not joined while its items are unread."""
    theirs, go = multiprocessing.Queue(), threading.Event()

    class Slow:
        def __reduce__(self):
            go.wait(60)
            return int, ()

    theirs.put(Slow())
    assert theirs.empty()  # its thread has not sent it yet
    go.set()
    assert theirs.get(timeout=60) == 0
    told, tell = multiprocessing.Pipe(False)
    process = multiprocessing.Process(target=workers.put_large, args=(theirs, tell))
    process.start()
    with told, tell:
        assert told.poll(60) and told.recv() == "all is put"
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
    print("notes:", "the process that has put waits for a reader")
    print("netio:", "netio's ended with all items in the queue")


def test_46_one_pipe_two_names():
    """消息队列: `fd1, fd1 = Pipe()` binds both ends to one name: the other end is lost, so nothing ever comes."""
    end, end = multiprocessing.Pipe()  # noqa: PLW0128
    gc.collect()  # PyPy closes what is lost only then
    with end, pytest.raises((EOFError, OSError)):
        end.send("x")
        end.recv()
    here, there = open_duplex()
    with here, there:
        here.send("x")
        assert there.recv(5) == "x"
    print("notes:", "the other end is gone: EOFError or OSError")
    print("netio:", "x")


def test_47_shared_memory_is_not_always_written_from_its_start():
    """共享内存: "每次都是从这个地址的头开始写入，只能保存上一次写入的内容" (only the last content is kept): an index changes one item."""
    theirs = multiprocessing.Array("c", b"hello")
    theirs[4] = b"!"
    assert theirs[:] == b"hell!"
    with Array("c", b"hello") as word:
        word[4] = b"!"
        assert word[:] == b"hell!"
    print("notes:", "after array[4] = b'!' it is not the last content only:", theirs[:])
    print("netio:", "an index changes one item, a slice some")


def test_48_a_number_is_no_loop():
    """信号量: `for i in 10` and `Semphore`: a number cannot be iterated, and the class is `Semaphore`."""
    with pytest.raises(TypeError):
        for _ in 10:
            pass
    assert not hasattr(multiprocessing, "Semphore")
    places = Semaphore(3)
    assert [places.acquire(0) for _ in range(4)] == [True, True, True, False]
    places.close()
    print("notes:", "TypeError: 'int' object is not iterable")
    print("netio:", "places taken:", [True, True, True, False])


def test_125_both_ends_of_a_pipe_read_and_write():
    """管道通信: "必须从一头写入，从另一头读取": Pipe() is two-way; Pipe(False) is one-way, and there the ends differ."""
    one, other = multiprocessing.Pipe()
    with one, other:
        one.send("there"), other.send("back")
        assert (other.recv(), one.recv()) == ("there", "back")
    reader, writer = multiprocessing.Pipe(False)
    with reader, writer, pytest.raises(OSError) as caught:
        reader.send("x")
    receiver, sender = open_pipe()
    with receiver, sender:
        assert not hasattr(receiver, "send") and not hasattr(sender, "recv")
    print("notes:", "Pipe(): both ends did both; Pipe(False):", caught.value)
    print("netio:", "open_duplex() for both ways; open_pipe() gives a Receiver and a Sender")


def test_126_globals_do_not_reach_a_spawned_child():
    """管道通信: "就是在父进程中创建，子进程直接拿来使用"; "Windowsde一些小坑": it is spawn's, not Windows' alone."""
    process = multiprocessing.get_context("spawn").Process(target=workers.fill_global)
    process.start()
    process.join(60)
    assert process.exitcode == 0 and workers.FILLED == []
    receiver, sender = open_pipe()
    with receiver:
        process = start(workers.send_word, sender, method="spawn")
        word = receiver.recv(60)
        process.join(60)
    assert word == "word"
    print("notes:", "the child filled its own global; the parent's is", workers.FILLED)
    print("netio:", "what is passed to start() arrives:", word)


def test_127_a_newline_flushes_a_terminal_only():
    """print end=: "程序结束、缓冲区满或者换行才会在终端打印出来": into a file or a pipe, a newline writes nothing."""
    import subprocess

    said = []
    for flush in (False, True):
        code = f"import os\nprint('line', flush={flush})\nos._exit(0)"
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        done = subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, env=environment, timeout=60)
        said.append(done.stdout.split())
    assert said == [[], [b"line"]]
    print("notes:", "print with its newline, then a sudden end: the pipe got", said[0])
    print("netio:", "print(..., flush=True):", said[1])


def test_128_a_shared_number_wraps():
    """共享内存: "ctype指定什么类型，我们就只能向这块内容存什么内容": a number that does not fit is stored cut, silently."""
    THEIRS.value = 2 ** 31
    wrapped, THEIRS.value = THEIRS.value, 0
    assert wrapped == -(2 ** 31)
    with pytest.raises(TypeError):
        THEIRS.value = "2"
    with Value("i", 7) as ours:
        with pytest.raises(struct.error):
            ours.value = 2 ** 31
        assert ours.value == 7
    print("notes:", f"{2 ** 31} is stored as {wrapped}")
    print("netio:", "struct.error, and the old value stays: 7")


def test_129_multiprocessing_is_a_module_and_most_of_these_are_functions():
    """共享内存: "Process、Pool、Value、Array都是 multiprocessing类中的对象" (objects of the class multiprocessing)."""
    assert inspect.ismodule(multiprocessing) and inspect.isclass(multiprocessing.Process)
    factories = [name for name in ("Pool", "Value", "Array") if not inspect.isclass(getattr(multiprocessing, name))]
    assert factories == ["Pool", "Value", "Array"]
    with pytest.raises(TypeError):
        isinstance(THEIRS, multiprocessing.Value)
    with Value("i", 0) as ours:
        assert isinstance(ours, Value) and inspect.isclass(Array)
    print("notes:", "isinstance(v, multiprocessing.Value): TypeError, it is a function")
    print("netio:", "isinstance(v, ipc.Value) is True")


def test_130_bytes_cannot_be_changed():
    """关于字节串: "字节串可以使用[]来指定，只能使用byte来替换" (items can be replaced, by bytes only)."""
    text = b"hello"
    with pytest.raises(TypeError) as caught:
        text[0] = b"J"
    assert text[0] == 104 and text[0:1] == b"h"
    changed = bytearray(text)
    changed[0] = ord("J")  # a number; only a shared Array("c") takes b"J"
    with Array("c", text) as shared:
        shared[0] = b"J"
        assert shared[:] == b"Jello" == bytes(changed)
    print("notes:", caught.value)
    print("netio:", bytes(changed))


def test_131_pipes_and_queues_share_no_memory():
    """信号量: "前面集中主要依靠共享一片内存的方式": what comes out of a pipe or queue is a copy."""
    sent = ["first"]
    here, there = multiprocessing.Pipe()
    with here, there:
        here.send(sent)
        got = there.recv()
    got.append("second")
    assert sent == ["first"]
    with Array("i", [1, 2]) as shared:
        process = start(workers.double_first, shared)
        process.join(60)
        seen = shared[:]
    assert list(seen) == [2, 2]
    print("notes:", f"received and changed: {got}; sent: {sent}")
    print("netio:", f"ipc.Array, changed by another process: {list(seen)}")


def test_132_an_error_between_acquire_and_release():
    """信号量, 上锁: acquire(), work, release(): where the work raises, the place or the lock is never given back."""
    theirs, ours = threading.Semaphore(1), Semaphore(1)
    with pytest.raises(ZeroDivisionError):
        theirs.acquire()
        1 / 0
        theirs.release()
    left = theirs.acquire(blocking=False)
    with pytest.raises(ZeroDivisionError):
        with ours:
            1 / 0
    back = ours.acquire(timeout=0)
    ours.close()
    assert (left, back) == (False, True)
    print("notes:", "after the error the next acquire would wait for ever")
    print("netio:", "`with` gives it back:", back)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only a forked child has copies of all ends")
def test_184_a_pipe_ends_with_its_last_copy():
    """管道通信: fd1,fd2 = Pipe() at the top, and two processes that both have both ends."""
    from netio.concurrency import fork_child, wait_child

    ready, go = os.pipe()
    receiver, sender = multiprocessing.Pipe(False)
    child = fork_child(os.read, ready, 1, warn_threads=False)  # it has copies of both, and uses neither
    sender.close()
    early = receiver.poll(0.05)
    os.write(go, b"x")
    assert wait_child(child, 30) == 0
    with receiver, pytest.raises(EOFError):
        assert early is False and receiver.poll(30)
        receiver.recv()
    os.close(ready), os.close(go)
    ours, theirs = open_pipe()
    process = start(len, [theirs])
    with ours, pytest.raises(EOFError) as caught:
        ours.recv(30)
    process.join(60)
    print("notes:", "the sender was closed here, and the reader sees no end: another process has a copy")
    print("netio:", "start() closes the copies:", caught.value)


def test_185_release_makes_places():
    """信号量: sem = Semaphore(3), "最多同时允许三个任务执行" (at most three): unless one release too many is called."""
    theirs = multiprocessing.Semaphore(3)
    theirs.release()
    places = [theirs.acquire(False) for _ in range(5)]
    assert places == [True] * 4 + [False]
    bounded = threading.BoundedSemaphore(3)
    with pytest.raises(ValueError):
        bounded.release()
    assert not hasattr(threading.Semaphore(3), "get_value")  # and on macOS multiprocessing's raises
    ours = CapacityLimiter(3)
    with pytest.raises(RuntimeError) as caught:
        ours.release()
    ours.close()
    print("notes:", "Semaphore(3) after one release too many lets in", places.count(True))
    print("netio:", "CapacityLimiter:", caught.value)
