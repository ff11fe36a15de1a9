"""What stands between netio and a target that it misses: the page says it beside the figure.

As a profile or a trace showed it, unless it says otherwise; where neither was made, nothing stands here, and the page
says that the reason is not known yet. Texts only, no figures: those are in the saved run. A reason is shown only while
its target is missed.
"""
from __future__ import annotations

_UPLOAD = (
    "Nearly all of the server's time passes in the system: each byte is copied twice, out of the socket and into the "
    "file, and the pages of a new file have to be found and those of the old one given back, which the others need as "
    "well. splice would save one of the copies, and is not in Python before 3.10.")
_CURL = "curl is busy for as long as the server is, so that a server twice as fast would wait for it."
_RING = (
    "The sender is the slower side, and nearly all of its time passes in Python's interpreter: what is left for each "
    "message is one store of header and body, one of the tail, and one look at a flag. send_many saves them.")
_DOWNLOAD = "Both sides wait for the same sendfile of the system; the pairs swing around one."

REASONS: dict[tuple[str, str, str], str] = {  # (subject, what, theirs): one or two sentences
    ("http", "the same, nginx with open_file_cache", "nginx, open_file_cache"): (
        "Half of what is left above the system's own calls is the strict check of the head, the rest the calls of "
        "Python between the loop and the answer."),
    ("http", "1 KiB, no keep-alive: CPU a request", "nginx"): (
        "For each connection Python makes a socket, a transport, a protocol and a reader, and socket.accept asks the "
        "system three times where nginx asks once."),
    ("echo", "a short connection", "ThreadingTCPServer"): (
        "Read from the code, not from a profile: a socket with a timeout asks the system twice for each read and "
        "write, and for each question its thread gives up the GIL and has to win it back. Threads without timeouts, "
        "limits "
        "and an end do better, as the row below shows."),
    ("ftp", "upload 256 MiB", "vsftpd"): _UPLOAD,
    ("ftp", "upload 256 MiB", "pyftpdlib"): _UPLOAD,
    ("ftp", "upload 256 MiB, curl", "vsftpd"): _CURL,
    ("ftp", "download 256 MiB", "vsftpd"): _DOWNLOAD,
    ("ftp", "download 256 MiB, curl", "vsftpd"): _DOWNLOAD,
    ("framing", "1 KiB, in batches, beside plain draining", "recv"): (
        "More than half of the reader's time is what plain draining does not do: half of that copies each message once "
        "more and asks malloc for its room, half makes and frees the Python objects. Only messages that are views of "
        "one buffer, and keep all of it alive, could do without the copy."),
    ("ipc", "pipe, 64 B, message by message", "mp.Queue"): (
        "The sender is the slower side: a large part of its time passes in the system's write, one for each message, "
        "and the rest in the steps of Python around it. send_many does with fewer of both."),
    ("ipc", "ring, 64 B, message by message", "mp.Queue"): _RING,
    ("ipc", "ring, 64 B, one by one, beside pyzmq", "pyzmq"): _RING,
    ("files", "look a word up, warm", "linear, to the middle"): (
        "Read from the code, not from a profile: the file is opened and read a dozen times for each look-up; one that "
        "is kept open is not, and reaches its target."),
    ("files", "copy 512 MiB to the disk", "cp and fsync"): (
        "Both are the same call of the system; the pairs swing around one."),
}
