"""What the standard library and the compiler say beyond the page of common errors, and how each version says it."""
from __future__ import annotations

from .entry import Error

ERRORS = [
    Error("A character that the encoding lacks", """\
any: UnicodeEncodeError: 'ascii' codec can't encode
any: UnicodeDecodeError: 'ascii' codec can't decode
any: UnicodeEncodeError: 'latin-1' codec can't encode
any: UnicodeEncodeError: 'charmap' codec can't encode
any: UnicodeDecodeError: 'charmap' codec can't decode
any: UnicodeEncodeError: 'gb2312' codec can't encode
any: UnicodeDecodeError: 'gb2312' codec can't decode
any: UnicodeEncodeError: 'cp1252' codec can't encode
any: UnicodeDecodeError: 'cp1252' codec can't decode
any: UnicodeEncodeError: 'utf-16' codec can't encode
any: UnicodeDecodeError: 'utf-16' codec can't decode
any: UnicodeError: UTF-16 stream does not start with BOM
any: UnicodeError: encoding with '...' codec failed
any: UnicodeError: label empty or too long
any: ordinal not in range(
any: character maps to <undefined>
any: incomplete multibyte sequence""",
          "The text is of another encoding than the one named (or the system's, where none is named).",
          "Name the right one: `open(path, encoding=\"utf-8\")`, `data.decode(\"gbk\")`; errors=\"replace\" "
          "only for showing.",
          "文字用的不是这种编码（没有写明时用的是系统编码）。",
          "写明正确的编码：`open(path, encoding=\"utf-8\")`、`data.decode(\"gbk\")`；errors=\"replace\" 只用于显示。",
          "files.guess_file_encoding files.encodings.find_unencodable"),
    Error("A file cannot be moved or made there", """\
any: OSError: [Errno 18] Invalid cross-device link
any: OSError: [Errno 30] Read-only file system
any: OSError: [Errno 36] File name too long
any: OSError: [Errno 63] File name too long
any: OSError: [Errno 40] Too many levels of symbolic links
any: OSError: [Errno 26] Text file busy
any: OSError: [WinError 17]
any: OSError: [WinError 123]
any: OSError: [WinError 206]
any: OSError: [WinError 112]
any: OSError: [WinError 1314]
any: shutil.SameFileError
any: shutil.Error
any: OSError: [Errno 122] Disk quota exceeded
any: OSError: [Errno 27] File too large""",
          "The two names are on different disks (`os.rename` cannot), the disk takes no writes, or the name "
          "is too long or has "
          "characters that the system forbids (`:*?\"<>|` on Windows).",
          "`shutil.move` copies where it must; make a temporary file in the folder of its target; choose a "
          "plain name.",
          "两个名字在不同的磁盘上（`os.rename` 做不到），磁盘只读，或文件名太长、含有系统不允许的字符（Windows 上的 `:*?\"<>|`）。",
          "`shutil.move` 必要时会复制；临时文件建在目标所在的文件夹里；文件名用普通字符。", "files.replace_file files.copy_file"),
    Error("No such file, said by Windows", """\
any: FileNotFoundError: [WinError 2]
any: FileNotFoundError: [WinError 3]
中文 Windows: FileNotFoundError: [WinError 2] 系统找不到指定的文件
中文 Windows: FileNotFoundError: [WinError 3] 系统找不到指定的路径""",
          "No file or folder has this name, seen from the folder in which the program was started; or a program that "
          "`subprocess` should start is not on the PATH.",
          "Print `os.getcwd()` and `os.listdir()`; give the whole path, with r\"...\" or slashes.",
          "从程序启动的文件夹看，没有这个名字的文件或文件夹；或者 `subprocess` 要启动的程序不在 PATH 里。",
          "打印 `os.getcwd()` 和 `os.listdir()`；写完整路径，用 r\"...\" 或正斜杠。", "files.describe_file"),
    Error("A process that is no longer there", """\
any: ProcessLookupError: [Errno 3] No such process
any: OSError: [WinError 87]
any: ValueError: process object is closed
any: AssertionError: can only join a child process
any: AssertionError: can only test a child process
any: AssertionError: can only join a started process
any: AttributeError: 'NoneType' object has no attribute 'terminate'
any: ValueError: cannot close a process while it is still running""",
          "The process has ended and was collected, was not started yet, is another's child, or its object "
          "was closed.",
          "Only the process that started it joins it; start, join, then close. After `kill` expect "
          "ProcessLookupError.",
          "进程已经结束并被回收、还没有启动、是别人的子进程，或者对象已经 close。",
          "只有启动它的进程才能 join；顺序是 start、join、close。`kill` 时要准备接受 ProcessLookupError。",
          "concurrency.Process concurrency.wait_child"),
    Error("A call was interrupted", """\
any: InterruptedError: [Errno 4] Interrupted system call
any: KeyboardInterrupt
any: OSError: [WinError 995]""",
          "A signal came (Ctrl-C is one) while the program waited. Since Python 3.5 the call is repeated by "
          "itself, unless the "
          "handler raised.",
          "Catch KeyboardInterrupt around the main loop, close what is open, and end.",
          "程序等待时来了信号（Ctrl-C 也是）。Python 3.5 起会自动重新调用，除非处理函数抛出异常。",
          "在主循环外捕获 KeyboardInterrupt，关闭打开的东西，然后结束。", "concurrency.serve concurrency.SignalReceiver", "serve_echo.py"),
    Error("A barrier that broke", """\
any: threading.BrokenBarrierError
any: BrokenBarrierError
any: ValueError: parties must be""",
          "One of the threads did not come in time, raised, or called `abort`: then all who wait get this.",
          "Give `wait` a time that is long enough, and let as many threads come as the barrier has parties.",
          "有一个线程没有按时到、出了异常或调用了 `abort`：等待的全体都会收到这个异常。", "`wait` 的时间要够长，到场的线程数要等于 parties。",
          "ipc.Barrier concurrency.threads.exercises.Meeting"),
    Error("A queue that is full, closed or miscounted", """\
any: queue.Full
any: _queue.Full
any: queue.ShutDown
any: ValueError: task_done() called too many times
any: ValueError: Queue ... is closed
any: ValueError: Queue <multiprocessing.queues.Queue object at ...> is closed
any: OSError: Queue is closed
any: asyncio.queues.QueueFull
any: asyncio.queues.QueueEmpty
any: ValueError: 'timeout' must be a non-negative number""",
          "Nobody took items in time; or the queue was closed or shut down; or `task_done` was called more "
          "often than `get`.",
          "Let consumers run, give `put` a timeout; one `task_done` for each `get`.",
          "没有人及时取走；或队列已经关闭；或 `task_done` 的次数多于 `get`。", "保证有消费者在取，`put` 加超时；每次 `get` 对应一次 `task_done`。",
          "ipc.Queue ipc.QueueFull", "show_queue.py"),
    Error("Two processes that do not know each other", """\
any: multiprocessing.context.AuthenticationError
any: AuthenticationError: digest
any: ValueError: address type of ... unrecognized
any: ValueError: invalid handle
any: OSError: bad message length
any: TypeError: expected bytes, but got
any: RuntimeError: Server not yet started
any: AssertionError: server not yet started
any: ValueError: Family ... is not recognized""",
          "The two sides of `Listener` and `Client` (or of a manager) have different keys, or speak "
          "different protocols.",
          "The same `authkey=b\"...\"` on both sides, and the same kind of address.",
          "`Listener` 与 `Client`（或 manager）两边的密钥不同，或协议不同。", "两边用同样的 `authkey=b\"...\"` 和同一种地址。",
          "ipc.connect_local ipc.open_pipe"),
    Error("A result that did not come in time", """\
any: multiprocessing.context.TimeoutError
any: concurrent.futures._base.TimeoutError
any: concurrent.futures.TimeoutError
any: asyncio.exceptions.TimeoutError
any: subprocess.TimeoutExpired
any: concurrent.futures._base.CancelledError
any: asyncio.exceptions.CancelledError
any: concurrent.futures._base.InvalidStateError
any: asyncio.exceptions.InvalidStateError""",
          "The work took longer than the timeout, or was cancelled; it may still be running.",
          "Give more time, or end the worker; look for a deadlock or for a wait without an end.",
          "任务超过了时限，或被取消；它可能还在运行。", "多给时间，或结束工作进程；检查有没有死锁、没有尽头的等待。",
          "concurrency.ProcessPool concurrency.Process tcp.Deadline"),
    Error("A pipe that Windows closes", """\
any: BrokenPipeError: [WinError 232]
any: BrokenPipeError: [WinError 109]
any: OSError: [WinError 233]
中文 Windows: BrokenPipeError: [WinError 109] 管道已结束
中文 Windows: BrokenPipeError: [WinError 232] 管道正在被关闭
any: OSError: [WinError 6]
中文 Windows: OSError: [WinError 6] 句柄无效""",
          "The process at the other end has closed its end or has ended.",
          "Catch it (EOFError where you read) and stop sending; look at the other process for a traceback.",
          "另一端的进程已经关闭管道或退出。", "捕获它（读的一方是 EOFError）并停止发送；看看另一个进程有没有 traceback。",
          "ipc.open_pipe ipc.open_duplex", "show_pipe.py"),
    Error("A number of workers or items that cannot be", """\
any: ValueError: Number of processes must be at least 1
any: ValueError: max_workers must be greater than 0
any: ValueError: max_workers must be <=
any: ValueError: semaphore initial value must be >= 0
any: ValueError: n must be one or more
any: ValueError: maxtasksperchild must be
any: ValueError: Chunksize must be 1+
any: ValueError: chunksize must be >= 1.
any: ValueError: Array size must be
any: ValueError: Negative timeouts
any: ValueError: timeout value is too large
any: OverflowError: timeout value is too large
any: ValueError: negative buffersize in recv
any: ValueError: Timeout value out of range
any: ValueError: sleep length must be non-negative
any: ValueError: read length must be non-negative or -1""",
          "A count or a time is negative, 0 where one at least is needed, or far too large.",
          "Print the number before the call: where does it come from? `max(1, n)`.",
          "数量或时间是负数、应至少为 1 却是 0，或大得离谱。", "调用之前打印这个数：它从哪里来？可用 `max(1, n)`。",
          "concurrency.ProcessPool ipc.Semaphore concurrency.Limits"),
    Error("A function that the new process does not find", """\
any: AttributeError: Can't get attribute
any: AttributeError: Can't get local object
any: ModuleNotFoundError: No module named '__mp_main__'
any: AttributeError: module '__main__' has no attribute '__spec__'""",
          "A spawned process imports the file again: the function is local, defined below `if __name__`, or "
          "typed at the prompt.",
          "Define it at the top level of a file, above `if __name__ == \"__main__\":`.",
          "spawn 的进程会重新导入文件：函数是局部的、定义在 `if __name__` 之后，或是在交互环境里输入的。",
          "在文件顶层、`if __name__ == \"__main__\":` 之前定义它。",
          "concurrency.processes.spawn.check_picklable concurrency.Process"),
    Error("ctypes: a type or an argument that does not fit", """\
any: TypeError: this type has no size
any: TypeError: incompatible types
any: ctypes.ArgumentError
any: TypeError: one character bytes
any: TypeError: one character unicode string expected
any: TypeError: bytes or integer address expected instead of
any: TypeError: unicode string expected instead of
any: ValueError: Buffer size too small
any: ValueError: byte string too long
any: ValueError: string too long
any: ValueError: NULL pointer access
any: TypeError: underlying buffer is not writable
any: OSError: exception: access violation
any: AttributeError: ... undefined symbol
any: IndexError: invalid index
any: ValueError: Can only assign sequence of same size""",
          "The typecode of Value or Array is unknown (use 'i', 'd', 'c'), or what is stored is of another "
          "type or length.",
          "'c' takes bytes of length 1, 'i' an int; a slice is replaced by as many items.",
          "Value、Array 的类型码不存在（用 'i'、'd'、'c'），或存入的类型、长度不对。", "'c' 要长度为 1 的 bytes，'i' 要整数；切片要用同样多的元素替换。",
          "ipc.Value ipc.Array"),
    Error("http.client calls in the wrong order", """\
any: http.client.CannotSendRequest
any: http.client.CannotSendHeader
any: http.client.ResponseNotReady
any: http.client.ImproperConnectionState
any: http.client.NotConnected
any: http.client.UnknownTransferEncoding
any: http.client.LineTooLong
any: http.client.HTTPException: got more than
any: ValueError: Invalid header name
any: ValueError: Invalid header value
any: ValueError: method can't contain control characters""",
          "A second request was begun before the first answer was read to its end, or a field is not of HTTP's form.",
          "`response.read()` first; one connection carries one request at a time.",
          "上一个应答还没有读完就开始下一个请求，或字段不符合 HTTP 的格式。",
          "先 `response.read()`；一个连接同一时间只能有一个请求。",
          "http.fetch http.recv_request"),
    Error("Arguments or names in the wrong order", """\
any: SyntaxError: positional argument follows keyword argument
any: SyntaxError: keyword argument repeated
any: SyntaxError: non-default argument follows default argument
any: SyntaxError: parameter without a default follows parameter with a default
any: SyntaxError: duplicate argument
any: SyntaxError: expression cannot contain assignment
any: SyntaxError: cannot assign to
any: SyntaxError: cannot delete
any: SyntaxError: can't assign to
any: SyntaxError: illegal target for annotation
any: SyntaxError: invalid decimal literal
any: SyntaxError: invalid hexadecimal literal
any: SyntaxError: leading zeros in decimal integer literals
any: SyntaxError: expected 'except' or 'finally' block
any: SyntaxError: expected 'else' after
any: SyntaxError: multiple exception types must be parenthesized
any: SyntaxError: Generator expression must be parenthesized
any: SyntaxError: did you forget parentheses around
any: SyntaxError: Did you mean print
any: SyntaxError: 'yield' outside function
any: SyntaxError: 'await' outside
any: SyntaxError: asynchronous
any: SyntaxError: import * only allowed at module level
any: SyntaxError: trailing comma not allowed
any: SyntaxError: from __future__ imports must occur
any: SyntaxError: unexpected EOF while parsing
any: SyntaxError: unexpected character after line continuation
any: SyntaxError: source code string cannot contain null bytes
any: SyntaxError: invalid escape sequence
any: SyntaxWarning: invalid escape sequence
any: SyntaxWarning: "is" with
any: SyntaxWarning: 'str' object is not callable; perhaps you missed a comma""",
          "The line is no Python: names with = come after the others, `=` assigns and `==` compares, a name "
          "does not begin "
          "with a digit, and nothing follows a backslash at the line's end.",
          "Look at the place that the arrow shows, and at the line before it.",
          "这一行不合语法：带 = 的参数要写在后面，`=` 是赋值而 `==` 是比较，名字不能以数字开头，行末反斜杠后面不能有字符。",
          "看箭头所指的位置，以及它的上一行。", "", "check_program.py"),
    Error("f-string: a brace or a quote is missing", """\
any: SyntaxError: f-string
any: SyntaxError: unterminated f-string literal
any: SyntaxError: t-string
any: ValueError: Invalid format specifier
any: ValueError: Unknown format code
any: TypeError: not all arguments converted during string formatting
any: TypeError: not enough arguments for format string
any: TypeError: %d format: a real number is required
any: TypeError: %d format: a number is required
any: ValueError: unsupported format character
any: IndexError: Replacement index""",
          "Each { of a format needs its }, %d wants a number, and there must be as many values as places; "
          "before Python 3.12 "
          "the same quotes cannot be used inside.",
          "Write f\"{name}\", and other quotes inside: f\"{d['key']}\".",
          "格式串中每个 { 都要有 }，%d 要数字，值的个数要与占位符一致；Python 3.12 之前里面不能用同样的引号。",
          "写成 f\"{name}\"，里面用另一种引号：f\"{d['key']}\"。", "", "check_program.py"),
    Error("A buffer or a file in use by something else", """\
any: BufferError: Existing exports of data
any: BufferError: memoryview has
any: BufferError: cannot close exported pointers exist
any: RuntimeError: reentrant call inside
any: ValueError: operation on uninitialized object
any: ValueError: raw stream has been detached
any: ValueError: underlying buffer has been detached
any: ValueError: buffer size must be strictly positive
any: ValueError: memoryview: format
any: ValueError: mmap closed or invalid
any: ValueError: cannot mmap an empty file
any: ValueError: mmap length is greater than file size
any: TypeError: read-only buffer
any: TypeError: cannot modify read-only memory""",
          "A memoryview or a second user still holds the memory, or the stream under it was taken away or closed.",
          "Release the view first (`with memoryview(...) as view:`); close the outermost object only.",
          "还有 memoryview 或别的使用者占着这块内存，或它下面的流已被取走、关闭。", "先释放视图（`with memoryview(...) as view:`）；只关闭最外层的对象。",
          "ipc.AnonymousMemory files.copy_file"),
    Error("A name that this system lacks", """\
any: AttributeError: module 'signal' has no attribute 'SIGCHLD'
any: AttributeError: module 'signal' has no attribute 'SIGCLD'
any: AttributeError: module 'signal' has no attribute 'SIGKILL'
any: AttributeError: module 'signal' has no attribute 'SIGALRM'
any: AttributeError: module 'signal' has no attribute 'SIGHUP'
any: AttributeError: module 'signal' has no attribute 'SIGPIPE'
any: AttributeError: module 'signal' has no attribute 'SIGUSR1'
any: AttributeError: module 'signal' has no attribute 'SIGQUIT'
any: AttributeError: module 'signal' has no attribute 'SIGSTOP'
any: AttributeError: module 'signal' has no attribute 'SIGCONT'
any: AttributeError: module 'signal' has no attribute 'alarm'
any: AttributeError: module 'signal' has no attribute 'pause'
any: AttributeError: module 'signal' has no attribute 'setitimer'
any: AttributeError: module 'signal' has no attribute 'sigwait'
any: AttributeError: module 'signal' has no attribute 'pthread_kill'
any: AttributeError: module 'signal' has no attribute 'siginterrupt'
any: AttributeError: module 'os' has no attribute 'wait'
any: AttributeError: module 'os' has no attribute 'mkfifo'
any: AttributeError: module 'os' has no attribute 'getuid'
any: AttributeError: module 'os' has no attribute 'geteuid'
any: AttributeError: module 'os' has no attribute 'setsid'
any: AttributeError: module 'os' has no attribute 'killpg'
any: AttributeError: module 'os' has no attribute 'getpgid'
any: AttributeError: module 'os' has no attribute 'getpgrp'
any: AttributeError: module 'os' has no attribute 'wait3'
any: AttributeError: module 'os' has no attribute 'wait4'
any: AttributeError: module 'os' has no attribute 'nice'
any: AttributeError: module 'os' has no attribute 'uname'
any: AttributeError: module 'os' has no attribute 'getloadavg'
any: AttributeError: module 'os' has no attribute 'sync'
any: AttributeError: module 'os' has no attribute 'chroot'
any: AttributeError: module 'os' has no attribute 'posix_fallocate'
any: AttributeError: module 'os' has no attribute 'pread'
any: AttributeError: module 'os' has no attribute 'pwrite'
any: AttributeError: module 'os' has no attribute 'sendfile'
any: AttributeError: module 'os' has no attribute 'WIFEXITED'
any: AttributeError: module 'os' has no attribute 'WEXITSTATUS'
any: AttributeError: module 'os' has no attribute 'WNOHANG'
any: AttributeError: module 'os' has no attribute 'register_at_fork'
any: AttributeError: module 'os' has no attribute 'sched_getaffinity'
any: AttributeError: module 'select' has no attribute 'epoll'
any: AttributeError: module 'select' has no attribute 'poll'
any: AttributeError: module 'select' has no attribute 'kqueue'
any: AttributeError: module 'select' has no attribute 'EPOLLIN'
any: AttributeError: module 'select' has no attribute 'POLLIN'
any: AttributeError: module 'socket' has no attribute 'SO_REUSEPORT'
any: AttributeError: module 'socket' has no attribute 'MSG_DONTWAIT'
any: AttributeError: module 'socket' has no attribute 'MSG_NOSIGNAL'
any: AttributeError: module 'socket' has no attribute 'SOCK_NONBLOCK'
any: AttributeError: module 'socket' has no attribute 'AF_PACKET'
any: AttributeError: module 'socket' has no attribute 'AF_NETLINK'
any: AttributeError: module 'socket' has no attribute 'SCM_RIGHTS'
any: AttributeError: module 'socket' has no attribute 'TCP_CORK'
Windows: ModuleNotFoundError: No module named 'fcntl'
Windows: ModuleNotFoundError: No module named 'resource'
Windows: ModuleNotFoundError: No module named 'termios'
Windows: ModuleNotFoundError: No module named 'pwd'
Windows: ModuleNotFoundError: No module named 'grp'
Windows: ModuleNotFoundError: No module named 'tty'
Windows: ModuleNotFoundError: No module named 'pty'
Windows: ModuleNotFoundError: No module named 'syslog'""",
          "The name is right, but this system has not got it: Windows lacks most signals, `os.wait`, `os.mkfifo`, "
          "`epoll`, `poll`, `fcntl`; macOS lacks `epoll`; only macOS and BSD have `kqueue`.",
          "Use what runs everywhere: `multiprocessing` and `join` for children, `selectors.DefaultSelector` for many "
          "sockets, `Process.terminate` for a signal; or ask first: `if hasattr(signal, \"SIGCHLD\"):`.",
          "名字没写错，是本系统没有：Windows 没有大多数信号、`os.wait`、`os.mkfifo`、`epoll`、`poll`、`fcntl`；macOS 没有 `epoll`；"
          "只有 macOS 和 BSD 有 `kqueue`。",
          "改用各系统都有的：子进程用 `multiprocessing` 和 `join`，多个套接字用 `selectors.DefaultSelector`，结束进程用 `Process.terminate`；"
          "或先判断：`if hasattr(signal, \"SIGCHLD\"):`。",
          "concurrency.Process concurrency.available_models concurrency.SignalReceiver"),
    Error("TLS: no certificate authorities", """\
any: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate
any: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain
any: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain
any: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired
any: curl: (60) SSL certificate problem: unable to get local issuer certificate""",
          "The program does not find the authority that signed the certificate: Python from python.org on macOS "
          "without its certificates, an old system, a proxy or virus scanner that signs anew, a wrong clock, or "
          "a server with a "
          "certificate of its own making.",
          "macOS: run `Install Certificates.command` in the folder of Python; else bring the system up to date and set "
          "the clock; for a certificate of your own `ssl.create_default_context(cafile=\"cert.pem\")`. Do not "
          "switch the check off.",
          "程序找不到签发该证书的机构：macOS 上 python.org 的 Python 没装证书、系统太旧、代理或杀毒软件重新签名、时钟不对，或服务器用的是自签名证书。",
          "macOS：运行 Python 文件夹里的 `Install Certificates.command`；其他情况更新系统、校准时钟；自签名证书用 "
          "`ssl.create_default_context(cafile=\"cert.pem\")`。不要关闭验证。",
          "http.fetch http.HTTPServer", "serve_http.py"),
]
