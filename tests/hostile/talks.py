"""What is tried with faults: framed messages, datagrams, the chat room's servers and client, and student records."""
from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import os
import select
import socket
import sys
import threading
import time
from pathlib import Path

from netio import chat, files, tcp, udp
from netio.chat.client import DatagramWire
from netio.chat.keyboard import ForkedKeyboard, ThreadKeyboard
from netio.chat.session import Session
from netio.concurrency.servers import EchoProtocol, Server, for_asyncio

from .faults import CHECKOUT, Scenario
from .servers import CALLS_OF_NO_CLIENT, CALLS_THAT_START, TIMEOUT, UNNOTICED, Echo, Served, running

sys.path.insert(0, str(CHECKOUT / "scripts"))
import _students  # noqa: E402
import send_student  # noqa: E402
import serve_students  # noqa: E402

MESSAGES = [b"", b"x", b"four", b"longer than some", b"\0\n,:", b"", b"last one"]  # few: one byte a call fills a buffer
LINES = [b"first", b"", b"the longest of them", b"last"]
RECORDS = [b"record 1", b"record 2", b"record 3"]


class Framed(Scenario):
    """What arrives is a beginning of what was sent, whole messages; where nobody had an error it is all of it."""

    errors = (OSError, EOFError)
    never = ("socket", "close")  # they are the scenario's own
    messages, connected = MESSAGES, None
    pair = staticmethod(socket.socketpair)

    def start(self, folder, driver):
        self.connected = self.pair()

    @staticmethod
    def end(sock):
        sock.shutdown(socket.SHUT_WR)

    def run(self, folder, driver):
        self.got, self.sent, self.again = [], 0, False
        (left, right), self.connected = self.connected or self.pair(), None
        with left, right:
            try:
                self.send(left)
            finally:
                self.end(left)
                for message in self.receive_all(right):
                    self.got.append(message)

    def receive_all(self, sock):
        return self.receive(sock)

    def send(self, sock):
        for message in self.messages:
            sock.sendall(self.make().wrap(message))
            self.sent += 1

    def receive(self, sock):
        return tcp.iter_messages(sock, self.make(), timeout=TIMEOUT)

    def check(self, folder, error):
        assert self.got == self.messages[:len(self.got)], f"torn: {self.got}"
        assert not isinstance(error, TimeoutError) or "ETIMEDOUT" in self.fault, "waits for ever"
        if error is None:
            assert len(self.got) == len(self.messages), f"{len(self.got)} messages, and no error"

    def check_killed(self, folder):
        """Nothing is kept."""


class Prefixed(Framed):
    make = tcp.LengthPrefix


class Lines(Framed):
    make, messages = tcp.Delimiter, LINES


class Fixed(Framed):
    messages = RECORDS

    def make(self):
        return tcp.FixedSize(8)


class Netstrings(Framed):
    make = tcp.Netstring


class Frames(Framed):
    """send_frame and recv_frame: after an error of the system the next call goes on in the same frame."""

    def send(self, sock):
        for message in self.messages:
            tcp.send_frame(sock, message, timeout=TIMEOUT)
            self.sent += 1

    def receive(self, sock):
        while True:
            try:
                message = tcp.recv_frame(sock, timeout=TIMEOUT)
            except OSError:
                if self.again or "+" in self.fault:
                    raise
                self.again = True
                continue
            if message is None:
                return
            yield message


class Exactly(Framed):
    """recv_exactly, of sizes that both know."""

    def send(self, sock):
        with tcp.Deadline(sock, TIMEOUT) as deadline:
            deadline.send_all(b"".join(self.messages))

    def receive(self, sock):
        for message in self.messages:
            yield tcp.recv_exactly(sock, len(message), timeout=TIMEOUT)


class Read(Framed):
    """A Reader keeps what had come before an error: the next call returns it."""

    messages = [b"a line\n", b"eight by", b"until this;", b"the rest of it, of some length"]

    def send(self, sock):
        sock.sendall(b"".join(self.messages))

    def receive(self, sock):
        reader = tcp.Reader(sock, timeout=TIMEOUT)
        for read in (reader.read_line, lambda: reader.read_exactly(8), lambda: reader.read_until(b";"),
                     reader.read_to_end):
            try:
                yield read()
            except OSError:
                if self.again or "+" in self.fault:
                    raise
                self.again = True
                yield read()

    def check(self, folder, error):
        if error is not None and self.fault.startswith("send:"):  # a beginning
            return
        super().check(folder, error)


class Datagrams(Served):
    """A datagram is answered right or not at all; one fault costs one at most, and serving goes on."""

    never = (*Served.never, "getsockopt")

    def make_server(self, folder):
        return udp.Server(("127.0.0.1", 0), udp.AtMostOnce(udp.server.echo))

    def connect_beside(self):
        return udp.Client(self.server.address)

    def talk(self, folder):
        self.lost = 0
        with udp.connect(self.server.address) as sock:  # as it is, without repetition
            for number in range(4):
                sock.send(b"hello %d" % number)
                try:  # on a busy machine the answer to an earlier one may come late
                    while (answer := udp.receive(sock, timeout=1.0).data) != b"hello %d" % number:
                        assert answer in [b"hello %d" % earlier for earlier in range(number)], answer
                except TimeoutError:
                    self.lost += 1
        if "+" not in self.fault:
            self.ask(self.beside)

    @staticmethod
    def ask(client):
        assert client.request(b"beside", timeout=TIMEOUT) == b"beside"

    def check(self, folder, error):
        call, answer, _ = (self.fault or "x:none:1").split(":")
        if answer in UNNOTICED and answer != "EAGAIN" or call == "poll":  # EAGAIN: the queue is full
            assert not self.lost, "lost"
        elif not answer.endswith("+"):
            assert self.lost <= 1, f"{self.lost} datagrams lost"
        self.ask(self.beside)
        with udp.Client(self.server.address) as client:
            self.ask(client)


class StartDatagrams(Scenario):
    """From making to closing: what keeps it from serving is raised, and nothing is left."""

    errors = (OSError, RuntimeError)
    mended = ("socket:EMFILE:2", "epoll_ctl:ENOMEM:1", "epoll_ctl:ENOMEM:2", "thread:EAGAIN:1")
    never = (*Served.never, "close")

    def run(self, folder, driver):
        driver.library.fault_network_only(1)
        with self.make() as server:
            driver.exempt()
            try:
                with udp.connect(server.address) as sock:
                    sock.send(b"L lily")
                    with contextlib.suppress(TimeoutError, ConnectionError):
                        udp.receive(sock, timeout=0.2)
            finally:
                driver.exempt(False)

    @staticmethod
    def make():
        return udp.Server(("127.0.0.1", 0), udp.server.echo)

    def check_killed(self, folder):
        """Nothing is kept."""


class StartProxy(StartDatagrams):
    @staticmethod
    def make():
        return udp.proxy.LossyProxy(("127.0.0.1", 9))


class StartRoom(StartDatagrams):
    @staticmethod
    def make():
        return chat.Server(("127.0.0.1", 0))


class ServeDatagrams(StartDatagrams):
    """udp.serve, in this thread, until Ctrl-C."""

    def run(self, folder, driver):
        driver.library.fault_network_only(1)
        self.got = []

        def stop(datagram):
            self.got.append(datagram.data)
            if len(self.got) == 2:
                raise KeyboardInterrupt
            return datagram.data

        def send(address):
            driver.exempt()
            with udp.connect(address) as sock:
                for _ in range(4):  # one may be lost
                    sock.send(b"stop")
            driver.exempt(False)
            if "+" in self.fault:
                driver.disarm()

        udp.serve(("127.0.0.1", 0), stop, on_listening=send)

    def check(self, folder, error):
        assert error is not None or self.got == [b"stop"] * 2, self.got


class Request(Scenario):
    """udp.request: the right answer, or an error that says why there is none."""

    mended = ("send:ENOBUFS:1", "recv:ENOMEM:1")

    def run(self, folder, driver):
        driver.exempt()
        server = udp.Server(("127.0.0.1", 0), udp.AtMostOnce(udp.server.echo))
        driver.exempt(False)
        with running(driver, server):
            timeout = 1.0 if "+" in self.fault else TIMEOUT
            assert udp.request(server.address, b"hello", timeout=timeout) == b"hello"

    def check(self, folder, error):
        call, answer, _ = (self.fault or "x:none:1").split(":")
        lasting = answer.endswith(("+", "UNREACH")) or answer in ("EPERM", "ENOTCONN")  # to try again would not help
        if call in ("send", "recv") and not lasting:
            assert error is None, f"a lost datagram is sent again: {error!r}"

    def check_killed(self, folder):
        """Nothing is kept."""


class Linked:
    """A member over a link, which loses and doubles nothing."""

    def __init__(self, address, name, timeout=TIMEOUT):
        self.wire, self.name, self.timeout = DatagramWire(address), name, timeout
        self.session = Session(name, time.monotonic(), session=os.urandom(8).hex(), initial_rto=0.02, give_up=timeout)
        self.kinds, self.heard = [], []
        try:
            self.until(lambda: "entered" in self.kinds)
        except BaseException:
            self.close()
            raise

    def say(self, text):
        self.session.say(text)
        self.until(lambda: not self.session._link.unacknowledged)

    def until(self, reached):
        deadline = time.monotonic() + self.timeout
        while not reached():
            now = time.monotonic()
            if now > deadline or self.session.over:
                raise TimeoutError(f"{self.name}: {self.kinds} {self.heard}")
            self.wire.send(self.session.datagrams(now))
            if select.select([self.wire.sock], [], [], max(0, min(0.05, self.session.next_deadline(now) - now)))[0]:
                for data in self.wire.receive():
                    for event in self.session.receive(data, time.monotonic()):
                        self.kinds.append(event.kind)
                        self.heard += [event.text] * (event.kind == "heard")

    def close(self):
        self.wire.sock.close()


class RoomOfDatagrams(Served):
    """chat.Server: whoever is linked hears each line once, in order, whatever fails; others come in after it."""

    never = (*Served.never, "getsockopt")

    def make_server(self, folder):
        return chat.Server(("127.0.0.1", 0), initial_rto=0.02)

    def connect_beside(self):
        return Linked(self.server.address, "lily")

    def talk(self, folder):
        lasting = "+" in self.fault and "short" not in self.fault
        try:
            tom = Linked(self.server.address, "tom", 0.3 if lasting else TIMEOUT)
        except TimeoutError:
            assert lasting, "nobody can come in"
            return
        with contextlib.closing(tom):
            try:
                for number in range(5):
                    tom.say(f"line {number}")
            except TimeoutError:
                assert lasting, "waits for ever"

    def check(self, folder, error):
        ann = Linked(self.server.address, "ann")
        with contextlib.closing(ann):
            ann.say("here")
            self.beside.until(lambda: "ann: here" in self.beside.heard)
        said = [line for line in self.beside.heard if line.startswith("tom: ")]
        assert said == [f"tom: line {number}" for number in range(5)][:len(said)], said
        assert len(said) == 5 or "+" in self.fault, said


class Line:
    """A member over TCP."""

    def __init__(self, address, name):
        self.sock, self.data, self.heard = tcp.connect(address, timeout=TIMEOUT), b"", []
        try:
            self.sock.sendall(b"L %s\n" % name)
            self.until(b"OK\n")
        except BaseException:
            self.close()
            raise

    def read(self):
        """Take what has come. Raises: EOFError, OSError where the connection was cut off."""
        data = self.sock.recv(4096)
        if not data:
            raise EOFError("cut off")
        *lines, self.data = (self.data + data).split(b"\n")
        self.heard += [line + b"\n" for line in lines]

    def until(self, wanted, other=None):
        """Read until the wanted line. Raises: EOFError, OSError, also for another member who is cut off first."""
        while wanted not in self.heard:
            members = [self] if other is None else [self, other]
            ready = select.select([member.sock for member in members], [], [], TIMEOUT)[0]
            if not ready:
                raise TimeoutError(f"no {wanted!r}, but {self.heard}")
            for member in members:
                if member.sock in ready:
                    member.read()

    def close(self):
        self.sock.close()


class RoomOfLines(Served):
    """chat.TCPServer: one member is cut off at most; all others hear each line once, in order."""

    model, workers = "epoll", None

    def make_server(self, folder):
        return chat.TCPServer(("127.0.0.1", 0), model=self.model, workers=self.workers)

    def connect_beside(self):
        return Line(self.server.address, b"lily")

    def talk(self, folder):
        self.cut = []
        tom = self.attempt(Line, self.server.address, b"tom")
        if tom is None:
            return
        with contextlib.closing(tom):
            for number in range(3):
                self.attempt(tom.sock.sendall, b"C tom line %d\n" % number)
                self.attempt(self.beside.until, b"tom: line %d\n" % number, tom)
                if self.cut:
                    return

    def attempt(self, function, *args):
        try:
            return function(*args)
        except socket.timeout as error:
            raise AssertionError(f"somebody waits for ever: {error}")
        except (OSError, EOFError) as error:
            self.cut.append(error)

    def check(self, folder, error):
        call, answer, _ = (self.fault or "x:none:1").split(":")
        with contextlib.closing(Line(self.server.address, b"ann")) as ann, \
                contextlib.closing(Line(self.server.address, b"bob")) as bob:
            bob.sock.sendall(b"C bob here\n")
            ann.until(b"bob: here\n")
            if not self.cut:
                self.attempt(self.beside.until, b"bob: here\n")
        if answer in UNNOTICED and call not in CALLS_THAT_START or call in CALLS_OF_NO_CLIENT:
            assert not self.cut, f"cut off: {self.cut}"
        said = [line for line in self.beside.heard if line.startswith(b"tom: ")]
        assert said == [b"tom: line %d\n" % number for number in range(3)][:len(said)], said


class RoomOfThreads(RoomOfLines):
    model = "thread"


class RoomOfPool(RoomOfLines):
    model, workers = "pool", 4


class Join(Scenario):
    """chat.join: who leaves with the server's EXIT has said each line; else an event or error says what happened."""

    never = ("read", "waitpid", "close", "write", "getsockopt")  # of the keyboard, which is the scenario's own here
    mended = ("fork:EAGAIN:1", "stat:EIO:1", "thread:EAGAIN:2", "recv:ENOMEM:2")
    over_tcp = False
    keyboard = staticmethod(functools.partial(ForkedKeyboard, warn_threads=False))  # from 3.14 on a partial is a method
    errors = (OSError, RuntimeError)

    def run(self, folder, driver):
        driver.library.fault_network_only(1)
        driver.exempt()
        self.lines, self.event = [], None
        room = chat.Room(record=self.lines.append)
        server = (chat.TCPServer(("127.0.0.1", 0), room, model="select") if self.over_tcp
                  else chat.Server(("127.0.0.1", 0), room, initial_rto=0.02))
        reader, writer = os.pipe()
        os.write(writer, b"one\ntwo\nquit\n")
        os.close(writer)
        driver.exempt(False)
        try:
            with running(driver, server), self.keyboard(reader) as keys:
                self.event = chat.join(server.address, "lily", over_tcp=self.over_tcp, keyboard=keys, out=io.StringIO(),
                                       initial_rto=0.02, patience=0.5)
        finally:
            os.close(reader)

    def check(self, folder, error):
        said = [line for line in self.lines if line.startswith("lily: ")]
        assert said == ["lily: one", "lily: two"][:len(said)], said
        if error is None:
            assert self.event.kind in ("left", "lost"), self.event
            ended = ":kill:" in self.fault  # what reads the keyboard was killed: the input has ended
            assert self.event != ("left", "EXIT") or len(said) == 2 or ended, (self.event, self.lines)
            call, answer, _ = (self.fault or "x:none:1").split(":")
            if answer in UNNOTICED or not self.over_tcp and call in ("send", "recv") and "+" not in answer:
                assert self.event == ("left", "EXIT"), self.event

    def check_killed(self, folder):
        """Nothing is kept."""


class JoinOverTCP(Join):
    over_tcp, keyboard = True, ThreadKeyboard


class Students(Served):
    """serve_students: each student of whom `saved` was said is in the file, whole; the next client is served."""

    model, over_udp = "thread", False
    never = ("stat",)
    people = ["1 lily 16 170.1", "2 tom 17 180.0", "3 小明 18 175.5"]
    last = "4 ann 19 160.0"

    def make_server(self, folder):
        self.store = files.DurableLog(Path(folder, "students"))
        if self.over_udp:
            once = udp.AtMostOnce(functools.partial(serve_students.save_datagram, self.store))
            return udp.Server(("127.0.0.1", 0), once)
        return Server(("127.0.0.1", 0), functools.partial(serve_students.save_stream, self.store), model=self.model)

    def connect_beside(self):
        beside = contextlib.ExitStack()  # nobody: what is to be closed before the server
        beside.callback(self.store.close)
        return beside

    def ask(self, line):
        """Return what the server says of a student, None where it says nothing."""
        record = _students.parse_student(line).pack()
        try:
            if self.over_udp:
                with udp.Client(self.server.address) as client:
                    return client.request(record, timeout=1.0 if "+" in self.fault else TIMEOUT)
            with tcp.connect(self.server.address, timeout=TIMEOUT) as sock:
                sock.sendall(record)
                return tcp.Reader(sock, timeout=TIMEOUT).read_line() or None
        except TimeoutError:
            assert self.over_udp and "+" in self.fault, "waits for ever"
        except OSError:
            return None

    def talk(self, folder):
        self.said = [self.ask(line) for line in self.people]

    def check(self, folder, error):
        self.said.append(self.ask(self.last))
        assert self.said[-1] == b"saved\n", self.said
        lines = Path(folder, "students").read_text(encoding="utf-8").splitlines()
        for line, said in zip([*self.people, self.last], self.said):
            assert line in lines or said != b"saved\n", (line, said, lines)
            assert line not in lines or said is None or said == b"saved\n", (line, said, lines)
        assert len(set(lines)) == len(lines) and set(lines) <= {*self.people, self.last}, lines


class StudentsByDatagrams(Students):
    over_udp = True


class SendStudent(Scenario):
    """send_student.py: it prints `saved` for a student that is saved, or ends with an error."""

    errors = (OSError, ValueError)
    over_udp = False
    never = ("close", "getsockopt")

    def run(self, folder, driver):
        driver.library.fault_network_only(1)
        driver.exempt()
        self.out = io.StringIO()
        log = files.DurableLog(Path(folder, "students"))
        if self.over_udp:
            once = udp.AtMostOnce(functools.partial(serve_students.save_datagram, log))
            server = udp.Server(("127.0.0.1", 0), once)
        else:
            server = Server(("127.0.0.1", 0), functools.partial(serve_students.save_stream, log), model="iterative")
        driver.exempt(False)
        host, port = server.address
        with log, running(driver, server), contextlib.redirect_stdout(self.out):
            over = ["--udp"] if self.over_udp else []
            send_student.main(["--host", host, "--port", str(port), *over, "1", "lily", "16", "170.1"])

    def check(self, folder, error):
        lines = Path(folder, "students").read_text().splitlines()
        assert lines in ([], ["1 lily 16 170.1"]), lines
        if error is None:
            assert lines and self.out.getvalue() == "saved\n", (lines, self.out.getvalue())

    def check_killed(self, folder):
        """Nothing is kept."""


class SendStudentByDatagrams(SendStudent):
    over_udp = True


class InAsyncio:
    """A protocol of ours under asyncio, in a thread, with the face of a Server."""

    def __init__(self):
        self.listener = tcp.listen(("127.0.0.1", 0))
        self.address = self.listener.getsockname()

    def start(self):
        self.ready = threading.Event()
        self.thread = threading.Thread(target=asyncio.run, args=(self.serve(),))
        self.thread.start()
        self.ready.wait()

    async def serve(self):
        self.loop, self.stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self.loop.create_server(for_asyncio(EchoProtocol), sock=self.listener)
        self.ready.set()
        await self.stop.wait()
        server.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join()


class EchoInAsyncio(Echo):
    never = (*Echo.never, "epoll_ctl", "setsockopt")  # which asyncio itself does not expect

    def make_server(self, folder):
        self.served = []
        return InAsyncio()


ALL = {
    "prefixed": Prefixed, "lines": Lines, "fixed": Fixed, "netstrings": Netstrings, "frames": Frames,
    "exactly": Exactly, "reader": Read, "datagrams": Datagrams, "start_datagrams": StartDatagrams,
    "start_proxy": StartProxy, "start_room": StartRoom, "serve_datagrams": ServeDatagrams, "request": Request,
    "room_of_datagrams": RoomOfDatagrams, "room_of_lines": RoomOfLines, "room_of_threads": RoomOfThreads,
    "room_of_pool": RoomOfPool, "join": Join, "join_over_tcp": JoinOverTCP, "students": Students,
    "students_by_datagrams": StudentsByDatagrams, "send_student": SendStudent,
    "send_student_by_datagrams": SendStudentByDatagrams, "echo_in_asyncio": EchoInAsyncio,
}
FRAMED = [name for name, scenario in ALL.items() if issubclass(scenario, Framed)]
