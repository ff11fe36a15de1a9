"""argparse's own words and those of `python -m netio` in Chinese, by their English text."""
from __future__ import annotations

WORDS = {
    "usage: ": "用法：",
    "options": "选项",
    "optional arguments": "选项",
    "positional arguments": "位置参数",
    "show this help message and exit": "显示本帮助并退出",
    "%(prog)s: error: %(message)s\n": "%(prog)s：错误：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    " (default: %(default)s)": "（默认：%(default)s）",
    "the following arguments are required: %s": "缺少必需的参数：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "expected one argument": "需要一个值",
    "expected at least one argument": "至少需要一个值",
    "expected %s arguments": "需要 %s 个值",
    "invalid choice: %(value)r (choose from %(choices)s)": "无效的选择 %(value)r（可选：%(choices)s）",
    "invalid %(type)s value: %(value)r": "%(value)r 不是有效的 %(type)s 值",
    "not allowed with argument %s": "不能与参数 %s 同用",
    "ambiguous option: %(option)s could match %(matches)s": "选项 %(option)s 不明确，可能是 %(matches)s",
    "ignored explicit argument %r": "不接受值 %r",
    "python -m netio: what there is, what it does, and how to copy it out.": "python -m netio：有什么，做什么，怎样复制出来。",
    "netio: network and concurrent programming with nothing but Python's standard library":
    "netio：只用 Python 标准库的网络与并发编程",
    "the chapters, and where to start": "各章，以及从哪里开始",
    "a chapter's names, where to start first (--all: its modules' too)": "某一章的名字，先列入门的（--all：也列各模块的）",
    "names, scripts, pages, the notes' headings, errors by their text: best first": "名字、脚本、文档页、笔记的标题、报错原文：最相关的在前",
    "documentation and source": "文档和源代码",
    "a snippet that stands alone, for your own program (--to FILE)": "可独立使用的代码片段，用于你自己的程序（--to FILE）",
    "what is too long to paste, as a package of files": "太长而不便粘贴的，写成一个包",
    "write the modules that names need as a package of your own": "把所需的模块写成你自己的一个包",
    "such as http.HTTPServer, or tcp for all of it": "例如 http.HTTPServer；tcp 表示整章",
    "the folder of the package; one that this command wrote before is renewed": "包所在的文件夹；本命令以前写的会更新",
    "without docstrings": "不含文档字符串",
    "{} lines": "{} 行",
    "without docstrings, by --no-docs: {} lines": "用 --no-docs 去掉文档字符串后：{} 行",
    "as files: {}": "写成文件：{}",
    "{} files in {}": "{} 个文件，在 {}",
    "a program of the notes' size, corrected, without netio (alone: all of them)":
    "与笔记一样长的正确程序，不用 netio（不带名字：列出全部）",
    "print the notes' programs, corrected, which need no netio": "打印笔记里的程序，已改正，不需要 netio",
    "such as thread_server; none: list them": "例如 thread_server；不写则全部列出",
    "a walk through every chapter": "走完每一章",
    "the same, as a page for a browser or a phone": "同上，并写成网页，浏览器和手机都能看",
    "commands": "命令",
    "the names of a chapter with their first sentence": "某一章的名字及其第一句说明",
    "also the further public names of its modules": "也列出各模块的其余公开名字",
    "netio.{}, start here:": "netio.{}，从这里开始：",
    "netio.{}:": "netio.{}：",
    "and further:": "其余：",
    "search names, scripts, Chinese terms, and errors by their text": "搜索名字、脚本、中文术语、报错原文",
    "documentation and source of a name": "某个名字的文档和源代码",
    "print a snippet that stands alone": "打印可独立使用的代码片段",
    "walk through every chapter on real files and sockets": "用真实的文件和套接字走完每一章",
    "default: all of them": "默认：全部",
    "such as tcp.recv_exactly": "例如 tcp.recv_exactly",
    "such as tcp.recv_exactly, or tcp for all of it": "例如 tcp.recv_exactly；tcp 表示整章",
    "English or Chinese, or an error as it was printed": "英文或中文，或报错原文",
    "write it to FILE, which must not exist": "写入 FILE（不能已存在）",
    "write all that is shown to FILE, too, as one HTML page": "把所看到的一切也写入 FILE，成为一个 HTML 页面",
    "no chapter {!r}; there are {}": "没有 {!r} 这一章；有 {}",
    "nothing in netio speaks of {!r}": "netio 里没有与 {!r} 有关的内容",
    "your line: {}": "你的代码行：{}",
    "not understood: {}": "没有看懂：{}",
    "error: {}": "报错：{}",
    "erratum {}": "勘误 {}",
    "notes: {}": "笔记：{}",
    "term: {}": "术语：{}",
    "plain {}": "笔记的程序，已改正：plain {}",
    "did you mean {}?": "你是不是想找 {}？",
    "see {}": "参见 {}",
    "Files: read, look up, replace, copy and cut them, and see what the system does with them.":
    "文件：读取、查找、替换、复制、拆分，并看清系统对它们做了什么。",
    "Records of fixed size over `struct`: declared as annotated classes, with a byte order that must be named.":
    "基于 `struct` 的定长记录：用带注解的类声明，字节序必须写明。",
    "TCP: listen and connect, read exactly and until, frame messages, send files, and see what the stream really "
    "does.":
    "TCP：监听与连接，精确读取，划定消息边界，传送文件，看清字节流的真实行为。",
    "Datagrams: sent and received whole, requests and replies over a network that loses them, broadcast and multicast.":
    "数据报：整个发送和接收；在会丢包的网络上请求与应答；广播与组播。",
    "HTTP/1.1: messages, a server for applications, WSGI and files, over TCP, TLS and unix sockets, and a small "
    "client.":
    "HTTP/1.1：报文；面向应用、WSGI 和文件的服务器，可用 TCP、TLS 和 Unix 套接字；以及小客户端。",
    "Processes, threads, locks, pools, and every server model under one contract.": "进程、线程、锁、池，以及同一约定下的每种服务器模型。",
    "How processes talk to each other: every way that the course's chapter 进程间通信 names, and the fast ones it does "
    "not.":
    "进程间通信：课程这一章讲到的每种方式，以及没讲到的快速方式。",
    "The notes' group chat: textual requests over UDP, as there; nothing lost where both sides are ours; and over "
    "TCP.":
    "笔记中的群聊：同样用 UDP 发文本请求；双方都用 netio 时不丢消息；也可用 TCP。",
    "FTP: a server for any FTP client, a client with a menu, and the course's own tiny protocol beside them.":
    "FTP：适用于任何 FTP 客户端的服务器，带菜单的客户端，以及课程自己的小协议。",
    "{} exists already, and is not overwritten": "{} 已经存在，不会覆盖",
}
