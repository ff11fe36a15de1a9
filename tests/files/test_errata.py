"""Where the notes' chapter on files misleads: their way goes wrong, netio's does not.

The numbers are those of docs/errata.md.
"""
from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from netio import files

CHECKOUT = Path(__file__).resolve().parents[2]


def test_01_readline_keeps_newline(sample):
    """Notes: readline() 返回的东西不包含 '\\n' (what it returns has no newline)."""
    path = sample(b"one\ntwo")
    with open(path, encoding="utf-8") as file:
        assert file.readline() == "one\n"
        assert file.readline() == "two"
    assert list(files.read_lines(path)) == ["one", "two"]
    print("notes:", "readline() gives 'one\\n'")
    print("netio:", f"read_lines gives {list(files.read_lines(path))}")


def test_02_cutting_the_last_character(sample):
    """Notes: print(img[: -1]) 删去末尾的 '\\n' (drop the newline by dropping the last character)."""
    path = sample(b"0001.jpg\n0002.jpg")
    with open(path, encoding="utf-8") as file:
        assert [line[:-1] for line in file.readlines()] == ["0001.jpg", "0002.jp"]
    assert list(files.read_lines(path)) == ["0001.jpg", "0002.jpg"]
    print("notes:", "img[:-1] of the last line gives '0002.jp'")
    print("netio:", f"read_lines gives {list(files.read_lines(path))}")


def test_03_runs_of_spaces(sample):
    """Notes: [i for i in line.split(" ") if i != " "] removes the spaces."""
    line = "word     an explanation\n"
    assert [i for i in line.split(" ") if i != " "] == ["word", "", "", "", "", "an", "explanation\n"]
    assert files.look_up(sample(line.encode()), "word") == [files.lookup.Entry("word", "an explanation")]
    print("notes:", [i for i in line.split(" ") if i != " "])
    print("netio:", line.split(None, 1))


def notes_look_up(path, word):
    """The loop of the notes."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.split(" ")[0] == word:
                return line
            if line.split(" ")[0] > word:
                return "NOT FOUND!"
        return "NOT FOUND"


def test_04_the_early_stop_needs_the_same_order(sample):
    """Notes: if line.split(' ')[0] > word: NOT FOUND. That is so in a file sorted by characters only."""
    path = sample(b"apple 1\nZoo 2\nzebra 3\n")  # sorted as a printed dictionary is, without regard to case
    assert notes_look_up(path, "Zoo") == "NOT FOUND!"
    assert "Z" < "a" < "z" < "\u00c9"  # a capital, and yet after every ASCII letter
    with pytest.raises(ValueError, match="line 2: 'Zoo'"):
        files.lookup.check_sorted(path)
    assert files.lookup.look_up_unsorted(path, "Zoo") == [files.lookup.Entry("Zoo", "2")]
    print("notes:", "Zoo in", path.read_text().split("\n")[:3], "->", notes_look_up(path, "Zoo"))
    print("netio:", files.lookup.look_up_unsorted(path, "Zoo"))


def test_05_every_error_is_a_missing_file(tmp_path):
    """Notes: except Exception as e: print("文件不存在") (any error means that the file does not exist)."""
    said = ""
    try:
        open(tmp_path)  # it does exist: it is a folder
    except Exception:
        said = "文件不存在"
    assert said == "文件不存在" and tmp_path.exists()
    with pytest.raises(OSError) as caught:
        list(files.read_chunks(tmp_path))
    assert not isinstance(caught.value, FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        list(files.read_chunks(tmp_path / "missing"))
    print("notes:", "a folder that is there ->", said)
    print("netio:", repr(caught.value))


def test_06_seek_in_text_mode(sample):
    """Notes: 必须以二进制打开才能设置为1或者2 (whence 1 and 2 are for binary mode only)."""
    path = sample("甲乙\n丙".encode())
    with open(path, encoding="utf-8") as file:
        assert file.seek(0, 2) == 10 and file.seek(0, 1) == 10
        for whence in (1, 2):
            with pytest.raises(OSError):
                file.seek(-1, whence)
    with files.LineIndex(path) as lines:  # to go to a line, count bytes
        assert lines.offset(1) == 7 and lines[1] == "丙"
    print("notes:", "seek(0, 2) and seek(0, 1) work in text mode; seek(-1, 1) raises")
    print("netio:", "LineIndex goes to a line by counting bytes: line 1 stands at byte 7")


def test_07_line_buffering_of_bytes(tmp_path):
    """Notes: buffering = 1 表示行缓冲区. In text mode only."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        steps = files.watch_buffering(tmp_path / "f", [b"line\n"], binary=True, buffering=1)
    assert [step.stored for step in steps] == [0, 5] and "line buffering" in str(caught[0].message)
    assert files.watch_buffering(tmp_path / "f", ["line\n"], buffering=1)[0].stored == 5
    print("notes:", f"binary, buffering=1: stored after a line and after close {[step.stored for step in steps]}")
    print("netio:", "text, buffering=1: stored at once, 5 bytes")


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="Windows stores holes, unless a file is marked sparse")
def test_08_a_hole_takes_no_room(tmp_path):
    """Notes: 下载一个10G的文件，系统就会给文件分配一个10G的空间 (the system allots 10 GB to a download of 10 GB)."""
    files.make_sparse(tmp_path / "download", 10 << 30)
    assert os.path.getsize(tmp_path / "download") == 10 << 30
    assert files.sparse.allocated_bytes(tmp_path / "download") < 1 << 20
    files.sparse.preallocate(tmp_path / "reserved", 1 << 20)
    assert files.sparse.allocated_bytes(tmp_path / "reserved") >= 1 << 20
    taken = files.sparse.allocated_bytes(tmp_path / "download")
    print("notes:", f"a file of {10 << 30} bytes takes {taken} on the disk")
    print("netio:", f"preallocate(..., {1 << 20}) takes {files.sparse.allocated_bytes(tmp_path / 'reserved')}")


def test_09_descriptors_come_again(sample):
    """Notes: 文件描述符是一个不重复的整数 (a descriptor is a number that never repeats)."""
    path = sample(b"")
    with open(path) as first:
        number = first.fileno()
    with open(path) as second:
        assert second.fileno() == number
    assert files.facts.lowest_free_descriptor() == number
    print("notes:", f"descriptor {number}, closed; the next file has {number} again")
    print("netio:", f"lowest_free_descriptor() says {files.facts.lowest_free_descriptor()}")


def test_10_not_every_str_becomes_bytes():
    """Notes: 所有的字符串都能转化为字节串 (every str can become bytes)."""
    for text, encoding in (("\ud800", "utf-8"), ("中", "ascii")):
        with pytest.raises(UnicodeEncodeError):
            text.encode(encoding)
        assert files.encodings.find_unencodable(text, encoding) == [(0, text)]
    print("notes:", "'\\ud800'.encode() and '中'.encode('ascii') raise UnicodeEncodeError")
    print("netio:", "find_unencodable:", ascii(files.encodings.find_unencodable("a中b", "ascii")))


def test_49_the_offset_after_open(sample):
    """Notes: 每一次open一个文件，文件偏移量都设置为开头 (each open sets the offset to the start)."""
    with open(sample(b"hello"), "a+") as file:
        assert file.tell() == 5 and file.read() == ""
    assert files.explain_mode("a+").starts == "end" and files.explain_mode("r+").starts == "start"
    print("notes:", "open(path, 'a+').tell() is 5")
    print("netio:", f"explain_mode('a+').starts is {files.explain_mode('a+').starts!r}")


def test_50_the_log_after_a_crash(sample):
    """Notes: for line in f: n+=1 获取到当前写入的n应该是多少 (count the lines to go on with the number)."""
    torn = b"1, 2026-01-31 08:00:00\n2, 2026-01-"
    path = sample(torn, "notes")
    with open(path, "a+", 1, encoding="utf-8") as file:
        file.seek(0, 0)
        number = sum(1 for _ in file) + 1
        file.write(f"{number},now\n")
    assert path.read_bytes().splitlines()[1:] == [b"2, 2026-01-3,now"]  # glued to the torn line
    path = sample(torn, "netio")
    list(files.timelog.log_time(path, count=1))
    assert [line[:2] for line in files.read_lines(path)] == ["1,", "2,", "2,"]
    print("notes:", "2, 2026-01-3,now: glued to the torn line")
    print("netio:", list(files.read_lines(path)))


def test_51_the_last_piece_is_not_the_explanation(sample):
    """Notes: print(str_list[0], " ", str_list[-1])."""
    path = sample("well  adv. 很好；n. 井\n".encode())
    with open(path, encoding="utf-8") as file:
        str_list = [i for i in file.readline().split(" ") if i != " "]
    assert str_list[-1] == "井\n"
    assert files.look_up(path, "well") == [files.lookup.Entry("well", "adv. 很好；n. 井")]
    print("notes:", ascii(str_list[-1]))
    print("netio:", ascii(files.look_up(path, "well")))


def test_52_a_word_without_spaces_behind_it(sample):
    """Notes: line.split(' ')[0]==word. Behind a word there may be a tab, or nothing but the newline."""
    path = sample("cat\ndog\t狗\n".encode())
    assert notes_look_up(path, "cat").startswith("NOT FOUND") and notes_look_up(path, "dog").startswith("NOT FOUND")
    assert files.look_up(path, "cat") == [files.lookup.Entry("cat", "")]
    assert files.look_up(path, "dog")[0].explanation == "狗"
    print("notes:", "cat:", notes_look_up(path, "cat").strip())
    print("netio:", files.look_up(path, "cat"))


def test_53_open_without_an_encoding(sample):
    """Notes: open("dict.txt", 'r'). Without an encoding the system's is used: on a Chinese Windows that is GBK."""
    path = sample("猫".encode())
    code = "import sys; open(sys.argv[1]).read()"
    system = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    if os.name == "posix" and sys.version_info < (3, 15):  # a system whose encoding is not UTF-8
        command = [sys.executable, "-c", code, path]
        done = subprocess.run(command, env=system, capture_output=True, text=True, timeout=60)
        assert "UnicodeDecodeError" in done.stderr
    elif os.name == "posix":
        done = subprocess.run([sys.executable, "-c", code, path], env={**system, "PYTHONUTF8": ""}, timeout=60)
        assert done.returncode == 0
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code, path], capture_output=True, timeout=60)
    assert done.returncode == 0
    with pytest.raises(UnicodeDecodeError), open(path, encoding="gbk") as file:
        file.read()
    assert files.guess_file_encoding(path) == "utf-8" and list(files.read_lines(path)) == ["猫"]
    print("notes:", "the same program reads the file on one system, and raises UnicodeDecodeError on another")
    print("netio:", "guess_file_encoding:", files.guess_file_encoding(path))


def test_54_the_buffer_at_the_end_of_the_program(tmp_path):
    """Notes: close文件或者文件运行结束 (the buffer is written when the program ends). Not when it is made to end."""
    program = """if True:
        import os, sys
        from netio.files import DurableLog
        usual = open("usual", "w")
        usual.write("line\\n")
        DurableLog("durable").append("line")
        os._exit(1)  # as after kill -9
    """
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(CHECKOUT)})
    assert (tmp_path / "usual").read_bytes() == b"" and (tmp_path / "durable").read_bytes() == b"line\n"
    print("notes:", "stored:", (tmp_path / "usual").read_bytes())
    print("netio:", "stored:", (tmp_path / "durable").read_bytes())


def test_55_mode_w_empties_before_it_writes(sample, full_disk):
    """Notes: w：存在则清空原来内容. Also when nothing can be written afterwards."""
    path = sample(b"precious" * 100, "notes")
    with full_disk(0), pytest.raises(OSError):
        with open(path, "w", encoding="utf-8") as file:
            file.write("new")
            file.flush()
    assert path.read_bytes() == b""
    path = sample(b"precious" * 100, "netio")
    with full_disk(0), pytest.raises(OSError):
        files.replace_file(path, "new")
    assert path.read_bytes() == b"precious" * 100
    print("notes:", "mode w, and no room: 0 bytes are left")
    print("netio:", f"replace_file, and no room: {len(path.read_bytes())} bytes are left")


def test_65_a_bytes_literal_takes_ascii_only():
    """Notes: str --> bytes: str.encode() 或者 b"str"."""
    with pytest.raises(SyntaxError, match="ASCII"):
        compile('b"中文"', "notes", "eval")
    assert files.encodings.find_unencodable("中文", "ascii") == [(0, "中"), (1, "文")] and "中文".encode().decode() == "中文"
    print("notes:", 'b"\\u4e2d\\u6587": SyntaxError')
    print("netio:", "中文".encode())


def test_66_every_binary_is_bytes_and_not_every_bytes_is_text(sample):
    """Notes: 并不是所有的二进制都能转化为bytes (not all binary data can become bytes)."""
    data = bytes(range(256))
    path = sample(data)
    assert path.read_bytes() == data == b"".join(files.read_chunks(path))
    with pytest.raises(UnicodeDecodeError) as caught:
        data.decode()
    print("notes:", "all 256 byte values are bytes; it is text that they cannot become:", caught.value.reason)
    print("netio:", "read_chunks gives all", len(data))


def test_67_full_width_signs():
    """Notes: `try：`, `open（a.txt,'r'）`, `while true：`, `'a+'，1`, `if p == 0：`."""
    for wrong in ("try：\n    pass\nfinally:\n    pass", "open（'a.txt'）", "open('log.txt', 'a+'，1)", "if 0：\n    pass"):
        words = "U\\+FF|invalid character|invalid decimal literal|forgot a comma"  # the last two: CPython 3.10
        with pytest.raises(SyntaxError, match=words):
            compile(wrong, "notes", "exec")
        compile(wrong.translate(str.maketrans("：（），", ":(),")), "netio", "exec")
    print("notes:", "SyntaxError: invalid character (U+FF1A)")
    print("netio:", "the same with : ( ) , compiles")


def test_69_true_is_not_a_name():
    """Notes: while true."""
    with pytest.raises(NameError, match="'true'"):
        exec("while true: break", {})
    exec("while True: break", {})
    print("notes:", "NameError: name 'true' is not defined")
    print("netio:", "while True")


MIXED = 'with open("log.txt") as f:\n    while True:\n        n = 1\n    \ts = "%d" % n\n'
UNEVEN = "while True:\n\tdatas = f.read(100)\n    if not datas:\n        break\n"


def test_70_tabs_and_spaces():
    """Notes: \\tdatas = f.read(100), and below it four spaces and `if not datas:`."""
    for wrong, error in ((MIXED, TabError), (UNEVEN, IndentationError)):
        with pytest.raises(error):
            compile(wrong, "notes", "exec")
    for right in (MIXED.replace("    \t", " " * 8), UNEVEN.replace("\t", "    ")):
        compile(right, "netio", "exec")
    print("notes:", "TabError; IndentationError")
    print("netio:", "the same with four spaces a step compiles")


def test_71_printing_a_line_with_its_newline(sample):
    """Notes: for i in f: print(i)."""
    import io

    path = sample(b"one\ntwo\n")
    theirs, ours = io.StringIO(), io.StringIO()
    with open(path, encoding="utf-8") as file:
        for i in file:
            print(i, file=theirs)
    for line in files.read_lines(path):
        print(line, file=ours)
    assert theirs.getvalue() == "one\n\ntwo\n\n" and ours.getvalue() == "one\ntwo\n"
    print("notes:", repr(theirs.getvalue()))
    print("netio:", repr(ours.getvalue()))


def test_72_a_plus_differs_from_r_plus_in_more(tmp_path, sample):
    """Notes: a+：读写模式（与r+区别为追加） (the difference from r+ is appending)."""
    with pytest.raises(FileNotFoundError):
        open(tmp_path / "missing", "r+")
    open(tmp_path / "missing", "a+").close()
    path = sample(b"one\ntwo\n")
    with open(path, "r+", newline="\n") as file:
        file.write("J")
    first = path.read_bytes()
    with open(path, "r+", newline="\n") as file:
        file.readline()
        file.write("end")  # after a read: at the end, because the reader has read ahead
    after_read = path.read_bytes()
    with open(path, "r+", newline="\n") as file:
        file.readline()
        file.seek(file.tell())
        file.write("T")
    assert (first, after_read, path.read_bytes()) == (b"Jne\ntwo\n", b"Jne\ntwo\nend", b"Jne\nTwo\nend")
    large = sample(b"one\n" * 100_000, "large")
    with open(large, "r+", newline="\n") as file:
        file.readline()
        file.write("HERE")
    place = large.read_bytes().index(b"HERE")  # some KiB on: neither after the line nor at the end
    assert 4 < place < 399_996 and large.stat().st_size == 400_000
    modes = {mode: files.explain_mode(mode) for mode in ("r+", "a+")}
    assert modes["r+"].missing != modes["a+"].missing
    print("notes:", f"r+ of a missing file raises, a+ makes it; r+ writes at the beginning: {first}, "
                    f"after a read at the end: {after_read}, of a large file at {place}")
    print("netio:", {mode: found.missing for mode, found in modes.items()})


def test_73_flush_does_not_reach_the_disk(tmp_path):
    """Notes: 缓冲区减少应用程序与磁盘的交互次数 ... 调用flush() 刷新: it goes to the system, which has buffers, too."""
    import _pyio  # open() in Python, in which a call of os.fsync would be counted
    from unittest import mock

    with mock.patch.object(os, "fsync", side_effect=os.fsync) as to_disk:
        with _pyio.open(tmp_path / "notes", "w") as file:
            file.write("line\n")
            file.flush()
            if os.name == "posix":
                import fcntl
                assert not fcntl.fcntl(file.fileno(), fcntl.F_GETFL) & os.O_SYNC  # nor does the system wait
        assert to_disk.call_count == 0
        if os.name == "posix":  # nor does the usual open(): a pipe takes a flush, and refuses what is for a disk
            reader, writer = os.pipe()
            with open(reader, "rb", buffering=0) as read, open(writer, "w", encoding="utf-8") as file:
                file.write("line\n")
                file.flush()
                assert read.read(5) == b"line\n"
                with pytest.raises(OSError):
                    os.fsync(writer)
        assert to_disk.call_count <= 1  # that one
        to_disk.reset_mock()
        with files.DurableLog(tmp_path / "netio") as log:
            log.append("line")
            assert to_disk.call_count > 0
    print("notes:", "write, flush, close: os.fsync was called 0 times")
    print("netio:", "DurableLog.append:", "os.fsync was called", to_disk.call_count, "times (with the folder's)")


def test_74_negative_offsets_need_whence(sample):
    """Notes: seek(offset): 可以为正数或者负数 ... 默认值为0 (may be negative, and whence is 0 by default)."""
    with open(sample("一二三".encode()), "rb") as file:
        with pytest.raises((ValueError, OSError)):  # negative seek value, or EINVAL
            file.seek(-3)
        assert file.seek(-3, os.SEEK_END) == 6 and file.read().decode() == "三"
    with pytest.raises(ValueError), open(sample(b"abc")) as file:
        file.seek(-1)
    assert list(files.read_last_lines(sample("一\n二\n三".encode()), 1)) == ["三"]
    print("notes:", "seek(-3) raises")
    print("netio:", "seek(-3, os.SEEK_END) in binary mode; read_last_lines(path, 1):", ascii("三"))


def test_75_append_mode_writes_at_the_end_wherever_one_seeks(sample):
    """Notes: 以a打开文件偏移量在末尾, 读写共用一个偏移量: as if a seek could move where it writes."""
    path = sample(b"hello")
    with open(path, "ab+") as file:
        file.seek(0)
        assert file.read(1) == b"h"
        file.write(b"!")
    assert path.read_bytes() == b"hello!" and files.explain_mode("ab+").writes == "at the end"
    print("notes:", "seek(0), read(1), write: b'hello!'")
    print("netio:", "explain_mode('ab+').writes is", repr(files.explain_mode("ab+").writes))


def test_76_seek_is_a_method():
    """Notes: with open('log.txt', 'a+', 1) as f: seek(0, 0)."""
    with pytest.raises(NameError, match="'seek'"):
        exec("seek(0, 0)", {})
    assert files.timelog.next_number(os.devnull) == 1
    print("notes:", "NameError: name 'seek' is not defined")
    print("netio:", "next_number(path) finds the number to go on with:", files.timelog.next_number(os.devnull))


def test_77_sleeping_a_second_is_not_each_second(tmp_path):
    """Notes: 每秒向文件写入当前时间: write, then time.sleep(1). Each round takes a second and the writing."""
    import time
    from unittest import mock

    clock, writing = [100.0], 0.25

    def pass_time(seconds):
        clock[0] += seconds

    class Stop:
        def is_set(self):
            return False

        def wait(self, seconds):
            pass_time(seconds)

    theirs, ours = [], []
    with mock.patch.object(time, "monotonic", lambda: clock[0]), mock.patch.object(time, "sleep", pass_time):
        for _ in range(4):  # the notes' loop
            theirs.append(time.monotonic() - 100)
            pass_time(writing)
            time.sleep(1)
        clock[0] = 100.0
        for _ in files.timelog.log_time(tmp_path / "log", count=4, stop=Stop()):
            ours.append(time.monotonic() - 100)
            pass_time(writing)
    assert theirs == [0, 1.25, 2.5, 3.75] and ours == [0, 1, 2, 3]
    print("notes:", "where writing takes 0.25 s, lines at", theirs)
    print("netio:", "lines at", ours)


def test_78_isfile_is_not_exists(tmp_path):
    """Notes: os.path.exists 判断文件是否存在; os.path.isfile --》文件是否存在 (whether the file exists, both)."""
    for path in (tmp_path, os.devnull):
        assert os.path.exists(path) and not os.path.isfile(path)
    if hasattr(os, "symlink") and os.name == "posix":
        os.symlink(tmp_path / "nowhere", tmp_path / "link")
        assert os.path.lexists(tmp_path / "link") and not os.path.exists(tmp_path / "link")
    if os.name == "posix":  # a program without the right to look
        tmp_path.chmod(0o755)
        (tmp_path / "closed").mkdir()
        (tmp_path / "closed" / "f").touch()
        look = ("import os, sys\nif os.getuid() == 0: os.setuid(65534)  # root may look everywhere\n"
                "print(os.path.exists(sys.argv[1]))")
        seen = []
        for folder_mode in (0o755, 0):
            os.chmod(tmp_path / "closed", folder_mode)
            command = [sys.executable, "-S", "-c", look, "closed/f"]
            done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, timeout=60)
            seen.append(done.stdout.strip())
        os.chmod(tmp_path / "closed", 0o755)
        assert seen == ["True", "False"]
    assert files.describe_file(tmp_path).kind == "folder"
    print("notes:", "a folder and a device: exists is True, isfile is False")
    print("netio:", "describe_file(...).kind is", repr(files.describe_file(tmp_path).kind))


def test_145_readline_reads_bytes_and_a_size_cuts(sample):
    """Notes: readline() 一般不用于字节的读取 (generally not for reading bytes)."""
    path = sample("猫hello\nworld".encode())
    with open(path, "rb") as file:
        assert file.readline() == "猫hello\n".encode()
    with open(path, encoding="utf-8") as file:
        pieces = [file.readline(3) for _ in range(3)]
    assert pieces == ["猫he", "llo", "\n"]
    assert list(files.read_lines(path)) == ["猫hello", "world"]
    print("notes:", "readline(3) gives pieces that are no lines:", pieces)
    print("netio:", list(files.read_lines(path)))


def test_146_print_may_fail():
    """Notes: 使用print时会自动解析unicode的字符串 (print parses the unicode str by itself)."""
    said = []
    for encoding in ("gbk", "utf-8"):
        command = [sys.executable, "-S", "-c", "print('caf\\xe9 \\U0001f375')"]
        said.append(subprocess.run(command, capture_output=True, timeout=60,
                                   env={**os.environ, "PYTHONIOENCODING": encoding}))
    assert said[0].returncode == 1 and b"UnicodeEncodeError" in said[0].stderr
    assert said[1].stdout.split() == "caf\xe9 \U0001f375".encode().split()
    assert files.encodings.find_unencodable("caf\xe9 \U0001f375", "gbk")[-1] == (5, "\U0001f375")
    print("notes:", "print to a GBK terminal: UnicodeEncodeError")
    print("netio:", "find_unencodable:", ascii(files.encodings.find_unencodable("caf\xe9 \U0001f375", "gbk")))


def test_147_the_parameter_is_called_mode(sample):
    """Notes: open(file_path, access_mode = 'r', buffering = -1); with open() as f."""
    path = sample(b"here")
    for wrong in ({"file": path, "access_mode": "r"}, {}):
        with pytest.raises(TypeError):
            open(**wrong)
    with open(file=path, mode="r", buffering=-1, encoding="utf-8") as file:
        assert file.read() == "here"
    print("notes:", "open(path, access_mode='r') and open(): TypeError")
    print("netio:", "open(path, mode='r', encoding='utf-8') reads 'here'")


def test_148_a_name_without_quotes(sample):
    """Notes: try: file = open(a.txt, 'r'); except Exception as e: print("文件不存在")."""
    path = sample(b"here", "a.txt")
    said = []
    for name in (path.name, repr(str(path))):
        try:
            exec(f"open({name}, 'r').close()", {})
            said.append("opened")
        except Exception as error:
            said.append(type(error).__name__)
    assert said == ["NameError", "opened"]
    print("notes:", f"open({path.name}) of a file that is there:", said[0])
    print("netio:", f"open({path.name!r}):", said[1])


def test_149_a_block_is_no_line(sample):
    """Notes: datas = f.read(100); print(datas)."""
    import io

    text = "word " * 25
    shown = {"\n": io.StringIO(), "": io.StringIO()}
    for end, out in shown.items():
        with open(sample(text.encode()), encoding="utf-8") as file:
            while datas := file.read(98):
                print(datas, file=out, end=end)
    assert "wor\nd " in shown["\n"].getvalue() and shown[""].getvalue() == text
    print("notes:", "a word is printed in two lines:", repr(shown["\n"].getvalue()[90:104]))
    print("netio:", "print(datas, end=''):", repr(shown[""].getvalue()[90:104]))


def test_150_no_tell_in_a_loop(sample):
    """Notes: 遍历 相当于每次使用一次readline (a loop over the file is a readline each time)."""
    path = sample(b"one\ntwo\n")
    with open(path, encoding="utf-8") as file, pytest.raises(OSError, match="telling position disabled"):
        for _ in file:
            file.tell()
    with open(path, encoding="utf-8", newline="\n") as file:
        assert file.readline() == "one\n" and file.tell() == 4
    print("notes:", "tell() in a loop over lines: OSError")
    print("netio:", "after readline() it is 4")


def test_162_a_binary_file_takes_buffers(tmp_path):
    """Notes: 只能以字节串的形式写入 (can be written as bytes only)."""
    import array

    room = bytearray(2)
    with open(tmp_path / "f", "wb+") as file:
        for data in (bytearray(b"ab"), memoryview(b"xcdx")[1:3], array.array("B", b"ef")):
            file.write(data)
        with pytest.raises(TypeError):
            file.write("gh")
        file.seek(4)
        assert file.readinto(room) == 2
    assert (tmp_path / "f").read_bytes() == b"abcdef" and room == b"ef"
    print("notes:", "a bytearray, a memoryview and an array were written")
    print("netio:", b"".join(files.read_chunks(tmp_path / "f")))


def test_164_it_is_the_time_that_counts():
    """Notes: IO密集型 ... 以IO操作与cpu操作的多少来区分 (told apart by the number of operations)."""
    import time

    reader, writer = os.pipe()
    began, used = time.monotonic(), time.thread_time()
    waker = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(0.1); print('x')"], stdout=writer)
    os.close(writer)
    additions = sum(1 for _ in range(1000))
    os.read(reader, 1)  # one operation
    elapsed, computing = time.monotonic() - began, time.thread_time() - used
    os.close(reader)
    waker.wait(60)
    assert computing < elapsed / 2
    print("notes:", f"{additions} additions, one read: by number it computes")
    print("netio:", f"by time it waits: {elapsed:.3f} s, {computing:.3f} s of them on the CPU")


def test_165_text_and_binary_files_are_of_two_types(sample):
    """Notes: 文本文件、二进制文件，在python里视为一种 类型的对象 (objects of one type)."""
    import io

    path = sample("茶".encode())
    opened = {}
    for mode, encoding in (("r", "utf-8"), ("rb", None)):
        with open(path, mode, encoding=encoding) as file:
            opened[type(file).__name__] = file.read(1)
            assert isinstance(file, io.TextIOBase) is (mode == "r")
    assert list(opened.values()) == ["茶", b"\xe8"] and len(opened) == 2
    print("notes:", "two types:", ", ".join(opened))
    print("netio:", "read(1) is a character of one and a byte of the other:", ascii(list(opened.values())))


def test_166_the_buffer_is_pythons(tmp_path):
    """Notes: buffering -1 表示使用默认系统默认提供的缓冲区 (the system's own buffer)."""
    import io

    path = tmp_path / "notes"
    with open(path, "wb", buffering=-1) as file:
        file.write(b"line\n")
        stored = os.path.getsize(path)  # what the system was given
    assert stored == 0 and os.path.getsize(path) == 5
    if os.name == "posix":
        master, terminal = os.openpty()
        with open(master, "rb", buffering=0), open(terminal, "w", encoding="utf-8") as screen:
            assert screen.line_buffering
    steps = files.watch_buffering(tmp_path / "netio", [b"line\n"], binary=True)
    assert [step.stored for step in steps] == [0, 5]
    print("notes:", "after write the system has", stored, "bytes of 5: the program has them")
    print("netio:", f"io.DEFAULT_BUFFER_SIZE is {io.DEFAULT_BUFFER_SIZE}; stored after a line and after close:",
          [step.stored for step in steps])


def test_167_seek_writes_the_buffer_too(tmp_path):
    """Notes: 刷新缓冲区的条件: full, flush, close, a line: these four."""
    path = tmp_path / "notes"
    with open(path, "wb+") as file:
        file.write(b"ab")
        before = os.path.getsize(path)
        file.seek(0)
        after = os.path.getsize(path)
    assert (before, after) == (0, 2)
    print("notes:", "stored after write:", before, "- and after seek(0):", after)
    print("netio:", "flush() says that it is meant:", [s.stored for s in files.watch_buffering(path, ["ab", None])][:2])


def test_168_an_offset_counts_no_characters(sample):
    """Notes: tell() 返回当前文件偏移量; seek 第一个参数为移动多少 (by how much to move): in a text file, of what?"""
    path = sample("茶a\n水b".encode())
    with open(path, encoding="utf-8", newline="\n") as file:
        assert file.read(1) == "茶"
        place = file.tell()
        file.seek(1)
        with pytest.raises(UnicodeDecodeError):
            file.read()
        file.seek(place)  # what tell gave
        assert file.readline() == "a\n"
    assert place == 3
    with files.LineIndex(path) as lines:
        assert lines[1] == "水b"
    print("notes:", f"one character was read, tell() is {place}; after seek(1) read() raises UnicodeDecodeError")
    print("netio:", "LineIndex goes to a line:", ascii("水b"))
