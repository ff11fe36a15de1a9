"""Where the notes' chapter on files misleads: their way goes wrong, netio's does not.

01 to 10 are the rows of the errata list; from 101 on are those that this chapter found besides.
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


def test_02_cutting_the_last_character(sample):
    """Notes: print(img[: -1]) 删去末尾的 '\\n' (drop the newline by dropping the last character)."""
    path = sample(b"0001.jpg\n0002.jpg")
    with open(path, encoding="utf-8") as file:
        assert [line[:-1] for line in file.readlines()] == ["0001.jpg", "0002.jp"]
    assert list(files.read_lines(path)) == ["0001.jpg", "0002.jpg"]


def test_03_runs_of_spaces(sample):
    """Notes: [i for i in line.split(" ") if i != " "] removes the spaces."""
    line = "word     an explanation\n"
    assert [i for i in line.split(" ") if i != " "] == ["word", "", "", "", "", "an", "explanation\n"]
    assert files.look_up(sample(line.encode()), "word") == [files.Entry("word", "an explanation")]


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
    with pytest.raises(ValueError, match="line 2: b'Zoo' stands after b'apple'"):
        files.check_sorted(path)
    assert files.look_up_unsorted(path, "Zoo") == [files.Entry("Zoo", "2")]


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


def test_07_line_buffering_of_bytes(tmp_path):
    """Notes: buffering = 1 表示行缓冲区. In text mode only."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        steps = files.watch_buffering(tmp_path / "f", [b"line\n"], binary=True, buffering=1)
    assert [step.stored for step in steps] == [0, 5] and "line buffering" in str(caught[0].message)
    assert files.watch_buffering(tmp_path / "f", ["line\n"], buffering=1)[0].stored == 5


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="Windows stores holes, unless a file is marked sparse")
def test_08_a_hole_takes_no_room(tmp_path):
    """Notes: 下载一个10G的文件，系统就会给文件分配一个10G的空间 (the system allots 10 GB to a download of 10 GB)."""
    files.make_sparse(tmp_path / "download", 10 << 30)
    assert os.path.getsize(tmp_path / "download") == 10 << 30
    assert files.allocated_bytes(tmp_path / "download") < 1 << 20
    files.preallocate(tmp_path / "reserved", 1 << 20)
    assert files.allocated_bytes(tmp_path / "reserved") >= 1 << 20


def test_09_descriptors_come_again(sample):
    """Notes: 文件描述符是一个不重复的整数 (a descriptor is a number that never repeats)."""
    path = sample(b"")
    with open(path) as first:
        number = first.fileno()
    with open(path) as second:
        assert second.fileno() == number
    assert files.lowest_free_descriptor() == number


def test_10_not_every_str_becomes_bytes():
    """Notes: 所有的字符串都能转化为字节串 (every str can become bytes)."""
    for text, encoding in (("\ud800", "utf-8"), ("中", "ascii")):
        with pytest.raises(UnicodeEncodeError):
            text.encode(encoding)
        assert files.find_unencodable(text, encoding) == [(0, text)]


def test_101_the_offset_after_open(sample):
    """Notes: 每一次open一个文件，文件偏移量都设置为开头 (each open sets the offset to the start)."""
    with open(sample(b"hello"), "a+") as file:
        assert file.tell() == 5 and file.read() == ""
    assert files.explain_mode("a+").starts == "end" and files.explain_mode("r+").starts == "start"


def test_102_the_log_after_a_crash(sample):
    """Notes: for line in f: n+=1 获取到当前写入的n应该是多少 (count the lines to go on with the number)."""
    torn = b"1, 2026-01-31 08:00:00\n2, 2026-01-"
    path = sample(torn, "notes")
    with open(path, "a+", 1, encoding="utf-8") as file:
        file.seek(0, 0)
        number = sum(1 for _ in file) + 1
        file.write(f"{number},now\n")
    assert path.read_bytes().splitlines()[1:] == [b"2, 2026-01-3,now"]  # glued to the torn line
    path = sample(torn, "netio")
    list(files.log_time(path, count=1))
    assert [line[:2] for line in files.read_lines(path)] == ["1,", "2,", "2,"]


def test_103_the_last_piece_is_not_the_explanation(sample):
    """Notes: print(str_list[0], " ", str_list[-1])."""
    path = sample("well  adv. 很好；n. 井\n".encode())
    with open(path, encoding="utf-8") as file:
        str_list = [i for i in file.readline().split(" ") if i != " "]
    assert str_list[-1] == "井\n"
    assert files.look_up(path, "well") == [files.Entry("well", "adv. 很好；n. 井")]


def test_104_a_word_without_spaces_behind_it(sample):
    """Notes: line.split(' ')[0]==word. Behind a word there may be a tab, or nothing but the newline."""
    path = sample("cat\ndog\t狗\n".encode())
    assert notes_look_up(path, "cat").startswith("NOT FOUND") and notes_look_up(path, "dog").startswith("NOT FOUND")
    assert files.look_up(path, "cat") == [files.Entry("cat", "")] and files.look_up(path, "dog")[0].explanation == "狗"


def test_105_open_without_an_encoding(sample):
    """Notes: open("dict.txt", 'r'). Without an encoding the system's is used: on a Chinese Windows that is GBK."""
    path = sample("猫".encode())
    with pytest.raises(UnicodeDecodeError), open(path, encoding="gbk") as file:
        file.read()
    assert files.guess_file_encoding(path) == "utf-8" and list(files.read_lines(path)) == ["猫"]


def test_106_the_buffer_at_the_end_of_the_program(tmp_path):
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


def test_107_mode_w_empties_before_it_writes(sample, full_disk):
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
