"""FTP: a server for any FTP client, a client with a menu, and the course's own tiny protocol beside them.

Start here: FTPServer, User, open_session, download, upload.

| standard               | done, and what is left out (why)                                                            |
|------------------------|---------------------------------------------------------------------------------------------|
| RFC 959 (FTP)          | all but SMNT; TYPE A, I and L 8; ABOR by Telnet's rules; STAT during a transfer. Not:       |
|                        | EBCDIC, records, pages, block and compressed mode (no client asks for them)                 |
| RFC 1635 (anonymous)   | the users anonymous and ftp                                                                 |
| RFC 2389 (FEAT, OPTS)  | all                                                                                         |
| RFC 2428 (EPRT, EPSV)  | all, EPSV ALL too                                                                           |
| RFC 2577 (security)    | PORT to the client's own address and no low port; guesses are answered late                 |
| RFC 2640 (UTF-8 names) | UTF-8, and GBK after OPTS UTF8 OFF. Not: LANG (replies are English)                         |
| RFC 3659 (MLST, REST)  | SIZE, MDTM, MLST, MLSD, REST STREAM, and MFMT as a draft has it. Not: SIZE of text (it      |
|                        | depends on line ends: the whole file would have to be read)                                 |
| RFC 4217 (TLS)         | AUTH TLS, PBSZ, PROT C and P. Not: CCC; implicit TLS (another port)                        |

An upload is whole or not there: it is written to a hidden file, brought to the disk, and renamed, and only if the
client is there still. One that replaces a file and breaks off leaves the old file and nothing else. Of a new file that
breaks off, what was received is kept, hidden, for its user: SIZE tells how much there is, XSHA256 what is in it, and
REST with STOR, or APPE after SIZE, resumes it. It is removed after a day (`Rules.keep_partials`; 0 keeps nothing), by
DELE, or by the whole file; on a full disk it is not kept.
"""
from __future__ import annotations

from ..concurrency.servers.passwords import hash_password
from .client import download, upload
from .course import CourseClient, serve_course
from .login import open_session
from .menu import FTPMenu
from .protocol import FTPProtocol
from .remote import list_remote, remote_size
from .server import FTPServer
from .state import Rules
from .users import User

__all__ = [
    "FTPServer", "User", "hash_password", "Rules", "FTPProtocol",
    "open_session", "download", "upload", "list_remote", "remote_size", "FTPMenu",
    "CourseClient", "serve_course",
]
