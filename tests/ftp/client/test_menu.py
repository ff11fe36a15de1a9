"""The menu, line by line and at a terminal, and `use_ftp.py` as a user runs it."""
from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import threading

import pytest

from netio import ftp, tcp
from netio.ftp import menu as module

from tests.conftest import CHECKOUT

from .serving import PASSWORD, Stub, serving, session


@pytest.fixture
def far(tmp_path):
    (tmp_path / "far" / "目录 1").mkdir(parents=True)
    (tmp_path / "far" / "大 猫.txt").write_bytes(b"miaow")
    return tmp_path / "far"


@pytest.fixture
def near(tmp_path):
    (tmp_path / "near").mkdir()
    return tmp_path / "near"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(it, near, *lines, err=None):
    """Return what the menu says to these lines: to the output, to the errors, and how many failed."""
    out, err = io.StringIO(), err or io.StringIO()
    failures = ftp.FTPMenu(it, folder=near, stdin=lines, stdout=out, stderr=err).run()
    return out.getvalue(), err.getvalue(), failures


def test_the_menu_of_the_notes(far, near):
    (near / "my photo.bin").write_bytes(bytes(5000))
    with session(far) as it:
        out, err, failures = run(it, near, "list\n", "get 大 猫.txt\n", "put my photo.bin\n", "quit\n", "no more\n")
    assert not failures and not err and "目录 1/" in out and "5 B" in out
    assert (near / "大 猫.txt").read_bytes() == b"miaow" and (far / "my photo.bin").stat().st_size == 5000


def test_folders_and_their_names(far, near):
    with session(far) as it:
        out, err, failures = run(it, near, "cd 目录 1", "pwd", 'mkdir "新 的"', "ls", "cd 新 的", "PWD", "cd ..", "cd ..",
                                 "delete 大 猫.txt", "cd 目录 1", "rm 新 的", "list", "")
    assert failures == 0, err
    assert [line.strip() for line in out.splitlines() if line.startswith("/")] == ["/目录 1", "/目录 1/新 的"]
    assert os.listdir(far) == ["目录 1"] and os.listdir(far / "目录 1") == []


def test_two_names(far, near):
    with session(far) as it:
        out, err, failures = run(it, near, 'get "大 猫.txt" "small cat.txt"', 'put "small cat.txt" "目录 1/远.txt"')
    assert failures == 0, err
    assert (far / "目录 1/远.txt").read_bytes() == b"miaow" and os.listdir(near) == ["small cat.txt"]


@pytest.mark.parametrize("line, said", [
    ("get nothing", "550"), ("get", "which one"), ('get "a" "b" "c"', "3 names are too many"), ("cd nowhere", "550"),
    ("put nothing", "nothing"), ("delete nothing", "550"), ("mkdir 目录 1", "550"), ("delete /", "550"),
    ("steal all", "no such command: steal"), ("get -f nothing", "550"), ("put", "which one"), ("get ../../etc", "550"),
    ('mkdir ""', "which one"), ("mkdir a\x00b", "server says"),
])
def test_what_goes_wrong_is_one_line_and_the_menu_goes_on(far, near, line, said):
    with session(far) as it:
        out, err, failures = run(it, near, line, "pwd")
    assert failures == 1 and said in err and err.count("\n") == 1 and out == "/\n"
    assert not err.startswith("55")  # the code stands in the server's own words


def test_nothing_is_replaced_unasked(far, near):
    (near / "大 猫.txt").write_bytes(b"mine")
    with session(far) as it:
        _, err, failures = run(it, near, "get 大 猫.txt", "put 大 猫.txt")
        assert failures == 2 and "get -f replaces" in err and "put -f replaces" in err
        assert (near / "大 猫.txt").read_bytes() == b"mine" and (far / "大 猫.txt").read_bytes() == b"miaow"
        assert run(it, near, "put -f 大 猫.txt")[2] == 0 and (far / "大 猫.txt").read_bytes() == b"mine"
        (far / "大 猫.txt").write_bytes(b"new")
        assert run(it, near, "get -f 大 猫.txt")[2] == 0 and (near / "大 猫.txt").read_bytes() == b"new"


def test_a_remote_path_becomes_a_plain_local_name(far, near):
    with session(far) as it:
        assert run(it, near, "get /目录 1/../大 猫.txt")[2] == 0
    assert os.listdir(near) == ["大 猫.txt"]


def test_progress_is_for_terminals(far, near):
    with session(far) as it:
        assert run(it, near, "get 大 猫.txt")[1] == ""
        shown = run(it, near, "get -f 大 猫.txt", err=Terminal())[1]
    assert shown.endswith("100%        5 B\n") and shown.startswith("\r")


def test_ctrl_c_cancels_the_transfer_only(far, near, monkeypatch):
    (far / "big").write_bytes(bytes(2_000_000))
    (near / "up").write_bytes(bytes(2_000_000))

    def interrupt(done, total):
        raise KeyboardInterrupt

    with session(far) as it:
        monkeypatch.setattr(module, "show_progress", lambda out, name: interrupt)
        out, err, failures = run(it, near, "get big", "put up", "pwd", err=Terminal())
        assert failures == 2 and "`get big` resumes" in err and "`put -c up` resumes" in err and out == "/\n"
        monkeypatch.undo()
        assert run(it, near, "put -c up", "get big")[2] == 0
    assert (near / "big").stat().st_size == (far / "up").stat().st_size == 2_000_000


def test_a_second_ctrl_c_ends_the_menu(far, near, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    with session(far) as it, pytest.raises(KeyboardInterrupt):
        monkeypatch.setattr(module, "show_progress", lambda out, name: interrupt)
        monkeypatch.setattr("netio.ftp.remote.abort", interrupt)
        run(it, near, "get 大 猫.txt", err=Terminal())


@pytest.mark.parametrize("reply", ["421 too late", "QUIT"])
def test_a_server_that_ends_the_session_ends_the_menu(near, reply):
    replies = {"PWD": reply} if reply != "QUIT" else {"PWD": "257"}
    with Stub(replies) as stub, ftp.open_session(stub.address, timeout=60) as it:
        if reply == "QUIT":
            it.voidcmd("QUIT")
        with pytest.raises(EOFError, match="ended the session"):
            run(it, near, "pwd", "list")


def test_a_control_connection_that_is_reset_ends_the_menu(near):
    with Stub({"NOOP": "200 ok"}) as stub, ftp.open_session(stub.address, timeout=60) as it:
        it.voidcmd("QUIT")
        stub.join(10)  # the server has closed: whoever writes now is answered by a reset
        with pytest.raises(EOFError, match="ended the session"):
            for _ in range(10):
                run(it, near, "pwd")


def test_names_cannot_command_the_terminal(near):
    with Stub({"PASV": "227 (127,0,0,1,PORTS)"}, b"type=file;size=1; evil\x1b[2J\x9b.txt\r\n") as stub:
        with ftp.open_session(stub.address, timeout=60) as it:
            out, _, _ = run(it, near, "list", "quit")
    assert "evil?[2J?.txt" in out and out.isascii()


def test_completion(far, near):
    (near / "my photo.png").write_bytes(b"")
    with session(far) as it:
        menu = ftp.FTPMenu(it, folder=near, stdin=[])
        assert menu.completenames("") == "cd delete get help list mkdir put pwd quit".split()
        assert menu.complete_get("", "get ", 4, 4) == ["目录 1/", "大 猫.txt"]
        assert menu.complete_get("猫", "get 大 猫", 6, 7) == ["猫.txt"]
        assert menu.complete_cd("目", "cd 目", 3, 4) == ["目录 1/"]
        assert menu.complete_put("my", "put my", 4, 6) == ["my photo.png"]


def test_bars():
    out = io.StringIO()
    progress = ftp.menu.show_progress(out, "空", width=4, every=1000)
    for done in (0, 5, 10, 20):
        progress(done, 20)
    assert out.getvalue().split("\r")[1:] == ["空 [    ]   0%        0 B", "空 [####] 100%       20 B\n"]
    unknown = io.StringIO()
    ftp.menu.show_progress(unknown, "a", every=0)(7, None)
    ftp.menu.show_progress(unknown, "a", every=0)(0, 0)
    assert "0%        7 B" in unknown.getvalue() and "100%        0 B\n" in unknown.getvalue()


def test_the_script_from_a_pipe(far, near, run_script):
    with serving(far) as server:
        host, port = server.address[:2]
        login = {"env": {"NETIO_FTP_PASSWORD": PASSWORD}}
        good = run_script("use_ftp.py", host, port, "--user", "ming", "--folder", near,
                          stdin="list\nget 大 猫.txt\nquit\n", **login)
        assert good.returncode == 0 and "目录 1/" in good.stdout and not good.stderr, good.stderr
        bad = run_script("use_ftp.py", host, port, "--user", "ming", stdin="get nothing\n", **login)
        assert bad.returncode == 2 and bad.stderr.count("\n") == 1 and "550" in bad.stderr
        wrong = run_script("use_ftp.py", host, port, "--user", "ming", env={"NETIO_FTP_PASSWORD": "guess"})
        assert wrong.returncode == 2 and wrong.stderr.count("\n") == 1 and "530" in wrong.stderr
    assert (near / "大 猫.txt").read_bytes() == b"miaow"


def test_the_script_without_a_server(run_script):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gone = run_script("use_ftp.py", "127.0.0.1", port)
    assert gone.returncode == 2 and gone.stderr.count("\n") == 1 and "cannot connect" in gone.stderr


class Person:
    """Somebody at a terminal where use_ftp.py runs."""

    def __init__(self, address, folder, *options):
        self._seen = b""
        self._screen, theirs = os.openpty()
        command = [sys.executable, str(CHECKOUT / "scripts" / "use_ftp.py"), *map(str, address[:2]), *options]
        environment = {**os.environ, "PYTHONUTF8": "1", "TERM": "dumb", "NETIO_FTP_PASSWORD": PASSWORD}
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder,
                                        env=environment)
        os.close(theirs)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.process.kill()
        self.process.wait(10)
        os.close(self._screen)

    def waits(self):
        """Wait until the program waits for the network: a signal just before that would be noticed only after it."""
        asleep = 0
        while asleep < 3 and os.path.exists("/proc/self/stat"):
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
                asleep = asleep + 1 if file.read().rpartition(")")[2].split()[0] == "S" else 0
            threading.Event().wait(0.01)

    def sees(self, text):
        """Wait until the text has come; what came behind it is for the next one."""
        while text.encode() not in self._seen:
            ready = select.select([self._screen], [], [], 15)[0]
            try:
                data = os.read(self._screen, 4096) if ready else b""
            except OSError:  # the program has ended
                data = b""
            assert data, f"no {text!r} in {self._seen.decode(errors='replace')!r}"
            self._seen += data
        self._seen = self._seen.partition(text.encode())[2]

    def types(self, text):
        os.write(self._screen, text.encode())


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_at_a_terminal(far, near):
    with serving(far) as server, Person(server.address, near, "--user", "ming") as person:
        person.sees("quit              end")
        person.sees("ftp> ")
        person.types("cd 目录 1\n")
        person.sees("ftp:/目录 1> ")
        person.types("get ../大 猫.txt\n")
        person.sees("100%")
        person.sees("ftp:/目录 1> ")
        person.types("\4")
        assert person.process.wait(10) == 0
    assert (near / "大 猫.txt").read_bytes() == b"miaow"


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_ctrl_c_at_a_terminal(near):
    with Stub({"PASV": "227 (127,0,0,1,PORTS)", "SIZE": "213 9"}, b"cat", stall=True) as stub:
        with Person(stub.address, near) as person:
            person.sees("ftp> ")
            person.types("get a\n")
            person.sees("33%")
            person.waits()
            person.process.send_signal(signal.SIGINT)
            person.sees("cancelled")
            person.sees("ftp> ")
            person.process.send_signal(signal.SIGINT)
            person.types("\n")  # wakes readline if the signal came just before it began to wait
            assert person.process.wait(10) == 0
    assert stub.heard[-1] == "QUIT" and os.listdir(near) == []
