"""Further answers about processes, threads, files and values."""
from __future__ import annotations

from .answer import Answer, DIFF, HOW

ANSWERS = [
    Answer("!id|pid|编号 & process|parent|child|父进程|子进程|进程 & get|find|know|own|拿|获取|查看|得到|怎么|自己|知道",
           "PIDs of a process and its parent",
           "os.getpid() is one's own, os.getppid() the parent's; fork returns the child's to the parent; "
           "Process.pid after start. multiprocessing.current_process().name is a name.",
           "进程自己和父进程的编号",
           "os.getpid() 是自己的，os.getppid() 是父进程的；fork 在父进程里返回子进程的；Process 在 start 之后有 pid。",
           "plain:process_attributes plain:fork_process concurrency.fork_child"),
    Answer("!wait|waitpid|join & no child|none|没有子进程|没有可等|报错 & process|child|进程|os.wait",
           "wait without a child",
           "os.wait raises ChildProcessError (ECHILD) when there is no child left to collect: all were collected "
           "before, SIGCHLD is ignored, or it runs in the child itself.",
           "没有子进程可等",
           "没有可回收的子进程时 os.wait 抛出 ChildProcessError（ECHILD）：已经全部回收了、忽略了 SIGCHLD，或者 wait 是在子进程里执行的。",
           "error:No_child_processes concurrency.wait_child concurrency.reap_children"),
    Answer("!input|键盘 & process|child|multiprocessing|进程|子进程",
           "input() in a child process",
           "multiprocessing gives children an empty standard input: input() raises EOFError there. Ask in the "
           "parent, and hand it over as an argument or through a queue.",
           "子进程里的 input()",
           "multiprocessing 的子进程没有标准输入：input() 会抛出 EOFError。在父进程里输入，再通过参数或队列传过去。",
           "error:EOF_when_reading_a_line ipc.Queue concurrency.Process"),
    Answer("!queue|pipe|队列|管道 & full|maxsize|limit|满了|装满|放满|上限|最大",
           "A queue that is full",
           "put waits until there is room; put(x, timeout=1) or put_nowait raises queue.Full. A limit is good: a "
           "fast producer else takes all of the memory. Too full a pipe makes the writer wait, too.",
           "队列满了",
           "put 会等到有空位；put(x, timeout=1) 或 put_nowait 则抛出 queue.Full。设上限有好处：否则生产太快会占光内存。管道满了，写的一方也会等待。",
           "ipc.Queue plain:message_queue error:A_queue_that_is_full,_closed_or_miscounted"),
    Answer("alarm|sigalrm|setitimer|闹钟",
           "signal.alarm",
           "signal.alarm(n) sends SIGALRM to this process after n seconds, and without a handler that ends it: "
           "POSIX only. On Windows use threading.Timer, or a timeout of what one waits for.",
           "signal.alarm",
           "signal.alarm(n) 在 n 秒后给本进程发 SIGALRM，没有处理函数就会结束进程：只有 POSIX 有。Windows 上用 threading.Timer，或给等待的操作设超时。",
           "concurrency.SignalReceiver concurrency.ProcessPool ipc.SignalWaiter"),
    Answer("!threading.lock|线程锁|multiprocessing.lock|进程锁 & process|mix|both|differ|multiprocessing|进程|混用|区别|通用|一样",
           "Locks of threads and of processes",
           "threading.Lock works between the threads of one process only; multiprocessing.Lock between processes "
           "(and threads), but is slower and must be passed to the children.",
           "线程锁与进程锁",
           "threading.Lock 只在一个进程的线程之间有效；multiprocessing.Lock 在进程之间（也包括线程）有效，但更慢，而且必须传给子进程。",
           "ipc.Lock plain:thread_lock concurrency.CheckedLock"),
    Answer("!split|cut|切|拆|分割|切割|切成|分成|分块 & file|文件|图片|视频 & join|merge|parts|pieces|together|份|合|块|拼|段",
           "Splitting a file and joining it again",
           'Read pieces of a fixed size with "rb", write each to NAME.001, NAME.002; to join write them one '
           'after another with "wb". split_file and join_files check it by checksums.',
           "分割文件再合并",
           '用 "rb" 按固定大小读，写成 名字.001、名字.002；合并时按顺序用 "wb" 写到一起。split_file 和 join_files 会用校验和检查。',
           "files.split_file files.join_files scripts/split_file.py"),
    Answer("!win7|win8|win10|win11|windows 7|mac|macos|linux|ubuntu|操作系统|系统 & netio|run|support|work|能用|支持|可以用|能跑|运"
           "行",
           "On which systems it runs",
           "netio runs on Linux, macOS and Windows with CPython 3.9 or newer (Windows 7 has only 3.8 at most: use "
           "a newer one). Windows lacks fork, epoll and poll; python3 -m netio plain marks what is POSIX only.",
           "在哪些系统上能运行",
           "netio 在 Linux、macOS、Windows 上用 CPython 3.9 以上运行（Windows 7 最多只能装 3.8，不行）。Windows 没有 fork、epoll、poll；"
           "python3 -m netio plain 会标出只能在 POSIX 上用的。",
           "docs/windows.md#what-windows-lacks docs/README.md"),
    Answer("!measure|time|how long|计时|测时间|耗时|用时|运行时间 & function|thread|process|program|run|函数|线程|进程|程序|代码",
           "Measuring time",
           "start = time.perf_counter() before and the difference after; start, and join all, within it. "
           "time.process_time counts CPU time only, without waiting and without children.",
           "测量运行时间",
           "之前 start = time.perf_counter()，之后相减；start 和所有 join 都要包在里面。time.process_time 只算 CPU 时间，不含等待和子进程。",
           "plain:primes plain:gil_times scripts/compare_models.py"),
    Answer("!counter|count|sum|total|number|计数|累加|总数|结果|加到|加一百万 & thread|线程 & less|below|wrong|short|smaller|not "
           "equal|differ|不对|少|小于|不等|每次不|不一样|不准",
           "A counter that comes out too low",
           "n += 1 is reading, adding and storing: two threads may read the same value, and one addition is lost. "
           "Put a lock around it: with lock: n += 1; all threads the same lock.",
           "多线程计数结果偏小",
           "n += 1 分为读、加、写三步：两个线程可能读到同一个值，就丢了一次。用同一把锁包住：with lock: n += 1。",
           "plain:thread_lock concurrency.CheckedLock 39"),
    Answer("!struct|格式串|format string & prefix|first character|exclamation|感叹号|第一个字符|前缀|前面的|的!|! |!和|<和|和@|和< & "
           f"{DIFF}|{HOW}",
           "The first character of a format",
           "! and > big-endian (network), < little-endian, both with standard sizes and no padding; @ (also when "
           "there is none) as this machine's C compiler does, with padding; = its byte order, without. For files "
           "and networks use !.",
           "格式串的第一个字符",
           "! 和 > 大端（网络字节序），< 小端，都是标准大小、无填充；@（不写也一样）按本机 C 编译器，有填充；= 本机字节序、无填充。写文件和网络用 !。",
           "packing.Record packing.explain_format 24"),
    Answer("!struct|pack|打包|record & variable|any length|unknown length|变长|不定长|长度不固定|任意长度|长度不一样|可变",
           "Text of variable length in a struct",
           'A format has fixed sizes: pack the length first, then append the bytes: struct.pack("!H", len(name)) '
           '+ name. Or fix a maximum with "16s" and strip the NULs.',
           "struct 与变长字符串",
           '格式的大小是固定的：先打包长度，再接上内容：struct.pack("!H", len(name)) + name。或者用 "16s" 定一个最大长度，解包后去掉 \\0。',
           "packing.Text packing.strip_nul tcp.send_frame"),
    Answer("fork bomb|fork炸弹|炸弹|too many processes|进程太多|无限创建|一直创建",
           "Fork bomb",
           "A child that itself goes on in the loop and forks again: 2, 4, 8 ... processes until nothing works. "
           "After fork end the child with os._exit in its branch; spawned children need if __name__ == "
           '"__main__":.',
           "fork 炸弹",
           '子进程没有退出，继续执行循环又 fork：2、4、8……直到系统卡死。fork 后子进程的分支要以 os._exit 结束；spawn 要写 if __name__ == "__main__":。',
           "concurrency.fork_child 43 error:bootstrapping_phase,_freeze_support"),
    Answer("!create|start|创建|启动|开|新建 & processes|threads|进程|线程 & several|ten|many|loop|for|多个|10个|几个|循环|一批|n个|好几个",
           "Starting several processes or threads",
           "Make and start all in one loop, keep them in a list, join them in a second loop: jobs = "
           "[Process(target=f, args=(n,)) for n in range(10)].",
           "创建多个进程或线程",
           "一个循环里全部创建并 start，放进列表，再用第二个循环 join：jobs = [Process(target=f, args=(n,)) for n in range(10)]。",
           "plain:start_process plain:start_thread concurrency.run_in_threads"),
    Answer(f"!pool|池 & {DIFF}|why|advantage|need|为什么|好处|优点|有什么用 & process|thread|one by one|by hand|手动|自己|单独|进程|线程|直"
           "接",
           "Why a pool",
           "Starting a process or thread costs time: a pool starts a few and gives them task after task, limits "
           "how many run, and hands back results. For a few long tasks start them by hand.",
           "为什么用池",
           "创建进程、线程要花时间：池只创建几个，反复分给任务，还能限制数量、返回结果。只有几个长任务时，直接创建也行。",
           "concurrency.ProcessPool plain:process_pool concurrency.map_unordered"),
    Answer("!queue|pipe|队列|管道|进程 & object|instance|copy|same|对象|实例|副本|拷贝|同一个 & put|get|changed|sent|放|取|改|传|不变|修改",
           "Objects that go through a queue are copies",
           "Between processes they are pickled: what comes out is a copy, and changing it does not change the "
           "original. Between threads queue.Queue hands over the object itself.",
           "经过队列的对象是副本",
           "进程之间要 pickle：取出来的是副本，修改它不影响原来的。线程之间的 queue.Queue 传的就是对象本身。",
           "ipc.Queue 126 36"),
    Answer("!lock|锁 & global|where|create|pass|argument|全局|哪里创建|创建|传给|参数|定义在|放在",
           "Where a lock is created",
           "Once, before the threads or processes start: for threads a global or an attribute is fine; for "
           "processes pass it as an argument of Process or by the pool's initializer.",
           "锁在哪里创建",
           "在启动线程、进程之前只创建一次：线程用全局变量或属性即可；进程要作为 Process 的参数传入，进程池用 initializer。",
           "plain:thread_lock ipc.Lock error:Shared_objects_go_by_inheritance"),
    Answer("!thread safe queue|thread-safe queue|线程安全的队列|线程队列|queue模块|queue.queue|queue module|import queue & "
           f"{HOW}|thread|process|between|safe|线程|进程|安全",
           "queue.Queue",
           "The queue for threads of one process: put and get lock by themselves. For processes use "
           "multiprocessing.Queue or ipc.Queue; a queue.Queue there is only copied or cannot be pickled.",
           "queue.Queue",
           "用于同一进程的线程之间：put、get 自带锁。进程之间用 multiprocessing.Queue 或 ipc.Queue；queue.Queue 传给进程只会被复制，或无法 pickle。",
           "ipc.Queue plain:message_queue"),
    Answer(f"!countdown|count down|timer|倒计时|定时器|定时 & thread|线程|{HOW}|later|seconds",
           "A countdown or timer",
           "threading.Timer(5, f).start() calls f once after 5 seconds; for a countdown a loop with event.wait(1), "
           "which another thread ends by event.set().",
           "倒计时与定时器",
           "threading.Timer(5, f).start() 5 秒后调用一次 f；倒计时用循环加 event.wait(1)，别的线程可以 event.set() 提前结束。",
           "ipc.Event plain:thread_event 77"),
    Answer("!compare|same|equal|identical|比较|一样|相同|一致 & file|文件|图片|视频 & two|content|checksum|copy|两个|内容|校验|是否|一不一样|"
           "不一样",
           "Comparing two files",
           "filecmp.cmp(a, b, shallow=False) compares the contents; at two places compare checksums "
           "(files.checksum, hashlib). First the sizes: they differ fastest.",
           "比较两个文件",
           "filecmp.cmp(a, b, shallow=False) 比较内容；两地之间比较校验和（files.checksum、hashlib）。先比大小最快。",
           "files.checksum files.copy_file"),
    Answer("!pointer|seek|offset|指针|光标|偏移 & end|start|begin|move|末尾|开头|移动|移到|回到|最后",
           "Moving the file offset",
           "f.seek(0) to the beginning, f.seek(0, 2) to the end, f.tell() says where; from the current place "
           "(whence 1) or back from the end in binary mode only.",
           "移动文件偏移量",
           "f.seek(0) 回到开头，f.seek(0, 2) 到末尾，f.tell() 查看位置；相对当前位置（1）或从末尾往前只能用于二进制模式。",
           "plain:file_offset files.walk_offsets files.explain_mode"),
    Answer("!read|读 & again|twice|second|再read|再读|第二次|又读|两次|再次 & empty|nothing|空|没有|读不到",
           "Reading a second time gives nothing",
           "The first read() left the offset at the end: f.seek(0) before reading again, or keep what was read in "
           "a variable.",
           "第二次读是空的",
           "第一次 read() 之后偏移量在末尾：再读之前 f.seek(0)，或把读到的内容存在变量里。",
           "plain:file_offset files.walk_offsets 1"),
    Answer("!plain & run|start|use|运行|怎么用|程序|例子|执行",
           "Running the plain programs",
           "python3 scripts/plain/NAME.py in the project's folder (Windows: py); each is complete and needs "
           "nothing but Python. python3 -m netio plain lists them; servers first, then their clients.",
           "运行 plain 里的程序",
           "在项目目录里 python3 scripts/plain/名字.py（Windows 用 py）；每个都完整，只需要 Python。python3 -m netio plain 列出它们；先运行服务器，再运"
           "行客户端。",
           "docs/README.md scripts/tour.py"),
    Answer("!numpy|array|big data|large data|大数组|大数据|矩阵|图像数据 & share|process|pass|共享|进程|传",
           "A large array in several processes",
           "Put it into shared memory: ipc.create_shm, then numpy.ndarray(shape, dtype, buffer=...); send only the "
           "name or hand the object over. Queues and pipes would copy it each time.",
           "多进程共享大数组",
           "放进共享内存：ipc.create_shm，再 numpy.ndarray(shape, dtype, buffer=...)；只传名字或把对象交给子进程。队列和管道每次都要复制。",
           "ipc.create_shm ipc.AnonymousMemory ipc.Array"),
    Answer("!wait until|barrier|all ready|all are ready|同时开始|一起开始|都准备好|都到齐|等齐|到齐 & thread|process|ready|线程|进程|开始|继续",
           "Waiting until all are ready",
           "Barrier(n): each calls wait(), and when the nth comes all go on. An Event lets many wait for one. "
           "threading.Barrier for threads, ipc.Barrier for processes.",
           "等所有线程或进程到齐",
           "Barrier(n)：每个都调用 wait()，第 n 个到了就一起继续。Event 则是许多个等一个。线程用 threading.Barrier，进程用 ipc.Barrier。",
           "ipc.Barrier ipc.Event"),
    Answer("!child|子进程 & survive|still run|keep running|left over|还在运行|还活着|没有退出|不退出|还在 & parent|main|父进程|主进程|主程序",
           "Children that outlive their parent",
           "A killed parent cannot end its children: they go on as orphans. daemon=True ends them only at the "
           "parent's normal end. Let a child read a pipe from its parent: its end tells.",
           "父进程没了子进程还在",
           "父进程被杀时来不及结束子进程，它们成为孤儿继续运行。daemon=True 只在父进程正常结束时起作用。可以让子进程读一根来自父进程的管道：读到结尾就退出。",
           "concurrency.Process 40 scripts/show_orphan.py"),
    Answer("!which encoding|what encoding|is a file utf|什么编码|哪种编码|是不是utf|编码是|查看编码|判断编码|utf-8还是|gbk还是 & file|text|文件"
           f"|文本|数据|{HOW}",
           "Which encoding a file has",
           "It is nowhere written: valid UTF-8 is nearly always UTF-8; else in China try gb18030. "
           "guess_file_encoding tries that; a byte order mark says it.",
           "文件是什么编码",
           "文件里没有记录：能按 UTF-8 解码的几乎就是 UTF-8；否则试 gb18030。guess_file_encoding 就这样判断；有 BOM 时由它说明。",
           "files.guess_file_encoding files.encodings.guess_encoding"),
]
