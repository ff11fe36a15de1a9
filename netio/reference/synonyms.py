"""What learners say, and what they mean, in both languages: (ways to say it, with | between; words and names).

An English way is the beginning of words (`keep waiting` fits `keeps waiting` only as `keeps wait|keep wait`).
"""
from __future__ import annotations

SYNONYMS = [
    # waiting and hanging
    ("hang|hung|stuck|freez|keeps wait|keep wait|waits for ever|waits forever|never return|"
     "does not return|blocks|卡住|卡死|不动|没反应|一直等|挂起|阻塞",
     "hang block timeout tcp.Deadline concurrency.Limits"),
    ("timed out|time out|timeout|超时", "timeout deadline"),
    ("endless|infinite loop|never end|spins|100% cpu|死循环|无限循环|停不下来", "loop end spin"),
    # connections
    ("disconnect|hang up|hangs up|hung up|peer gone|client left|client leaves|closed connection|connection lost|掉线|断开|"
     "断线|断了|对方关闭|关掉",
     "close end peer disconnect tcp.recv_exactly tcp.close_gracefully"),
    ("reset|rst|重置", "reset abort"),
    ("refused|cannot connect|can not connect|cant connect|连不上|连接不上|拒绝连接|被拒绝", "refused connect"),
    ("already in use|in use|port taken|occupied|端口被占|端口占用|被占用|地址已", "address already use port"),
    ("other computer|another computer|another machine|two computers|lan|局域网|另一台|两台|别的电脑|外网",
     "address host firewall tcp.listen"),
    ("firewall|防火墙", "firewall"),
    ("ip address|own address|my ip|本机ip|本机地址|ip地址", "address interface"),
    ("only handle one client|one client at a time|handles one|second client|只能处理一个|只能连一个|第二个客户端",
     "server concurrent model thread clients concurrency.serve concurrency.Server"),
    ("message to all|send to all|all clients|群发|所有客户端|广播消息给", "chat room members chat.Room chat.Server"),
    ("ctrl c|ctrl+c|ctrl-c|无法结束|退不出|停不掉|关不掉", "Ctrl-C shutdown concurrency.serve concurrency.Server"),
    ("stop a thread|kill a thread|end a thread|退出线程|结束线程|停止线程|杀死线程",
     "thread Event stop concurrency.ResultThread"),
    ("thread and process|process and thread|thread vs process|threads or processes|线程和进程|进程和线程|线程与进程",
     "thread process GIL concurrency.run_in_threads concurrency.Process"),
    ("string and an int|several values|numbers and text|一个字符串和|发送整数|发送结构",
     "pack record struct packing.Record tcp.send_frame"),
    ("upload", "upload http.StaticFiles tcp.receive_file"),
    # messages
    ("receive all|recv all|read all|all data|接收全部|收完",
     "recv_exactly whole tcp.recv_exactly tcp.Reader tcp.recv_frame"),
    ("stuck|recv forever|recv never|recv收不到|收不到数据", "timeout tcp.Deadline tcp.recv_exactly"),
    ("whole message|complete message|entire message|all the data|everything arriv|received all|收完整|完整的消息|整条消息|全部数据|收全",
     "whole message frame tcp.recv_exactly tcp.recv_frame"),
    ("sticky|glued|stuck together|messages merge|merged|messages together|粘包|粘在一起|连在一起|合在一起|拆包|半包|分包",
     "sticky message boundary frame tcp.recv_frame tcp.LengthPrefix"),
    ("only receives part|receives part|part of the data|half of|incomplete|not complete|missing data|"
     "data missing|truncat|收不全|不完整|只收到一部分|收到一半|丢数据|数据不全|少了",
     "partial whole frame truncate tcp.recv_exactly tcp.recv_frame"),
    ("nothing arrives|not receive|doesnt receive|never receive|no answer|no reply|收不到|没收到|没有回复|"
     "没有响应",
     "receive lost reply timeout"),
    ("large file|big file|huge file|send a file|send file|大文件|把文件|发文件|传文件|文件传输|发送文件|传输文件|"
     "上传|下载",
     "file transfer tcp.send_file tcp.receive_file"),
    ("picture|image|photo|图片|照片", "file picture binary copy tcp.send_file files.copy_file"),
    ("resume|断点|续传", "resume continue transfer"),
    ("lost|loss|drops|丢包|丢失|丢了", "lost datagram retry"),
    ("order|out of order|顺序|乱序", "order sequence"),
    # text
    ("garbled|mojibake|gibberish|question marks|wrong characters|strange characters|乱码|问号|编码|解码|"
     "中文显示",
     "encoding decode text files.guess_file_encoding"),
    ("chinese|中文|汉字", "encoding chinese utf"),
    ("newline|line end|换行|回车|行尾", "newline line"),
    ("byte order|endian|大端|小端|字节序", "byte_order endian network"),
    ("convert|转换|转成|转为", "encode decode convert"),
    # processes and threads
    ("zombie|defunct|僵尸|收尸", "zombie child wait concurrency.reap_children"),
    ("orphan|孤儿", "orphan parent"),
    ("kill|terminate|结束进程|杀死|杀掉|杀进程|终止", "terminate kill child signal"),
    ("ctrl c|ctrl+c|ctrl-c|keyboardinterrupt|interrupt|中断|停止服务器|关闭服务器", "interrupt Ctrl-C shutdown signal"),
    ("deadlock|dead lock|死锁|互相等", "deadlock lock"),
    ("race|wrong total|wrong sum|counter wrong|lost update|结果不对|结果不一样|数据错乱|抢票|卖票|竞态|"
     "线程安全",
     "race lock tickets lost ipc.Value"),
    ("share variable|share data|shared variable|global variable|variable not change|variable not shared|"
     "全局变量|共享变量|变量不变|共享数据|进程间|进程通信|进程之间",
     "share memory process global pipe ipc.Value ipc.Queue"),
    ("thread slow|threads slow|not faster|no faster|gil|多线程慢|没变快|没有变快|全局解释器",
     "gil thread cpu concurrency.threads.gil.is_gil_enabled"),
    ("return value|result of|返回值|拿到结果|结果返回", "result return concurrency.ResultThread"),
    ("many clients|several clients|multiple clients|more than one client|concurrent|simultaneous|多个客户|"
     "多客户|并发|同时连接|多人|多用户",
     "server concurrent model thread clients concurrency.Server concurrency.serve"),
    ("event loop|multiplex|io多路|多路复用|epoll|poll|select", "epoll select event model"),
    ("daemon|background|守护|后台", "daemon background double_fork"),
    ("pool|池", "pool workers"),
    ("producer|consumer|生产者|消费者", "queue producer consumer"),
    ("semaphore|limit number|at most|信号量|限制数量|限制", "limit ipc.Semaphore"),
    ("lock|mutex|互斥|加锁|锁", "lock mutex"),
    ("signal|信号", "signal"),
    ("pipe|管道", "pipe"),
    # files
    ("lose data|power fail|crash|half written|写一半|断电|崩溃|丢失内容", "atomic durable sync files.replace_file"),
    ("last line|tail|end of file|最后几行|末尾|尾部", "tail files.read_last_lines files.follow_lines"),
    ("offset|seek|position|偏移|位置", "offset seek"),
    ("buffer|flush|not written|缓冲|刷新|没写进去|没写入", "buffer flush sync"),
    ("copy|复制|拷贝", "copy"),
    ("delete|remove|删除", "remove delete"),
    ("dictionary|word|单词|词典|查词|查单词", "dictionary files.look_up"),
    ("sparse|hole|空洞", "sparse hole"),
    ("permission|denied|权限", "permission denied"),
    # http
    ("browser|web page|website|网页|浏览器|网站", "HTTP browser page server http.HTTPServer"),
    ("404|not found|找不到", "404 found path"),
    ("download page|get a page|爬|抓取|请求网页", "http client http.fetch"),
    ("header|头部|请求头|响应头", "header field"),
    ("cookie|json|form|表单", "form request response"),
    ("https|tls|ssl|证书|加密", "TLS certificate ssl"),
    ("slow|fast|speed|performance|慢|快|性能|速度", "speed fast performance bench"),
    # udp
    ("broadcast|广播", "broadcast udp.send_broadcast"),
    ("multicast|组播|多播", "multicast group"),
    ("udp|datagram|数据报", "udp datagram"),
    # struct
    ("struct|pack|binary format|结构体|打包|二进制协议", "struct pack packing.Record"),
    # programs
    ("chat|群聊|聊天|聊天室", "chat room"),
    ("ftp|文件服务器|云盘", "ftp file server"),
    ("echo|回显|回声", "echo server"),
    # teaching
    ("lesson|teach|teacher|classroom|syllabus|教案|备课|上课|教学|教师|老师|课堂|课程安排", "lesson lessons 教案 teach"),
    ("exercise|homework|习题|练习题|参考答案", "exercises solution 练习"),
    # misspellings
    ("brodcast|boardcast|brodacast", "broadcast udp.send_broadcast"),
    ("recieve|recive|recv", "receive recv"),
    ("adress|addres", "address"),
    ("semphore|semaphor|semaphone", "Semaphore"),
    ("dead-lock", "deadlock"),
    ("proccess|porcess|procces", "process"),
    ("therad|tread|thred", "thread"),
    ("conection|connetion|conect", "connection connect"),
    ("sockt|soket|scoket", "socket"),
    ("encodeing|enconding|encodding", "encoding"),
]
