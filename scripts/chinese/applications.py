"""The help of the servers and of the scripts about HTTP, FTP and chat, in Chinese."""
from __future__ import annotations

WORDS = {
    "memory for files that are asked for again and again": "用来保存常被请求的文件的内存",
    "what text is declared to be in; none: nothing": "声明文本所用的编码；none 表示不声明",
    "old pages in GBK, which name their charset": "旧的 GBK 网页，自己写明了编码",
    "Read a program without running it, and name the mistakes of these chapters in it.":
    "阅读一个程序（不运行），指出其中与各章有关的错误。",
    "each mistake at its line, with why and the cure": "每个错误在哪一行、为什么、怎样改",
    "what can be mended safely": "可以安全改正的地方",
    "a page about one kind": "某一种类的说明",
    "Enter a chat room: what you type goes to the others, what they say is shown above it.":
    "进入聊天室：你输入的发给别人，别人说的显示在上方。",
    "what the others shall call you": "别人怎样称呼你",
    "the room is served over TCP": "聊天室用 TCP",
    "with UDP: how long a server of netio's may take to say so (default: %(default)g)":
    "用 UDP 时：最多等几秒让 netio 的服务器表明身份（默认：%(default)g）",
    "The room is one of serve_chat.py, or (UDP) a fellow student's after the notes. `quit`, Ctrl-D and Ctrl-C log "
    "out.":
    "聊天室由 serve_chat.py 提供，或（UDP）由同学按笔记写成。`quit`、Ctrl-D 和 Ctrl-C 退出。",
    "Serve a chat room; each line typed here is an announcement of the administrator to everyone in it.":
    "提供聊天室；在这里输入的每一行都是管理员给所有人的公告。",
    "serve over TCP, a line each": "用 TCP，每条消息一行",
    "with --tcp: how (default: thread)": "与 --tcp 同用：服务器模型（默认：thread）",
    "with UDP: drop members that have been silent for so long (default: %(default)g)":
        "用 UDP 时：移出这么多秒没有消息的成员（默认：%(default)g）",
    "UDP, as in the notes": "UDP，与笔记相同",
    "TCP, under any model that keeps all members in one process": "TCP，可用所有成员都在同一个进程里的任何模型",
    "for the whole network": "供整个网络使用",
    "Enter it with join_chat.py, with a client of your own, or (TCP) with `nc 127.0.0.1 8888`, typing `L name` first."
    " The end of the input ends the announcements, Ctrl-C the server.":
    "用 join_chat.py 进入，或用自己写的客户端，或（TCP）用 `nc 127.0.0.1 8888`，先输入 `L name`。输入结束后不再有公告，Ctrl-C 结束服务器。",
    "Echo: send back whatever a client sends, under any server model.": "回显：客户端发什么就发回什么，可用任何服务器模型。",
    "threads (pool) or processes (prefork and the event models)": "线程数（pool）或进程数（prefork 和事件驱动的模型）",
    "serve the protocol under a blocking model, too": "阻塞的模型也使用协议类",
    "listen at a Unix socket instead of a port": "监听 Unix 套接字，而不是端口",
    "serve N clients at once; more have to wait": "同时服务 N 个客户端；再多的要等",
    "list the models and end": "列出各种模型，然后结束",
    "a thread for each client": "每个客户端一个线程",
    "one thread, many clients (Linux)": "一个线程，许多客户端（Linux）",
    "two processes, each with a loop (everywhere)": "两个进程，各有一个事件循环（所有系统）",
    "which models there are, and which this platform has": "有哪些模型，本平台支持哪些",
    "Talk to it with `nc 127.0.0.1 8007`, or with netio:": "用 `nc 127.0.0.1 8007` 与它对话，或用 netio：",
    "Serve a folder by FTP, to curl, lftp, Explorer, ftplib and `use_ftp.py`: read-only to all, or to named users.":
    "用 FTP 提供一个文件夹，供 curl、lftp、资源管理器、ftplib 和 `use_ftp.py` 使用：对所有人只读，或只对指定用户开放。",
    "let in only these": "只让这些用户进来",
    "beside users, let anyone look and get": "除用户外，任何人也可查看和下载",
    "let users (or all, if there are none) put and change": "允许用户（没有指定用户时则是所有人）上传和修改",
    "allow AUTH TLS": "允许 AUTH TLS",
    "no log-in and no data without encryption": "不加密就不许登录和传数据",
    "ports for data connections (default: any)": "数据连接的端口（默认：任选）",
    "what PASV tells: the address behind NAT": "PASV 告诉客户端的地址：在 NAT 后面时使用",
    "print a line for each command": "每个命令打印一行",
    "anyone may look and get": "任何人都可查看和下载",
    "ming may also put, change and delete; asks for a password, or reads it from standard input":
    "ming 还可上传、修改、删除；会询问密码，或从标准输入读取",
    "Try it: `curl ftp://127.0.0.1:2121/`. What the notes call 作业：ftp服务器, the file server.":
    "试一试：`curl ftp://127.0.0.1:2121/`。即笔记中的“作业：ftp服务器”，文件服务器。",
    "Answer every request with one page.": "用同一个页面回答每个请求。",
    "what the page says": "页面内容",
    "then open http://127.0.0.1:8000/": "然后打开 http://127.0.0.1:8000/",
    "another text": "另一段文字",
    "Serve a folder to browsers: pages, pictures, parts of files, listings, and, if asked, uploads, zips and a "
    "password.":
    "向浏览器提供一个文件夹：网页、图片、文件的一部分、目录列表；还可以开启上传、打包下载和密码。",
    "do not list folders that have no index.html": "没有 index.html 的文件夹不显示列表",
    "serve names that begin with a dot, too": "名字以点开头的也提供",
    "let clients upload, at most so much": "允许客户端上传，最多这么大",
    "let clients download folders as zip files": "允许把文件夹打包成 zip 下载",
    "let only them in": "只允许该用户",
    "NAME: VALUE to add to each reply": "NAME: VALUE，加到每个响应里",
    "how large files are sent": "大文件怎样发送",
    "speak https": "使用 https",
    "print a line for each request": "每个请求打印一行",
    "on http://127.0.0.1:8000/": "地址是 http://127.0.0.1:8000/",
    "four processes": "四个进程",
    "uploads up to 100 MiB; folders as zip files": "上传最多 100 MiB；文件夹可打包成 zip",
    "What the notes call httpserver 2.0.": "即笔记中的 httpserver 2.0。",
    "Serve one page: `/` is the file, anything else is 404. What the notes call httpserver 1.0.":
    "只提供一个页面：`/` 就是这个文件，其余都是 404。即笔记中的 httpserver 1.0。",
    "the page, in HTML and UTF-8": "页面文件，HTML 格式，UTF-8 编码",
    "The file is read for each request, so that changes show at once.": "每个请求都重新读文件，所以改动立刻可见。",
    "Print what a browser sends: the request line, the headers and the body of each request.":
    "打印浏览器发来的内容：每个请求的请求行、请求头和请求体。",
    "then open http://127.0.0.1:8000/any/page?q=tea": "然后打开 http://127.0.0.1:8000/any/page?q=tea",
    "(or let curl send one)": "（或让 curl 发一个）",
    "Show how the usual solution of the course's file server goes wrong, and how framing cures it, side by side.":
    "对照显示：课程文件服务器的常见写法错在哪里，划定消息边界怎样解决。",
    "part of the title of a fault (default: all)": "错误标题的一部分（默认：全部）",
    "only these: any part of a title": "只看这些：标题的任意一部分",
    "Use an FTP server by a menu: list, get, put, cd, pwd, mkdir, delete, help, quit.":
    "用菜单操作 FTP 服务器：list、get、put、cd、pwd、mkdir、delete、help、quit。",
    "who you are": "用户名",
    "where downloads go and uploads come from (default: here)": "下载到哪里，上传从哪里取（默认：当前文件夹）",
    "let the server connect to us, not us to the server": "由服务器连接我们，而不是我们连接服务器",
    "of file names; old Chinese servers: gbk": "文件名的编码；旧的中文服务器用 gbk",
    "encrypt all": "全部加密",
    "trust the certificates in this file, too (with --tls)": "也信任这个文件里的证书（与 --tls 同用）",
    "The password is asked for at a terminal; elsewhere it is taken from the environment variable NETIO_FTP_PASSWORD."
    " The status is 2 where a command from a pipe failed.":
    "在终端会询问密码；其他情况从环境变量 NETIO_FTP_PASSWORD 取得。管道送来的命令有失败时，退出码为 2。",
    "已离开聊天室 (you have left)": "已离开聊天室",
    "--model is for --tcp: over UDP one thread serves everybody": "--model 只能与 --tcp 同用：UDP 由一个线程服务所有人",
    "not announced: {}": "公告没有发出：{}",
    "-- from {}": "-- 来自 {}",
    "no request": "没有收到请求",
    "a header is NAME: VALUE, not {!r}": "头部的写法是 NAME: VALUE，不能是 {!r}",
    "credentials are NAME:PASSWORD": "用户名和密码的写法是 NAME:PASSWORD",
    "a user is NAME or NAME:PASSWORD": "用户的写法是 NAME 或 NAME:PASSWORD",
    "Password for {}: ": "{} 的密码：",
    "no password for {}": "没有给出 {} 的密码",
    "--require-tls needs --tls": "--require-tls 需要同时给出 --tls",
    "no terminal to ask for the password at: set NETIO_FTP_PASSWORD":
    "没有终端可以输入密码：请设置环境变量 NETIO_FTP_PASSWORD（PowerShell：$env:NETIO_FTP_PASSWORD = '密码'；"
    "cmd：set NETIO_FTP_PASSWORD=密码）",
    "no such folder: {}; make it first, or give another --folder": "没有这个文件夹：{}。请先建立它，或用 --folder 另选一个",
    "the server says: {}": "服务器的回答：{}",
    "{0} ({1})": "{1}",
    "  usual:  {}": "  常见写法：{}",
    "  framed: {}": "  先发长度：{}",
    " or ": " 或 ",
    "no fault has a title with {} in it": "没有标题含有 {} 的问题",
    "You saw: in {} of {} cases the usual way came out wrong, where a length before each message leaves nothing to "
    "guess.":
    "你看到了：{1} 种情况中有 {0} 种常见写法出了错；先发长度，就没有什么要猜的了。",
    "{} of {} bytes, and {} read as the next answer": "{1} 字节只收到 {0}，{2} 被当成下一个回答",
    "{} of {} bytes": "收到 {} 字节，共 {} 字节",
    "the list: {}": "文件列表：{}",
    "refused, because: {!r}": "以为被拒绝，因为收到的是 {!r}",
    "sent: {!r}": "发出：{!r}",
    "looked for {!r}": "去找 {!r}",
    "{}, {} bytes of {}": "{}，{} 字节，应有 {}",
    "refused: {}": "拒绝。原因：{}",
    "list [FOLDER]     what is there              看文件\nget FILE          download it                下载\nput FILE     "
    "     upload it                  上传\ncd FOLDER         go to another folder       换目录\npwd               say whic"
    "h folder this is   当前目录\nmkdir FOLDER      make a folder              建目录\ndelete NAME       delete it          "
    "        删除\nhelp              this menu                  帮助\nquit              end                        退出\n\n"
    "A name may hold blanks. get \"far name\" \"near name\" and put \"near name\" \"far name\" give it another name."
    "\nget -f and put -f replace what is there already; put -c resumes an upload that broke off.":
    "list [FOLDER]     查看文件列表\nget FILE          下载文件\nput FILE          上传文件\ncd FOLDER         进入另一个文件夹\npwd       "
    "        显示当前文件夹\nmkdir FOLDER      新建文件夹\ndelete NAME       删除\nhelp              显示本菜单\nquit              退出\n"
    "\n文件名可以含有空格。get \"远端名\" \"本地名\" 和 put \"本地名\" \"远端名\" 可以另起名字。\nget -f 和 put -f 覆盖已有的文件；put -c 续传中断的上传。",
    "the server has ended the session": "服务器结束了会话",
    "no such command: {} (help shows the menu)": "没有 {} 这条命令（输入 help 显示菜单）",
    "folder": "文件夹",
    "{} is here already: get -f replaces it": "本地已有 {}：用 get -f 覆盖它",
    "{} is there already: put -f replaces it, put -c resumes it": "服务器上已有 {}：用 put -f 覆盖它，用 put -c 续传",
    "{}: cancelled; `{}` resumes it": "{}：已取消；用 `{}` 续传",
    "{}: {} bytes, {}/s": "{}：{} 字节，{}/s",
    "which one? A name must follow": "哪一个？命令后面要写名字",
    "{} names are too many here": "这里不能写 {} 个名字",
    "{}": "没有成功。原因：{}",
    "读不到键盘 (the keyboard cannot be read: {})": "读不到键盘：{}",
    "已进入聊天室，quit 退出 (you are in as {}; quit leaves)": "已进入聊天室，你的名字是 {}，输入 quit 退出",
    "SORRY: there is only one page here": "抱歉：这里只有一个页面",
    "421": "会话已被服务器结束。",
    "450": "文件正在使用，请稍后再试。",
    "452": "服务器的磁盘已满。",
    "501": "名字不合要求。",
    "530": "没有登录，或者用户名、密码不对。",
    "550": "没有这个文件或文件夹，或者没有权限。",
    "552": "超过了服务器允许的大小。",
    "553": "服务器不允许这个名字。",
}
