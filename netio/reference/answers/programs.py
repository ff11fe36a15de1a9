"""Answers about threads and processes."""
from __future__ import annotations

from .answer import Answer, DIFF, HANG, HOW, PROCESS, RESULT, SHARE, SLOW, STOP, THREAD, WRONG

ANSWERS = [
    # threads and processes
    Answer(f"{THREAD}|gil & {SLOW}", "Threads that are no faster",
           "The GIL lets one thread at a time run Python code: threads help to wait (network, files), not to "
           "calculate. For calculations take "
           "processes: ProcessPool.",
           "多线程没有变快",
           "GIL 使同一时刻只有一个线程执行 Python 代码：线程适合等待（网络、文件），不适合计算。计算要用进程：ProcessPool。",
           "concurrency.is_gil_enabled concurrency.ProcessPool scripts/show_gil.py"),
    Answer(f"gil|全局解释器 & {HOW}|lock|safe|锁|安全", "The GIL and locks",
           "The GIL protects Python itself, not your data: between reading and storing in n += 1 another thread "
           "may run. Shared data needs a Lock.",
           "GIL 与锁",
           "GIL 保护的是解释器，不是你的数据：n += 1 的读和写之间可能切换到别的线程。共享数据仍然要加锁。",
           "39 concurrency.is_gil_enabled plain:thread_lock"),
    Answer(f"{THREAD} & {PROCESS} & {DIFF}|when|which|choose|选|用哪|什么时候|啥|关系",
           "Threads or processes",
           "Threads share the memory of one process, start quickly, and share one GIL; processes have their own "
           "memory and use all cores, and need pipes, queues "
           "or shared memory to talk.",
           "线程还是进程",
           "线程共享一个进程的内存，启动快，但共用一把 GIL；进程各有自己的内存，能用上所有核，之间要用管道、队列或共享内存通信。",
           "concurrency.run_in_threads concurrency.Process scripts/compare_models.py"),
    Answer(f"{THREAD} & {RESULT}", "The result of a thread",
           "threading.Thread throws it away. ResultThread.join() returns it, or raises the target's exception; or "
           "let the thread put it into a "
           "queue.Queue.",
           "线程的返回值",
           "threading.Thread 会丢掉返回值。ResultThread.join() 返回它，或抛出目标函数的异常；也可以让线程放进 queue.Queue。",
           "concurrency.ResultThread concurrency.run_in_threads"),
    Answer(f"{PROCESS} & {RESULT}|父进程|parent & get|back|give|return|send|pass|result|拿|取|给|返回|传|结果",
           "The result of a process",
           "A child has its own memory: what it returns or assigns stays there. concurrency.Process(...).join "
           "gives it to you; or a Queue, a pipe, a "
           "pool.",
           "进程的返回值",
           "子进程有自己的内存，返回或赋的值都留在那里。concurrency.Process 能把结果交给你；也可以用 Queue、管道或进程池。",
           "concurrency.Process concurrency.run_in_child ipc.Queue"),
    Answer(f"{THREAD} & {STOP}", "Stopping a thread",
           "No thread can be killed from outside. Let it look at an Event in its loop (while not stop.is_set()), "
           "wait with timeouts, and join it; a daemon "
           "thread dies with the program, anywhere in its work.",
           "停止线程",
           "线程不能从外面杀死。让它在循环里检查 Event（while not stop.is_set()），等待都带超时，最后 join；daemon 线程随程序一起结束，可能停在任意一处。",
           "plain:thread_event ipc.Event 157"),
    Answer("join & what|mean|why|for|do|need|thread|process|干嘛|干什么|作用|什么|为什么|啥|用|线程|进程|必须|阻塞",
           "join",
           "join waits until the thread or process has ended. Without it the program goes on at once; a child that "
           "is not joined remains a zombie until it "
           "is collected. Start all first, then join all.",
           "join",
           "join 等待线程或进程结束。不 join 程序就立刻往下走；子进程不回收会成为僵尸。要先全部 start，再逐个 join。",
           "concurrency.ResultThread concurrency.Process 120"),
    Answer("daemon|守护", "Daemon threads and processes",
           "daemon=True: the program does not wait for it at its end; a daemon thread stops anywhere, a daemon "
           "process is terminated. Set it before "
           "start. A daemon of Unix, with double fork, is something else.",
           "守护线程与守护进程",
           "daemon=True：程序结束时不等它；守护线程会停在任意一处，守护进程会被终止。要在 start 之前设置。Unix 的 daemon（二次 fork）是另一回事。",
           "157 40 concurrency.Process"),
    Answer(f"{SHARE} & {PROCESS}|fork & {SHARE}|{WRONG}|not|update|change|不变|没变|不能|修改|改|看不到|怎么",
           "Variables and processes",
           "Each process has its own copy of every variable; what a child changes the parent does not see. Share a "
           "number by ipc.Value, objects by a "
           "Queue or a pipe.",
           "变量与进程",
           "每个进程都有自己的一份变量，子进程的修改父进程看不到。共享数字用 ipc.Value，传对象用 Queue 或管道。",
           "ipc.Value ipc.Queue 126"),
    Answer(f"{THREAD} & {SHARE}|same|ticket|票|同一|抢|race|{WRONG} & {WRONG}|safe|lock|ticket|protect|票|锁|安全|抢|同时|怎么",
           "Threads that change the same thing",
           "n += 1, or \"if tickets: tickets -= 1\", is several steps, and another thread may run in between. Hold "
           "one Lock around all of them: with lock:.",
           "多个线程修改同一数据",
           "n += 1 或“有票就减一”都是好几步，中间可能切换线程。用同一把锁把这几步包起来：with lock:。",
           "plain:thread_lock scripts/sell_tickets.py 39"),
    Answer(f"value|counter|number|sum|total|计数|数字|结果|票|Value|value & {PROCESS} & {WRONG}|lock|锁",
           "Processes that change the same number",
           "value.value += 1 is reading and storing, and another process may come in between: with "
           "value.get_lock():, or ipc.Value with its lock.",
           "多个进程修改同一个数",
           "value.value += 1 是先读再写，别的进程可能插在中间：用 with value.get_lock():，或 ipc.Value 的锁。",
           "ipc.Value scripts/share_counter.py 39"),
    Answer("lock|mutex|锁 & forg|release|never|with|acquire|exception|忘|释放|解锁|异常|没放", "Releasing a lock",
           "Use with lock:, which releases it whatever happens. Who forgets release lets all others wait for ever; "
           "CheckedLock says who holds it.",
           "释放锁",
           "用 with lock:，无论发生什么都会释放。忘记 release，其他线程就永远等下去；CheckedLock 会说出谁拿着锁。",
           "concurrency.CheckedLock 132 plain:thread_lock"),
    Answer("deadlock|dead lock|死锁|互相等 ", "Deadlock",
           "Two threads each hold a lock and want the other's. Take locks in the same order everywhere (hold_all), "
           "hold few, and use timeouts; CheckedLock "
           "raises instead of hanging.",
           "死锁",
           "两个线程各拿一把锁，又都等对方的那把。处处按同样的次序上锁（hold_all），少拿锁，用超时；CheckedLock 会抛异常而不是卡死。",
           "concurrency.hold_all concurrency.CheckedLock scripts/show_deadlock.py"),
    Answer("rlock|reentrant|re-entrant|可重入|递归锁|同一个线程 & lock|锁|acquire", "RLock",
           "A Lock blocks its own holder, too, when it asks again; threading.RLock lets the same thread in again "
           "and wants as many releases.",
           "RLock 可重入锁",
           "Lock 被持有它的线程再次 acquire 也会卡住；threading.RLock 允许同一线程重复进入，要释放同样的次数。",
           "144 concurrency.CheckedLock"),
    Answer(f"{THREAD} & communicat|talk|exchange|pass|signal|notify|wait for|通信|传|通知|等待", "Threads that talk",
           "Through objects that both know: queue.Queue for data, threading.Event for a signal, a Lock around what "
           "both change.",
           "线程间通信",
           "用双方都能看到的对象：传数据用 queue.Queue，通知用 threading.Event，共同修改的数据加锁。",
           "notes:线程间通信 plain:thread_event ipc.Event"),
    Answer(f"{PROCESS} & communicat|talk|exchange|ways|send|pass|object|data between|between|通信|传|交换|方式 & between|"
           "two|communicat|object|ipc|通信|之间|对象|数据",
           "Processes that talk",
           "Pipe for two, Queue for many, Value and Array for numbers in shared memory, sockets for other "
           "programs, signals for notices. Objects are "
           "pickled on their way.",
           "进程间通信",
           "两个之间用管道，多个之间用队列，共享数字用 Value 和 Array，不相干的程序用套接字，通知用信号。对象在途中要 pickle。",
           "ipc.open_pipe ipc.Queue docs/pictures.md#how-processes-talk--进程间通信的方式"),
    Answer("queue|队列 & get|take|read|取|读 & hang|stuck|wait|block|forever|empty|卡|一直等|阻塞|等|空", "Queue.get waits",
           "get waits until an item comes. Give it a timeout (queue.Empty then), or let the producer put an end "
           "mark (None), one for each consumer.",
           "Queue.get 一直等待",
           "get 会一直等到有数据。给它 timeout（到时抛 queue.Empty），或让生产者放入结束标记（None），每个消费者一个。",
           "ipc.Queue error:queue.Empty scripts/show_queue.py"),
    Answer(f"queue|队列 & join|exit|end|process|退出|结束|进程 & {HANG}", "A process with a Queue does not end",
           "multiprocessing: a child that has put items ends only after they were read from the pipe. Take all "
           "items before join.",
           "用了 Queue 的进程不退出",
           "multiprocessing 中，子进程放进队列的数据写进管道之后它才结束：要先取完所有数据，再 join。",
           "41 ipc.Queue"),
    Answer("producer|consumer|生产者|消费者", "Producer and consumer",
           "A Queue with a maximum size between them: put waits when it is full, get when it is empty; an end mark "
           "for each consumer.",
           "生产者与消费者",
           "中间放一个有上限的队列：满了 put 等待，空了 get 等待；给每个消费者一个结束标记。",
           "ipc.Queue scripts/show_queue.py plain:message_queue"),
    Answer("pool|池 & apply|async|map|error|exception|nothing|result|silent|报错|结果|没反应|没输出|异常 & nothing|silent|no "
           "error|no result|not run|get|没|不|看不到|异常",
           "A pool that says nothing",
           "An exception of a task is kept in its result: call result.get(). And close and join the pool, or use "
           "it in with, before the program ends.",
           "进程池没有任何输出",
           "任务的异常保存在结果里：要调用 result.get()。程序结束之前要 close、join，或放在 with 里使用。",
           "42 concurrency.ProcessPool plain:process_pool"),
    Answer("pool|map|池 & argument|parameter|two|several|multiple|tuple|多个参数|两个参数|参数|两个",
           "More than one argument for map",
           "pool.starmap(function, [(1, 2), (3, 4)]), or functools.partial for what is always the same; "
           "concurrent.futures: map(function, firsts, "
           "seconds).",
           "map 传多个参数",
           "pool.starmap(函数, [(1, 2), (3, 4)])；固定不变的参数用 functools.partial；concurrent.futures 用 map(函数, 列表一, 列表二)。",
           "concurrency.ProcessPool concurrency.map_unordered"),
    Answer("pool|池 & size|how many|number|workers|大小|多少|几个|数量 // "
           "thread|process|worker|线程|进程 & how many|多少个|开几个|几个合适|多少线程|多少进程|几个线程|几个进程 & should|best|use|合适|最好|开|用",
           "How many workers",
           "For calculations as many as CPUs (os.cpu_count(), or what the process may use); for waiting (network) "
           "more, in threads.",
           "进程池开多大",
           "计算型任务与可用的 CPU 数相同（os.cpu_count()）；等待型任务（网络）用更多的线程。",
           "158 concurrency.ProcessPool"),
    Answer("pool|worker|池 & crash|die|dead|killed|hang|lost|崩|死|卡|被杀|挂", "A worker that dies",
           "multiprocessing.Pool waits for ever for the task of a worker that was killed; ProcessPoolExecutor "
           "raises BrokenProcessPool; netio's ProcessPool "
           "raises and starts a new one.",
           "进程池的工作进程死掉",
           "multiprocessing.Pool 会一直等被杀进程的任务；ProcessPoolExecutor 抛出 BrokenProcessPool；netio 的 ProcessPool "
           "抛出异常并补上新进程。",
           "concurrency.ProcessPool error:A_worker_of_the_pool_died"),
    Answer("limit|at most|maximum|no more than|only|限制|最多|控制|不超过 & concurren|parallel|simultan|same time|thread|"
           "process|download|connection|number|并发|同时|线程|进程|下载|连接|数量",
           "At most so many at once",
           "A semaphore: with semaphore: around the work; between processes ipc.Semaphore or ipc.CapacityLimiter; "
           "or a pool with so many workers.",
           "限制同时进行的数量",
           "信号量：用 with semaphore: 把工作包起来；进程之间用 ipc.Semaphore 或 ipc.CapacityLimiter；或者用固定大小的池。",
           "ipc.Semaphore ipc.CapacityLimiter concurrency.ProcessPool"),
    Answer("zombie|defunct|僵尸|<defunct>|收尸", "Zombies",
           "A child that has ended and whose parent has not called wait: it holds a pid and nothing else. Collect "
           "it: os.wait, join, reap_children; kill does "
           "not help.",
           "僵尸进程",
           "子进程已结束而父进程没有 wait：只占一个 pid。要回收：os.wait、join、reap_children；kill 它没有用。",
           "concurrency.reap_children concurrency.wait_child scripts/show_zombie.py"),
    Answer("orphan|孤儿|parent dies|parent ends|parent exits|父进程先|父进程死|父进程退出|父进程结束", "Orphans",
           "A child goes on when its parent has ended; process 1 (or a subreaper) adopts it and collects it. It "
           "does no harm.",
           "孤儿进程",
           "父进程结束后子进程继续运行，由 1 号进程（或 subreaper）收养并回收，没有害处。",
           "scripts/show_orphan.py 117 concurrency.processes.zombies.make_orphan"),
    Answer(f"fork & {HOW}|return|pid|0|zero|twice|返回|两次|0 ", "What fork returns",
           "fork returns twice: 0 in the child, the child's pid in the parent. Both go on after it with a copy of "
           "all variables.",
           "fork 的返回值",
           "fork 返回两次：子进程里得到 0，父进程里得到子进程的 pid。两者都从 fork 之后继续，各有一份变量的副本。",
           "concurrency.fork_child plain:fork_process scripts/show_fork.py"),
    Answer("windows & fork", "Windows has no fork",
           "Use multiprocessing, which starts Python anew (spawn): functions at the top of the file, if __name__ "
           "== \"__main__\":, arguments that pickle.",
           "Windows 没有 fork",
           "用 multiprocessing，它会重新启动 Python（spawn）：函数写在模块顶层，要有 if __name__ == \"__main__\":，参数要能 pickle。",
           "concurrency.Process error:There_is_no_fork docs/windows.md#what-windows-lacks"),
    Answer("__main__|name main|name ==|if name & why|need|windows|what|mean|process|为什么|要|必须|什么|作用|进程",
           "if __name__ == \"__main__\"",
           "With spawn (Windows, macOS) each child imports your file again; without the guard it would start "
           "children, too. From 3.14 on Linux (forkserver) "
           "needs it as well.",
           "if __name__ == \"__main__\"",
           "spawn（Windows、macOS）下每个子进程都重新导入你的文件；没有这一句，子进程又会创建子进程。3.14 起 Linux（forkserver）也需要。",
           "error:bootstrapping_phase,_freeze_support concurrency.Process docs/windows.md#what-windows-lacks"),
    Answer("print|output|输出|打印 & twice|two times|double|两次|两遍|重复 & fork|process|child|进程",
           "Output that appears twice",
           "What was in the buffer at fork is written by both. sys.stdout.flush() before fork; os._exit in the "
           "child writes nothing.",
           "输出出现两次",
           "fork 时缓冲区里的内容会被父子各写一次。fork 之前 sys.stdout.flush()；子进程里 os._exit 不写缓冲区。",
           "28 116 concurrency.processes.fork_facts.output_after_fork"),
    Answer("signal|sigterm|sigkill|sigint|kill -9|kill|ctrl|信号 & catch|handle|ignore|capture|handler|clean|-9|捕获|"
           "捕捉|处理|忽略",
           "Catching signals",
           "signal.signal(SIGTERM, handler) in the main thread; SIGKILL (kill -9) and SIGSTOP cannot be caught. A "
           "loop reads them by "
           "SignalReceiver.",
           "捕获信号",
           "在主线程里 signal.signal(SIGTERM, 处理函数)；SIGKILL（kill -9）和 SIGSTOP 捕获不了。在循环里可用 SignalReceiver 读取。",
           "concurrency.SignalReceiver ipc.SignalWaiter ipc.send_signal"),
    Answer("ctrl|keyboardinterrupt|interrupt|中断 & server|stop|clean|not|work|thread|停|服务|退出|不了|不掉|没用|没反应|优雅|关",
           "Ctrl-C and servers",
           "Catch KeyboardInterrupt around the loop and close in finally; wait in short steps, or Windows hears "
           "Ctrl-C only between two calls. A thread that "
           "is no daemon keeps the program alive. concurrency.serve ends cleanly.",
           "Ctrl-C 与服务器",
           "在循环外面捕获 KeyboardInterrupt，在 finally 里关闭；等待要分成小段，Windows 上 Ctrl-C 只在两次调用之间起作用。非 daemon 线程会让程序不退出。"
           "concurrency.serve 会干净地结束。",
           "concurrency.serve concurrency.SignalReceiver docs/windows.md#powershell-and-cmd"),
    Answer("select|poll|epoll|multiplex|event loop|多路复用|事件循环 & differ|vs|which|what|how|better|区别|什么|怎么|哪个|原理|和|好",
           "select, poll, epoll",
           "Each waits for many sockets in one thread. select: everywhere, up to 1024 descriptors on POSIX; poll: "
           "without that limit; epoll (Linux) and kqueue "
           "(macOS): no list to hand over each time. The selectors module chooses.",
           "select、poll、epoll",
           "都是在一个线程里等待许多套接字。select 到处都有，POSIX 上一般限 1024 个描述符；poll 没有这个限制；epoll（Linux）、kqueue（macOS）不必每次传整个列表。"
           "selectors 模块会替你选。",
           "plain:select_server plain:epoll_server concurrency.available_models"),
    Answer("blocking|nonblocking|non-blocking|asynchronous|阻塞|非阻塞|同步|异步 & differ|vs|what|mean|区别|什么|是|和|概念",
           "Blocking and non-blocking",
           "A blocking call waits until it can answer; a non-blocking one returns at once, with BlockingIOError "
           "where there is nothing yet; with a timeout it "
           "waits so long.",
           "阻塞与非阻塞",
           "阻塞调用一直等到有结果；非阻塞调用立刻返回，没有结果就抛 BlockingIOError；带超时的最多等那么久。",
           "term:阻塞_非阻塞_超时 tcp.Deadline error:Resource_temporarily_unavailable"),
    Answer("asyncio|async|await|coroutine|协程", "asyncio",
           "One thread, many coroutines that give way at await; netio's protocols run under it by "
           "concurrency.for_asyncio. Never call what blocks "
           "(time.sleep, recv) in a coroutine.",
           "asyncio 与协程",
           "一个线程里许多协程，在 await 处让出；netio 的协议可用 concurrency.for_asyncio 放进 asyncio。协程里不要调用会阻塞的函数（time.sleep、recv）。",
           "concurrency.for_asyncio error:asyncio:_no_loop,_or_one_too_many"),
    Answer("pipe|管道 & how|one way|two|both|end|parent|child|recv|eof|close|怎么|单向|双向|两端|父子|关闭|方向", "Pipes",
           "ipc.open_pipe gives a sender and a receiver, multiprocessing.Pipe two ends that both read and write. "
           "The reader sees the end (EOFError) only after "
           "all copies of the other end are closed.",
           "管道",
           "ipc.open_pipe 给出发送端和接收端；multiprocessing.Pipe 的两端都能读写。另一端的所有副本都关闭之后，读的一方才看到结束（EOFError）。",
           "ipc.open_pipe ipc.open_duplex 125"),
    Answer("shared memory|共享内存 // shared memory|共享内存 & process|program|between|two|进程|程序|怎么|how|use|用",
           "Shared memory",
           "ipc.Value and ipc.Array for numbers, with a lock; ipc.create_shm and open_shm for bytes that any "
           "process finds by name.",
           "共享内存",
           "数字用 ipc.Value 和 ipc.Array，自带锁；按名字找到的字节块用 ipc.create_shm 和 open_shm。",
           "ipc.Value ipc.Array ipc.create_shm"),
    Answer("semaphore|信号量", "Semaphores",
           "A number of places: acquire takes one and waits at 0, release gives it back. Between threads "
           "threading.Semaphore, between processes "
           "ipc.Semaphore.",
           "信号量",
           "若干个名额：acquire 取一个，为 0 时等待；release 归还。线程之间用 threading.Semaphore，进程之间用 ipc.Semaphore。",
           "ipc.Semaphore scripts/limit_workers.py 38"),
    Answer("exit code|exit status|return code|exitcode|退出码|退出状态 & what|mean|negative|-|get|how|256|意思|负|怎么|拿|什么|获取",
           "Exit codes",
           "Process.exitcode: 0 is well, n > 0 an exit code, -n the signal that ended it (-9 SIGKILL, -11 "
           "SIGSEGV). os.wait's status is decoded by "
           "os.waitstatus_to_exitcode.",
           "退出码",
           "Process.exitcode：0 正常，正数是退出码，-n 表示被信号 n 终止（-9 SIGKILL，-11 SIGSEGV）。os.wait 的状态用 "
           "os.waitstatus_to_exitcode 解码。",
           "concurrency.describe_exit concurrency.decode_status 29"),
]
