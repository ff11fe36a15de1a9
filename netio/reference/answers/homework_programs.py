"""Answers about programs, files and values, as homework and half-working programs ask for them."""
from __future__ import annotations

from .answer import Answer, DIFF, HOW

ANSWERS = [
    Answer("!'i'|int|struct|pack|整数 & 2g|4g|big|large|overflow|range|exceed|too big|超过|太大|溢出|范围|大文件|最大 & struct|"
           "pack|'i'|file|size|文件|大小|打包",
           "How large a number fits",
           "b and B hold one byte, h and H two, i and I four (i: up to 2147483647, 2 GiB), q and Q eight. For "
           'sizes of files use "!Q"; a number that does not fit raises struct.error.',
           "整数能有多大",
           'b、B 1 字节，h、H 2 字节，i、I 4 字节（i 最大 2147483647，即 2 GiB），q、Q 8 字节。文件大小用 "!Q"；放不下的数会抛出 struct.error。',
           "packing.explain_format packing.Record docs/packing.md#the-characters-of-struct"),
    Answer("!struct|pack|打包 & string|str|text|name|字符串|中文|姓名|名字 & why|how|bytes|encode|b'|为什么|为啥|怎么|报错|编码|字节",
           "Text in a struct",
           "The s format takes bytes: name.encode() before packing, decode after unpacking and after stripping the "
           'NULs. "16s" is 16 bytes, not characters: a Chinese one has three in UTF-8.',
           "用 struct 打包字符串",
           's 格式要字节串：打包前 encode，解包后先去掉末尾的 \\0 再 decode。"16s" 是 16 个字节而不是字符：UTF-8 里一个汉字占三个字节。',
           "packing.Text packing.strip_nul plain:strip_nul"),
    Answer("!pipe|管道 & queue|队列",
           "Pipe or queue",
           "A pipe joins two ends, one process at each, and is the faster; a queue takes any number of processes "
           "at both sides and may be limited. Between threads: queue.Queue.",
           "管道还是队列",
           "管道连接两端，每端一个进程，更快；队列两边都可以有任意多个进程，还能限制长度。线程之间用 queue.Queue。",
           "ipc.Queue ipc.open_pipe docs/pictures.md#how-processes-talk--进程间通信的方式"),
    Answer("!windows|win10|win11|win7|win上|win系统|win 上|win电脑 & fork|os.fork",
           "os.fork on Windows",
           "There is no fork on Windows: use multiprocessing, which starts Python anew (spawn), with the start "
           'below if __name__ == "__main__":. Programs with fork run on Linux, macOS, or in WSL.',
           "Windows 上的 os.fork",
           'Windows 没有 fork：用 multiprocessing，它重新启动 Python（spawn），启动的代码放在 if __name__ == "__main__": 下面。用 fork 的程'
           "序可在 Linux、macOS 或 WSL 里运行。",
           "error:There_is_no_fork concurrency.Process docs/windows.md#what-windows-lacks"),
    Answer("!ctrl|keyboardinterrupt|interrupt|中断 & pool|multiprocessing|process|进程池|进程",
           "Ctrl-C and processes",
           "Ctrl-C goes to all processes of the terminal. Catch KeyboardInterrupt in the parent, then terminate "
           "and join; let workers ignore SIGINT (initializer). Get results with a timeout.",
           "Ctrl-C 与多进程",
           "Ctrl-C 会发给该终端的所有进程。在父进程里捕获 KeyboardInterrupt，再 terminate、join；让工作进程忽略 SIGINT（initializer）。取结果时给超时。",
           "concurrency.ProcessPool concurrency.SignalReceiver concurrency.ignoring"),
    Answer("!child|process|thread|子进程|进程|线程 & done|finish|complete|完成|做完|结束了|跑完 & know|tell|notify|signal|知道|通知|告诉|"
           "判断",
           "Telling that a child has finished",
           "join waits for its end, is_alive asks, exitcode says how it went. To tell more than the end, put a "
           "message into a queue or set an Event.",
           "知道子进程或线程已经完成",
           "join 等它结束，is_alive 查询是否还在运行，exitcode 说明结果。要在结束之外通知别的，用队列或 Event。",
           "concurrency.wait_any_process ipc.Event plain:process_attributes"),
    Answer("!args|argument|parameter|参数|传参|元组|逗号 & thread|process|线程|进程",
           "Arguments of a thread or process",
           "target is the function without parentheses; args is a tuple, with a comma even for one: args=(x,). "
           "target=f() calls f at once, in this thread. kwargs is a dict.",
           "给线程或进程传参数",
           "target 写函数名，不加括号；args 是元组，只有一个参数也要逗号：args=(x,)。写成 target=f() 会立刻在当前线程执行。kwargs 是字典。",
           "plain:start_thread plain:start_process concurrency.ResultThread"),
    Answer("threading.local|thread local|thread-local|线程本地|线程局部|每个线程自己",
           "Data of each thread's own",
           "Attributes of threading.local() are each thread's own; local variables of a function are, too. "
           "Anything global is shared and needs a lock.",
           "每个线程自己的数据",
           "threading.local() 的属性每个线程各有一份；函数的局部变量也是。全局的东西是共享的，需要加锁。",
           "plain:thread_lock 39 concurrency.ResultThread"),
    Answer("!lock|mutex|锁 & useless|no effect|not work|doesnt help|没用|不起作用|不生效|没效果|锁不住|还是|失效|没作用",
           "A lock that does not help",
           "All must use the same lock: made once and passed as an argument, not made in each thread or process. "
           "Reading, checking and changing belong inside it together. threading.Lock does not reach other "
           "processes.",
           "加了锁还是不对",
           "所有人必须用同一把锁：只创建一次，作为参数传入，不能每个线程或进程各建一把。读取、判断和修改要放在同一次加锁里。threading.Lock 管不到别的进程。",
           "plain:thread_lock ipc.Lock concurrency.CheckedLock"),
    Answer("!lock|锁 & where|which line|range|slow|granular|哪里|哪儿|位置|范围|粒度|多大|慢",
           "Where to lock",
           "Around what reads and changes the shared data, all of it and no more: no sleep, input or network "
           "inside. Too much inside makes threads run one after another.",
           "锁加在哪里",
           "包住读写共享数据的那几行，一行不少也不多：里面不要 sleep、input 或网络操作。包得太多，线程就变成一个接一个运行。",
           "plain:thread_lock plain:tickets concurrency.CheckedLock"),
    Answer("!lock|acquire|锁 & timeout|non-blocking|without wait|try|blocking=false|超时|尝试|非阻塞|不等|拿不到",
           "Trying for a lock",
           "lock.acquire(timeout=2), or acquire(blocking=False), returns False where the lock was not to be had; "
           "release it only after True.",
           "尝试获取锁",
           "lock.acquire(timeout=2) 或 acquire(blocking=False)：拿不到时返回 False；只有返回 True 才可以 release。",
           "concurrency.CheckedLock ipc.Lock 132"),
    Answer("!pool|池 & close|join|terminate|关闭|shutdown",
           "close, terminate and join of a pool",
           "close: no more tasks, those there are finished; terminate: stop at once; join waits and needs close or "
           "terminate before. with Pool() ends with terminate: get the results inside.",
           "进程池的 close、terminate、join",
           "close：不再接受任务，已有的做完；terminate：立刻停止；join 等待结束，之前必须先 close 或 terminate。with Pool() 结束时是 terminate：结果要在里面取。",
           "plain:process_pool concurrency.ProcessPool error:A_pool_or_executor_that_is_closed"),
    Answer("processpoolexecutor|threadpoolexecutor|concurrent.futures|futures",
           "concurrent.futures",
           "ThreadPoolExecutor for waiting (network, files), ProcessPoolExecutor for computing: submit gives a "
           "Future, result() its value or exception, map the results in order. with waits for all.",
           "concurrent.futures",
           "等待为主（网络、文件）用 ThreadPoolExecutor，计算为主用 ProcessPoolExecutor：submit 返回 Future，result() 给出结果或抛出异常，map 按顺序给出"
           "结果；with 会等全部完成。",
           "concurrency.ProcessPool concurrency.map_unordered concurrency.run_in_threads"),
    Answer("!process|child|multiprocessing|进程|子进程 & again|whole file|whole script|import|twice|又执行|重新执行|又运行|重复执行|再执"
           "行|整个文件|全部代码|从头",
           "A child that runs the whole file again",
           "Where children are spawned (Windows, macOS) each imports your file again: all that is not a definition "
           'belongs below if __name__ == "__main__":.',
           "子进程又执行了一遍整个文件",
           '用 spawn 启动时（Windows、macOS）子进程会重新导入你的文件：定义以外的代码都放在 if __name__ == "__main__": 下面。',
           "error:bootstrapping_phase,_freeze_support concurrency.Process docs/windows.md#what-windows-lacks"),
    Answer("!prime|素数|质数 & time|process|thread|count|sum|faster|时间|计时|进程|线程|求和|多少|耗时|作业",
           "The prime numbers exercise",
           "Measure with time.perf_counter around all of it: alone, in threads (no faster: GIL), in processes "
           "(faster, up to the number of cores). Cut the range into parts, add the results up.",
           "素数计时作业",
           "用 time.perf_counter 测整段时间：单进程、多线程（因 GIL 不会快）、多进程（会快，最多到核数倍）。把范围分段，最后把结果加起来。",
           "plain:primes scripts/sum_primes.py concurrency.ProcessPool"),
    Answer("!time log|timestamp|log the time|current time|时间|日志 & number|line|append|every second|restart|序号|行号|编号|"
           "追加|每秒|每隔|接着|作业",
           "The time log exercise",
           'Open with "a+", seek(0) and count the lines that are there, then each second write number and time '
           "and flush (or open with buffering=1), so that others see each line at once.",
           "时间日志作业",
           '用 "a+" 打开，seek(0) 数出已有行数，然后每秒写一行 序号和时间，并 flush（或 buffering=1 打开），别人就能立刻看到。',
           "plain:time_log files.timelog.log_time scripts/log_time.py"),
    Answer("!empty|qsize|full & queue|队列",
           "empty, full and qsize of a queue",
           "They tell what was true a moment ago; another process may be faster. Call get(timeout=...) and catch "
           "queue.Empty, or end the stream by a None for each consumer.",
           "队列的 empty、full、qsize",
           "它们说的只是刚才的情况，别的进程可能抢先。用 get(timeout=...) 并捕获 queue.Empty，或者给每个消费者放一个 None 表示结束。",
           "ipc.Queue error:queue.Empty plain:message_queue"),
    Answer(f"!manager & {HOW}|dict|list|queue|slow|字典|列表|队列|慢|share|共享",
           "multiprocessing.Manager",
           "A server process keeps the dict or list; others use proxies, each access a message: slow, and not "
           'atomic (d["n"] += 1 needs a lock). Changing a list inside it is noticed only when assigned anew.',
           "multiprocessing.Manager",
           '由一个服务进程保存字典或列表，其他进程通过代理访问，每次都是一条消息：慢，而且不是原子的（d["n"] += 1 要加锁）。修改里面嵌套的列表后要重新赋值才生效。',
           "ipc.Value ipc.Queue 126"),
    Answer("joinablequeue|task_done",
           "task_done and join of a queue",
           "Consumers call task_done once for each item they have worked off; join waits until that was done as "
           "often as put. multiprocessing has it in JoinableQueue only.",
           "队列的 task_done 与 join",
           "消费者每处理完一项调用一次 task_done；join 一直等到次数与 put 相等。multiprocessing 里只有 JoinableQueue 有。",
           "ipc.Queue plain:message_queue"),
    Answer(f"!process|child|进程 & terminate|kill|stop|end|终止|杀死|杀掉|停止|强制|结束 & {HOW}|force|terminate|子|child",
           "Ending a process",
           "p.terminate() then p.join(): on POSIX SIGTERM, on Windows at once; p.kill() cannot be refused. finally "
           "and buffers are skipped, queues and locks may break: better an Event that it looks at.",
           "结束一个进程",
           "p.terminate() 再 p.join()：POSIX 上发 SIGTERM，Windows 上立刻结束；p.kill() 无法拒绝。finally 和缓冲区都不处理，队列和锁可能损坏：最好用 "
           "Event 让它自己结束。",
           "concurrency.Process ipc.Event plain:process_attributes"),
    Answer("!timeout|too long|time limit|超时|限时|最多运行 & function|task|process|函数|任务|进程",
           "A time limit for a task",
           "A thread cannot be stopped from outside, a process can: ProcessPool(timeout=5) kills the worker of a "
           "task that takes longer. With multiprocessing: join(5), then terminate if still alive.",
           "给任务限时",
           "线程不能从外面停止，进程可以：ProcessPool(timeout=5) 会杀掉超时任务的工作进程。用 multiprocessing：join(5)，还活着就 terminate。",
           "concurrency.ProcessPool concurrency.Process"),
    Answer("!concurren|并发 & parallel|并行",
           "Concurrent and parallel",
           "Concurrent: several tasks under way, taking turns, also on one core. Parallel: at the same moment on "
           "several cores. Python threads are concurrent (GIL), processes parallel.",
           "并发与并行",
           "并发：几个任务都在进行，轮流使用 CPU，单核也行。并行：同一时刻在几个核上运行。Python 的线程是并发（GIL），进程才是并行。",
           "140 concurrency.is_gil_enabled scripts/compare_models.py"),
    Answer("io密集|io 密集|计算密集|cpu密集|cpu 密集|io-bound|io bound|cpu-bound|cpu bound",
           "Bound by I/O or by the CPU",
           "I/O bound (network, disks): threads or an event loop, for waiting releases the GIL. CPU bound: "
           "processes, about as many as cores.",
           "IO 密集与 CPU 密集",
           "IO 密集（网络、磁盘）：线程或事件循环，等待时会释放 GIL。CPU 密集：多进程，数量与核数相近。",
           "concurrency.run_in_threads concurrency.ProcessPool 140"),
    Answer(f"!process|进程 & program|程序 & {DIFF}|什么",
           "Program and process",
           "A program is a file; a process is that program running, with memory, descriptors and a PID of its own. "
           "One program may run as many processes.",
           "程序与进程",
           "程序是文件；进程是程序的一次运行，有自己的内存、描述符和 PID。同一个程序可以同时运行成多个进程。",
           "concurrency.Process plain:process_attributes"),
    Answer("闪退|一闪|窗口消失|自动关闭|窗口关了|black window|window closes|closes immediately|closes at once|double click|"
           "double-click|双击",
           "A window that closes at once",
           "The program ended, perhaps by an error, and its window with it. Run it in a terminal (cmd, "
           "PowerShell): python file.py; there the error remains to be read.",
           "窗口一闪就没了",
           "程序结束了（可能是出错），窗口也就关闭。在终端（cmd、PowerShell）里运行 python 文件.py，就能看到错误信息。",
           "docs/windows.md#powershell-and-cmd"),
    Answer("!not recognized|command not found|内部或外部命令|微软商店|microsoft store|应用商店|不是命令|找不到命令 & python|py |pip|python3",
           "python is not found",
           'Windows: py file.py, or install Python from python.org with "Add to PATH"; python3 often opens the '
           "Store. Linux, macOS: python3.",
           "找不到 python 命令",
           "Windows：用 py 文件.py，或从 python.org 安装并勾选 Add to PATH；python3 常常会打开应用商店。Linux、macOS：python3。",
           "docs/windows.md#powershell-and-cmd docs/README.md"),
    Answer("!python2|python 2|python version|which version|版本 & python|netio|which|support|哪个|几|支持|要求|需要",
           "Which Python",
           "CPython 3.9 or newer, on Linux, macOS or Windows; nothing else has to be installed.",
           "需要哪个版本的 Python",
           "CPython 3.9 或更新，Linux、macOS、Windows 都可以；不需要安装别的东西。",
           "docs/README.md"),
    Answer("!relative path|working directory|current directory|cwd|相对路径|当前目录|工作目录|明明在|明明有|同一个目录|同目录|同一个文件夹 & file|"
           "path|find|文件|路径|找不到",
           "Relative paths",
           'open("a.txt") looks in the working directory, not beside the program; an IDE may choose another one. '
           "print(os.getcwd()), or build the path from pathlib.Path(__file__).parent.",
           "相对路径",
           'open("a.txt") 在当前工作目录里找，而不是程序所在的目录；IDE 可能选了别的目录。print(os.getcwd()) 看一下，或用 '
           "pathlib.Path(__file__).parent 拼路径。",
           "error:No_such_file_or_directory"),
    Answer("!write|writelines|写 & newline|new line|one line|same line|line break|换行|一行|\\n|连在一起 & file|list|文件|列表|"
           "writelines",
           "Newlines are not written by themselves",
           'write and writelines write just what they get: add "\\n" to each line. In text mode Windows stores '
           'it as \\r\\n; newline="" keeps it as it is.',
           "写文件不会自动换行",
           'write 和 writelines 只写给它们的内容：每行自己加 "\\n"。文本模式下 Windows 会存成 \\r\\n；newline="" 则保持原样。',
           "files.append_line files.explain_mode"),
    Answer("!read|print|读|打印|输出 & blank line|empty line|extra line|空行|多一行|多了一行|空一行|多个换行 & line|file|行|文件",
           "Blank lines between the lines",
           'Each line read still has its "\\n", and print adds another: print(line, end="") or '
           'line.rstrip("\\n"). read_lines returns lines without line ends.',
           "读出来多了空行",
           '读到的每一行末尾还有 "\\n"，print 又加了一个：print(line, end="") 或 line.rstrip("\\n")。read_lines 给出的行不带换行符。',
           "files.read_lines plain:read_file"),
    Answer("!change a|change one|modify|replace|edit |insert|delete a|delete one|remove a|remove one|修改|替换|删除|删掉|插入"
           "|更新 & line|word|content|middle|行|内容|中间|某个词 & file|txt|文件",
           "Changing a line of a file",
           "A file cannot grow or shrink in its middle: read it, write the changed lines to a new file, and put "
           'that in its place: open_replacement does so safely. Over bytes of the same length: "r+b" and seek.',
           "修改文件中的某一行",
           '文件不能在中间变长或变短：读出来，把改好的内容写进新文件，再替换原文件：open_replacement 安全地做这件事。长度不变时可用 "r+b" 和 seek 覆盖。',
           "files.open_replacement files.replace_file"),
    Answer("!example|sample|demo|full code|complete code|例子|示例|完整代码|源码|源代码|案例|参考代码 & where|give|show|have|find|"
           "netio|tcp|udp|http|process|thread|有没有|在哪|哪里|给|看|服务器|客户端|进程|线程",
           "Complete examples",
           "scripts/plain holds short complete programs with nothing but the standard library, scripts the full "
           "ones. python3 -m netio plain lists them, python3 -m netio show NAME shows a function.",
           "完整的例子",
           "scripts/plain 里是只用标准库的短小完整程序，scripts 里是功能齐全的程序。python3 -m netio plain 列出它们，python3 -m netio show 名字 显示函"
           "数。",
           "docs/README.md scripts/tour.py"),
    Answer("gevent|greenlet|eventlet",
           "gevent and greenlet",
           "Coroutines by other packages; gevent patches the standard library so that blocking calls switch. Today "
           "asyncio or threads do; netio's protocols run under asyncio by for_asyncio.",
           "gevent 与 greenlet",
           "第三方包的协程；gevent 修改标准库，使阻塞调用自动切换。现在一般用 asyncio 或线程；netio 的协议可以通过 for_asyncio 在 asyncio 下运行。",
           "concurrency.for_asyncio concurrency.serve"),
    Answer("!fork|parent|父进程|子进程 & first|order|who runs|谁先|先执行|先运行|顺序|先后",
           "Who runs first after fork",
           "That is not determined: the system chooses, and with several cores both run at once. If the order "
           "matters let one wait: os.wait, a pipe, or an Event.",
           "fork 之后谁先执行",
           "不确定：由系统调度，多核时还会同时运行。顺序有要求就让一方等待：os.wait、管道或 Event。",
           "concurrency.wait_child plain:fork_process scripts/show_fork.py"),
]
