"""All names of the modules that these chapters use, on every system: what is in here is no slip of the pen."""

from __future__ import annotations

NAMES: dict[str, frozenset[str]] = {
    name: frozenset(text.split())
    for name, text in {
        "_thread": """LockType RLock TIMEOUT_MAX _ExceptHookArgs _ThreadHandle _count _excepthook
_get_main_thread_ident _is_main_interpreter _local _make_thread_handle
_set_sentinel _shutdown allocate allocate_lock daemon_threads_allowed error exit
exit_thread get_ident get_native_id interrupt_main lock stack_size
start_joinable_thread start_new start_new_thread""",
        "concurrent.futures": """ALL_COMPLETED BrokenExecutor CancelledError Executor FIRST_COMPLETED
FIRST_EXCEPTION Future InvalidStateError ProcessPoolExecutor ThreadPoolExecutor
TimeoutError _base as_completed process thread wait""",
        "datetime": """MAXYEAR MINYEAR UTC date datetime datetime_CAPI sys time timedelta timezone
tzinfo""",
        "json": """JSONDecodeError JSONDecoder JSONEncoder _default_decoder _default_encoder codecs
decoder detect_encoding dump dumps encoder load loads scanner""",
        "math": """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees
dist e erf erfc exp exp2 expm1 fabs factorial floor fma fmod frexp fsum gamma
gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10
log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt
sumprod tan tanh tau trunc ulp""",
        "multiprocessing": """Array AuthenticationError Barrier BoundedSemaphore BufferTooShort Condition
Event JoinableQueue Lock Manager Pipe Pool Process ProcessError Queue RLock
RawArray RawValue SUBDEBUG SUBWARNING Semaphore SimpleQueue TimeoutError Value
active_children allow_connection_pickling connection context cpu_count
current_process dummy forkserver freeze_support get_all_start_methods
get_context get_logger get_start_method heap log_to_stderr managers
parent_process pool popen_fork popen_forkserver popen_spawn_posix
popen_spawn_win32 process queues reducer reduction resource_sharer
resource_tracker set_executable set_forkserver_preload set_start_method
shared_memory sharedctypes spawn synchronize sys util""",
        "os": """CLD_CONTINUED CLD_DUMPED CLD_EXITED CLD_KILLED CLD_STOPPED CLD_TRAPPED
CLONE_FILES CLONE_FS CLONE_NEWCGROUP CLONE_NEWIPC CLONE_NEWNET CLONE_NEWNS
CLONE_NEWPID CLONE_NEWTIME CLONE_NEWUSER CLONE_NEWUTS CLONE_SIGHAND
CLONE_SYSVSEM CLONE_THREAD CLONE_VM DirEntry EFD_CLOEXEC EFD_NONBLOCK
EFD_SEMAPHORE EX_CANTCREAT EX_CONFIG EX_DATAERR EX_IOERR EX_NOHOST EX_NOINPUT
EX_NOPERM EX_NOUSER EX_OK EX_OSERR EX_OSFILE EX_PROTOCOL EX_SOFTWARE EX_TEMPFAIL
EX_UNAVAILABLE EX_USAGE F_LOCK F_OK F_TEST F_TLOCK F_ULOCK GRND_NONBLOCK
GRND_RANDOM GenericAlias MFD_ALLOW_SEALING MFD_CLOEXEC MFD_HUGETLB MFD_HUGE_16GB
MFD_HUGE_16MB MFD_HUGE_1GB MFD_HUGE_1MB MFD_HUGE_256MB MFD_HUGE_2GB MFD_HUGE_2MB
MFD_HUGE_32MB MFD_HUGE_512KB MFD_HUGE_512MB MFD_HUGE_64KB MFD_HUGE_8MB
MFD_HUGE_MASK MFD_HUGE_SHIFT Mapping MutableMapping NGROUPS_MAX O_ACCMODE
O_APPEND O_ASYNC O_BINARY O_CLOEXEC O_CREAT O_DIRECT O_DIRECTORY O_DSYNC O_EXCL
O_FSYNC O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NOINHERIT
O_NONBLOCK O_PATH O_RANDOM O_RDONLY O_RDWR O_RSYNC O_SEQUENTIAL O_SYNC O_TEXT
O_TMPFILE O_TRUNC O_WRONLY POSIX_FADV_DONTNEED POSIX_FADV_NOREUSE
POSIX_FADV_NORMAL POSIX_FADV_RANDOM POSIX_FADV_SEQUENTIAL POSIX_FADV_WILLNEED
POSIX_SPAWN_CLOSE POSIX_SPAWN_CLOSEFROM POSIX_SPAWN_DUP2 POSIX_SPAWN_OPEN
PRIO_PGRP PRIO_PROCESS PRIO_USER P_ALL P_DETACH P_NOWAIT P_NOWAITO P_OVERLAY
P_PGID P_PID P_PIDFD P_WAIT PathLike RTLD_DEEPBIND RTLD_GLOBAL RTLD_LAZY
RTLD_LOCAL RTLD_NODELETE RTLD_NOLOAD RTLD_NOW RWF_APPEND RWF_DSYNC RWF_HIPRI
RWF_NOWAIT RWF_SYNC R_OK SCHED_BATCH SCHED_FIFO SCHED_IDLE SCHED_OTHER
SCHED_RESET_ON_FORK SCHED_RR SEEK_CUR SEEK_DATA SEEK_END SEEK_HOLE SEEK_SET
SPLICE_F_MORE SPLICE_F_MOVE SPLICE_F_NONBLOCK ST_APPEND ST_MANDLOCK ST_NOATIME
ST_NODEV ST_NODIRATIME ST_NOEXEC ST_NOSUID ST_RDONLY ST_RELATIME ST_SYNCHRONOUS
ST_WRITE TFD_CLOEXEC TFD_NONBLOCK TFD_TIMER_ABSTIME TFD_TIMER_CANCEL_ON_SET
TMP_MAX WCONTINUED WCOREDUMP WEXITED WEXITSTATUS WIFCONTINUED WIFEXITED
WIFSIGNALED WIFSTOPPED WNOHANG WNOWAIT WSTOPPED WSTOPSIG WTERMSIG WUNTRACED W_OK
XATTR_CREATE XATTR_REPLACE XATTR_SIZE_MAX X_OK _Environ _check_methods _execvpe
_exists _exit _fspath _fwalk _fwalk_close _fwalk_walk _fwalk_yield
_get_exports_list _spawnvef _walk _walk_symlinks_as_files _wrap_close abc abort
access add_dll_directory altsep chdir chflags chmod chown chroot close
closerange confstr confstr_names copy_file_range cpu_count ctermid curdir
defpath device_encoding devnull dup dup2 environ environb error eventfd
eventfd_read eventfd_write execl execle execlp execlpe execv execve execvp
execvpe extsep fchdir fchmod fchown fdatasync fdopen fork forkpty fpathconf
fsdecode fsencode fspath fstat fstatvfs fsync ftruncate fwalk get_blocking
get_exec_path get_inheritable get_terminal_size getcwd getcwdb getegid getenv
getenvb geteuid getgid getgrouplist getgroups getloadavg getlogin getpgid
getpgrp getpid getppid getpriority getrandom getresgid getresuid getsid getuid
getxattr grantpt initgroups isatty kill killpg lchflags lchmod lchown linesep
link listdir listdrives listxattr lockf login_tty lseek lstat major makedev
makedirs memfd_create minor mkdir mkfifo mknod name nice open openpty pardir
path pathconf pathconf_names pathsep pidfd_open pipe pipe2 plock popen
posix_fadvise posix_fallocate posix_openpt posix_spawn posix_spawnp pread preadv
process_cpu_count ptsname putenv pwrite pwritev read readlink readv
register_at_fork remove removedirs removexattr rename renames replace rmdir
scandir sched_get_priority_max sched_get_priority_min sched_getaffinity
sched_getparam sched_getscheduler sched_param sched_rr_get_interval
sched_setaffinity sched_setparam sched_setscheduler sched_yield sendfile sep
set_blocking set_inheritable setegid seteuid setgid setgroups setns setpgid
setpgrp setpriority setregid setresgid setresuid setreuid setsid setuid setxattr
spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe splice st
startfile stat stat_result statvfs statvfs_result strerror
supports_bytes_environ supports_dir_fd supports_effective_ids supports_fd
supports_follow_symlinks symlink sync sys sysconf sysconf_names system tcgetpgrp
tcsetpgrp terminal_size timerfd_create timerfd_gettime timerfd_gettime_ns
timerfd_settime timerfd_settime_ns times times_result truncate ttyname umask
uname uname_result unlink unlockpt unsetenv unshare urandom utime wait wait3
wait4 waitid waitid_result waitpid waitstatus_to_exitcode walk write writev""",
        "pickle": """ADDITEMS APPEND APPENDS BINBYTES BINBYTES8 BINFLOAT BINGET BININT BININT1
BININT2 BINPERSID BINPUT BINSTRING BINUNICODE BINUNICODE8 BUILD BYTEARRAY8
DEFAULT_PROTOCOL DICT DUP EMPTY_DICT EMPTY_LIST EMPTY_SET EMPTY_TUPLE EXT1 EXT2
EXT4 FALSE FLOAT FRAME FROZENSET FunctionType GET GLOBAL HIGHEST_PROTOCOL INST
INT LIST LONG LONG1 LONG4 LONG_BINGET LONG_BINPUT MARK MEMOIZE NEWFALSE NEWOBJ
NEWOBJ_EX NEWTRUE NEXT_BUFFER NONE OBJ PERSID POP POP_MARK PROTO PUT
PickleBuffer PickleError Pickler PicklingError PyStringMap READONLY_BUFFER
REDUCE SETITEM SETITEMS SHORT_BINBYTES SHORT_BINSTRING SHORT_BINUNICODE
STACK_GLOBAL STOP STRING TRUE TUPLE TUPLE1 TUPLE2 TUPLE3 UNICODE Unpickler
UnpicklingError _Framer _HAVE_PICKLE_BUFFER _NoValue _Pickler _Stop _Unframer
_Unpickler _compat_pickle _dump _dumps _extension_cache _extension_registry
_getattribute _inverted_registry _load _loads _test _tuplesize2code bytes_types
codecs compatible_formats decode_long dispatch_table dump dumps encode_long
format_version io islice load loads maxsize pack partial re sys unpack
whichmodule""",
        "queue": """Empty Full LifoQueue PriorityQueue Queue ShutDown SimpleQueue _PySimpleQueue
deque heappop heappush threading time types""",
        "random": """BPF LOG4 NV_MAGICCONST RECIP_BPF Random SG_MAGICCONST SystemRandom TWOPI _ONE
_Sequence _Set _accumulate _acos _bisect _ceil _cos _e _exp _fabs _floor _index
_inst _isfinite _lgamma _log _log2 _os _parse_args _pi _random _repeat _sha512
_sin _sqrt _test _test_generator _urandom _warn betavariate binomialvariate
choice choices expovariate gammavariate gauss getrandbits getstate
lognormvariate main normalvariate paretovariate randbytes randint random
randrange sample seed setstate shuffle triangular uniform vonmisesvariate
weibullvariate""",
        "select": """EPOLLERR EPOLLET EPOLLEXCLUSIVE EPOLLHUP EPOLLIN EPOLLMSG EPOLLONESHOT EPOLLOUT
EPOLLPRI EPOLLRDBAND EPOLLRDHUP EPOLLRDNORM EPOLLWRBAND EPOLLWRNORM
EPOLL_CLOEXEC KQ_EV_ADD KQ_EV_CLEAR KQ_EV_DELETE KQ_EV_DISABLE KQ_EV_ENABLE
KQ_EV_EOF KQ_EV_ERROR KQ_EV_ONESHOT KQ_FILTER_PROC KQ_FILTER_READ
KQ_FILTER_SIGNAL KQ_FILTER_TIMER KQ_FILTER_VNODE KQ_FILTER_WRITE KQ_NOTE_ATTRIB
KQ_NOTE_DELETE KQ_NOTE_EXIT KQ_NOTE_EXTEND KQ_NOTE_RENAME KQ_NOTE_WRITE PIPE_BUF
POLLERR POLLHUP POLLIN POLLMSG POLLNVAL POLLOUT POLLPRI POLLRDBAND POLLRDHUP
POLLRDNORM POLLWRBAND POLLWRNORM devpoll epoll error kevent kqueue poll select""",
        "selectors": """ABCMeta BaseSelector DefaultSelector EVENT_READ EVENT_WRITE EpollSelector
Mapping PollSelector SelectSelector SelectorKey _BaseSelectorImpl _NOT_EPOLLIN
_NOT_EPOLLOUT _PollLikeSelector _SelectorMapping _can_use _fileobj_to_fd
abstractmethod math namedtuple select sys""",
        "shutil": """COPY_BUFSIZE Error ExecError ReadError RegistryError SameFileError
SpecialFileError _ARCHIVE_FORMATS _BZ2_SUPPORTED _GiveupOnFastCopy
_HAS_FCOPYFILE _LZMA_SUPPORTED _UNPACK_FORMATS _USE_CP_SENDFILE _WINDOWS
_WIN_DEFAULT_PATHEXT _ZLIB_SUPPORTED _access_check _basename
_check_unpack_options _copyfileobj_readinto _copytree _copyxattr _destinsrc
_ensure_directory _fastcopy_fcopyfile _fastcopy_sendfile _find_unpack_format
_get_gid _get_uid _is_immutable _islink _make_tarball _make_zipfile
_ntuple_diskusage _rmtree_isdir _rmtree_islink _rmtree_safe_fd _rmtree_unsafe
_samefile _stat _unpack_tarfile _unpack_zipfile _use_fd_functions
_win_path_needs_curdir _winapi chown collections copy copy2 copyfile copyfileobj
copymode copystat copytree disk_usage errno fnmatch get_archive_formats
get_terminal_size get_unpack_formats getgrnam getpwnam ignore_patterns
make_archive move nt os posix register_archive_format register_unpack_format
rmtree stat sys unpack_archive unregister_archive_format
unregister_unpack_format which""",
        "signal": """CTRL_BREAK_EVENT CTRL_C_EVENT Handlers ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL
ItimerError NSIG SIGABRT SIGALRM SIGBREAK SIGBUS SIGCHLD SIGCLD SIGCONT SIGEMT
SIGFPE SIGHUP SIGILL SIGINFO SIGINT SIGIO SIGIOT SIGKILL SIGPIPE SIGPOLL SIGPROF
SIGPWR SIGQUIT SIGRTMAX SIGRTMIN SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTERM
SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH
SIGXCPU SIGXFSZ SIG_BLOCK SIG_DFL SIG_IGN SIG_SETMASK SIG_UNBLOCK Sigmasks
Signals _IntEnum _enum_to_int _int_to_enum _signal alarm default_int_handler
getitimer getsignal pause pidfd_send_signal pthread_kill pthread_sigmask
raise_signal set_wakeup_fd setitimer siginterrupt signal sigpending sigtimedwait
sigwait sigwaitinfo strsignal struct_siginfo valid_signals""",
        "socket": """AF_ALG AF_APPLETALK AF_ASH AF_ATMPVC AF_ATMSVC AF_AX25 AF_BRIDGE AF_CAN
AF_DECnet AF_ECONET AF_INET AF_INET6 AF_IPX AF_IRDA AF_KEY AF_LLC AF_NETBEUI
AF_NETLINK AF_NETROM AF_PACKET AF_PPPOX AF_QIPCRTR AF_RDS AF_ROSE AF_ROUTE
AF_SECURITY AF_SNA AF_SYSTEM AF_TIPC AF_UNIX AF_UNSPEC AF_VSOCK AF_WANPIPE
AF_X25 AI_ADDRCONFIG AI_ALL AI_CANONNAME AI_NUMERICHOST AI_NUMERICSERV
AI_PASSIVE AI_V4MAPPED ALG_OP_DECRYPT ALG_OP_ENCRYPT ALG_OP_SIGN ALG_OP_VERIFY
ALG_SET_AEAD_ASSOCLEN ALG_SET_AEAD_AUTHSIZE ALG_SET_IV ALG_SET_KEY ALG_SET_OP
ALG_SET_PUBKEY AddressFamily AddressInfo CAN_BCM CAN_BCM_CAN_FD_FRAME
CAN_BCM_RX_ANNOUNCE_RESUME CAN_BCM_RX_CHANGED CAN_BCM_RX_CHECK_DLC
CAN_BCM_RX_DELETE CAN_BCM_RX_FILTER_ID CAN_BCM_RX_NO_AUTOTIMER CAN_BCM_RX_READ
CAN_BCM_RX_RTR_FRAME CAN_BCM_RX_SETUP CAN_BCM_RX_STATUS CAN_BCM_RX_TIMEOUT
CAN_BCM_SETTIMER CAN_BCM_STARTTIMER CAN_BCM_TX_ANNOUNCE CAN_BCM_TX_COUNTEVT
CAN_BCM_TX_CP_CAN_ID CAN_BCM_TX_DELETE CAN_BCM_TX_EXPIRED CAN_BCM_TX_READ
CAN_BCM_TX_RESET_MULTI_IDX CAN_BCM_TX_SEND CAN_BCM_TX_SETUP CAN_BCM_TX_STATUS
CAN_EFF_FLAG CAN_EFF_MASK CAN_ERR_FLAG CAN_ERR_MASK CAN_ISOTP CAN_J1939 CAN_RAW
CAN_RAW_ERR_FILTER CAN_RAW_FD_FRAMES CAN_RAW_FILTER CAN_RAW_JOIN_FILTERS
CAN_RAW_LOOPBACK CAN_RAW_RECV_OWN_MSGS CAN_RTR_FLAG CAN_SFF_MASK CAPI CMSG_LEN
CMSG_SPACE EAGAIN EAI_ADDRFAMILY EAI_AGAIN EAI_BADFLAGS EAI_FAIL EAI_FAMILY
EAI_MEMORY EAI_NODATA EAI_NONAME EAI_OVERFLOW EAI_SERVICE EAI_SOCKTYPE
EAI_SYSTEM EBADF ETHERTYPE_ARP ETHERTYPE_IP ETHERTYPE_IPV6 ETHERTYPE_VLAN
ETH_P_ALL EWOULDBLOCK INADDR_ALLHOSTS_GROUP INADDR_ANY INADDR_BROADCAST
INADDR_LOOPBACK INADDR_MAX_LOCAL_GROUP INADDR_NONE INADDR_UNSPEC_GROUP
IOCTL_VM_SOCKETS_GET_LOCAL_CID IPPORT_RESERVED IPPORT_USERRESERVED IPPROTO_AH
IPPROTO_DSTOPTS IPPROTO_EGP IPPROTO_ESP IPPROTO_FRAGMENT IPPROTO_GRE
IPPROTO_HOPOPTS IPPROTO_ICMP IPPROTO_ICMPV6 IPPROTO_IDP IPPROTO_IGMP IPPROTO_IP
IPPROTO_IPIP IPPROTO_IPV6 IPPROTO_MPTCP IPPROTO_NONE IPPROTO_PIM IPPROTO_PUP
IPPROTO_RAW IPPROTO_ROUTING IPPROTO_RSVP IPPROTO_SCTP IPPROTO_TCP IPPROTO_TP
IPPROTO_UDP IPPROTO_UDPLITE IPV6_CHECKSUM IPV6_DONTFRAG IPV6_DSTOPTS
IPV6_HOPLIMIT IPV6_HOPOPTS IPV6_JOIN_GROUP IPV6_LEAVE_GROUP IPV6_MULTICAST_HOPS
IPV6_MULTICAST_IF IPV6_MULTICAST_LOOP IPV6_NEXTHOP IPV6_PATHMTU IPV6_PKTINFO
IPV6_RECVDSTOPTS IPV6_RECVHOPLIMIT IPV6_RECVHOPOPTS IPV6_RECVPATHMTU
IPV6_RECVPKTINFO IPV6_RECVRTHDR IPV6_RECVTCLASS IPV6_RTHDR IPV6_RTHDRDSTOPTS
IPV6_RTHDR_TYPE_0 IPV6_TCLASS IPV6_UNICAST_HOPS IPV6_V6ONLY IP_ADD_MEMBERSHIP
IP_ADD_SOURCE_MEMBERSHIP IP_BIND_ADDRESS_NO_PORT IP_BLOCK_SOURCE
IP_DEFAULT_MULTICAST_LOOP IP_DEFAULT_MULTICAST_TTL IP_DROP_MEMBERSHIP
IP_DROP_SOURCE_MEMBERSHIP IP_HDRINCL IP_MAX_MEMBERSHIPS IP_MULTICAST_IF
IP_MULTICAST_LOOP IP_MULTICAST_TTL IP_OPTIONS IP_PKTINFO IP_RECVOPTS
IP_RECVRETOPTS IP_RECVTOS IP_RETOPTS IP_TOS IP_TRANSPARENT IP_TTL
IP_UNBLOCK_SOURCE IntEnum IntFlag J1939_EE_INFO_NONE J1939_EE_INFO_TX_ABORT
J1939_FILTER_MAX J1939_IDLE_ADDR J1939_MAX_UNICAST_ADDR J1939_NLA_BYTES_ACKED
J1939_NLA_PAD J1939_NO_ADDR J1939_NO_NAME J1939_NO_PGN J1939_PGN_ADDRESS_CLAIMED
J1939_PGN_ADDRESS_COMMANDED J1939_PGN_MAX J1939_PGN_PDU1_MAX J1939_PGN_REQUEST
LOCAL_PEERCRED MSG_BCAST MSG_CMSG_CLOEXEC MSG_CONFIRM MSG_CTRUNC MSG_DONTROUTE
MSG_DONTWAIT MSG_EOF MSG_EOR MSG_ERRQUEUE MSG_FASTOPEN MSG_MCAST MSG_MORE
MSG_NOSIGNAL MSG_OOB MSG_PEEK MSG_TRUNC MSG_WAITALL MsgFlag NETLINK_CRYPTO
NETLINK_DNRTMSG NETLINK_FIREWALL NETLINK_IP6_FW NETLINK_NFLOG NETLINK_ROUTE
NETLINK_USERSOCK NETLINK_XFRM NI_DGRAM NI_IDN NI_MAXHOST NI_MAXSERV NI_NAMEREQD
NI_NOFQDN NI_NUMERICHOST NI_NUMERICSERV PACKET_BROADCAST PACKET_FASTROUTE
PACKET_HOST PACKET_LOOPBACK PACKET_MULTICAST PACKET_OTHERHOST PACKET_OUTGOING
PF_CAN PF_PACKET PF_RDS RCVALL_MAX RCVALL_OFF RCVALL_ON SCM_CREDENTIALS
SCM_CREDS SCM_CREDS2 SCM_J1939_DEST_ADDR SCM_J1939_DEST_NAME SCM_J1939_ERRQUEUE
SCM_J1939_PRIO SCM_RIGHTS SHUT_RD SHUT_RDWR SHUT_WR SIO_KEEPALIVE_VALS
SIO_LOOPBACK_FAST_PATH SIO_RCVALL SOCK_CLOEXEC SOCK_DGRAM SOCK_NONBLOCK SOCK_RAW
SOCK_RDM SOCK_SEQPACKET SOCK_STREAM SOL_ALG SOL_CAN_BASE SOL_CAN_RAW SOL_IP
SOL_RDS SOL_SOCKET SOL_TCP SOL_TIPC SOL_UDP SOMAXCONN SO_ACCEPTCONN
SO_BINDTODEVICE SO_BINDTOIFINDEX SO_BROADCAST SO_DEBUG SO_DOMAIN SO_DONTROUTE
SO_ERROR SO_EXCLUSIVEADDRUSE SO_INCOMING_CPU SO_J1939_ERRQUEUE SO_J1939_FILTER
SO_J1939_PROMISC SO_J1939_SEND_PRIO SO_KEEPALIVE SO_LINGER SO_MARK SO_OOBINLINE
SO_PASSCRED SO_PASSSEC SO_PEERCRED SO_PEERSEC SO_PRIORITY SO_PROTOCOL SO_RCVBUF
SO_RCVLOWAT SO_RCVTIMEO SO_REUSEADDR SO_REUSEPORT SO_RTABLE SO_SNDBUF
SO_SNDLOWAT SO_SNDTIMEO SO_TYPE SO_USELOOPBACK SO_VM_SOCKETS_BUFFER_MAX_SIZE
SO_VM_SOCKETS_BUFFER_MIN_SIZE SO_VM_SOCKETS_BUFFER_SIZE SocketIO SocketKind
SocketType TCP_CC_INFO TCP_CONGESTION TCP_CORK TCP_DEFER_ACCEPT TCP_FASTOPEN
TCP_FASTOPEN_CONNECT TCP_FASTOPEN_KEY TCP_FASTOPEN_NO_COOKIE TCP_INFO TCP_INQ
TCP_KEEPALIVE TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_LINGER2 TCP_MAXSEG
TCP_MD5SIG TCP_MD5SIG_EXT TCP_NODELAY TCP_NOTSENT_LOWAT TCP_QUEUE_SEQ
TCP_QUICKACK TCP_REPAIR TCP_REPAIR_OPTIONS TCP_REPAIR_QUEUE TCP_REPAIR_WINDOW
TCP_SAVED_SYN TCP_SAVE_SYN TCP_SYNCNT TCP_THIN_DUPACK TCP_THIN_LINEAR_TIMEOUTS
TCP_TIMESTAMP TCP_TX_DELAY TCP_ULP TCP_USER_TIMEOUT TCP_WINDOW_CLAMP
TCP_ZEROCOPY_RECEIVE TIPC_ADDR_ID TIPC_ADDR_NAME TIPC_ADDR_NAMESEQ TIPC_CFG_SRV
TIPC_CLUSTER_SCOPE TIPC_CONN_TIMEOUT TIPC_CRITICAL_IMPORTANCE
TIPC_DEST_DROPPABLE TIPC_HIGH_IMPORTANCE TIPC_IMPORTANCE TIPC_LOW_IMPORTANCE
TIPC_MEDIUM_IMPORTANCE TIPC_NODE_SCOPE TIPC_PUBLISHED TIPC_SRC_DROPPABLE
TIPC_SUBSCR_TIMEOUT TIPC_SUB_CANCEL TIPC_SUB_PORTS TIPC_SUB_SERVICE TIPC_TOP_SRV
TIPC_WAIT_FOREVER TIPC_WITHDRAWN TIPC_ZONE_SCOPE UDPLITE_RECV_CSCOV
UDPLITE_SEND_CSCOV VMADDR_CID_ANY VMADDR_CID_HOST VMADDR_PORT_ANY
VM_SOCKETS_INVALID_VERSION _GLOBAL_DEFAULT_TIMEOUT _GiveupOnSendfile _LOCALHOST
_LOCALHOST_V6 _blocking_errnos _fallback_socketpair _intenum_converter _socket
array close create_connection create_server dup errno error fromfd fromshare
gaierror getaddrinfo getdefaulttimeout getfqdn gethostbyaddr gethostbyname
gethostbyname_ex gethostname getnameinfo getprotobyname getservbyname
getservbyport has_dualstack_ipv6 has_ipv6 herror htonl htons if_indextoname
if_nameindex if_nametoindex inet_aton inet_ntoa inet_ntop inet_pton io ntohl
ntohs os recv_fds selectors send_fds setdefaulttimeout sethostname socket
socketpair sys timeout""",
        "socketserver": """BaseRequestHandler BaseServer BufferedIOBase DatagramRequestHandler ForkingMixIn
ForkingTCPServer ForkingUDPServer ForkingUnixDatagramServer
ForkingUnixStreamServer StreamRequestHandler TCPServer ThreadingMixIn
ThreadingTCPServer ThreadingUDPServer ThreadingUnixDatagramServer
ThreadingUnixStreamServer UDPServer UnixDatagramServer UnixStreamServer
_NoThreads _ServerSelector _SocketWriter _Threads os selectors socket sys
threading time""",
        "struct": """Struct _clearcache calcsize error iter_unpack pack pack_into unpack unpack_from""",
        "sys": """_MEIPASS _base_executable _baserepl _clear_internal_caches _clear_type_cache
_current_exceptions _current_frames _debugmallocstats _framework
_get_cpu_count_config _getframe _getframemodulename _getquickenedcount _git
_home _is_gil_enabled _is_interned _setprofileallthreads _settraceallthreads
_stdlib_dir _xoptions abiflags activate_stack_trampoline addaudithook
api_version argv audit base_exec_prefix base_prefix breakpointhook
builtin_module_names byteorder call_tracing copyright
deactivate_stack_trampoline displayhook dllhandle dont_write_bytecode exc_info
excepthook exception exec_prefix executable exit flags float_info
float_repr_style frozen get_asyncgen_hooks get_coroutine_origin_tracking_depth
get_int_max_str_digits getallocatedblocks getcheckinterval getdefaultencoding
getdlopenflags getfilesystemencodeerrors getfilesystemencoding getprofile
getrecursionlimit getrefcount getsizeof getswitchinterval gettotalrefcount
gettrace getunicodeinternedsize getwindowsversion hash_info hexversion
implementation int_info intern is_finalizing is_stack_trampoline_active last_exc
last_traceback last_type last_value maxsize maxunicode meta_path modules
monitoring orig_argv path path_hooks path_importer_cache platform platlibdir
prefix ps1 ps2 pycache_prefix set_asyncgen_hooks
set_coroutine_origin_tracking_depth set_int_max_str_digits setcheckinterval
setdlopenflags setprofile setrecursionlimit setswitchinterval settrace stderr
stdin stdlib_module_names stdout thread_info unraisablehook version version_info
warnoptions winver""",
        "threading": """Barrier BoundedSemaphore BrokenBarrierError Condition Event ExceptHookArgs Lock
RLock Semaphore TIMEOUT_MAX Thread ThreadError Timer WeakSet _CRLock
_DeleteDummyThreadOnDel _DummyThread _HAVE_THREAD_NATIVE_ID _LockType
_MainThread _PyRLock _RLock _SHUTTING_DOWN _ThreadHandle _active
_active_limbo_lock _after_fork _allocate_lock _count _counter
_daemon_threads_allowed _dangling _deque _enumerate _get_main_thread_ident
_is_main_interpreter _islice _limbo _main_thread _maintain_shutdown_locks
_make_invoke_excepthook _make_thread_handle _newname _os _profile_hook
_register_atexit _set_sentinel _shutdown _shutdown_locks _shutdown_locks_lock
_start_joinable_thread _start_new_thread _sys _thread_local_info
_thread_shutdown _threading_atexits _time _trace_hook activeCount active_count
currentThread current_thread enumerate excepthook functools get_ident
get_native_id getprofile gettrace local main_thread setprofile
setprofile_all_threads settrace settrace_all_threads stack_size warnings""",
        "time": """CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID
CLOCK_REALTIME CLOCK_TAI CLOCK_THREAD_CPUTIME_ID _STRUCT_TM_ITEMS altzone
asctime clock_getres clock_gettime clock_gettime_ns clock_settime
clock_settime_ns ctime daylight get_clock_info gmtime localtime mktime monotonic
monotonic_ns perf_counter perf_counter_ns process_time process_time_ns
pthread_getcpuclockid sleep strftime strptime struct_time thread_time
thread_time_ns time time_ns timezone tzname tzset""",
    }.items()
}
