"""What is tried with faults: files that go up and down by HTTP, FTP and tcp.send_file."""
from __future__ import annotations

import contextlib
import ftplib
import hashlib
import io
import os
import socket
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from netio import tcp
from netio.concurrency.servers import available_models, passwords
from netio.ftp import FTPServer, User, download, open_session, upload
from netio.ftp.state import ServerState
from netio.http import FromWSGI, HTTPServer, Response, StaticFiles
from netio.http.client import fetch

from .faults import Scenario
from .servers import TIMEOUT, Served, running

OLD, NEW = b"old contents\n" * 400, b"the new contents\n" * 9000
SMALL = b"read by another client\n"


class Stored(Served):
    """The file is the old one or the new one, whole; what was said to be stored is; nothing else lies beside it."""

    stores = True
    stored = None  # whether the client was told that it is: None where it was told nothing
    allowed = ("file", "beside", "log")
    never = ()  # a file's close may fail
    model, workers = "epoll", None
    old, new = OLD, NEW
    tls = client = None  # what the server and what a client is given, where that is more than None: see secure.py

    def prepare(self, folder):
        if self.old is not None:
            Path(folder, "file").write_bytes(self.old)
        Path(folder, "beside").write_bytes(SMALL)

    def check(self, folder, error):
        self.check_file(folder)
        if ":kill:" in self.fault or ":tear:" in self.fault:  # of a process that serves one client: others come
            self.beside.close()
            self.beside = self.connect_again()
            if self.beside is not None:
                self.check_beside(folder)
            self.finish()  # the server sweeps
        else:
            self.check_beside(folder)
        deadline = time.monotonic() + TIMEOUT  # what broke off is thrown away in another thread
        while beside := [name for name in set(os.listdir(folder)) - set(self.allowed) if not self.may_stay(name)]:
            assert time.monotonic() < deadline, f"left beside it: {beside}"
            time.sleep(0.01)

    def connect_again(self):
        """Connect the client beside once more; None where the process that accepts was killed, too."""
        while True:
            try:
                return self.connect_beside()
            except ConnectionRefusedError:
                return None
            except (ConnectionResetError, EOFError):  # it is ending
                continue

    def check_file(self, folder):
        path = Path(folder, "file")
        found = path.read_bytes() if path.exists() else None
        assert found in (self.old, self.new), f"a mixture: {found[:60]!r}, {len(found)} bytes"
        if self.stored is not None:
            assert found == (self.new if self.stored else self.old), f"stored: {self.stored}, as the client was told"

    def may_stay(self, name):
        return self.fault.startswith("unlink:") and name.startswith(".")

    def check_killed(self, folder):
        self.stored = None
        self.check_file(folder)
        self.server = None
        with self.make_server(folder) as self.server:
            beside = {name for name in set(os.listdir(folder)) - set(self.allowed) if not self.may_stay(name)}
            assert not beside, f"not swept: {beside}"
            self.server.start()
            self.stored = None
            self.talk(folder)
        assert self.stored or not self.stores or self.old is None, "the next server does not store it"
        self.check_file(folder)
        self.server = None


class Put(Stored):
    """PUT by HTTP, beside a client that reads over a connection of its own."""

    def make_server(self, folder):
        return HTTPServer("127.0.0.1", 0, StaticFiles(folder, max_upload=1 << 20), model=self.model,
                          workers=self.workers, tls=self.tls)

    def connect_beside(self):
        sock = self.connect()
        try:
            for _ in range(2):  # the first is answered before the connection is watched
                self.get_beside(sock)
        except BaseException:
            sock.close()
            raise
        return sock

    def connect(self):
        return socket.create_connection(self.server.address, timeout=TIMEOUT)

    @staticmethod
    def get_beside(sock):
        sock.sendall(b"GET /beside HTTP/1.1\r\nHost: a\r\n\r\n")
        got = b""
        while not got.endswith(SMALL):
            data = sock.recv(65536)
            assert data, f"the client beside was cut off after {got!r}"
            got += data
        assert got.startswith(b"HTTP/1.1 200 "), got[:60]

    def check_beside(self, folder):
        self.get_beside(self.beside)
        path = Path(folder, "file")
        if path.exists():
            found = fetch(self.server.url + "/file", timeout=TIMEOUT, tls=self.client)
            assert found.body == path.read_bytes()

    def talk(self, folder):
        self.answer(*self.request("PUT", "/file", [], self.new))

    def request(self, method, path, *arguments):
        try:
            reply = fetch(self.server.url + path, method, *arguments, timeout=TIMEOUT, tls=self.client)
        except TimeoutError:
            raise AssertionError("a client waits for ever")
        except (OSError, EOFError, ValueError):
            return None, b""
        return reply.status, reply.body

    def answer(self, status, body):
        if status is None:
            self.stored = None
        elif status < 400 or b"in its place" in body:
            self.stored = True
        else:
            answers = {"EACCES": 403, "EPERM": 403, "ELOOP": 409}  # which say what they should of such a folder
            assert status >= 500 or status == answers.get(self.fault.split(":")[1]), (status, body)
            self.stored = False


class PutNew(Put):
    old = None


class PostForm(Put):
    """A form's files come both or neither."""

    old = None
    allowed = ("file", "second", "beside", "log")

    def talk(self, folder):
        head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="%s"\r\n\r\n%s\r\n'
        body = head % (b"file", self.new) + head % (b"second", SMALL) + b"--x--\r\n"
        self.answer(*self.request("POST", "/", [("Content-Type", "multipart/form-data; boundary=x")], body))

    def check(self, folder, error):
        super().check(folder, error)
        assert Path(folder, "file").exists() == Path(folder, "second").exists(), "one of two"

    def answer(self, status, body):
        if status == 409 and "+" not in self.fault:  # both are there: the process was killed after that
            self.stored = None
        else:
            super().answer(status, body)


class Get(Put):
    """GET of a large file: all of it, or an error that the client can see."""

    large, stores = "sendfile", False
    mended = ("stat:EIO:3", "stat:EIO:5", "stat:EACCES:3")

    def prepare(self, folder):
        super().prepare(folder)
        Path(folder, "file").write_bytes(self.new)

    def make_server(self, folder):
        return HTTPServer("127.0.0.1", 0, StaticFiles(folder, large=self.large, small=1000), model=self.model,
                          workers=self.workers, tls=self.tls)

    def talk(self, folder):
        for name, right in (("/file", self.new), ("/", None), ("/beside", SMALL)):
            status, body = self.request("GET", name)
            assert status != 200 or right is None or body == right, "said to be whole, and is not"
            assert status in (None, 200, 404) or status >= 500 or status == 403 and ":EACCES" in self.fault, status


class Zip(Get):
    """A folder as a zip file: all of it, or an error that the client can see."""

    mended = ()

    def make_server(self, folder):
        return HTTPServer("127.0.0.1", 0, StaticFiles(folder, zipped=True), model=self.model, workers=self.workers,
                          tls=self.tls)

    def talk(self, folder):
        status, body = self.request("GET", "/?format=zip")
        if status == 200:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                found = {name: archive.read(name) for name in archive.namelist()}
            assert found == {"file": self.new, "beside": SMALL}, f"said to be whole, and is not: {list(found)}"
        assert status in (None, 200) or status >= 500 or status in (403, 404), status


class Application(Put):
    """A large body that an application reads from the server's own temporary file: all of it, or 500."""

    stores = False

    def prepare(self, folder):
        super().prepare(folder)
        tempfile.tempdir = folder

    def make_server(self, folder):
        return HTTPServer("127.0.0.1", 0, self.answer_request, model=self.model, workers=self.workers, tls=self.tls)

    @staticmethod
    def answer_request(request):
        if request.body is None:
            return Response(200, [], SMALL)
        return hashlib.sha256(request.body.read()).hexdigest()

    def check_beside(self, folder):
        self.get_beside(self.beside)
        with contextlib.closing(self.connect()) as sock:
            self.get_beside(sock)

    def talk(self, folder):
        status, body = self.request("POST", "/", [], self.new)
        assert status in (None, 200, 500), status
        assert status != 200 or body == hashlib.sha256(self.new).hexdigest().encode(), "of another body"
        call, answer, _ = (self.fault or "x:none:1").split(":")
        assert status or call not in ("open", "tmpfile", "write", "seek", "read"), "no answer"


class ThroughWSGI(Application):
    """The same by a WSGI application."""

    model = "thread"

    def make_server(self, folder):
        return HTTPServer("127.0.0.1", 0, FromWSGI(self.answer_wsgi), model=self.model, workers=self.workers)

    @staticmethod
    def answer_wsgi(environ, start_response):
        data = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [hashlib.sha256(data).hexdigest().encode() if data else SMALL]


class GetMapped(Get):
    large = "mmap"


class GetRead(Get):
    large, model = "read", "thread"


class Stor(Stored):
    """STOR by FTP, beside a session that reads."""

    command = "STOR file"

    def prepare(self, folder):
        super().prepare(folder)
        passwords._slow_hash = lambda method, password, salt, rounds: bytes(32)  # else half of a trial's time

    def make_server(self, folder):
        return FTPServer("127.0.0.1", 0, None, users=[self.user(folder)], model=self.model, workers=self.workers,
                         tls=self.tls)

    @staticmethod
    def user(folder):
        return User("ming", None, folder, ("read", "write", "change"))

    def log_in(self):
        ftp = ftplib.FTP(timeout=TIMEOUT)
        try:
            ftp.connect(*self.server.address[:2])
            ftp.login("ming", "x")
        except BaseException:
            ftp.close()
            raise
        return ftp

    def connect_beside(self):
        return self.log_in()

    @staticmethod
    def send_data(conn, data):
        conn.sendall(data)

    def check_beside(self, folder):
        self.read_beside(self.beside)
        with contextlib.closing(self.log_in()) as ftp:
            self.read_beside(ftp)

    @staticmethod
    def read_beside(ftp):
        got = []
        ftp.retrbinary("RETR beside", got.append)
        assert b"".join(got) == SMALL, got

    def talk(self, folder):
        ftp, said = None, ""
        try:
            ftp = self.log_in()
            said = self.transfer(ftp)
        except (ftplib.error_perm, ftplib.error_temp) as error:
            said = str(error)
        except socket.timeout:
            raise AssertionError("a client waits for ever")
        except (OSError, EOFError):
            pass
        finally:
            if ftp is not None:
                ftp.close()
        self.answer(said)

    def transfer(self, ftp):
        ftp.voidcmd("TYPE I")
        with ftp.transfercmd(self.command) as conn:
            self.send_data(conn, self.new)
        return ftp.voidresp()

    def answer(self, said):
        self.stored = None if not said else said.startswith("226") or "in its place" in said

    def may_stay(self, name):
        return name.endswith(".netio-kept") or super().may_stay(name)  # the beginning of an upload that broke off


class StorActive(Stor):
    """The same over a connection that the server makes to the client."""

    def log_in(self):
        ftp = super().log_in()
        ftp.set_pasv(False)
        return ftp


class Appe(Stor):
    command = "APPE file"
    new = OLD + NEW  # the old one and what is sent

    def check_killed(self, folder):
        self.stored = None  # what came is kept, and the next APPE goes on with it: a client asks SIZE first
        self.check_file(folder)

    def transfer(self, ftp):
        ftp.voidcmd("TYPE I")
        with ftp.transfercmd(self.command) as conn:
            self.send_data(conn, self.new[len(self.old):])
        return ftp.voidresp()


class Stou(Stor):
    old = None
    command = "STOU file"

    def check_file(self, folder):
        for path in Path(folder).glob("file.????????"):  # the server's own name for it
            path.replace(Path(folder, "file"))
        super().check_file(folder)


class Retr(Stor):
    """RETR and LIST: all of it and 226, or an error."""

    old, stores = NEW, False
    mended = ("stat:EIO:9",)

    def transfer(self, ftp):
        got = []
        ftp.retrbinary("RETR file", got.append)
        assert b"".join(got) == NEW, "said to be whole, and is not"
        lines = []
        ftp.retrlines("LIST", lines.append)
        assert [line.rpartition(" ")[2] for line in sorted(lines, key=len)] == ["file", "beside"], lines
        return ""


class Changes(Stor):
    """MKD, RMD, DELE, RNFR with RNTO, MFMT and MLSD: done and said so, or refused and not done."""

    stores, allowed = False, (*Stor.allowed, "empty", "made", "victim", "source", "target")

    def prepare(self, folder):
        super().prepare(folder)
        os.mkdir(Path(folder, "empty"))
        for name in ("victim", "source"):
            Path(folder, name).write_bytes(name.encode())

    def talk(self, folder):
        self.said = {}
        super().talk(folder)
        self.stored = None

    def transfer(self, ftp):
        for name, ask in {
            "made": lambda: ftp.mkd("made"), "empty": lambda: ftp.rmd("empty"), "victim": lambda: ftp.delete("victim"),
            "target": lambda: ftp.rename("source", "target"),
            "beside": lambda: ftp.voidcmd("MFMT 20010909014640 beside"),
            "listed": lambda: self.list_all(ftp),
        }.items():
            try:
                ask()
                self.said[name] = True
            except (ftplib.error_perm, ftplib.error_temp) as error:
                self.said[name] = None if ", but " in str(error) else False  # done, and perhaps not on the disk
        return ""

    @staticmethod
    def list_all(ftp):
        names = {name for name, _ in ftp.mlsd()}
        assert {"file", "beside"} <= names, "said to be all, and is not"

    again = False  # after a kill what was done then is refused now

    def check_file(self, folder):
        super().check_file(folder)
        there = {name: Path(folder, name).exists() for name in ("made", "empty", "victim", "source", "target")}
        done = {"made": there["made"], "empty": not there["empty"], "victim": not there["victim"],
                "target": there["target"], "beside": os.stat(Path(folder, "beside")).st_mtime == 1_000_000_000}
        assert there["source"] != there["target"], "lost"
        for name, said in self.said.items():
            done_before = self.again and done.get(name)
            assert said in (None, done.get(name, said)) or done_before, f"{name}: {said}"

    def check_killed(self, folder):
        self.said, self.again = {}, True
        super().check_killed(folder)


class Rename(Stor):
    """RNFR and RNTO to a file that is there: it is the old or the new one, and that is never lost."""

    allowed = (*Stor.allowed, "source")

    def prepare(self, folder):
        super().prepare(folder)
        Path(folder, "source").write_bytes(self.new)

    def transfer(self, ftp):
        try:
            return ftp.rename("source", "file").replace("250", "226")
        except ftplib.error_perm as error:
            return "226 before the kill" if self.again and str(error).startswith("550") else str(error)

    def check_file(self, folder):
        super().check_file(folder)
        source = Path(folder, "source")
        assert source.exists() != (Path(folder, "file").read_bytes() == self.new), "lost, or there twice"

    again = False

    def answer(self, said):
        self.stored = None if not said else said.startswith("226") or ", but " in said

    def check_killed(self, folder):
        self.again = True
        super().check_killed(folder)


class Resumed(Stor):
    """SIZE, REST and STOR of a file that has come in part: whoever asks where to go on gets it whole."""

    old, part = None, 50_000

    def prepare(self, folder):
        super().prepare(folder)
        user = self.user(folder)
        begun = ServerState([user]).open_folder(user, "127.0.0.1").upload("/file")
        begun.write(self.new[:self.part])
        begun.discard()

    def transfer(self, ftp):
        ftp.voidcmd("TYPE I")
        try:
            size = ftp.size("file")
        except ftplib.error_perm:
            assert ":kill:" not in self.fault, "what had come is lost"
            size = 0
        with ftp.transfercmd(self.command, rest=size) as conn:
            self.send_data(conn, self.new[size:])
        return ftp.voidresp()


class ResumedOld(Stor):
    """REST and STOR of a file that is there already: others see the old one until the new one is whole."""

    old = NEW[:50_000]
    transfer = Resumed.transfer


class Fetched(Scenario):
    """ftp.download and ftp.upload: whole or an error; the next attempt brings all of it, and the session goes on."""

    errors = (OSError, EOFError, ftplib.Error)
    never = ("thread", "close", "stat")
    upload, tls, client = False, None, None

    def prepare(self, folder):
        for name, data in (("here", OLD), ("there", NEW)):
            os.mkdir(Path(folder, name))
            Path(folder, name, "file").write_bytes(data)
        passwords._slow_hash = lambda method, password, salt, rounds: bytes(32)

    def run(self, folder, driver):
        driver.exempt()
        server = FTPServer("127.0.0.1", 0, None, model="select",
                           users=[User("ming", None, Path(folder, "there"), ("read", "write", "change"))], tls=self.tls)
        with running(driver, server):
            driver.exempt()
            ftp = self.log_in(server)
            driver.exempt(False)
            try:
                self.move(ftp, folder)
            finally:
                driver.disarm()
                ftp.close()
                self.check(folder, None)
            self.again(folder, server)

    def log_in(self, server):
        return open_session(server.address, "ming", "x", timeout=TIMEOUT, tls=self.client)

    def move(self, ftp, folder):
        if self.upload:
            upload(ftp, Path(folder, "here", "file"), "file")
        else:
            download(ftp, "file", Path(folder, "here", "file"))

    def again(self, folder, server):
        with contextlib.closing(self.log_in(server)) as ftp:
            self.move(ftp, folder)
        assert Path(folder, "here", "file").read_bytes() == Path(folder, "there", "file").read_bytes()

    def check(self, folder, error):
        target = Path(folder, "there" if self.upload else "here", "file")
        assert target.read_bytes() in (OLD, NEW), "a mixture"
        assert not isinstance(error, TimeoutError) or "ETIMEDOUT" in self.fault, "waits for ever"

    def check_killed(self, folder):
        self.check(folder, None)


class Sent(Fetched):
    upload = True


class LogIn(Scenario):
    """open_session: a session that works, or an error; the next one is let in."""

    errors = (OSError, ftplib.Error)
    never = ("thread", "close", "stat")
    tls = client = None

    def prepare(self, folder):
        Path(folder, "file").write_bytes(SMALL)

    def run(self, folder, driver):
        driver.exempt()
        server = self.make_server(folder)
        driver.exempt(False)
        with running(driver, server):
            try:
                self.talk(server)
            finally:
                driver.disarm()
                self.talk(server)

    def make_server(self, folder):
        return FTPServer("127.0.0.1", 0, None, model="select", users=[User("ming", None, folder)], tls=self.tls)

    def talk(self, server):
        with open_session(server.address, "ming", "x", timeout=TIMEOUT, tls=self.client) as ftp:
            assert ftp.nlst() == ["file"]

    def check_killed(self, folder):
        """Nothing is kept."""


class Fetch(LogIn):
    """fetch: the whole answer, or an error."""

    errors = (OSError, EOFError)

    def make_server(self, folder):
        return HTTPServer("127.0.0.1", 0, StaticFiles(folder, max_upload=1 << 20), model="select", tls=self.tls)

    def talk(self, server):
        answer = fetch(server.url + "/new", "PUT", body=bytes(100_000), timeout=TIMEOUT, tls=self.client)
        assert answer.status in (201, 204)
        answer = fetch(server.url + "/file", timeout=TIMEOUT, tls=self.client)
        assert (answer.status, answer.body) == (200, SMALL)


class SendFile(Scenario):
    """send_file and receive_file: saved on both sides, or an error; the next attempt brings all of it."""

    errors = (OSError, EOFError, ValueError, MemoryError)
    never = ("thread",)  # it is the scenario's own
    new = NEW

    def prepare(self, folder):
        Path(folder, "source").write_bytes(self.new)
        os.mkdir(Path(folder, "there"))

    def run(self, folder, driver):
        self.sent, self.saved = self.attempt(folder)
        driver.disarm()
        for outcome in (self.sent, self.saved):
            assert not isinstance(outcome, Exception) or isinstance(outcome, self.errors), repr(outcome)

    pair, connected = staticmethod(socket.socketpair), None

    def start(self, folder, driver):
        self.connected = self.pair()

    def attempt(self, folder):
        def send():
            try:
                with ours:
                    return tcp.send_file(ours, Path(folder, "source"), name="file", timeout=TIMEOUT)
            except Exception as error:
                return error

        (ours, theirs), self.connected = self.connected or self.pair(), None
        outcomes = []
        sender = threading.Thread(target=lambda: outcomes.append(send()))
        try:
            sender.start()
        except BaseException:
            ours.close()
            theirs.close()
            raise
        try:
            with theirs:
                saved = tcp.receive_file(theirs, Path(folder, "there"), timeout=TIMEOUT)
        except Exception as error:
            saved = error
        sender.join()
        return outcomes[0], saved

    def check(self, folder, error):
        path = Path(folder, "there", "file")
        assert not path.exists() or path.read_bytes() == self.new, "a mixture"
        if error is None:
            assert not isinstance(self.saved, str) or path.exists()
            assert not isinstance(self.sent, int) or path.exists(), "sent, and not there"
            assert not any(isinstance(outcome, TimeoutError) and f"{TIMEOUT} s" in str(outcome)
                           for outcome in (self.sent, self.saved)), "one waits for ever"
        self.check_killed(folder)

    def check_killed(self, folder):
        path = Path(folder, "there", "file")
        assert not path.exists() or path.read_bytes() == self.new, "a mixture"
        sent, saved = self.attempt(folder)
        assert isinstance(sent, int) and isinstance(saved, str), (sent, saved)
        assert path.read_bytes() == self.new
        left = set(os.listdir(path.parent)) - {"file"}
        if self.fault.startswith("unlink:"):
            left = {name for name in left if not name.startswith(".")}
        assert not left, left


ALL = {
    "put": Put, "put_new": PutNew, "post_form": PostForm, "get": Get, "get_mapped": GetMapped, "get_read": GetRead,
    "zip": Zip, "application": Application, "wsgi": ThroughWSGI, "stor": Stor, "stor_active": StorActive,
    "appe": Appe, "stou": Stou, "retr": Retr, "rest": Resumed, "rest_old": ResumedOld, "changes": Changes,
    "rename": Rename, "download": Fetched, "upload": Sent, "send_file": SendFile, "log_in": LogIn, "fetch": Fetch,
}


def _add_models():
    """Up and down under each other model: `put_select`, ..., `retr_process`."""
    for name in ("put", "get", "stor", "retr"):
        for model in available_models():
            if model in ("epoll", "iterative"):  # the one is there, the other serves nobody beside
                continue
            what = {"model": model, "workers": 3 if model in ("pool", "prefork") else None}
            if model == "process":
                what["never"] = ("write",)  # of multiprocessing's pipe: it leaves what it has started
            ALL[f"{name}_{model}"] = type(f"{name}_{model}", (ALL[name],), what)


_add_models()
