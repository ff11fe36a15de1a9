"""What an error is about when its very text is not known: by its class and the words of its message, first match wins.

The library's own texts differ by version, and there are thousands; what they complain of is one of few things.
"""
from __future__ import annotations

import re

from .entry import Error

_WRONG_ARGUMENT = "An argument that the function does not take"
_WRONG_TIME = "A call at the wrong time"

ERRORS = [
    Error(_WRONG_ARGUMENT, "any: ValueError: invalid argument ... for",
          "The function exists, but not for this value: the message names the parameter and what it may be. Often two "
          "parameters exclude each other, or one needs another.",
          "Print the value and `type(value)` just before the call, and compare with `help(function)`; leave optional "
          "parameters out first.",
          "函数没错，但不接受这个值：错误信息里写着是哪个参数、可以取什么。常见的是两个参数互相排斥，或一个参数需要另一个。",
          "在调用之前打印这个值和 `type(值)`，与 `help(函数)` 对照；先去掉可省略的参数。", "", "check_program.py"),
    Error(_WRONG_TIME, "any: RuntimeError: invalid state",
          "The object is not in the state that the call needs: not yet started, already started, running or closed, or "
          "another thread is using it.",
          "Look at the order: make, start, use, wait for, close, each once. `with` keeps the order.",
          "对象当时的状态不允许这个调用：还没有启动、已经启动、正在运行、已经关闭，或别的线程正在使用。",
          "检查次序：创建、启动、使用、等待、关闭，各一次。`with` 能保证次序。", "", "check_program.py"),
]
# (class of the error, words of its text, title of what is told)
KINDS = [
    (r"ConnectionResetError|ConnectionAbortedError", "", "Connection reset by peer"),
    (r"ConnectionRefusedError", "", "Connection refused"),
    (r"BrokenPipeError", "", "Broken pipe"),
    (r"FileNotFoundError", "", "No such file or directory"),
    (r"PermissionError", "", "Permission denied for a file"),
    (r"IsADirectoryError|NotADirectoryError|FileExistsError", "", "A folder, not a file"),
    (r"gaierror|herror", "", "getaddrinfo failed"),
    (r"ModuleNotFoundError", "", "A module that is not there"),
    (r"ImportError", "", "A name that cannot be imported"),
    (r"NameError", "", "A name that is not defined"),
    (r"AttributeError", "", "A method of the wrong object"),
    (r"IndexError", "", "An index out of range"),
    (r"KeyError", "", "A key that is not there"),
    (r"RecursionError", "", "The recursion is too deep"),
    (r"JSONDecodeError", "", "json: cut or foreign data"),
    (r"EOFError|OSError", "end of file|^EOF|message length", "EOFError from a pipe"),
    (r"UnpicklingError", "", "pickle: cut or foreign data"),
    (r"PicklingError", "", "cannot pickle an object"),
    (r"Error", "pickle", "cannot pickle an object"),
    (r"^struct\.error", r"large|range|requires .*number", "struct: a number that does not fit"),
    (r"^struct\.error", "format", "struct: a format that it cannot read"),
    (r"^struct\.error", "", "struct: the number of items differs"),
    (r"^binascii\.", "", "base64 or hex that is none"),
    (r"ArgumentError", "", "ctypes: a type or an argument that does not fit"),
    (r"AuthenticationError|ProcessError|RemoteError", "", "Two processes that do not know each other"),
    (r"Unicode\w*Error|Error", "codec|surrogate|decod|encod(?!ing)", "A character that the encoding lacks"),
    (r"SyntaxError|SyntaxWarning", "", "Arguments or names in the wrong order"),
    (r"IndentationError|TabError", "", "Indentation"),
    (r"SSLCertVerificationError|CertificateError", "", "TLS: the certificate is not trusted"),
    (r"SSL", "WRONG_VERSION|HTTP_REQUEST|RECORD_LAYER|EOF|UNEXPECTED|PROTOCOL|NO_SHARED|HANDSHAKE|unknown ca|ALERT",
     "TLS between client and server"),
    (r"SSL", "", "TLS: the certificate is not trusted"),
    (r"", r"\bssl|\btls|certificate|certfile|handshake|hostname", "TLS between client and server"),
    (r"ftplib|^error_", "", "An FTP client is refused"),
    (r"", r"\bftp\b", "An FTP client is refused"),
    (r"BadStatusLine|UnknownProtocol|LineTooLong|IncompleteRead", "", "The answer is no HTTP"),
    (r"URLError|HTTPError|HTTPException|LoadError|CookieError", "", "HTTP says no"),
    (r"", r"\bhttp\b|cookie|header|tunnel", "http.client calls in the wrong order"),
    (r"UnsupportedOperation|UnsupportedError", "", "Not readable, not writable"),
    (r"Error", r"(closed|detached) (file|socket|stream)", "I/O operation on closed file"),
    (r"Timeout|OSError", "timed? ?out|unfinished", "A result that did not come in time"),
    (r"Error|Warning", r"\bloop\b|coroutine|\btasks?\b|futures? (belong|object)|await|transport|asyncio|serve_forever",
     "asyncio: no loop, or one too many"),
    (r"OSError|Unsupported", r"readable|writable|seekable", "Not readable, not writable"),
    (r"Error", r"\b(mode|buffering|newline|whence|encoding|errors)\b",
     "An open mode or an encoding that does not exist"),
    (r"Error", r"schedule|pool|executor|shutdown|max_workers", "A pool or executor that is closed"),
    (r"TypeError", "must be (a )?tuple|must be a pair|AF_INET6? address", "A pair is wanted as the address"),
    (r"TypeError", r"arguments? \(|(positional|required|keyword) argument|(exactly|at (least|most)) \w+ arg",
     "Too many or too few arguments"),
    (r"TypeError", "callable", "An object that is not callable"),
    (r"TypeError", r"integer|a number|\bint\b|float", "A str where a number is wanted"),
    (r"TypeError", r"bytes|buffer|\bstr\b|string", "str where bytes are wanted"),
    (r"Error", r"\bqueue|\bput\b|task_done", "A queue that is full, closed or miscounted"),
    (r"Error", r"\block|semaphore|acquire|release|notify", "An empty semaphore or a lock given back twice"),
    (r"Error", r"\bthread", "join before start"),
    (r"Error", r"process|start method|spawn|fork|child", "A process that is no longer there"),
    (r"Error", r"shared_?memory|ctypes|typecode|array|'size'", "ctypes: a type or an argument that does not fit"),
    (r"Error", r"socket|sock\b|SOCK_|address|\bport\b|reuse_port|family|getaddrinfo|peer|connect",
     "A socket of the wrong kind"),
    (r"OSError|^Error|shutil", r"file|director|path|move|copy", "A file cannot be moved or made there"),
    (r"Value|Overflow", r"must be (at least|greater|positive|non-negative|>|>=)|positive|negative|too (large|small)",
     "A number of workers or items that cannot be"),
    (r"TypeError|ValueError|OverflowError|LookupError|KeyError", "", _WRONG_ARGUMENT),
    (r"RuntimeError|AssertionError|NotImplementedError|StateError|ReferenceError|BufferError", "", _WRONG_TIME),
]


def title_by_kind(kind: str, text: str) -> str:
    """Return the title of what is told of an error of this class and text, or "".

    >>> title_by_kind("TypeError", "cmd must be an integer"), title_by_kind("StopIteration", "")
    ('A str where a number is wanted', '')
    """
    return next((title for kinds, words, title in KINDS
                 if re.search(kinds, kind) and re.search(words, text, re.IGNORECASE)), "")
