"""Sessions and transfers: whole or not at all, resumed, cancelled, and what servers may do wrong."""
from __future__ import annotations

import contextlib
import ftplib
import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from netio import ftp, tcp
from netio.ftp import client, login

from .serving import PASSWORD, Stub, serving, session

DATA = os.urandom(3_000_000)
PASV = "227 here (127,0,0,1,PORTS)"


def test_a_long_name_in_a_gbk_locale_is_shortened_to_text_of_it(monkeypatch):
    monkeypatch.setattr(os, "fsencode", lambda name: name.encode("gbk"))
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "gbk")
    part = client.part_name("长" * 150, "4096-20240229120000")
    assert part.startswith(".长长长") and len(part.encode("gbk")) in (249, 250)


def test_a_name_is_shortened_only_if_it_must_be():
    stamp = "4096-20240229120000"
    fits = "a" * (250 - len(f"..{stamp}.part"))
    assert client.part_name(fits, stamp) == f".{fits}.{stamp}.part" and "~" in client.part_name(fits + "a", stamp)


@pytest.fixture
def far(tmp_path):
    (tmp_path / "far").mkdir()
    return tmp_path / "far"


@pytest.fixture
def near(tmp_path):
    (tmp_path / "near").mkdir()
    return tmp_path / "near"


def interrupt_at(limit, error=KeyboardInterrupt):
    def progress(done, total):
        if done >= limit:
            raise error

    return progress


@pytest.mark.parametrize("passive", [True, False])
@pytest.mark.parametrize("name", ["cat.bin", "大 猫.bin", " blanks  inside" + " " * (sys.platform != "win32")])
def test_there_and_back(far, near, passive, name):
    (near / "a").write_bytes(DATA)
    with session(far, passive=passive) as it:
        assert ftp.upload(it, near / "a", name) == len(DATA) == ftp.remote_size(it, name)
        assert ftp.download(it, name, near / "b") == len(DATA)
        assert [entry.name for entry in ftp.list_remote(it)] == [name]
    assert (near / "b").read_bytes() == DATA and sorted(os.listdir(near)) == ["a", "b"]


def test_an_empty_file(far, near):
    (near / "a").write_bytes(b"")
    with session(far) as it:
        assert ftp.upload(it, near / "a", "empty") == 0 == ftp.download(it, "empty", near / "b")
    assert (near / "b").read_bytes() == b""


def test_progress_is_told_up_to_the_end(far, near):
    (far / "a").write_bytes(DATA)
    seen = []
    with session(far) as it:
        ftp.download(it, "a", near / "a", progress=lambda *numbers: seen.append(numbers))
        ftp.upload(it, near / "a", "b", progress=lambda *numbers: seen.append(numbers))
    assert seen.count((len(DATA), len(DATA))) == 2 and all(0 < done <= total for done, total in seen)


def test_a_cancelled_download_leaves_the_session_usable_and_goes_on(far, near):
    (far / "a.bin").write_bytes(DATA)
    (near / "a.bin").write_bytes(b"old")
    with session(far) as it:
        with pytest.raises(KeyboardInterrupt):
            ftp.download(it, "a.bin", near / "a.bin", progress=interrupt_at(1_000_000))
        assert (near / "a.bin").read_bytes() == b"old" and it.pwd() == "/"
        assert ftp.download(it, "a.bin", near / "a.bin") < len(DATA) - 1_000_000 + (1 << 18)
    assert (near / "a.bin").read_bytes() == DATA and os.listdir(near) == ["a.bin"]


def test_of_a_download_that_was_cancelled_at_its_end_nothing_is_fetched_again(far, near):
    (far / "a.bin").write_bytes(DATA)
    with session(far) as it:
        with pytest.raises(KeyboardInterrupt):
            ftp.download(it, "a.bin", near / "a.bin", progress=interrupt_at(len(DATA)))
        assert ftp.download(it, "a.bin", near / "a.bin") == 0
    assert (near / "a.bin").read_bytes() == DATA


def test_what_was_kept_and_is_longer_than_the_file_is_thrown_away(near):
    for begin, data in ((0, b"catx"), (0, b"cat"), (3, b"")):
        with client._open_part(str(near / "a"), "3-20240229120000", True) as new:
            assert new.file.tell() == begin
            new.write(data)


def test_a_download_does_not_go_on_behind_another_version(far, near):
    (far / "a.bin").write_bytes(DATA)
    with session(far) as it:
        with pytest.raises(KeyboardInterrupt):
            ftp.download(it, "a.bin", near / "a.bin", progress=interrupt_at(1))
        (far / "a.bin").write_bytes(DATA[::-1])
        os.utime(far / "a.bin", (1e9, 1e9))
        assert ftp.download(it, "a.bin", near / "a.bin") == len(DATA)
    assert (near / "a.bin").read_bytes() == DATA[::-1]


@pytest.mark.parametrize("error", [  # whoever broke it: it is no end of the file
    KeyboardInterrupt, pytest.param(BrokenPipeError, marks=pytest.mark.skipif(
        os.name == "nt", reason="under Wine a connection that is reset looks as if it had ended"))])
def test_a_cancelled_upload_shows_nothing_and_goes_on(far, near, error):
    (near / "a.bin").write_bytes(DATA)
    with session(far) as it:
        with pytest.raises((error, ftplib.error_temp)):
            ftp.upload(it, near / "a.bin", "a.bin", progress=interrupt_at(1_500_000, error))
        assert it.pwd() == "/" and ftp.list_remote(it) == []
        there = ftp.remote_size(it, "a.bin") or 0
        assert ftp.upload(it, near / "a.bin", "a.bin", resume=True) == len(DATA) - there
    assert (far / "a.bin").read_bytes() == DATA and os.listdir(far) == ["a.bin"]


@pytest.mark.parametrize("there, sent", [(DATA[:1_000_000], 2_000_000), (b"other" * 1000, 3_000_000),
                                         (DATA, 0), (DATA + b"more", 3_000_000), (b"", 3_000_000)],
                         ids=["beginning", "other", "all", "more", "nothing"])
def test_an_upload_goes_on_only_behind_its_own_beginning(far, near, there, sent):
    (near / "a").write_bytes(DATA)
    (far / "a").write_bytes(there)
    with session(far) as it:
        assert ftp.upload(it, near / "a", "a", resume=True) == sent
    assert (far / "a").read_bytes() == DATA


def test_an_upload_goes_on_where_the_system_cannot_copy_by_itself(far, near, monkeypatch):
    """As on Windows and macOS, where many calls copy what is there already."""
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    (near / "a").write_bytes(DATA)
    (far / "a").write_bytes(DATA[:2_000_000])
    with session(far) as it:
        assert ftp.upload(it, near / "a", "a", resume=True) == 1_000_000
    assert (far / "a").read_bytes() == DATA


def test_a_second_interrupt_ends_the_session(far, near, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    (far / "a").write_bytes(DATA)
    with session(far) as it:
        monkeypatch.setattr("netio.ftp.remote.abort", lambda sock: interrupted())
        with pytest.raises(KeyboardInterrupt):
            ftp.download(it, "a", near / "a", progress=interrupt_at(1))
        assert it.sock is None


def test_a_local_error_keeps_the_session(far, near):
    (far / "a").write_bytes(DATA)

    def full(done, total):
        raise OSError(28, "No space left on device")

    with session(far) as it:
        with pytest.raises(OSError, match="No space"):
            ftp.download(it, "a", near / "a", progress=full)
        assert it.pwd() == "/"
        with pytest.raises(FileNotFoundError):
            ftp.upload(it, near / "missing", "b")
        with pytest.raises(FileNotFoundError):
            ftp.download(it, "a", near / "no folder" / "a")
        with pytest.raises(IsADirectoryError):
            ftp.download(it, "a", near)
        assert it.pwd() == "/"


def test_what_the_server_refuses(far, near):
    (near / "a").write_bytes(DATA)
    with session(far) as it:
        with pytest.raises(ftplib.error_perm, match="550"):
            ftp.download(it, "missing", near / "b")
        with pytest.raises(ftplib.error_perm, match="55"):
            ftp.upload(it, near / "a", "no folder/a")
        with pytest.raises(ftplib.error_perm, match="55"):
            ftp.list_remote(it, "no folder")
        assert it.pwd() == "/" and os.listdir(near) == ["a"]
    with serving(far) as server, pytest.raises(ftplib.error_perm, match="530"):
        ftp.open_session(server.address, "ming", "wrong", timeout=60)


def test_nobody_there(near):
    with tcp.listen(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(OSError, match="cannot connect to 127.0.0.1"):
        ftp.open_session(address, timeout=60)


@pytest.mark.parametrize("host", ["192,0,2,1", "10,0,0,1"])
def test_the_host_in_a_passive_answer_is_never_trusted(near, monkeypatch, host):
    """As on CPython before 3.9.3, where ftplib believed it."""
    monkeypatch.setattr(ftplib.FTP, "trust_server_pasv_ipv4_address", True)
    with Stub({"PASV": f"227 there ({host},PORTS)", "SIZE": "213 3"}, b"cat") as stub:
        with ftp.open_session(stub.address, timeout=60) as it:
            assert ftp.download(it, "a", near / "a") == 3
    assert (near / "a").read_bytes() == b"cat"


@pytest.mark.parametrize("reply", ["227 (127,0,0,1,999,999)", "227 (127,0,0,1,0,0)", "227 x", "229 (|||x|)",
                                   "229 (|||99999999999999999999|)", "229 (|||65536|)"])
def test_a_passive_answer_without_a_port_is_the_servers_fault(near, reply):
    with Stub({"PASV": reply, "EPSV": reply}) as stub, ftp.open_session(stub.address, timeout=60) as it:
        it.af = socket.AF_INET6 if reply.startswith("229") else socket.AF_INET  # the second is asked by PASV
        for ask in (lambda: ftp.download(it, "a", near / "a"), lambda: ftp.list_remote(it)):
            with pytest.raises(ftplib.error_proto):
                ask()
            assert it.pwd() == "/"
    assert os.listdir(near) == []


@pytest.mark.parametrize("verb, reply", [
    ("PASV", "227 (127,0,0,1,999,999)"), ("EPSV", "229 (|||x|)"), ("EPSV", "229 (|||99999999999999999999|)"),
    ("SIZE", "213 \udcb2"), ("TYPE", "200 \udcc4\udce3"), ("MLSD", "550 \udcff")],
    ids=["no port", "a word", "too great", "no text", "of TYPE", "of MLSD"])
def test_no_reply_makes_an_error_in_ftplib_itself(near, verb, reply):
    refused = {"RETR": "550 no", "MLSD": "550 no", verb: reply}
    with Stub({"PASV": PASV, **refused}) as stub, ftplib.FTP(timeout=5) as it:
        it.connect(*stub.address)
        it.af = socket.AF_INET6 if verb == "EPSV" else socket.AF_INET
        for ask in (lambda: ftp.download(it, "a", near / "a"), lambda: ftp.list_remote(it)):
            with contextlib.suppress(ftplib.Error, OSError):
                ask()
            if it.sock is None:
                break
            assert it.pwd() == "/"


def test_a_file_longer_than_its_size_is_not_read_on_and_on(near):
    (near / "a").write_bytes(b"catcat")
    with Stub({"PASV": PASV, "SIZE": "213 3"}, b"catx", stall=True) as stub:
        with ftp.open_session(stub.address, timeout=5) as it, open(near / "a", "rb") as file:
            assert client._common_size(it, "a", file, 6) == 0 and it.pwd() == "/"


def test_a_closed_session_says_so(near):
    with Stub() as stub, ftp.open_session(stub.address, timeout=5) as it:
        it.close()
        with pytest.raises(ConnectionAbortedError, match="session is closed"):
            ftp.download(it, "a", near / "a")


def test_a_number_in_another_reply_is_no_size(near):
    with Stub({"SIZE": "250 5"}) as stub, ftp.open_session(stub.address, timeout=60) as it:
        assert ftp.remote_size(it, "a") is None


def test_a_data_connection_from_somebody_else_is_refused(far, near, monkeypatch):
    (far / "a").write_bytes(b"cat")
    with session(far) as it:
        monkeypatch.setattr(type(it), "_peer", lambda self: "127.0.0.1" if self.passiveserver else "127.0.0.9")
        it.set_pasv(False)
        with pytest.raises(ConnectionAbortedError, match="with 127.0.0.1, and not with the server"):
            ftp.download(it, "a", near / "a")
        assert it.pwd() == "/" and os.listdir(near) == []


def test_a_file_that_comes_too_short_gets_no_name(near):
    with Stub({"PASV": PASV, "SIZE": "213 10", "MDTM": "213 20200101000000"}, b"cat") as stub:
        with ftp.open_session(stub.address, timeout=60) as it, pytest.raises(EOFError, match="3 of 10 bytes"):
            ftp.download(it, "a", near / "a")
    assert os.listdir(near) == [".a.10-20200101000000.part"]


def test_without_size_or_time_nothing_is_kept(near):
    with Stub({"PASV": PASV}, b"cat") as stub, ftp.open_session(stub.address, timeout=60) as it:
        with pytest.raises(KeyboardInterrupt):
            ftp.download(it, "a", near / "a", progress=interrupt_at(1))
        assert os.listdir(near) == []
        assert ftp.download(it, "a", near / "a") == 3 and not any(line.startswith("REST") for line in stub.heard)


def test_a_stalled_transfer_ends(near):
    with Stub({"PASV": PASV, "SIZE": "213 10"}, b"cat", stall=True) as stub:
        with ftp.open_session(stub.address, timeout=0.2) as it, pytest.raises(TimeoutError, match="no data for 0.2 s"):
            ftp.download(it, "a", near / "a")
        assert "ABOR" in stub.heard
    assert os.listdir(near) == []


def test_listings_of_old_servers(near):
    lines = ("total 3\r\n"
             "drwxr-xr-x   2 ftp ftp  4096 Jan 01 00:00 图 片\r\n"
             "-rw-r--r--   1 ftp ftp    12 Feb 29  2020  leading blank\r\n"
             "lrwxrwxrwx   1 ftp ftp     3 Feb 29  2020 link -> a\r\n"
             "drwxr-xr-x   2 ftp ftp  4096 Jan 01 00:00 ..\r\n"
             "05-31-24  09:15AM       <DIR>          win dir\r\n"
             "05-31-2024  09:15PM             1234 win.txt\r\n"
             "-rw-r--r--   1 ftp        12 Feb 29  2020 no group\r\n"
             "-rw-r--r--+  1 1000 Domain Users 5 Feb 29 00:00 two words\r\n"
             "-rw-r--r--   1 ftp ftp     1 1月  29 00:00 月\r\n"
             "-rw-r--r--   1 ftp ftp     2 2020-02-29 00:00 iso 3 Jan 1 00:00 x\r\n"
             "???\r\n")
    with Stub({"PASV": PASV, "MLSD": "500 what?"}, lines.encode()) as stub:
        with ftp.open_session(stub.address, timeout=60) as it:
            found = ftp.list_remote(it, "-la")
        assert "LIST ./-la" in stub.heard
    assert [(entry.name, entry.is_folder, entry.size) for entry in found] == [
        ("win dir", True, 0), ("图 片", True, 4096), (" leading blank", False, 12),
        ("iso 3 Jan 1 00:00 x", False, 2), ("link", False, 3), ("no group", False, 12), ("two words", False, 5),
        ("win.txt", False, 1234), ("月", False, 1)]


def test_a_listing_and_its_sizes_have_limits(monkeypatch):
    def facts(digits):
        return b"type=file;size=%b; a\r\n" % (b"9" * digits)

    most = 10**19 - 1
    with Stub({"PASV": PASV, "SIZE": f"213 {most}"}, facts(19)) as stub:
        with ftp.open_session(stub.address, timeout=60) as it:
            monkeypatch.setattr(ftp.remote, "_MAX_LISTING", len(facts(19)))
            assert [entry.size for entry in ftp.list_remote(it)] == [ftp.remote_size(it, "a")] == [most]
            for data, said in ((facts(19) + b"\n", "more than 39 bytes"), (facts(20)[:-1], "a size of 20 digits")):
                stub.data, stub.replies["SIZE"] = data, f"213 {most}9"
                with pytest.raises(ftplib.error_proto, match=said):
                    ftp.list_remote(it)
                assert it.pwd() == "/" and ftp.remote_size(it, "a") is None


def test_odd_facts(near):
    lines = ("type=cdir;modify=20200101000000; .\r\ntype=pdir; ..\r\nType=FILE;Size=x;Modify=never; a; b=c \r\n"
             "type=file;size=1; ../evil\r\nnonsense\r\ntype=file;size=7;modify=20200101000000.123;perm=r; b\u2028\r\n")
    with Stub({"PASV": PASV}, lines.encode()) as stub, ftp.open_session(stub.address, timeout=60) as it:
        found = ftp.list_remote(it)
    assert [entry[:4] for entry in found] == [("a; b=c ", False, 0, 0.0), ("b\u2028", False, 7, 1577836800.0)]


def test_names_that_are_no_utf8_pass_through(near):
    with Stub({"PASV": PASV, "CWD": "250 \udcb0\udca1 it is"}, b"type=file; caf\xe9\r\n") as stub:
        with ftp.open_session(stub.address, timeout=60) as it:
            assert [entry.name for entry in ftp.list_remote(it)] == ["caf\udce9"]
            assert it.cwd("caf\udce9").startswith("250") and "CWD caf\udce9" in stub.heard


def test_a_reply_of_many_lines_ends_with_its_code_and_is_not_endless(monkeypatch):
    reply = "211-begin\r\n 211 not yet\r\n212 nor here\r\n211-nor here\r\n211 end"
    with Stub({"STAT": reply, "HELP": "214-" + "help\r\n" * 100}) as stub, ftp.open_session(stub.address) as it:
        monkeypatch.setattr(ftp.login, "_MAX_REPLY", len(reply.replace("\r", "")))
        assert it.sendcmd("STAT") == reply.replace("\r\n", "\n") and it.voidcmd("TYPE I") == "200 I"
        monkeypatch.setattr(ftp.login, "_MAX_REPLY", 499)
        with pytest.raises(ftplib.error_proto, match="more than 499 bytes: '214-help'"):
            it.sendcmd("HELP")
        assert it.sock is None


def test_gbk(far, near):
    (far / "图片.txt").write_bytes(b"cat")
    with session(far, encoding="gbk") as it:
        assert [entry.name for entry in ftp.list_remote(it)] == ["图片.txt"]
        assert ftp.download(it, "图片.txt", near / "a") == 3


def test_no_second_command_gets_in_by_a_name(far):
    with session(far) as it, pytest.raises(ValueError, match="one line"):
        it.cwd("a\r\nDELE b")


def test_tls(far, near):
    pem = Path(__file__).parents[2] / "http" / "localhost.pem"
    (near / "a").write_bytes(DATA)
    context = ssl.create_default_context(cafile=str(pem))
    with serving(far, tls=(str(pem), str(pem))) as server:
        address = ("localhost", server.address[1])
        with ftp.open_session(address, "ming", PASSWORD, tls=context, timeout=60) as it:
            assert isinstance(it.sock, ssl.SSLSocket)
            ftp.upload(it, near / "a", "猫")
            assert ftp.download(it, "猫", near / "b") == len(DATA)
            with pytest.raises(KeyboardInterrupt):
                ftp.upload(it, near / "a", "half", progress=interrupt_at(1 << 20))
            assert [entry.name for entry in ftp.list_remote(it)] == ["猫"]
        with pytest.raises(ssl.SSLError):
            ftp.open_session(address, "ming", PASSWORD, tls=ssl.create_default_context(), timeout=60)


def test_a_session_that_is_not_let_in_is_closed_though_its_error_is_kept():
    with tcp.listen(("127.0.0.1", 0)) as listener:
        def hang_up():
            sock, _ = listener.accept()
            with sock:
                sock.shutdown(socket.SHUT_WR)
                sock.settimeout(10)
                with contextlib.suppress(ConnectionError):
                    ended.append(sock.recv(1))

        ended = []
        server = threading.Thread(target=hang_up)
        server.start()
        with pytest.raises(ConnectionAbortedError, match="hung up") as kept:  # its traceback knows the session
            ftp.open_session(listener.getsockname(), timeout=60)
        server.join()
        assert kept and ended in ([], [b""])


def test_a_data_connection_that_was_reset_at_once_is_closed(monkeypatch):
    reset = socket.socket()  # it has no peer
    monkeypatch.setattr(ftplib.FTP, "ntransfercmd", lambda *arguments: (reset, None))
    with login._Session() as it, pytest.raises(OSError):
        it.ntransfercmd("RETR a.txt")
    assert reset.fileno() == -1


@pytest.fixture
def vsftpd(tmp_path, tool):
    """Someone else's server, which has no MLSD, shows half files, and answers ABOR when it likes."""
    program = tool("vsftpd")
    if os.geteuid():
        pytest.skip("vsftpd starts as root only")
    (tmp_path / "far").mkdir()
    os.chmod(tmp_path, 0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"listen_address": "127.0.0.1", "listen_port": port, "anon_root": tmp_path / "far", "background": "NO",
                "seccomp_sandbox": "NO", "anon_umask": "022"}
    allowed = ("listen", "run_as_launching_user", "no_anon_password", "anonymous_enable", "write_enable",
               "anon_upload_enable", "anon_mkdir_write_enable", "anon_other_write_enable", "one_process_model",
               "allow_writeable_chroot")
    settings.update(dict.fromkeys(allowed, "YES"))
    (tmp_path / "conf").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    process = subprocess.Popen([program, str(tmp_path / "conf")], stdout=subprocess.DEVNULL)
    yield ("127.0.0.1", port)
    process.terminate()
    process.wait(10)


@pytest.mark.skipif(sys.platform == "win32", reason="no vsftpd there")
def test_vsftpd(vsftpd, far_of_vsftpd, near):
    (near / "a").write_bytes(DATA)
    with patient_session(vsftpd) as it:
        with pytest.raises(KeyboardInterrupt):
            ftp.upload(it, near / "a", "大 猫", progress=interrupt_at(1 << 20))
        assert it.pwd().endswith("far")
        assert ftp.upload(it, near / "a", "大 猫", resume=True) < len(DATA)
        with pytest.raises(KeyboardInterrupt):
            ftp.download(it, "大 猫", near / "b", progress=interrupt_at(1 << 20))
        assert ftp.download(it, "大 猫", near / "b") < len(DATA)
        assert [entry[:3] for entry in ftp.list_remote(it)] == [("大 猫", False, len(DATA))]
    assert (near / "b").read_bytes() == DATA == (far_of_vsftpd / "大 猫").read_bytes()


@pytest.fixture
def far_of_vsftpd(tmp_path, vsftpd):
    return tmp_path / "far"


def patient_session(address):
    """Log in as soon as the server listens."""
    for _ in range(500):
        try:
            return ftp.open_session(address, timeout=60)
        except ConnectionRefusedError:
            threading.Event().wait(0.01)
    raise TimeoutError("vsftpd does not listen")
