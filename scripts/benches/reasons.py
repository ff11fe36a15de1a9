"""What stands between netio and a target that it misses, as a profile showed it: the page says it beside the figure.

Texts only, no figures: those are in the saved run. A reason is shown only while its target is missed.
"""
from __future__ import annotations

_UPLOAD = (
    "Nearly all of the server's time passes in the system: each byte is copied twice, out of the socket and into the "
    "file, and the pages of a new file have to be found and those of the old one given back, which the others need as "
    "well. splice would save one of the copies, and is not in Python before 3.10.")
_CURL = "curl is busy for as long as the server is, so that a server twice as fast would wait for it."

REASONS: dict[tuple[str, str, str], str] = {  # (subject, what, theirs): one or two sentences
    ("ftp", "upload 256 MiB", "vsftpd"): _UPLOAD,
    ("ftp", "upload 256 MiB", "pyftpdlib"): _UPLOAD,
    ("ftp", "upload 256 MiB, curl", "vsftpd"): _CURL,
    ("ftp", "upload 256 MiB, curl", "pyftpdlib"): _CURL,
    ("framing", "1 KiB, in batches, beside plain draining", "recv"): (
        "Each message is copied once more, into bytes of its own. A reader that is slower for it finds the socket's "
        "buffer full, and what has lain there is no longer in the processor's cache, which makes recv itself slower."),
    ("ipc", "ring, 64 KiB", "mp.Queue"): (
        "Each message is copied twice, in and out, and the second copy finds it in another processor's cache; mp.Queue "
        "on newer kernels is faster than when the target was set."),
    ("ipc", "ring, 64 B, one by one, beside pyzmq", "pyzmq"): (
        "ZeroMQ's threads in C gather messages, while a ring's sender pays for a barrier and for nine steps of Python "
        "with each; in batches it is the other way round."),
}
