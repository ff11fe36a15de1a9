"""The command: formats, choices, ignoring, mending, encodings, statuses, both languages."""
from __future__ import annotations

import json

import pytest

from netio.check import checking, command
from netio.check.flake8 import Flake8Checker

WRONG = "import socket\nsock = socket.socket()\nsock.bind('127.0.0.1', 80)\nsock.close()\n"


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "server.py"
    path.write_text(WRONG, encoding="utf-8")
    return path


def test_mending_that_fails_leaves_the_program(program, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("netio.files.replacing.sync", full)
    with pytest.raises(OSError):
        command.write_text(program, "import socket\n")
    assert program.read_text(encoding="utf-8") == WRONG and len(list(program.parent.iterdir())) == 1


def test_status_and_place(run_script, program):
    shown = run_script("check_program.py", program)
    assert shown.returncode == 1 and f"{program}:3:1: error [bind-arguments]" in shown.stdout
    assert run_script("check_program.py", program, "--ignore", "bind-arguments").returncode == 0
    assert run_script("check_program.py", program.parent / "missing.py").returncode == 2
    assert run_script("check_program.py", "--select", "no-such-kind", program).returncode == 2


def test_what_a_program_holds_commands_no_terminal(run_script, tmp_path):
    path = tmp_path / "server.py"
    text = "import socket\nsock = socket.socket(\x1b[2J\nsock.recv(1)\n'\x9b' x\x1b]0;\x07\n"
    path.write_text(text, encoding="utf-8")
    for way in ("text", "github"):
        shown = run_script("check_program.py", path, "--format", way).stdout
        assert "\\x1b[2J" in shown and shown.replace("\n", "").isprintable()


def test_a_format_that_takes_more_than_there_is_memory_for():
    pack = "import struct\nname = input()\nstruct.pack({!r}, name.encode())\n"
    for size in (99999999999, "9" * 5000):
        assert not checking.check_source(pack.format(f"{size}i"), "a.py", select={"pack-count"})
        assert checking.check_source(pack.format(f"{size}s"), "a.py") is not None


def test_formats(run_script, program):
    found = json.loads(run_script("check_program.py", program, "--format", "json").stdout)
    assert [set(item) for item in found] == [{"path", "line", "column", "kind", "severity", "message", "why", "erratum",
                                              "cure"}]
    sarif = json.loads(run_script("check_program.py", program, "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0" and sarif["runs"][0]["results"][0]["ruleId"] == "bind-arguments"
    assert run_script("check_program.py", program, "--format", "github").stdout.startswith("::error file=")


def test_chinese(run_script, program):
    shown = run_script("check_program.py", program, env={"NETIO_LANG": "zh"})
    assert "二元组" in shown.stdout and "改法" in shown.stdout


def test_explain(run_script):
    shown = run_script("check_program.py", "--explain", "send-not-all")
    assert shown.returncode == 0 and "sendall" in shown.stdout
    assert "send-not-all" in run_script("check_program.py", "--explain", "all").stdout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_any_encoding(tmp_path, encoding):
    path = tmp_path / "a.py"
    path.write_bytes("print('猫狗')\n".encode(encoding))
    assert command.read_text(path).lstrip("\ufeff") == "print('猫狗')\n"


def test_mending_changes_only_what_is_safe(run_script, program):
    program.write_bytes("while true：\r\n    break\r\n".encode("gbk"))
    shown = run_script("check_program.py", "--diff", program)
    assert shown.returncode == 1 and "+while True:" in shown.stdout
    assert run_script("check_program.py", "--fix", program).returncode == 0
    assert program.read_bytes() == b"while True:\r\n    break\r\n"


def test_flake8_sees_it():
    found = list(Flake8Checker(None, WRONG.splitlines(True)).run())
    assert [(line, column, text.split()[:2]) for line, column, text, _ in found] == [(3, 0, ["NIO1", "bind-arguments"])]


@pytest.mark.parametrize("text, encoding, lines", [
    ("a = 1\nprint('你好')\n", "gbk", [2]), ("# coding: gbk\nprint('你好')\n", "gbk", []), ("print('你好')\n", "utf-8", []),
    ("print('你好')\n", "utf-16", [1]), ("# coding: utf-8\nprint('你好')\n", "gbk", [2])])
def test_an_encoding_that_is_not_said_is_a_finding(text, encoding, lines):
    for chinese in (False, True):
        assert [item.line for item in command.undeclared(text.encode(encoding), "a.py", chinese)] == lines
