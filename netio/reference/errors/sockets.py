"""The errors of sockets and of the network."""
from __future__ import annotations

from .entry import Error

ERRORS = [
    Error("Address already in use", """\
Linux: OSError: [Errno 98] Address already in use
macOS: OSError: [Errno 48] Address already in use
Windows: OSError: [WinError 10048] Only one usage of each socket address (protocol/network address/port) is normally \
permitted
中文 Windows: OSError: [WinError 10048] 通常每个套接字地址(协议/网络地址/端口)只允许使用一次。""",
          "Another program listens at this port, often your own server from before; or that one has just ended and its "
          "connections are still in TIME_WAIT.",
          "End the other program (`ss -ltnp`, `netstat -ano`), or ask for port 0, any free one. Set SO_REUSEADDR "
          "before "
          "`bind`, not after it, and never on Windows.",
          "这个端口已有程序在监听，常常就是你上次没有关掉的服务器；或者它刚刚退出，连接还处于 TIME_WAIT。",
          "结束那个程序（`ss -ltnp`、`netstat -ano`），或用端口 0 让系统挑一个空闲的。SO_REUSEADDR 要在 `bind` 之前设置，Windows 上不要用。",
          "tcp.listen", "serve_echo.py"),
    Error("A port that is kept for another program", """\
Windows: PermissionError: [WinError 10013] An attempt was made to access a socket in a way forbidden by its access \
permissions
中文 Windows: PermissionError: [WinError 10013] 以一种访问权限不允许的方式做了一个访问套接字的尝试。""",
          "Another program has the port for itself (SO_EXCLUSIVEADDRUSE), or Windows has reserved a range around it "
          "(`netsh int ipv4 show excludedportrange tcp`).",
          "Take another port; port 0 is any free one.",
          "别的程序独占了这个端口（SO_EXCLUSIVEADDRUSE），或者它落在 Windows 保留的端口范围里（`netsh int ipv4 show excludedportrange tcp`）。",
          "换一个端口；端口 0 表示任意空闲端口。",
          "tcp.listen"),
    Error("Permission denied on a port below 1024", """\
Linux, macOS: PermissionError: [Errno 13] Permission denied""",
          "Ports below 1024 are for the administrator on Linux (and on macOS, unless you bind to all addresses). "
          "Windows lets everyone have them.",
          "Take a port from 1024 up, such as 8888. A web server at port 80 stands behind nginx, or is given the right "
          "by the system.",
          "Linux 上 1024 以下的端口只给管理员（macOS 上绑定所有地址时例外）；Windows 不限制。",
          "用 1024 以上的端口，如 8888。要用 80 端口的网站，放在 nginx 后面，或由系统授权。",
          "tcp.listen", "serve_http.py"),
    Error("Permission denied when broadcasting", """\
Linux, macOS: PermissionError: [Errno 13] Permission denied
Windows: PermissionError: [WinError 10013] An attempt was made to access a socket in a way forbidden by its access \
permissions""",
          "A UDP socket may send to a broadcast address only after it was told that this is meant.",
          "`sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)` before sending.",
          "UDP 套接字要先声明，才允许向广播地址发送。",
          "发送前先 `sock.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)`。",
          "udp.send_broadcast", "send_broadcast.py"),
    Error("Connection refused", """\
Linux: ConnectionRefusedError: [Errno 111] Connection refused
macOS: ConnectionRefusedError: [Errno 61] Connection refused
Windows: ConnectionRefusedError: [WinError 10061] No connection could be made because the target machine actively \
refused it
中文 Windows: ConnectionRefusedError: [WinError 10061] 由于目标计算机积极拒绝，无法连接。""",
          "The machine is there, but nobody listens at that port: the server is not running (yet), or listens at "
          "another "
          "port, or only at another address of its machine.",
          "Start the server first; compare host and port with the line that it prints. A server at 127.0.0.1 can be "
          "reached from its own machine only.",
          "机器在，但那个端口没有人监听：服务器没启动（或还没启动好），端口不对，或者它只监听了另一个地址。",
          "先启动服务器；核对它打印的主机和端口。监听 127.0.0.1 的服务器只有本机能连。",
          "tcp.connect", "talk_tcp.py"),
    Error("UDP: nobody listens at that port", """\
Linux: ConnectionRefusedError: [Errno 111] Connection refused
macOS: ConnectionRefusedError: [Errno 61] Connection refused
Windows: ConnectionResetError: [WinError 10054] An existing connection was forcibly closed by the remote host""",
          "An earlier datagram went to a port where nobody listens, and the answer to it (ICMP) is reported by the "
          "next "
          "call. Linux tells connected sockets only, Windows all: there it hits the server's `recvfrom`.",
          "Take it as `that one has gone` and go on receiving; it is no reason to end a server.",
          "之前某个数据报发到了没人监听的端口，ICMP 的回答由下一次调用报告。Linux 只告诉 connect 过的套接字，Windows 全都告诉，因此会打断服务器的 `recvfrom`。",
          "当作“对方已经走了”，继续接收；服务器不该因此退出。",
          "udp.serve udp.receive udp.request", "serve_udp_echo.py"),
    Error("Broken pipe", """\
Linux, macOS: BrokenPipeError: [Errno 32] Broken pipe
Windows: ConnectionAbortedError: [WinError 10053] An established connection was aborted by the software in your host \
machine
中文 Windows: ConnectionAbortedError: [WinError 10053] 你的主机中的软件中止了一个已建立的连接。""",
          "You send to somebody who has gone. The first send after that may still succeed: the peer's refusal comes "
          "back "
          "only afterwards.",
          "Catch OSError around the work of one client, close its socket, and go on with the others.",
          "你在向已经离开的对方发送。它离开后的第一次发送可能仍然成功，对方的拒绝随后才到。",
          "在处理单个客户端的代码外捕获 OSError，关掉它的套接字，继续服务别的客户端。",
          "concurrency.serve", "serve_echo.py"),
    Error("Connection reset by peer", """\
Linux: ConnectionResetError: [Errno 104] Connection reset by peer
macOS: ConnectionResetError: [Errno 54] Connection reset by peer
Windows: ConnectionResetError: [WinError 10054] An existing connection was forcibly closed by the remote host
中文 Windows: ConnectionResetError: [WinError 10054] 远程主机强迫关闭了一个现有的连接。""",
          "The peer crashed, was killed, or closed its socket while bytes of yours lay there unread.",
          "The server treats it as the end of that client. The side that sends last reads until b'' before closing.",
          "对方崩溃、被杀，或在还有未读数据时就关闭了套接字。",
          "服务器把它当作该客户端结束。最后发送的一方先读到 b'' 再关闭。",
          "tcp.close_gracefully concurrency.serve", "serve_echo.py"),
    Error("Resource temporarily unavailable", """\
Linux: BlockingIOError: [Errno 11] Resource temporarily unavailable
macOS: BlockingIOError: [Errno 35] Resource temporarily unavailable
Windows: BlockingIOError: [WinError 10035] A non-blocking socket operation could not be completed immediately
中文 Windows: BlockingIOError: [WinError 10035] 无法立即完成一个非阻止性套接字操作。""",
          "The socket does not block (`setblocking(False)`), and right now there is nothing to read or no room to "
          "write.",
          "Wait with `select` until it is ready, or use a timeout instead.",
          "套接字是非阻塞的（`setblocking(False)`），此刻没有可读的数据或没有可写的空间。",
          "用 `select` 等它就绪，或改用超时。",
          "concurrency.serve", "serve_echo.py"),
    Error("timed out", """\
any: TimeoutError: timed out
Linux: TimeoutError: [Errno 110] Connection timed out
macOS: TimeoutError: [Errno 60] Operation timed out
Windows: TimeoutError: [WinError 10060] A connection attempt failed because the connected party did not properly \
respond ...
中文 Windows: TimeoutError: [WinError 10060] 由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。""",
          "Nobody answered in time: your own timeout (`timed out`, in Python 3.9 named socket.timeout), or the "
          "system's "
          "after minutes, when a firewall swallows what you send.",
          "Check address, network and firewall. A timeout for each `recv` adds up; one deadline for the whole does "
          "not.",
          "没有人及时回答：可能是你自己设的超时（`timed out`，Python 3.9 里叫 socket.timeout），也可能是防火墙丢弃了数据，几分钟后系统超时。",
          "检查地址、网络和防火墙。每次 `recv` 的超时会累加；应给整件事一个总期限。",
          "tcp.Deadline tcp.connect udp.request", "ask_dictionary.py"),
    Error("Message too long", """\
Linux: OSError: [Errno 90] Message too long
macOS: OSError: [Errno 40] Message too long
Windows: OSError: [WinError 10040] A message sent on a datagram socket was larger than the internal message buffer ...
中文 Windows: OSError: [WinError 10040] 一个在数据报套接字上发送的消息大于内部消息缓冲区或其他一些网络限制，或该用户用于接收数据报的缓冲区比数据报小。""",
          "A datagram carries at most 65507 bytes. Windows says the same when `recvfrom(n)` had to cut one; elsewhere "
          "the rest is lost without a word.",
          "Send less (1200 bytes go through everywhere), or use TCP; receive with room for 65535 bytes.",
          "一个数据报最多 65507 字节。Windows 在 `recvfrom(n)` 截断数据报时也报这个错；别的系统上多出的部分悄悄丢失。",
          "发小一点（1200 字节到处都能通过），或改用 TCP；接收时留 65535 字节的缓冲区。",
          "udp.receive udp.SAFE_DATAGRAM udp.datagrams.truncate_text", "talk_udp.py"),
    Error("Not a socket", """\
Linux: OSError: [Errno 88] Socket operation on non-socket
macOS: OSError: [Errno 38] Socket operation on non-socket
Windows: OSError: [WinError 10038] An operation was attempted on something that is not a socket
中文 Windows: OSError: [WinError 10038] 在一个非套接字上尝试了一个操作。""",
          "On Windows: `select` was given sys.stdin, a file or a pipe, which it cannot wait for; or a socket that "
          "was closed.",
          "Let a thread read the keyboard. Do not close a socket that another thread waits for.",
          "Windows 上：把 sys.stdin、文件或管道交给了 `select`，它等不了这些；或者套接字已经关闭。",
          "用一个线程读键盘。不要关闭别的线程正在等待的套接字。",
          "tcp.interact", "talk_tcp.py"),
    Error("Too many open files", """\
any: OSError: [Errno 24] Too many open files""",
          "Every file, pipe and socket takes a descriptor, and a process may have 1024 or so (macOS: 256). Mostly they "
          "are never closed, such as the sockets of clients that have gone.",
          "Close in `with` or `finally`; limit how many clients are served at once; see what is open.",
          "每个文件、管道、套接字占一个文件描述符，一个进程通常只能有 1024 个（macOS 256 个）。多半是忘了关，比如已离开的客户端的套接字。",
          "用 `with` 或 `finally` 关闭；限制同时服务的客户端数；看看都开着什么。",
          "files.list_descriptors concurrency.Limits", "serve_echo.py"),
    Error("select has its limit", """\
Linux, macOS: ValueError: filedescriptor out of range in select()
Windows: ValueError: too many file descriptors in select()""",
          "`select` knows descriptors below 1024 only; on Windows, 512 sockets.",
          "Use poll, epoll or kqueue, where the platform has them.",
          "`select` 只认 1024 以下的描述符；Windows 上最多 512 个套接字。",
          "改用 poll、epoll 或 kqueue（看平台有哪个）。",
          "concurrency.available_models concurrency.serve", "serve_echo.py"),
    Error("Network is unreachable", """\
Linux: OSError: [Errno 101] Network is unreachable
macOS: OSError: [Errno 51] Network is unreachable
Windows: OSError: [WinError 10051] A socket operation was attempted to an unreachable network
中文 Windows: OSError: [WinError 10051] 向一个无法连接的网络尝试了一个套接字操作。""",
          "This machine has no way to that address: no network, or an IPv6 address where only IPv4 is connected.",
          "Try the next address that the name has; look at your own addresses.",
          "本机没有通向该地址的路：没联网，或者只有 IPv4 却去连 IPv6 地址。",
          "依次尝试域名的下一个地址；看看本机有哪些地址。",
          "tcp.connect udp.addresses.own_addresses", "talk_tcp.py"),
    Error("Cannot assign requested address", """\
Linux: OSError: [Errno 99] Cannot assign requested address
macOS: OSError: [Errno 49] Can't assign requested address
Windows: OSError: [WinError 10049] The requested address is not valid in its context
中文 Windows: OSError: [WinError 10049] 在其上下文中，该请求的地址无效。""",
          "`bind` was given an address that this machine does not have: that of the other machine, or the one from "
          "the notes.",
          "A server binds to an address of its own: 127.0.0.1 for this machine only, 0.0.0.0 for all. The server's "
          "address belongs into the client's `connect`.",
          "`bind` 的地址不是本机的：写成了对方的，或照抄了笔记里的。",
          "服务器绑定自己的地址：127.0.0.1 只限本机，0.0.0.0 表示全部。服务器的地址写在客户端的 `connect` 里。",
          "udp.addresses.own_addresses tcp.listen", "serve_echo.py"),
    Error("Transport endpoint is not connected", """\
Linux: OSError: [Errno 107] Transport endpoint is not connected
macOS: OSError: [Errno 57] Socket is not connected
Windows: OSError: [WinError 10057] A request to send or receive data was disallowed because the socket is not \
connected ...
中文 Windows: OSError: [WinError 10057] 由于套接字没有连接并且(当使用一个 sendto 调用发送数据报套接字时)没有提供地址，发送或接收数据的请求没有被接受。""",
          "`recv`, `send` or `getpeername` on a socket without a peer: often the listening one, as in the notes, where "
          "the one that `accept` returned is meant.",
          "Talk through `connfd`, which `accept` returns; the listener only accepts.",
          "在没有对端的套接字上 `recv`、`send` 或 `getpeername`：常常像笔记那样用了监听套接字，本该用 `accept` 返回的那个。",
          "收发都用 `accept` 返回的 `connfd`；监听套接字只管 accept。",
          "tcp.listen tcp.connect tcp.describe", "show_socket.py"),
    Error("Already connected", """\
Linux: OSError: [Errno 106] Transport endpoint is already connected
macOS: OSError: [Errno 56] Socket is already connected
Windows: OSError: [WinError 10056] A connect request was made on an already connected socket
中文 Windows: OSError: [WinError 10056] 在一个已经连接的套接字上做了一个连接请求。""",
          "A TCP socket connects once in its life.",
          "Make a new socket for each connection.",
          "一个 TCP 套接字一生只能连接一次。",
          "每次连接都新建一个套接字。",
          "tcp.connect", "talk_tcp.py"),
    Error("Invalid argument from accept", """\
Linux, macOS: OSError: [Errno 22] Invalid argument
Windows: OSError: [WinError 10022] An invalid argument was supplied
中文 Windows: OSError: [WinError 10022] 提供了一个无效的参数。""",
          "`accept` without `listen` before it; or `bind` a second time.",
          "The order is socket, bind, listen, accept.",
          "`accept` 之前没有 `listen`；或 `bind` 了两次。",
          "顺序是 socket、bind、listen、accept。",
          "tcp.listen", "serve_echo.py"),
    Error("Bad file descriptor", """\
Linux, macOS: OSError: [Errno 9] Bad file descriptor
Windows: OSError: [WinError 10038] An operation was attempted on something that is not a socket""",
          "The socket or descriptor has been closed, in this thread or by another; closing the wrong one of listener "
          "and "
          "connection is the classic.",
          "Who opens, closes, once, at the end: `with`. End a server from outside by its own shutdown, not by closing "
          "its listener.",
          "套接字或描述符已经被关闭（本线程或别的线程关的）；典型的是监听套接字和连接套接字关错了。",
          "谁打开谁关闭，只关一次，放在最后：用 `with`。从外面停服务器要用它的 shutdown，不要关它的监听套接字。",
          "concurrency.Server", "serve_echo.py"),
    Error("getaddrinfo failed", """\
Linux: socket.gaierror: [Errno -2] Name or service not known
macOS: socket.gaierror: [Errno 8] nodename nor servname provided, or not known
Windows: socket.gaierror: [Errno 11001] getaddrinfo failed""",
          "The host name is wrong, or the network that could tell its address is down ([Errno -3] Temporary failure in "
          "name resolution). A host is neither a URL nor HOST:PORT.",
          "Give `localhost`, 127.0.0.1 or a plain name; http:// and the port do not belong into it.",
          "主机名写错了，或查询它的网络不通（[Errno -3] Temporary failure in name resolution）。主机名不是网址，也不带端口。",
          "写 `localhost`、127.0.0.1 或单纯的域名；http:// 和端口不写在里面。",
          "tcp.connect udp.datagrams.resolve", "talk_tcp.py"),
    Error("A pair is wanted as the address", """\
any: TypeError: ...bind() takes exactly one argument (2 given)
any: TypeError: ...AF_INET address must be tuple, not str""",
          "`bind` and `connect` take one address, and the address of IPv4 is a pair.",
          "Two pairs of brackets: `bind((host, port))`.",
          "`bind` 和 `connect` 只要一个参数，而 IPv4 的地址是一个二元组。",
          "写两层括号：`bind((host, port))`。",
          "tcp.listen", "serve_echo.py"),
    Error("The port is out of range", """\
any: OverflowError: bind(): port must be 0-65535.""",
          "A port has 16 bits.", "Take one from 1024 to 49151, or 0 for any free one.",
          "端口只有 16 位。", "从 1024 到 49151 里选一个，或用 0 表示任意空闲端口。",
          "tcp.listen", "serve_echo.py"),
]
