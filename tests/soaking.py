"""Mixed load on a server for minutes, from clients that die at random: no byte is wrong, and what it holds stays flat.

    python3 -m tests.soaking KIND MODEL WORKERS FOLDER      serve (0 workers: what the model has)

`pytest --soak` runs each for a minute, `--soak-minutes 10` for ten. What each client does follows from a seed, which is
printed, and which `--soak-seed` gives again.
"""
from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from netio import tcp, udp
from netio.chat import TCPServer
from netio.concurrency import EchoProtocol, Server, echo
from netio.concurrency.servers import MODELS
from netio.ftp import FTPServer, Rules, User
from netio.http import HTTPServer, StaticFiles
from netio.http.client import fetch

from .ftp.serving import Talk

CLIENTS, PHASES = 8, 4  # the first phase warms up
EVENT_MODELS = ("select", "poll", "epoll", "kqueue")
CHECKOUT = Path(__file__).parents[1]
# So that what is freed goes back to the system (glibc): with the threads' arenas and large blocks on the heap a server
# grew by 22 MiB in ten minutes, though it held no more objects; so told, by 0.1 MiB.
MALLOC = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "131072"}
MOST_MEMORY = 4 << 20  # bytes more in the second half


# The servers.

def make_server(kind, model, workers, folder):
    """Return a server of a kind, at a free port."""
    address, options = ("127.0.0.1", 0), {"model": model, "workers": workers}
    if kind == "echo":
        return Server(address, EchoProtocol if model in EVENT_MODELS else echo, **options)
    if kind == "http":
        return HTTPServer(*address, StaticFiles(folder, max_upload=1 << 24), **options)
    if kind == "ftp":
        users = [User("anonymous", None, folder, ("read", "write", "change"))]
        return FTPServer(*address, None, users=users, rules=Rules(per_address=10_000, keep_partials=0), **options)
    return Datagrams() if kind == "udp" else TCPServer(address, None, model)


def main():
    kind, model, workers, folder = sys.argv[1:]
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
        size = self.rng.choice((self.rng.randrange(100), self.rng.randrange(5000), self.rng.randrange(most)))
        return self.rng.getrandbits(8 * size + 8).to_bytes(size + 1, "big")

    def connect(self):
        return tcp.connect(self.address, timeout=60)

    def die(self, sock):
        """End a connection as clients do: with a reset, half a close, or none of what was wanted read."""
        how = self.rng.randrange(3)
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


class EchoClient(Client):
    def act(self, data):
        got = hashlib.sha256()
        with self.connect() as sock:
            for at in range(0, len(data), 16384):
                piece = data[at:at + 16384]
                self.send(sock, piece)
                got.update(tcp.recv_exactly(sock, len(piece)))
            sock.shutdown(1)
            assert sock.recv(1) == b""
        assert got.digest() == hashlib.sha256(data).digest(), "an echo is wrong"

    def act_in_part(self, data):
        with self.connect() as sock, contextlib.suppress(OSError):
            sock.settimeout(self.rng.choice((0.01, 0.1)))  # much is sent, and nothing read
            sock.sendall(data * self.rng.choice((0, 1, 20)))
            self.die(sock)


class HTTPClient(Client):
    def act(self, data):
        url = "http://{}:{}/{}".format(*self.address, self.name)
        what = self.rng.randrange(3)
        if what == 0 or self.kept is None:
            assert fetch(url, method="PUT", body=data, timeout=60).status in (201, 204)
            self.kept = data
        asked = fetch(url, timeout=60)
        assert asked.status == 200 and hashlib.sha256(asked.body).digest() == hashlib.sha256(self.kept).digest(), what
        if what == 1:
            begin = self.rng.randrange(len(self.kept))
            part = fetch(url, headers=[("Range", f"bytes={begin}-")], timeout=60)
            assert part.status == 206 and part.body == self.kept[begin:]

    def act_in_part(self, data):
        length, host = len(data) + 1, b"Host: a\r\n"
        put = b"PUT /%b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (self.name.encode(), host, length, data)
        get = b"GET /%b HTTP/1.1\r\n%b\r\n" % (self.name.encode(), host)
        with self.connect() as sock, contextlib.suppress(OSError):
            self.send(sock, self.rng.choice((put, get, get * 5, get[:-3], b"nonsense\r\n\r\n", b"")))
            self.die(sock)


class FTPClient(Client):
    def act(self, data):
        with Talk(self.address, timeout=60) as talk:
            if self.kept is None or self.rng.random() < 0.4:
                assert talk.put(f"STOR {self.name}", data).startswith("226 ")
                self.kept = data
            got, reply = talk.get(f"RETR {self.name}")
            assert reply.startswith("226 ") and hashlib.sha256(got).digest() == hashlib.sha256(self.kept).digest()
            assert self.rng.random() < 0.5 or talk.say("QUIT").startswith("221 ")

    def act_in_part(self, data):
        with Talk(self.address, timeout=60) as talk, contextlib.suppress(OSError):
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
        name = b"client%d" % self.number
        with self.connect() as sock:
            lines = sock.makefile("rb")
            sock.sendall(b"L " + name + b"\nC " + name + b" hello\nQ " + name + b"\n")
            heard = [line.strip() for line in iter(lines.readline, b"")]
            assert heard[0] == b"OK" and heard[-1] == b"EXIT", heard

    def act_in_part(self, data):
        with self.connect() as sock, contextlib.suppress(OSError):
            sock.sendall(self.rng.choice((b"", b"L other%d\n" % self.rng.randrange(100), b"L x", data)))
            self.die(sock)


class DatagramClient(Client):
    def act(self, data):
        with udp.Client(self.address) as client:
            for size in (20_000, 100, 0):
                assert client.request(data[:size], timeout=60) == data[:size][::-1], "a reply is wrong"

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
    command = [sys.executable, "-m", "tests.soaking", kind, model, str(workers or 0), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CHECKOUT, env={**os.environ, **MALLOC}) as server:
        try:
            address = ("127.0.0.1", int(server.stdout.readline()))
            clients = [KINDS[kind](number, seed, address) for number in range(CLIENTS)]
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
    assert more["threads"] <= CLIENTS and more["children"] <= 0, samples  # a thread may wait for the next client
    assert more["descriptors"] <= 2 + max(0, more["threads"]) and more["memory"] <= MOST_MEMORY, samples


def settled(pid):
    """Return what a server and its children hold, when all clients have gone: it has ten seconds for that."""
    deadline, held, since = time.monotonic() + 10, held_by(pid), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() < since + 1:
        time.sleep(0.1)
        now = held_by(pid)
        if any(now[what] != held[what] for what in ("descriptors", "threads", "children")):
            since = time.monotonic()
        held = now
    return held


def held_by(pid):
    """Count what a process and its children hold together."""
    tree = [pid, *descendants(pid)]
    held = {"memory": 0, "descriptors": 0, "threads": 0, "children": len(tree) - 1}
    for one in tree:
        with contextlib.suppress(OSError):  # it has just ended
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            held["memory"] += int(rollup.partition("\nPss:")[2].split()[0]) * 1024
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
    main()
