"""The files chapter: what `write` has not written, a character cut in two, a hole, a torn log, a search by halves."""
from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

from .. import files
from . import Guide


def visit(guide: Guide) -> None:
    """Walk through the chapter in a temporary folder."""
    guide.chapter("files", "bytes on their way to the disk and back", "字节在内存与磁盘之间")
    with tempfile.TemporaryDirectory() as folder:
        for step in (_buffering, _characters, _hole, _torn_log, _look_up, _halves, _descriptors):
            step(guide, folder)


def _buffering(guide: Guide, folder: str) -> None:
    guide.did("Wrote 5 bytes, flushed, wrote 4 more, closed; asked the system for the file's size after each step.",
              "写 5 个字节，flush，再写 4 个，关闭；每一步之后都问系统文件有多大。")
    steps = files.watch_buffering(os.path.join(folder, "buffered"), ["hello", None, "中\n"])
    guide.saw("\n".join(f"{step.action:<8} given {step.given}  in the file {step.stored}" for step in steps),
              "\n".join(f"{step.action:<8} 已写 {step.given}  文件里 {step.stored}" for step in steps))
    guide.surprise("What write() took is not in the file yet, and a newline alone does not send it there.",
                   "write() 收下的还不在文件里；光有换行符也不会让它落到文件中（除非 buffering=1）。")


def _characters(guide: Guide, folder: str) -> None:
    path = os.path.join(folder, "names")
    files.replace_file(path, "李雷\n韩梅梅\n")
    chunk = next(files.read_chunks(path, 4))
    guide.did("Read the first 4 bytes of 李雷 and decoded them; then read the file's lines from its end.",
              "读出“李雷”的前 4 个字节来解码；再从文件末尾倒着读行。")
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError as error:
        guide.saw(f"{chunk!r}: {type(error).__name__}: {error.reason}\n{list(files.read_lines_reversed(path))}")
    guide.surprise("4 bytes are one character and a third. Cut at newline bytes first and decode whole lines.",
                   "4 个字节是一又三分之一个汉字：先按换行字节切开，再整行解码。")


def _hole(guide: Guide, folder: str) -> None:
    path = os.path.join(folder, "download")
    files.make_sparse(path, 64 << 20)
    with open(path, "rb+") as file:
        file.seek(32 << 20)
        file.write(b"not a hole")
        files.sync(file)
    guide.did("Reserved 64 MiB as a downloader does, and wrote 10 bytes in the middle.",
              "像下载器那样预留 64 MiB，只在中间写 10 个字节。")
    facts = files.describe_file(path)
    extents = files.map_extents(path) if hasattr(os, "SEEK_HOLE") else []
    guide.saw("\n".join([f"length {facts.size:,}, on the disk {facts.allocated:,}"]
                        + [f"{extent.kind} {extent.length:,} at {extent.offset:,}" for extent in extents]),
              "\n".join([f"长度 {facts.size:,}，占用磁盘 {facts.allocated:,}"]
                        + [f"{guide.say(extent.kind)} {extent.length:,}，起始于 {extent.offset:,}" for extent in extents]))
    guide.surprise("A hole takes no room (on Linux and macOS), so it reserves none: the disk may still run full.",
                   "空洞不占磁盘（Linux、macOS），所以也没有真的预留：磁盘照样可能写满。")


def _torn_log(guide: Guide, folder: str) -> None:
    path = os.path.join(folder, "log.txt")
    list(files.timelog.log_time(path, interval=0.001, count=2))
    with open(path, "a", encoding="utf-8") as file:
        file.write("3, 2026-01-")
    guide.did("Logged the time twice, tore a third line as a crash would, and started the log again.",
              "记两行时间，像断电那样留下半行，再重新启动记录。")
    list(files.timelog.log_time(path, count=1))
    guide.saw("\n".join(files.read_lines(path)))
    guide.surprise("The torn line is closed and kept, and the numbers go on from the last whole line.",
                   "残行被补上换行并保留，编号从最后一个完整的行接着走。")


def _look_up(guide: Guide, folder: str) -> None:
    path = os.path.join(folder, "dict.txt")
    files.replace_file(path, "".join(f"word{number:06d}  第{number}个\n" for number in range(100_000)))
    word = "word077777"
    guide.did("Looked a word up in 100,000 sorted lines, once from the start and once by halves.",
              "在十万行有序的词典里查一个词：一次从头读，一次折半。")
    linear, found = _timed(lambda: files.lookup.look_up_unsorted(path, word))
    halves, same = _timed(lambda: files.look_up(path, word))
    guide.saw(f"{found}\nfrom the start {linear * 1e3:.1f} ms, by halves {halves * 1e3:.2f} ms, same: {found == same}",
              f"{found}\n从头读 {linear * 1e3:.1f} 毫秒，折半 {halves * 1e3:.2f} 毫秒，结果相同：{found == same}")
    guide.surprise("17 looks are enough for 100,000 lines, if they are sorted as the search compares.",
                   "十万行只要看 17 次，前提是文件的排序和比较用的是同一种顺序。")


def _halves(guide: Guide, folder: str) -> None:
    source, target = os.path.join(folder, "face.jpg"), os.path.join(folder, "copy.jpg")
    files.replace_file(source, bytes(range(256)) * 4096)
    with ThreadPoolExecutor(2) as executor:
        files.copy_in_parts(source, target, executor=executor)
    parts = files.split_file(source, 3)
    with open(f"{source}.002", "rb+") as part:
        part.write(b"?")
    guide.did("Copied the two halves of a file at once; split it in three, changed one byte of a part, and joined.",
              "同时拷贝一个文件的上下两半；再切成三份，改掉其中一个字节，然后合并。")
    same = files.checksum(source) == files.checksum(target)
    try:
        files.join_files(parts, target)
    except ValueError as error:
        guide.saw(f"halves: same checksum {same}\njoin: {error}", f"两半：校验和相同 {same}\n合并：{error}")
    guide.surprise("Each worker opens the file for itself: an opened file has one offset, whoever reads.",
                   "每个工作者各自打开文件：一个打开的文件只有一个偏移量，谁读都会移动它。")


def _descriptors(guide: Guide, folder: str) -> None:
    guide.did("Opened a file, closed it, and opened another.", "打开一个文件，关闭，再打开另一个。")
    with open(os.path.join(folder, "one"), "w", encoding="utf-8") as one:
        first = one.fileno()
    with open(os.path.join(folder, "two"), "w", encoding="utf-8") as two:
        second = two.fileno()
    guide.saw(f"descriptors {first} and {second}", f"描述符 {first} 和 {second}")
    guide.surprise("The lowest free number is used again: a number kept after close may mean another file.",
                   "最小的空闲号码会马上再用：关闭之后还留着的号码，指的可能是另一个文件。")


def _timed(work: Callable[[], list[files.lookup.Entry]]) -> tuple[float, list[files.lookup.Entry]]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result
