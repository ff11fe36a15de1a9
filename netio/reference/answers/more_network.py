"""Further answers about the network: sockets, HTTP, FTP, the chat."""
from __future__ import annotations

from .answer import Answer, DIFF, HOW, WEB

ANSWERS = [
    Answer("conn|connfd|accepted|new socket|clientfd|listening socket|sockfd|监听套接字|连接套接字|新的套接字|新套接字 & " + DIFF +
           "|same|two|一个东西|同一个|一样|什么|为什么|两个",
           "Two kinds of sockets in a server",
           "The listening socket only accepts; each accept returns a new socket, connected with one client: send, "
           "recv and close are for that one.",
           "服务器里的两种套接字",
           "监听套接字只用来 accept；每次 accept 返回一个新的、与某个客户端相连的套接字：send、recv、close 用的是它。",
           "11 tcp.listen plain:tcp_server_once"),
    Answer("af_inet|sock_stream|sock_dgram|address family|地址族|套接字类型 & " + HOW + "|differ|区别|意思|代表",
           "socket(AF_INET, SOCK_STREAM)",
           "AF_INET is IPv4 (AF_INET6: IPv6, AF_UNIX: this machine by a path); SOCK_STREAM is TCP, SOCK_DGRAM is "
           "UDP.",
           "socket(AF_INET, SOCK_STREAM)", "AF_INET 是 IPv4（AF_INET6：IPv6，AF_UNIX：本机，用路径作地址）；SOCK_STREAM 是 TCP，"
           "SOCK_DGRAM 是 UDP。",
           "80 tcp.listen udp.bind"),
    Answer("reuseaddr|reuse_addr|reuse addr|setsockopt|地址重用|端口复用|地址复用|端口重用", "SO_REUSEADDR and other options",
           "setsockopt(SOL_SOCKET, SO_REUSEADDR, 1) before bind lets a server start again while old connections "
           "are in TIME_WAIT (Linux, macOS); on Windows leave it "
           "out. SO_BROADCAST allows broadcasts.",
           "SO_REUSEADDR 等套接字选项",
           "在 bind 之前 setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)，旧连接还在 TIME_WAIT 时服务器也能重启（Linux、macOS）；Windows 上不要用。"
           "SO_BROADCAST 允许广播。",
           "16 tcp.listen error:Address_already_in_use"),
    Answer("udp & listen|accept|bind|connect|need|要不要|需要|监听|绑定", "UDP: bind, no listen",
           "A UDP server binds and calls recvfrom; there is no listen and no accept. A client need not bind: the "
           "first sendto gives it a free port. connect only "
           "remembers the peer.",
           "UDP 要 bind，不要 listen",
           "UDP 服务器 bind 之后直接 recvfrom，没有 listen 和 accept。客户端不必 bind，第一次 sendto 时系统分配端口。connect 只是记住对方地址。",
           "59 udp.bind plain:udp_server"),
    Answer("udp|recvfrom|datagram & who|sender|address|reply|answer|谁|来源|发送者|地址|回复|回", "Whose datagram it was",
           "data, address = sock.recvfrom(65535); answer with sock.sendto(reply, address). Anybody can send: check "
           "the address, or connect the socket.",
           "数据报来自谁",
           "data, address = sock.recvfrom(65535)，用 sock.sendto(reply, address) 回复。谁都可以发来：检查地址，或先 connect。",
           "104 udp.receive udp.connect"),
    Answer("client|own|my|客户端|自己 & port|端口 & random|change|which|know|different|fix|随机|每次|变|多少|哪|固定|不一样",
           "The client's port",
           "The system gives a client a free port at connect; getsockname() says which, the server sees it in "
           "accept. Do not bind a client to a fixed port.",
           "客户端的端口", "客户端 connect 时由系统分配空闲端口；getsockname() 可查看，服务器在 accept 的地址里看到它。客户端不要绑定固定端口。",
           "89 tcp.describe"),
    Answer("port|端口|server|服务器 & open|reachable|running|started|开|通|启动|起来 & check|test|see|know|how|测试|检查|判断|怎么|查看",
           "Is anybody listening there?",
           "sock.connect_ex((host, port)) is 0 if so; nc -vz host port, Test-NetConnection host -Port 8888 "
           "(PowerShell); on the server ss -ltn or netstat -an. ping says "
           "nothing about ports.",
           "端口上有没有人监听",
           "sock.connect_ex((主机, 端口)) 返回 0 就是有；nc -vz 主机 端口，PowerShell 用 Test-NetConnection 主机 -Port 8888；服务器上用 ss "
           "-ltn 或 netstat -an。ping 与端口无关。",
           "tcp.connect error:Connection_refused docs/windows.md#two-computers-in-one-network"),
    Answer("ping & connect|work|refus|fail|timeout|not|通|连|不", "ping and connecting",
           "ping shows only that the computer can be reached (and firewalls often drop it). Refused: nobody "
           "listens at the port; timed out: a firewall or a wrong "
           "address.",
           "ping 与连接", "ping 只说明那台电脑可达（防火墙还常常丢弃它）。“拒绝”是端口上没有人监听；“超时”是防火墙或地址不对。",
           "error:Connection_refused error:timed_out docs/windows.md#two-computers-in-one-network"),
    Answer("telnet|netcat|nc |ncat|without client|no client|不写客户端|没有客户端|测试服务器", "Testing a server without a client",
           "nc 127.0.0.1 8888 (Linux, macOS), telnet, curl -v for HTTP; everywhere: python3 scripts/talk_tcp.py "
           "127.0.0.1 8888, talk_udp.py for UDP.",
           "不写客户端也能测试服务器",
           "nc 127.0.0.1 8888（Linux、macOS）、telnet，HTTP 用 curl -v；到处可用：python3 scripts/talk_tcp.py 127.0.0.1 8888，"
           "UDP 用 talk_udp.py。",
           "scripts/talk_tcp.py scripts/talk_udp.py tcp.interact"),
    Answer("nagle|nodelay|no_delay|delay|latency|延迟|延时 & small|tcp|send|packet|message|小|发|nagle|高|消息|包",
           "Small messages that come late",
           "Nagle's algorithm and delayed acknowledgements together can hold back the second of two small sends "
           "(40 ms). Send a message in one piece, or set TCP_NODELAY.",
           "小消息延迟", "Nagle 算法遇上延迟确认，会让连续两个小包中的第二个等约 40 毫秒。把一条消息合在一次 sendall 里，或设置 TCP_NODELAY。",
           "tcp.send_frame tcp.listen 15"),
    Answer("buffer|缓冲 & send|receive|recv|socket|kernel|tcp|full|接收|发送|收发|套接字|满|内核", "Send and receive buffers",
           "sendall puts bytes into the system's send buffer, recv takes them from the receive buffer. If the "
           "receiver does not read, both fill up and send waits.",
           "收发缓冲区", "sendall 把字节放进系统的发送缓冲区，recv 从接收缓冲区取。接收方不读，两边缓冲区都满了，send 就会阻塞。",
           "tcp.measure_buffers tcp.queued_bytes docs/pictures.md#send-and-receive-buffers--收发缓冲区"),
    Answer("send|sendall|发送|发 & block|hang|stuck|wait|freez|卡|阻塞|不返回", "send waits",
           "The peer does not read: its receive buffer and your send buffer are full. Let it read (perhaps both "
           "only send), and set a timeout.",
           "send 阻塞", "对方没有读取：它的接收缓冲区和你的发送缓冲区都满了。让对方读（也许双方都在只发不收），并设置超时。",
           "tcp.experiments.watch_back_pressure tcp.queued_bytes tcp.Deadline"),
    Answer("end of|done|finish|last|complete|发完|结束|完了|传完 & know|tell|signal|mark|send|receiv|file|判断|知道|怎么|标志|表示",
           "Telling the peer that all was sent",
           "Say the length first (send_frame, send_file), or end your direction: sock.shutdown(SHUT_WR), then the "
           "peer reads b\"\". A mark such as b\"END\" may "
           "occur in the data.",
           "怎样告诉对方发完了",
           "先发长度（send_frame、send_file），或结束自己的方向：sock.shutdown(SHUT_WR)，对方会读到 b\"\"。用 b\"##\" 之类作结尾，数据里也可能出现它。",
           "tcp.half_close tcp.recv_frame 102"),
    Answer("dns|domain|host name|hostname|gethostbyname|域名|主机名 & ip|address|find|look|get|resolve|解析|地址|怎么|查",
           "Names and addresses",
           "socket.getaddrinfo(name, port) finds the addresses of a name; the system asks its hosts file and DNS. "
           "tcp.connect takes a name and tries them all.",
           "域名与地址", "socket.getaddrinfo(域名, 端口) 查出地址；系统先查 hosts 文件，再问 DNS。tcp.connect 可直接用域名，会逐个尝试。",
           "tcp.connect error:getaddrinfo_failed"),
    Answer("osi|layer|七层|四层|五层|分层|网络模型|网络层|传输层|tcp/ip", "The layers of the network",
           "Application (HTTP, FTP), transport (TCP, UDP: ports), network (IP: addresses), link (frames, MAC). OSI "
           "counts seven.",
           "网络分层模型", "应用层（HTTP、FTP）、传输层（TCP、UDP：端口）、网络层（IP：地址）、链路层（帧、MAC）。OSI 分七层。",
           "docs/pictures.md#the-layers-of-the-network--网络分层模型 docs/tcp.md#ports-their-ranges-and-names"),
    Answer("tls|ssl|https|encrypt|certificate|secure connection|加密|证书|https", "Encryption (TLS)",
           "Give the server a certificate: concurrency.serve, http.HTTPServer and ftp.FTPServer take tls=; clients "
           "check it. A self-signed one must be trusted by the "
           "client.",
           "加密（TLS）", "给服务器一个证书：concurrency.serve、http.HTTPServer、ftp.FTPServer 有参数 tls=；客户端会验证。自签名证书要让客户端信任。",
           "concurrency.servers.tls.TLS http.HTTPServer error:TLS:_the_certificate_is_not_trusted"),
    Answer("server|accept|connections|服务器 & background|start and go on|other thing|other stuff|something else|not "
           "block main|后台|同时做|不阻塞 & " + HOW + "|run|start|accept|while|运行|启动|跑", "A server in the background",
           "with concurrency.Server(address, handler) as server: server.start(), and your program goes on; or "
           "serve_forever in a thread of your own.",
           "让服务器在后台运行", "with concurrency.Server(地址, 处理函数) as server: server.start()，程序继续往下走；或把 serve_forever "
           "放进自己的线程。",
           "concurrency.Server concurrency.ResultThread"),
    Answer("socket|connection|套接字|连接 & share|pass|hand|give|传|共享|交给 & process|进程", "Handing a socket to another "
           "process",
           "A forked child has it already; else ipc.send_socket and recv_socket over a local connection, or as an "
           "argument of ipc.start. Close the copy that you do "
           "not use.",
           "把套接字交给另一个进程", "fork 的子进程已经有一份；否则用 ipc.send_socket、recv_socket，或作为 ipc.start 的参数。不用的那份要关闭。",
           "ipc.send_socket ipc.recv_socket scripts/pass_socket.py"),
    Answer("socket|connection|套接字|连接 & thread|线程 & share|safe|same|several|two|共享|安全|同一个|多个|两个",
           "One socket in several threads",
           "One thread may read while another writes. Two that send, or two that read, mix their bytes: one Lock "
           "around each whole message.",
           "多个线程用同一个套接字", "一个线程读、另一个线程写是可以的。两个同时发或同时收，字节会混在一起：对每条完整的消息加锁。",
           "tcp.send_frame plain:thread_lock concurrency.CheckedLock"),
    Answer("server|服务器|程序 & crash|dies|exit|stops|崩|挂掉|退出了|死掉|停了 & client|disconnect|when|after|客户端|断开|退出|一|就",
           "A server that ends with its client",
           "ConnectionResetError, BrokenPipeError or a bad request of one client was not caught and ended the "
           "loop. Catch it around one client's conversation, close "
           "that socket, go on accepting.",
           "客户端一退出服务器就崩溃", "某个客户端引起的 ConnectionResetError、BrokenPipeError 或错误请求没有捕获，结束了整个循环。要在处理单个客户端的地方捕获，关闭那个套接字，"
           "继续 accept。",
           "101 error:Connection_reset_by_peer concurrency.serve"),
    Answer("limit|too many|attack|flood|slow client|ddos|dos|protect|限制|攻击|恶意|保护|最多连 & client|connection|server|"
           "request|客户端|连接|服务器|请求", "Limits of a server",
           "concurrency.serve has limits from the start: connections, per address, idle time, size of messages. "
           "All are arguments.",
           "服务器的限制", "concurrency.serve 默认就有限制：连接数、每个地址的连接数、空闲时间、消息大小，都是参数。",
           "concurrency.Limits concurrency.serve docs/security.md#every-server"),
    Answer("server|服务器|服务端 & print|show|output|happen|显示|打印|输出|反应|动静 & nothing|not|doesnt|no |没|不",
           "A server that shows nothing",
           "It waits in accept: nobody has connected to this address and port. Compare them with the client's, "
           "look with ss -ltn or "
           "netstat -an, and print with flush=True where the output goes into a file or a pipe.",
           "服务器没有任何输出", "它在 accept 里等待：没有人连到这个地址和端口。与客户端填的对照，用 ss -ltn 或 netstat -an 查看；输出到文件或管道时用 print(..., "
           "flush=True)。",
           "79 tcp.listen scripts/talk_tcp.py"),
    Answer("inherit|继承|child|fork|子进程 & socket|port|descriptor|端口|套接字|描述符 & busy|open|use|close|stay|占|关|还",
           "Sockets that a child has, too",
           "A forked child has copies of all descriptors: a port or a connection is free only when the last copy "
           "is closed. Close in "
           "the child what it does not use, and in the parent what the child serves.",
           "子进程继承的套接字", "fork 的子进程有所有描述符的副本：最后一份关闭之后，端口或连接才真正释放。子进程里关闭用不到的，父进程里关闭交给子进程的。",
           "163 33 plain:fork_server"),
    Answer("server|服务器|服务端 & push|on its own|by itself|first|to a client|主动|推送 & send|message|client|发|消息|客户端",
           "A server that sends by itself",
           "Keep each accepted connection in a list or dict and sendall to it whenever there is news, each under "
           "its own lock; the client needs a "
           "thread that receives. chat.Room does it for many.",
           "服务器主动发消息", "把每个 accept 得到的连接存进列表或字典，有消息时对它 sendall，各自加锁；客户端要有一个专门接收的线程。chat.Room 就是这样管理很多人的。",
           "chat.TCPServer chat.Room plain:chat_server"),
    # HTTP
    Answer("url|web|page|http|get|网页|网址|网站|请求 & parameter|query|argument|question mark|参数|问号|传值",
           "Parameters in an address",
           "/search?word=cat&page=2: what is after ? is the query; http.parse_form of it gives names and values, "
           "request.target has it "
           "all. A form with method=get makes it.",
           "网址里的参数", "/search?word=cat&page=2：问号后面是查询字符串；对它用 http.parse_form 得到名字和值，request.target 是完整的。method=get "
           "的表单会生成它。",
           "http.parse_form http.Request http.Routes"),
    Answer("http & response|respond|answer|响应|返回 & format|look like|structure|what|how|write|格式|组成|结构|怎么写|内容",
           "What an HTTP response is made of",
           "HTTP/1.1 200 OK, then header lines (Content-Type, Content-Length), an empty line, the body; lines end "
           "in \\r\\n. http.Response with http.send_response "
           "writes it.",
           "HTTP 响应的格式", "HTTP/1.1 200 OK，然后是头部各行（Content-Type、Content-Length），空行，正文；每行以 \\r\\n 结尾。http.Response 配 "
           "http.send_response 会写好。",
           "http.Response http.send_response docs/pictures.md#an-http-response-line-by-line--http-响应逐行看"),
    Answer("http & request|请求 & format|look like|structure|parse|line|what|格式|组成|结构|解析|内容|行",
           "What an HTTP request is made of",
           "GET /path HTTP/1.1, then header lines (Host is required), an empty line, perhaps a body. "
           "http.RequestParser, http.recv_request read it.",
           "HTTP 请求的格式", "GET /路径 HTTP/1.1，然后是头部各行（必须有 Host），空行，可能有正文。用 http.RequestParser、http.recv_request 读取。",
           "http.recv_request scripts/print_request.py docs/pictures.md#an-http-request-line-by-line--http-请求逐行看"),
    Answer(f"{WEB} & css|image|picture|js|style|static|img|图片|样式|静态|脚本 & not|missing|broken|load|show|404|加载|显示|不|"
           "出来", "Pages without pictures or style",
           "Each picture and style sheet is a request of its own: the server must answer every path, with its "
           "Content-Type and the file read as \"rb\". http.StaticFiles "
           "does.",
           "网页的图片、样式加载不出来", "每个图片和样式表都是一个单独的请求：服务器要按路径返回相应文件，用 \"rb\" 读取，并写对 Content-Type。http.StaticFiles 就这样做。",
           "http.StaticFiles http.mime.content_type scripts/serve_http.py"),
    Answer(f"{WEB} & download|instead of|plain text|source code|下载|源码|源代码 & show|display|open|file|instead|显示|打开|"
           "变成|而不是|文件", "A browser that downloads instead of showing",
           "The Content-Type says what it is: text/html, image/png, text/css. Without it, or as "
           "application/octet-stream, the browser offers a download.",
           "浏览器下载而不是显示", "由 Content-Type 决定：text/html、image/png、text/css。不写或写成 application/octet-stream，浏览器就会下载。",
           "http.mime.content_type http.StaticFiles"),
    Answer("http|html|web|网站|网页|server & folder|directory|static|index.html|files|目录|文件夹|静态|首页",
           "A folder as a web site",
           "http.HTTPServer with http.StaticFiles(folder), or python3 scripts/serve_http.py FOLDER: index.html "
           "first, else a listing; paths never lead out of the "
           "folder.",
           "把文件夹做成网站", "http.HTTPServer 配 http.StaticFiles(文件夹)，或 python3 scripts/serve_http.py 文件夹：先找 index.html，"
           "没有就列目录；路径不会走出该文件夹。",
           "http.StaticFiles http.HTTPServer scripts/serve_http.py"),
    Answer("http|web|网站|browser|浏览器 & keep alive|keep-alive|persistent|connection close|长连接|短连接|持久|保持",
           "Connections kept by HTTP",
           "HTTP/1.1 keeps the connection unless one side says Connection: close; so each response needs a "
           "Content-Length (or chunks), else the browser waits.",
           "HTTP 长连接", "HTTP/1.1 默认保持连接，除非一方发 Connection: close；所以每个响应都要有 Content-Length（或分块），否则浏览器一直等。",
           "http.HTTPServer http.messages.requests.persists term:长连接_短连接"),
    Answer(f"{WEB}|login|登录 & password|login|log in|auth|密码|登录|验证", "A password for a web site",
           "http.BasicAuth with http.hash_password: answer 401 with its challenge when auth.user(...) is None. "
           "Over plain http the password can be read on the way: take "
           "TLS.",
           "给网站加密码", "http.BasicAuth 配 http.hash_password：auth.user(...) 为 None 时回复 401 和它的 challenge。不加 TLS "
           "的话密码在途中可被看到。",
           "http.BasicAuth http.hash_password"),
    Answer("redirect|重定向|跳转|301|302|303", "Sending the browser elsewhere",
           "return http.redirect(\"/new\"): status 303 with Location; after a form it makes the browser use GET.",
           "重定向", "return http.redirect(\"/new\")：状态 303 加 Location；表单提交之后浏览器会改用 GET。",
           "http.redirect http.Response"),
    Answer("route|url|path|路由|路径|网址 & function|handler|different|parameter|method|函数|不同|参数|分发|处理",
           "Different answers for different paths",
           "site = http.Routes(), @site.get(\"/hello/{name}\") above a function; what is in braces becomes its "
           "argument.",
           "不同路径由不同函数处理", "site = http.Routes()，在函数上写 @site.get(\"/hello/{name}\")；花括号里的部分成为参数。",
           "http.Routes http.HTTPError"),
    Answer("%e|percent|urlencode|url encode|quote|chinese|中文|%20|url编码|百分号 & url|path|address|query|网址|路径|地址|参数",
           "Chinese in an address",
           "In a URL each byte of the UTF-8 text is %XX: urllib.parse.quote and unquote; netio's parser decodes "
           "paths and forms.",
           "网址里的中文", "网址中 UTF-8 的每个字节写成 %XX：用 urllib.parse.quote、unquote；netio 的解析器会解码路径和表单。",
           "http.messages.requests.decode_path http.parse_form"),
    Answer("cookie|session|会话|登录状态", "Cookies",
           "The server sends Set-Cookie: name=value, the browser returns Cookie: name=value with each request; "
           "http.cookies of the standard library parses it. Keep "
           "sessions on the server under a random number (secrets).",
           "Cookie", "服务器发 Set-Cookie: 名=值，浏览器以后每次请求带上 Cookie: 名=值；标准库 http.cookies 可解析。会话内容存在服务器上，用随机号（secrets）查找。",
           "http.Response http.Request http.messages.headers.Headers"),
    # FTP, chat
    Answer("ftp & upload|download|put|get|stor|retr|上传|下载", "Upload and download by FTP",
           "with ftp.open_session(host, user, password) as session: ftp.upload(session, path, name), "
           "ftp.download(session, name, path): binary, resumed after a "
           "failure, with progress.",
           "FTP 上传与下载", "with ftp.open_session(主机, 用户, 密码) as session: ftp.upload(session, 路径, 名字)、"
           "ftp.download(session, 名字, 路径)：二进制，失败后可续传，可显示进度。",
           "ftp.upload ftp.download scripts/use_ftp.py"),
    Answer("ftp & login|user|password|anonymous|permission|登录|用户|密码|匿名|权限", "Users of an FTP server",
           "ftp.User(name, password as hash_password returns it, folder, permissions); anonymous is a user, too, "
           "who should only read.",
           "FTP 用户", "ftp.User(名字, hash_password 的返回值, 目录, 权限)；匿名用户也是用户，应当只读。",
           "ftp.User ftp.FTPServer error:An_FTP_client_is_refused"),
    Answer("ftp & list|nlst|mlsd|dir|ls|列表|目录|文件列表", "Listing a folder by FTP",
           "ftp.list_remote(session) returns names, sizes and times, by MLSD, else by LIST. The list travels over "
           "a data connection: if it hangs, use passive mode.",
           "FTP 列目录", "ftp.list_remote(session) 返回名字、大小和时间，先用 MLSD，否则用 LIST。列表走数据连接：卡住时用被动模式。",
           "ftp.list_remote ftp.open_session"),
    Answer("chat|群聊|聊天 & name|nickname|same|private|admin|announce|history|名字|重名|昵称|私聊|管理员|公告|历史",
           "Rules of the chat",
           "chat.Room holds who is here: it refuses names in use and names like the administrator's; what the "
           "server's console types goes to all. Private talk is an "
           "exercise.",
           "群聊的规则", "chat.Room 记录谁在场：拒绝重名和冒充管理员的名字；服务器控制台输入的话发给所有人。私聊留作练习。",
           "chat.Room chat.check_name docs/chat.md"),
]
