"""serve_ftp.py as a user starts it: what it prints, whom it lets in, and what is left when it is killed."""
from __future__ import annotations

import ftplib
import io
import os
import sys

import pytest

from netio import tcp

from .serving import CERTIFICATE, Talk


def address_of(process):
    line = process.stdout.readline()
    assert line.startswith("listening on 127.0.0.1:"), line
    return "127.0.0.1", int(line.rpartition(":")[2])


def test_read_only_to_all(start_script, tmp_path):
    (tmp_path / "f.txt").write_bytes(b"hello")
    process = start_script("serve_ftp.py", str(tmp_path), "--port", 0, "--log")
    with Talk(address_of(process)) as talk:
        assert talk.get("RETR f.txt")[0] == b"hello" and talk.put("STOR g", b"x").startswith("553 ")
    assert "anonymous PASS *** -> 230" in "".join(process.stdout.readline() for _ in range(4))
    if sys.platform != "win32":
        process.terminate()
        assert process.wait(10) == 0 and process.stderr.read() == ""


def test_users_with_passwords_from_standard_input(start_script, tmp_path):
    arguments = ("--user", "ming", "--user", "hong:秘密", "--anonymous", "--write", "--model", "thread", "--tls")
    process = start_script("serve_ftp.py", str(tmp_path), "--port", 0, *arguments, CERTIFICATE, CERTIFICATE)
    process.stdin.write("芝麻\n")
    process.stdin.flush()
    address = address_of(process)
    for user, word, reply in (("ming", "芝麻", "226"), ("hong", "秘密", "226"), ("anonymous", "x", "550")):
        with ftplib.FTP(encoding="utf-8") as client:
            client.connect(*address, timeout=60)
            client.login(user, word)
            try:
                assert client.storbinary(f"STOR {user}", io.BytesIO(b"x")).startswith(reply)
            except ftplib.error_perm:
                assert user == "anonymous"
    assert sorted(os.listdir(tmp_path)) == ["hong", "ming"]


@pytest.mark.parametrize("arguments", [
    ["no-such-folder"], [".", "--require-tls"], [".", "--user", ":x"], [".", "--user", "ming"],
    [".", "--tls", "no", "no"]])
def test_mistakes_end_with_one_line(run_script, tmp_path, arguments):
    done = run_script("serve_ftp.py", *arguments, "--port", 0)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
@pytest.mark.parametrize("model", ["epoll", "fork"])
def test_a_server_killed_during_an_upload_leaves_the_old_file(start_script, tmp_path, model):
    from netio.concurrency.servers import available_models

    if model not in available_models():
        pytest.skip(f"{model} is not here")
    (tmp_path / "f").write_bytes(b"old")
    process = start_script("serve_ftp.py", str(tmp_path), "--write", "--port", 0, "--model", model)
    address = address_of(process)
    with Talk(address) as talk, talk.data() as sock:
        assert talk.say("STOR f").startswith("150 ")
        sock.sendall(bytes(1 << 20))
        while "bytes so far" in (said := talk.say("STAT")) and " 0 bytes so far" in said:
            pass
        process.kill()
        process.wait()
    assert (tmp_path / "f").read_bytes() == b"old"
    again = start_script("serve_ftp.py", str(tmp_path), "--write", "--port", 0)
    with Talk(address_of(again)) as talk:
        assert talk.get("NLST")[0] == b"f\r\n" and talk.put("STOR f", b"new").startswith("226 ")
    assert (tmp_path / "f").read_bytes() == b"new"


def test_a_port_in_use(run_script, tmp_path):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        done = run_script("serve_ftp.py", ".", "--port", listener.getsockname()[1])
    assert done.returncode == 2 and "cannot listen" in done.stderr
