"""Further answers about programs: threads, processes, files, values as bytes."""
from __future__ import annotations

from .answer import Answer, DIFF, FILE, HOW, PROCESS, SLOW, THREAD

ANSWERS = [
    Answer(f"{THREAD}|future|executor & exception|error|traceback|crash|raise|异常|报错|出错|崩 & main|see|catch|know|"
           "silent|notice|get|主线程|看不到|捕获|不知道|知道|怎么|没反应",
           "An exception in a thread",
           "It ends that thread only, and is printed; the main thread goes on. ResultThread.join() raises it "
           "again; a future's result() does, too.",
           "线程里的异常", "只结束那个线程并打印出来，主线程继续。ResultThread.join() 会重新抛出；future 的 result() 也会。",
           "concurrency.ResultThread concurrency.run_in_threads"),
    Answer(f"{PROCESS} & exception|error|traceback|crash|raise|异常|报错|出错|崩 & main|parent|see|catch|know|silent|get|"
           "主进程|父进程|看不到|捕获|知道|怎么", "An exception in a child process",
           "It ends the child with exitcode 1 and is printed there. concurrency.Process.join and run_in_child "
           "raise it in the parent, with the child's traceback.",
           "子进程里的异常", "子进程打印它并以退出码 1 结束。concurrency.Process.join 和 run_in_child 会在父进程里重新抛出，带子进程的 traceback。",
           "concurrency.Process concurrency.run_in_child concurrency.ChildDied"),
    Answer(f"wait|等待|等 & all|several|every|many|first|any|finish|所有|全部|都|多个|最先|任意 & {THREAD}|{PROCESS}|结束|完成",
           "Waiting for several threads or processes",
           "Start all, then join all in a second loop. The first that ends: wait_any_process, "
           "concurrent.futures.wait or as_completed.",
           "等待多个线程或进程", "先全部 start，再用第二个循环逐个 join。要最先结束的：wait_any_process，或 concurrent.futures.wait、as_completed。",
           "concurrency.wait_any_process concurrency.run_in_threads concurrency.map_unordered"),
    Answer(f"{THREAD}|{PROCESS} & order|turn|alternat|sequence|one after|before|顺序|交替|轮流|先后|次序|依次",
           "Threads in a fixed order",
           "The system chooses who runs. One waits for the other's Event (or its join); for turns two Events or "
           "two locks, each given by the other.",
           "让线程按次序执行", "谁先运行由系统决定。让一个等另一个的 Event（或 join）；轮流执行用两个 Event 或两把锁，互相放行。",
           "ipc.Event concurrency.threads.exercises.alternate_with_events plain:letters_numbers"),
    Answer(f"print|output|打印|输出 & {THREAD}|{PROCESS} & order|mixed|messy|jumbl|interleav|same line|顺序|乱|混|一行|不按",
           "Output that is mixed up",
           "Several write to one terminal at once. Print whole lines with one Lock around them, or let one thread "
           "do all the printing.",
           "多个线程或进程的输出混在一起", "几个线程或进程同时写一个终端。用一把锁包住整行的打印，或者只让一个线程打印。",
           "plain:thread_lock concurrency.CheckedLock"),
    Answer("print|output|打印|输出 & " + PROCESS + " & not|nothing|missing|doesnt|show|appear|没|不|看不到|丢",
           "Output of a child that does not appear",
           "It is still in the buffer: print(..., flush=True); os._exit and a kill write nothing. In IDLE a "
           "child's output is never shown: run in a terminal. An exception "
           "may have ended it: look at exitcode.",
           "子进程的输出看不到", "还在缓冲区里：print(..., flush=True)；os._exit 和被 kill 时不写出。IDLE 里看不到子进程的输出：到终端运行。也可能抛异常结束了：看 "
           "exitcode。",
           "116 127 files.watch_buffering"),
    Answer("sys.exit|os._exit|os.exit|exit( & " + DIFF + "|" + HOW, "sys.exit and os._exit",
           "sys.exit raises SystemExit: finally, with and atexit run, buffers are written; in a thread it ends "
           "that thread only. os._exit ends the process at once, without all that: for "
           "forked children.",
           "sys.exit 与 os._exit", "sys.exit 抛出 SystemExit：finally、with、atexit 都会执行，缓冲区会写出；在线程里只结束该线程。os._exit "
           "立刻结束进程，什么也不做，用在 fork 的子进程里。",
           "116 85 43"),
    Answer("waitpid|os.wait|wnohang|sigchld", "wait and waitpid",
           "os.wait() waits for any child, os.waitpid(pid, 0) for one, with os.WNOHANG neither waits; each returns "
           "(pid, status). In a SIGCHLD handler loop until there is none.",
           "wait 与 waitpid", "os.wait() 等任意一个子进程，os.waitpid(pid, 0) 等指定的；加 os.WNOHANG 就不阻塞；都返回 (pid, status)。在 "
           "SIGCHLD 处理函数里要循环到没有为止。",
           "concurrency.wait_child concurrency.reap_children 118"),
    Answer("start & run & " + DIFF + "|" + HOW + "|thread|线程|override|重写", "start and run",
           "start makes a new thread (or process), which calls run; calling run yourself runs it in the thread "
           "that you are in. Override run in a class of your own.",
           "start 与 run", "start 创建新线程（或进程），由它调用 run；自己直接调用 run 只是在当前线程里执行。自定义线程类时重写 run。",
           "134 44 plain:thread_class"),
    Answer("own|custom|class|subclass|inherit|自定义|继承|类 & thread|process|线程|进程 & init|run|super|write|how|怎么|写",
           "A thread class of one's own",
           "class MyThread(Thread): call super().__init__() first, keep the arguments, override run.",
           "自定义线程类", "class MyThread(Thread)：先调用 super().__init__()，保存参数，重写 run。",
           "44 plain:thread_class concurrency.ResultThread"),
    Answer("lock|锁 & semaphore|信号量|event|condition|条件 & " + DIFF + "|which|when|什么时候", "Lock, Semaphore, Event, "
           "Condition",
           "Lock: one at a time; Semaphore: up to n; Event: one says that something has happened, any number wait; "
           "Condition: wait until something is true of data under a lock.",
           "Lock、Semaphore、Event、Condition", "Lock：一次一个；Semaphore：最多 n 个；Event：一个通知，任意个等待；Condition：在锁保护下等待数据满足条件。",
           "ipc.Lock ipc.Semaphore ipc.Event"),
    Answer("event|事件 & set|wait|clear|use|how|怎么|用|等待", "Event",
           "e.wait() waits until someone calls e.set(); then all pass until e.clear(). wait(timeout) returns False "
           "when time is up.",
           "Event", "e.wait() 等到有人调用 e.set()；之后所有等待者都通过，直到 e.clear()。wait(timeout) 超时返回 False。",
           "ipc.Event plain:thread_event 160"),
    Answer("condition|notify|条件变量", "Condition",
           "with condition: while not ready: condition.wait(); who changes the data calls notify inside the same "
           "with. A notify that nobody waits for is lost: so look at the data first.",
           "Condition", "with condition: while not ready: condition.wait()；修改数据的一方在同一个 with 里 notify。没人等待时的 notify "
           "会丢失，所以先检查数据。",
           "159 ipc.Event"),
    Answer("barrier|栅栏|屏障 ", "Barrier",
           "Barrier(n): each wait() waits until n have come, then all go on. Between processes ipc.Barrier.",
           "Barrier", "Barrier(n)：每个 wait() 等到 n 个都到齐，再一起继续。进程之间用 ipc.Barrier。", "ipc.Barrier "
           "error:A_barrier_that_broke"),
    Answer("timer|every second|periodic|each second|schedule|interval|定时|每秒|每隔|周期", "Doing something every second",
           "while not stop.wait(1): work(), with an Event, in a thread; since the work takes time, too, count the "
           "next moment from the start (time.monotonic) so that it does not drift.",
           "每秒做一件事", "在线程里 while not stop.wait(1): work()，stop 是 Event；工作本身也花时间，所以从起点计算下一个时刻（time.monotonic），"
           "否则会越来越慢。",
           "77 files.timelog.log_time scripts/log_time.py"),
    Answer(f"{PROCESS}|pool|multiprocessing|进程池 & {SLOW}", "Processes that are no faster",
           "Starting a process and pickling arguments and results cost time: give each a large piece of work, "
           "reuse them in a pool, take chunks. More processes than cores do not help.",
           "多进程没有变快", "启动进程、序列化参数和结果都要时间：每次分给它大块的工作，用进程池重复使用，分块（chunksize）。进程数超过核数没有用。",
           "concurrency.ProcessPool concurrency.map_unordered docs/concurrency.md#to-be-fast"),
    Answer("queue|pipe|队列|管道 & big|large|slow|fast|array|numpy|大|慢|快|多数据|数组", "Large data between processes",
           "Queue and Pipe pickle and copy. Large arrays go into shared memory (ipc.Array, ipc.create_shm), many "
           "small records into a ring (ipc.open_ring).",
           "进程之间传大数据", "Queue 和 Pipe 要 pickle 和复制。大数组放共享内存（ipc.Array、ipc.create_shm），大量小记录用环形缓冲区（ipc.open_ring）。",
           "ipc.create_shm ipc.open_ring ipc.Array"),
    Answer("share|共享|传 & dict|list|字典|列表 & process|进程", "A dict or a list for several processes",
           "multiprocessing.Manager().dict() keeps it in a process of its own (slow, and d[k] += 1 still needs a "
           "lock); often a Queue of results is simpler. Numbers: ipc.Array.",
           "多个进程共享字典或列表", "multiprocessing.Manager().dict() 把它放在一个单独的进程里（慢，而且 d[k] += 1 仍要加锁）；通常用队列收集结果更简单。数字用 "
           "ipc.Array。",
           "ipc.Queue ipc.Array 126"),
    Answer("value|array|ctypes|typecode|类型码 & 'i'|'d'|'c'|letter|type|code|string|字母|类型|字符串|什么意思|代表",
           "The letters of Value and Array",
           "'i' int of 4 bytes, 'l' long, 'q' 8 bytes, 'f' 'd' floating point, 'c' one byte; capitals have no "
           "sign. Text is an Array of 'c', bytes only.",
           "Value 与 Array 的类型字母", "'i' 4 字节整数，'l' long，'q' 8 字节，'f' 'd' 浮点数，'c' 一个字节；大写无符号。文字用 'c' 的 Array，只能放字节。",
           "ipc.Value ipc.Array 128"),
    Answer("lock|mutex|锁 & process|进程", "A lock between processes",
           "threading.Lock knows one process only. multiprocessing.Lock, handed over as an argument; ipc.Lock is "
           "freed by the system when its holder is killed.",
           "进程之间的锁", "threading.Lock 只管一个进程。用 multiprocessing.Lock，作为参数传过去；ipc.Lock 在持有者被杀死时由系统释放。",
           "ipc.Lock plain:shared_value"),
    Answer("pickle|picklable|序列化 & what|which|why|can|cannot|lambda|process|什么|哪些|为什么|能|不能|进程 // "
           "lambda|nested function|local function|inner function|匿名函数|嵌套函数|内部函数 & pool|process|map|池|进程",
           "What can be pickled",
           "Functions and classes at the top of a module (by name), data made of them; not lambdas, nested "
           "functions, locks, sockets, files, generators.",
           "什么能 pickle", "模块顶层的函数和类（按名字）以及由它们组成的数据；lambda、嵌套函数、锁、套接字、文件、生成器不行。",
           "error:Can't_pickle_a_function error:cannot_pickle_an_object 36"),
    Answer("pool|池 & map|apply|imap|submit|order|顺序 & " + DIFF + "|order|顺序|which|结果|什么", "map, imap, apply_async",
           "map waits for all and keeps the order; imap yields them in order as they come, imap_unordered as they "
           "are done; apply_async is one call whose result is asked for by get().",
           "map、imap、apply_async", "map 等全部完成，保持次序；imap 按次序逐个给出，imap_unordered 谁先完成给谁；apply_async 是单次调用，用 get() 取结果。",
           "concurrency.ProcessPool concurrency.map_unordered plain:process_pool"),
    Answer("pool|池 & queue|队列|lock|锁|value|共享", "A queue or a lock for the workers of a pool",
           "They go by inheritance, not as arguments of a task: give them to initializer=, initargs=, or take "
           "multiprocessing.Manager().Queue(); what a task returns comes back by itself.",
           "在进程池里用队列或锁", "它们只能在进程启动时传，不能作任务的参数：用 initializer=、initargs=，或 multiprocessing.Manager().Queue()；"
           "任务的返回值本来就会传回来。",
           "error:Shared_objects_go_by_inheritance concurrency.ProcessPool"),
    Answer("global|全局 & function|thread|variable|need|assign|函数|线程|变量|要|声明", "global",
           "A function that assigns to a variable of the module (=, +=, for, import, def, with) needs global name; "
           "one that only reads "
           "it, or changes the object (list.append), does not. Threads share it and need a lock, processes do not "
           "share it.",
           "global", "函数要给模块的变量赋值（=、+=、for、import、def、with）时写 global 名字；只读，或只修改对象内容（list.append），不用写。线程共享它、要加锁，"
           "进程之间不共享。",
           "83 126 plain:thread_lock"),
    Answer("thread|线程 & how many|number|list|count|running|几个|多少|查看|哪些|名字|current|当前", "Which threads there are",
           "threading.active_count(), threading.enumerate(), threading.current_thread().name; from outside ps -T "
           "-p PID (Linux), the "
           "Task Manager's details (Windows).",
           "有哪些线程", "threading.active_count()、threading.enumerate()、threading.current_thread().name；从外面看：ps -T -p "
           "PID（Linux），任务管理器的详细信息（Windows）。",
           "plain:thread_attributes concurrency.ResultThread"),
    Answer("race|竞态|竞争条件|线程安全|thread safe|thread-safe", "Races",
           "Two threads read, change and store the same thing, and one change is lost; it depends on the moment. "
           "See it with scripts/sell_tickets.py; cure: one Lock around reading and storing.",
           "竞态", "两个线程读取、修改、存回同一个数据，其中一次修改丢失；是否发生取决于时机。用 scripts/sell_tickets.py 可以看到；用一把锁包住读和写。",
           "scripts/sell_tickets.py plain:thread_lock 39"),
    Answer("thread pool|threadpool|线程池", "A pool of threads",
           "with ThreadPoolExecutor(10) as pool: futures = [pool.submit(f, x) ...], future.result(); map_unordered "
           "gives results as they come. For waiting, not for calculating.",
           "线程池", "with ThreadPoolExecutor(10) as pool: futures = [pool.submit(f, x) ...]，future.result()；"
           "map_unordered 谁先完成给谁。适合等待，不适合计算。",
           "concurrency.map_unordered concurrency.run_in_threads"),
    Answer("process pool|进程池 & how|use|write|what|why|怎么|用|写|什么|步骤", "A pool of processes",
           "Under if __name__ == \"__main__\": with concurrency.ProcessPool() as pool: pool.submit(f, x).result(), "
           "pool.map(f, items); functions at the top of the file.",
           "进程池", "在 if __name__ == \"__main__\": 之下，with concurrency.ProcessPool() as pool: pool.submit(f, "
           "x).result()、pool.map(f, items)；函数写在文件顶层。",
           "concurrency.ProcessPool plain:process_pool scripts/show_pool.py"),
    Answer("main|parent|主进程|父进程|主线程 & end|exit|finish|结束|退出|完了 & child|daemon|background|still|running|子进程|子线程|还在|"
           "后台|继续", "The main program ends, the others go on",
           "Threads and multiprocessing's children that are no daemons are waited for; forked children go on as "
           "orphans. daemon=True ends them with the program.",
           "主程序结束，其他还在运行", "非 daemon 的线程和 multiprocessing 子进程，主程序会等它们；fork 的子进程会作为孤儿继续运行。daemon=True 则随主程序一起结束。",
           "122 40 scripts/show_orphan.py"),
    Answer("state|status|状态 & process|thread|进程|线程|ps // "
           "process|进程 & see|list|show all|查看|看到|有哪些|ps |任务管理器", "States of a process",
           "New, ready, running, waiting, ended. In ps: R running or ready, S waiting, D waiting for a disk, T "
           "stopped, Z zombie. Threads: is_alive().",
           "进程的状态", "新建、就绪、运行、等待、终止。ps 里：R 运行或就绪，S 等待，D 等磁盘，T 停止，Z 僵尸。线程用 is_alive()。",
           "docs/concurrency.md#what-the-system-keeps-of-a-process-the-pcb-and-the-states-in-ps "
           "concurrency.processes.zombies.process_state"),
    Answer("pid|ppid|getpid|进程号", "Process numbers",
           "os.getpid() is one's own, os.getppid() the parent's; Process.pid that of a child after start. Numbers "
           "are used again.",
           "进程号", "os.getpid() 是自己的，os.getppid() 是父进程的；Process.pid 是子进程的（start 之后才有）。编号会被重用。",
           "concurrency.fork_child plain:process_attributes"),
    Answer("mutual exclusion|synchroni|互斥|同步 & " + DIFF + "|" + HOW, "Mutual exclusion and synchronisation",
           "Mutual exclusion: only one at a time in a critical section (Lock). Synchronisation: one waits until "
           "another has done something (Event, Condition, Queue, join).",
           "互斥与同步", "互斥：临界区一次只能进一个（Lock）。同步：一个要等另一个做完某事（Event、Condition、Queue、join）。",
           "docs/concurrency.md#mutual-exclusion-and-synchronisation-互斥-同步 ipc.Lock ipc.Event"),
    Answer("command|shell|subprocess|cmd|命令 & run|execute|remote|output|执行|运行|远程|结果", "Running a command",
           "subprocess.run([\"ls\", \"-l\"], capture_output=True): stdout is bytes, on a Chinese Windows in GBK. "
           "Never run what strangers send over the network.",
           "执行系统命令", "subprocess.run([\"ls\", \"-l\"], capture_output=True)：stdout 是字节串，中文 Windows 上是 GBK 编码。"
           "不要执行陌生人从网络发来的命令。",
           "concurrency.describe_exit tcp.send_frame"),
    # files and bytes
    Answer("file|open|文件 & close|关闭|关 & forg|not|without|never|没|不|忘 // "
           "with & open|close|文件|打开 & " + DIFF + "|" + HOW, "with open(...)",
           "with closes the file at its end, also after an exception, and so writes the buffer; without it call "
           "close() in finally.",
           "with open(...)", "with 结束时（包括出异常时）会关闭文件，缓冲区也随之写出；不用 with 就要在 finally 里 close()。",
           "files.read_lines 54 error:I/O_operation_on_closed_file"),
    Answer("rb|wb|binary|text mode|二进制|文本模式 & r |w |text|differ|vs|mode|when|区别|文本|什么|为什么|要|模式|打开|和",
           "Text and binary files",
           "\"r\" gives str: bytes are decoded, line ends made \\n. \"rb\" gives the bytes as they are: for "
           "pictures, for copying, for the network.",
           "文本与二进制文件", "\"r\" 得到 str：字节被解码，换行统一成 \\n。\"rb\" 得到原样的字节：用于图片、复制、网络传输。",
           "files.explain_mode 66 72"),
    Answer("copy|backup|复制|拷贝|备份 & folder|directory|文件夹|目录", "Copying a folder",
           "concurrency.copy_folder(source, target, executor): each file is a task of a pool, with progress; "
           "shutil.copytree does it one by one.",
           "复制文件夹", "concurrency.copy_folder：每个文件是池中的一个任务，可显示进度；shutil.copytree 则是逐个复制。",
           "concurrency.copy_folder scripts/copy_folder.py plain:copy_folder"),
    Answer("copy|复制|拷贝|split|分 & half|halves|parts|pieces|two process|一半|两半|上下|几部分|分段|分成 & " + FILE,
           "Copying a file in parts",
           "files.copy_in_parts: each job opens both files by itself, seeks to its part and copies so many bytes. "
           "Never share one file object between processes.",
           "分段复制文件", "files.copy_in_parts：每个任务自己打开两个文件，seek 到自己那段，复制指定的字节数。不要让多个进程共用一个文件对象。",
           "files.copy_in_parts plain:picture_halves scripts/split_file.py"),
    Answer("byte|bytes|字节 & int|integer|number|整数|数字 & convert|turn|make|to |from|转|变成|换", "Integers and bytes",
           "n.to_bytes(4, \"big\"), int.from_bytes(data, \"big\"), or struct.pack(\"!I\", n); str(n).encode() are "
           "decimal digits; bytes(n) are n zeros.",
           "整数与字节串", "n.to_bytes(4, \"big\")、int.from_bytes(data, \"big\")，或 struct.pack(\"!I\", n)；"
           "str(n).encode() 是十进制数字；bytes(n) 是 n 个零字节。",
           "113 packing.Record packing.fields.big_or_little"),
    Answer("record|struct|student|packet|记录|结构|学生 & stream|socket|tcp|recv|receive|套接字|网络|接收|收", "Records over TCP",
           "One recv is not one record: feed a packing.RecordDecoder with what recv returns, or read exactly "
           "Record's size with recv_exactly.",
           "用 TCP 收记录", "一次 recv 不等于一条记录：把 recv 的结果交给 packing.RecordDecoder，或用 recv_exactly 读出正好一条的大小。",
           "packing.RecordDecoder tcp.recv_exactly 25"),
    Answer("readline|readlines|read()|read( & " + DIFF + "|" + HOW, "read, readline, readlines",
           "read() is everything, readline() one line with its \\n (\"\" at the end), readlines() a list of all; "
           "for line in file reads one after the other.",
           "read、readline、readlines", "read() 读全部，readline() 读一行（带 \\n，到末尾返回 \"\"），readlines() 读成列表；for line in "
           "file 逐行读，最省内存。",
           "1 files.read_lines plain:read_file"),
    Answer("line|lines|行 & count|how many|number of|nth|certain|specific|jump|middle|多少行|行数|第几|某一行|指定|中间",
           "Counting lines, and the nth line",
           "files.count_lines(path); files.LineIndex(path)[n] jumps to line n without reading again what is before "
           "it.",
           "统计行数与读取第 n 行", "files.count_lines(path)；files.LineIndex(path)[n] 直接跳到第 n 行，不必每次从头读。",
           "files.count_lines files.LineIndex"),
    Answer(f"{FILE} & exist|存在|在不在|有没有", "Does a file exist?",
           "os.path.exists(path), isfile for files only; better try open and catch FileNotFoundError. open(path, "
           "\"x\") makes a file only if there is none.",
           "文件是否存在", "os.path.exists(path)，只要文件用 isfile；更好的是直接 open 并捕获 FileNotFoundError。open(path, \"x\") "
           "只在不存在时创建。",
           "78 files.describe_file files.explain_mode"),
    Answer(f"{FILE} & size|time|info|how big|stat|大小|多大|时间|信息|属性", "Facts about a file",
           "files.describe_file(path): size, room on the disk, times, rights; os.path.getsize(path) for the size "
           "alone.",
           "文件的信息", "files.describe_file(path)：大小、占用空间、时间、权限；只要大小用 os.path.getsize(path)。",
           "files.describe_file 8"),
    Answer("path|路径|c:\\ & backslash|windows|\\|反斜杠|转义|斜杠|找不到", "Paths of Windows",
           "\"C:\\new\" has a newline in it: write r\"C:\\new\", or \"C:/new\". A relative path begins at the "
           "folder in which you started Python (os.getcwd()).",
           "Windows 的路径", "\"C:\\new\" 里的 \\n 是换行：写成 r\"C:\\new\" 或 \"C:/new\"。相对路径从启动 Python 时所在的目录算起（os.getcwd()）。",
           "error:A_backslash_in_a_Windows_path error:No_such_file_or_directory"),
    Answer("delete|remove|rename|删|重命名|改名 & " + FILE + "|folder|文件夹|目录", "Deleting and renaming",
           "os.remove(path), os.rename or os.replace; on Windows the file must be closed first ([WinError 32]). A "
           "folder: shutil.rmtree.",
           "删除与改名", "os.remove(path)、os.rename 或 os.replace；Windows 上必须先关闭文件（[WinError 32]）。目录用 shutil.rmtree。",
           "error:The_file_is_used_by_another_process files.replace_file"),
    Answer("flush|fsync|sync & " + DIFF + "|" + HOW + "|disk|磁盘", "flush and fsync",
           "flush hands Python's buffer to the system: other programs see it. os.fsync(file.fileno()) waits until "
           "it is on the disk. files.sync does both.",
           "flush 与 fsync", "flush 把 Python 的缓冲交给系统，别的程序就能看到；os.fsync(file.fileno()) 等到写入磁盘。files.sync 两者都做。",
           "73 files.sync files.watch_buffering"),
    Answer("descriptor|fileno|文件描述符|句柄", "File descriptors",
           "A small number by which the system knows an open file or socket: 0 input, 1 output, 2 errors; the "
           "lowest free one comes next. files.list_descriptors shows them.",
           "文件描述符", "系统用来标识打开的文件或套接字的小整数：0 输入，1 输出，2 错误；新打开的用最小的空闲编号。files.list_descriptors 可列出。",
           "files.list_descriptors 9 error:Too_many_open_files"),
    # how to work
    Answer("two|second|several|两个|第二个|多个|同时运行 & terminal|program|window|pycharm|vscode|client|same computer|run|终端|"
           "程序|窗口|客户端|电脑|运行 & pycharm|vscode|idle|terminal|same "
           "computer|window|one computer|how to run|终端|一个电脑|一台电脑|窗口|怎么开|怎么运行|怎么同时", "Server and client on one "
           "computer",
           "Two terminals: the server in one, each client in another, all with 127.0.0.1. PyCharm: Edit "
           "Configurations, Allow multiple instances. IDLE will not do for two.",
           "在一台电脑上运行服务器和客户端", "开两个终端：一个运行服务器，其他的各运行一个客户端，都用 127.0.0.1。PyCharm：Edit Configurations 里勾选 Allow "
           "multiple instances。不要用 IDLE。",
           "docs/windows.md#powershell-and-cmd scripts/talk_tcp.py scripts/serve_echo.py"),
    Answer("install|use netio|import netio|start with|begin|安装|怎么用这个|从哪开始|入门|怎么开始 & netio|library|this|package|"
           "start|learn|库|这个|学|开始", "How to begin",
           "Nothing need be installed: python3 -m netio in the folder says where to start, scripts/ runs as it is, "
           "python3 -m netio copy NAME gives you a function to paste.",
           "从哪里开始", "不必安装：在该目录运行 python3 -m netio 会告诉你从哪里开始，scripts/ 可以直接运行，python3 -m netio copy 名字 给出可以粘贴的函数。",
           "docs/README.md scripts/tour.py error:netio_itself_is_not_found"),
    Answer("memory|copy on write|内存|变量 & fork|写时复制|写时拷贝", "Memory after fork",
           "The child sees the same values, but has its own: pages are shared until one of the two writes (copy on "
           "write). A change is never seen by the other.",
           "fork 之后的内存", "子进程看到同样的值，但各自独立：页面先共享，一方写入时才复制（写时复制）。一方的修改另一方看不到。",
           "154 concurrency.processes.fork_facts.memory_after_fork "
           "docs/pictures.md#what-fork-does-to-memory--fork-之后的内存"),
    Answer("sparse|hole|空洞|稀疏 ", "Files with holes",
           "seek beyond the end and write: the gap reads as zeros and takes no room on the disk (where the file "
           "system can). files.make_sparse, files.map_extents.",
           "空洞文件", "seek 到末尾之后再写：中间读出来是零，不占磁盘（文件系统支持时）。files.make_sparse、files.map_extents。",
           "files.make_sparse files.map_extents 8"),
]
