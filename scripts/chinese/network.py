"""The help of the scripts about TCP and UDP, in Chinese."""
from __future__ import annotations

WORDS = {
    "Ask serve_dictionary.py what words mean.": "向 serve_dictionary.py 查单词的意思。",
    "prompts for words until an empty line": "逐行输入单词，直到空行",
    "Print what is broadcast to a port, and who sent it.": "打印广播到某端口的内容和发送者。",
    "0 for any": "0 表示任选",
    "end after so many; 0 is never": "收到这么多个后结束；0 表示不结束",
    "Several may listen on one machine. Send something with send_broadcast.py.":
    "一台机器上可以有多个程序同时监听。用 send_broadcast.py 发送。",
    "Send a datagram to every machine of the networks this one is in, once a second.": "每秒向本机所在网络的所有机器发送一个数据报。",
    "whose": "发往哪个端口",
    "a broadcast address (default: that of every network)": "广播地址（默认：每个网络各自的广播地址）",
    "how often; 0 is for ever": "发多少次；0 表示一直发",
    "seconds between two": "两次之间隔几秒",
    "Hear it with listen_broadcast.py, on other machines or on this one.": "用 listen_broadcast.py 接收，在别的机器或本机上都行。",
    "Receive files that send_file.py sends, checked and complete or not at all, from one sender after another.":
    "接收 send_file.py 发来的文件：要么完整且校验无误，要么没有；发送者一个接一个。",
    "where to put them (default: here)": "放到哪里（默认：当前文件夹）",
    "replace files that have the same name": "替换同名文件",
    "longest file (%(default)s)": "文件最大多少字节（%(default)s）",
    "end after one connection": "一个连接之后就结束",
    "only the files of one connection": "只收一个连接的文件",
    "What came of an interrupted file waits in the folder as .NAME.CHECKSUM.part, and the next attempt goes on from "
    "there.":
    "中断的文件已收到的部分以 .NAME.CHECKSUM.part 留在文件夹中，下次接着收。",
    "Sit between client and server and cut the stream into other pieces, to see who takes one recv for one message.":
    "站在客户端和服务器之间，把字节流重新切分，看谁把一次 recv 当成一条消息。",
    "where the server is": "服务器的地址",
    "client to server": "客户端到服务器",
    "server to client": "服务器到客户端",
    "rest after each piece": "每一段之后停多久",
    "flush held bytes after so much silence": "沉默这么久之后，发出暂存的数据",
    "decides the random sizes": "决定随机的大小",
    "Then point the client at port 8891. HOW is one of bytes (one at a time), pieces:N, random:N (1 to N bytes), once:N"
    " (N bytes, then the rest), end (everything when the sender has finished), plain (as it comes).":
    "然后让客户端连接端口 8891。HOW 是切分方式：bytes（一次一个字节），pieces:N（每段 N 字节），random:N（1 到 N 字节），once:N（先 N "
    "字节，再是其余），end（发送者结束后一次给出），plain（原样转发）。",
    "Send files to receive_file.py; after an interruption, the same command sends only what is missing.":
    "向 receive_file.py 发送文件；中断之后，同样的命令只补发缺少的部分。",
    "files to send": "要发送的文件",
    "show no progress": "不显示进度",
    "Send student records to serve_students.py: one from the command line, or one a line from the keyboard or a pipe.":
    "向 serve_students.py 发送学生记录：命令行上给一条，或从键盘、管道每行读一条。",
    "ID NAME AGE SCORE; none: read lines": "ID NAME AGE SCORE；不给则逐行读取",
    "datagrams, sent again until answered": "用数据报，没有回答就重发",
    "ID NAME AGE SCORE on each line, an empty line ends it": "每行 ID NAME AGE SCORE，空行结束",
    "Explain the words that clients send, one a datagram, from a sorted dictionary file.":
    "客户端每个数据报发来一个单词，用有序的字典文件解释它。",
    "sorted lines: word, spaces, explanation": "有序的行：单词、空格、解释",
    "lose so many datagrams, 0 to 1": "丢失数据报的比例，0 到 1",
    "which datagrams those are": "决定丢哪些",
    "on a network that loses three datagrams of ten": "模拟十个数据报丢三个的网络",
    "Ask it with ask_dictionary.py, which asks again when a datagram is lost, or with any client that sends plain "
    "text.":
    "用 ask_dictionary.py 来查，数据报丢了它会再问；任何发送纯文本的客户端也行。",
    "Save the student records that clients send, one line a student, each on the disk before the answer `saved`.":
    "保存客户端发来的学生记录，每个学生一行；回答 `saved` 之前已经落盘。",
    "where the lines go": "写到哪个文件",
    "datagrams instead of connections": "用数据报，不用连接",
    "TCP, into students.txt": "TCP，写入 students.txt",
    "datagrams, any free port": "数据报，任选空闲端口",
    "Send some with send_student.py. Over TCP a `recv` may bring half a record or several; a datagram holds whole "
    "ones.":
    "用 send_student.py 发送。TCP 上一次 `recv` 可能收到半条或好几条记录；一个数据报里总是完整的记录。",
    "Send every datagram back to whoever sent it.": "把每个数据报原样发回给发送者。",
    "Try it with talk_udp.py, or with `ncat --udp 127.0.0.1 9999`.": "用 talk_udp.py 试，或用 `ncat --udp 127.0.0.1 9999`。",
    "Show what the system knows about a socket: names, options, buffers and the state of TCP.":
    "显示系统所知的套接字信息：地址、选项、缓冲区和 TCP 状态。",
    "fill buffers of several sizes": "填满几种大小的缓冲区",
    "a new pair, from listening to closed": "自己建一对套接字，从监听到关闭",
    "a connection to a server": "到某服务器的连接",
    "how many bytes fit before send blocks": "send 阻塞之前能放下多少字节",
    "Show how TCP glues messages together and tears them apart, and how framing cures both (粘包).":
    "显示 TCP 怎样把消息粘在一起、怎样把消息拆开，以及划定消息边界怎样解决（粘包）。",
    "what recv asks for in the torn case (%(default)s)": "演示拆包时 recv 要多少字节（%(default)s）",
    "Talk with a TCP server: what you type goes there, what it says is shown.": "与 TCP 服务器对话：你输入的发过去，它说的显示出来。",
    "name or address of the server, or the path of a Unix socket": "服务器的名字或地址，或 Unix 套接字的路径",
    "give up after so much silence, once the input has ended": "输入结束后，沉默这么多秒就放弃",
    "type lines; Ctrl-D ends them (Windows: Ctrl-Z, Enter)": "逐行输入；Ctrl-D 结束（Windows：Ctrl-Z 再回车）",
    "The end of the input is told to the server (half-close), and its answers are shown until it closes, too. HOST "
    "may be a Unix socket's path, with no PORT.":
    "输入结束会告诉服务器（半关闭），然后继续显示它的回答，直到它也关闭。HOST 可以是 Unix 套接字的路径，这时不给 PORT。",
    "Send each line as a datagram and print what comes back.": "每行作为一个数据报发送，打印收到的回答。",
    "seconds for an answer": "最多等几秒",
    "The end of the input (Ctrl-D; Ctrl-Z on Windows) or an empty line ends it.":
    "输入结束（Ctrl-D；Windows 上 Ctrl-Z）或空行时结束。",
    "ID NAME AGE SCORE wanted, got {!r}": "需要 ID NAME AGE SCORE（学号 姓名 年龄 成绩），得到的是 {!r}",
    "word> ": "单词> ",
    "saved {} ({} bytes) from {}": "已保存 {}（{} 字节），来自 {}",
    "sent to {} port {}": "已发送到 {}，端口 {}",
    "{:4.0%} of {} bytes": "{:4.0%}，共 {} 字节",
    "sent {} of {} bytes: {}": "已发送 {} 字节，文件共 {} 字节：{}",
    "the server has gone without an answer to {!r}": "服务器没有回答 {!r} 就断开了",
    "connected to {}": "已连接到 {}",
    "closed after {} bytes": "连接已关闭，共收到 {} 字节",
    "(no answer within {:g} s)": "（{:g} 秒内没有回答）",
    "recv takes at least 1 byte, not {}": "recv 至少要 1 字节，不能是 {}",
    "sent, each with its own sendall:": "发送：每条消息各用一次 sendall",
    "glued: recv(65536) takes what is there": "粘包：recv(65536) 有多少取多少",
    "torn: recv({}) takes no more than that": "拆包：recv({}) 每次最多取这么多",
    "framed: each after its length in 4 bytes": "定界：每条消息前面有 4 字节的长度",
    "framed: each followed by a newline": "定界：每条消息后面有一个换行",
    "You saw: {} messages were sent, {} received: TCP keeps the bytes in order, but no borders between them.":
    "你看到了：发送了 {} 条消息，收到的是 {} 段：TCP 只保证字节的顺序，不保留消息的边界。",
    "Nothing was glued this time: each recv was early. It may happen in the next run.":
    "这一次没有粘包：每次 recv 都赶在下一条消息之前。再运行一次也许就会出现。",
    "One recv(...) may also bring half a message.": "一次 recv 也可能只取到半条消息。",
    "With framing, each message came out as it went in: {} of {}.": "划定边界之后，消息怎样发出就怎样收到：{}/{} 条。",
    "asked for": "要求",
    "send buffer": "发送缓冲区",
    "recv buffer": "接收缓冲区",
    "taken": "收下",
    "   (bytes)": "   （字节）",
    "nothing": "不要求",
    "You saw: `send` took {} to {} bytes that nobody read; with full buffers it blocks until the reader makes room.":
    "你看到了：对方一个字节也没读，`send` 就收下了 {} 到 {} 字节；缓冲区满了它才阻塞，直到对方读走数据。",
    "listening": "监听套接字",
    "connected, and three bytes have come": "已连接，收到三个字节",
    "after the client's half-close": "客户端半关闭之后",
    "  client {}, server {}": "  客户端 {}，服务器 {}",
    "closed": "已关闭",
    "You saw: a connection is known by both ends' addresses. This system does not show TCP's state.":
    "你看到了：一个连接由两端的地址确定。本系统不显示 TCP 的状态。",
    "You saw: a connection is known by both ends' addresses; after the half-close the client was in {} and the "
    "server in {} until it closes, too.":
    "你看到了：一个连接由两端的地址确定；半关闭之后，客户端处于 {}，服务器处于 {}，直到服务器也关闭。",
    "HOST and PORT belong together": "HOST 和 PORT 要一起给出",
    "saved": "已保存",
    "not found: {}": "没有找到：{}",
}
