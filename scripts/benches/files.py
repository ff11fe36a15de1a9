"""Reading, counting, copying and looking up, on a file of a million sorted lines (29 MiB) and one of 512 MiB."""
from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Callable, Iterator

from netio import files

from .harness import Row, Settings, compare, seconds


def rows(settings: Settings) -> Iterator[Row]:
    """Iterate, count, copy, look up warm, kept open and cold, each beside the usual way and the system's tool."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "words")
        words = write_words(path, 1_000_000)
        yield from reading(path, settings)
        yield from looking_up(path, words, settings)
        yield from looking_up_cold(path, words, settings)
        yield from copying(Path(folder), (32 if settings.quick else 512) << 20, settings)


def write_words(path: Path, count: int) -> list[str]:
    """Write `count` sorted entries and return their words."""
    choose = random.Random(1)
    words: set[str] = set()
    while len(words) < count:
        words.add("".join(choose.choices("abcdefghijklmnopqrstuvwxyz", k=choose.randint(5, 14))))
    ordered = sorted(words)
    files.replace_file(path, "".join(f"{word}  解释 {word[::-1]}\n" for word in ordered))
    return ordered


def reading(path: Path, settings: Settings) -> Iterator[Row]:
    def iterate_text() -> None:
        with open(path, encoding="utf-8") as file:
            for _ in file:
                pass

    def iterate_binary() -> None:
        for _ in files.reading.read_binary_lines(path):
            pass

    def count_text() -> int:
        with open(path, encoding="utf-8") as file:
            return sum(1 for _ in file)

    yield compare("iterate over lines", seconds(iterate_binary), seconds(iterate_text), settings, reach=1.6,
                  names=("read_binary_lines", "text mode"))
    yield compare("count lines", seconds(partial(files.count_lines, path)), seconds(count_text), settings, reach=3,
                  names=("count_lines", "sum(1 for line in file)"))
    if not (wc := shutil.which("wc")):
        yield Row("count lines, beside wc -l", "count_lines", "wc -l", skipped="wc is not installed")
    else:
        yield compare("count lines, beside wc -l", seconds(partial(files.count_lines, path)),
                      seconds(lambda: subprocess.run([wc, "-l", path], stdout=subprocess.DEVNULL, check=True)),
                      settings, names=("count_lines", "wc -l, its start included"))


def find_linearly(path: Path, word: str) -> bytes:
    """Return the line of a word by reading from the start: the fastest plain loop that there is."""
    key = word.encode() + b" "
    with open(path, "rb", buffering=1 << 18) as file:
        for line in file:
            if line.startswith(key):
                return line
    return b""


def looking_up(path: Path, words: list[str], settings: Settings) -> Iterator[Row]:
    asked = random.Random(2).sample(words, 2000)
    middle = words[len(words) // 2]

    def each(look_up: Callable[[str], object]) -> Callable[[], float]:
        def ask_all() -> None:
            for word in asked:
                look_up(word)

        timed = seconds(ask_all)
        return lambda: timed() / len(asked)

    linear = seconds(partial(find_linearly, path, middle))
    yield compare("look a word up, warm", each(partial(files.look_up, path)), linear, settings, reach=1500,
                  names=("look_up", "linear, to the middle"))
    with files.SortedFile(path) as kept:
        yield compare("look a word up, file kept open", each(kept.look_up), linear, settings, reach=4000,
                      names=("SortedFile", "linear, to the middle"))


def looking_up_cold(path: Path, words: list[str], settings: Settings) -> Iterator[Row]:
    if not hasattr(os, "posix_fadvise"):
        yield Row("look a word up, cold", "look_up", "linear", skipped="this system cannot drop a file from its cache")
        return
    asked = iter(random.Random(3).choices(words, k=10_000))

    def cold(look_up: Callable[[str], object], word: Callable[[], str]) -> Callable[[], float]:
        def timed_once() -> float:
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return seconds(partial(look_up, word()))()

        # The first of five may wait for what the other side had the disk read ahead.
        return lambda: statistics.median(timed_once() for _ in range(5))

    def any_word() -> str:
        return next(asked)

    ours = cold(partial(files.look_up, path), any_word)
    linear = cold(partial(find_linearly, path), lambda: words[len(words) // 2])
    yield compare("look a word up, cold", ours, linear, settings, reach=40, names=("look_up", "linear, to the middle"))
    if not (look := shutil.which("look")):
        yield Row("look a word up, cold, beside look(1)", "look_up", "look(1)", skipped="look is not installed")
        return

    def run_look(word: str) -> None:
        subprocess.run([look, word, path], stdout=subprocess.DEVNULL, env={"LC_ALL": "C"}, check=True)

    yield compare("look a word up, cold, beside look(1)", ours, cold(run_look, any_word), settings, reach=10,
                  names=("look_up", "look(1), its start included"))


def copying(folder: Path, size: int, settings: Settings) -> Iterator[Row]:
    source, target = folder / "source", folder / "target"
    block = os.urandom(1 << 20)
    with open(source, "wb") as file:
        for _ in range(size >> 20):
            file.write(block)

    def to_nothing(copy: Callable[[], object]) -> Callable[[], float]:
        def timed() -> float:
            target.unlink(missing_ok=True)
            return seconds(copy)()

        return timed

    def run_cp() -> None:  # and wait until the copy is on the disk, as copy_file does
        subprocess.run(["cp", source, target], check=True)
        with open(target, "rb+") as file:
            os.fsync(file.fileno())

    if not shutil.which("cp"):
        yield Row("copy a file", "copy_file", "cp", skipped="cp is not installed")
        return
    ours = to_nothing(partial(files.copy_file, source, target))
    yield compare(f"copy {size >> 20} MiB to the disk", ours, to_nothing(run_cp), settings, reach=1.0,
                  names=("copy_file", "cp and fsync"))
