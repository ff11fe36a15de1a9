"""Further answers about words of the trade, ends and limits."""
from __future__ import annotations

from .answer import Answer, DIFF, HOW

ANSWERS = [
    Answer("!truncate|shorten|截断|缩短|清空 & file|文件|内容",
           "Emptying or shortening a file",
           'file.truncate(n) cuts it to n bytes; open(path, "w") empties it at once. In "r+" mode after '
           "reading: seek(0), write, then truncate().",
           "清空或截短文件",
           'file.truncate(n) 截到 n 字节；open(路径, "w") 一打开就清空。用 "r+" 读过之后重写：seek(0)，write，再 truncate()。',
           "files.explain_mode files.replace_file 55"),
    Answer("!connected|connect succeed|connection succeed|accepted|连接成功|连上了|连上|已连接|建立连接 & nothing|not receive|no "
           "data|收不到|没收到|没有数据|没数据|不显示|没反应|没有反应|发不出",
           "Connected, but nothing arrives",
           "connect succeeds as soon as the system accepts, even before accept is called. Then: did the client "
           "send (sendall, not only input)? Does the server recv on what accept returned? Do both agree where a "
           "message ends?",
           "连接成功但收不到数据",
           "只要系统接受连接，connect 就成功，甚至在 accept 之前。再检查：客户端真的 sendall 了吗？服务器是用 accept 返回的套接字 recv 吗？双方约定的消息结尾一致吗？",
           "tcp.describe tcp.queued_bytes tcp.recv_frame"),
    Answer("!connect|连接|连不上 & timeout|time out|seconds|give up|long|超时|放弃|秒|多久|太久|很久|不报错|没反应",
           "A time limit for connect",
           "socket.create_connection(address, timeout=10), or tcp.connect(address, timeout=10). Without it connect "
           "waits for minutes when nobody answers: a wrong address, a firewall.",
           "给 connect 限时",
           "socket.create_connection(地址, timeout=10)，或 tcp.connect(地址, timeout=10)。不设超时，没有应答（地址错、防火墙丢弃）时 connect 要等"
           "几分钟。",
           "tcp.connect tcp.Deadline error:timed_out"),
    Answer("!which socket|哪个socket|哪个套接字|用哪个|哪一个socket|用谁 & socket|套接字|send|recv|发|收|conn",
           "Which socket sends",
           "In the server the one that accept returned, one for each client; the listening socket only accepts. In "
           "the client the one that connected.",
           "用哪个套接字收发",
           "服务器用 accept 返回的套接字（每个客户端一个），监听套接字只用来 accept；客户端用调用 connect 的那个。",
           "plain:tcp_server_once tcp.listen 11"),
    Answer("!length|长度 & send|prefix|first|before|发|前面|先 & how|convert|bytes|message|content|怎么|如何|转|内容|数据|字节|要",
           "Sending the length first",
           'sock.sendall(struct.pack("!I", len(data)) + data), len of the bytes, not of the str. The receiver '
           "reads exactly 4 bytes, unpacks, then reads exactly so many.",
           "先发长度再发内容",
           'sock.sendall(struct.pack("!I", len(data)) + data)，长度是字节串的，不是字符串的。接收方先收够 4 字节，unpack，再收够那么多字节。',
           "tcp.send_frame tcp.recv_exactly tcp.recv_frame"),
    Answer("!find|discover|search|locate|找到|发现|自动|搜索|查找 & server|service|服务器|服务端 & lan|local network|broadcast|"
           "network|局域网|广播|网络|ip",
           "Finding a server in the local network",
           "Broadcast a question to a known port; the server answers by UDP, and recvfrom tells its address: "
           "udp.discover and udp.listen_broadcast do so.",
           "在局域网里找到服务器",
           "向约定的端口广播一个询问，服务器用 UDP 回复，recvfrom 就给出它的地址：udp.discover 和 udp.listen_broadcast 就是这样。",
           "udp.discover udp.listen_broadcast scripts/send_broadcast.py"),
    Answer("!http|response|响应 & first line|status line|第一行|响应行|状态行|开头|首行",
           "The first line of an HTTP response",
           "HTTP/1.1 200 OK and \\r\\n: version, number, reason. Header lines follow, an empty line, then the body.",
           "HTTP 响应的第一行",
           "HTTP/1.1 200 OK 加 \\r\\n：版本、状态码、原因。后面是头部各行、一个空行，再是正文。",
           "http.send_response plain:http_hello docs/pictures.md#an-http-response-line-by-line--http-响应逐行看"),
    Answer("!child|process|子进程|进程 & died|die|ended|crashed|怎么死|死因|死的|死掉|怎么没|异常退出|挂了|退出原因|怎么结束 & how|why|know|find|"
           "reason|怎么|为什么|知道|判断",
           "How a child ended",
           "Process.exitcode: 0 is well, 1 an exception, -9 killed by signal 9. After os.wait: "
           "os.waitstatus_to_exitcode(status). describe_exit puts it in words.",
           "子进程是怎么结束的",
           "Process.exitcode：0 正常，1 抛出异常，-9 被 9 号信号杀死。os.wait 之后用 os.waitstatus_to_exitcode(status)。describe_exit 用"
           "文字说明。",
           "concurrency.describe_exit concurrency.decode_status plain:exit_codes"),
    Answer("!sleep|睡眠|time.sleep & thread|process|线程|进程|others|别的|其他",
           "sleep in a thread",
           "It stops only the thread (or process) that calls it; others go on, for sleep releases the GIL. In an "
           "event loop or asyncio it stops everything: use await asyncio.sleep there.",
           "线程里的 sleep",
           "只暂停调用它的线程（或进程），其他照常运行，因为 sleep 会释放 GIL。在事件循环或 asyncio 里它会让所有人停住：要用 await asyncio.sleep。",
           "concurrency.releases_gil scripts/show_gil.py plain:start_thread"),
    Answer("!\\n|newline|line end|换行符|换行|回车 & strip|remove|without|get rid|去掉|去除|删掉|不要|去",
           "Removing newlines",
           'line.rstrip("\\n") takes the line end off (strip() blanks, too); text.splitlines() gives lines '
           "without it, and so does files.read_lines.",
           "去掉换行符",
           'line.rstrip("\\n") 去掉行尾（strip() 连空格也去）；text.splitlines() 和 files.read_lines 得到的行都不带换行符。',
           "files.read_lines plain:read_file"),
    Answer("!filename|file name|path|文件名|路径 & chinese|中文|汉字|乱码|garbled",
           "Chinese file names",
           'Python opens them as they are: open("图片.png", "rb"). Over a socket encode the name in UTF-8 on '
           "both sides; in a URL it comes as %E5...: urllib.parse.unquote.",
           "中文文件名",
           'Python 可以直接打开：open("图片.png", "rb")。通过套接字发送时双方都用 UTF-8 编码；网址里是 %E5……，用 urllib.parse.unquote 还原。',
           "files.safe_filename http.messages.requests.decode_path error:No_such_file_or_directory"),
    Answer("!udp & reply|answer|response|回复|响应|应答|回的 & no |never|not|doesnt|没|收不到|不",
           "No reply over UDP",
           "The question or the reply was lost, the server is not there or replies to a fixed address instead of "
           "that from recvfrom, or a firewall drops it. Set a timeout and ask again.",
           "UDP 收不到回复",
           "询问或回复丢了，服务器没有运行，服务器没有回复给 recvfrom 得到的地址，或者被防火墙丢弃。设超时，重发。",
           "udp.Client udp.request error:UDP:_nobody_listens_at_that_port"),
    Answer("!fork & multiprocessing|process( |process类",
           "fork or multiprocessing",
           "os.fork copies the running program, POSIX only, and leaves waiting and exiting to you. multiprocessing "
           "runs one function, on every system, with join, exitcode and queues.",
           "fork 还是 multiprocessing",
           "os.fork 复制正在运行的程序，只有 POSIX 有，回收和退出都要自己处理。multiprocessing 运行一个函数，所有系统可用，有 join、exitcode 和队列。",
           "concurrency.Process concurrency.fork_child plain:fork_server"),
    Answer("!unpack|iter_unpack|解包 & repeat|many|several|loop|buffer|stream|多条|循环|反复|多个|一串|很多",
           "Unpacking many records",
           "struct.iter_unpack goes over a buffer of whole records; unpack_from(format, buffer, offset) reads at "
           "an offset. From a stream RecordDecoder cuts what recv gives into records.",
           "连续解包多条记录",
           "struct.iter_unpack 遍历由完整记录组成的缓冲区；unpack_from(格式, 缓冲区, 偏移) 从某处解包。从流里接收时，RecordDecoder 把 recv 的内容切成记录。",
           "packing.RecordDecoder packing.Record"),
    Answer("../|路径穿越|目录穿越|traversal|任意文件|other files|outside the folder|敏感文件",
           "Paths that lead out of the folder",
           "A client may ask for ../../etc/passwd or an absolute path. Resolve the path and check that it is below "
           "the folder; files.Root does that, links included. safe_filename cleans a name.",
           "跳出目录的路径",
           "客户端可能请求 ../../etc/passwd 或绝对路径。要解析路径并检查仍在目录之内；files.Root 连链接也检查。safe_filename 清理文件名。",
           "files.Root files.safe_filename docs/security.md"),
    Answer("行缓冲|全缓冲|无缓冲|line buffer|line-buffer|buffering=|unbuffered|缓冲方式|缓冲区刷新",
           "Kinds of buffering",
           "buffering=1 writes at each newline (text), 0 at once (binary only), a larger number when so many bytes "
           "are there; otherwise about 8 KiB. A terminal is line buffered, a file or pipe is not.",
           "缓冲的方式",
           "buffering=1 每遇换行写出（文本），0 立刻写出（仅二进制），更大的数表示缓冲区字节数；默认约 8 KiB。终端是行缓冲，文件和管道不是。",
           "files.watch_buffering files.sync 73"),
    Answer("时间片|优先级|调度|priority|scheduler|time slice|nice值",
           "Scheduling",
           "The system gives each ready process or thread a slice of time in turn; the order is not ours to say. "
           "os.nice lowers a process's priority (POSIX). For an order use Event, Lock or join.",
           "调度",
           "系统轮流给就绪的进程、线程分配时间片，次序由不得程序。os.nice 可降低优先级（POSIX）。要固定次序，用 Event、锁或 join。",
           "plain:letters_numbers ipc.Event "
           "docs/concurrency.md#what-the-system-keeps-of-a-process-the-pcb-and-the-states-in-ps"),
    Answer("!fork|父子进程|子进程 & offset|file object|same file|descriptor|偏移|文件对象|同一个文件|打开的文件|文件",
           "Files that were open before fork",
           "Parent and child share what was opened before: also the offset, so that one's reading moves the "
           "other's. Opened after the fork, each has its own.",
           "fork 之前打开的文件",
           "之前打开的文件父子共享，偏移量也共享：一个读了，另一个的位置也跟着动。fork 之后各自打开，就各有各的。",
           "concurrency.processes.fork_facts.offset_after_fork files.copy_in_parts 28"),
    Answer("临界区|临界资源|critical section|critical resource",
           "Critical section",
           "What is shared (a variable, a file, the screen) is the resource; the lines that change it are the "
           "section, which one at a time may enter: with lock.",
           "临界资源与临界区",
           "共享的东西（变量、文件、屏幕）是临界资源；修改它的几行代码是临界区，一次只让一个进入：with lock。",
           "plain:thread_lock ipc.Lock concurrency.CheckedLock"),
    Answer("!tcp & reliab|guarantee|safe|lost|可靠|保证|丢包|会不会丢|丢失|丢数据",
           "Is TCP reliable?",
           "It numbers, acknowledges and sends again, so bytes come complete and in order, or the connection "
           "fails. But sendall returning does not mean that the peer's program has read them: let it answer.",
           "TCP 为什么可靠",
           "编号、确认、重传：字节要么完整按序到达，要么连接报错。但 sendall 返回不代表对方程序已经读到：需要对方应答。",
           "tcp.recv_frame 12 tcp.close_gracefully"),
    Answer("!tcp|connection|连接 & know|whether|sure|知道|确认|确定 & arrived|received|read|收到没|收到了|收到|到了没",
           "Knowing that the peer has received it",
           "send only hands the bytes to the system. Only an answer of the peer's program tells that they were "
           "read: let each message be answered.",
           "怎样知道对方收到了",
           "send 只是把数据交给系统。只有对方程序的应答才说明它读到了：让每条消息都有应答。",
           "tcp.send_frame tcp.recv_frame udp.Client"),
    Answer("!type|extension|mime|类型|后缀|格式 & browser|http|file|浏览器|网页|文件 & know|tell|content-type|decide|知道|判断|怎么",
           "How a browser knows the type of a file",
           "By the header Content-Type, such as text/html; charset=utf-8 or image/png, which the server chooses by "
           "the name's end: http.mime.content_type. Without it the browser guesses.",
           "浏览器怎样知道文件类型",
           "看响应头 Content-Type，例如 text/html; charset=utf-8、image/png；服务器按扩展名填写：http.mime.content_type。没有就靠浏览器猜。",
           "http.mime.content_type http.StaticFiles"),
    Answer("!save|record|history|keep|保存|记录|存下来|存到 & chat|message|log|聊天|消息|日志|记录",
           "Keeping messages in a file",
           'Open in "a" mode with encoding="utf-8", write one line for each message and flush; several threads '
           "share a lock. DurableLog does it, each line on the disk.",
           "把消息保存到文件",
           '用 "a" 模式和 encoding="utf-8" 打开，每条消息写一行并 flush；多个线程要加锁。DurableLog 就是这样，每行都写到磁盘。',
           "files.DurableLog files.append_line"),
    Answer("!http|browser|web|浏览器|网页|响应 & return|send|respond|返回|发送|发一张|显示一张|传 & image|picture|photo|file|图片|照片|文件",
           "Returning a picture over HTTP",
           'Read it with "rb"; headers Content-Type: image/png (or jpeg) and Content-Length, an empty line, then '
           "the bytes, not decoded. http.StaticFiles does that for a folder.",
           "用 HTTP 返回图片",
           '用 "rb" 读出；头部写 Content-Type: image/png（或 jpeg）和 Content-Length，一个空行，再发字节，不要 decode。http.StaticFiles 对整'
           "个目录这样做。",
           "http.StaticFiles http.Response http.mime.content_type"),
    Answer("!reuse|again|重用|重复使用|再用|再次使用|重新connect|再connect|再次连接|还能用 & socket|套接字 & close|connect|关闭|关了|连接",
           "A closed socket cannot be used again",
           "After close, or after a failed connect, make a new socket and connect it: a socket serves one "
           "connection. The address can be the same.",
           "关闭的套接字不能再用",
           "close 之后，或 connect 失败之后，要新建一个套接字再连接：一个套接字只用于一个连接，地址可以相同。",
           "tcp.connect error:Bad_file_descriptor error:Already_connected"),
    Answer("!client|peer|客户端|对方|断开|退出 & server|服务器|服务端 & exits|crash|dies|error|报错退出|崩溃|报错|崩了|挂了|退出了",
           "One client must not end the server",
           "Catch OSError (ConnectionResetError, BrokenPipeError) around the service of one client, close that "
           "connection in finally, and go on with accept. recv's b\"\" is its normal end.",
           "一个客户端不该让服务器退出",
           '在服务单个客户端的代码外捕获 OSError（ConnectionResetError、BrokenPipeError），在 finally 里关闭该连接，继续 accept。recv 返回 b"" 是'
           "正常结束。",
           "plain:thread_server concurrency.serve error:Connection_reset_by_peer"),
    Answer("!select|epoll|event loop|多路复用|事件循环 & send|write|writable|发送|发数据|写|可写 & block|partial|buffer|full|阻塞|缓冲|"
           "发不完|没发完|怎么",
           "Sending in an event loop",
           "Non-blocking send takes what fits and returns how many bytes: keep the rest in a buffer of that "
           "client, watch it for writing, send on when it is writable, and then stop watching.",
           "事件循环里的发送",
           "非阻塞的 send 只发放得下的部分并返回字节数：剩下的存进该客户端的缓冲区，监视可写，可写时继续发，发完就不再监视。",
           "plain:epoll_server concurrency.serve tcp.queued_bytes"),
    Answer(f"!socketserver & {DIFF}|{HOW}|netio|use|用",
           "socketserver",
           "The standard library's TCPServer with ThreadingMixIn serves each client in a thread; no limits, no "
           "timeouts. concurrency.Server does the same under any model, with both.",
           "socketserver",
           "标准库的 TCPServer 加 ThreadingMixIn 为每个客户端开线程；没有限制和超时。concurrency.Server 可用各种模型，两者都有。",
           "concurrency.Server concurrency.serve"),
    Answer("!udp & arrive|reach|other pc|other computer|another|对方收不到|另一台|别的电脑|到不了|发不到|收不到",
           "A datagram does not reach the other computer",
           "Bind the receiver to 0.0.0.0, allow the program in its firewall (Windows asks once), send to its LAN "
           "address and port; sendto reports no error when nobody listens. First try on one machine.",
           "UDP 发不到另一台电脑",
           "接收方绑定 0.0.0.0，在它的防火墙里放行（Windows 会问一次），发往它的局域网地址和端口；没人接收时 sendto 也不报错。先在一台机器上试。",
           "udp.bind udp.interfaces docs/windows.md#two-computers-in-one-network"),
    Answer("!after send|after sending|sending file|发完|发送完|传完|发送之后|发了之后 & hang|stuck|wait|block|not end|卡|不结束|一直等|不退"
           "出|没反应",
           "Hanging after all was sent",
           "The sender waits for an answer, and the receiver still for more: it does not know that this was all. "
           "Send the size first, or half_close after the last byte.",
           "发完之后卡住",
           "发送方在等应答，接收方还在等数据：它不知道已经发完。先发大小，或在最后 half_close。",
           "tcp.half_close tcp.receive_file tcp.send_frame"),
    Answer("!ip|address|地址 & client|客户端|对方|对端 & get|find|know|show|server|获取|拿|得到|查看|知道|怎么|服务器",
           "The client's address in the server",
           "conn, addr = sock.accept(): addr is (IP, port); later conn.getpeername(). UDP: recvfrom returns (data, "
           "addr).",
           "服务器里取得客户端的地址",
           "conn, addr = sock.accept()：addr 是 (IP, 端口)；之后也可用 conn.getpeername()。UDP 的 recvfrom 返回 (数据, addr)。",
           "tcp.describe plain:tcp_server_once udp.receive"),
    Answer("!bytes|encode|字节|encode()|转成字节|转成bytes|编码 & send|socket|发送|发|套接字 & why|need|must|要不要|为什么|必须|需要|怎么|转",
           "Text is encoded before it is sent",
           'A network carries bytes only: sock.sendall(text.encode("utf-8")), and data.decode("utf-8") on the '
           'other side. Files opened with "rb" are bytes already.',
           "发送之前要转成字节",
           '网络只传字节：sock.sendall(text.encode("utf-8"))，另一边 data.decode("utf-8")。用 "rb" 读出的文件本来就是字节，不用转。',
           "13 error:str_where_bytes_are_wanted tcp.send_frame"),
    Answer("!fork & times|in a loop|three|several|how many|几个进程|几次|三次|两次|循环|连续|多少个 & process|children|loop|进程|子进程|"
           "fork",
           "How many processes fork makes",
           "Each fork doubles those that reach it: three in a row make 8 processes, n make 2**n. For n children "
           "leave the loop in the child (os._exit in its branch).",
           "连续 fork 有几个进程",
           "每次 fork，执行到它的进程数翻倍：连续三次共 8 个，n 次共 2**n 个。只要 n 个子进程，就在子进程分支里退出循环（os._exit）。",
           "concurrency.fork_child plain:fork_process scripts/show_fork.py"),
    Answer("!signal|信号 & send|kill|发信号|发送信号|发 & process|进程",
           "Sending a signal to a process",
           "os.kill(pid, signal.SIGTERM), or ipc.send_signal, which checks that it is a process of yours; receive "
           "it by signal.signal or SignalReceiver. On Windows there is little of it: use an Event.",
           "给进程发信号",
           "os.kill(pid, signal.SIGTERM)，或 ipc.send_signal；接收方用 signal.signal 或 SignalReceiver。Windows 上几乎没有信号，用 "
           "Event。",
           "ipc.send_signal concurrency.SignalReceiver ipc.SignalWaiter"),
    Answer("!callback|回调 & pool|apply|async|future|进程池|线程池|怎么",
           "Callbacks of a pool",
           "apply_async(f, args, callback=g, error_callback=h): g gets the result, h the exception, in a thread of "
           "the parent; close and join the pool first to be sure that they ran. A Future has add_done_callback.",
           "进程池的回调",
           "apply_async(f, args, callback=g, error_callback=h)：g 得到结果，h 得到异常，都在父进程的线程里执行；close、join 之后才保证已执行。"
           "Future 用 add_done_callback。",
           "plain:process_pool concurrency.ProcessPool 42"),
    Answer("setdaemon|getname|setname|currentthread|isalive|activecount",
           "Old names of threading",
           "setDaemon(True) is now daemon=True (or thread.daemon = True), getName() is name, isAlive() is "
           "is_alive(), currentThread() is current_thread(): the old ones warn or are gone.",
           "threading 的旧名字",
           "setDaemon(True) 现在写 daemon=True（或 thread.daemon = True），getName() 写 name，isAlive() 写 is_alive()，"
           "currentThread() 写 current_thread()：旧名字会警告或已删除。",
           "plain:thread_attributes 40"),
    Answer(f"!alive|is_alive|still running|活着|还在运行|运行中|还在不在 & thread|process|线程|进程 & {HOW}|check|whether|see|看|查|判断",
           "Is a thread or process still running?",
           "thread.is_alive() and process.is_alive(); process.exitcode is None while it runs. Of a process that is "
           "not your child: os.kill(pid, 0) on POSIX fails when there is none.",
           "线程或进程是否还在运行",
           "thread.is_alive()、process.is_alive()；process.exitcode 为 None 表示还在运行。不是自己的子进程：POSIX 上 os.kill(pid, 0)，不存"
           "在就报错。",
           "plain:process_attributes plain:thread_attributes concurrency.wait_any_process"),
    Answer("!download|下载 & thread|parts|segments|多线程|分段|几段|线程 & merge|join|file|合并|文件|拼",
           "Downloading a file in parts",
           "Each thread asks for its range (header Range: bytes=0-999) and writes at its offset: own file object, "
           '"r+b", seek. Faster only where the server limits each connection.',
           "多线程分段下载",
           '每个线程请求自己的一段（请求头 Range: bytes=0-999），各自打开文件 "r+b"，seek 到自己的偏移再写。只有服务器限制单连接速度时才更快。',
           "http.fetch concurrency.run_in_threads files.copy_in_parts"),
    Answer("!copy|复制|拷贝|接收|收到|received & size|bigger|larger|smaller|corrupt|大小不一样|比原来|大了|小了|打不开|不一致|损坏 & file|"
           "picture|文件|图片|视频",
           "A copy of another size",
           "Larger: text mode on Windows turned \\n into \\r\\n, or a message stuck to the file's beginning; "
           'smaller: not flushed or closed, or the loop ended early. Use "rb" and "wb", write what read '
           "returned, close.",
           "复制或收到的文件大小不一样",
           '变大：Windows 文本模式把 \\n 变成 \\r\\n，或别的消息粘在了文件前后；变小：没有关闭，或循环提前结束。用 "rb"、"wb"，写 read 返回的内容，最后关闭。',
           "files.copy_file tcp.send_file files.checksum"),
    Answer("!copy|复制|拷贝|拿到|抄 & netio|function|函数|代码 & project|program|own|my|项目|程序|自己",
           "Copying netio's functions into a project",
           "python3 -m netio copy tcp.recv_exactly > my_recv.py prints the function with all that it needs; netio "
           "vendor --to FOLDER NAME writes the modules as a package of your own.",
           "把 netio 的函数复制到自己的项目",
           "python3 -m netio copy tcp.recv_exactly > my_recv.py 给出该函数和它所需的一切；netio vendor --to 目录 名字 把所需模块写成你自己的包。",
           "docs/README.md tcp.recv_exactly"),
    Answer(f"!named pipe|fifo|命名管道|有名管道|mkfifo & {HOW}|use|process|进程|用",
           "Named pipes",
           "A pipe with a name in the file system, made by os.mkfifo (POSIX); open waits until the other side "
           "opens, too. netio has local sockets instead, which go both ways: ipc.listen_local.",
           "命名管道",
           "在文件系统里有名字的管道，用 os.mkfifo 创建（POSIX）；open 会等到另一端也打开。netio 用可以双向通信的本地套接字代替：ipc.listen_local。",
           "ipc.listen_local ipc.connect_local ipc.open_pipe"),
    Answer("!once|only one|one message|一次|只能发一|第一条 & client|客户端|服务器|server & stops|ends|then|again|second|之后|就停|就结束"
           "|就断|不能再|第二次|退出",
           "Only one message goes through",
           "The program sends and receives once and ends, or the server closes after one. Both need a loop: the "
           'client sends and reads until quit, the server until recv returns b"".',
           "只能收发一次",
           '程序只收发一次就结束，或服务器处理一条就关闭了。两边都要循环：客户端直到输入退出，服务器直到 recv 返回 b""。',
           "plain:tcp_client_loop plain:tcp_server_loop"),
    Answer("!twice|两次|again|重复|再次|第二次 & lock|acquire|锁 & same thread|freez|hang|block|同一个线程|卡|死|阻塞|嵌套",
           "Taking a lock that one has already",
           "threading.Lock blocks its own holder, too, and for ever; RLock lets the same thread in again. Better: "
           "one function takes the lock, inner ones are called with it held.",
           "同一个线程再次加锁",
           "threading.Lock 连持有者自己也会永远阻塞；RLock 允许同一线程再次进入。更好的做法：外层函数加锁，内层函数不再加。",
           "144 concurrency.CheckedLock"),
    Answer("!stop|end|quit|停|结束|退出 & accept & loop|thread|block|循环|线程|阻塞|怎么",
           "Stopping an accept loop",
           "Closing the socket from another thread does not wake accept everywhere. Give the listening socket a "
           "timeout and look at an Event, or connect to it once; Server.close() does it right.",
           "停止 accept 循环",
           "从别的线程 close 套接字不一定能唤醒 accept。给监听套接字设超时并检查 Event，或自己连接它一次；Server.close() 已处理好。",
           "concurrency.Server ipc.Event tcp.listen"),
    Answer("!keep-alive|keepalive|keep alive|长连接 & http|http1.1|web|浏览器",
           "Keep-alive in HTTP",
           "HTTP/1.1 keeps the connection unless Connection: close is sent: each response needs its "
           "Content-Length, then the next request is read from the same connection, with a time limit.",
           "HTTP 的 keep-alive",
           "HTTP/1.1 默认保持连接，除非发送 Connection: close：每个响应都要有 Content-Length，然后在同一连接上读下一个请求，并设时限。",
           "http.HTTPServer http.messages.requests.persists http.Timeouts"),
]
