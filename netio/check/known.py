"""The names of the modules that these chapters use: what `import *` brings, and what a misspelt name may have
meant."""

from __future__ import annotations

_SOCKET = """socket AF_INET AF_INET6 AF_UNIX AF_PACKET SOCK_STREAM SOCK_DGRAM SOCK_RAW SOL_SOCKET SO_REUSEADDR
SO_REUSEPORT
SO_BROADCAST SO_KEEPALIVE SO_RCVBUF SO_SNDBUF SO_ERROR SO_LINGER SO_EXCLUSIVEADDRUSE SO_TYPE IPPROTO_TCP
IPPROTO_UDP IPPROTO_IP IPPROTO_ICMP TCP_NODELAY SHUT_RD SHUT_WR SHUT_RDWR INADDR_ANY gethostbyname gethostname
getaddrinfo getfqdn gethostbyaddr inet_aton inet_ntoa inet_pton inet_ntop ntohl ntohs htonl htons
setdefaulttimeout getdefaulttimeout create_connection create_server socketpair timeout error gaierror herror
has_ipv6 fromfd IP_ADD_MEMBERSHIP IP_DROP_MEMBERSHIP IP_MULTICAST_TTL IP_MULTICAST_LOOP IP_MULTICAST_IF
MSG_DONTWAIT MSG_PEEK MSG_WAITALL MSG_NOSIGNAL SOMAXCONN IP_TTL"""
_THREADING = """Thread Lock RLock Event Condition Semaphore BoundedSemaphore Barrier Timer local current_thread
currentThread
active_count activeCount enumerate main_thread get_ident settrace setprofile stack_size ThreadError"""
_PROCESSES = """Process Pool Queue SimpleQueue JoinableQueue Pipe Lock RLock Event Condition Semaphore
BoundedSemaphore Barrier
Value Array RawValue RawArray Manager current_process active_children cpu_count set_start_method get_context
freeze_support TimeoutError parent_process get_start_method connection managers pool shared_memory"""
_OS = """fork _exit getpid getppid wait waitpid WNOHANG kill path listdir remove mkdir rmdir makedirs rename
getcwd chdir
environ system popen pipe read write close open dup dup2 WIFEXITED WEXITSTATUS WTERMSIG WIFSIGNALED stat name
sep linesep getenv walk removedirs unlink cpu_count urandom execv execvp execl execlp nice getuid setsid umask
lseek O_RDONLY O_WRONLY O_CREAT O_RDWR O_TRUNC O_APPEND scandir fsync ftruncate truncate replace SEEK_SET
SEEK_CUR SEEK_END abort getlogin access F_OK R_OK W_OK X_OK chmod curdir pardir devnull startfile mkfifo killpg
getpgid setpgid register_at_fork waitstatus_to_exitcode wait3 wait4 P_ALL P_PID WUNTRACED error
sched_getaffinity posix_fallocate fstat isatty ttyname get_terminal_size fdopen link symlink readlink utime
extsep altsep pathsep defpath fspath fsencode fsdecode PathLike strerror uname times putenv unsetenv getpgrp
tcgetpgrp tcsetpgrp openpty forkpty login_tty pread pwrite preadv pwritev readv writev sendfile posix_spawn
posix_spawnp pidfd_open set_blocking get_blocking set_inheritable get_inheritable eventfd eventfd_read
eventfd_write memfd_create copy_file_range splice getsid setpriority getpriority PRIO_PROCESS"""
_TIME = """time sleep ctime strftime localtime gmtime mktime asctime perf_counter monotonic process_time
strptime time_ns
thread_time timezone tzset altzone daylight tzname struct_time perf_counter_ns monotonic_ns clock_gettime"""
_STRUCT = "pack unpack calcsize pack_into unpack_from iter_unpack Struct error"
_SIGNAL = """signal SIGCHLD SIG_IGN SIG_DFL SIGINT SIGTERM SIGKILL SIGALRM SIGUSR1 SIGUSR2 SIGHUP SIGPIPE alarm pause
setitimer getsignal default_int_handler Signals Handlers SIGSTOP SIGCONT SIGQUIT ITIMER_REAL siginterrupt
set_wakeup_fd sigwait sigwaitinfo sigtimedwait pthread_sigmask SIG_BLOCK SIG_UNBLOCK SIG_SETMASK raise_signal
strsignal valid_signals SIGCLD SIGBREAK CTRL_C_EVENT CTRL_BREAK_EVENT pthread_kill SIGABRT SIGFPE SIGILL SIGSEGV
SIGTSTP SIGTTIN SIGTTOU SIGWINCH SIGVTALRM SIGPROF SIGXCPU SIGXFSZ SIGIO SIGURG SIGSYS SIGTRAP SIGBUS SIGPOLL
SIGPWR ITIMER_VIRTUAL ITIMER_PROF sigpending getitimer ItimerError struct_siginfo NSIG SIGRTMIN SIGRTMAX
Sigmasks"""
_SELECT = """select poll epoll POLLIN POLLOUT POLLERR POLLHUP POLLPRI POLLNVAL EPOLLIN EPOLLOUT EPOLLERR
EPOLLHUP EPOLLET
EPOLLONESHOT EPOLLPRI EPOLLRDHUP EPOLLEXCLUSIVE kqueue kevent error KQ_FILTER_READ KQ_FILTER_WRITE KQ_EV_ADD
KQ_EV_DELETE devpoll PIPE_BUF"""
_RANDOM = "randint random choice choices sample shuffle uniform randrange seed gauss Random getrandbits"
_SYS = """exit argv stdin stdout stderr path platform version modules getsizeof maxsize executable exc_info byteorder
flags getrecursionlimit setrecursionlimit version_info getdefaultencoding"""
_QUEUE = "Queue LifoQueue PriorityQueue SimpleQueue Empty Full"
_FUTURES = "ThreadPoolExecutor ProcessPoolExecutor as_completed wait Future TimeoutError FIRST_COMPLETED ALL_COMPLETED"
_SELECTORS = "DefaultSelector SelectSelector PollSelector EpollSelector EVENT_READ EVENT_WRITE BaseSelector SelectorKey"

MODULES: dict[str, frozenset[str]] = {
    name: frozenset(text.split())
    for name, text in {
        "socket": _SOCKET,
        "threading": _THREADING,
        "multiprocessing": _PROCESSES,
        "os": _OS,
        "time": _TIME,
        "struct": _STRUCT,
        "signal": _SIGNAL,
        "select": _SELECT,
        "random": _RANDOM,
        "sys": _SYS,
        "queue": _QUEUE,
        "concurrent.futures": _FUTURES,
        "selectors": _SELECTORS,
        "socketserver": "TCPServer UDPServer ThreadingTCPServer ThreadingUDPServer BaseRequestHandler"
        " StreamRequestHandler "
        "DatagramRequestHandler ForkingTCPServer ThreadingMixIn ForkingMixIn",
        "datetime": "datetime date time timedelta timezone",
        "json": "dumps loads dump load",
        "math": "sqrt ceil floor pi log sin cos",
        "shutil": "copy copyfile copyfileobj move rmtree",
        "_thread": "start_new_thread allocate_lock get_ident exit",
        "pickle": "dumps loads dump load",
    }.items()
}

# Methods, for a name that is near one of them.
METHODS: dict[str, frozenset[str]] = {
    name: frozenset(text.split())
    for name, text in {
        "socket": """accept bind close connect connect_ex detach dup fileno getpeername getsockname getsockopt
gettimeout family type
proto listen makefile recv recv_into recvfrom recvfrom_into recvmsg recvmsg_into send sendall sendfile sendmsg
sendto setblocking getblocking setsockopt settimeout shutdown timeout ioctl share set_inheritable
get_inheritable unwrap do_handshake version cipher getpeercert selected_alpn_protocol""",
        "file": """read readline readlines write writelines close flush seek tell truncate fileno closed mode
name isatty encoding
readinto readable writable seekable buffer newlines errors line_buffering detach raw peek read1 reconfigure""",
        "process": """start run join is_alive terminate kill close name daemon pid exitcode ident sentinel authkey""",
        "thread": """start run join is_alive name daemon ident native_id setDaemon isDaemon getName setName""",
        "lock": "acquire release locked",
        "pool": """apply apply_async map map_async imap imap_unordered starmap starmap_async close terminate join""",
        "queue": """put get put_nowait get_nowait qsize empty full close join join_thread cancel_join_thread
task_done maxsize queue""",
        "pipe": "send recv close poll send_bytes recv_bytes fileno closed readable writable recv_bytes_into",
        "event": "set clear wait is_set isSet",
        "semaphore": "acquire release get_value",
    }.items()
}

SOCKET_CONSTRUCTORS = {"socket.socket", "socket.create_connection", "socket.create_server", "socket.fromfd",
                       "ssl.wrap_socket", "socket.SocketType"}
LOCKS = {"threading.Lock", "threading.RLock", "multiprocessing.Lock", "multiprocessing.RLock", "_thread.allocate_lock",
         "threading.Condition", "multiprocessing.Condition"}
MADE = {
    "threading.Thread": "thread",
    "threading.Timer": "thread",
    "multiprocessing.Process": "process",
    "multiprocessing.Pool": "pool",
    "multiprocessing.pool.Pool": "pool",
    "multiprocessing.pool.ThreadPool": "pool",
    "multiprocessing.Queue": "queue",
    "multiprocessing.JoinableQueue": "queue",
    "multiprocessing.SimpleQueue": "queue",
    "queue.Queue": "queue",
    "queue.LifoQueue": "queue",
    "queue.PriorityQueue": "queue",
    "queue.SimpleQueue": "queue",
    "select.poll": "poll",
    "select.epoll": "poll",
    "threading.Event": "event",
    "multiprocessing.Event": "event",
    "multiprocessing.Value": "value",
    "multiprocessing.Array": "array",
    "multiprocessing.Manager": "manager",
    "threading.Semaphore": "semaphore",
    "threading.BoundedSemaphore": "semaphore",
    "multiprocessing.Semaphore": "semaphore",
    "multiprocessing.BoundedSemaphore": "semaphore",
    "concurrent.futures.ThreadPoolExecutor": "executor",
    "concurrent.futures.ProcessPoolExecutor": "executor",
    **dict.fromkeys(LOCKS, "lock"),
}
