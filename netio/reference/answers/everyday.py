"""Answers about words of the trade, ends, limits and tools."""
from __future__ import annotations

from .answer import Answer, HOW

ANSWERS = [
    Answer("!unpack|struct & tuple|comma|[0]|元组|取值|取出|逗号|解包出来",
           "unpack returns a tuple",
           'struct.unpack always gives a tuple, also for one value: (n,) = struct.unpack("!I", raw), or [0]. '
           "calcsize tells how many bytes it needs. A Record gives fields by name.",
           "unpack 返回元组",
           'struct.unpack 总是返回元组，只有一个值也一样：(n,) = struct.unpack("!I", raw)，或取 [0]。需要的字节数用 calcsize 算。Record 可以按名字取'
           "字段。",
           "packing.Record packing.explain_format plain:student_server"),
    Answer("!thread|线程 & client|connection|客户端|连接 & leave|left|disconnect|after|exit|退出后|退出|断开|走了|还在|会不会",
           "The thread of a client that has left",
           'It ends when its function returns: leave the loop when recv returns b"" and close the connection in '
           "finally. A thread that waits in a recv without timeout for a vanished peer stays for ever.",
           "客户端走后它的线程",
           '函数返回，线程就结束：recv 返回 b"" 时退出循环，在 finally 里关闭连接。对方无声消失时，没有超时的 recv 会让线程永远留着。',
           "plain:thread_server concurrency.serve tcp.Deadline"),
    Answer("!http & tcp & relation|built|differ|over|same|关系|区别|基于|用的|是不是|底层",
           "HTTP and TCP",
           "HTTP is text with rules (request line, headers, blank line, body) sent through a TCP connection: TCP "
           "carries bytes, HTTP says what they mean.",
           "HTTP 与 TCP",
           "HTTP 是有格式的内容（请求行、头部、空行、正文），通过 TCP 连接传送：TCP 只管传字节，HTTP 规定它们的含义。",
           "http.recv_request plain:http_hello scripts/print_request.py"),
    Answer("!parent|父进程 & not wait|doesnt wait|does not wait|without wait|never wait|不等|不wait|没有wait|不回收|没等|不调用wait",
           "A parent that does not wait",
           "While it lives, its ended children stay as zombies; when it ends, children still running become "
           "orphans of process 1, which collects them. multiprocessing joins at the program's end.",
           "父进程不等待子进程",
           "父进程活着时，结束的子进程成为僵尸；父进程先结束，还在运行的子进程成为孤儿，由 1 号进程接管回收。multiprocessing 在程序结束时会自动 join。",
           "concurrency.reap_children scripts/show_zombie.py scripts/show_orphan.py"),
    Answer("!chat|聊天|群聊 & leave|left|quit|disconnect|offline|退出|下线|断开|走了 & other|error|crash|not receive|broken|其他|"
           "别人|报错|收不到|崩",
           "A member that leaves breaks the chat",
           "The server goes on sending to the closed connection, and the exception ends the loop for the others. "
           'Catch OSError for each member, remove that one, and go on; remove also when recv returns b"".',
           "有人退出后群聊出错",
           '服务器还在向已关闭的连接发送，异常中断了对其他人的转发。对每个成员分别捕获 OSError，移除它并继续；recv 返回 b"" 时也要移除。',
           "chat.Server chat.TCPServer plain:chat_server"),
    Answer("!ftp|put|upload|上传|文件服务器|发文件|传文件|发送文件 & wait|hang|stuck|forever|一直等|卡|不结束|停不下来|不返回|等待",
           "A transfer that never ends",
           'The receiver reads until b"", but the sender keeps the connection open. Send the size first and '
           "receive so many bytes, or close (half_close) after the file; a special end text may occur in the file.",
           "文件传输不结束",
           '接收方一直读到 b"" 为止，而发送方没有关闭连接。先发大小，收够就停；或者发完后关闭（half_close）。用特殊结束标记不可靠：文件里可能正好有它。',
           "tcp.receive_file tcp.half_close plain:ftp_server"),
    Answer("!file|read|文件|读 & finished|eof|end of file|read all|reached the end|读完|到结尾|末尾了|读到头|结束 & how|know|check|"
           "when|怎么|知道|判断",
           "The end of a file",
           'read() returns "" (b"" in binary mode) at the end, readline, too; an empty line is "\\n". for '
           "line in file ends by itself.",
           "怎样知道文件读完了",
           '到末尾时 read() 返回 ""（二进制模式是 b""），readline 也一样；空行是 "\\n"。for line in file 会自己结束。',
           "files.read_chunks files.read_lines plain:read_file"),
    Answer("!recv|读|收 & empty|b''|nothing|空 & immediately|at once|right away|马上|立刻|立即|直接|一下子",
           'recv returns b"" at once',
           "The peer has closed already (its program ended, or failed: look at its output), or closed for sending. "
           "On our side: recv(0), or the wrong one of two sockets.",
           'recv 立刻返回 b""',
           "对方已经关闭（程序结束了或出错了：看它的输出），或关闭了发送方向。自己这边：写成了 recv(0)，或用错了套接字。",
           "tcp.recv_exactly 14 tcp.describe"),
    Answer("!see|look|show|view|watch|查看|看到|看看|显示 & wire|raw bytes|hex|actually sent|what is sent|program sends|十六进"
           "制|原始数据|原始字节|实际发|发了什么|发出的",
           "Looking at what is sent",
           'print(repr(data)) or data.hex(" ") on both sides; packing.hexdump shows a record by fields. On the '
           "wire: Wireshark on the loopback interface, filter tcp.port == 8888.",
           "查看实际发送的内容",
           '两边 print(repr(data)) 或 data.hex(" ")；packing.hexdump 按字段显示记录。网络上：用 Wireshark 抓回环接口，过滤 tcp.port == '
           "8888。",
           "packing.hexdump scripts/print_request.py tcp.SlicingProxy"),
    Answer("!executor|future|submit|thread pool|线程池|进程池|apply_async & exception|swallow|error|silent|fail|异常|报错|出错|"
           "没反应",
           "Exceptions in a pool",
           "They are kept in the result: future.result() or AsyncResult.get() raises them; who never asks sees "
           "nothing. map raises when its results are read; error_callback is called by apply_async.",
           "池中任务的异常",
           "异常保存在结果里：future.result() 或 AsyncResult.get() 才会抛出，不取就看不到。map 在遍历结果时抛出；apply_async 可以给 error_callback。",
           "concurrency.map_unordered concurrency.ProcessPool 42"),
    Answer("!sentinel|poison|end marker|哨兵|结束标志|毒丸|结束标记 & queue|consumer|producer|队列|消费者|生产者|数据|消息",
           "An end marker in a queue",
           "A value that is no item, mostly None: the producer puts one for each consumer when it is done, and a "
           "consumer ends when it gets one.",
           "队列里的结束标志",
           "一个不是数据的值，一般用 None：生产者结束时为每个消费者放一个，消费者取到就退出。",
           "ipc.Queue plain:message_queue scripts/show_queue.py"),
    Answer("!newline|line by line|lines|readline|按行|一行一行|一行|换行 & socket|recv|tcp|套接字|网络",
           "Lines from a socket",
           'One recv may hold half a line or several: gather bytes and cut at b"\\n". tcp.Reader does that; '
           'sock.makefile("r", encoding="utf-8", newline="\\n") reads lines, too.',
           "从套接字按行读",
           '一次 recv 可能是半行或几行：要攒起来，在 b"\\n" 处切开。tcp.Reader 就这样做；sock.makefile("r", encoding="utf-8", '
           'newline="\\n") 也能按行读。',
           "tcp.Reader tcp.Delimiter"),
    Answer("!append|追加|不覆盖|保留原来|接着写|后面继续写|接着往 & file|文件|content|内容|open|写",
           "Adding to a file",
           'open(path, "a") writes at the end and keeps what is there; "w" empties the file at once. '
           "append_line adds one line and waits until it is on the disk.",
           "向文件追加内容",
           'open(路径, "a") 写在末尾，保留原有内容；"w" 一打开就清空。append_line 追加一行并等它写到磁盘。',
           "files.append_line files.explain_mode 55"),
    Answer("mtu|mss|fragment|分片|1500|1472",
           "MTU and fragments",
           "An Ethernet packet carries 1500 bytes: 1472 of a UDP datagram, 1460 of TCP. TCP cuts by itself; a "
           "larger datagram is fragmented, and one lost fragment loses all of it.",
           "MTU 与分片",
           "以太网一个包装 1500 字节：UDP 数据最多 1472，TCP 最多 1460。TCP 自己分段；更大的数据报会被 IP 分片，丢一片就全丢。",
           "udp.SAFE_DATAGRAM udp.MAX_DATAGRAM 57"),
    Answer("close_wait|closewait|close wait",
           "Many connections in CLOSE_WAIT",
           'The peer has closed, and our program has not: it ignores the b"" of recv or forgets close. Close in '
           "finally, or use with.",
           "很多 CLOSE_WAIT",
           '对方已关闭，而自己的程序没有：没有处理 recv 返回的 b""，或忘了 close。在 finally 里关闭，或用 with。',
           "tcp.tcp_state 14 tcp.recv_exactly"),
    Answer("!thread|process|线程|进程|函数 & not run|doesnt run|does not run|not start|never run|not executed|没执行|不执行|没有执"
           "行|不运行|没有运行|没运行|没有启动|没启动",
           "A thread or process that does not run",
           "start() was forgotten, or run() called; target=f() calls f at once and passes its result; the main "
           "program ended first (daemon); or it failed: look for a traceback and at exitcode.",
           "线程或进程没有执行",
           "忘了 start()，或调用了 run()；target=f() 是立刻调用 f，传的是它的返回值；主程序先结束了（daemon）；或者出错了：看 traceback 和 exitcode。",
           "plain:start_thread plain:start_process concurrency.Process"),
    Answer("!join & hang|stuck|forever|wait|block|never|卡|一直等|不返回|阻塞|不结束|死",
           "join does not return",
           "The thread or process has not ended: it waits in recv, get or for a lock, or loops. Give those a "
           "timeout or tell it to end; take everything out of a queue before joining its producers.",
           "join 不返回",
           "线程或进程还没结束：它在等 recv、get 或锁，或者在循环。给这些操作加超时，或通知它结束；join 生产者之前先取完队列。",
           "41 ipc.Event concurrency.ResultThread"),
    Answer("!both|each other|two sides|双方|两边|两端|互相|都在 & recv|wait|receive|等|收|recv|读 & hang|stuck|deadlock|block|"
           "forever|卡|死|阻塞|不动",
           "Both sides wait for each other",
           "Both are in recv, because a message was not sent whole, is empty, or each believes it is the other's "
           "turn. Agree who speaks first, send whole messages, give recv a timeout.",
           "双方互相等待",
           "两边都停在 recv：某条消息没有发完整、是空的，或都以为轮到对方。约定谁先发，发送完整的消息，给 recv 设超时。",
           "tcp.Deadline tcp.send_frame 100"),
    Answer("!sleep|time.sleep|延时|睡 & sticky|粘包|send|发|separate|分开",
           "sleep against sticky messages",
           "It only makes them rarer: the network may merge or cut all the same, and it is slow. A length before "
           "each message is the cure.",
           "用 sleep 避免粘包",
           "只是变少，并不可靠：网络照样可能合并或拆开，而且很慢。正确的办法是每条消息前加长度。",
           "tcp.send_frame tcp.recv_frame scripts/show_sticky.py"),
    Answer("!shared memory|shared_memory|共享内存|shm & unlink|close|name|release|释放|名字|删除|清理|泄漏|关闭",
           "Closing shared memory",
           "Each process closes its own view; one, the owner, also unlinks the name, else it stays until the "
           "restart. create_shm and open_shm in a with do both.",
           "共享内存的释放",
           "每个进程关闭自己的映射；创建者还要 unlink 名字，否则一直留到重启。create_shm、open_shm 放在 with 里就会自动处理。",
           "ipc.create_shm ipc.open_shm error:Leaked_shared_memory"),
    Answer("!listdir|os.walk|scandir|traverse|all files|遍历|所有文件|文件列表|列出文件|列出目录 & folder|directory|file|文件夹|目录|文件",
           "The files of a folder",
           "os.listdir gives names only (join them with the folder), os.scandir also kind and size, os.walk all "
           'folders below. A server sends the names joined by "\\n" as one message.',
           "列出文件夹里的文件",
           'os.listdir 只给名字（要和目录拼起来），os.scandir 还有类型和大小，os.walk 遍历所有子目录。服务器可以用 "\\n" 连接名字，作为一条消息发送。',
           "ftp.list_remote concurrency.copy_folder plain:ftp_server"),
    Answer("!汉字|中文|chinese character|chinese text|unicode & 几个字节|多少字节|多少个字节|占几|占多少|how many bytes|how long in "
           "bytes|字节数|len",
           "Bytes of a Chinese character",
           'Three in UTF-8, two in GBK: len("中") is 1, len("中".encode()) is 3. Lengths sent over a network '
           "must be those of the bytes.",
           "一个汉字几个字节",
           'UTF-8 里三个，GBK 里两个：len("中") 是 1，len("中".encode()) 是 3。网络上发送的长度必须是字节数。',
           "packing.truncate_text 26 13"),
    Answer(f"!read|tell|seek & character|byte|字符|字节 & {HOW}|count|n|个|还是",
           "Characters or bytes",
           "In text mode read(n) counts characters, in binary mode bytes; seek and tell are bytes in binary mode, "
           "and in text mode only what tell returned may be given to seek.",
           "按字符还是按字节",
           "文本模式的 read(n) 按字符，二进制模式按字节；seek、tell 在二进制模式下是字节，在文本模式下 seek 只能用 tell 返回的值（或 0）。",
           "files.walk_offsets plain:file_offset error:seek_in_a_text_file"),
    Answer("flask|django|wsgi|fastapi|web框架|web framework",
           "Web frameworks",
           "Flask and Django are WSGI applications: they make pages, a server carries HTTP. http.FromWSGI runs one "
           "under netio's server; to learn HTTP write it on sockets first.",
           "Web 框架",
           "Flask、Django 是 WSGI 应用：负责生成页面，HTTP 由服务器处理。http.FromWSGI 让它们在 netio 的服务器上运行；学 HTTP 先自己用套接字写一遍。",
           "http.FromWSGI http.HTTPServer plain:http_page"),
    Answer("websocket|web socket|ws://",
           "WebSocket",
           "Another protocol, which begins as an HTTP request (Upgrade) and then sends frames both ways. netio has "
           "none: use the package websockets. A plain TCP client cannot talk to it.",
           "WebSocket",
           "另一种协议：以 HTTP 请求（Upgrade）开始，之后双向传帧。netio 没有实现：用 websockets 包。普通 TCP 客户端不能直接与它通信。",
           "http.HTTPServer chat.TCPServer"),
    Answer("raw socket|sock_raw|icmp|原始套接字|scapy|arp",
           "Raw sockets",
           "SOCK_RAW sends and receives IP packets, such as ping's ICMP, and needs the administrator's rights. "
           "netio has none; packing.Record packs such headers.",
           "原始套接字",
           "SOCK_RAW 直接收发 IP 包（如 ping 的 ICMP），需要管理员权限。netio 不提供；报头可以用 packing.Record 打包。",
           "packing.Record packing.hexdump"),
    Answer("不在一个局域网|不同局域网|不在同一个局域网|不同网络|不在同一网络|公网访问|内网穿透|frp|ngrok|端口转发|端口映射|nat|打洞|port forward|port mapping|"
           "behind a router",
           "A server behind a router",
           "A home router lets no connection in unless a port is forwarded to the computer; behind the provider's "
           "NAT even that does not help: use a server on the Internet, or a tunnel (frp, ngrok).",
           "路由器后面的服务器",
           "家用路由器不让外面连进来，除非把端口转发到这台电脑；运营商 NAT 后面连这也不行：用公网服务器，或用隧道（frp、ngrok）。",
           "tcp.listen docs/windows.md#two-computers-in-one-network"),
    Answer("云服务器|安全组|阿里云|腾讯云|华为云|vps|cloud server|security group|aws",
           "A server in the cloud",
           "Listen at 0.0.0.0, allow the port in the provider's security group and in the system's firewall; "
           "clients connect to the public address.",
           "云服务器",
           "监听 0.0.0.0，在云平台的安全组和系统防火墙里放行端口；客户端连接公网 IP。",
           "tcp.listen 86 151"),
    Answer("!jupyter|notebook|ipython|idle|spyder & process|multiprocess|pool|input|run|进程|运行|卡|没反应|不输出|没输出",
           "Jupyter, IDLE and processes",
           "Spawned children import the program's file, which a notebook is not: put the functions into a .py "
           "file, and start the program in a terminal. IDLE shows no output of children.",
           "Jupyter、IDLE 与多进程",
           "spawn 的子进程要导入程序文件，而 notebook 里的函数导入不了：把函数放进 .py 文件，在终端运行。IDLE 不显示子进程的输出。",
           "error:A_function_that_the_new_process_does_not_find concurrency.Process "
           "docs/windows.md#powershell-and-cmd"),
    Answer("sys.argv|argv|argument to the program|command line argument|命令行参数|带参数运行|加参数",
           "Arguments of a program",
           'python3 file.py 8888: sys.argv is ["file.py", "8888"], all text: int(sys.argv[1]). PyCharm: Run, '
           "Edit Configurations, Parameters. More than two: argparse.",
           "程序的命令行参数",
           'python3 文件.py 8888：sys.argv 是 ["文件.py", "8888"]，都是字符串，要 int(sys.argv[1])。PyCharm 在 Run → Edit '
           "Configurations → Parameters 里填。参数多了用 argparse。",
           "docs/windows.md#powershell-and-cmd scripts/talk_tcp.py"),
    Answer("!model|模型|方案|方式 & server|服务器|并发|服务端 & which|best|fast|choose|compare|哪个|哪种|最快|最好|选|比较|区别|对比",
           "Which server model",
           "Threads for most: simple, some hundreds of clients. An event loop (epoll) for thousands that mostly "
           "wait; processes for computing. serve runs the same handler under each.",
           "选哪种服务器模型",
           "一般用线程：简单，几百个客户端没问题。成千上万、大多在等待的连接用事件循环（epoll）；计算多的用进程。serve 让同一个处理函数在各种模型下运行。",
           "scripts/compare_models.py concurrency.MODELS concurrency.serve"),
    Answer("!max|maximum|how many|thousand|c10k|limit|最多|上万|一万|几千|多少个|上限|最大 & connections|clients|connection|连接|客户端"
           "|用户 & server|tcp|socket|same|support|handle|服务器|支持|同时|能|接",
           "How many connections",
           "Not the port: one port serves any number. Descriptors (ulimit -n, often 1024) and memory limit it, "
           "select at 1024, too; threads are good for hundreds, event loops for thousands.",
           "最多能有多少个连接",
           "与端口无关：一个端口可以有任意多个连接。限制在描述符（ulimit -n，常为 1024）和内存，select 也只到 1024；线程适合几百个，事件循环适合几千个。",
           "concurrency.Limits error:Too_many_open_files error:select_has_its_limit"),
    Answer("license|licence|commercial|许可|版权|商用|开源协议",
           "The licence",
           "The file LICENSE says what is allowed; python3 -m netio copy puts the notice above what it copies.",
           "许可证",
           "允许做什么写在 LICENSE 文件里；python3 -m netio copy 会在复制的代码上方附上声明。",
           "docs/README.md"),
    Answer("socketpair|socket pair|套接字对",
           "socketpair",
           "Two connected sockets of this machine, for a parent and its child, or for tests without a port: "
           "socket.socketpair(), ipc.local_pair, tcp.connect_pair.",
           "socketpair",
           "本机上两个已相连的套接字，用于父子进程之间，或者不占端口的测试：socket.socketpair()、ipc.local_pair、tcp.connect_pair。",
           "ipc.local_pair tcp.connect_pair"),
]
