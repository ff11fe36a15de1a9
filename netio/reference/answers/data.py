"""Answers about struct, files, HTTP and FTP."""
from __future__ import annotations

from .answer import Answer, CODED, EMPTY, FILE, WEB

ANSWERS = [
    # struct
    Answer("struct|pack|unpack|format & char|letter|code|table|symbol|mean|list|type|字母|字符|代表|含义|意思|格式|类型|表",
           "The characters of struct",
           "b B: 1 byte, h H: 2, i I: 4, q Q: 8 (capital: without sign), e f d: floating point of 2, 4, 8, s: "
           "bytes, ?: bool, x: padding; in front ! > big "
           "endian, < little, = native order without padding.",
           "struct 的格式字符",
           "b B 1 字节，h H 2 字节，i I 4 字节，q Q 8 字节（大写无符号），e f d 浮点数 2、4、8 字节，s 字节串，? 布尔，x 填充；最前面 ! 和 > 大端，< 小端，= 本机次序、"
           "无填充。",
           "docs/packing.md#the-characters-of-struct packing.explain_format packing.Record"),
    Answer("struct|pack|calcsize|打包 & size|length|longer|bigger|align|padding|more bytes|长度|大小|多|对齐|填充|字节数 & size|"
           "wrong|more|longer|why|align|calcsize|big|比|为什么|多|对齐|怎么|不对",
           "struct adds padding",
           "Without a sign in front (or with @) fields are aligned as in C: \"ci\" is 8 bytes. Begin with ! (or <, "
           ">, =) and there is none.",
           "struct 会填充对齐",
           "前面不写符号（或写 @）时按 C 的规则对齐：\"ci\" 是 8 字节。开头写 !（或 <、>、=）就没有填充。",
           "packing.explain_format packing.Record 24"),
    Answer("endian|byte order|字节序|大端|小端|htons|ntohs|htonl", "Byte order",
           "Networks are big endian: struct.pack(\"!I\", n), n.to_bytes(4, \"big\"). PCs are little endian inside, "
           "so always write the sign.",
           "字节序",
           "网络用大端：struct.pack(\"!I\", n)、n.to_bytes(4, \"big\")。电脑内部一般是小端，所以一定要写明。",
           "packing.Record 24 packing.fields.big_or_little"),
    Answer("x00|nul |null byte|zero byte|trailing zero|padding|补零|空字节|后面的0|末尾的0|\\0 & remove|strip|string|get rid|"
           "end|去|删|后面|字符串|末尾", "NUL bytes at the end",
           "\"12s\" fills up with NUL bytes: cut at the first one, data.split(b\"\\0\", 1)[0], which strip_nul "
           "does; then decode.",
           "末尾的空字节",
           "\"12s\" 用 NUL 填满：在第一个处截断，data.split(b\"\\0\", 1)[0]，strip_nul 就是这样做；之后再 decode。",
           "packing.strip_nul packing.Text 26"),
    # files
    Answer(f"{FILE}|read|write|open|a+|r+|w+|write|读|写 & a+|r+|w+|mode|append|模式|追加 & {EMPTY}|differ|read|mean|"
           "what|overwrit|delete|区别|什么|清空|覆盖|读|意思",
           "The modes of open",
           "r: must exist; w: emptied at once; a: writes at the end; + allows both. After opening with a+ the "
           "offset is at the end, so read() gives \"\": "
           "seek(0) first. w+ has emptied the file.",
           "open 的模式",
           "r：必须存在；w：打开就清空；a：写在末尾；加 + 可读可写。a+ 打开后偏移量在末尾，read() 得到空串，要先 seek(0)；w+ 已经清空了文件。",
           "files.explain_mode 49 55"),
    Answer(f"write|wrote|written|print|写|log & {FILE}|log|disk|日志 & {EMPTY}|not there|not show|until|only after|"
           "end|not written|later|没写|没有|看不到|才|结束|立刻|马上|实时", "What was written is not in the file yet",
           "It waits in the buffer until flush(), close() or the end of with. flush reaches the system, os.fsync "
           "the disk (files.sync does both).",
           "写入的内容还没有到文件里",
           "内容还在缓冲区，flush()、close() 或 with 结束时才写出。flush 交给系统，os.fsync 写到磁盘（files.sync 两者都做）。",
           "files.watch_buffering files.sync 73"),
    Answer("seek|offset|tell|pointer|偏移|指针|位置 & read|write|after|file|empty|读|写|文件|之后|读不到", "The file offset",
           "Reading and writing share one offset: after a write it is behind the last byte, so read gives nothing. "
           "seek(0) goes to the start.",
           "文件偏移量",
           "读和写共用一个偏移量：写完之后它在最后一个字节后面，这时 read 读不到内容。seek(0) 回到开头。",
           "files.walk_offsets scripts/show_offsets.py plain:file_offset"),
    Answer("last line|last few|last n|tail|end of a file|最后一行|最后几行|末尾|尾部|倒数 & file|line|read|log|读|行|文件|取",
           "The last lines of a file",
           "files.read_last_lines(path, 10) reads from the end, however large the file; files.follow_lines waits "
           "for what is added (tail -f).",
           "文件的最后几行",
           "files.read_last_lines(path, 10) 从末尾读，文件再大也快；files.follow_lines 等待新增的行（tail -f）。",
           "files.read_last_lines files.follow_lines files.read_lines_reversed"),
    Answer("backward|reverse|from the end|bottom to top|倒着|反向|逆序|从后往前|从最后|倒序 & line|file|read|读|行|文件",
           "Reading a file backwards",
           "files.read_lines_reversed(path) yields the lines from the last to the first without reading the whole "
           "file.",
           "倒着读文件",
           "files.read_lines_reversed(path) 从最后一行到第一行逐行给出，不必读入整个文件。",
           "files.read_lines_reversed files.read_last_lines"),
    Answer("read|copy|open|load|process|读|拷贝|复制|处理|打开 & large|big|huge|gb|memory|chunk|大文件|很大|内存|爆|几个g|分块",
           "Large files",
           "Read in pieces: for chunk in files.read_chunks(path), or for line in file; never read() or "
           "readlines(). files.copy_file copies any size.",
           "大文件",
           "分块读：for chunk in files.read_chunks(path)，或 for line in file；不要 read()、readlines()。files.copy_file "
           "可复制任意大小的文件。",
           "files.read_chunks files.read_lines files.copy_file"),
    Answer(f"read|open|write|text|csv|读|打开|写|txt|文本|记事本 & {CODED}|gbk|utf|codec|unicodedecode|unicodeencode",
           "A text file in another encoding",
           "Write the encoding: open(path, encoding=\"utf-8\"). Without it a Chinese Windows takes GBK (up to "
           "Python 3.14). Not known? "
           "files.guess_file_encoding; Notepad's mark: \"utf-8-sig\".",
           "文本文件的编码",
           "写明编码：open(path, encoding=\"utf-8\")。不写时中文 Windows 用 GBK（到 Python 3.14 为止）。不知道是什么编码："
           "files.guess_file_encoding；记事本的标记用 \"utf-8-sig\"。",
           "files.guess_file_encoding error:'gbk'_codec_can't_decode docs/windows.md#code-pages-and-gbk"),
    Answer("console|terminal|cmd|powershell|print|控制台|终端|命令行|打印|黑窗口 & " + CODED, "Garbled output in the console",
           "chcp 65001, $env:PYTHONUTF8 = \"1\", or sys.stdout.reconfigure(encoding=\"utf-8\"); output into a file "
           "or pipe takes the code page, too.",
           "控制台输出乱码",
           "chcp 65001，$env:PYTHONUTF8 = \"1\"，或 sys.stdout.reconfigure(encoding=\"utf-8\")；输出到文件或管道时也使用代码页。",
           "docs/windows.md#code-pages-and-gbk error:'gbk'_codec_can't_encode 146"),
    Answer("same file|one file|file at once|同一个文件|一个文件 & several|two|thread|process|same time|both|多个|两个|线程|进程|同时|"
           "一起", "Several writers of one file",
           "Each adds whole lines in mode a, or takes a lock first: files.DurableLog does; two offsets that know "
           "nothing of each other overwrite.",
           "多个程序写同一个文件",
           "每次用 a 模式追加整行，或先加锁：files.DurableLog 就是这样；各自的偏移量互不知道，会互相覆盖。",
           "files.DurableLog ipc.system.posix_locks.RecordLock 75"),
    Answer("half|crash|power|atomic|corrupt|lose|killed|断电|崩溃|写一半|写到一半|原子|损坏|丢失|被杀|坏了 & file|write|save|config|文件|"
           "写|保存|配置", "Saving a file safely",
           "Write a new file beside it, fsync, then os.replace: a crash leaves the old or the new one. "
           "files.replace_file does it.",
           "安全地保存文件",
           "先写到旁边的新文件，fsync，再 os.replace：崩溃后不是旧的就是新的。files.replace_file 就这样做。",
           "files.replace_file files.open_replacement 55"),
    # HTTP, FTP
    Answer(f"{WEB} & {CODED} ", "A garbled web page",
           "Say the charset: Content-Type: text/html; charset=utf-8, and save the page in that encoding.",
           "网页乱码",
           "写明字符集：Content-Type: text/html; charset=utf-8，网页文件也要保存成这种编码。",
           "141 http.Response http.StaticFiles"),
    Answer(f"{WEB} & spin|loading|load forever|wait|hang|never|转圈|一直|加载|卡|不显示|没反应", "A browser that goes on loading",
           "The response has no end: give Content-Length, or close the connection after it; an empty line stands "
           "between head and body, lines end in CR LF.",
           "浏览器一直转圈",
           "响应没有结尾：要写 Content-Length，或发完后关闭连接；响应头与响应体之间要有空行，每行以 \\r\\n 结尾。",
           "22 http.send_response plain:http_hello"),
    Answer(f"{WEB} & cannot|cant|can't|refused|unreachable|not open|not reach|error|无法|打不开|拒绝|访问不了|连不上|不能",
           "The browser cannot connect",
           "Is the server running, at this port, with http:// (not https://) in front? From another computer it "
           "must listen at 0.0.0.0, and the firewall must let it "
           "through; some ports (6000, 6666) browsers refuse.",
           "浏览器无法访问",
           "服务器在运行吗？端口对吗？地址前面是 http://（不是 https://）吗？从别的电脑访问要监听 0.0.0.0 并让防火墙放行；有些端口（6000、6666）浏览器拒绝访问。",
           "error:The_browser_cannot_connect http.HTTPServer tcp.listen"),
    Answer("favicon // browser|浏览器|网页 & twice|two requests|second request|两次|两个请求|2次", "favicon.ico",
           "Every browser asks for the page's icon by itself. Answer it with 404, or put a favicon.ico into the "
           "folder.",
           "favicon.ico",
           "浏览器会自动请求网站的图标。回复 404，或在目录里放一个 favicon.ico。",
           "docs/http.md#traps http.StaticFiles http.error_response"),
    Answer("json & return|respond|response|send|http|server|api|返回|响应|接口|发", "Answering with JSON",
           "http.Response(200, [(\"Content-Type\", \"application/json\")], json.dumps(value).encode()); with "
           "Routes return a dict, list or text, as as_response takes "
           "it.",
           "返回 JSON",
           "http.Response(200, [(\"Content-Type\", \"application/json\")], json.dumps(value).encode())；Routes "
           "里的函数返回值按 as_response 转换。",
           "http.Response http.Routes http.applications.as_response"),
    Answer("http|web|url|page|网页|网站|接口 & request|get |fetch|download|client|without requests|urllib|crawl|scrap|抓|"
           "爬|请求|下载 & python|simple|without|how|library|module|client|怎么|不用|库|写|自己",
           "Making an HTTP request",
           "http.fetch(\"http://127.0.0.1:8000/\") returns status, headers and body; the standard library has "
           "urllib.request.urlopen.",
           "发出 HTTP 请求",
           "http.fetch(\"http://127.0.0.1:8000/\") 返回状态、头部和正文；标准库有 urllib.request.urlopen。",
           "http.fetch http.client.exchange"),
    Answer("header|head|请求头|响应头|头部 & body|empty line|blank line|separate|split|请求体|正文|空行|分开|分隔|区分", "Head and body",
           "An empty line (\\r\\n\\r\\n) ends the head; Content-Length says how many bytes of body follow. One "
           "recv may hold less, or more.",
           "头部与正文",
           "空行（\\r\\n\\r\\n）结束头部；Content-Length 说明后面有多少字节正文。一次 recv 可能不够，也可能多出来。",
           "http.RequestParser http.recv_request 23"),
    Answer("post|form|upload|表单|提交|上传 & data|read|get|body|server|parse|where|数据|读|取|哪|获取|接收", "The data of a POST",
           "They are in the body, Content-Length bytes after the empty line: request.body, then http.parse_form; "
           "files come as multipart/form-data.",
           "POST 的数据",
           "在正文里，空行之后 Content-Length 个字节：request.body，再用 http.parse_form；文件以 multipart/form-data 传来。",
           "http.Request http.parse_form http.forms.FormParser"),
    Answer("get & post & differ|vs|what|which|when|区别|不同|什么|和|还是", "GET and POST",
           "GET asks for something and has its data in the address, without a body; POST sends data in the body "
           "and may change something.",
           "GET 与 POST",
           "GET 用来获取，数据在网址里，没有正文；POST 把数据放在正文里发送，可以修改服务器上的东西。",
           "docs/http.md#the-methods-请求类型 http.Request http.parse_form"),
    Answer("404|500|403|301|302|400|status code|状态码|响应码 & what|mean|return|how|get|意思|什么|返回|怎么|为什么|啥", "Status codes",
           "2xx: done; 3xx: elsewhere; 4xx: the request is wrong (404: no such thing, 403: not allowed); 5xx: the "
           "server failed, look at its own output.",
           "状态码",
           "2xx 成功；3xx 换个地址；4xx 请求有误（404 没有，403 不允许）；5xx 服务器出错，要看服务器自己的输出。",
           "http.error_response http.messages.errors.REASONS http.HTTPError"),
    Answer("passive|active|pasv|被动|主动", "Active and passive FTP",
           "Passive: the client opens the data connection to a port that the server names, which goes through the "
           "client's firewall; active: the server connects back. "
           "Take passive.",
           "FTP 的主动与被动模式",
           "被动：客户端去连服务器给出的端口，能穿过客户端的防火墙；主动：服务器反过来连客户端。一般用被动。",
           "ftp.open_session ftp.FTPServer docs/ftp.md#how-it-works"),
    Answer("ftp & server|write|program|command|list|get|put|simple|服务|写|程序|命令|作业|实现", "An FTP program",
           "ftp.FTPServer is a server for real clients, ftp.FTPMenu a client with a menu; the course's own "
           "protocol (list, get, put) is ftp.serve_course and "
           "ftp.CourseClient.",
           "FTP 程序",
           "ftp.FTPServer 是供真正客户端使用的服务器，ftp.FTPMenu 是带菜单的客户端；课程自己的协议（list、get、put）是 ftp.serve_course 和 "
           "ftp.CourseClient。",
           "ftp.FTPServer ftp.serve_course ftp.CourseClient"),
    Answer("firewall|防火墙", "The firewall",
           "Windows asks when a program first listens at an address other than 127.0.0.1: allow private networks. "
           "Linux: ufw allow 8888/tcp, or firewall-cmd.",
           "防火墙",
           "程序第一次在 127.0.0.1 以外的地址监听时 Windows 会询问：勾选专用网络并允许。Linux：ufw allow 8888/tcp，或 firewall-cmd。",
           "docs/windows.md#the-firewalls-question tcp.listen"),
    Answer("port|端口 & which|range|choose|1024|number|can i use|well known|0|哪个|范围|多少|选|能用|几号", "Which port",
           "1024 to 49151 are free to choose, such as 8888; below 1024 Linux wants root; 0 lets the system choose, "
           "getsockname tells which.",
           "选哪个端口",
           "1024 到 49151 之间可以自选，如 8888；1024 以下在 Linux 上要 root；0 由系统挑选，用 getsockname 查看。",
           "docs/tcp.md#ports-their-ranges-and-names tcp.listen"),
]
