"""The errors of processes, threads and what goes between them, and of `struct`."""
from __future__ import annotations

from .entry import Error

ERRORS = [
    Error("bootstrapping phase, freeze_support", """\
any: RuntimeError: An attempt has been made to start a new process before the current process has finished its \
bootstrapping phase...""",
          "A spawned child imports your file first, and without a guard that starts the next child, and so on. "
          "Windows and "
          "macOS spawn; Linux does so from Python 3.14 (forkserver).",
          "Put what starts processes under `if __name__ == '__main__':`. `freeze_support()` is only for a program that "
          "was made into an .exe.",
          "spawn 的子进程会先导入你的文件；没有保护时，导入又会启动下一个子进程。Windows 和 macOS 用 spawn，Linux 从 Python 3.14 起用 forkserver。",
          "把启动进程的代码放到 `if __name__ == '__main__':` 下面。`freeze_support()` 只有打包成 .exe 时才需要。",
          "concurrency.run_spawned concurrency.processes.spawn.check_picklable", "sum_primes.py"),
    Error("Can't pickle a function", """\
any: _pickle.PicklingError: Can't pickle ...: attribute lookup ... failed
any: _pickle.PicklingError: Can't pickle ...: it's not found as ...
any: AttributeError: Can't pickle local object '...'
any: _pickle.PicklingError: Can't pickle local object <...>
any: AttributeError: Can't get local object '...'""",
          "What goes to another process is pickled, and a function by its name only: a lambda and a function inside a "
          "function have none that can be found.",
          "Define it with `def` at the top of the file.",
          "传给别的进程的东西要 pickle，函数只按名字传：lambda 和函数里的函数没有能找到的名字。",
          "在文件顶层用 `def` 定义它。",
          "concurrency.processes.spawn.check_picklable", "show_pool.py"),
    Error("cannot pickle an object", """\
any: TypeError: cannot pickle '...' object""",
          "Locks, sockets, open files and threads belong to one process and cannot be copied into a message.",
          "Send what describes it (a path, an address); a lock of multiprocessing goes as an argument of Process; a "
          "socket "
          "is handed over by the system.",
          "锁、套接字、打开的文件、线程属于一个进程，不能复制进消息里。",
          "传能描述它的东西（路径、地址）；multiprocessing 的锁作为 Process 的参数传；套接字由系统转交。",
          "ipc.send_socket ipc.Lock concurrency.processes.spawn.check_picklable", "pass_socket.py"),
    Error("can't start new thread", """\
any: RuntimeError: can't start new thread""",
          "The system gives no more threads: there are thousands (one a client, never ending), or a limit is low.",
          "A pool with a fixed number of threads, or a server that waits for all clients in one.",
          "系统不再给线程：已有成千上万个（一个客户端一个，永不结束），或限额太低。",
          "用固定数量的线程池，或用一个线程等待所有客户端的服务器。",
          "concurrency.serve concurrency.Limits", "compare_models.py"),
    Error("threads can only be started once", """\
any: RuntimeError: threads can only be started once""",
          "A Thread object is one run; so is a Process.", "Make a new one for each run.",
          "一个 Thread 对象只能运行一次；Process 也一样。", "每次运行都新建一个。",
          "concurrency.run_in_threads"),
    Error("thread.__init__() not called", """\
any: RuntimeError: thread.__init__() not called""",
          "Your Thread subclass has an `__init__` of its own that forgot the one above.",
          "`super().__init__()` as its first line.",
          "你的 Thread 子类写了 `__init__`，却没有调用父类的。",
          "第一行写 `super().__init__()`。",
          "concurrency.ResultThread"),
    Error("The first argument is not the target", """\
any: AssertionError: group argument must be None for now""",
          "`Process(work)` and `Thread(work)` pass the function as `group`, as the notes do.",
          "`Process(target=work, args=(1,))`.",
          "`Process(work)`、`Thread(work)` 把函数当成了 `group`，笔记里就是这样写的。",
          "写 `Process(target=work, args=(1,))`。",
          "concurrency.spawn_child concurrency.run_in_threads"),
    Error("release unlocked lock", """\
any: RuntimeError: release unlocked lock""",
          "A `release` too many: twice, or in a branch where nothing was acquired.",
          "`with lock:` acquires and releases in pairs, also when an error comes.",
          "`release` 多了：调用了两次，或在没有 acquire 的分支里。",
          "`with lock:` 总是成对地 acquire 和 release，出错时也一样。",
          "concurrency.CheckedLock concurrency.hold_all", "show_deadlock.py"),
    Error("daemonic processes are not allowed to have children", """\
any: AssertionError: daemonic processes are not allowed to have children""",
          "A process with daemon=True, such as a worker of multiprocessing.Pool, wants to start a process.",
          "Start it without daemon and join it; a pool inside a pool should be one pool, or threads.",
          "daemon=True 的进程（如 multiprocessing.Pool 的工作进程）想再启动进程。",
          "不设 daemon，并且 join 它；池中套池应改成一个池，或改用线程。",
          "concurrency.Process concurrency.ProcessPool", "show_pool.py"),
    Error("No child processes", """\
Linux, macOS: ChildProcessError: [Errno 10] No child processes""",
          "`os.wait` has nobody left to wait for: all are collected, or SIGCHLD is ignored, so that the system "
          "collects them.",
          "Wait once for each child; do not mix `wait` with SIG_IGN.",
          "`os.wait` 没有可等的子进程了：都已回收，或忽略了 SIGCHLD，由系统回收了。",
          "每个子进程只等一次；`wait` 和 SIG_IGN 不要混用。",
          "concurrency.reap_children concurrency.processes.reaping.wait_any_child", "show_zombie.py"),
    Error("There is no fork", """\
Windows: AttributeError: module 'os' has no attribute 'fork'""",
          "Windows cannot copy a running process.",
          "multiprocessing, which spawns there; then the child knows only what it is given as arguments.",
          "Windows 不能复制正在运行的进程。",
          "用 multiprocessing，它在那里用 spawn；子进程只知道作为参数传给它的东西。",
          "concurrency.run_in_child concurrency.spawn_child concurrency.processes.fork.check_fork"),
    Error("There is no AF_UNIX", """\
Windows: AttributeError: module 'socket' has no attribute 'AF_UNIX'""",
          "Python on Windows has no Unix sockets.",
          "TCP on 127.0.0.1, or a named pipe.",
          "Windows 上的 Python 没有 Unix 套接字。",
          "用 127.0.0.1 上的 TCP，或命名管道。",
          "ipc.listen_local ipc.connect_local"),
    Error("fork in a program with threads", """\
Linux, macOS: DeprecationWarning: This process (pid=...) is multi-threaded, use of fork() may lead to deadlocks in \
the child.""",
          "Fork copies the locks of all threads but only one of the threads: a lock that another held stays locked "
          "for ever. "
          "Python warns since 3.12.",
          "Fork before the first thread starts, or spawn.",
          "fork 复制所有线程的锁，却只复制一个线程：别的线程持有的锁就永远锁着。Python 3.12 起会警告。",
          "在启动第一个线程之前 fork，或用 spawn。",
          "concurrency.processes.fork.warn_if_threads concurrency.spawn_child"),
    Error("A worker of the pool died", """\
any: concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly while the \
future was running or pending.""",
          "A worker was killed, for instance for want of memory, crashed in C code, or called os._exit; all tasks of "
          "that "
          "executor fail with it. multiprocessing.Pool would wait for ever instead.",
          "Find out which task it was; use a pool that survives a worker.",
          "某个工作进程被杀（如内存不足）、在 C 代码中崩溃，或调用了 os._exit；该执行器的任务全部失败。multiprocessing.Pool 则会永远等下去。",
          "找出是哪个任务；用能承受工作进程死亡的池。",
          "concurrency.ProcessPool", "show_pool.py"),
    Error("EOFError from a pipe", """\
any: EOFError""",
          "The other end of the pipe is closed and everything was read: the end of the data, not a fault.",
          "Catch it as the end of the loop. If it never comes, you hold a copy of the other end yourself: close it "
          "after "
          "starting the child.",
          "管道的另一端已关闭，数据也读完了：这是数据的结束，不是故障。",
          "捕获它作为循环的结束。若一直不来，是你自己还拿着另一端：启动子进程后把它关掉。",
          "ipc.open_pipe ipc.pipes.Receiver", "show_pipe.py"),
    Error("EOF when reading a line", """\
any: EOFError: EOF when reading a line""",
          "`input()` found the end of its input: Ctrl-D (Ctrl-Z on Windows), a pipe, or a child of multiprocessing, "
          "whose input is empty.",
          "Only the parent asks; children get what was typed as an argument or through a queue.",
          "`input()` 遇到了输入结尾：Ctrl-D（Windows 是 Ctrl-Z）、管道，或 multiprocessing 的子进程（它没有标准输入）。",
          "只由父进程读输入，再作为参数或经队列交给子进程。",
          "tcp.interact ipc.Queue", "talk_tcp.py"),
    Error("queue.Empty", """\
any: _queue.Empty""",
          "`get(block=False)` or `get(timeout=...)`, and nothing had come. `empty()` before it is only a guess.",
          "Catch it, or wait longer; tell the end by an item, not by an empty queue.",
          "`get(block=False)` 或 `get(timeout=...)` 时还没有东西。先问 `empty()` 也只是猜测。",
          "捕获它，或等久一点；用一个结束标记表示完了，不要靠“队列空”。",
          "ipc.Queue ipc.QueueEmpty", "show_queue.py"),
    Error("Leaked shared memory", """\
Linux, macOS: UserWarning: resource_tracker: There appear to be ... leaked shared_memory objects to clean up at \
shutdown...""",
          "A SharedMemory was never unlinked.",
          "Everyone calls `close()`, and the one who made it `unlink()`, in `finally` or `with`.",
          "有 SharedMemory 没有 unlink。",
          "每个使用者都 `close()`，创建者再 `unlink()`，放在 `finally` 或 `with` 里。",
          "ipc.create_shm ipc.open_shm", "share_counter.py"),
    Error("unpack requires a buffer of", """\
any: struct.error: unpack requires a buffer of ... bytes
any: struct.error: unpack_from requires a buffer of at least
any: struct.error: iterative unpacking requires a buffer of a multiple of""",
          "`recv` gave a part of a record, or several; or the formats differ: without ! the C compiler's padding "
          "counts.",
          "Read exactly `struct.calcsize(format)` bytes, in a loop; use the same format with ! on both sides.",
          "`recv` 收到了半个记录或好几个；或两边格式不同：不写 ! 就按 C 编译器的方式对齐。",
          "循环读满 `struct.calcsize(format)` 个字节；两边用同样的、带 ! 的格式。",
          "packing.RecordDecoder tcp.recv_exactly", "show_packing.py"),
    Error("argument for 's' must be a bytes object", """\
any: struct.error: argument for 's' must be a bytes object""",
          "`struct` packs bytes, not str.",
          "Encode first, and cut at a whole character.",
          "`struct` 打包的是字节串，不是 str。",
          "先编码，并且在完整的字符处截断。",
          "packing.Text packing.truncate_text", "send_student.py"),
    Error("A number does not fit its format", """\
any: struct.error: 'i' format requires -2147483648 <= number <= 2147483647""",
          "Each letter has its range; `i` is four bytes.", "`q` has eight; or check the number first.",
          "每个格式字符有自己的范围；`i` 是四个字节。", "`q` 有八个字节；或先检查数值。",
          "packing.Int64 packing.Int32", "show_packing.py"),
]
