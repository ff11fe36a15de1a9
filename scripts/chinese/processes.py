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
    "Let two accounts transfer to each other at the same time: one way deadlocks and is told so, two ways do not.":
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
}
