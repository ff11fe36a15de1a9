"""Answers about connections, messages and datagrams."""
from __future__ import annotations

from .answer import Answer, CLIENT, DIFF, EMPTY, FILE, GONE, HANG, HOW, KNOW, MANY, PEER, SEND

ANSWERS = [
    # connections
    Answer(f"{PEER} & {GONE} & {KNOW}", "How to notice that the peer has gone",
           "recv returns b\"\" when the peer has closed, and raises ConnectionResetError when it crashed. A pulled "
           "cable says nothing: only a "
           "timeout or a heartbeat of your own notices it.",
           "怎样知道对方已断开",
           "对方正常关闭时 recv 返回 b\"\"；对方崩溃时 recv 抛出 ConnectionResetError。拔网线则没有任何通知，只能靠超时或自己发心跳来发现。",
           "tcp.Deadline tcp.recv_exactly plain:tcp_server_loop"),
    Answer(f"recv|receive|接收|收到|读 & {EMPTY} & forever|loop|again|keep|endless|infinite|always|一直|死循环|不停|循环|反复|无限|"
           "总是 // "
           "client|peer|对方|客户端 & closed|exit|left|关|退出|断 & forever|endless|loop|一直|死循环|疯狂|不停|刷屏",
           "recv returns b\"\" again and again",
           "b\"\" means that the peer has closed its side; it will come for ever. Leave the loop: if not data: "
           "break.",
           "recv 一直返回空字节串",
           "b\"\" 表示对方已经关闭，之后每次都会立刻返回 b\"\"。要跳出循环：if not data: break。",
           "tcp.recv_exactly plain:tcp_server_loop 14"),
    Answer(f"recv|receive|read|reply|answer|respon|recvfrom|接收|收|回复|应答|读 & {HANG} // "
           "server|print|服务器|服务端|打印|收到 & only|才 & exits|closes|quits|closed|退出|关闭|关了",
           "recv waits for ever",
           "recv waits until bytes come or the peer closes: the peer has sent nothing (perhaps it waits, too), or "
           "your program wants more than was "
           "sent. Agree on where a message ends, and set a timeout.",
           "recv 一直等待",
           "recv 会一直等到有数据来或对方关闭：对方没有发（也许它也在等），或者你要的比对方发的多。约定好消息到哪里结束，并设置超时。",
           "tcp.Deadline tcp.recv_frame 100"),
    Answer("timeout|time out|timed out|超时 & set|add|give|how|recv|accept|connect|socket|设置|怎么|加|设|处理",
           "A timeout for a socket",
           "sock.settimeout(5) for each single call, or one time limit for a whole conversation: with "
           "tcp.Deadline(sock, 5). Too late is TimeoutError "
           "(socket.timeout up to Python 3.9).",
           "给套接字设置超时",
           "sock.settimeout(5) 对每次调用单独计时；tcp.Deadline(sock, 5) 给整段对话一个总时限。超时抛出 TimeoutError（3.9 是 socket.timeout）。",
           "tcp.Deadline error:timed_out"),
    Answer(f"accept & {HANG}|{HOW}|return",
           "What accept does",
           "accept waits until a client connects, and returns a new socket for that client and its address; the "
           "listening socket goes on "
           "listening. That it waits is right: start the client.",
           "accept 做什么",
           "accept 一直等到有客户端连接，返回一个专门与该客户端通信的新套接字和它的地址；监听套接字继续监听。没有客户端时它等待是正常的：去启动客户端。",
           "tcp.listen plain:tcp_server_once 79"),
    Answer(f"{CLIENT} & {MANY} & server|serve|handle|accept|connect|服务|处理|连|响应|反应|等",
           "A server for several clients at once",
           "A loop that talks with one client leaves the next in the queue of listen. Give each client a thread or "
           "a process, or watch all with "
           "select: concurrency.serve does either, by the name of the model.",
           "同时服务多个客户端",
           "循环里只和一个客户端通信，后来的就排在 listen 的队列里等。每个客户端一个线程或进程，或者用 select 同时看所有连接：concurrency.serve 按模型名选择。",
           "concurrency.serve concurrency.Server plain:thread_server"),
    Answer("port|address|端口|地址 & use|taken|busy|occupied|free|already|占|被用|还在 & who|which|find|restart|again|still|"
           "release|kill|how|program|"
           "哪个|谁|查|怎么|重启|再|释放|之后|还|咋|老|一直|杀|解决|办",
           "The port is still in use",
           "Who has it: ss -ltnp (Linux), lsof -i :8888 (macOS), netstat -ano | findstr :8888 (Windows, then "
           "taskkill /PID). After a restart it is "
           "TIME_WAIT: SO_REUSEADDR before bind, on Linux and macOS; tcp.listen sets it.",
           "端口仍被占用",
           "查是谁占用：ss -ltnp（Linux）、lsof -i :8888（macOS）、netstat -ano | findstr :8888（Windows，再 taskkill /PID）。刚重启时是 "
           "TIME_WAIT："
           "在 Linux、macOS 上 bind 之前设置 SO_REUSEADDR，tcp.listen 会替你设置。",
           "tcp.listen error:Address_already_in_use docs/windows.md#powershell-and-cmd"),
    Answer("listen|backlog|监听 & number|argument|parameter|mean|backlog|queue|how many|5|数字|参数|几|意思|队列|最多",
           "The number in listen",
           "How many finished connections may wait for accept; not how many clients there may be. Leave it out, or "
           "take 128.",
           "listen 的参数",
           "有多少已建立的连接可以排队等待 accept，并不是最多能有多少客户端。可以不写，或写 128。",
           "tcp.listen 18"),
    Answer("other computer|another computer|another machine|another pc|other machine|two computers|two machine|"
           "phone|laptop|classmate|friend|wifi|wi-fi|lan|same network|remote|"
           "internet|另一台|两台|别的电脑|别人|同学|室友|手机|局域网|同一个网|其他电脑|别的机器|外网|不同电脑 & connect|reach|access|open|visit|ping|"
           "work|talk|run|连|访问|打开|通|用|收 // "
           "localhost|127.0.0.1|本机|自己 & my ip|real ip|lan ip|own ip|ip & only|but not|work|不行|不通|只能|可以|连 // "
           "virtual machine|vmware|docker|wsl|virtualbox|虚拟机|云服务器|服务器上 & connect|reach|ping|连|访问|通",
           "Connecting from another computer",
           "The server must listen at 0.0.0.0 (all addresses), not 127.0.0.1; the client takes the server's own "
           "address (ipconfig, ip addr), in "
           "the same network; the server's firewall must let the port through.",
           "从另一台电脑连接",
           "服务器要监听 0.0.0.0（所有地址），不能是 127.0.0.1；客户端填服务器的 IP（用 ipconfig、ip addr 查看），两台在同一网络；服务器的防火墙要放行该端口。",
           "tcp.listen docs/windows.md#two-computers-in-one-network error:A_tool_cannot_connect"),
    Answer("ipconfig|ifconfig|ip addr|my ip|own ip|local ip|ip address|lan ip|my own address|本机ip|自己的ip|ip地址|本机地址|"
           "本机的ip|电脑ip|电脑的ip|查ip|看ip|ip是多少",
           "My own address",
           "ipconfig (Windows), ip addr (Linux), ifconfig (macOS); in Python udp.interfaces(). "
           "gethostbyname(gethostname()) often gives 127.0.1.1 or "
           "a virtual adapter's.",
           "本机的 IP 地址",
           "ipconfig（Windows）、ip addr（Linux）、ifconfig（macOS）；在 Python 里用 udp.interfaces()。"
           "gethostbyname(gethostname()) 常给出 127.0.1.1 或虚拟网卡的地址。",
           "udp.interfaces docs/windows.md#two-computers-in-one-network 151"),
    Answer("0.0.0.0|127.0.0.1|localhost|loopback|回环|本地回环 & mean|differ|what|vs|and|or|bind|listen|why|区别|意思|什么|和|"
           "绑定|为什么|啥",
           "127.0.0.1 and 0.0.0.0",
           "127.0.0.1 is this computer, reached by itself only. Bound to 0.0.0.0 a server listens at all addresses "
           "of its computer, so others reach "
           "it; it is no address to connect to.",
           "127.0.0.1 与 0.0.0.0",
           "127.0.0.1 是本机，只有自己能访问。服务器绑定 0.0.0.0 表示监听本机的所有地址，别的电脑才能连上；客户端不能去连 0.0.0.0。",
           "tcp.listen 86 151"),
    Answer(f"close|shutdown|关闭|关掉|自己关|关吗|不关|要关 & {DIFF}|{HOW} & socket|connection|shutdown|half|套接字|连接|半关闭",
           "close and shutdown",
           "shutdown(SHUT_WR) ends one direction: the peer reads b\"\", and its answer can still be read. close "
           "gives up the socket; with unread "
           "data it may reset the connection and lose what was sent last.",
           "close 与 shutdown",
           "shutdown(SHUT_WR) 只结束一个方向：对方读到 b\"\"，而它的应答仍可读取。close 放弃套接字；若还有未读数据，可能重置连接，丢掉最后发出的内容。",
           "tcp.half_close tcp.close_gracefully 63"),
    Answer("three way|three-way|handshake|four way|syn |time wait|time_wait|close wait|三次握手|四次挥手|握手|挥手|timewait",
           "Opening and closing a TCP connection",
           "Three segments open a connection (SYN, SYN+ACK, ACK), two in each direction close it (FIN, ACK). Who "
           "closes first is in TIME_WAIT for a "
           "minute or so; CLOSE_WAIT means that your program has not called close.",
           "TCP 连接的建立与断开",
           "建立用三个报文（SYN、SYN+ACK、ACK），断开时每个方向各一次 FIN 和 ACK。先关闭的一方会停在 TIME_WAIT 约一分钟；停在 CLOSE_WAIT 是程序没有 close。",
           "tcp.tcp_state docs/pictures.md#three-to-open-four-to-close--三次握手与四次挥手 scripts/show_socket.py"),
    Answer("socket|connection|套接字|连接 & state|status|状态 & see|show|look|know|which|查看|看|显示|哪些|有几",
           "The state of a connection",
           "ss -tan (Linux), netstat -an (macOS, Windows); in Python tcp.tcp_state(sock), tcp.describe(sock).",
           "连接的状态",
           "ss -tan（Linux）、netstat -an（macOS、Windows）；Python 里用 tcp.tcp_state(sock)、tcp.describe(sock)。",
           "tcp.tcp_state tcp.describe scripts/show_socket.py"),
    Answer("reconnect|connect again|retry|重连|重新连接|断线重连|自动连",
           "Connecting again",
           "A socket connects once: make a new one for each try, wait a little longer after each failure, and "
           "start the conversation from its "
           "beginning.",
           "断线重连",
           "一个套接字只能连接一次：每次重试都要新建套接字，失败后等待的时间逐次加长，对话从头开始。",
           "tcp.connect error:Already_connected error:Connection_refused"),
    Answer("heartbeat|keepalive|keep alive|keep-alive|心跳|保活",
           "Heartbeats",
           "Only sending finds out that a peer has vanished: let each side send a short message every some seconds "
           "and give up after a few are "
           "missing; or SO_KEEPALIVE, by default after two hours.",
           "心跳",
           "只有发送才能发现对方消失：双方每隔几秒发一个短消息，连续几次收不到就断开；或用 SO_KEEPALIVE，默认要两小时才起作用。",
           "tcp.Deadline tcp.describe term:心跳_保活"),
    Answer("wireshark|tcpdump|抓包 & loopback|127|localhost|see|nothing|capture|filter|empty|how|本地|回环|抓不到|看不到|过滤|怎么|"
           "没有|本机",
           "Watching packets",
           "Choose the loopback interface (lo, lo0, \"Adapter for loopback traffic capture\", installed with "
           "Npcap): traffic with 127.0.0.1 goes through no "
           "network card. Filter: tcp.port == 8888, udp.port == 8888. Linux: tcpdump -i lo -A port 8888.",
           "抓包",
           "要选回环接口（lo、lo0，Windows 是 Npcap 的 “Adapter for loopback traffic capture”）：127.0.0.1 的数据不经过网卡。过滤：tcp.port "
           "== 8888、udp.port == "
           "8888。Linux：tcpdump -i lo -A port 8888。",
           "tcp.describe scripts/show_socket.py docs/pictures.md#three-to-open-four-to-close--三次握手与四次挥手"),
    Answer("wireshark|tcpdump|抓包 & retransmission|dup ack|out-of-order|rst|reset|zero window|zerowindow|red|black|"
           "checksum|重传|重置|红|黑|窗口|校验",
           "What Wireshark marks",
           "RST: nobody listens at that port, or a program closed with unread data. Retransmission: a segment got "
           "no answer in time. ZeroWindow: the "
           "receiver's program does not call recv. Wrong checksums of your own packets are filled in by the card.",
           "Wireshark 的标记",
           "RST：端口无人监听，或程序关闭时还有未读数据。Retransmission：报文没有及时得到确认。ZeroWindow：接收方的程序没有 recv。本机发出的包校验和“错误”，是网卡稍后才填。",
           "error:Connection_reset_by_peer tcp.queued_bytes tcp.abort"),
    # messages
    Answer("send|sendall|发送 & return value|returns|returned|返回值|返回什么|返回的 // sendall|send all & send|differ|vs|why|"
           "区别|为什么|什么",
           "send and sendall",
           "send may take a part of the bytes and returns how many; sendall sends all of them, or raises. Use "
           "sendall.",
           "send 与 sendall",
           "send 可能只发出一部分，返回发出的字节数；sendall 发完全部，否则抛出异常。请用 sendall。",
           "12 62 tcp.send_frame"),
    Answer("sendto|recvfrom & send |recv |connect|differ|vs|tcp|区别|和|为什么|不同",
           "sendto and recvfrom, send and recv",
           "send and recv belong to a connected socket (TCP, or UDP after connect); sendto names the receiver of "
           "each datagram, recvfrom returns "
           "(data, sender's address).",
           "sendto、recvfrom 与 send、recv",
           "send 和 recv 用于已连接的套接字（TCP，或 connect 过的 UDP）；sendto 每次指明数据报的接收者，recvfrom 返回（数据, 发送者地址）。",
           "udp.bind udp.connect 19"),
    Answer(f"{SEND}|message|消息|数据|条 & glue|stick|stuck together|together|merge|concat|joined|in one recv|one recv|"
           "at once|combined|粘|合在一起|连在一起|一次全收|一次收到|"
           "一起收到|一起到|一次就收|混在一起|合并 // "
           "send|发 & recv|receive|收 & twice|two sends|several sends|once|两次|几次|多次|一次|分开发",
           "Sticky messages (粘包)",
           "TCP is a stream of bytes and keeps no message boundaries. Send each message after its length "
           "(send_frame, recv_frame), or end it with a "
           "delimiter.",
           "粘包",
           "TCP 是字节流，不保留消息边界。每条消息前面加上长度（send_frame、recv_frame），或用分隔符结尾。",
           "tcp.send_frame tcp.recv_frame scripts/show_sticky.py"),
    Answer("whole|complete|entire|all the data|all data|full message|end of message|message ends|everything|only "
           "part|part of|only return|only get|only receive|fewer|less than|不够|只返回|只收到|half|incomplete|missing|cut|"
           "完整|全部|收全|收完|接收完|一部分|"
           "一半|不全|结束 & tcp|recv|receive|message|socket|arriv|data|收|消息|接收|数据",
           "Receiving a whole message",
           "One recv returns what is there, 1 byte to its size. Read until the length that was announced has come "
           "(recv_exactly, recv_frame), or a "
           "delimiter (Reader).",
           "收完整的消息",
           "一次 recv 只返回已到的字节，1 个到指定的大小都可能。要一直读到事先说明的长度（recv_exactly、recv_frame），或读到分隔符（Reader）。",
           "tcp.recv_exactly tcp.recv_frame tcp.Reader"),
    Answer("1024|4096|bufsize|buffer size|缓冲区大小 & recv|receive|what|why|how|mean|接收|什么|为什么|多大|设",
           "The number in recv(1024)",
           "At most so many bytes are returned, never exactly so many. For TCP any size will do, 4096 to 65536; "
           "for UDP the rest of a longer "
           "datagram is lost.",
           "recv(1024) 里的数字",
           "最多返回这么多字节，不保证正好这么多。TCP 用多大都行，常用 4096 到 65536；UDP 则会丢掉数据报超出的部分。",
           "56 57 tcp.recv_exactly"),
    Answer(f"{SEND} & {FILE} & socket|tcp|network|big|large|client|server|over|corrupt|broken|smaller|incomplete|"
           "size|网络|客户端|服务|过去|大|小|损坏|打不开|不完整|变|对方|套接字|收到",
           "Sending a file",
           "Open it as \"rb\", send its size first, then the bytes in pieces with sendall; the receiver writes "
           "with \"wb\" until that many have come. "
           "tcp.send_file and tcp.receive_file do it, with a check.",
           "发送文件",
           "用 \"rb\" 打开，先发大小，再分块 sendall；接收方用 \"wb\" 写，收够这么多字节为止。tcp.send_file 和 tcp.receive_file 就这样做，并且校验。",
           "tcp.send_file tcp.receive_file scripts/send_file.py"),
    Answer("resume|interrupted|broke off|continue|half way|断点|续传|断了|中断|接着传|一半 & download|upload|transfer|file|ftp|"
           "下载|上传|传输|文件|传",
           "Going on with an interrupted transfer",
           "The receiver says how many bytes it has, the sender seeks there. FTP has REST for it: ftp.download "
           "goes on where the part file ends; "
           "tcp.receive_file does, too.",
           "断点续传",
           "接收方说出已有多少字节，发送方 seek 到那里继续。FTP 用 REST：ftp.download 从 .part 文件的末尾接着下载；tcp.receive_file 也一样。",
           "ftp.download tcp.receive_file tcp.send_file"),
    Answer(f"{SEND} & dict|list|object|json|pickle|class|struct|several values|integer|字典|列表|对象|结构体|多个值|整数 & "
           "socket|tcp|udp|network|over|server|网络|套接字|客户端|服务 // "
           "send a dict|send dict|send json|send a list|send an object|send object|send int|send number|发送字典|发字典|"
           "传字典|发送列表|传列表|发送对象|传对象|发送json|传json|发送整数|发整数",
           "Sending values over a socket",
           "Only bytes travel: json.dumps(x).encode() in a frame, or a packing.Record for fixed fields. Do not "
           "unpickle what strangers send.",
           "通过套接字发送数据结构",
           "网络上只有字节：json.dumps(x).encode() 放进一帧，固定字段用 packing.Record。不要 unpickle 陌生人发来的数据。",
           "tcp.send_frame packing.Record 36"),
    Answer("chinese|utf|text|string|str|中文|汉字|字符串|b'|\\x & send|recv|socket|bytes|decode|encode|发|收|显示|变成|转",
           "Text and bytes",
           "Sockets carry bytes: text.encode(\"utf-8\") before sending, data.decode(\"utf-8\") after receiving a "
           "whole message. b'\\xe4\\xbd\\xa0' is what "
           "bytes look like when they are printed.",
           "字符串与字节串",
           "套接字只传字节：发送前 text.encode(\"utf-8\")，收到完整消息后 data.decode(\"utf-8\")。b'\\xe4\\xbd\\xa0' 是 print 字节串的样子，"
           "不是乱码。",
           "error:str_where_bytes_are_wanted error:bytes_and_str_have_other_methods 13"),
    Answer("encode|编码 & decode|解码",
           "encode and decode",
           "str.encode(\"utf-8\") makes bytes of text, bytes.decode(\"utf-8\") makes text of bytes. Both sides "
           "take the same encoding; decode whole "
           "messages only, since a piece may end in the middle of a character.",
           "encode 与 decode",
           "str.encode(\"utf-8\") 把文字变成字节，bytes.decode(\"utf-8\") 把字节变回文字。两边编码要一致；只对完整的消息解码，否则可能切断一个汉字。",
           "error:bytes_and_str_have_other_methods error:'utf-8'_codec_can't_decode 26"),
    # UDP
    Answer("udp|datagram|数据报|数据包 & lost|lose|loss|drop|arrive|reliab|missing|guarantee|丢|到达|可靠|没收到|收不到",
           "Lost datagrams",
           "UDP promises nothing. Ask again after a timeout and number the requests, so that a repeated one is not "
           "done twice: udp.Client with "
           "udp.AtMostOnce; or use TCP.",
           "UDP 丢包",
           "UDP 什么也不保证。超时后重发，并给请求编号，避免重复执行：udp.Client 配合 udp.AtMostOnce；或改用 TCP。",
           "udp.Client udp.AtMostOnce udp.LossyProxy"),
    Answer("udp|datagram|数据报 & big|large|size|max|long|limit|多大|大小|最大|最长|上限",
           "How large a datagram may be",
           "At most 65507 bytes over IPv4 (MAX_DATAGRAM); what goes through nearly everywhere in one piece is "
           "SAFE_DATAGRAM. Larger things are cut up by "
           "you, or sent by TCP.",
           "数据报有多大",
           "IPv4 上最多 65507 字节（MAX_DATAGRAM）；几乎处处都能整块通过的是 SAFE_DATAGRAM。更大的数据自己切分，或用 TCP。",
           "udp.MAX_DATAGRAM udp.SAFE_DATAGRAM 57"),
    Answer("tcp & udp & differ|vs|versus|or|better|when|choose|which|区别|不同|还是|哪个|比较|选|什么时候|啥",
           "TCP or UDP",
           "TCP: a connection, a stream of bytes, complete and in order. UDP: single datagrams with boundaries, "
           "which may be lost, doubled or out of order; "
           "quick, and the only one with broadcast.",
           "TCP 还是 UDP",
           "TCP：有连接，是字节流，完整且有序。UDP：一个个有边界的数据报，可能丢失、重复、乱序；快，并且只有它能广播。",
           "notes:两种套接字的区别： tcp.recv_frame udp.Client"),
    Answer("broadcast|广播 & receive|arrive|nothing|not work|get|everyone|how|send|whole|收不到|接收|没收到|怎么|发|所有|全部",
           "Broadcast",
           "The sender sets SO_BROADCAST and sends to the network's broadcast address (255.255.255.255 or "
           "192.168.1.255); the receiver binds (\"\", "
           "port), the same port; both in one network, firewall open.",
           "广播",
           "发送方设置 SO_BROADCAST，发往网络的广播地址（255.255.255.255 或 192.168.1.255）；接收方绑定 (\"\", 端口)，端口相同；两者在同一网段，防火墙放行。",
           "udp.send_broadcast udp.listen_broadcast udp.broadcast_addresses"),
    Answer("multicast|组播|多播", "Multicast",
           "Receivers join a group (224.0.0.0 to 239.255.255.255) at an interface; what is sent to group and port "
           "reaches them all.",
           "组播", "接收方在某个网卡上加入组（224.0.0.0 到 239.255.255.255）；发往该组和端口的数据会到达所有成员。",
           "udp.listen_multicast udp.join_group udp.multicast.open_multicast_sender"),
    Answer("chat|群聊|聊天 & client|each other|program|write|room|how|simple|receive|send|several|leave|quit|notify|"
           "everyone|怎么|写|程序|多人|退出|通知|一边|同时|发|收|大家|人",
           "A chat",
           "The server keeps who is there and passes each message on; the client reads the keyboard and the socket "
           "at once, by two threads or processes. "
           "chat.Server and chat.join are complete.",
           "群聊",
           "服务器记住谁在场，把每条消息转发给其他人；客户端要同时读键盘和套接字，用两个线程或进程。chat.Server 和 chat.join 是完整的实现。",
           "chat.Server chat.join plain:chat_server"),
    Answer("send|receive|input|type|keyboard|收|发|input|输入|键盘 & same time|at once|simultan|while|both|同时|一边|边",
           "Sending and receiving at once",
           "input() and recv() both wait. Give one of them a thread of its own (or a process); where select may "
           "watch the keyboard (not on Windows) one "
           "loop will do.",
           "同时收和发",
           "input() 和 recv() 都会阻塞。让其中一个在单独的线程（或进程）里运行；能用 select 监视键盘的系统（Windows 不行）一个循环就够。",
           "chat.join plain:chat_client tcp.interact"),
]
