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
}
