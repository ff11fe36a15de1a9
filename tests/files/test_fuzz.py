"""Any bytes may stand in a file: what reads it gives an answer or a documented error, and answers agree."""
from __future__ import annotations

import os
import random
import re
import unicodedata

import pytest

from netio.files import (DurableLog, LineIndex, SortedFile, copy_file, count_lines, follow_lines, guess_file_encoding,
                         join_files, look_up, read_lines, read_lines_reversed, split_file)
from netio.files import encodings, lookup, reading
from netio.files.copying import part_name
from netio.files.encodings import guess_encoding
from netio.files.lookup import check_sorted, look_up_unsorted
from netio.files.offsets import index_lines
from netio.files.reading import read_binary_lines, read_chunks
from netio.files.timelog import next_number

from ..fuzzing import mutate, rounds

BYTES = [b"a", b"b", b" ", b"\t", b"\r", b"\n", b"\n", b"\r\n", "中".encode(), b"\xe4", b"\xff", b"\0", b"\xef\xbb\xbf",
         b"\xff\xfe", b"\xfe\xff", "中".encode("gbk"), b"+", b"\x85", b"\x0b", b"9" * 5000]


def contents(seed):
    choose = random.Random(seed)
    return bytes(choose.choices(b"ab \t\r\n\n\xe4\xb8\xad\xff\x00\xef\xbb\xbf", k=choose.randint(0, 150)))


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_only_documented_errors(sample, tmp_path, seed):
    for number in range(seed, seed + 20):
        path = sample(contents(number))
        for read in (read_lines, lambda path: read_lines_reversed(path, chunk_size=3), guess_file_encoding,
                     check_sorted, lambda path: look_up(path, "a"), lambda path: look_up_unsorted(path, "a"),
                     next_number, lambda path: follow_lines(path, from_start=True, timeout=0)):
            try:
                result = read(path)
                list(result) if hasattr(result, "__iter__") else result
            except ValueError:  # UnicodeDecodeError is one
                pass
        with pytest.raises(ValueError):
            join_files(path, tmp_path / "target")
        assert count_lines(path) == len(list(read_binary_lines(path))) == len(index_lines(path)) - 1


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_the_ways_of_reading_agree(sample, seed):
    for number in range(seed, seed + 20):
        text = contents(number).decode("utf-8", "replace").replace("\r", "")
        path = sample(text.encode())
        lines = list(read_lines(path))
        assert list(read_lines_reversed(path, chunk_size=5)) == lines[::-1]
        with LineIndex(path) as index:
            assert list(index) == lines


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_both_look_ups_agree_where_the_file_is_sorted(sample, seed):
    for number in range(seed, seed + 20):
        lines = contents(number).decode("utf-8", "replace").replace("\0", "").split("\n")
        words = {line.split()[0] for line in lines if line[:1].strip()}
        lines.sort(key=lambda line: line.split()[0].encode() if line[:1].strip() else b"")
        path = sample("\n".join(lines).encode())
        check_sorted(path)
        for word in words:
            assert look_up(path, word) == look_up_unsorted(path, word) != []


def outcome(read, *arguments, **options):
    """Return what a reader reads as a list, or ValueError (UnicodeDecodeError is one)."""
    try:
        return list(read(*arguments, **options))
    except ValueError:
        return ValueError


def read_by_open(path, encoding):
    with open(path, encoding=encoding, newline="\n") as file:
        for number, line in enumerate(file):
            line = line.removeprefix("\ufeff") if number == 0 and not "".encode(encoding) else line
            if line:
                yield line[:-1].removesuffix("\r") if line.endswith("\n") else line


@rounds(80, 100_000)
def test_lines_are_the_same_however_they_come_and_whoever_reads_them(rounds, rng, sample, monkeypatch):
    def crumbs(path, size):
        return read_chunks(path, rng.choice((1, 2, 3, 7)))

    for _ in range(rounds):
        data = rng.choice((b"", b"", *BYTES[12:15])) + b"".join(rng.choices(BYTES[:-1], k=rng.randrange(50)))
        encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "gbk", "latin-1", "utf-16", "utf-16-le", "utf-7", "hz"))
        path = sample(data)
        whole, guess = outcome(read_lines, path, encoding=encoding), outcome(lambda: [guess_encoding(data)])
        with monkeypatch.context() as patch:
            patch.setattr(reading, "read_chunks", crumbs)
            patch.setattr(encodings, "read_chunks", lambda path, size: read_chunks(path, rng.choice((4, 5, 9))))
            assert outcome(read_lines, path, encoding=encoding) == whole, (data, encoding)
            assert outcome(lambda: [guess_file_encoding(path)]) == guess, data
        if whole is not ValueError:
            assert [line for line in outcome(read_by_open, path, encoding)] == whole, (data, encoding)
        if encoding[:5] in ("utf-8", "gbk", "latin"):
            path = sample(data[:data.rfind(b"\n") + 1])
            lines = outcome(read_lines, path, encoding=encoding)
            with LineIndex(path, encoding=encoding) as index:
                assert outcome(iter, index) == lines, (data, encoding)
            assert outcome(follow_lines, path, encoding=encoding, from_start=True, timeout=0) == lines, (data, encoding)
            turned = outcome(read_lines_reversed, path, encoding=encoding, chunk_size=rng.choice((1, 2, 5, 100)))
            assert turned == (lines if lines is ValueError else lines[::-1]), (data, encoding)


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be renamed there")
@rounds(20, 20_000)
def test_a_followed_file_is_followed_through_rotation_and_emptying(rounds, rng, tmp_path):
    def some(whole=False):
        pieces = rng.choices([b"a", b"\n", b"b\r\n", "中".encode(), b"\r"], k=rng.randrange(6))
        return b"".join(pieces) + b"\n" + rng.choice((b"", b"" if whole else b"torn"))

    for _ in range(rounds):
        path = tmp_path / "log"
        path.write_bytes(data := some())
        following, rest = follow_lines(path, from_start=True, timeout=60, interval=0.001), b""
        for _ in range(rng.randrange(1, 5)):
            *lines, rest = (rest + data).split(b"\n")
            assert [next(following) for _ in lines] == [line.removesuffix(b"\r").decode() for line in lines]
            what = rng.randrange(3)
            size = path.stat().st_size
            if what == 0:
                data = some()
                with open(path, "ab") as file:
                    file.write(data)
            elif what == 1 and len(data := some()) < size:
                path.write_bytes(data)
                rest = b""
            else:  # the last line of the old file counts without its newline
                data = rest and rest + b"\n"
                os.replace(path, tmp_path / "log.1")
                with open(tmp_path / "log.1", "ab") as file:
                    file.write(late := some(whole=True))
                data, rest = (rest + late), b""
                path.write_bytes(more := some())
                data += more
        following.close()


@rounds(100, 100_000)
def test_a_log_holds_what_was_added_and_no_line_looks_like_two(rounds, rng, tmp_path):
    path = tmp_path / "log"
    turns = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for _ in range(rounds):
        content = mutate(rng, [b"", b"one\ntwo\n", b"one\nto", b"one\nz\0\0\n"], [b"\n", b"\0", b"\r"])
        path.write_bytes(content)
        with DurableLog(path, durable=False) as log:
            *lines, torn = content.split(b"\n")
            assert log.mended == (torn or (lines and b"\0" in lines[-1] and lines[-1]) or b"")
            content += b"\n" if torn else b""
            for _ in range(3):
                letters = "ab\t\n\r\x0b\x1b\x85\xa0\u2028\u200e\u202e\u2066中"[:rng.choice((3, 99))]
                text = "".join(rng.choices(letters, k=3))
                wrong = any(unicodedata.category(char) in ("Cc", "Zl", "Zp") and char != "\t"
                            or unicodedata.bidirectional(char) in turns for char in text)
                assert wrong or len(text.splitlines()) <= 1
                line = text.encode() if rng.random() < 0.5 else text
                if wrong:
                    with pytest.raises(ValueError):
                        log.append(line)
                else:
                    assert log.append(line) == len(content)
                    content += text.encode() + b"\n"
        assert path.read_bytes() == content


@rounds(60, 50_000)
def test_a_sorted_file_of_many_blocks_is_looked_up_as_one_that_is_read(rounds, rng, sample, monkeypatch):
    for name, size in ("_BLOCK_BYTES", 64), ("_PROBE_BYTES", 24):
        monkeypatch.setattr(lookup, name, size)
    for _ in range(rounds):
        monkeypatch.setattr(lookup, "_CHECK_BYTES", rng.choice((8 << 20, 1000)))
        separator, key = rng.choice((None, None, "\t", ":")), rng.choice((None, None, str.casefold))
        pieces = ["a", "b", "ba", "猫", "Z", "-", " x"[not separator:]]
        words = ["".join(rng.choices(pieces, k=rng.randrange(1, 5))) for _ in range(rng.choice((0, 1, 5, 30)))]
        words = sorted(filter(None, map(str.strip, words)), key=key or str.encode)
        lines = [word + rng.choice((separator or "  ", "")) + rng.choice(("", "\r")) for word in words]
        lines = [line and line + rng.choice(("", "\n", "\n note", "\n\r")) for line in lines]
        path = sample((rng.choice(("", "\ufeff")) + "\n".join(lines) + rng.choice(("", "\n", "\n\n"))).encode())
        assert check_sorted(path, separator=separator, key=key) == len(words)
        with SortedFile(path, separator=separator, key=key) as file:
            for word in {*words[:5], "a", "zz", "", "A"}:
                alike = {other for other in words if key and key(other) == key(word)} or {word}
                wanted = [entry for other in alike for entry in look_up_unsorted(path, other, separator=separator)]
                assert sorted(file.look_up(word)) == sorted(wanted), (path.read_bytes(), word, key)
                if not key:
                    assert file.look_up(word, prefix=True) == look_up_unsorted(
                        path, word, prefix=True, separator=separator), (path.read_bytes(), word)


@rounds(8, 2000)
def test_what_is_split_is_joined_whatever_its_name(rounds, rng, tmp_path):
    for _ in range(rounds):
        tokens = [b"\r", b":", b"\\", b"\n", b" ", b"\xff", b"*", b"\x85"]
        name = mutate(rng, [b"film", "电影.mp4".encode(), b"a  b"], tokens)
        name = os.fsdecode(name) if os.name != "nt" else name.decode("utf-8", "replace")  # names are text there
        name = name.replace("/", "").replace("\0", "")[:80].strip(" .")
        if os.name == "nt" and re.search('[\x00-\x1f<>:"|?*\\\\]', name) or not name:
            continue
        path = tmp_path / name
        path.write_bytes(b"0123456789")
        try:
            made = split_file(path, 2)
        except ValueError:
            assert re.search(r"[\\:\r\n]", name) and os.listdir(tmp_path) == [name]
        else:
            path.unlink()
            assert join_files(made, path) == 10 and path.read_bytes() == b"0123456789"
        for left in os.listdir(tmp_path):
            os.unlink(tmp_path / left)


@rounds(10, 10_000)
def test_a_copy_that_is_taken_up_again_is_that_of_the_source_whatever_was_left(rounds, rng, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    for number in range(rounds):
        data = rng.randbytes(rng.choice((0, 1, 5000))) + bytes(rng.choice((0, 9000)))
        source.write_bytes(data)
        left = mutate(rng, [data, data[:rng.randrange(len(data) + 1)], b""], [b"x", b"\0"])
        (tmp_path / part_name(str(target))).write_bytes(left)
        if rng.random() < 0.3:
            target.write_bytes(b"old")
        assert copy_file(source, target, resume=True) == len(data), (number, left[:20])
        assert target.read_bytes() == data and sorted(os.listdir(tmp_path)) == ["source", "target"], number
        target.unlink()
