"""All pictures, in the order of the chapters: what each is called and what it says, in English and in Chinese."""
from __future__ import annotations

from typing import Mapping

from .picture import Picture

_ALL = (
    Picture("file-buffer", "files", ("When written bytes reach the file", "写出的字节何时到达文件"), (
        "After each write, flush and close: how many bytes lie in the program's buffer and how many in the file.",
        "每次 write、flush、close 之后：多少字节在程序的缓冲区，多少在文件里。"), "files"),
    Picture("file-offset", "files", ("The file offset", "文件偏移量"), (
        "Where tell() stands before and after each read of a small file, by characters and by bytes.",
        "逐字符、逐字节读一个小文件时，每次读的前后 tell() 指向哪里。"), "files"),
    Picture("sparse-file", "files", ("A file with a hole", "空洞文件"), (
        "The stored parts and the hole of a file that was written at its two ends only, and the room that it takes.",
        "一个只写了头尾的文件：哪些部分真正存储，哪里是空洞，实际占多少空间。"), "files", stable=False),
    Picture("struct-layout", "packing", ("What struct makes of four values", "struct 如何排列四个值"), (
        "The same values packed by @ and by !: which byte belongs to which field, and which are padding.",
        "同样的值分别按 @ 和 ! 打包：每个字节属于哪个字段，哪些是填充。"), "packing"),
    Picture("layers", "tcp", ("The layers of the network", "网络分层模型"), (
        "The seven layers of OSI beside the four of TCP/IP, and how each wraps what the one above gives it.",
        "OSI 七层与 TCP/IP 四层的对应关系，以及每一层如何包装上一层的数据。"), "tcp"),
    Picture("tcp-flow", "tcp", ("A TCP server and its client", "TCP 服务端与客户端流程"), (
        "The calls of a TCP server and of its client in the order of time, with the bytes that they receive.",
        "TCP 服务端与客户端按时间顺序的调用，以及各自收到的字节。"), "tcp"),
    Picture("tcp-handshake", "tcp", ("Three to open, four to close", "三次握手与四次挥手"), (
        "The segments that open and close a TCP connection, and the states of both sides.",
        "建立与关闭 TCP 连接的报文段，以及双方的状态。"), "tcp"),
    Picture("tcp-buffers", "tcp", ("Send and receive buffers", "收发缓冲区"), (
        "The way of the bytes through both buffers, and what lies in the receive buffer after each call.",
        "字节如何经过两个缓冲区，以及每次调用之后接收缓冲区里有什么。"), "tcp"),
    Picture("sticky-messages", "tcp", ("Sticky messages and their cure", "粘包及其解决办法"), (
        "Two messages sent over TCP: glued together, torn apart, and read whole by their length.",
        "通过 TCP 发送的两条消息：粘在一起、被撕开，以及按长度完整读出。"), "tcp"),
    Picture("udp-flow", "udp", ("A UDP server and its client", "UDP 服务端与客户端流程"), (
        "The calls of a UDP server and of its client: no connection, and each datagram stays by itself.",
        "UDP 服务端与客户端的调用：没有连接，每个数据报各自独立。"), "udp"),
    Picture("http-request", "http", ("An HTTP request, line by line", "HTTP 请求逐行看"), (
        "The bytes of a real request: request line, headers, blank line, body.",
        "一个真实请求的字节：请求行、请求头、空行、请求体。"), "http"),
    Picture("http-response", "http", ("An HTTP response, line by line", "HTTP 响应逐行看"), (
        "The bytes of a real response: status line, headers, blank line, body.",
        "一个真实响应的字节：状态行、响应头、空行、响应体。"), "http"),
    Picture("process-states", "concurrency", ("The five states of a process", "进程的五种状态"), (
        "From new to terminated: what moves a process from one state to the next, and the letters that ps shows.",
        "从新建到终止：什么使进程改变状态，以及 ps 显示的字母。"), "processes"),
    Picture("fork-memory", "concurrency", ("What fork does to memory", "fork 之后的内存"), (
        "Parent and child after a fork: a list that the child changes stays as it was in the parent.",
        "fork 之后的父子进程：子进程修改列表，父进程的列表不变。"), "processes"),
    Picture("orphan-zombie", "concurrency", ("Orphans and zombies", "孤儿进程与僵尸进程"), (
        "Two lives of parent and child: the parent ends first, or the child ends and nobody waits for it.",
        "父子进程的两种结局：父进程先结束，或子进程结束而没有人 wait。"), "processes"),
    Picture("double-fork", "concurrency", ("The double fork", "二级子进程"), (
        "A second child does the work, so that the system collects it and the parent has no zombie.",
        "由二级子进程做事，结束后由系统收尸，父进程不会有僵尸。"), "processes"),
    Picture("pool", "concurrency", ("A pool of processes", "进程池"), (
        "Seven tasks, three workers, and which worker did which task when, in one run.",
        "七个任务，三个工作进程，以及一次运行中谁在什么时候做了哪个任务。"), "threads", stable=False),
    Picture("deadlock", "concurrency", ("A deadlock and its four conditions", "死锁与四个必要条件"), (
        "The circle of two transfers that wait for each other, the four conditions, and what breaks each.",
        "两笔转账互相等待的环、死锁的四个必要条件，以及如何打破每一个。"), "threads"),
    Picture("gil", "concurrency", ("What the GIL does", "GIL 的影响"), (
        "The same computation in two threads and in two processes, and how much of its time each worker computed.",
        "同样的计算放进两个线程和两个进程：各自有多少时间真正在计算。"), "threads", stable=False),
    Picture("server-models", "concurrency", ("The server models", "并发服务器模型"), (
        "Three clients under each kind of server: who serves them, and who waits.",
        "三个客户端在每种服务器模型下：谁来服务，谁在等待。"), "servers"),
    Picture("pipe", "ipc", ("Pipes", "管道"), (
        "Objects through a pipe, its end, and a pipe with two directions.",
        "通过管道传对象、管道的结束，以及双向管道。"), "ipc"),
    Picture("ipc-mechanisms", "ipc", ("How processes talk", "进程间通信的方式"), (
        "Pipe, queue, shared memory, semaphore, signal and socket: what each is good for.",
        "管道、消息队列、共享内存、信号量、信号、套接字：各适合什么。"), "ipc"),
    Picture("ring", "ipc", ("A ring in shared memory", "共享内存中的环形缓冲区"), (
        "The slots of a small ring after each call: filled, read, gone around its end, full.",
        "每次调用之后小环的各个格子：写入、读出、绕过末尾、写满。"), "ipc"),
    Picture("semaphore", "ipc", ("A semaphore: three at once", "信号量：最多三个"), (
        "Five tasks and three places: who works, who waits, and how many places are left at each step.",
        "五个任务，三个位置：谁在工作，谁在等待，每一步还剩几个位置。"), "ipc"),
    Picture("chat-flow", "chat", ("The group chat's datagrams", "群聊聊天室的数据报"), (
        "A real session: two members enter, one talks, the administrator announces, one leaves.",
        "一次真实的会话：两人进入，一人发言，管理员通知，一人退出。"), "chat"),
    Picture("ftp-flow", "ftp", ("An FTP session", "一次 FTP 会话"), (
        "A file stored and fetched: commands and replies on one connection, the file on another.",
        "上传再下载一个文件：命令与应答走一条连接，文件走另一条。"), "ftp"),
)
# All pictures by their names, in the order of the chapters.
PICTURES: Mapping[str, Picture] = {picture.name: picture for picture in _ALL}


def draw(name: str, lang: str = "en") -> str:
    """Draw a picture and return the text of an SVG file.

    >>> draw("layers").startswith("<svg"), "应用层" in draw("layers", "zh")
    (True, True)

    Raises: LookupError for a name that no picture has; ValueError for a language that is neither 'en' nor 'zh'.
    """
    if name not in PICTURES:
        raise LookupError(f"there is no picture {name!r}; there are {', '.join(PICTURES)}")
    return PICTURES[name].draw(lang)
