"""The tour of netio.ipc: pipes, queues, shared memory, rings, limits and passed sockets between real processes."""
from __future__ import annotations

import os
import socket
import time

from .. import ipc
from . import Guide


def visit(guide: Guide) -> None:
    """Start a few processes and let them talk in every way.

    >>> import io
    >>> visit(Guide(io.StringIO()))
    """
    guide.chapter("ipc", "processes that talk to each other", "进程间通信")
    _log_in(guide)
    _lose_updates(guide)
    _end_consumers(guide)
    _survive_a_death(guide)
    _race(guide)
    _find_by_name(guide)
    _pass_socket(guide)


def _log_in(guide: Guide) -> None:
    guide.did("app1 asks app2 over a two-way pipe for leave to run, as in the notes; app2 is another process.",
              "像笔记中那样，app1 通过双向管道请求 app2 允许运行；app2 是另一个进程。")
    here, there = ipc.open_duplex()
    process = ipc.start(ipc.pipes.answer_logins, there, ["app1"])
    with here:
        granted = [ipc.pipes.request_login(here, name, 60) for name in ("app1", "stranger")]
    process.join()
    guide.saw(f"app1: {granted[0]}, stranger: {granted[1]}")
    guide.surprise(
        "The notes' version sends 'OK' and waits for 'ok', so it always refuses; one shared constant cannot differ.",
        "笔记里发送的是 'OK'，等待的是 'ok'，所以永远失败；双方共用一个常量就不会不一致。")


def _lose_updates(guide: Guide) -> None:
    guide.did("One update of a counter without a lock runs between another one's reading and writing.",
              "不加锁地更新计数器，在读与写之间插入另一次更新。")
    with ipc.Value("i", 0, lock=False) as bare, ipc.Value("i", 0) as locked:
        bare.update(lambda old: old + bare.update(lambda other: other + 1))
        for _ in range(2):
            locked += 1
        guide.saw(f"two updates make {bare.value}; with `counter += 1` they make {locked.value}",
                  f"两次更新得到 {bare.value}；用 `counter += 1` 得到 {locked.value}")
    guide.surprise("`value.value += 1` is a read and a write; a lock around each does not help, only one around both.",
                   "`value.value += 1` 是一读一写：分别加锁没有用，必须把两步一起锁住。")


def _end_consumers(guide: Guide) -> None:
    guide.did("A queue for two items gets three.", "往只能放两项的队列里放三项。")
    with ipc.Queue(maxsize=2) as items:
        try:
            items.put_many(["a", "b", "c"], timeout=0)
        except ipc.QueueFull as error:
            guide.saw(f"{type(error).__name__}: {error}")
        items.end()
        got = list(items)
        guide.saw(f"{got}, then every consumer is told the end", f"{got}，然后每个消费者都得到结束通知")
    guide.surprise("No marker is needed for each consumer: the end is a state, so it ends all, however many.",
                   "不必为每个消费者放一个结束标记：结束是队列的状态，有多少消费者都会结束。")


def _survive_a_death(guide: Guide) -> None:
    guide.did("A process that owns the sending end of a pipe is killed.", "杀死拥有管道发送端的进程。")
    (receiver, sender), idle = ipc.open_pipe(), ipc.Event()
    process = ipc.start(_send_and_wait, sender, idle)
    first = receiver.recv(timeout=60)
    process.kill()
    process.join()
    try:
        receiver.recv(timeout=60)
    except EOFError as error:
        guide.saw(f"{first}\nEOFError: {error}")
    receiver.close()
    idle.close()
    guide.surprise("The end is seen because no other process holds that end open: `start` closed all copies.",
                   "能看到结束，是因为没有别的进程还开着这一端：`start` 关掉了所有副本。")


def _send_and_wait(sender: ipc.pipes.Sender, idle: ipc.Event) -> None:
    sender.send("alive")
    idle.wait()


def _race(guide: Guide) -> None:
    guide.did("The same 20000 messages of 64 bytes go through a ring of shared memory, in batches and one by one.",
              "同样的 20000 条 64 字节消息通过共享内存环，一次成批，一次逐条。")
    message, seconds = b"x" * 64, []
    for batch in (1000, 1):
        receiver, sender = ipc.open_ring(1 << 22)
        begin = time.perf_counter()
        for _ in range(20000 // batch):
            sender.send_many([message] * batch)
        sender.close()
        with receiver:
            count = 0
            while count < 20000:
                count += len(receiver.recv_many())
        seconds.append(time.perf_counter() - begin)
    guide.saw(f"{seconds[0] * 1000:.1f} ms in batches, {seconds[1] * 1000:.1f} ms one by one",
              f"成批 {seconds[0] * 1000:.1f} 毫秒，逐条 {seconds[1] * 1000:.1f} 毫秒")
    guide.surprise("What costs is the call for each message, not the bytes: send many at once where you can.",
                   "花时间的是每条消息的调用，而不是字节数：能成批就成批。")


def _find_by_name(guide: Guide) -> None:
    name = f"tour-{os.getpid()}"
    guide.did("A block of five bytes is found by its name.", "按名字找到一块五字节的共享内存。")
    with ipc.create_shm(name, 5) as mine:
        with ipc.open_shm(name) as found:
            found.view[:] = b"hello"
        guide.saw(f"{bytes(mine.view)!r}, length {mine.size}", f"{bytes(mine.view)!r}，长度 {mine.size}")
    try:
        ipc.open_shm(name, timeout=0)
    except FileNotFoundError as error:
        guide.saw(f"{type(error).__name__}: {error}")
    guide.surprise("The name goes with its owner, even with one that is killed.", "名字随主人消失，即使主人是被杀死的。")


def _pass_socket(guide: Guide) -> None:
    guide.did("An accepted connection is handed to another process, which answers it.", "把已接受的连接交给另一个进程去应答。")
    ours, theirs = ipc.local_pair()
    with ours, socket.create_server(("127.0.0.1", 0)) as listener:
        with theirs:
            process = ipc.start(_answer, theirs)
        with socket.create_connection(listener.getsockname()) as client:
            accepted, _ = listener.accept()
            with accepted:
                ipc.send_socket(ours, accepted, timeout=60)
            with client.makefile("rb") as reply:
                answer = reply.read().decode()
    process.join()
    guide.saw(f"this is process {os.getpid()}, the answer came from process {answer}",
              f"这里是进程 {os.getpid()}，回答来自进程 {answer}")
    guide.surprise("Not the number of the descriptor travels but the open connection itself.",
                   "传过去的不是描述符的号码，而是打开的连接本身。")


def _answer(channel: socket.socket) -> None:
    with channel, ipc.recv_socket(channel, timeout=60) as sock:
        sock.sendall(str(os.getpid()).encode())
