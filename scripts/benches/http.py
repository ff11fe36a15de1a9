"""HTTP: files from netio beside nginx, http.server and, with --peers, third-party servers. Linux, wrk and nginx needed.

Server and load each have a core of their own. What counts is the server's CPU per request, of all its processes,
because a load generator on the next core is no faster than they are. The load is diverse: 1000 files in turn, with the
headers of ten browsers. Before anything is measured the bytes of each server's replies are compared with the files.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

from .environments import find, python_with
from .harness import Row, Settings, compare, run_load, warn
from .system import cores, cpu_seconds, family, make_buffer, on_last_core, take_first_core

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PEERS = CHECKOUT / "scripts" / "benches" / "peers" / "http_peers.py"
PACKAGES = ["waitress", "gunicorn", "cheroot", "tornado", "aiohttp", "uvicorn", "starlette", "granian"]
FILES, SIZE, BIG = 1000, 1024, 64 << 20
BROWSERS = [
    f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) {browser}"
    for system in (
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
        "iPhone; CPU iPhone OS 17_0",
        "Android 14",
    )
    for browser in ("Chrome/126.0.0.0 Safari/537.36", "Version/17.4 Safari/605.1.15")
]
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log crit; user root;
events {{ worker_connections 4096; }}
http {{
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; {cache}
    default_type text/plain; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port} backlog=4096; root {root}; }}
}}
"""
CACHE = "open_file_cache max=4000 inactive=60s; open_file_cache_valid 1s;"
LUA = """
local requests, index = {{}}, 0
init = function(args)
  for path = 0, {files} - 1 do
    local browser = agents[path % #agents + 1]
    local visitor = path * 7919 % {visitors}
    local first = "GET /f" .. path .. ".txt HTTP/1.1\\r\\nHost: 127.0.0.1:8000\\r\\nUser-Agent: "
    local rest = ("\\r\\n{extra}\\r\\n"):gsub("session=0+", "session=" .. visitor)
    local one = first .. browser .. " Build/" .. visitor .. rest
    requests[#requests + 1] = one:rep({depth})
  end
end
request = function()
  index = index % #requests + 1
  return requests[index]
end
"""
EXTRA = [
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8",
    "Accept-Encoding: gzip, deflate, br",
    "Referer: http://127.0.0.1:8000/index.html",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Cookie: session=0000000000000000; theme=dark",
]


class Site(NamedTuple):
    """A folder with files to serve, and one for what the bench itself writes."""

    root: Path
    work: Path


class Serving:
    """A server process, kept on the first core; `port`, and `cpu()`: the seconds that it and its children have used."""

    def __init__(self, name: str, command: list[str], port: int) -> None:
        self.name, self.port = name, port
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Linux gives each session an equal share, and vsftpd makes itself one
            preexec_fn=take_first_core,
        )

    def cpu(self) -> float:
        return sum(cpu_seconds(pid) for pid in family(self.process.pid))

    def wait(self) -> None:
        """Wait until it accepts connections. Raises: TimeoutError, or OSError when it has ended."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise OSError(f"{self.name} has ended with status {self.process.returncode}")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.02)
        raise TimeoutError(f"{self.name} does not listen on port {self.port}")

    def close(self) -> None:
        children = family(self.process.pid)[1:]
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)


def rows(settings: Settings) -> Iterator[Row]:
    """Compare netio with each of the others, one kind of load after another."""
    missing = [name for name in ("wrk", "nginx") if not find(name)]
    if missing or not hasattr(os, "sched_setaffinity") or len(cores()) < 2:
        yield Row("http", "netio", "nginx", skipped="needs Linux, two cores" + "".join(f", {name}" for name in missing))
        return
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        site = make_site(Path(folder))
        netio = {
            model: serve(stack, site, f"netio {model}", netio_command(site, model)) for model in ("epoll", "thread")
        }
        nginx = serve(stack, site, "nginx", nginx_command(site, "plain"))
        cached = serve(stack, site, "nginx, open_file_cache", nginx_command(site, "cached", CACHE))
        yield from against_nginx(settings, site, netio["epoll"], nginx, cached)
        yield from against_http_server(settings, site, netio["thread"], stack)
        if settings.peers:
            yield from against_peers(settings, site, netio["epoll"], stack)


def against_nginx(settings: Settings, site: Site, ours: Serving, nginx: Serving, cached: Serving) -> Iterator[Row]:
    seconds = 1 if settings.quick else 3

    def pair(
        what: str, figure: Callable[[Serving], float], theirs: Serving, reach: float | None, unit: str = "s"
    ) -> Row:
        return compare(
            what,
            lambda: figure(ours),
            lambda: figure(theirs),
            settings,
            names=(ours.name, theirs.name),
            reach=reach,
            unit=unit,
        )

    diverse, close = load(site, seconds), load(site, seconds, extra=["Connection: close"])
    yield pair("1 KiB, 64 connections: CPU a request", diverse, nginx, 1)
    yield pair("the same, nginx with open_file_cache", diverse, cached, 1)
    yield pair("the same request again and again: CPU a request", load(site, seconds, files=1), cached, None)
    own_headers = load(site, seconds, visitors=FILES)
    yield pair("1 KiB, every visitor with headers of its own: CPU a request", own_headers, nginx, None)
    yield pair("1 KiB, no keep-alive: CPU a request", close, nginx, 0.9)
    yield pair("1 KiB, 16 requests pipelined: CPU a request", load(site, seconds, depth=16), nginx, None)
    yield pair("64 MiB: time", download, nginx, 1)
    yield pair("64 MiB: server CPU", lambda server: spent(server, lambda: download(server)), nginx, None)
    yield pair(
        "512 connections: 99th percentile", load(site, seconds, connections=512, percentile=True), nginx, 1 / 1.5
    )


def against_http_server(settings: Settings, site: Site, ours: Serving, stack: contextlib.ExitStack) -> Iterator[Row]:
    for name, reach in (("http.server", 10), ("http.server, repaired", 2)):
        theirs = serve(stack, site, name, peer_command(sys.executable, site, name))
        figure = load(site, 1 if settings.quick else 3, connections=16)
        yield compare(
            f"threads, 16 connections, beside {name}",
            lambda: figure(ours),
            lambda: figure(theirs),
            settings,
            names=(ours.name, name),
            reach=reach,
        )


def against_peers(settings: Settings, site: Site, ours: Serving, stack: contextlib.ExitStack) -> Iterator[Row]:
    python = python_with(PACKAGES)
    figure = load(site, 1 if settings.quick else 3)
    for name, reach in (
        ("waitress", 10),
        ("gunicorn", None),
        ("cheroot", 15),
        ("tornado", 15),
        ("aiohttp", 15),
        ("uvicorn", None),
        ("granian", 2.5),
    ):
        try:
            theirs = serve(stack, site, name, peer_command(str(python), site, name))
        except (OSError, TimeoutError) as error:
            yield Row(f"1 KiB, beside {name}", ours.name, name, skipped=str(error))
            continue
        yield compare(
            f"1 KiB, 64 connections, beside {name}",
            lambda: figure(ours),
            lambda: figure(theirs),
            settings,
            names=(ours.name, name),
            reach=reach,
        )
        theirs.close()


def serve(stack: contextlib.ExitStack, site: Site, name: str, command: Callable[[int], list[str]]) -> Serving:
    """Start a server, wait for it, and compare what it sends with the files."""
    port = free_port()
    server = Serving(name, command(port), port)
    stack.callback(server.close)
    server.wait()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in (f"f{number}.txt" for number in range(0, FILES, 97)):
        with opener.open(f"http://127.0.0.1:{port}/{path}", timeout=10) as reply:
            if reply.read() != (site.root / path).read_bytes():
                raise ValueError(f"{name} sends other bytes than those of {path}")
    return server


def load(
    site: Site,
    seconds: int,
    connections: int = 64,
    files: int = FILES,
    extra: list[str] | None = None,
    depth: int = 1,
    percentile: bool = False,
    visitors: int = 1,
) -> Callable[[Serving], float]:
    """Return a function that loads a server with wrk and returns its CPU seconds a request, or its slowest 1%.

    It asks for as many `files` in turn. Each of many `visitors` has a browser and a cookie of its own, so that no
    server gains by remembering whole heads.
    """
    script = site.work / f"load-{files}-{depth}-{len(extra or [])}-{visitors}.lua"
    agents = "agents = {" + ", ".join(f'"{agent}"' for agent in BROWSERS) + "}\n"
    headers = "".join(f"{line}\\r\\n" for line in [*EXTRA, *(extra or [])])
    script.write_text(agents + LUA.format(files=files, extra=headers, depth=depth, visitors=visitors))
    command = [find("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]

    def measure(server: Serving) -> float:
        before = server.cpu()
        report = run_load(
            [*command, f"http://127.0.0.1:{server.port}/"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        used = server.cpu() - before
        if "Non-2xx" in report:
            raise ValueError(f"{server.name}: {report}")
        if "Socket errors" in report and not extra:
            warn(f"{server.name}: {next(line for line in report.splitlines() if 'Socket errors' in line).strip()}")
        words = {line.split()[0]: line.split() for line in report.splitlines() if line.split()}
        if percentile:
            return parse_time(words["99%"][1])
        return used / next(int(line.split()[0]) for line in report.splitlines() if "requests in" in line)

    return measure


def download(server: Serving) -> float:
    """Return the seconds that the large file takes to arrive, four times over, per time."""
    buffer, begin = make_buffer(1 << 20), time.perf_counter()
    with on_last_core():
        for _ in range(4):
            with socket.create_connection(("127.0.0.1", server.port), 10) as sock:
                sock.sendall(b"GET /big.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                total = 0
                while count := sock.recv_into(buffer):
                    total += count
            if total < BIG:
                raise EOFError(f"{server.name}: got {total} of {BIG} bytes")
    return (time.perf_counter() - begin) / 4


def spent(server: Serving, work: Callable[[], object]) -> float:
    before = server.cpu()
    work()
    return (server.cpu() - before) / 4


def make_site(folder: Path, files: int = FILES) -> Site:
    """Write many small files and a large one."""
    site = Site(folder / "root", folder / "work")
    site.root.mkdir()
    site.work.mkdir()
    folder.chmod(0o755)
    for number in range(files):
        (site.root / f"f{number}.txt").write_text(f"{number:06}".ljust(SIZE, "x"), encoding="ascii")
    (site.root / "big.bin").write_bytes(os.urandom(1 << 20) * (BIG >> 20))
    return site


def netio_command(site: Site, model: str, *options: str) -> Callable[[int], list[str]]:
    command = [sys.executable, str(CHECKOUT / "scripts" / "serve_http.py"), str(site.root), "--model", model, *options]
    return lambda port: [*command, "--port", str(port)]


def nginx_command(site: Site, name: str, cache: str = "") -> Callable[[int], list[str]]:
    def command(port: int) -> list[str]:
        folder = site.work / name
        folder.mkdir(exist_ok=True)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, root=site.root, port=port, cache=cache))
        return [find("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]

    return command


def peer_command(python: str, site: Site, name: str) -> Callable[[int], list[str]]:
    return lambda port: [python, str(PEERS), name, str(site.root), str(port)]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def parse_time(text: str) -> float:
    """Return a time as wrk prints it ('1.20ms') in seconds."""
    for unit, factor in (("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0)):
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
    raise ValueError(f"no time: {text!r}")
