"""netio in odd surroundings: no assertions or docstrings, ASCII, closed or full outputs, a zip archive."""
from __future__ import annotations

import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def python(*arguments, shell="", cwd=CHECKOUT, path=CHECKOUT, **variables):
    """Run Python, with `shell` after the command line where something is to be done to its streams."""
    environment = {**os.environ, "PYTHONPATH": str(path), **variables}
    command = [sys.executable, *map(str, arguments)]
    if shell:
        command = ["sh", "-c", f'"$@" {shell}', "sh", *command]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, timeout=120)


@pytest.mark.parametrize("flag", ["-O", "-OO"])
def test_servers_serve_without_assertions_and_docstrings(flag):
    code = ("import netio.ftp, netio.chat, netio.http\n"
            "from netio import concurrency, tcp\n"
            "if __name__ == '__main__':\n"
            "    print(*concurrency.MODELS)\n"
            "    with concurrency.Server(('127.0.0.1', 0), concurrency.EchoProtocol, model='thread') as server:\n"
            "        server.start()\n"
            "        with tcp.connect(server.address) as sock:\n"
            "            sock.sendall(b'hello')\n"
            "            print(tcp.recv_exactly(sock, 5))\n")
    done = python(flag, "-c", code)
    assert done.returncode == 0 and b"hello" in done.stdout and b"epoll" in done.stdout, done.stderr.decode()


@pytest.mark.parametrize("chapter", ["ftp", "files"])
def test_the_tour_passes_where_names_are_ascii(chapter):
    done = python("scripts/tour.py", "--chapter", chapter, **ASCII)
    assert done.returncode == 0 and b"Visited 1 of 1" in done.stdout, done.stderr.decode()


def test_scripts_find_their_own_folder_without_python_looking_there():
    line = ("sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here\n"
            "import _prelude\n")
    scripts = [path for path in (CHECKOUT / "scripts").glob("*.py") if "import _prelude\n" in path.read_text("utf-8")]
    assert [path.name for path in scripts if line not in path.read_text("utf-8")] == []
    done = python("scripts/show_packing.py", "i", "1", cwd=CHECKOUT, PYTHONSAFEPATH="1")
    assert done.returncode == 0, done.stderr.decode()


@posix
def test_chinese_arguments_are_understood_where_names_are_ascii():
    done = python("-m", "netio", "find", "粘包", **ASCII, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0 and "tcp.recv_frame" in done.stdout.decode()


@pytest.mark.sample(3)
@posix
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("closed", [">&-", "<&-", "2>&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("command", [
    ("scripts/show_packing.py", "i", "1"), ("scripts/lookup_word.py",), ("-m", "netio"),
])
def test_closed_streams_are_no_traceback(command, closed, language):
    done = python(*command, shell=closed, NETIO_LANG=language)
    assert done.returncode == 0 and b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt" or not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_one_line():
    done = python("scripts/show_packing.py", "i", "1", shell=">/dev/full")
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1 and b"No space left" in done.stderr


@posix
@pytest.mark.parametrize("command", ["scripts/show_pipe.py", "scripts/run_tests.py --help"])
def test_a_reader_who_has_left_is_no_traceback(command):
    done = python("-u", *command.split(), shell="| true")
    assert done.returncode == 0 and not done.stderr


def test_a_default_encoding_is_never_relied_on():
    if sys.version_info < (3, 10):
        pytest.skip("-X warn_default_encoding came with Python 3.10")
    for script in ("show_zombie.py",) if hasattr(os, "fork") else ():
        done = python("-W", "error::EncodingWarning", "-X", "warn_default_encoding", f"scripts/{script}")
        assert done.returncode == 0, done.stderr.decode()
    done = python("-W", "error::EncodingWarning", "-X", "warn_default_encoding", "scripts/tour.py", PYTHONUTF8="1")
    assert done.returncode == 0 and b"9 of 9" in done.stdout, done.stdout.decode()[-2000:]


def test_the_reference_works_from_a_zip(tmp_path):
    archive = tmp_path / "netio.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (CHECKOUT / "netio").rglob("*"):
            if path.suffix in (".py", ".json", ".typed"):
                file.write(path, path.relative_to(CHECKOUT).as_posix())
    for words, expected in ((["copy", "tcp.recv_exactly"], "def recv_exactly"), (["list", "tcp"], "tcp.connect"),
                            (["find", "粘包"], "tcp.recv_frame"), (["show", "tcp"], "TCP"), (["list", "--all"], "ipc."),
                            (["vendor", "recv_exactly", "--to", "mine"], "from mine import recv_exactly")):
        done = python("-m", "netio", *words, cwd=tmp_path, path=archive, PYTHONUTF8="1")
        assert done.returncode == 0 and expected in done.stdout.decode(), done.stderr.decode()
    done = python("-c", "import mine; print(mine.recv_exactly)", cwd=tmp_path, path=tmp_path)
    assert done.returncode == 0, done.stderr.decode()


def test_a_taken_port_ends_the_script_that_has_workers():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = python("scripts/pass_socket.py", "--port", taken.getsockname()[1])
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1


def test_nothing_is_said_to_be_proved_without_assertions():
    done = python("-O", "scripts/prove_errata.py", "69")
    assert done.returncode == 2 and b"proved" not in done.stdout and done.stderr.count(b"\n") == 1
