"""What all tests share: the soak switch, the start methods, the tools of the system, a count of what is left over."""
from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import logging
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
WINE = os.name == "nt" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")  # it reads a reset as an end
if not __debug__:  # the helpers' assertions hold, too, some of which act: `assert talk.say("USER ming")`
    helpers = {f"tests.{path.stem}" for path in (CHECKOUT / "tests").iterdir()}
    pytest.register_assert_rewrite(*helpers - sys.modules.keys())
os.environ["NETIO_LANG"] = "en"  # tests read English, also on a Chinese system
os.environ.pop("PYTHONSAFEPATH", None)  # what tests start by `python -c` finds netio in the checkout


def pytest_addoption(parser):
    parser.addoption("--soak", action="store_true", help="run what takes long, too")
    parser.addoption("--thorough", action="store_true", help="run every case of what else is tried by samples")
    parser.addoption("--soak-minutes", type=float, default=1.0, help="how long each server is under load (1)")
    parser.addoption("--soak-seed", default=str(time.time_ns()), help="the seed that an earlier run has printed")


def pytest_configure(config):
    """Let Ctrl-C through to what the tests start: a shell's background job ignores it, and children inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.version_info >= (3, 15):  # there os.fork counts threads that are not Python's: faulthandler's watchdog
        config.addinivalue_line("filterwarnings", "ignore:This process .* is multi-threaded:DeprecationWarning")


def pytest_collection_modifyitems(config, items):
    """Skip what runs long; of a test marked `sample(n)` run each n-th case, beginning at one that its name decides."""
    soak = config.getoption("--soak")
    seen: dict[str, int] = {}
    for item in items:
        sample = item.get_closest_marker("sample")
        if item.get_closest_marker("soak") and not soak:
            item.add_marker(pytest.mark.skip(reason="runs long: only with --soak"))
        elif sample and not soak and not config.getoption("--thorough"):
            name = item.nodeid.partition("[")[0]
            seen[name] = seen.get(name, zlib.crc32(name.rpartition("::")[2].encode())) + 1
            if seen[name] % sample.args[0]:
                item.add_marker(pytest.mark.skip(reason="one of many alike: all with --thorough"))


def pytest_runtest_setup(item):
    """What runs long by intention tells no stacks when it does: see faulthandler_timeout."""
    if item.get_closest_marker("soak"):
        faulthandler.cancel_dump_traceback_later()


def pytest_terminal_summary(terminalreporter, config):
    """Print how a long run is repeated, however it ended."""
    if config.getoption("--soak"):
        minutes, seed = config.getoption("--soak-minutes"), config.getoption("--soak-seed")
        terminalreporter.write_line(f"the same again: --soak --soak-minutes={minutes:g} --soak-seed={seed}")


@pytest.fixture(params=["fork", "spawn"])
def start_method(request):
    """Each way of starting a process that this platform has."""
    if request.param not in multiprocessing.get_all_start_methods():
        pytest.skip(f"{sys.platform} has no {request.param}")
    if request.param == "fork":  # fork before threads: let those of the test before end, who are about to
        for thread in set(threading.enumerate()) - {threading.current_thread()}:
            thread.join(2)
    return request.param


@pytest.fixture
def rng(request, monkeypatch):
    """Random numbers for a fuzzer: always the same, or with --soak those of the seed that is printed."""
    seed = 0
    if request.config.getoption("--soak"):
        seed = request.config.getoption("--soak-seed")
        monkeypatch.setattr(logging.getLogger("netio"), "propagate", False)  # pytest would keep a million records
        monkeypatch.setattr(logging.getLogger("netio"), "handlers", [logging.NullHandler()])
    print("seed", seed)
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def tmp_path(tmp_path):
    """An empty folder, of whose path enough is left for a Unix socket's: those of pytest are too long on macOS."""
    if os.name == "nt" or len(os.fsencode(tmp_path)) < 80:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder).resolve()


# For tests with kills: also through a fork server, whose children are not the program's own.
every_method = pytest.mark.parametrize("start_method", ["fork", "spawn", "forkserver"], indirect=True)


@pytest.fixture
def tool():
    """Return a function that finds a program of the system: `tool("curl")` is its path, or the test is skipped.

    Where NETIO_TOOLS=required is set, as .ci/run does after installing them all, a missing one fails instead.
    """

    def find(name):
        path = shutil.which(name)
        if path is None and os.environ.get("NETIO_TOOLS") == "required":
            pytest.fail(f"{name} is not installed, though .ci/run installs it")
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.fixture
def run_script(tmp_path):
    """Return a function that runs scripts/NAME in an empty folder, as a reader would: it returns the ended process."""

    def run(name, *arguments, stdin="", timeout=30, **options):
        command = [sys.executable, str(CHECKOUT / "scripts" / name), *map(str, arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1", **options.pop("env", {})}
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=timeout,
            cwd=options.pop("cwd", tmp_path), env=environment, **options,
        )

    return run


@pytest.fixture
def start_script(tmp_path):
    """Return a function that starts scripts/NAME and returns the running process, which the test's end stops.

    A server's first line is `listening on HOST:PORT`: read it with `process.stdout.readline()`.
    """
    started = []

    def start(name, *arguments, **options):
        command = [sys.executable, "-u", str(CHECKOUT / "scripts" / name), *map(str, arguments)]
        environment = {**os.environ, "PYTHONUTF8": "1", **options.pop("env", {})}
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8", cwd=options.pop("cwd", tmp_path), env=environment, **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if os.name == "posix":  # one started in a session of its own takes its children with it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


@pytest.fixture
def nothing_left():
    """Fail unless the test leaves as many threads, child processes and descriptors as it found (waits 5 s for them)."""
    before = _held()
    yield
    deadline = time.monotonic() + 5
    while (left := _more(before, _held())) and time.monotonic() < deadline:
        gc.collect()
        threading.Event().wait(0.02)
    assert not left, f"left over: {left}"


def _lists_proc():
    try:  # under Wine there is a /proc, too, but it is the host's
        return sys.platform == "linux" and bool(os.listdir("/proc/self/fd"))
    except OSError:  # under QEMU
        return False


_LISTS_PROC = _lists_proc()


def _held():
    held = {"threads": {thread.name for thread in threading.enumerate()}}
    held["children"] = {child.pid for child in multiprocessing.active_children()}
    if _LISTS_PROC:
        held["descriptors"] = {(fd, _target(fd)) for fd in os.listdir("/proc/self/fd")}
        held["children"] |= set(_children_of(os.getpid()))
    return held


def _target(fd):
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return "gone"


def _children_of(pid):
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            yield from map(int, Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split())
        except OSError:
            continue


def _more(before, now):
    return {kind: names for kind in now if (names := {n for n in now[kind] - before[kind] if not _harmless(n)})}


def _harmless(name):
    """True for what the measuring itself opens, and for multiprocessing's resource tracker and fork server."""
    if isinstance(name, tuple):
        return name[1] == "gone" or name[1].startswith(("/proc/", "pipe:[")) and _is_helper_pipe(name)
    return isinstance(name, int) and name in [pid for pid, _ in _helpers()]


def _helpers():
    """Yield (pid, the pipe's end that keeps it alive) of each process that multiprocessing keeps for itself."""
    from multiprocessing import resource_tracker

    tracker = resource_tracker._resource_tracker
    yield getattr(tracker, "_pid", None), getattr(tracker, "_fd", None)
    forkserver = sys.modules.get("multiprocessing.forkserver")
    if forkserver is not None:
        yield forkserver._forkserver._forkserver_pid, forkserver._forkserver._forkserver_alive_fd


def _is_helper_pipe(name):
    return name[1].startswith("/proc/") or name[0] in [str(descriptor) for _, descriptor in _helpers()]
