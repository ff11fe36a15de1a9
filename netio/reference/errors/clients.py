"""What browsers, curl, wget, ssh, nc, FTP clients and proxies show, beyond what the page of common errors has."""
from __future__ import annotations

from .entry import Error

ERRORS = [
    Error("A tool cannot connect", """\
any: ssh: connect to host
any: Unable to connect to remote host
any: telnet: connect to address
any: telnet: could not resolve
any: ftp: connect
any: nc: connect to
any: Ncat: Connection refused
any: Ncat: Connection timed out
any: Ncat: Network is unreachable
any: Fatal error: max-retries exceeded
any: wget: unable to resolve host address
any: failed: Connection refused.
any: failed: Connection timed out.
any: No route to host
any: curl: (5)
any: Safari can't connect to the server
any: Safari can't find the server
any: Safari can't open the page
any: NS_ERROR_CONNECTION_REFUSED
any: NS_ERROR_UNKNOWN_HOST
any: NS_ERROR_NET_TIMEOUT
any: NS_ERROR_OFFLINE
any: Firefox can't establish a connection to the server
any: Unable to connect
any: The connection has timed out
any: Hmm. We're having trouble finding that site
any: ERR_ADDRESS_UNREACHABLE
any: ERR_INTERNET_DISCONNECTED
any: ERR_PROXY_CONNECTION_FAILED
any: DNS_PROBE_FINISHED_NXDOMAIN
any: 无法访问此网站
any: 拒绝了我们的连接请求
any: Safari浏览器无法连接服务器""",
          "Nothing listens at that address and port, a firewall drops the request, or the name or the "
          "network is wrong.",
          "Is the server running, and at this port? It has to listen at 0.0.0.0 for other computers; compare "
          "host and port, "
          "try `ping`, and look at the firewall.",
          "那个地址和端口上没有程序在监听，防火墙丢弃了请求，或者主机名、网络不对。",
          "服务器在运行吗，端口对吗？要让别的电脑连接，必须监听 0.0.0.0；核对主机和端口，用 `ping` 试试，再看防火墙。",
          "tcp.connect tcp.listen", "serve_echo.py"),
    Error("A tool was cut off in the middle", """\
any: No data received
any: Read error (Connection reset by peer) in headers
any: Connection closed by remote host
any: Connection closed by foreign host
any: kex_exchange_identification
any: Safari can't open the page because the server unexpectedly dropped the connection
any: NS_ERROR_NET_RESET
any: NS_ERROR_NET_INTERRUPT
any: NS_ERROR_NET_PARTIAL_TRANSFER
any: NS_ERROR_NET_EMPTY_RESPONSE
any: The connection was reset
any: ERR_CONNECTION_CLOSED
any: ERR_CONNECTION_ABORTED
any: ERR_INCOMPLETE_CHUNKED_ENCODING
any: upstream prematurely closed connection
any: 502 Bad Gateway
any: 504 Gateway Timeout
any: 504 Gateway Time-out
any: curl: (16)
any: curl: (55)
any: curl: (92)
any: 连接已重置""",
          "The server closed or ended before its answer was whole: look at its window for a traceback.",
          "Read the whole request, send the whole answer with its length in bytes, and only then close.",
          "服务器还没有把应答发完就关闭或退出了：看看它的窗口里有没有 traceback。",
          "先读完整个请求，发送完整的应答（长度按字节计），然后才关闭。",
          "http.recv_request http.send_response tcp.close_gracefully", "serve_hello.py"),
    Error("A client is given a wrong URL or option", """\
any: curl: (2)
any: curl: (3)
any: curl: (4)
any: curl: (27)
any: curl: (43)
any: curl: (48)
any: URL using bad/illegal format
any: http.client.InvalidURL: nonnumeric port
any: http.client.InvalidURL: URL can't contain control characters
any: ValueError: unknown url type
any: urllib.error.URLError: <urlopen error no host given>
any: urllib.error.URLError: <urlopen error unknown url type
any: Unsupported scheme
any: Unsupported protocol
any: ERR_INVALID_URL
any: ERR_UNKNOWN_URL_SCHEME
any: ERR_DISALLOWED_URL_SCHEME
any: The URL can't be shown
any: NS_ERROR_MALFORMED_URI""",
          "The address is not `http://HOST:PORT/PATH`: the scheme or the host is missing, the port is no "
          "number, or it has "
          "blanks or Chinese characters that are not percent-encoded.",
          "Write the whole URL in quotes; encode what is no ASCII: `urllib.parse.quote(text)`.",
          "网址不是 `http://主机:端口/路径`：缺少协议或主机，端口不是数字，或含有没有做百分号编码的空格、中文。",
          "把完整的网址写在引号里；非 ASCII 字符先编码：`urllib.parse.quote(text)`。", "http.fetch"),
    Error("A download cannot be written", """\
any: curl: (23)
any: curl: (26)
any: curl: (37)
any: Failure writing output to destination
any: Cannot write to
any: wget: cannot open output file
any: lftp: local file: No such file""",
          "The folder does not exist, is full or forbidden, or the receiving program of a pipe (`| head`) has ended.",
          "Download into a folder of your own, and look at the room on the disk (`df -h .`).",
          "目标文件夹不存在、已满或没有权限，或者管道另一端的程序（`| head`）已经结束。",
          "下载到自己的文件夹，并看看磁盘空间（`df -h .`）。", "files.replace_file"),
    Error("Too many redirects", """\
any: ERR_TOO_MANY_REDIRECTS
any: curl: (47)
any: NS_ERROR_REDIRECT_LOOP
any: The page isn't redirecting properly
any: too many redirects
any: redirections exceeded
any: The last 30x error message was""",
          "Every answer sends the client to another address, and in the end to the first again.",
          "Look at each answer's status and Location: `curl -i URL`. A redirect must lead to an address that "
          "answers 200.",
          "每个应答都让客户端转到另一个地址，最后又转回来。", "用 `curl -i 网址` 查看每个应答的状态码和 Location；重定向必须通往一个回答 200 的地址。",
          "http.fetch http.Response"),
    Error("A server refuses the request", """\
any: 400 Bad Request
any: 403 Forbidden
any: 405 Method Not Allowed
any: 408 Request Timeout
any: 411 Length Required
any: 413 Request Entity Too Large
any: 413 Content Too Large
any: 413 Payload Too Large
any: 414 URI Too Long
any: 414 Request-URI Too Large
any: 415 Unsupported Media Type
any: 416 Range Not Satisfiable
any: 426 Upgrade Required
any: 429 Too Many Requests
any: 431 Request Header Fields Too Large
any: 500 Internal Server Error
any: 501 Not Implemented
any: 501 Unsupported method
any: 503 Service Unavailable
any: 505 HTTP Version Not Supported
any: client intended to send too large body
any: client sent invalid
any: curl: (22) The requested URL returned error
any: ERROR 404
any: ERROR 403
any: ERR_HTTP_RESPONSE_CODE_FAILURE""",
          "4xx: the request is wrong or too large (a line, a field or the body beyond the server's limits, a "
          "missing Host or "
          "Content-Length, a method that it does not know). 5xx: the server's own program raised an error.",
          "`curl -v URL` shows what was sent and what came back; of 5xx the server's window or log tells more.",
          "4xx：请求有误或太大（请求行、字段或请求体超出上限，缺少 Host 或 Content-Length，方法不支持）。5xx：服务器自己的程序出错。",
          "用 `curl -v 网址` 看发出了什么、收到了什么；5xx 要看服务器的窗口或日志。",
          "http.HTTPError http.Limits http.recv_request", "serve_http.py"),
    Error("An FTP client is refused", """\
any: 421 Service not available
any: 421 Timeout
any: 425 Can't open data connection
any: 426 Connection closed; transfer aborted
any: 500 Unknown command
any: 500 Illegal PORT command
any: 501 Syntax error
any: 502 Command not implemented
any: 503 Bad sequence of commands
any: 530 Please login
any: 530 Login incorrect
any: 550 Permission denied
any: 550 Failed to open file
any: 550 No such file or directory
any: 553 Could not create file
any: Login failed: 530
any: Not connected.
any: Passive mode refused
any: ftplib.error_reply
any: ftplib.error_proto
any: ftplib.Error
any: curl: (8)
any: curl: (9)
any: curl: (11)
any: curl: (12)
any: curl: (13)
any: curl: (14)
any: curl: (15)
any: curl: (17)
any: curl: (19)
any: curl: (21)
any: curl: (25)
any: curl: (30)
any: curl: (31)
any: curl: (36)
any: curl: (67)
any: curl: (78)""",
          "The number tells: 4xx try later (421 gone, 425 and 426 the data connection), 5xx not so (530 log "
          "in first, 550 no "
          "such file or forbidden, 553 the name is not allowed).",
          "Log in, use passive mode (firewalls stop the other), and look at the path with `ls`.",
          "看编号：4xx 可以稍后再试（421 服务已断，425、426 数据连接的问题），5xx 不行（530 先登录，550 没有这个文件或无权限，553 文件名不允许）。",
          "先登录，用被动模式（主动模式会被防火墙拦住），再用 `ls` 核对路径。", "ftp.open_session ftp.FTPServer", "use_ftp.py"),
    Error("TLS between client and server", """\
any: curl: (51)
any: curl: (53)
any: curl: (58)
any: curl: (59)
any: curl: (77)
any: curl: (83)
any: ERR_CERT_
any: ERR_SSL_
any: NET::ERR_CERT
any: SEC_ERROR_
any: SSL_ERROR_
any: MOZILLA_PKIX_ERROR
any: Safari can't establish a secure connection
any: Safari can't verify the identity
any: This Connection Is Not Private
any: Your connection is not private
any: Host key verification failed
any: 您的连接不是私密连接
any: Unable to establish SSL connection
any: ERROR: cannot verify""",
          "A certificate is not trusted, is for another name or out of date; or one side speaks TLS and the "
          "other does not.",
          "Compare http:// with https://, and the name in the URL with the one in the certificate; give the "
          "client the "
          "certificate (`curl --cacert`).",
          "证书不受信任、属于别的名字或已过期；或者一方用 TLS，另一方没用。",
          "核对 http:// 与 https://，以及网址中的名字与证书中的名字；把证书交给客户端（`curl --cacert`）。",
          "http.HTTPServer", "serve_http.py"),
]
