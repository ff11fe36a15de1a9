"""Answers about the network, as homework and half-working programs ask for them."""
from __future__ import annotations

from .answer import Answer, HANG, HOW

ANSWERS = [
    Answer(f"!send|input|enter|发|输入|回车|消息 & empty|nothing|blank|空|没输入|直接回车|什么都不 & {HANG}|send|两边|发送",
           "An empty message",
           "send(b\"\") sends nothing: the peer's recv goes on waiting, and with both in recv both hang. Leave "
           "empty input out, or send frames: an empty frame has a length.",
           "发送空消息",
           'send(b"") 什么也不发：对方的 recv 继续等待，双方都在 recv 就都卡住。空输入不发；或者用带长度的消息帧，空消息也有长度。',
           "tcp.send_frame tcp.recv_frame plain:tcp_client_loop"),
    Answer("!server|服务器|服务端|程序 & disconnect|left|leave|quit|exit|断开|退出|离开|走了|关了|下线 & continue|next|again|keep|go "
           "on|still run|继续|下一个|不退出|不要退出|还能|再连|接着|重新等",
           "A server that goes on with the next client",
           'Two loops: the outer calls accept again and again, the inner receives until recv returns b"" and '
           "then closes the connection only, never the listening socket.",
           "一个客户端走后继续服务下一个",
           '两层循环：外层反复 accept；内层 recv，直到返回 b""，然后只关闭连接套接字，不关监听套接字。',
           "plain:tcp_server_loop tcp.listen concurrency.serve"),
    Answer("!udp & stick|sticky|glue|boundar|merge|粘|合在一起|边界|分开",
           "UDP keeps message boundaries",
           "One sendto is one datagram, and one recvfrom returns one: UDP does not stick. But a datagram may be "
           "lost, come twice or out of order, and what exceeds the size given to recvfrom is cut.",
           "UDP 不会粘包",
           "一次 sendto 就是一个数据报，一次 recvfrom 正好取一个，不会粘包；但可能丢失、重复、乱序，超过 recvfrom 给的大小的部分会被截掉。",
           "udp.receive udp.Client scripts/show_sticky.py"),
    Answer("!udp & many|several|multiple|concurrent|all clients|second|多个|并发|同时|好几个|很多|第二个",
           "UDP and several clients",
           "One UDP socket serves all: there is no accept; recvfrom says whose datagram it is, sendto answers "
           "there. A slow handler only delays the others.",
           "UDP 与多个客户端",
           "一个 UDP 套接字就能服务所有客户端：没有 accept，recvfrom 给出发送者的地址，再用 sendto 回复。处理慢只会让别人多等。",
           "udp.serve udp.Server plain:udp_server"),
    Answer("!specific|certain|one of the|particular|指定|某个|某一个|特定|单独|私聊|点对点 & client|user|客户端|用户|人 & send|message|发|"
           "消息|转发",
           "Sending to one certain client",
           "Keep a dict from the name (or address) to the connection when a client logs in; look it up to send, "
           "remove it when the client leaves.",
           "发给指定的客户端",
           "登录时把 名字（或地址）→ 连接 存进字典，发送时查字典，客户端离开时删除。",
           "chat.Room chat.Server plain:chat_server"),
    Answer("!typing|typed|input|打字|输入|正在输 & overwrit|interrupt|broken|mixed|messy|interleav|splits|冲掉|打断|覆盖|混在|刷掉|插"
           "进|冲乱|弄乱|乱了",
           "Messages that come while one is typing",
           "Only the screen is mixed up: what was typed is still in the terminal's line and is sent whole by "
           'Enter. Print "\\r", the message and a newline, then the prompt again.',
           "正在输入时来了消息",
           '只是屏幕上混在一起：已输入的字还在终端的行缓冲里，按回车仍会完整发出。先打印 "\\r"、消息和换行，再重新打印提示符。',
           "chat.join plain:chat_client"),
    Answer("!file|文件|download|下载 & missing|not exist|doesnt exist|no such|not there|不存在|没有这个|没有的 & client|server|"
           "ftp|socket|客户端|服务器|服务端|下载",
           "When the server lacks the file",
           'Answer before the content: first a status (b"Y" or b"N", or the size, -1 for none), then the '
           "bytes. The client reads the status first and never waits for a file that does not come.",
           "服务器上没有那个文件",
           '内容之前先应答：先发状态（b"Y" 或 b"N"，或者文件大小，没有就 -1），再发内容。客户端先读状态，就不会一直等不会来的文件。',
           "plain:ftp_server plain:ftp_client ftp.download"),
    Answer("progress|percent|进度|百分比|进度条",
           "A progress bar",
           'Divide the bytes done so far by the total, which is sent first, and print with end="\\r". send_file, '
           "receive_file, ftp.upload and ftp.download call progress(done, total) after each piece.",
           "进度条",
           '先发总大小，再用已完成的字节数除以它，print(..., end="\\r") 刷新同一行。send_file、receive_file、ftp.upload、ftp.download 每一块之后调用'
           " progress(done, total)。",
           "tcp.send_file tcp.receive_file ftp.download"),
    Answer("!first client|only one client|only serves one|only handles one|only accepts one|one client only|"
           "ignores the rest|第一个客户端|只能连一个|只能一个|只能接收一个|只有第一个|只服务一个 & server|client|only|服务|客户端|连",
           "Only the first client is served",
           "accept is called once, or the program sits in the recv of the first client. Accept in a loop, and give "
           "each client a thread, a process or a place in an event loop.",
           "只有第一个客户端得到服务",
           "accept 只调用了一次，或者程序停在第一个客户端的 recv 里。要循环 accept，并为每个客户端开线程、进程，或者用事件循环。",
           "concurrency.serve plain:thread_server plain:select_server"),
    Answer("!close|关闭|不关|close() & socket|udp|file|connection|套接字|文件|连接 & need|necessary|must|have to|anyway|"
           "automatic|forget|program ends|必须|一定|自动|要不要|会怎样|不关|有影响",
           "Must one close?",
           "The system closes all when the process ends, but until then descriptors and ports stay in use, a "
           "file's buffer may be unwritten, and the peer waits for the end. Use with.",
           "一定要 close 吗",
           "进程结束时系统会全部关闭；但在此之前描述符和端口一直被占用，文件缓冲区可能还没写出，对方也等不到结束。用 with 最省心。",
           "54 tcp.close_gracefully error:Too_many_open_files"),
    Answer("!how many bytes|多少字节|写多大|写多少|填多少|填几|设多大|最大多少|buffersize & recv|receive|接收|收",
           "How large a number for recv",
           "It is the most, not what comes: 4096 to 65536 is usual. A larger number never makes a message whole; "
           "loop until all of it is there. For UDP it must be as large as a datagram.",
           "recv 的参数写多大",
           "它是上限，不是实际收到的数量：一般写 4096 到 65536。写得再大也不能保证收全，要循环收够。UDP 则必须不小于一个数据报。",
           "tcp.recv_exactly 56 57"),
    Answer("!telnet|putty|netcat|nc |网络调试助手|调试助手 & strange|byte|\\r|garbage|odd|奇怪|乱|多出|多了|回车|换行|对不上",
           "What telnet and other tools send",
           "They send lines: text with \\r\\n (nc: \\n) at the end, so strip it before comparing. PuTTY in telnet "
           'mode begins with bytes 0xff ...: choose "raw".',
           "telnet 等工具发来的内容",
           "它们按行发送，末尾带 \\r\\n（nc 是 \\n），比较之前先 strip()。PuTTY 的 telnet 模式会先发 0xff 开头的协商字节：选 raw。",
           "tcp.Reader tcp.Delimiter"),
    Answer("!first|before|order|先|顺序 & server|服务器|服务端 & client|客户端 & start|run|启动|运行|开|执行",
           "Server first, then client",
           "The server must be listening before the client connects, else it is refused. connect can be tried "
           "again after a while. With UDP the datagram is simply lost.",
           "先启动服务器，再启动客户端",
           "客户端连接时服务器必须已在监听，否则连接被拒绝；可以隔一会儿再试。UDP 则是数据报直接丢了。",
           "tcp.connect error:Connection_refused plain:tcp_client_once"),
    Answer('!quit|exit|bye|"q"|== |比较|判断|相等|退出命令 & recv|data|message|decode|if |收到|数据|消息|没用|不生效|进不去|不成立|不相等|'
           "never true|not equal",
           "Comparing what was received",
           'recv returns bytes: b"quit" == "quit" is False. decode first, and strip the newline that telnet or '
           "a line protocol sends. One recv may also hold half a word, or two.",
           "比较收到的内容",
           'recv 返回字节串：b"quit" == "quit" 是 False。先 decode，再 strip() 去掉可能有的换行。一次 recv 也可能只有半条或有两条。',
           "13 tcp.Reader tcp.recv_frame"),
    Answer("!select & stdin|keyboard|input|windows|键盘|输入",
           "What select can wait for",
           "On Windows sockets only, elsewhere also the keyboard and pipes; ordinary files are always ready. For "
           "the keyboard on Windows use a thread.",
           "select 能监视什么",
           "Windows 上只能监视套接字，其他系统还能监视键盘和管道；普通文件总是就绪。Windows 上读键盘要另开线程。",
           "tcp.interact error:Not_a_socket plain:select_server"),
    Answer("!level|edge|水平触发|边缘触发|et模式|lt模式|et |epollet & trigger|epoll|触发|模式",
           "Level and edge triggered",
           "Level (the default): epoll reports as long as there is something to read. Edge (EPOLLET): only when "
           "more comes, so one must read until BlockingIOError. Stay with level.",
           "水平触发与边缘触发",
           "水平触发（默认）：只要还有数据就一直报告。边缘触发（EPOLLET）：有新数据到来时才报告，必须读到 BlockingIOError 为止。一般用水平触发。",
           "plain:epoll_server concurrency.serve"),
    Answer("!select|poll|epoll & disconnect|closed|remove|unregister|left|-1|断开|关闭|移除|删除|退出|取消 & client|socket|"
           "file|fd|descriptor|客户端|套接字|描述符|监视|关注|注册|怎么",
           "A client that leaves an event loop",
           'It becomes readable and recv returns b"": first unregister it (remove it from the list), then close. '
           "In the other order select fails with file descriptor -1.",
           "事件循环里客户端断开",
           '它会变为可读，recv 返回 b""：先取消注册（或从列表移除），再 close。顺序反了，select 会因为描述符 -1 报错。',
           "plain:select_server plain:epoll_server error:Not_a_socket"),
    Answer("!send|发|最后 & close|exit|quit|关闭|退出|close() & lost|arrive|not receive|missing|丢|没收到|收不到|没了|少",
           "The last message is lost on close",
           "close with unread bytes resets the connection, and the peer may lose what was sent last. Shut down "
           'sending, read until b"", then close: close_gracefully does.',
           "一关闭最后的消息就丢了",
           '接收缓冲区里还有未读数据时 close 会重置连接，最后发出的内容可能丢失。先 shutdown(SHUT_WR)，读到 b""，再 close：close_gracefully 就这样做。',
           "tcp.close_gracefully tcp.half_close 63"),
    Answer("!file name|filename|文件名 & send|transfer|receive|socket|together|发|传|收|一起",
           "Sending a file's name, too",
           "Before the content: a frame with the name, then the size, then the bytes. Never open the name as it "
           "came: safe_filename makes a plain name of it. send_file sends name and size.",
           "连文件名一起发送",
           "内容之前先发一条带长度的文件名，再发大小，再发内容。收到的名字不能直接 open：safe_filename 把它变成安全的文件名。send_file 会发送名字和大小。",
           "tcp.send_file files.safe_filename plain:picture_sender"),
    Answer("!several files|multiple files|many files|a folder|whole folder|directory|多个文件|好几个文件|几个文件|文件夹|整个目录|几张图|多"
           "张图|多张图片|多个图片 & send|transfer|socket|tcp|发|传",
           "Sending several files over one connection",
           "Each with its name and size before its content, so that the receiver knows where one ends; then close. "
           "Call send_file for each, receive_file until it returns None.",
           "用一个连接发送多个文件",
           "每个文件的内容之前先发名字和大小，接收方才知道哪里结束；全部发完再关闭。每个文件调用一次 send_file，对方反复 receive_file，直到返回 None。",
           "tcp.send_file tcp.receive_file scripts/send_file.py"),
    Answer("!header|报头|头部|消息头|协议头|包头|自定义协议|自定义报头|protocol & design|own|custom|length|make|define|自定义|设计|自己|长度|怎么写|固"
           "定|json",
           "A header of one's own",
           'A header of fixed size first, holding the length of what follows (4 bytes, "!I"); JSON or file name '
           "and content after it. The receiver reads exactly the header, then exactly the rest.",
           "自定义报头",
           '先发固定大小的报头，里面是后面内容的长度（4 字节，"!I"），再发 JSON、文件名或内容。接收方先收够报头，再收够后面的内容。',
           "tcp.send_frame packing.Record tcp.LengthPrefix"),
    Answer("!transfer|send|copy|download|传输|发送|传文件|传|下载|收文件 & slow|speed|faster|慢|速度|太久|快一点 & file|文件|图片|视频|socket|"
           "tcp|udp",
           "A slow transfer",
           "Send pieces of 64 KiB or more rather than lines or 1024 bytes, do not sleep or wait for an answer "
           "after each, and do not add bytes up (+=): write each piece to the file.",
           "传输太慢",
           "每次发 64 KiB 或更多，不要一行一行或 1024 字节地发；不要每块之后 sleep 或等回复；不要用 += 拼接字节串，收到就写进文件。",
           "tcp.send_file files.read_chunks tcp.receive_file"),
    Answer("!http|request|web|请求|浏览器 & recv|receive|read|接收|收 & whole|1024|4096|cut|incomplete|all of|part|不全|不完整|一"
           "次|全部|截断|多大",
           "Receiving a whole HTTP request",
           "One recv may hold half of the head. Read until the blank line (\\r\\n\\r\\n), then as many bytes of "
           "body as Content-Length says. http.recv_request does that.",
           "收完整的 HTTP 请求",
           "一次 recv 可能只有半个头部。先读到空行（\\r\\n\\r\\n），再按 Content-Length 读正文。http.recv_request 就这样做。",
           "http.recv_request scripts/print_request.py plain:http_print_request"),
    Answer("http.server|simplehttp|http server module|httpserver模块|自带的http|自带http|一句命令|一行命令",
           "A web server in one command",
           "python3 -m http.server 8000 serves the folder one is in. scripts/serve_http.py FOLDER does so with "
           "limits and ranges; in a program: http.HTTPServer(host, port, folder).",
           "一条命令的网页服务器",
           "python3 -m http.server 8000 提供当前目录。scripts/serve_http.py 目录 也可以，并带有限制和断点续传；程序里用 http.HTTPServer(主机, 端口"
           ", 目录)。",
           "scripts/serve_http.py http.HTTPServer http.StaticFiles"),
    Answer("!file server|upload|download|文件服务器|网盘|云盘|上传下载 & homework|write|how|command|list|protocol|project|作业|怎么写"
           "|实现|项目|流程|思路|列表|功能|做一个|写一个|怎么做",
           "Writing a file server",
           "Commands as frames or lines: list, get NAME, put NAME. The server answers with a status first, then "
           "the size, then the content, and serves each client in a thread or process.",
           "编写文件服务器",
           "命令用带长度的消息或一行一条：列表、下载 名字、上传 名字。服务器先回状态，再发大小和内容；每个客户端一个线程或进程。",
           "plain:ftp_server plain:ftp_client ftp.FTPServer"),
    Answer("!dictionary|词典|单词|电子词典|在线词典|查词 & client|server|how|write|slow|look|find|search|not found|homework|客户端|服"
           "务器|服务端|怎么|慢|查|找不到|作业|网络|思路|实现",
           "The dictionary exercise",
           "Read the file line by line and split each once: word, explanation; in a sorted file one may stop at a "
           "larger word, or search by halves as look_up does. The server answers each word with one message.",
           "电子词典作业",
           "逐行读文件，每行只切一次：单词、解释；有序的词典遇到更大的单词就可以停，或像 look_up 那样二分查找。服务器对每个单词回复一条消息。",
           "files.look_up plain:word_lookup plain:dictionary_server"),
    Answer("!student|学生|stu信息|学生信息 & send|udp|struct|pack|save|receive|record|发|打包|保存|录入|接收|写|作业|结构",
           "The student record exercise",
           'A fixed format such as "!i16sif" on both sides: names encoded and padded by struct, NULs stripped '
           "after unpacking. Each record is one datagram, written as one line.",
           "学生信息作业",
           '双方用同一个固定格式，例如 "!i16sif"：名字先 encode，由 struct 补零，解包后去掉末尾的 \\0。一条记录一个数据报，存成文件的一行。',
           "plain:student_client plain:student_server packing.Record"),
    Answer("!picture|photo|image|图片|照片|相片 & send|receive|transfer|socket|tcp|client|homework|收发|发送|接收|发|传|上传|作业",
           "The picture exercise",
           'Open with "rb" and "wb", send piece by piece with sendall, receive until recv returns b"" (the '
           "sender closes) or until the size sent first is there. Cut short or in text mode, it does not open.",
           "图片收发作业",
           '用 "rb" 读、"wb" 写，分块 sendall；接收方一直收到 recv 返回 b""（发送方关闭），或收够先发来的大小。少了字节或用文本模式，图片就打不开。',
           "plain:picture_sender plain:picture_receiver tcp.send_file"),
    Answer("ipv6|::1|af_inet6",
           "IPv6",
           'tcp.listen and tcp.connect take either: ("::1", port) is this machine. With plain sockets use '
           "socket.create_connection, and AF_INET6 for listening; such an address has four parts.",
           "IPv6",
           'tcp.listen 和 tcp.connect 两种地址都接受：("::1", 端口) 是本机。自己写时客户端用 socket.create_connection，监听用 AF_INET6；这种地址有'
           "四个元素。",
           "tcp.listen tcp.connect"),
    Answer("!udp & stop|exit|quit|end|close|退出|结束|停|关闭 & server|client|recvfrom|loop|服务器|客户端|循环|阻塞|怎么",
           "Ending a UDP program",
           "UDP has no connection, so nobody notices that the other one ended: agree on a message such as "
           'b"quit", or set a timeout. udp.serve ends by Ctrl-C, also on Windows.',
           "结束 UDP 程序",
           'UDP 没有连接，一方结束另一方不知道：约定一条消息（如 b"quit"），或设置超时。udp.serve 可以用 Ctrl-C 结束，Windows 上也行。',
           "udp.serve plain:udp_server tcp.Deadline"),
    Answer("!bind|绑定 & public|own ip|wan|cannot assign|assign requested|公网|外网|ip报错|写的是我|写谁的ip|哪个ip|填哪个|写什么ip|填什么|报错",
           "The address for bind",
           'bind takes an address that this machine has itself: "" or 0.0.0.0 for all, 127.0.0.1 for this '
           "machine only. The public one belongs to the router or cloud: others connect to it, one does not bind "
           "it.",
           "bind 写哪个地址",
           'bind 只能用本机自己拥有的地址：0.0.0.0（或 ""）表示所有网卡，127.0.0.1 只限本机。公网地址属于路由器或云平台：别人用它来连接，自己不能绑定。',
           "tcp.listen error:Cannot_assign_requested_address 86"),
    Answer("!socket|套接字 & what is|whats a|meaning|mean|port|是什么|什么意思|啥意思|是啥|端口|概念|关系",
           "What a socket is",
           "One end of a talk between programs, opened by the system like a file: it has a protocol and an address "
           "(IP and port). The port is only the number by which the system finds the socket.",
           "套接字是什么",
           "程序之间通信的一个端点，由系统像文件一样打开：有协议和地址（IP 加端口）。端口只是一个编号，系统靠它找到对应的套接字。",
           "tcp.describe plain:socket_attributes docs/tcp.md"),
    Answer("!until|only when|才|之后才|一次性|全部一起 & client|对方|客户端|发送方 & close|exit|quit|关闭|退出|断开 & print|reply|show|recv|"
           "answer|打印|回复|显示|收到|处理|输出",
           "It arrives only when the peer closes",
           'The loop reads until recv returns b"", which comes only when the peer closes; or a file object reads '
           "ahead. Mark the end of each message by a length or a newline, and work on it then.",
           "对方关闭之后才处理",
           '循环一直读到 recv 返回 b""，而这要等对方关闭；或者是 makefile 在等更多数据。每条消息用长度或换行标出结尾，读到就处理。',
           "tcp.recv_frame tcp.Reader plain:frame_server"),
    Answer("!reply|answer|response|回复|应答|回的 & previous|last one|late|one behind|wrong|上一条|上一次|上次|错位|慢一拍|不对应|对不上|旧的",
           "Replies that lag one behind",
           "A reply was left unread or read in part, so that the next recv gets it. Read exactly one whole reply "
           "for each request: frames with a length, not one recv(1024).",
           "收到的是上一条的回复",
           "之前的回复没有读完或没有读，下一次 recv 就先收到它。每个请求正好读一条完整的回复：用带长度的消息，而不是一次 recv(1024)。",
           "tcp.recv_frame tcp.send_frame plain:frame_client"),
    Answer("!stream|camera|live|视频流|摄像头|直播|屏幕|实时画面|录屏 & video|send|picture|socket|frame|udp|tcp|视频|传|发|画面|共享",
           "Sending video or the screen",
           "Compress each picture (JPEG), send it as one frame with its length over TCP; the receiver shows frame "
           "after frame. Over UDP a picture has to be cut into datagrams, and some get lost.",
           "传输视频流或屏幕",
           "每一帧先压缩（JPEG），再作为一条带长度的消息用 TCP 发送，接收方逐条取出显示。用 UDP 必须把一帧切成多个数据报，而且会丢。",
           "tcp.send_frame tcp.recv_frame udp.SAFE_DATAGRAM"),
    Answer("!terminal|ssh|log out|logout|window|终端|ssh|窗口|远程 & close|closed|log out|logout|disconnect|关了|关掉|关闭|断开|退"
           "出 & server|program|keep running|background|服务器|程序|一直运行|后台|就没了",
           "Running on after the terminal is closed",
           "Closing a terminal sends SIGHUP. nohup python3 server.py > log 2>&1 & goes on without it, as do tmux "
           "and screen; for good use systemd. In a program: double_fork.",
           "关了终端仍然运行",
           "关闭终端会发出 SIGHUP。nohup python3 server.py > log 2>&1 & 可以继续运行，tmux、screen 也行；长期运行用 systemd。程序里可用 "
           "double_fork。",
           "concurrency.double_fork plain:double_fork"),
    Answer("!idle|minutes|a while|silent|long time|几分钟|一段时间|一会儿|不说话|长时间|没操作|空闲 & disconnect|closed|drops|lost|断了|断开"
           "|掉线|断线|被关|自己断",
           "A connection that breaks when idle",
           "Routers and firewalls forget idle connections after minutes, and a server may have an idle limit. Send "
           "a heartbeat each 30 seconds or so, and connect again after an error.",
           "空闲一段时间后连接断开",
           "路由器和防火墙会忘掉几分钟没有数据的连接，服务器也可能有空闲时限。每 30 秒左右发一次心跳，出错就重连。",
           "concurrency.Limits tcp.Deadline term:心跳_保活"),
    Answer("!cpu|风扇|占用率|100% & recv|loop|while|server|high|full|循环|服务器|占用|很高|飙升|跑满|100%",
           "A loop that takes all of the CPU",
           'Mostly recv returns b"" again and again since the peer has closed: leave the loop then. Or a socket '
           "without blocking is asked in a loop: wait by select. Or an event loop watches what is always ready.",
           "循环占满 CPU",
           '多半是对方已关闭，recv 不停返回 b""：此时要退出循环。或者在循环里不停查询非阻塞套接字：应该用 select 等待。或者事件循环监视了一直就绪的东西。',
           "14 tcp.recv_exactly plain:tcp_server_loop"),
    Answer("!port|端口 & same|both|two|share|同时|同一个|共用|两个|一样 & tcp|udp|process|server|program|listen|进程|程序|服务器|监听",
           "The same port twice",
           "TCP and UDP have ports of their own: 8888 of both may be in use. Two listeners of one protocol cannot "
           "share a port, except by SO_REUSEPORT or a listening socket made before the fork.",
           "同一个端口用两次",
           "TCP 和 UDP 的端口互不相干：可以同时用 8888。同一协议的两个监听者不能共用端口，除非用 SO_REUSEPORT，或者 fork 之前就建好监听套接字。",
           "16 tcp.listen concurrency.serve"),
    Answer("!udp|datagram|recvfrom|数据报 & incomplete|cut|truncat|half|missing|only part|不完整|截断|不全|一半|少了|后面没了|10040",
           "A datagram that is cut",
           "recvfrom(n) throws away what exceeds n (Windows: error 10040). Give at least what the sender sends, up "
           "to 65535; udp.receive says whether something was cut.",
           "数据报被截断",
           "recvfrom(n) 会丢掉超过 n 的部分（Windows 上报 10040 错误）。n 至少要等于发送的大小，最大 65535；udp.receive 会告诉是否被截断。",
           "udp.receive udp.MAX_DATAGRAM 57"),
    Answer("!http|get|request|url|浏览器|请求|网址 & path|target|first line|路径|请求行|资源|第一行|后面的 & get|parse|extract|split|"
           "take|take out|取|拿|解析|提取|分割|怎么",
           "The path of a request",
           'The first line is "GET /path HTTP/1.1": split it at blanks; the path ends at ?, the rest is the '
           "query, and %E4... must be unquoted. http.recv_request does it: request.path, request.query.",
           "取出请求的路径",
           '第一行是 "GET /路径 HTTP/1.1"：按空格切开；? 之前是路径，之后是参数，%E4... 还要解码。http.recv_request 已做好：request.path、'
           "request.query。",
           "http.recv_request http.Request plain:http_page"),
    Answer("!event loop|select|epoll|poll|multiplex|io多路|多路复用|事件循环 & slow|block|others wait|sleep|long|慢|阻塞|等|卡|耗时",
           "A slow handler in an event loop",
           "One thread serves all: while it computes, sleeps or reads a file, nobody else is served. Give slow "
           "work to a pool, or use threads or processes as the model.",
           "事件循环里处理太慢",
           "一个线程服务所有人：它在计算、sleep 或读文件时，别人都得等。耗时的工作交给池，或者改用线程、进程模型。",
           "concurrency.serve concurrency.MODELS plain:epoll_server"),
    Answer("sends faster|too fast|faster than|flow control|backpressure|发得太快|发太快|发送太快|处理不过来|来不及|流量控制|滑动窗口|发送快",
           "Sending faster than the peer reads",
           "TCP: both buffers fill, then sendall waits (flow control): nothing is lost. UDP: what finds no room is "
           "dropped silently, so wait for answers. Queues in a program need a limit, too.",
           "发得比对方读得快",
           "TCP：两边缓冲区填满后 sendall 会等待（流量控制），不会丢。UDP：放不下的数据报被悄悄丢掉，所以要等应答。程序里的队列也要设上限。",
           "tcp.queued_bytes tcp.measure_buffers udp.Client"),
    Answer(f"!stop|shut down|shutdown|close|停|关闭|关掉|停止|结束 & server|服务器|服务端 & {HOW}|gracefully|cleanly|ctrl|优雅|按|命令",
           "Stopping a server",
           "Ctrl-C in its terminal; in a program: with Server(...) as server: server.start(), and it closes at the "
           "end of the block. With plain sockets: a flag, a timeout in accept, and close in finally.",
           "停止服务器",
           "在它的终端里按 Ctrl-C；程序里：with Server(...) as server: server.start()，离开代码块就关闭。自己写：一个标志、accept 设超时，在 finally 里 "
           "close。",
           "concurrency.serve concurrency.Server concurrency.SignalReceiver"),
    Answer("!how long|length|size|长度|多长|多大 & message|data|消息|数据 & before|know|advance|事先|提前|知道|怎么",
           "Knowing how long a message is",
           "TCP does not tell: the sender sends the length first, in a fixed form (4 bytes), or ends each message "
           "with a delimiter. recv_frame reads the one, Reader the other.",
           "怎样知道消息有多长",
           "TCP 不会告诉你：发送方先用固定格式（4 字节）发送长度，或者用分隔符结尾。recv_frame 读前一种，Reader 读后一种。",
           "tcp.send_frame tcp.recv_frame tcp.Reader"),
    Answer("!b'|prefix b|letter b|the b|前面有个b|前面多了b|前面的b|b开头|带b|带个b|有个b & print|show|string|receive|打印|显示|收到|输出|字符串"
           "|前面",
           "b'...' in the output",
           'That is a bytes object: received bytes become text by decode(): data.decode("utf-8"). print shows '
           "the text then.",
           "输出前面有 b",
           '那是字节串：收到的字节用 decode() 变成文本：data.decode("utf-8")，再打印。',
           "13 error:str_where_bytes_are_wanted tcp.Reader"),
    Answer("!ftp|download|下载 & 0 byte|zero byte|0kb|empty|0字节|空的|0k|是空|大小为0|没有内容",
           "A downloaded file is empty",
           "The file was opened (so made) before anything came, and then nothing was written or flushed: check the "
           'status first, write in "wb", close. ftp.download makes the file only when all is there.',
           "下载的文件是空的",
           '文件在内容到来之前就打开（也就创建）了，后来没有写入或没有关闭：先检查状态，用 "wb" 写，最后 close。ftp.download 全部到齐才出现文件。',
           "ftp.download plain:ftp_client tcp.receive_file"),
    Answer("!both|same computer|one laptop|one computer|one machine|same machine|一台电脑|一台机器|同一台|自己电脑上 & server|"
           "client|terminal|run|start|服务器|客户端|终端|运行|测试",
           "Two terminals for a server and its client",
           "Open two terminals: start the server in one, the client in the other, with 127.0.0.1 as the address. "
           "In PyCharm each has its own Run tab.",
           "用两个终端运行服务器和客户端",
           "开两个终端：一个先启动服务器，另一个再启动客户端，地址用 127.0.0.1。PyCharm 里每个程序有自己的运行标签页。",
           "docs/windows.md#powershell-and-cmd scripts/talk_tcp.py scripts/serve_echo.py"),
]
