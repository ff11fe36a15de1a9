"""Mixed load on a server for minutes, from clients that die at random: no byte is wrong, and what it holds stays flat.

    python3 -m tests.soaking serve KIND MODEL WORKERS FOLDER    serve (0 workers: what the model has)
    python3 -m tests.soaking load KIND PORT SEED                 clients in a process that is killed

`pytest --soak` runs each for a minute, `--soak-minutes 10` for ten. What each client does follows from a seed, which is
printed, and which `--soak-seed` gives again.
"""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

from netio import tcp, udp
from netio.chat import TCPServer
from netio.chat.room import REFUSED
from netio.concurrency import EchoProtocol, Server, echo
from netio.concurrency.servers import MODELS
from netio.ftp import FTPServer, Rules, User
from netio.http import HTTPServer, StaticFiles, Timeouts
from netio.http.client import fetch
from netio.http.messages import Response, ResponseParser

from .ftp.serving import Talk

CLIENTS, PHASES = 8, 4  # the first phase warms up
WAIT = 300.0  # seconds that nothing takes, however busy the machine
EVENT_MODELS = ("select", "poll", "epoll", "kqueue")
CHECKOUT = Path(__file__).parents[1]
# So that what is freed goes back to the system (glibc): with the threads' arenas and large blocks on the heap a server
# grew by 22 MiB in ten minutes, though it held no more objects; so told, by 0.1 MiB.
MALLOC = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "131072"}
MOST_MEMORY = 4 << 20  # bytes more in the second half
OF_THREAD = 1 << 20  # bytes: the buffer for FTP's data, which each thread keeps


# The servers.

def make_server(kind, model, workers, folder):
    """Return a server of a kind, at a free port."""
    address, options = ("127.0.0.1", 0), {"model": model, "workers": workers}
    if kind == "echo":
        return Server(address, EchoProtocol if model in EVENT_MODELS else echo, **options)
    if kind == "http":
        patient = Timeouts(head=WAIT, body=WAIT, send=WAIT, idle=WAIT)
        return HTTPServer(*address, StaticFiles(folder, max_upload=1 << 24), timeouts=patient, **options)
    if kind == "ftp":
        users = [User("anonymous", None, folder, ("read", "write", "change"))]
        rules = Rules(per_address=10_000, keep_partials=0, stall_timeout=WAIT, connect_timeout=WAIT)
        return FTPServer(*address, None, users=users, rules=rules, **options)
    return Datagrams() if kind == "udp" else TCPServer(address, None, model)


def serve(kind, model, workers, folder):
    with make_server(kind, model, int(workers) or None, folder) as server:
        print(server.address[1], flush=True)
        server.serve_forever()


class Datagrams:
    """A server of requests behind a bad network, with the face of a Server."""

    def __enter__(self):
        answer = udp.AtMostOnce(lambda datagram: datagram.data[::-1], remember=50)
        self.server = udp.Server(("127.0.0.1", 0), answer)
        self.proxy = udp.LossyProxy(self.server.address, drop=0.1, duplicate=0.1, reorder=0.1, clients=2 * CLIENTS)
        self.address = self.proxy.address
        self.server.start()
        signal.signal(signal.SIGTERM, lambda *_: self.proxy.shutdown())
        return self

    def serve_forever(self):
        self.proxy.serve_forever()

    def __exit__(self, *error):
        self.proxy.close()
        self.server.close()


# The clients: each takes its own random numbers, and raises where a byte is wrong.

class Client:
    """Does one thing after the other, each to its end or only to the middle."""

    def __init__(self, number, seed, address):
        self.number, self.address, self.rng = number, address, random.Random(f"{seed} {number}")
        self.name, self.kept, self.done, self.longest = f"{number}.bin", None, 0, 0.0

    def data(self, most=200_000):
        """Return bytes that end with the digest of the others: whoever reads them can say whether they are whole."""
        size = self.rng.choice((self.rng.randrange(100), self.rng.randrange(5000), self.rng.randrange(most)))
        return signed(self.rng.getrandbits(8 * size + 8).to_bytes(size + 1, "big"))

    def connect(self):
        return tcp.connect(self.address, timeout=WAIT)

    def die(self, sock):
        """End a connection as clients do: with a reset, half a close, or none of what was wanted read."""
        how = self.rng.randrange(3)
        time.sleep(self.rng.choice((0, 0, 0, 0.2)))
        if how == 0:
            tcp.abort(sock)
        elif how == 1:
            with contextlib.suppress(OSError):
                sock.shutdown(1)
        sock.close()

    def send(self, sock, data):
        """Send in pieces of any size; a server that has ended the connection is not an error."""
        at = 0
        while at < len(data):
            piece = self.rng.choice((1, 100, 4096, 65536))
            sock.sendall(data[at:at + piece])
            at += piece

    def step(self):
        whole, begun = self.rng.random() < 0.6, time.monotonic()
        (self.act if whole else self.act_in_part)(self.data())
        self.done += whole
        self.longest = max(self.longest, time.monotonic() - begun)

    acts = ()  # what the clients of a kind do; the first keeps something, which the others need

    def act(self, data):
        (self.rng.choice(self.acts) if self.kept else self.acts[0])(self, data)


def signed(data):
    return data + hashlib.sha256(data).digest()


def is_whole(data):
    return signed(data[:-32]) == data


class KilledClients:
    """Clients in one process, which is killed after a moment, all its connections at once; then come the next."""

    done = longest = 0

    def __init__(self, kind, seed, address):
        self.kind, self.seed, self.port, self.rng = kind, seed, address[1], random.Random(f"{seed} killed")

    def step(self):
        seed = f"{self.seed}-{self.rng.random()}"
        with subprocess.Popen([sys.executable, "-m", "tests.soaking", "load", self.kind, str(self.port), seed],
                              cwd=CHECKOUT) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.rng.uniform(0.3, 3))
            process.kill()
        assert process.returncode == -signal.SIGKILL, process.returncode


class EchoClient(Client):
    def act(self, data):
        got = hashlib.sha256()
        with self.connect() as sock:
            for at in range(0, len(data), 16384):
                piece = data[at:at + 16384]
                self.send(sock, piece)
                got.update(tcp.recv_exactly(sock, len(piece), timeout=WAIT))
            sock.shutdown(1)
            assert sock.recv(1) == b""
        assert got.digest() == hashlib.sha256(data).digest(), "an echo is wrong"

    def act_in_part(self, data):
        with self.connect() as sock, contextlib.suppress(OSError):
            sock.settimeout(self.rng.choice((0.01, 0.1)))  # much is sent, and nothing read
            sock.sendall(data * self.rng.choice((0, 1, 20)))
            self.die(sock)


class HTTPClient(Client):
    def fetch(self, method="GET", name=None, headers=(), body=b""):
        url = "http://{}:{}/{}".format(*self.address, self.name if name is None else name)
        return fetch(url, method, headers, body, timeout=WAIT)

    def put(self, data):
        assert self.fetch("PUT", body=data).status in (201, 204)
        self.kept = data
        self.get(data)

    def put_in_chunks(self, data):
        half = len(data) // 2
        head = b"PUT /%b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" % self.name.encode()
        with self.connect() as sock:
            self.send(sock, head)
            for chunk in (data[:half], data[half:], b""):
                self.send(sock, b"%x\r\n%b\r\n" % (len(chunk), chunk))
            assert sock.makefile("rb").readline().split()[1] in (b"201", b"204")
        self.kept = data

    def get(self, data):
        asked = self.fetch()
        assert asked.status == 200 and asked.body == self.kept

    def get_changing(self, data):
        """Another client may be replacing or removing it."""
        asked = self.fetch(name=f"{self.rng.randrange(CLIENTS)}.bin")
        assert asked.status == 404 or asked.status == 200 and is_whole(asked.body), asked.status

    def get_part(self, data):
        begin, last = sorted(self.rng.randrange(len(self.kept)) for _ in range(2))
        part = self.fetch(headers=[("Range", f"bytes={begin}-{self.rng.choice((last, ''))}")])
        assert part.status == 206 and self.kept.startswith(part.body, begin) and len(part.body) > last - begin

    def get_unchanged(self, data):
        tag = self.fetch("HEAD").header("ETag")
        assert self.fetch(headers=[("If-None-Match", tag)]).status == 304
        assert self.fetch("PUT", headers=[("If-None-Match", "*")], body=data).status == 412

    def get_pipelined(self, data, pause=0.0):
        get = b"GET /%b HTTP/1.1\r\nHost: a\r\n" % self.name.encode()
        with self.connect() as sock:
            self.send(sock, (get + b"\r\n") * 3 + get + b"Connection: close\r\n\r\n")
            parser, bodies = ResponseParser(), []
            while piece := sock.recv(50_000):
                time.sleep(pause)
                parser.feed(piece)
                while (event := parser.next_event()) is not None:
                    if isinstance(event, Response):
                        assert event.status == 200
                        bodies.append(b"")
                    else:
                        bodies[-1] += event
        assert bodies == [self.kept] * 4

    def get_slowly(self, data):
        self.get_pipelined(data, 0.01)

    def post_form(self, data):
        form = b'--x\r\nContent-Disposition: form-data; name="a"; filename="%b"\r\n\r\n%b\r\n--x--\r\n'
        kind = [("Content-Type", "multipart/form-data; boundary=x")]
        assert self.fetch("POST", "", kind, form % (self.name.encode(), data)).status == 409  # it replaces nothing

    def list_folder(self, data):
        sizes = {entry["name"]: entry["size"] for entry in json.loads(self.fetch(name="?format=json").body)}
        assert sizes[self.name] == len(self.kept) and self.fetch("DELETE").status == 405

    acts = (put, put_in_chunks, get, get, get_changing, get_part, get_unchanged, get_pipelined, get_slowly,
            post_form, list_folder)

    def act_in_part(self, data):
        length, host = len(data) + 1, b"Host: a\r\n"
        put = b"PUT /%b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (self.name.encode(), host, length, data)
        get = b"GET /%b HTTP/1.1\r\n%b\r\n" % (self.name.encode(), host)
        with self.connect() as sock, contextlib.suppress(OSError):
            self.send(sock, self.rng.choice((put, get, get * 5, get[:-3], b"nonsense\r\n\r\n", b"")))
            self.die(sock)


class FTPClient(Client):
    def act(self, data):
        with Talk(self.address, timeout=WAIT) as self.talk:
            super().act(data)
            for _ in range(self.rng.randrange(2)):
                super().act(self.data())
            assert self.rng.random() < 0.5 or self.talk.say("QUIT").startswith("221 ")

    def get(self, name=None):
        got, reply = self.talk.get(f"RETR {name or self.name}")
        assert reply.startswith("226 ") or name and reply.startswith("550 "), reply
        return got

    def store(self, data):
        assert self.talk.put(f"STOR {self.name}", data).startswith("226 ")
        self.kept = data
        self.retrieve(data)

    def append(self, data):
        longer = signed(self.kept + data)
        assert self.talk.put(f"APPE {self.name}", longer[len(self.kept):]).startswith("226 ")
        self.kept = longer

    def retrieve(self, data):
        assert self.get() == self.kept

    def retrieve_part(self, data):
        begin = self.rng.randrange(len(self.kept))
        assert self.talk.say(f"REST {begin}").startswith("350 ") and self.get() == self.kept[begin:]

    def retrieve_changing(self, data):
        """Another client may be replacing, renaming or removing it."""
        got = self.get(f"{self.rng.randrange(CLIENTS)}.bin")
        assert not got or is_whole(got)

    def rename(self, data):
        assert self.talk.say(f"RNFR {self.name}").startswith("350 ")
        assert self.talk.say(f"RNTO {self.name}.other").startswith("250 ")
        assert self.talk.put(f"STOR {self.name}", data).startswith("226 ")
        assert self.get(f"{self.name}.other") == self.kept and self.get() == data
        assert self.talk.say(f"DELE {self.name}.other").startswith("250 ")
        self.kept = data

    def delete(self, data):
        listing, reply = self.talk.get("MLSD")
        assert reply.startswith("226 ") and f"size={len(self.kept)};".encode() in listing
        assert self.talk.say(f"DELE {self.name}").startswith("250 ")
        assert self.talk.say(f"SIZE {self.name}").startswith("550 ")
        self.kept = None

    def abort(self, data):
        """End a transfer in its middle, and go on over the same connection."""
        with self.talk.data():
            assert self.talk.say(self.rng.choice(("RETR", "STOR")) + f" {self.name}").startswith("150 ")
            assert self.talk.say("ABOR")[:3] in ("426", "226") and self.talk.reply().startswith(b"226 ")
        self.retrieve(data)

    acts = (store, append, retrieve, retrieve, retrieve_part, retrieve_changing, rename, delete, abort)

    def act_in_part(self, data):
        with Talk(self.address, timeout=WAIT) as talk, contextlib.suppress(OSError):
            if self.rng.random() < 0.3:
                return self.die(talk.sock)
            with talk.data() as sock:
                stores = self.rng.random() < 0.5
                talk.send(f"{'STOR' if stores else 'RETR'} {self.name}")
                if stores:
                    sock.sendall(data)
                else:
                    sock.recv(100)
                tcp.abort(sock)  # only a reset says that an upload is not whole
                self.die(talk.sock)


class ChatClient(Client):
    def act(self, data):
        """Log in, say something, hear what others say, leave; a name that is taken is refused."""
        own = f"client{os.getpid()}-{self.number}"
        name = self.rng.choice((own, f"shared{self.rng.randrange(3)}"))
        with self.connect() as sock:
            lines = sock.makefile("r", encoding="utf-8")
            sock.sendall(f"L {name}\n".encode())
            answer = lines.readline()
            if answer.startswith(REFUSED) and name != own:
                return
            assert answer == "OK\n", answer
            checksum = zlib.crc32(f"{name} {self.done}".encode())
            sock.sendall(f"C {name} {self.done} {checksum}\nQ {name}\n".encode())
            *heard, last = lines
            assert last == "EXIT\n" and all(map(self.is_right, heard)), (last, heard)

    @staticmethod
    def is_right(line):
        """Return whether a line is a notice, or has the checksum of who speaks and what about."""
        said = re.fullmatch(r"(\S+): (\d+) (\d+)\n", line)
        if said:
            return zlib.crc32(f"{said[1]} {said[2]}".encode()) == int(said[3])
        return bool(re.fullmatch(r"\S+ (进入|离开)聊天室 \([a-z ]+\)\n", line))

    def act_in_part(self, data):
        with self.connect() as sock, contextlib.suppress(OSError):
            sock.sendall(self.rng.choice((b"", b"L other%d\n" % self.rng.randrange(100), b"L x", data)))
            self.die(sock)


class DatagramClient(Client):
    def act(self, data):
        with udp.Client(self.address) as client:
            for size in (20_000, 100, 0):
                assert client.request(data[:size], timeout=WAIT) == data[:size][::-1], "a reply is wrong"

    def act_in_part(self, data):
        """Send what gets no reply, or does not wait for it."""
        with udp.connect(self.address) as sock, contextlib.suppress(OSError):  # a full buffer
            for _ in range(self.rng.randrange(5)):
                sock.send(self.rng.choice((b"", b"\0ask", b"\0ask12345678" + data[:20_000], data[:60_000])))


KINDS = {"echo": EchoClient, "http": HTTPClient, "ftp": FTPClient, "chat": ChatClient, "udp": DatagramClient}


# The load.

def soak(kind, model, workers, folder, minutes, seed):
    """Load a server for so many minutes; raise what a client raised, or where the server holds more than before."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.soaking", "serve", kind, model, str(workers or 0), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CHECKOUT, env={**os.environ, **MALLOC}) as server:
        try:
            address = ("127.0.0.1", int(server.stdout.readline()))
            clients = [*make_clients(kind, seed, address), KilledClients(kind, seed, address)]
            samples = []
            for _ in range(PHASES):
                load(clients, minutes * 60 / PHASES)
                samples.append(settled(server.pid))
        finally:
            server.terminate()
    print(f"{kind}, {model}, workers {workers}, seed {seed}: {sum(client.done for client in clients)} whole, the "
          f"longest {max(client.longest for client in clients):.1f} s; after each phase:", *samples, sep="\n  ")
    assert server.returncode == 0, server.returncode
    check_flat(samples)
    assert not [name for name in os.listdir(folder) if name.endswith(".part")]


def make_clients(kind, seed, address, first=0):
    return [KINDS[kind](number, seed, address) for number in range(first, first + CLIENTS)]


def work_until_killed(kind, port, seed):
    load(make_clients(kind, seed, ("127.0.0.1", int(port)), first=100), WAIT)


def load(clients, seconds):
    """Let all clients work for some seconds, each in a thread."""
    until, failed = time.monotonic() + seconds, []

    def work(client):
        try:
            while time.monotonic() < until and not failed:
                client.step()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def check_flat(samples):
    """Compare what the server held after half the time, when it had grown to its load, with what it held at the end."""
    first, last = samples[len(samples) // 2 - 1], samples[-1]
    more = {what: last[what] - first[what] for what in last}
    threads = max(0, more["threads"])
    assert threads <= CLIENTS and more["children"] <= 0, samples  # a thread may wait for the next client
    assert more["descriptors"] <= 2 + threads, samples
    assert more["memory"] <= MOST_MEMORY + threads * OF_THREAD, samples


def settled(pid):
    """Return what a server and its children hold, when all clients have gone and nothing changes any more."""
    deadline, held, since = time.monotonic() + WAIT, held_by(pid), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() < since + 1:
        time.sleep(0.1)
        now = held_by(pid)
        if any(now[what] != held[what] for what in ("descriptors", "threads", "children")):
            since = time.monotonic()
        held = now
    return held


def held_by(pid):
    """Count what a process and its children hold together.

    Not its share of pages (Pss) is counted: of a library's pages it grows where another Python of the machine ends, and
    of those from a fork it grows, once and by 6 MB, at the first full garbage collection, which writes to all objects.
    """
    tree = [pid, *descendants(pid)]
    held = {"memory": 0, "descriptors": 0, "threads": 0, "children": len(tree) - 1}
    for one in tree:
        with contextlib.suppress(OSError):  # it has just ended
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            for kind in ("Anonymous", "Pss_Shmem"):
                held["memory"] += int(rollup.partition(f"\n{kind}:")[2].split()[0]) * 1024
            held["descriptors"] += len(os.listdir(f"/proc/{one}/fd"))
            held["threads"] += len(os.listdir(f"/proc/{one}/task"))
    return held


def descendants(pid):
    """Yield the ids of all processes below one (Linux)."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split()):
                yield child
                yield from descendants(child)


def models():
    """Return (model, workers) of all that this platform has; an event model runs on several processes, too."""
    here = [(model, None) for model in MODELS]
    return here + [(model, 2) for model, _ in here if model == "epoll"]


if __name__ == "__main__":
    {"serve": serve, "load": work_until_killed}[sys.argv[1]](*sys.argv[2:])
