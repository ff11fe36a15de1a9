"""python -m netio, as a reader types it."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netio.__main__ import main

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def netio(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **options.pop("env", {})}
    command = [sys.executable, "-m", "netio", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, env=environment, **options)


def text(done):
    return done.stdout.decode("utf-8", "replace")


def test_no_argument_shows_the_map():
    done = netio(env={"PYTHONUTF8": "1"})
    assert done.returncode == 0 and all(f"netio.{chapter} " in text(done) for chapter in ("files", "tcp", "ipc"))
    assert "\n    python3 scripts/tour.py  " in text(done)  # where to start


def test_list_names_a_chapter():
    done = netio("list", "tcp", env={"PYTHONUTF8": "1"})
    assert done.returncode == 0 and "tcp.recv_exactly" in text(done) and "udp." not in text(done)


def test_find_knows_the_chinese_terms():
    done = netio("find", "粘包", env={"PYTHONUTF8": "1"})
    assert done.returncode == 0 and "show_sticky" in text(done)


def test_find_takes_an_error_as_it_was_printed():
    done = netio("find", "OSError: [Errno 98] Address already in use", env={"PYTHONUTF8": "1", "NETIO_LANG": "en"})
    assert done.returncode == 0 and text(done).startswith("error: Address already in use")
    for part in ("TIME_WAIT", "tcp.listen", "scripts/serve_echo.py", "docs/common-errors.md#address-already-in-use"):
        assert part in text(done)
    done = netio("find", "10048", env={"PYTHONUTF8": "1", "NETIO_LANG": "zh_CN"})
    assert "监听" in text(done)


def test_a_pasted_traceback_commands_no_terminal():
    traceback = 'Traceback (most recent call last):\n  File "\x1b[2Ja.py", line 1, in f\n    x\x9b\nOSError: [Errno 98]'
    shown = text(netio("find", traceback, env={"PYTHONUTF8": "1", "NETIO_LANG": "en"}))
    assert "\\x1b[2Ja.py:1: x\\x9b" in shown and shown.replace("\r\n", "\n").replace("\n", "").isprintable()


def test_find_says_when_there_is_nothing():
    done = netio("find", "xylophone", "tuner")
    assert done.returncode == 1 and b"nothing in netio speaks of" in done.stderr


def test_a_mistyped_name_gets_a_suggestion():
    done = netio("show", "tcp.recv_exactely")
    assert done.returncode == 2 and b"did you mean tcp.recv_exactly?" in done.stderr and b"Traceback" not in done.stderr


@pytest.mark.parametrize("names, said", [
    ([], "netio: which name? `python -m netio list` shows them all\n"),
    (["tcp.listen", "Server"], "netio: more than one 'Server': udp.Server, concurrency.Server, chat.Server\n"),
    (["tcp.listen", "udp.recv_exactly"], "netio: netio has no public name 'udp.recv_exactly'; "
     "`python -m netio list` shows them all\n  did you mean tcp.recv_exactly?\n"),
    (["nope"], "netio: netio has no public name 'nope'; `python -m netio list` shows them all\n"
     "  nope is no name; search for it: python -m netio find nope\n"),
])
def test_copy_says_what_is_wrong_with_the_names(names, said, capsys, monkeypatch):
    monkeypatch.setenv("NETIO_LANG", "en")
    assert main(["copy", *names]) == 2
    assert capsys.readouterr() == ("", said)


def test_vendor_without_a_place_says_how_to_name_one(capsys, monkeypatch):
    monkeypatch.setenv("NETIO_LANG", "en")
    assert main(["vendor", "tcp.listen"]) == 2
    assert capsys.readouterr() == ("", "netio: say where the package goes: --to mypackage/_netio\n")


def test_an_unknown_chapter_is_refused_with_those_there_are():
    done = netio("tour", "nothing")
    assert done.returncode == 2 and b"no chapter 'nothing'; there are files, packing" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a shell with head")
def test_a_reader_that_leaves_early_is_no_error():
    command = f"{sys.executable} -m netio show http | head -n 1; exit $PIPESTATUS"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=CHECKOUT, timeout=60)
    assert done.returncode == 0 and not done.stderr and done.stdout


def test_copy_writes_a_file_that_runs_alone_and_never_overwrites(tmp_path):
    target = tmp_path / "mine.py"
    assert netio("copy", "tcp.recv_exactly", "--to", str(target)).returncode == 0
    alone = subprocess.run([sys.executable, "-I", str(target)], cwd=tmp_path, capture_output=True)
    assert alone.returncode == 0 and not alone.stderr
    again = netio("copy", "tcp.recv_exactly", "--to", str(target))
    assert again.returncode == 2 and b"Traceback" not in again.stderr


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_output_survives_any_console(encoding):
    done = netio("list", env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert done.returncode == 0 and not done.stderr


def test_a_plain_program_is_shown_with_what_the_notes_get_wrong(capsys, monkeypatch):
    monkeypatch.setenv("NETIO_LANG", "en")
    assert main(["plain", "threaded", "server"]) == 0
    program, mistakes = capsys.readouterr()
    assert program == (CHECKOUT / "scripts" / "plain" / "thread_server.py").read_text(encoding="utf-8")
    assert "#   12  send may take only a part\n" in mistakes and "#  101  recv may raise when" in mistakes
    assert len(program.splitlines()) + len(mistakes.splitlines()) < 70  # a screen
