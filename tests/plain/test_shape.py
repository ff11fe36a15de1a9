"""Each plain program is short and complete; it says what it is, how to run it, where the notes err, what comes next."""
from __future__ import annotations

import ast
import os
import re
import select
import socket
import subprocess
import sys

import pytest

from netio.reference import definition, plain

from .running import CHECKOUT, FOLDER, PROGRAMS, text_of

LONGER = {"chat_server": 120, "chat_client": 120, "ftp_server": 120, "ftp_client": 120, "http_folder": 120}
LAST = re.compile(r"# Not enough when [^\n]+: netio (\w+)\.([\w.]+)\n")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ERRATA = set(re.findall(r"^### (\d+)\. ", (CHECKOUT / "docs" / "errata.md").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_has_the_size_of_the_notes(program):
    lines = text_of(program).splitlines()
    assert len(lines) <= LONGER.get(program, 60)
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_stands_alone_on_every_python(program):
    tree = ast.parse(text_of(program), feature_version=(3, 9))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    if sys.version_info >= (3, 10):
        assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names
        assert program not in sys.stdlib_module_names, "it would hide a module from its neighbours"
    assert not {"netio", "_prelude"} & modules


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_explains_itself(program):
    text = text_of(program)
    summary, chinese, *rest = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")
    assert "\n" not in summary and summary.endswith(".") and CHINESE.search(chinese) and "\n" not in chinese
    assert any(f"    python3 {program}.py" in part for part in rest)
    numbers = re.findall(r"\d+", rest[-1])
    assert re.fullmatch(r"Errata: (\d+(, )?)+\.", rest[-1]) and set(numbers) <= ERRATA
    assert numbers == sorted(set(numbers), key=int)


@pytest.mark.parametrize("program", PROGRAMS)
def test_its_last_line_names_what_goes_on_from_there(program):
    last = LAST.fullmatch(text_of(program).splitlines(keepends=True)[-1])
    assert last, "the last line"
    assert definition(f"{last[1]}.{last[2]}")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_it_mentions_is_there(program):
    assert set(re.findall(r"\b(\w+)\.py\b", text_of(program))) <= set(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_makes_processes_is_guarded(program):
    tree = ast.parse(text_of(program))
    assert isinstance(tree.body[-1], ast.If) and "__main__" in ast.dump(tree.body[-1].test)


def test_check_finds_nothing(run_netio):
    run_netio("check", str(FOLDER))


def test_the_command_lists_and_prints_them(run_netio):
    listed = run_netio("plain")
    assert [line.split()[0] for line in listed.splitlines()] == PROGRAMS
    assert run_netio("plain", "thread_server") == text_of("thread_server")
    assert "there is thread_server" in run_netio("plain", "thread_sever", status=2)


def test_the_command_finds_them_by_words(run_netio, tmp_path):
    assert [line.split()[0] for line in run_netio("plain", "粘包").splitlines()] == ["frame_client", "frame_server"]
    assert run_netio("plain", "僵尸") == text_of("zombie") == run_netio("plain", "zombie.py")
    assert "no plain program 'xylophone'" in run_netio("plain", "xylophone", status=2)


def test_the_command_writes_one_to_a_file(run_netio, tmp_path):
    path = tmp_path / "mine.py"
    assert run_netio("plain", "pipe", "--to", str(path)) == "" and path.read_text(encoding="utf-8") == text_of("pipe")
    assert "mine.py" in run_netio("plain", "zombie", "--to", str(path), status=2)
    assert "http_hello" in run_netio("plain", "http", "--to", str(tmp_path / "other.py"), status=2)
    assert path.read_text(encoding="utf-8") == text_of("pipe") and len(list(tmp_path.iterdir())) == 1


# Programs that take a port -> the arguments before it; those that listen are also tried with a port that is in use.
PORTS = {"broadcast_receiver": [""], "broadcast_sender": ["127.0.0.1"], "chat_client": ["lily", "127.0.0.1"],
         "picture_sender": [str(FOLDER / "pipe.py"), "127.0.0.1"]}
NUMBERS = {"copy_folder": ["a", "b"], "gil_times": [], "primes": [], "shared_value": [], "sparse_file": ["a"],
           "thread_lock": [], "time_log": ["a"]}
SERVERS = [name for name in PROGRAMS if "create_server(" in text_of(name) or ".bind(" in text_of(name)]


@pytest.mark.sample(3)
@pytest.mark.parametrize("program", [name for name in PROGRAMS if "PORT" in text_of(name) or name in NUMBERS])
def test_wrong_arguments_give_one_line(program, tmp_path):
    if program in ("poll_server", "epoll_server") and not hasattr(select, program.partition("_")[0]):
        pytest.skip(f"no {program.partition('_')[0]} here")
    before = PORTS.get(program, NUMBERS.get(program, ["127.0.0.1"]))
    wrong = [[*before, "abc"]] + [[*before, "99999"]] * (program not in NUMBERS)
    kind = socket.SOCK_DGRAM if "SOCK_DGRAM" in text_of(program) else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if program in SERVERS and os.name == "posix" and program != "broadcast_receiver":
            if kind == socket.SOCK_STREAM:
                taken.listen()
            wrong.append([*before, str(taken.getsockname()[1])])
        if program == "dictionary_server":
            (tmp_path / "dict.txt").write_text("a  b\n", encoding="utf-8")
        for arguments in wrong:
            done = subprocess.run([sys.executable, FOLDER / f"{program}.py", *arguments], cwd=tmp_path, timeout=60,
                                  capture_output=True, input=b"hello\n")
            assert done.returncode in (1, 2) and len(done.stderr.splitlines()) == 1, done.stderr.decode()


def test_what_is_too_long_to_paste_names_its_plain_program():
    for name, before in plain._ALSO_BEFORE.items():
        assert definition(name) and set(before.split()) == set(plain.programs_before(name)) <= set(PROGRAMS)
    for name in ("http.HTTPServer", "ftp.FTPServer", "concurrency.Server", "concurrency.serve", "chat.Server",
                 "chat.TCPServer", "ftp.serve_course", "http.StaticFiles", "concurrency.ProcessPool", "ipc.Queue",
                 "concurrency.copy_folder", "chat.join"):
        assert plain.programs_before(name), name


def test_show_names_them():
    done = subprocess.run([sys.executable, "-m", "netio", "show", "ftp.FTPServer"], cwd=CHECKOUT, capture_output=True,
                          env={**os.environ, "NETIO_LANG": "en", "PYTHONUTF8": "1"}, check=True, timeout=60)
    assert b"python -m netio plain ftp_server" in done.stderr


@pytest.fixture
def run_netio():
    def run(*arguments, status=0):
        done = subprocess.run([sys.executable, "-m", "netio", *arguments], cwd=CHECKOUT, capture_output=True, text=True,
                              encoding="utf-8", env={**os.environ, "NETIO_LANG": "en", "PYTHONUTF8": "1"}, timeout=60)
        assert done.returncode == status, done.stderr
        return done.stderr if status else done.stdout

    return run
