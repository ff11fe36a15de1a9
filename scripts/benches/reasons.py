"""What stands between netio and a target that it misses: the page says it beside the figure.

As a profile or a trace showed it, unless it says otherwise; where neither was made, nothing stands here, and the page
says that the reason is not known yet. Texts only, no figures: those are in the saved run. A reason is shown only while
its target is missed.
"""
from __future__ import annotations

_UPLOAD = (
    "A large part of the server's time passes in finding pages for the new file and putting them to its name, which "
    "the others pay for as well; the rest is two copies, out of the socket and into the file. splice (Linux, Python "
    "3.10) would save one of them: alone in a loop it gained too little for the target.")
_UPLOAD_CURL = (
    "A large part of the server's time passes in finding pages for the new file, which the others pay for as well. "
    "curl sends in small pieces and is busy nearly as long as the server is, so that even splice hardly gains "
    "anything here.")
_WARM = (
    "What is left above the system's own calls is the strict check of the head, and the calls of Python between the "
    "loop and the answer. Less would take a parser in C.")
_COLD = (
    "A first request makes six system calls more than one for a kept file. They take over half of the difference; the "
    "rest is a microsecond each for the look at the path, the date, the ETag, the head. To open first and look then "
    "would save a call, but would open devices, too. One listing of the folder in place of two of the calls saves "
    "little more than it costs, and holds all others up for as long as it takes.")
_DOWNLOAD = (
    "Both are one call of the system, sendfile, and a client that is busy all the time copying out what comes. Sending "
    "from a mapping was slower, a shorter queue (TCP_NOTSENT_LOWAT) too; the pairs swing around one.")
_ONE_CHUNK = (
    "The pool's own process waits for most of the time. A worker is given its next chunk when the thread that manages "
    "it has the GIL, and has no second one to lose: that is what a kill and a timeout for each task need. mp.Pool's "
    "workers take theirs from a pipe that is full.")
_RING = (
    "The sender is the slower side, and nearly all of its time passes in Python's interpreter: what is left for each "
    "message is one store of header and body, one of the tail, and one look at a flag. send_many saves them.")

REASONS: dict[tuple[str, str, str], str] = {  # (subject, what, theirs): one or two sentences
    ("http", "1 KiB, 64 connections: CPU a request", "nginx"): _WARM,
    ("http", "the same, nginx with open_file_cache", "nginx, open_file_cache"): _WARM,
    ("http", "1 KiB, no keep-alive: CPU a request", "nginx"): (
        "A trace shows fewer system calls than nginx makes, and a profile that they take most of the time; the rest is "
        "Python: to make a socket, to match the head, to look the reply up. No protocol, transport or "
        "deadline is made."),
    ("http-cold", "each of 8,000 files for the first time: CPU a request", "nginx"): _COLD,
    ("http-cold", "8,000 files by Zipf's law: CPU a request", "nginx"): _COLD,
    ("http", "64 MiB: time", "nginx"): (
        "Both are the same call of the system, sendfile, and need as much of the processor, as the row below says; "
        "the pairs swing around one. Sending from a mapping, or what Python reads, took longer."),
    ("echo", "a short connection", "ThreadingTCPServer"): (
        "A trace shows more system calls than bare threads need: one for the timeout of each read and write, before "
        "each accept two that let the server end; and with each the GIL changes hands. Timeouts kept by the system "
        "(SO_RCVTIMEO) gained nothing, nor did none at all, or to accept first and wait only if nobody is there. Bare "
        "threads, without timeouts, limits and an end, are the most that Python can "
        "do: the row below."),
    **{("pools", f"{what}, chunks of 250, {method}", theirs): _ONE_CHUNK
       for what, theirs in (("map", "mp.Pool.map"), ("in any order", "mp.Pool.imap_unordered"))
       for method in ("fork", "spawn", "forkserver")},
    ("ipc", "queue, 64 B, item by item", "mp.Queue"): (
        "Without another process put and get take half of the processor time that they take here: both sides want one "
        "lock for each item, and the words under it move from core to core. mp.Queue has a lock for each side and a "
        "thread that sends, so that it needs more of the processor, but waits less."),
    ("echo", "64 B round trip, 64 connections", "C epoll"): (
        "Most of the time is the system's, for the same calls. The bare loop of Python, without any protocol, "
        "limit and end, is no nearer to C: its row is below."),
    ("echo", "64 B round trip, 64 connections", "asyncio"): (
        "Most of the time is the system's, for the same calls; what differs is the part in user space, where a "
        "trace shows less time in ours. The quieter the machine, the more that counts."),
    ("echo", "64 B round trip, 64 connections", "uvloop"): (
        "Both make the same calls of the system, and what uvloop does between them is compiled C. A bare Python loop "
        "without any protocol, the row of the bare loop, is hardly faster than uvloop."),
    ("echo", "1 MiB there and back, 4 connections", "C epoll"): (
        "The copies are the same; a profile shows the rest in waking the client more often, and in Python's own steps. "
        "Larger pieces save calls but not the new block of memory for each, and the processor copies to some places "
        "more slowly than to others. Bare Python with one buffer of 2 MiB, which the C server has not, is as fast."),
    ("ftp", "upload 256 MiB", "vsftpd"): _UPLOAD,
    ("ftp", "upload 256 MiB", "pyftpdlib"): _UPLOAD,
    ("ftp", "upload 256 MiB, curl", "vsftpd"): _UPLOAD_CURL,
    ("ftp", "upload 256 MiB, curl", "pyftpdlib"): _UPLOAD_CURL,
    ("ftp", "download 256 MiB", "vsftpd"): _DOWNLOAD,
    ("ftp", "download 256 MiB", "pyftpdlib"): _DOWNLOAD,
    ("ftp", "download 256 MiB, curl", "vsftpd"): _DOWNLOAD,
    ("ftp", "download 256 MiB, curl", "pyftpdlib"): _DOWNLOAD,
    ("framing", "1 KiB, in batches, beside plain draining", "recv"): (
        "Much of the reader's time is what plain draining does not do: it copies each message once more, asks malloc "
        "for its room, and makes and frees the Python objects. Only messages that are views of "
        "one buffer, and keep all of it alive, could do without the copy."),
    ("ipc", "pipe, 64 B, message by message", "mp.Queue"): (
        "The sender is the slower side: a large part of its time passes in the system's write, one for each message, "
        "and the rest in the steps of Python around it. send_many does with fewer of both."),
    ("ipc", "ring, 64 B, message by message", "mp.Queue"): _RING,
    ("ipc", "ring, 64 B, one by one, beside pyzmq", "pyzmq"): _RING,
    ("ipc", "ring, 64 KiB", "mp.Queue"): (
        "The two copies alone, into the memory and out of it, take most of the time, as the row below says: "
        "only a receiver that looks at the memory in place of copying it could do with one."),
    ("import", "import netio.tcp, beside socket + 3 ms", "socket + 3 ms"): (
        "The import times name the struct module as most of what socket does not load itself; the three "
        "milliseconds do not grow with a slower machine, while all the others do."),
    ("files", "look a word up, warm", "linear, to the middle"): (
        "Most of the time is the system's, for opening, closing and short reads at places that are "
        "not in the processor's cache; a bare loop of the same reads in Python takes about as long as ours. Guessing "
        "where a word stands would need fewer reads, but not the same for all words, which a file kept open lives on."),
    ("files", "copy 512 MiB to the disk", "cp and fsync"): (
        "Both are the same call of the system, and most of the time is spent waiting for the disk."),
}
