"""find: terms in both languages, errors as they were printed, and what comes first."""
from __future__ import annotations

from collections import Counter

import pytest

from netio.reference import indexing, names, resolve
from netio.reference.answers import read_answers
from netio.reference.errors import ALL_ERRORS, ERRORS
from netio.reference.index import load_index
from netio.reference.matching import fit_error
from netio.reference.searching import search
from netio.reference.synonyms import SYNONYMS

from .asked import ASKED

# What a reader types -> what must be among the first hits.
TERMS = {
    "粘包": "tcp.LengthPrefix",
    "空洞文件": "files.make_sparse",
    "僵尸进程": "concurrency.reap_children",
    "孤儿进程": "concurrency.processes.zombies.make_orphan",
    "死锁": "concurrency.CheckedLock",
    "缓冲区": "tcp.measure_buffers",
    "广播": "scripts/send_broadcast.py",
    "组播": "udp.listen_multicast",
    "字节序": "packing.fields.BYTE_ORDERS",
    "半关闭": "tcp.half_close",
    "乱码": "files.guess_file_encoding",
    "端口占用": "tcp.listen",
    "断点续传": "tcp.receive_file",
    "消息队列": "ipc.Queue",
    "共享内存": "ipc.Value",
    "信号量": "ipc.Semaphore",
    "进程池": "concurrency.ProcessPool",
    "二级子进程": "concurrency.double_fork",
    "全局解释器锁": "scripts/show_gil.py",
    "多路复用": "concurrency.serve",
    "状态码": "http.messages.errors.REASONS",
    "群聊": "scripts/serve_chat.py",
    "sticky": "scripts/show_sticky.py",
    "zombie": "concurrency.processes.zombies.make_zombie",
    "broadcast": "udp.broadcast_addresses",
    "recv_exactly": "tcp.recv_exactly",
    "deadlock": "scripts/show_deadlock.py",
}
# What a reader pastes -> the title of the error that must come first.
PASTED = {
    "Address already in use": "Address already in use",
    "OSError: [Errno 98] Address already in use": "Address already in use",
    "OSError: [Errno 48] address ALREADY in use": "Address already in use",
    "10048": "Address already in use",
    "OSError: [WinError 10048] 通常每个套接字地址(协议/网络地址/端口)只允许使用一次。": "Address already in use",
    "OSError: [WinError 10048] ソケット": "Address already in use",
    "10013": "A port that is kept for another program",
    "WinError 10040": "Message too long",
    "10061": "Connection refused",
    "10054": "Connection reset by peer",
    "由于目标计算机积极拒绝": "Connection refused",
    "ConnectionResetError: [WinError 10054] 远程主机强迫关闭了一个现有的连接。": "Connection reset by peer",
    "bootstrapping phase": "bootstrapping phase, freeze_support",
    "freeze_support": "bootstrapping phase, freeze_support",
    "'gbk' codec can't decode": "'gbk' codec can't decode",
    "gbk codec can't decode byte 0xad": "'gbk' codec can't decode",
    "UnicodeDecodeError: 'gbk' codec can't decode byte 0x80 in position 14: illegal multibyte sequence":
        "'gbk' codec can't decode",
    "a bytes-like object is required": "str where bytes are wanted",
    "TypeError: a bytes-like object is required, not 'str'": "str where bytes are wanted",
    "_pickle.PicklingError: Can't pickle <function f at 0x7f>: attribute lookup f on __main__ failed":
        "Can't pickle a function",
    "TypeError: cannot pickle '_thread.lock' object": "cannot pickle an object",
    "struct.error: unpack requires a buffer of 4 bytes": "unpack requires a buffer of",
    "EOFError: EOF when reading a line": "EOF when reading a line",
    "_queue.Empty": "queue.Empty",
    "There appear to be 3 leaked shared_memory objects to clean up at shutdown": "Leaked shared memory",
    "Traceback (most recent call last): File \"a.py\", line 3, in <module> s.send(b'x') "
    "BrokenPipeError: [Errno 32] Broken pipe": "Broken pipe",
}


# What students paste, beyond the texts of the page -> the title of the error that must come first.
FURTHER = {
    "AttributeError: 'bytes' object has no attribute 'encode'. Did you mean: 'decode'?":
        'bytes and str have other methods',
    "AttributeError: module 'socket' has no attribute 'SOCKET_STREAM'":
        'A name that the module lacks',
    "ImportError: cannot import name 'Thread' from partially initialized module 'threading'":
        'A name that cannot be imported',
    "SyntaxError: invalid character '（' (U+FF08)":
        'A full-width sign',
    'struct.error: pack expected 4 items for packing (got 3)':
        'struct: the number of items differs',
    'AssertionError: cannot start a process twice':
        'A process is started twice',
    'RuntimeError: Queue objects should only be shared between processes through inheritance':
        'Shared objects go by inheritance',
    'http.client.RemoteDisconnected: Remote end closed connection without response':
        'The server closed without an answer',
    'curl: (52) Empty reply from server':
        'The server closed without an answer',
    'ERR_CONNECTION_REFUSED':
        'The browser cannot connect',
    "NameError: name 'true' is not defined":
        'A name that is not defined',
    "PermissionError: [Errno 13] Permission denied: 'notes.txt'":
        'Permission denied for a file',
    'BrokenPipeError: [Errno 32] Broken pipe':
        'Broken pipe',
    'OSError: [Errno 22] Invalid argument':
        'Invalid argument from accept',
    "TypeError: a bytes-like object is required, not 'str'":
        'str where bytes are wanted',
    'IndexError: list index out of range':
        'An index out of range',
    'TypeError: fun() takes 0 positional arguments but 1 was given':
        'Too many or too few arguments',
    'TypeError: socket.bind() takes exactly one argument (2 given)':
        'A pair is wanted as the address',
    'TypeError: __main__.fun() argument after * must be an iterable, not int':
        'argument after * must be an iterable',
    'ValueError: Pool is still running':
        'A pool or executor that is closed',
    'OSError: [Errno 98] Address already in use':
        'Address already in use',
    'ConnectionResetError: [WinError 10054] 远程主机强迫关闭了一个现有的连接。':
        'Connection reset by peer',
    "_pickle.UnpicklingError: invalid load key, 'x'.":
        'pickle: cut or foreign data',
    'json.decoder.JSONDecodeError: Extra data: line 1 column 10 (char 9)':
        'json: cut or foreign data',
    'OSError: [WinError 10038] 在一个非套接字上尝试了一个操作。':
        'Not a socket',
    "UnboundLocalError: cannot access local variable 'ticket' where it is not associated with a value":
        'A local variable before its value',
    'RuntimeError: thread.__init__() not called':
        'thread.__init__() not called',
    'ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)':
        'TLS: the certificate is not trusted',
    'TimeoutError: [WinError 10060] 由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。':
        'timed out',
    "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe4 in position 1023: unexpected end of data":
        "'utf-8' codec can't decode",
    'OSError: [Errno 24] Too many open files':
        'Too many open files',
    'ChildProcessError: [Errno 10] No child processes':
        'No child processes',
    'concurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly':
        'A worker of the pool died',
    "FileNotFoundError: [Errno 2] No such file or directory: 'dict.txt'":
        'No such file or directory',
    'ValueError: too many values to unpack (expected 2)':
        'Too many values to unpack',
    "ValueError: invalid literal for int() with base 10: ''":
        'A str where a number is wanted',
    'EOFError: Ran out of input':
        'pickle: cut or foreign data',
    'urllib.error.HTTPError: HTTP Error 404: Not Found':
        'HTTP says no',
    'ftplib.error_perm: 530 Login incorrect.':
        'An FTP client is refused',
    "TypeError: 'Event' object is not callable":
        'An object that is not callable',
}
# A question as people ask it -> what answers it: one of these must be among the first three.
QUESTIONS = {
    "how do I know that the whole message was received": "tcp.recv_exactly tcp.recv_frame tcp.Reader http.recv_request",
    "recv only receives part of the data": "tcp.recv_exactly tcp.recv_frame",
    "two messages stuck together": "tcp.recv_frame tcp.LengthPrefix scripts/show_sticky.py",
    "server keeps waiting": "tcp.Deadline ipc.open_shm queue.Empty tcp.recv_exactly concurrency.Limits",
    "what happens when the client hangs up": "tcp.recv_exactly tcp.close_gracefully 101",
    "how to limit the number of workers": "ipc.CapacityLimiter ipc.Semaphore scripts/limit_workers.py",
    "share a variable between processes": "ipc.Value ipc.Array",
    "对方断开": "tcp.recv_exactly 101 tcp.close_gracefully",
    "中文乱码怎么办": "files.guess_file_encoding, A text file in another encoding",
    "怎样防止僵尸进程": "concurrency.reap_children concurrency.processes.zombies.make_zombie 僵尸进程",
    "怎么把大文件发给对方": "tcp.send_file scripts/send_file.py tcp.receive_file",
    "全角": "67",
    "管道破裂": "14 Broken pipe",
    "空洞不占空间": "8 files.make_sparse",
    "readline keeps the newline": "1, Removing newlines",
    "favicon": "docs/http.md#traps docs/zh/http.md#常见的坑",
}


def found_by(question, limit=10):
    return [hit.item.name for hit in search(question, limit).hits]


def offered_by(question, limit):
    """Return the names of the best hits and what these say to go on with."""
    return {name for hit in search(question, limit).hits for name in (hit.item.name, *hit.item.see)}


@pytest.mark.parametrize("words", TERMS)
def test_a_term_finds_what_it_is_here(words):
    assert TERMS[words] in offered_by(words, 10), found_by(words)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_by_one_of_the_first_three(question):
    first = offered_by(question, 3)
    assert any(name in QUESTIONS[question] for name in first), first


@pytest.mark.parametrize("words", PASTED)
def test_a_pasted_error_comes_first(words):
    hits = search(words).hits
    assert hits and hits[0].item.kind == "error" and hits[0].item.name == PASTED[words], found_by(words)
    assert set(hits[0].item.see) & {hit.item.name for hit in hits[1:]}, "the names that cure it follow"


@pytest.mark.parametrize("words", FURTHER)
def test_further_errors_are_known(words):
    assert search(words).hits[0].item.name == FURTHER[words]


@pytest.mark.parametrize("raise_it, title", [
    (lambda: b"".encode(), "bytes and str have other methods"),
    (lambda: __import__("socket").SOCKET_STREAM, "A name that the module lacks"),
    (lambda: compile("print（1)", "a.py", "exec"), "A full-width sign"),
    (lambda: compile("if 1\n  pass", "a.py", "exec"), "A colon is missing"),
    (lambda: compile("b'\u4e2d'", "a.py", "exec"), "Only ASCII in a bytes literal"),
    (lambda: eval("pritnt(1)"), "A name that is not defined"),
    (lambda: {}.get(1)[0], "None where a value is wanted"),
    (lambda: (1, 2).recv(9), "A method of the wrong object"),
    (lambda: int(""), "A str where a number is wanted"),
    (lambda: [][0], "An index out of range"),
    (lambda: __import__("struct").pack("!ii", 1), "struct: the number of items differs"),
    (lambda: __import__("pickle").loads(b""), "pickle: cut or foreign data"),
    (lambda: __import__("json").loads("{} {}"), "json: cut or foreign data"),
    (lambda: __import__("threading").Thread().join(), "join before start"),
    (lambda: open(__file__, "wr"), "An open mode or an encoding that does not exist"),
])
def test_further_errors_as_this_python_says_them(raise_it, title):
    with pytest.raises(Exception) as caught:
        raise_it()
    said = f"{type(caught.value).__name__}: {getattr(caught.value, 'msg', caught.value)}"
    assert search(said).hits[0].item.name == title, said


def test_a_whole_traceback_is_read_for_its_error_and_the_own_line():
    answer = search("""Traceback (most recent call last):
  File "/home/li/server.py", line 7, in <module>
    listener.bind(("", 8888))
  File "/usr/lib/python3.11/socket.py", line 99, in bind
    return super().bind(address)
OSError: [Errno 98] Address already in use
""")
    assert answer.hits[0].item.name == "Address already in use"
    assert answer.own_line == '/home/li/server.py:7: listener.bind(("", 8888))'


@pytest.mark.parametrize("words", ["Permission denied", "PermissionError: [Errno 13] Permission denied"])
def test_a_bare_permission_denied_may_be_a_files_or_a_ports(words):
    assert set(found_by(words, 3)) == {"Permission denied for a file", "Permission denied when broadcasting",
                                       "Permission denied on a port below 1024"}


def test_a_misspelt_word_is_taken_for_the_known_one():
    answer = search("recv exactli brodcasts xylophone")
    matched = {word for hit in answer.hits for word in hit.matched}
    assert answer.unknown == ["xylophone"] and {"broadcast", "exact"} <= matched


@pytest.mark.parametrize("text, title", [
    ("TypeError: backlog wants an integer", "A str where a number is wanted"),
    ("ConnectionResetError: who knows", "Connection reset by peer"),
    ("ssl.SSLError: never heard of", "TLS: the certificate is not trusted"),
    ("ValueError: quux needs corge", "An argument that the function does not take"),
    ("RuntimeError: the frobnicator is running", "A call at the wrong time"),
])
def test_an_unknown_text_is_told_by_its_kind(text, title):
    assert title in found_by(text, 3)


@pytest.mark.parametrize("name", ASKED)
def test_nine_of_ten_are_answered_by_one_of_the_first_three(name):
    missed = [text for text, cures in ASKED[name] if not offered_by(text, 3) & set(cures)]
    assert len(missed) * 10 <= len(ASKED[name]), missed


def test_what_is_not_understood_is_said():
    assert search("xylophone recv").unknown == ["xylophone"]
    assert [hit.item.kind for hit in search("xylophone recv").hits]
    assert search("斑马过马路").hits == []
    assert search("").hits == [] and search("   ?!").hits == []


def test_of_a_long_text_the_beginning_is_read():
    assert "xylophone" not in search("socket " * 600 + "xylophone").unknown


def test_synonyms_name_what_is_there():
    for said, meant in SYNONYMS:
        assert said == said.lower() and not set(said.split("|")) & {""}
        for name in meant.split():
            assert "." not in name or resolve(name)


def test_the_index_is_made_from_the_sources():
    assert indexing.FILE.read_text(encoding="utf-8") == indexing.index_text(), "run python -m netio.reference.indexing"


@pytest.mark.parametrize("error", ALL_ERRORS, ids=lambda error: error.title)
def test_every_target_of_an_error_is_there(error):
    assert error.why_zh and error.cure_zh and all(resolve(name) for name in error.names.split())


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.title)
def test_every_text_of_the_page_finds_its_error(error):
    for _, text in error.lines():
        best = max(fit_error(text, other) for other in ERRORS)
        assert fit_error(text, error) == best >= 100


def test_an_unrelated_text_fits_no_error():
    assert not [error.title for error in ERRORS if fit_error("how do I make tea", error)]


def test_one_common_word_is_no_error_text():
    for words in ("lock", "file", "thread", "in", "5"):
        assert not [error.title for error in ERRORS if fit_error(words, error)]


def test_everything_pointed_to_is_there():
    guides = [item for item in load_index().items if item.see]
    assert len(guides) > 100
    for target in {target for item in guides for target in item.see}:
        path, _, anchor = target.partition("#")
        if not target.startswith(("docs/", "scripts/")):
            assert load_index().named(target).summary_zh or resolve(target)
        else:
            text = (names.SCRIPTS.parent / path.split()[0]).read_text(encoding="utf-8")
            titles = [line.lstrip("# ") for line in text.splitlines() if line.startswith(("## ", "### "))]
            assert not anchor or anchor in [names.anchor(title) for title in titles], target


def test_every_answer_is_there_once_and_in_both_languages():
    answers = [answer for answer in read_answers() if not answer.name]
    for called in (answer.title for answer in answers), (answer.title_zh for answer in answers):
        assert [title for title, count in Counter(called).items() if count > 1] == []
    assert [answer.title for answer in answers if not (answer.answer and answer.answer_zh and answer.see)] == []


def test_every_example_question_is_of_something():
    known = {item.name for item in load_index().items}
    assert {answer.name for answer in read_answers() if answer.name} <= known


def test_no_more_than_asked_for():
    assert len(search("socket", limit=3).hits) == 3
