"""The help of the scripts about concurrency and IPC, in Chinese."""
from __future__ import annotations

WORDS = {
    "Compare ways of doing the same work: in a row, in threads, in processes; and every server model under the same "
    "load.":
    "比较做同样工作的几种方式：依次、多线程、多进程；以及相同负载下的每种服务器模型。",
    "how often each work is done": "每种工作做几次",
    "look for primes below this": "求小于它的质数",
    "seconds of each wait": "每次等待几秒",
    "clients of each server": "每个服务器的客户端数",
    "servers (default: all)": "服务器模型（默认：全部）",
    "draw the charts into FILE, too": "把图表也画到 FILE",
    "Computing gains from processes only (or from threads on a free-threaded Python); waiting gains from either. The "
    "iterative server makes every client wait for those before it. The figures hold for this machine at this moment.":
    "计算只能靠多进程加快（自由线程版 Python 也可靠多线程）；等待用哪种都能加快。循环服务器让每个客户端等前面的客户端。数字只代表这台机器的此刻。",
    "Ten tasks, and never more than three at once: a limit between processes, drawn as a timeline.":
    "十个任务，同时最多三个：进程间的限额，画成时间线。",
    "processes to start": "启动几个进程",
    "how many may work at once": "最多几个同时工作",
    "how long each works": "每个工作多久",
    "One process accepts connections and hands each to another process, which answers it.": "一个进程接受连接，把每个连接交给另一个进程去回答。",
    "processes that answer": "负责回答的进程数",
    "connections to make": "建立几个连接",
    "Sell tickets at several windows (threads), with a lock and, to see why it is needed, without.":
    "多个窗口（线程）卖票：加锁；再不加锁，看看为什么需要锁。",
    "threads that sell": "卖票的线程数",
    "tickets to sell": "票数",
    "let the windows get in each other's way": "让各窗口互相干扰",
    "Without the lock the windows are made to meet between looking at a ticket and taking it, so the race is sure to "
    "happen.":
    "不加锁时，让各窗口在看到票与取走票之间相遇，所以竞争必然发生。",
    "Several processes add to one shared counter: first so that all updates but one are lost, then so that none is.":
    "几个进程给同一个共享计数器加数：先让更新只剩一个、其余全丢，再一个也不丢。",
    "processes that add": "加数的进程数",
    "additions of each in one step": "每个进程用一步完成的加法次数",
    "`counter.value = counter.value + 1` reads and writes in two steps. A barrier between them shows what bad luck "
    "would: all read the same number. `counter += 1` is one step.":
    "`counter.value = counter.value + 1` 的读和写是两步。中间放一个栅栏，就能重现运气不好的情形：大家读到同一个数。`counter += 1` 只有一步。",
    "Let two accounts transfer to each other at the same time: one way raises DeadlockError, two ways do not.":
    "让两个账户同时互相转账：一种写法会死锁并被告知，另两种不会。",
    "Both transfers meet where each holds its first lock, so the deadlock is no matter of luck.":
    "两次转账在各自拿到第一把锁时相遇，所以死锁不靠运气。",
    "Show what a forked child shares with its parent and what it does not (Linux, macOS).":
    "显示 fork 出的子进程与父进程共享什么、不共享什么（Linux、macOS）。",
    "Memory is copied, the offset of an open file is shared, and output that waits in a buffer appears twice.":
    "内存是复制的，已打开文件的偏移量是共享的，还在缓冲区里的输出会出现两次。",
    "Show what the GIL does: the same computation in threads and in processes, drawn over time.":
    "显示 GIL 的作用：同样的计算，用线程和用进程，按时间画出来。",
    "default: one for each CPU": "默认：每个 CPU 一个",
    "sum the primes below this": "对小于它的质数求和",
    "draw the processes' and threads' times into FILE, too": "把进程和线程的时间线也画到 FILE",
    "Threads take turns (each computes for a part of its time only), processes compute at the same time. Then: which "
    "calls let other threads run meanwhile? On a free-threaded Python the first picture looks like the second.":
    "线程轮流执行（每个只有一部分时间在计算），进程同时计算。然后：哪些调用期间别的线程能运行？在自由线程版 Python 上，第一幅图与第二幅图一样。",
    "Make an orphan, and show which process adopts it (Linux, macOS).": "制造一个孤儿进程，显示哪个进程收养它（Linux、macOS）。",
    "An orphan is a process whose parent has ended. The system gives it another parent, which collects it when it "
    "ends.":
    "孤儿进程是父进程已经结束的进程。系统给它另一个父进程，由后者在它结束时收尸。",
    "Two applications log in over a two-way pipe, one after the other, and one that dies is noticed.":
    "两个应用先后经双向管道登录；其中一个死掉，会被发觉。",
    "who asks; the guard knows app1": "谁来请求；守卫认识 app1",
    "app1 asks for leave to run, app2 gives it to those it knows. Then a third process dies without a word, and its "
    "partner hears of it.":
    "app1 请求运行许可，app2 只许可它认识的。然后第三个进程一声不响地死掉，对方会知道。",
    "Give a pool of processes tasks that succeed, fail, hang and kill their worker, and show what comes back.":
    "给进程池几种任务：成功的、出错的、卡死的、杀死工作进程的，看得到什么结果。",
    "seconds for each task": "每个任务最多几秒",
    "how to start the workers": "启动工作进程的方法",
    "No task harms another: a worker that hangs is killed after its timeout, one that died is replaced.":
    "任务之间互不连累：卡死的工作进程超时后被杀掉，死掉的会被替换。",
    "Producers and consumers around one bounded queue: full, empty, and an end for all.":
    "生产者和消费者围着一个有界队列：满、空，以及让所有人都能结束。",
    "processes that put": "放入的进程数",
    "processes that get": "取出的进程数",
    "numbers of each producer": "每个生产者放多少个数",
    "items it holds": "队列能放多少个",
    "Make a zombie, show it, collect it; then show the three cures (Linux, macOS).":
    "制造一个僵尸进程，显示它，给它收尸；再演示三种解决办法（Linux、macOS）。",
    "how long to keep the zombie": "僵尸进程保留几秒",
    "keep it for a while, to look at it with ps or top": "多留一会儿，用 ps 或 top 观察",
    "A zombie is a child that has ended and that its parent has not collected yet (state Z).":
    "僵尸进程是已经结束、父进程还没有收尸的子进程（状态 Z）。",
    "Stream messages through a ring of shared memory between two programs that know only a path.":
    "两个程序只需知道一个路径，就能经共享内存的环形缓冲区传送消息。",
    "where the receiver listens": "接收者监听的路径",
    "how many it waits for": "接收者等几个发送者",
    "messages to send": "发多少条消息",
    "messages to send at once": "一次发几条",
    "bytes in a message": "每条多少字节",
    "seconds to wait": "最多等几秒",
    "in one terminal": "在一个终端里",
    "in another": "在另一个终端里",
    "faster, in batches": "成批发送，更快",
    "Start `--senders` of the second for one of the first. Kill one of them: the other says so.":
    "第一个命令启动一个，第二个启动 `--senders` 个。杀掉其中一个，另一个会说出来。",
    "Sum the primes below a number with one, four and ten processes, and time each.": "用一个、四个、十个进程对小于某数的质数求和，各自计时。",
    "primes below this": "求小于它的质数",
    "processes (default: 1 4 10)": "进程数（默认：1 4 10）",
    "With more processes than CPUs nothing more is gained; starting them takes time, too.": "进程比 CPU 多，就不会再快；启动进程也要时间。",
    "{}: {}: {}": "{}：{}，原因：{}",
    "{}: {:.20}": "{}：{:.20}",
    "nested locks": "嵌套加锁",
    "locks in one order": "按同一次序加锁",
    "backing off": "拿不到就全部放开",
    "  deadlock of {} threads:": "  {} 个线程死锁：",
    "  {} holds {} (taken at {}) and waits for {} at {}": "  {0} 持有 {1}（在 {2} 获取），又在 {4} 等待 {3}",
    "You saw: two threads that each held what the other waited for, and one got an error instead of waiting for "
    "ever. One order for all, or giving back what one holds, leaves no circle.":
    "你看到了：两个线程各自持有对方等待的锁，其中一个得到异常，而没有永远等下去。所有线程按同一次序加锁，或者拿不到就放开已有的锁，就不会形成环路。",
    "memory is copied: the child adds to a list and sees {}, the parent still sees {}":
    "内存是复制的：子进程向列表添加一项，看到 {}；父进程看到的仍是 {}",
    "the offset is shared: of '0123456789' the child reads {!r}, the parent goes on with {!r}":
    "偏移量是共用的：文件内容 '0123456789'，子进程读到 {!r}，父进程接着读到 {!r}",
    "a file that each opens for itself has its own offset: the parent reads {!r}": "各自打开文件，偏移量就各是各的：父进程读到 {!r}",
    "output in the buffer is doubled: {!r}": "缓冲区里的输出会出现两次：{!r}",
    "flushed before the fork it is not: {!r}": "fork 之前先 flush 就不会：{!r}",
    "You saw: a fork copies the memory, and with it what waits in buffers; open files it shares. Flush before a "
    "fork, and let each process open its own file.":
    "你看到了：fork 复制内存，连同缓冲区里还没写出的内容；打开的文件则是共用的。fork 之前先 flush，文件由各个进程自己打开。",
    "This system did otherwise: see the lines above.": "本系统的结果与此不同：见上面各行。",
    "this process is {}; it started {}, which started {} and ended": "本进程是 {}；它启动了 {}，后者启动 {} 之后就结束了",
    "the parent of {} was {} and is {}; its state is {}": "{} 的父进程原来是 {}，现在是 {}；它的状态是 {}",
    "You saw: the orphan goes on without its parent; process {} adopted it, and will collect it when it ends, so it "
    "never stays a zombie.":
    "你看到了：父进程结束以后，孤儿进程继续运行；进程 {} 收养了它，等它结束时会回收它，所以孤儿进程不会一直是僵尸进程。",
    "child {} has ended: state {}, parent {}": "子进程 {} 已经结束：状态 {}，父进程 {}",
    "none: it is gone": "无（已经不存在）",
    "collected: its exit code is {}; its state is {}": "已回收：退出码 {}，状态：{}",
    "cure 1, the parent waits: the child's state is {}": "办法一，父进程等待：子进程的状态：{}",
    "cure 2, a second-level child does the work: {} children left to collect": "办法二，由二级子进程做事：还有 {} 个子进程要回收",
    "cure 3, SIGCHLD is ignored: the child's state is {}, its code is lost": "办法三，忽略 SIGCHLD：子进程的状态：{}；退出码则丢失了",
    "You saw: an ended child stays in the system's table (state Z) until its parent waits for it; each of the three "
    "cures leaves none behind.":
    "你看到了：子进程结束后一直留在系统的进程表里（状态 Z），直到父进程等待它；三种办法都不会留下僵尸进程。",
    "{}: is running": "{}：获准运行",
    "{}: may not run": "{}：不准运行",
    "guard: answered {} to {}": "guard：对 {1} 回答 {0}",
    "the one that died: recv raised EOFError ({})": "那个悄悄退出的进程：recv 抛出 EOFError，原因：{}",
    "You saw: one two-way pipe carried question and answer, and a reader hears of the other side's end at once, "
    "because the system closes what a process had open.":
    "你看到了：一条双向管道既传请求也传回答；对方进程一结束，读的一方马上知道，因为系统会关闭那个进程打开的一切。",
    "a sum": "求和",
    "a failure": "出错的任务",
    "a task that hangs": "卡死的任务",
    "a task that ends its worker": "让工作进程退出的任务",
    "a result that cannot be sent": "无法传回的结果",
    "a large result": "很大的结果",
    "the square root of {} is {:.3f}": "{} 的平方根是 {:.3f}",
    "You saw: {} of {} tasks failed, each with an exception of its own; no other task was harmed, and the pool "
    "worked on.":
    "你看到了：{1} 个任务中有 {0} 个失败，各有各的异常；别的任务不受影响，进程池继续工作。",
    "full: {}, qsize: {}, empty: {}": "full：{}，qsize：{}，empty：{}",
    "{} consumers summed up to {}; it should be {}": "{} 个消费者得到的总和是 {}，应为 {}",
    "The sums differ: something was lost or came twice.": "总和不对：有数据丢失或重复。",
    "You saw: {} processes put, {} took, and nothing was lost or came twice; end() told every consumer to stop.":
    "你看到了：{} 个生产者放入，{} 个消费者取出，不丢失也不重复；end() 让每个消费者都停下来。",
    "two steps: {} additions make {}": "分两步加：加了 {} 次，结果是 {}",
    "one step: {} additions make {}": "一步加完：加了 {} 次，结果是 {}",
    "{} sales of {} tickets, {}; {} tickets were sold more than once": "售票 {} 次，共 {} 张票，{}；其中 {} 张票卖了不止一次",
    "in order": "次序正确",
    "not in order": "次序混乱",
    "at most {} of {} tasks at once, {} allowed": "{1} 个任务中最多有 {0} 个同时进行，允许 {2} 个",
    "client {}: answered by process {}, accepted by {}": "客户端 {}：由进程 {} 回答，由进程 {} 接受连接",
    "The input has ended: {}": "接收结束。原因：{}",
    "{} messages, {} bytes, {:.0f} a second": "{} 条消息，{} 字节，每秒 {:.0f} 条",
    "sent {} messages of {} bytes": "已发送 {} 条消息，每条 {} 字节",
    "{} processes": "{} 个进程",
    "{} process": "{} 个进程",
    "{}: the sum of the primes below {} is {}": "{}：{} 以内的质数之和是 {}",
    "not here: ": "本系统没有：",
    "a free-threaded build": "自由线程版",
    "an ordinary build": "普通版",
    "on": "开启",
    "off": "关闭",
    "this is {}; its GIL is {}; {} CPUs": "这个 Python 是{}，GIL {}，{} 个 CPU",
    "{}:": "{}：",
    "adding up": "累加",
    "hashing 1 MiB": "计算 1 MiB 的哈希",
    "compressing 1 MiB": "压缩 1 MiB",
    "another thread can run during {}: {}": "运行“{}”时，别的线程能否运行：{}",
    "You saw: the threads took {:.1f} times as long as the processes for the same work: with the GIL they compute in "
    "turns.":
    "你看到了：同样的工作，线程用的时间是进程的 {:.1f} 倍：有 GIL 时，线程只能轮流计算。",
    "You saw: without a GIL the threads compute at the same time, as processes do.": "你看到了：没有 GIL，线程和进程一样可以同时计算。",
    "Threads took {:.1f} times as long as processes, which shows nothing: the machine was too busy, has too few "
    "CPUs, or the work was too short (--below). Run it again.":
    "线程用的时间是进程的 {:.1f} 倍，这说明不了什么：机器太忙、CPU 太少，或者工作太短（用 --below 加大）。请再运行一次。",
    "The same computation in processes and in threads": "同样的计算：用进程，用线程",
    "the GIL is {}": "GIL {}",
    "model": "模型",
    "echoes": "回显",
    "a second": "每秒",
    "longest wait": "最长等待",
    "{}, longest wait": "{}，最长等待",
    "work": "工作",
    "way": "方式",
    "times": "次数",
    "seconds": "秒",
    "{}, {}": "{}，{}",
    "starting": "启动",
    "computing": "计算",
    "waiting": "等待",
    "in a row": "依次进行",
    "threads": "线程",
    "processes": "进程",
    "The same work, the same load": "同样的工作，同样的负载",
    "You saw: {} was {:.1f} times as fast by {} as in a row.": "你看到了：{0}这种工作，用{2}的速度是依次进行的 {1:.1f} 倍。",
    "{}: {:.1f} times as fast by {} as in a row, which is no gain.": "{0}这种工作，用{2}的速度是依次进行的 {1:.1f} 倍，没有得益。",
    "In computing threads can gain only without the GIL; where they seem to with it, or processes do not gain, the "
    "CPUs are few or busy.":
    "计算时，没有 GIL 线程才会更快；有 GIL 却显得快，或进程没有得益，说明 CPU 太少或太忙。",
}
