"""The server as clients see it: the same session under every model, and each command in detail."""
from __future__ import annotations

import contextlib
import errno
import ftplib
import io
import os
import pickle
import ssl
import subprocess
import sys

import pytest

from netio import tcp
from netio.ftp import FTPServer, Rules, User
from netio.ftp.folder import Folder, Upload
from netio.ftp.state import ServerState

from ..waiting import wait_until
from .serving import ALL, CERTIFICATE, HASHED, MODELS, QUICK, Talk, anonymous, running

pytestmark = pytest.mark.usefixtures("nothing_left")
DATA = bytes(range(256)) * 4000  # 1 MB: more than any socket's buffer holds at once


def has_v6():
    try:
        tcp.listen(("::1", 0)).close()
    except OSError:
        return False
    return True


def log_in(address, tls=False, passive=True):
    client = ftplib.FTP_TLS(context=client_context(), encoding="utf-8") if tls else ftplib.FTP(encoding="utf-8")
    client.connect(*address[:2], timeout=60)
    client.login("ming", "芝麻")
    if tls:
        client.prot_p()
    client.set_pasv(passive)
    return client


def client_context():
    context = ssl.create_default_context(cafile=CERTIFICATE)
    context.check_hostname = False
    return context


def fetch(client, name, **options):
    got = []
    client.retrbinary(f"RETR {name}", got.append, **options)
    return b"".join(got)


@pytest.mark.parametrize("model", MODELS)
def test_a_session_under_every_model(tmp_path, model):
    with running(tmp_path, model, tls=True) as server:
        for tls, passive in ((False, True), (False, False), (True, True)):
            with log_in(server.address, tls, passive) as client:
                client.mkd("图 片")
                client.cwd("图 片")
                assert client.pwd() == "/图 片"
                assert client.storbinary("STOR 猫.bin", io.BytesIO(DATA)).startswith("226")
                assert fetch(client, "猫.bin") == DATA and fetch(client, "猫.bin", rest=300) == DATA[300:]
                assert client.size("猫.bin") == len(DATA) and client.nlst() == ["猫.bin"]
                assert [(name, facts["size"]) for name, facts in client.mlsd()] == [("猫.bin", str(len(DATA)))]
                client.rename("猫.bin", "/狗.bin")
                client.cwd("..")
                client.rmd("图 片")
                client.delete("狗.bin")
                assert client.nlst() == []
                assert client.quit().startswith("221")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not has_v6(), reason="no IPv6 here")
@pytest.mark.parametrize("passive", [True, False])
@pytest.mark.parametrize("host", ["::1", ""])
def test_ipv6(tmp_path, passive, host):
    with running(tmp_path, host=host) as server:
        with log_in(("::1", server.address[1]), passive=passive) as client:
            client.storbinary("STOR a", io.BytesIO(DATA))
            assert fetch(client, "a") == DATA
        if not host:  # one listener for both families: who comes by IPv4 is answered as by IPv4
            with log_in(("127.0.0.1", server.address[1]), passive=passive) as client:
                assert fetch(client, "a") == DATA
        with Talk(("::1", server.address[1]), "ming", "芝麻") as talk:
            assert talk.say("PASV").startswith("425 ") and talk.say("EPSV 1").startswith("522 ")


@pytest.mark.parametrize("model", [model for model in MODELS if model in ("thread", "fork", "process", "epoll")])
def test_curl_gets_puts_and_resumes_both_ways(tmp_path, tool, model):
    curl = tool("curl")
    root, whole, got = tmp_path / "root", tmp_path / "whole", tmp_path / "got"
    root.mkdir()
    whole.write_bytes(DATA)
    (root / "a b.bin").write_bytes(DATA[:300_000])
    got.write_bytes(DATA[:1000])

    def run(*arguments):
        base = f"ftp://ming:%E8%8A%9D%E9%BA%BB@127.0.0.1:{server.address[1]}/"
        arguments = [argument.replace("ftp:/", base) if argument.startswith("ftp:/") else argument
                     for argument in map(str, arguments)]
        done = subprocess.run([curl, "-sS", "--max-time", "20", *arguments], capture_output=True, check=True)
        assert not done.stderr
        return done.stdout

    with running(root, model) as server:
        run("-C", "-", "-T", whole, "ftp:/a%20b.bin", "--next", "-sS", "-C", "-", "-o", got, "ftp:/a%20b.bin")
        assert (root / "a b.bin").read_bytes() == DATA and got.read_bytes() == DATA
        assert run("--ftp-port", "-", "ftp:/a%20b.bin") == DATA
        assert run("ftp:/").split()[-2:] == [b"a", b"b.bin"]
        run("-T", whole, "--ftp-create-dirs", "ftp:/new/%E5%9B%BE/c.bin")
        assert (root / "new" / "图" / "c.bin").read_bytes() == DATA


@pytest.fixture
def talk(tmp_path):
    """A session that may do anything in an empty folder, under threads."""
    with running(tmp_path, users=anonymous(tmp_path)) as server, Talk(server.address) as talk:
        yield talk


SAID = [
    ("PWD", '257 "/" is'), ("SYST", "215 UNIX"), ("NOOP", "200 "), ("noop", "200 "), ("HELP", "214-"),
    ("HELP RETR", "214 RETR"), ("HELP ME", "502 "), ("SITE HELP", "214 "), ("SITE CHMOD 777 a", "504 "),
    ("ACCT x", "202 "), ("MODE S", "200 "), ("MODE Z", "504 "), ("STRU F", "200 "), ("STRU R", "504 "),
    ("TYPE E", "504 "), ("ALLO 100", "200 "), ("ALLO 9000000000000000000", "552 "), ("ALLO x", "501 "),
    ("REST x", "501 "), ("CWD nowhere", "550 "), ("CDUP", "250 "), ("RNTO x", "503 "), ("RNFR x", "550 "),
    ("PASS x", "503 "), ("RETR x", "425 "), ("STOR x", "425 "), ("LIST", "425 "), ("MLST", "250-"), ("STAT", "211-"),
    ("STAT /", "213-"), ("STAT x", "550 "), ("SIZE x", "550 "), ("MDTM x", "550 "), ("MDTM /", "550 "),
    ("DELE x", "550 "), ("DELE /", "550 "), ("RMD x", "550 "), ("RMD /", "550 "), ("MKD /", "550 "),
    ("ABOR", "226 "), ("AUTH TLS", "502 "), ("AUTH KERBEROS", "504 "), ("PBSZ 0", "503 "), ("PROT P", "503 "),
    ("OPTS UTF8 ON", "200 "), ("OPTS COLOUR", "501 "), ("OPTS MLST size;type;", "200 "), ("FEAT", "211-"),
    ("PORT 127,0,0,1,0,80", "501 "), ("PORT 10,0,0,1,200,1", "501 "), ("EPRT |2|::1|9000|", "501 "),
    ("EPRT |3|x|9000|", "522 "), ("EPSV 2", "522 "), ("EPSV 7", "522 "), ("SMNT x", "502 "), ("XYZZY", "500 "),
    ("图", "500 "), ("", "500 "), ("X" * 5000, "500 "), ("CWD a\0b", "501 "), ("USER", "501 "), ("QUIT now", "501 "),
    ("MFMT 1 x", "501 "), ("MFMT 20200101000000", "501 "), ("MFMT 20200101000000 x", "550 "),
]


def test_every_command_gets_the_reply_that_it_should(talk):
    for line, reply in SAID:
        assert talk.say(line).startswith(reply), line
    assert talk.say("REIN").startswith("220 ") and talk.say("PWD").startswith("530 ")
    assert talk.say("QUIT").startswith("221 ") and talk.reply() == b""


def test_commands_that_come_byte_by_byte_and_all_at_once(talk):
    for byte in b"PWD\r\n":
        talk.send(bytes([byte]))
    assert talk.reply().startswith(b"257 ")
    talk.send(b"NOOP\r\nPWD\r\nSYST\r\nQUIT\r\nNOOP\r\n")
    assert [talk.reply()[:3] for _ in range(5)] == [b"200", b"257", b"215", b"221", b""]


def test_files_and_folders(talk, tmp_path):
    name, quoted = ('a "b"', 'a ""b""') if os.name != "nt" else ("a b", "a b")
    assert talk.say(f"MKD {name}").startswith(f'257 "/{quoted}" ')
    assert talk.say(f"CWD {name}").startswith("250 ") and talk.say("XPWD").startswith(f'257 "/{quoted}"')
    assert talk.put("STOR f", DATA).startswith("226 ") and talk.say("SIZE f") == f"213 {len(DATA)}\r\n"
    assert talk.say("MFMT 20200102030405 f").startswith("213 ")
    assert talk.say("MDTM f") == "213 20200102030405\r\n" and talk.say("RMD .").startswith("550 ")
    assert "size=1024000;modify=20200102030405;" in talk.say("MLST f")
    assert talk.say("RNFR f").startswith("350 ") and talk.say("RNTO ../g").startswith("250 ")
    assert talk.say("RNFR /g").startswith("350 ") and talk.say("NOOP") and talk.say("RNTO h").startswith("503 ")
    assert talk.say("XCUP").startswith("250 ") and talk.say(f"XRMD {name}").startswith("250 ")
    assert talk.say("DELE g").startswith("250 ") and os.listdir(tmp_path) == []


def test_uploads_that_append_go_on_and_find_a_name(talk, tmp_path):
    assert talk.put("APPE f", b"one").startswith("226 ") and talk.put("APPE f", b"two").startswith("226 ")
    assert talk.say("REST 3").startswith("350 ") and talk.put("STOR f", b"TWO!").startswith("226 ")
    assert (tmp_path / "f").read_bytes() == b"oneTWO!"
    assert talk.say("REST 100").startswith("350 ") and talk.put("STOR f", b"x").startswith("554 ")
    assert talk.say("REST 100") and talk.get("RETR f") == (b"", "554 The file has only 7 bytes.\r\n")
    assert talk.say("REST 7") and talk.get("RETR f")[0] == b"" and talk.get("RETR f")[0] == b"oneTWO!"
    assert talk.say("REST 3") and talk.get("NLST")[0] == b"f\r\n" and talk.get("RETR f")[0] == b"oneTWO!"
    with talk.data() as sock:
        first = talk.say("STOU f")
        sock.sendall(b"new")
    assert talk.reply().startswith(b"226 ")
    name = first.split("FILE: ")[1].strip()
    assert name != "f" and (tmp_path / name).read_bytes() == b"new"
    assert talk.put("STOR f/x", b"x").startswith("553 ") and talk.put("STOR nowhere/x", b"x").startswith("553 ")
    assert talk.put("STOR /", b"x").startswith("553 ") and talk.put("STOR empty", b"").startswith("226 ")
    assert talk.get("RETR empty") == (b"", "226 Transfer complete.\r\n")


def test_text_is_converted(talk, tmp_path):
    (tmp_path / "t").write_bytes(b"one\ntwo\r\n")
    assert talk.say("TYPE A").startswith("200 ")
    assert talk.get("RETR t")[0] == b"one\r\ntwo\r\n"
    assert talk.put("STOR u", b"a\r\nb\r\n\r").startswith("226 ")
    assert (tmp_path / "u").read_bytes() == b"a\nb\n\r".replace(b"\n", os.linesep.encode())
    assert talk.say("REST 3").startswith("501 ") and talk.say("SIZE t").startswith("550 ")
    assert talk.say("REST 0").startswith("350 ")


def test_listings(talk, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.txt").write_bytes(b"x")
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / ".hidden").write_bytes(b"")

    def names(command):
        return talk.get(command)[0].decode().splitlines()

    assert names("NLST") == [".hidden", "a.txt", "sub"] and names("NLST sub") == ["x.txt"]
    assert names("NLST *.txt") == ["a.txt"] and names("NLST sub/*") == ["sub/x.txt"] and names("NLST *.py") == []
    assert [line.split()[-1] for line in names("LIST -la")] == [".hidden", "a.txt", "sub"]
    assert [line[0] for line in names("LIST")] == ["-", "-", "d"] and len(names("LIST -a sub")) == 1
    assert names("LIST a.txt")[0].endswith(" a.txt") and names("NLST a.txt") == ["a.txt"]
    assert talk.say("OPTS MLST type;size;") and names("MLSD") == [
        "type=file;size=0; .hidden", "type=file;size=1; a.txt", "type=dir; sub"]
    assert talk.get("MLSD a.txt")[1].startswith("501 ") and talk.get("LIST nowhere")[1].startswith("550 ")
    assert "a.txt" in talk.say("STAT .")


def test_over_the_control_connection_a_listing_has_an_end(talk, tmp_path, monkeypatch):
    monkeypatch.setattr("netio.ftp.actions._STAT_MOST", 2)
    for number, more in ((1, False), (2, False), (3, True)):
        (tmp_path / f"{number}.txt").write_bytes(b"")
        said = talk.say("STAT /")
        assert said.count(".txt") == min(number, 2) and ("LIST shows all" in said) == more


def test_there_is_room_for_as_much_as_the_disk_has_left(talk, monkeypatch):
    monkeypatch.setattr(Folder, "room", lambda folder: 7)
    assert talk.say("ALLO 7").startswith("200 ") and talk.say("ALLO 8") == "552 There are only 7 bytes left.\r\n"


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="file names are text there")
def test_names_that_cannot_be_shown_kill_no_listing(talk, tmp_path):
    raw = [b"caf\xe9", b"two \r\nlines", b"music \xf0\x9f\x8e\xb5", "图".encode(), b"plain"]
    for name in raw:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    shown = talk.get("NLST")[0].split(b"\r\n")
    assert sorted(shown) == sorted([b"", b"caf\xe9", b"two ??lines", *raw[2:]])
    assert talk.get("LIST")[0].count(b"\r\n") == 5 and talk.get("MLSD")[0].count(b"\r\n") == 5
    with talk.data() as sock:  # the name that is no UTF-8 is a name like others
        talk.send(b"RETR caf\xe9\r\n")
        assert talk.reply().startswith(b"150 ") and sock.recv(100) == b"caf\xe9"
    assert talk.reply().startswith(b"226 ")
    assert talk.say("OPTS UTF8 OFF").startswith("200 ")
    assert sorted(talk.get("NLST")[0].split(b"\r\n")) == sorted(
        [b"", b"caf?", b"two ??lines", b"music ?", "图".encode("gbk"), b"plain"])
    talk.send("MLST 图".encode("gbk") + b"\r\n")
    assert "图".encode("gbk") in talk.reply()


@pytest.mark.parametrize("when", ["before", "during"])
@pytest.mark.parametrize("command", ["RETR big", "STOR new"])
def test_abor_by_telnets_rules_ends_a_transfer(talk, tmp_path, command, when):
    (tmp_path / "big").write_bytes(DATA * 30)
    with talk.data() as sock:
        assert talk.say(command).startswith("150 ")
        if when == "during":
            sock.sendall(b"x") if command == "STOR new" else sock.recv(1)
            assert talk.say("STAT").startswith("211-")
        talk.sock.sendall(b"\xff\xf4\xff")  # as RFC 959 has it: Interrupt Process, then Synch, which is urgent
        talk.sock.send(b"\xf2")
        talk.sock.sendall(b"ABOR\r")
        talk.sock.send(b"\n", 1)  # MSG_OOB, as ftplib's abort does
        assert talk.reply().startswith(b"426 ") and talk.reply().startswith(b"226 ")
    assert talk.say("NOOP").startswith("200 ") and not (tmp_path / "new").exists()


def test_commands_wait_for_the_transfer_but_for_a_few(talk):
    with talk.data() as sock:
        talk.send("STOR a\r\nNOOP\r\nPWD\r\nNOOP")
        assert talk.reply().startswith(b"150 ") and talk.reply().startswith(b"200 ")
        sock.sendall(b"x")
    assert [talk.reply()[:3] for _ in range(3)] == [b"226", b"257", b"200"]


def test_data_connections_come_from_the_client_only(tmp_path):
    with running(tmp_path, users=anonymous(tmp_path)) as server, Talk(server.address) as talk:
        port = int(talk.say("EPSV").split("|")[3])
        with tcp.connect(("127.0.0.1", port)) as first:
            with pytest.raises(OSError):  # the first one counts: the next is refused or reset, at once or soon
                with tcp.connect(("127.0.0.1", port)) as second:
                    second.settimeout(5)
                    if not second.recv(10):
                        raise ConnectionResetError
            assert talk.say("NLST").startswith("150 ") and first.recv(10) == b""
        assert talk.reply().startswith(b"226 ")
        assert talk.say("EPSV ALL").startswith("200 ")
        assert talk.say("PASV").startswith("503 ") and talk.say("PORT 127,0,0,1,200,1").startswith("503 ")


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is there on Linux without asking")
def test_strangers_are_turned_away(tmp_path):
    import socket

    (tmp_path / "f").write_bytes(b"for the client")
    with running(tmp_path, users=anonymous(tmp_path)) as server, Talk(server.address) as talk:
        port = int(talk.say("EPSV").split("|")[3])
        with contextlib.suppress(ConnectionResetError):  # which may come as early as in connect
            with socket.create_connection(("127.0.0.1", port), 5, source_address=("127.0.0.2", 0)) as stranger:
                assert stranger.recv(100) == b""
        with tcp.connect(("127.0.0.1", port)) as sock:
            assert talk.say("RETR f").startswith("150 ") and sock.recv(100) == b"for the client"
        assert talk.reply().startswith(b"226 ")


def free_range(count):
    """Return the first of `count` neighbouring ports that are free: below those given out by systems, which stay in
    TIME_WAIT for a while."""
    for first in range(20000, 32000, count):
        try:
            for port in range(first, first + count):
                tcp.listen(("127.0.0.1", port)).close()
            return first
        except OSError:
            continue
    raise AssertionError("no free ports")


def test_passive_ports_and_masquerade(tmp_path):
    first = free_range(2)
    rules = QUICK._replace(passive_ports=(first, first + 1), masquerade="192.0.2.1")
    with running(tmp_path, users=anonymous(tmp_path), rules=rules) as server:
        with Talk(server.address) as one, Talk(server.address) as two, Talk(server.address) as three:
            ports = {int(talk.say("EPSV").split("|")[3]) for talk in (one, two)}
            assert ports == {first, first + 1} and three.say("EPSV").startswith("425 ")
            assert one.say("PASV").startswith("227 Entering Passive Mode (192,0,2,1,")


def test_nobody_but_users_and_nothing_but_what_they_may(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "f").write_bytes(b"f")
    users = [User("anonymous", None, str(tmp_path / "all")), User("ming", HASHED, str(tmp_path / "ours"), ALL)]
    with running(tmp_path, users=users) as server:
        with Talk(server.address, "ftp") as guest:
            assert guest.get("RETR f")[0] == b"f" and guest.put("STOR g", b"x").startswith("553 ")
            for line in ("DELE f", "MKD d", "RMD d", "RNFR f", "MFMT 20200101000000 f"):
                assert guest.say(line).startswith("550 No permission"), line
        with Talk(server.address, "ming", "芝麻") as talk:
            assert talk.put("STOR mine", b"x").startswith("226 ") and talk.get("NLST")[0] == b"mine\r\n"
    assert os.listdir(tmp_path / "ours") == ["mine"]


def test_wrong_passwords_are_answered_late_and_not_for_ever(tmp_path):
    lines = []
    with running(tmp_path, log=lines.append) as server:
        for user, word in (("ming", "sesame"), ("nobody", "sesame")):
            with Talk(server.address, login="") as talk:
                for reply in ("530 ", "530 ", "421 "):
                    assert talk.say(f"USER {user}").startswith("331 ")
                    assert talk.say(f"PASS {word}").startswith(reply) and not reply == "421 " or talk.reply() == b""
        with Talk(server.address, "ming", "芝麻") as talk:  # whoever knows it comes in all the same
            talk.say("ACCT sesame")
    assert any("USER ming -> 331" in line for line in lines) and any("PASS *** -> 230" in line for line in lines)
    assert not [line for line in lines if "sesame" in line or "芝麻" in line]


def test_whoever_has_many_addresses_of_ipv6_has_no_more_sessions_and_guesses():
    state = ServerState([], Rules(per_address=2, login_delay=1.0))
    hosts = [f"2001:db8::{number}" for number in range(3)]
    assert [state.enter(host) for host in hosts] == [True, True, False]
    assert state.enter("2001:db8:0:1::1")
    assert [state.delay(host, "ming") for host in hosts] == [1.0, 2.0, 3.0]
    session = object()
    state.guessed_wrong(hosts[0], session)
    state.leave(hosts[1], session)
    state.leave(hosts[2])
    state.forgive(hosts[2], "ming", session)
    assert state.enter(hosts[0]) and state.delay(hosts[0], "ming") == 1.0


@pytest.mark.parametrize("log", [None, print])
def test_the_log_goes_with_the_rules_to_another_process(log):
    state = ServerState([], Rules(idle_timeout=9.0), log)
    again = pickle.loads(pickle.dumps(state))
    assert again.log == state.log and again.rules == state.rules


def test_what_a_killed_server_has_left_is_swept_by_the_next_one(tmp_path):
    left, kept = (tmp_path / f".0123456789abcdef.{end}" for end in ("part", "netio-kept"))
    with FTPServer("127.0.0.1", 0, tmp_path):
        left.write_bytes(b"half")
        kept.write_bytes(b"half")
    assert left.exists()  # anonymous only reads
    users = [User("ming", None, str(tmp_path), ("write",))]
    with FTPServer("127.0.0.1", 0, None, users=users):
        assert os.listdir(tmp_path) == [kept.name]
        left.write_bytes(b"half")
    assert os.listdir(tmp_path) == [kept.name]


def test_limits_on_connections(tmp_path):
    rules = QUICK._replace(per_address=2)
    with running(tmp_path, users=anonymous(tmp_path), rules=rules) as server:
        with Talk(server.address), Talk(server.address) as second:
            with tcp.connect(server.address) as sock:
                assert sock.makefile("rb").read().startswith(b"421 ")
            assert second.say("QUIT").startswith("221 ") and second.reply() == b""
            with Talk(server.address) as third:
                assert third.say("NOOP").startswith("200 ")


def test_who_says_nothing_or_sends_nothing_is_not_waited_for(tmp_path):
    def serving(**rules):  # what is not tested here takes as long as it likes
        return running(tmp_path, "select", users=anonymous(tmp_path), rules=Rules(**rules))

    with serving(idle_timeout=0.15) as server, Talk(server.address, login="") as idle:
        assert idle.reply().startswith(b"421 ") and idle.reply() == b""
    with serving(connect_timeout=0.15) as server, Talk(server.address) as late:
        late.send("EPSV\r\nNLST")
        assert [late.reply()[:3] for _ in range(3)] == [b"229", b"150", b"425"]
    with serving(stall_timeout=0.15) as server:
        with Talk(server.address) as stalled, stalled.data() as sock:
            assert stalled.say("STOR f").startswith("150 ")
            sock.sendall(b"x")
            assert stalled.reply().startswith(b"426 ")
        (tmp_path / "big").write_bytes(DATA * 30)
        with Talk(server.address) as deaf, deaf.data():
            assert deaf.say("RETR big").startswith("150 ") and deaf.reply().startswith(b"426 ")
    assert not (tmp_path / "f").exists()


@pytest.mark.sample(2)
@pytest.mark.parametrize("model, keep", [*((model, 86400) for model in MODELS), ("thread", 0)])
def test_a_client_that_vanishes_leaves_nothing_or_what_it_can_go_on_with(tmp_path, model, keep):
    (tmp_path / "old").write_bytes(b"old")
    with running(tmp_path, model, rules=QUICK._replace(keep_partials=keep)) as server:
        for name in ("old", "new"):
            with Talk(server.address, "ming", "芝麻") as talk, talk.data() as sock:
                assert talk.say(f"STOR {name}").startswith("150 ")
                sock.sendall(DATA[:1000])
                while " 0 bytes so far" in talk.say("STAT"):
                    pass
                talk.sock.close()  # as the system does for a program that was killed: both, the first one first
        with Talk(server.address, "ming", "芝麻") as talk:
            wait_until(lambda: not [name for name in os.listdir(tmp_path) if name.endswith("part")])
            assert (tmp_path / "old").read_bytes() == b"old" and talk.get("NLST")[0] == b"old\r\n"
            if keep:
                kept = int(talk.say("SIZE new").split()[1])
                assert 0 < kept <= 1000
                wait_until(lambda: talk.say(f"REST {kept}").startswith("350 ")  # 450 while the first closes its file
                           and talk.put("STOR new", DATA[kept:]).startswith("226 "))
                assert (tmp_path / "new").read_bytes() == DATA
    assert sorted(os.listdir(tmp_path)) == ["new", "old"][not keep:]


@pytest.mark.parametrize("model", [model for model in MODELS if model not in ("fork", "process")])
def test_a_client_that_vanishes_is_noticed_however_late_its_control_connection_ends(tmp_path, model, monkeypatch):
    """The end of the data is handled first, and the disk is quick: the end of the other must be seen all the same."""
    def sync(upload, former=Upload.sync):
        former(upload)
        talk.sock.close()

    monkeypatch.setattr(Upload, "sync", sync)
    (tmp_path / "f").write_bytes(b"old")
    with running(tmp_path, model, rules=QUICK._replace(keep_partials=0)) as server:
        with Talk(server.address, "ming", "芝麻") as talk, talk.data() as sock:
            assert talk.say("STOR f").startswith("150 ")
            sock.sendall(DATA[:1000])
            sock.close()
            wait_until(lambda: talk.sock.fileno() < 0 and os.listdir(tmp_path) == ["f"])
    assert (tmp_path / "f").read_bytes() == b"old"


@pytest.mark.parametrize("step, code", [("sync", "452"), ("commit", "553")])
def test_an_upload_that_cannot_be_stored_says_so_and_leaves_the_old_file(tmp_path, monkeypatch, step, code):
    def fail(upload):
        upload.discard()
        raise OSError(errno.EIO, "the disk is broken", str(tmp_path))

    monkeypatch.setattr(Upload, step, fail)
    (tmp_path / "f").write_bytes(b"old")
    with running(tmp_path, "thread") as server, Talk(server.address, "ming", "芝麻") as talk:
        assert talk.put("STOR f", b"new") == f"{code} The disk is broken.\r\n"
        assert talk.say("NOOP").startswith("200 ")
    assert os.listdir(tmp_path) == ["f"] and (tmp_path / "f").read_bytes() == b"old"


@pytest.mark.parametrize("step, code", [("write", "452"), ("sync", "452"), ("commit", "553")])
def test_of_a_new_file_that_the_disk_cannot_take_nothing_is_kept(tmp_path, monkeypatch, step, code):
    """What a full disk holds of it would keep it full for everybody. That it cannot be renamed is another thing."""
    def fail(upload, data=b""):
        if step == "write":
            write(upload, data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    write = Upload.write
    monkeypatch.setattr(Upload, step, fail)
    with running(tmp_path, "thread") as server, Talk(server.address, "ming", "芝麻") as talk:
        assert talk.put("STOR f", b"new").startswith(code)
        wait_until(lambda: len(os.listdir(tmp_path)) == (step == "commit"))
        assert talk.say("SIZE f").startswith("550 " if step != "commit" else "213 3")


def test_a_transfer_without_a_connection(talk):
    listener = tcp.listen(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    assert talk.say(f"EPRT |1|127.0.0.1|{port}|").startswith("200 ")
    assert talk.say("NLST").startswith("150 ") and talk.reply().startswith(b"425 ")
    assert talk.get("NLST")[1].startswith("226 ")


def test_what_came_in_the_clear_behind_auth_is_forgotten(tmp_path):
    with running(tmp_path, users=anonymous(tmp_path), tls=True) as server:
        with Talk(server.address, login="") as talk:
            talk.send(b"AUTH TLS\r\nUSER anonymous\r\nPASS injected\r\n")
            assert talk.reply().startswith(b"234 ")
            with client_context().wrap_socket(talk.sock) as sock:
                talk.sock = sock
                assert talk.say("PWD").startswith("530 ")
                assert talk.say("AUTH TLS").startswith("503 ") and talk.say("PROT P").startswith("503 ")
                assert talk.say("PBSZ 0").startswith("200 ") and talk.say("PROT E").startswith("536 ")
                assert talk.say("REIN").startswith("220 ") and talk.say("PROT C").startswith("200 ")


def test_a_server_may_ask_for_encryption(tmp_path):
    with running(tmp_path, tls=True, rules=QUICK._replace(require_tls=True)) as server:
        with Talk(server.address, login="") as talk:
            assert talk.say("USER ming").startswith("530 ")
        with log_in(server.address, tls=True) as client:
            assert client.nlst() == []
            client.prot_c()
            with pytest.raises(ftplib.error_perm, match="521"):
                client.nlst()


def test_a_stopping_server_lets_a_transfer_end(tmp_path):
    with running(tmp_path, "select", users=anonymous(tmp_path), grace=10) as server:
        with Talk(server.address) as idle, Talk(server.address) as talk, talk.data() as sock:
            assert talk.say("STOR f").startswith("150 ")
            server.shutdown()
            assert idle.reply().startswith(b"421 ") and idle.reply() == b""
            sock.sendall(DATA)
            sock.close()
            assert talk.reply().startswith(b"226 ") and talk.reply().startswith(b"421 ") and talk.reply() == b""
            assert server.join(10)
    assert (tmp_path / "f").read_bytes() == DATA


def test_mistakes_of_the_one_who_starts_it(tmp_path):
    for kind, options in ((NotADirectoryError, {"users": anonymous(tmp_path / "no")}), (ValueError, {
            "users": anonymous(tmp_path, "shout")}), (ValueError, {"model": "carrier pigeon"})):
        with pytest.raises(kind), running(tmp_path, **options):
            pass


def test_passive_ports_go_upwards():
    FTPServer("127.0.0.1", 0, None, rules=Rules(passive_ports=(65535, 65535))).close()
    for first, last in (9, 1), (-1, 9), (9, 65536):
        with pytest.raises(ValueError, match=f"not from {first} to {last}"):
            FTPServer("127.0.0.1", 0, None, rules=Rules(passive_ports=(first, last)))
