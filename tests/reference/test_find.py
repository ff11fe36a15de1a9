"""find: terms in both languages, errors as they were printed, and what comes first."""
from __future__ import annotations

import pytest

from netio.reference import names, resolve
from netio.reference.errors import ERRORS
from netio.reference.matching import fit_error

# What a reader types -> what must be among the first hits, and first of all its heading or term where there is one.
TERMS = {
    "粘包": "tcp.LengthPrefix",
    "空洞文件": "files.make_sparse",
    "僵尸进程": "concurrency.reap_children",
    "孤儿进程": "concurrency.make_orphan",
    "死锁": "concurrency.CheckedLock",
    "缓冲区": "tcp.measure_buffers",
    "广播": "scripts/send_broadcast.py",
    "组播": "udp.listen_multicast",
    "字节序": "packing.BYTE_ORDERS",
    "半关闭": "tcp.half_close",
    "乱码": "files.guess_file_encoding",
    "端口占用": "tcp.listen",
    "断点续传": "tcp.receive_file",
    "消息队列": "ipc.Queue",
    "共享内存": "ipc.Value",
    "信号量": "ipc.Semaphore",
    "进程池": "concurrency.WorkerPool",
    "二级子进程": "concurrency.cure_by_second_child",
    "全局解释器锁": "scripts/show_gil.py",
    "多路复用": "concurrency.serve",
    "状态码": "http.REASONS",
    "群聊": "scripts/serve_chat.py",
    "sticky": "scripts/show_sticky.py",
    "zombie": "concurrency.make_zombie",
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


@pytest.fixture(scope="module", autouse=True)
def sources_read_once():
    """Read the sources once for all searches of this module."""
    things, scripts = list(names.entries(modules=True)), list(names.scripts())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "entries", lambda **_: iter(things))
        patch.setattr(names, "scripts", lambda: iter(scripts))
        yield


@pytest.mark.parametrize("words", TERMS)
def test_a_term_finds_what_it_is_here(words):
    found = [entry.name for entry in names.find(words)]
    assert TERMS[words] in found[:10], found
    if not words.isascii():
        assert found[0].startswith(("notes: ", "term: ")), found


@pytest.mark.parametrize("words", PASTED)
def test_a_pasted_error_comes_first(words):
    found = names.find(words)
    assert found and found[0].name == f"error: {PASTED[words]}", [entry.name for entry in found]
    assert set(found[0].see) & {entry.name for entry in found[1:]}, "the names that cure it follow"


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


def test_a_whole_question_is_searched_by_the_term_in_it():
    assert [e.name for e in names.find("粘包问题怎么解决")] == [e.name for e in names.find("粘包")]
    assert names.find("斑马过马路") == []


def test_chinese_words_are_answered_in_chinese():
    assert "监听" in names.find("通常每个套接字地址(协议/网络地址/端口)只允许使用一次")[0].summary
    assert "监听" in names.find("10048", lang="zh")[0].summary and "监听" not in names.find("10048")[0].summary


def test_everything_pointed_to_is_there():
    guides = [entry for _, entry in names.errors()] + list(names.headings())
    assert len(guides) > 100
    for target in {target for entry in guides for target in entry.see}:
        path, _, anchor = target.partition("#")
        if "/" not in target:
            assert resolve(target)
        else:
            text = (names.SCRIPTS.parent / path).read_text(encoding="utf-8")
            titles = [line.lstrip("# ") for line in text.splitlines() if line.startswith("## ")]
            assert not anchor or anchor in [names.anchor(title) for title in titles], target


def test_an_installed_package_points_to_no_page_or_script(monkeypatch, tmp_path):
    monkeypatch.setattr(names, "SCRIPTS", tmp_path / "not installed")
    assert not [target for _, entry in names.errors() for target in entry.see if "/" in target]
    assert not [target for entry in names.headings() for target in entry.see if "/" in target]


@pytest.mark.parametrize("words, page", [("空洞文件", "files"), ("字节序", "packing"), ("广播", "udp"), ("状态码", "http"),
                                         ("僵尸进程", "concurrency"), ("信号量", "ipc"), ("群聊", "chat")])
def test_the_page_of_what_was_found(words, page):
    pages = names.pages_of(names.find(words))
    assert pages[0] == f"docs/{page}.md" and len(pages) <= 3
    assert all((names.SCRIPTS.parent / page).is_file() for page in pages)


def test_no_page_where_no_name_was_found():
    assert names.pages_of([]) == names.pages_of(list(names.scripts())) == []


def test_no_more_than_asked_for():
    assert len(names.find("the", limit=3)) == 3
