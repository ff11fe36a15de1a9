"""The scripts of this chapter, run as a user runs them."""
from __future__ import annotations

import os
import signal

import pytest


def test_lookup_word(run_script, sample):
    shown = run_script("lookup_word.py", "socket", "Bank")
    assert shown.returncode == 0 and shown.stdout.splitlines()[0] == "socket  n. 套接字；插座"
    assert len(shown.stdout.splitlines()) == 3
    assert run_script("lookup_word.py", "--prefix", "zo").stdout.split("\n")[0].startswith("zombie")


def test_lookup_word_from_the_terminal_until_an_empty_line(run_script):
    shown = run_script("lookup_word.py", stdin="cat\nnosuchword\n\ndog\n")
    assert shown.stdout.splitlines() == ["cat  n. 猫", "nosuchword: not found"] and shown.returncode == 1


def test_lookup_word_in_a_file_of_ones_own(run_script, sample):
    path = sample(b"dog 1\ncat 2\n")
    checked = run_script("lookup_word.py", "--file", path, "--check")
    assert checked.returncode == 2 and "line 2: 'cat' comes after 'dog'" in checked.stderr
    assert run_script("lookup_word.py", "--file", path, "--unsorted", "cat").stdout == "cat  2\n"
    missing = run_script("lookup_word.py", "--file", "missing", "cat")
    assert missing.returncode == 2 and len(missing.stderr.splitlines()) == 1


def test_the_shipped_dictionary_is_sorted(run_script):
    checked = run_script("lookup_word.py", "--check")
    assert checked.returncode == 0 and checked.stdout.endswith("entries, sorted\n")


def test_log_time(run_script, tmp_path):
    for first in ("1, ", "3, "):
        shown = run_script("log_time.py", "log.txt", "--count", 2, "--interval", 0)
        assert shown.returncode == 0 and shown.stdout.startswith(first)
    assert len((tmp_path / "log.txt").read_text().splitlines()) == 4
    assert run_script("log_time.py", "log.txt", "--follow", "--timeout", 0).stdout == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send to a child")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_log_time_ends_cleanly(start_script, tmp_path, number):
    process = start_script("log_time.py", "log.txt", "--interval", 60)
    assert process.stdout.readline().startswith("1, ")
    process.send_signal(number)
    assert process.wait(20) == 0 and process.stderr.read() == ""
    assert (tmp_path / "log.txt").read_text().count("\n") == 1


def test_copy_file(run_script, sample, tmp_path):
    sample(b"x" * 100_000, "a")
    for way in ([], ["--verify", "--resume"], ["--sparse"], ["--parts", 2, "--verify"]):
        shown = run_script("copy_file.py", "a", "b", *way)
        assert shown.returncode == 0 and not shown.stderr, shown.stderr
        assert (tmp_path / "b").read_bytes() == b"x" * 100_000
        (tmp_path / "b").unlink()
    for wrong in (["missing", "b"], ["a", "a"], ["a", "."]):
        shown = run_script("copy_file.py", *wrong)
        assert shown.returncode == 2 and len(shown.stderr.splitlines()) == 1 and not (tmp_path / "b").exists()
    for wrong in (0, 10 ** 20):
        shown = run_script("copy_file.py", "a", "b", "--parts", wrong)
        assert shown.returncode == 2 and "argument --parts" in shown.stderr and not (tmp_path / "b").exists()


def test_split_and_join(run_script, sample, tmp_path):
    path = sample(bytes(range(256)) * 100, "film")
    assert run_script("split_file.py", "film", 3, "--processes", 2).stdout.endswith("film.sha256\n")
    path.unlink()
    assert run_script("join_files.py", "film.sha256", "--check").stdout == "all parts are well\n"
    assert run_script("join_files.py", "film.sha256", "film").returncode == 0
    assert path.read_bytes() == bytes(range(256)) * 100
    (tmp_path / "film.002").write_bytes(b"")
    checked = run_script("join_files.py", "film.sha256", "--check")
    assert checked.returncode == 1 and "film.002" in checked.stdout
    joined = run_script("join_files.py", "film.sha256", "film")
    assert joined.returncode == 2 and joined.stderr == "join_files.py: damaged parts: film.002\n"


def test_make_sparse(run_script, tmp_path):
    shown = run_script("make_sparse.py", "hole", "10M", "--write", "5M")
    assert shown.returncode == 0 and "10,485,760 bytes" in shown.stdout
    assert (tmp_path / "hole").stat().st_size == 10 << 20
    assert ("\nhole " if hasattr(os, "SEEK_HOLE") else "no SEEK_HOLE") in shown.stdout
    assert run_script("make_sparse.py", "hole", "--show").stdout == shown.stdout
    again = run_script("make_sparse.py", "hole", "1K")
    assert again.returncode == 2 and (tmp_path / "hole").stat().st_size == 10 << 20


def test_show_buffering(run_script):
    shown = run_script("show_buffering.py")
    assert shown.returncode == 0 and "close" in shown.stdout
    rows = run_script("show_buffering.py", "--buffering", 16).stdout.splitlines()
    assert ["close", "18", "18"] in map(str.split, rows) and ["write", "1", "18", "17"] in map(str.split, rows)
    assert "up to 16 bytes" in rows[-2]


def test_show_offsets(run_script, sample):
    shown = run_script("show_offsets.py", "--size", 3).stdout
    assert "tell() = 3      read -> '你好\\n'" in shown and "line 2 at byte 10     'end'" in shown
    assert "  ..." in run_script("show_offsets.py", sample(b"x" * 100), "--size", 1, "--most", 5).stdout
    assert "w+: reads and writes str" in run_script("show_offsets.py", "--modes").stdout
    assert "读写字符串" in run_script("show_offsets.py", "--modes", env={"NETIO_LANG": "zh"}).stdout


def test_the_tour_of_the_chapter(tmp_path):
    from netio.tour import Guide, files

    for lang in ("en", "zh"):
        with open(tmp_path / "told", "w", encoding="utf-8") as out:
            guide = Guide(out, lang)
            files.visit(guide)
        kinds = [kind for kind, _ in guide.told]
        assert kinds.count("did") == kinds.count("saw") == kinds.count("surprise") == 7
        assert any("damaged parts: face.jpg.002" in text for _, text in guide.told)


def test_wrong_arguments_are_one_clear_line(run_script):
    for command, said in (("log_time.py x --interval nan", "--interval"), ("join_files.py x --processes -1", "more"),
                          ("show_buffering.py --buffering 1", "2 bytes"),
                          ("show_offsets.py --size 99999999999999999999", "int"),  # PyPy says it otherwise
                          ("lookup_word.py --file absent word", "directory: 'absent'")):
        refused = run_script(*command.split())
        assert refused.returncode == 2 and said in refused.stderr.splitlines()[-1] and not refused.stdout
