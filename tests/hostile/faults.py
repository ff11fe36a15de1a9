"""Make each call of the system fail, as SQLite's tests do: the Nth of its kind, for N = 1, 2, ... until none does.

A *driver* is a process with a small preloaded library (shim.c). It forks a child for each trial, which runs a scenario
with one fault and looks at what is left; so a trial costs milliseconds. What a trial found is printed with the fault's
text (`write:ENOSPC:3`), which the driver takes as its argument, too:

    python3 -m tests.hostile.faults replace_file write:ENOSPC:3      one trial, again (or several, between commas)
    python3 -m tests.hostile.faults replace_file                     all of them
"""
from __future__ import annotations

import atexit
import collections
import ctypes
import errno
import faulthandler
import functools
import gc
import importlib
import json
import math
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SHIM = Path(__file__).with_name("shim.c")
ACTIONS = {"short": 1, "kill": 2, "tear": 3, "interrupt": 4}
# What each kind of call may answer; a "+" means: from the Nth call on, every one. The first of a row runs always.
ANSWERS = {
    "open": ["EMFILE", "ENOSPC", "EIO", "EACCES", "EINTR", "ENFILE", "EDQUOT", "EROFS", "ELOOP", "ESTALE", "ENOMEM"],
    "tmpfile": ["EOPNOTSUPP+", "EISDIR+", "EINVAL"],  # open of a file without a name
    "read": ["EIO", "short+", "EINTR", "ESTALE"],
    "write": ["ENOSPC", "short+", "ENOSPC+", "EIO", "EINTR", "EDQUOT", "EFBIG"],
    "fsync": ["EIO", "ENOSPC+", "EINTR", "EDQUOT", "EINVAL", "EROFS"],
    "rename": ["EIO", "ENOSPC+", "EACCES", "EDQUOT", "EROFS", "EXDEV", "EPERM", "EBUSY"],
    "link": ["EIO", "EPERM", "ENOSPC+", "EPERM+", "EMLINK", "EDQUOT", "EXDEV", "EOPNOTSUPP+"],
    "unlink": ["EIO", "EACCES+", "EROFS", "EBUSY", "EPERM"],
    "chmod": ["EPERM", "EIO+", "EROFS"],
    "stat": ["EIO", "ENOMEM", "EACCES", "ESTALE", "ELOOP"],
    "utime": ["EPERM", "EIO"],
    "opendir": ["EMFILE", "EACCES", "ENOMEM"],
    "readdir": ["EIO", "ENOENT"],
    "readlink": ["EIO", "EACCES"],
    "rmdir": ["EBUSY", "EIO"],
    "truncate": ["EIO", "ENOSPC+", "EINTR", "EDQUOT", "EFBIG"],
    "seek": ["EIO"],
    "flock": ["ENOLCK", "EINTR", "ENOLCK+", "EOPNOTSUPP+"],
    "mkdir": ["ENOSPC", "EDQUOT", "EROFS", "EMLINK"],
    "close": ["EIO", "ENOSPC+", "EINTR", "EDQUOT"],
    "copy": ["EIO", "ENOSPC+", "short+", "EXDEV+", "EINTR", "EINVAL+", "ENOSYS+", "EXDEV", "EDQUOT", "EOPNOTSUPP+",
             "EPERM+", "ETXTBSY"],
    "sendfile": ["EIO", "ECONNRESET", "short+", "EINVAL+", "EAGAIN", "EINTR", "EINVAL", "EPIPE", "ENOMEM", "EOVERFLOW",
                 "ENOSYS+"],
    "recv": ["ECONNRESET", "short+", "ETIMEDOUT", "ENOMEM", "EINTR", "EAGAIN", "ENOBUFS", "EHOSTUNREACH", "ENOTCONN"],
    "send": ["EPIPE", "short+", "ECONNRESET", "ENOBUFS", "ETIMEDOUT", "EINTR", "EAGAIN", "EPERM", "ENETUNREACH"],
    "accept": ["EMFILE", "ECONNABORTED", "ENOBUFS", "ENFILE", "ENOMEM", "EAGAIN", "EINTR", "EPERM",
               "ENETDOWN", "EPROTO", "EHOSTUNREACH", "ENOPROTOOPT"],
    "socket": ["EMFILE", "ENOBUFS", "ENFILE", "ENOMEM", "EACCES"],
    "connect": ["ETIMEDOUT", "ECONNREFUSED", "EINTR", "ENETUNREACH", "EADDRNOTAVAIL", "EPERM", "EAGAIN"],
    "bind": ["EADDRINUSE", "EADDRNOTAVAIL", "EACCES"],
    "listen": ["EADDRINUSE"],
    "shutdown": ["ENOTCONN", "ENOBUFS"],
    "setsockopt": ["ENOBUFS", "EINVAL+", "ENOPROTOOPT", "ENOMEM"],  # macOS: EINVAL where the peer has reset
    "getsockopt": ["ENOBUFS", "EINVAL"],
    "sockname": ["ENOBUFS", "EINVAL"],
    "peername": ["ENOTCONN", "EINVAL"],
    "poll": ["EINTR"],
    "epoll_ctl": ["ENOSPC", "ENOMEM"],
    "epoll_create": ["EMFILE", "ENOMEM"],
    "pipe": ["EMFILE", "ENFILE"],
    "eventfd": ["EMFILE", "ENOMEM"],
    "memfd": ["EMFILE", "ENOMEM", "ENOSYS+", "EPERM+"],
    "shm_open": ["EMFILE", "ENOSPC", "EACCES", "ENOSYS"],
    "shm_unlink": ["ENOENT", "EACCES"],
    "mmap": ["ENOMEM", "ENODEV", "EAGAIN", "EACCES"],
    "fallocate": ["ENOSPC", "EINTR", "EOPNOTSUPP", "EPERM"],
    "fcntl": ["EPERM", "ENOMEM"],
    "pidfd": ["EMFILE", "ENOSYS+", "EPERM+", "ENODEV"],
    "dup": ["EMFILE"],
    "fork": ["EAGAIN", "ENOMEM"],
    "waitpid": ["ECHILD", "EINTR"],
    "thread": ["EAGAIN"],
    "resolve": ["EAI_AGAIN", "EAI_SYSTEM", "EAI_MEMORY", "EAI_FAIL", "EAI_NONAME"],
    "memory": ["ENOMEM", "ENOMEM+"],  # more than a kilobyte
}


OF_FAULT = {"memory": (MemoryError,), "interrupt": (KeyboardInterrupt,)}  # what may come out whatever the scenario


class Control(ctypes.Structure):
    """The block that shim.c shares with all processes of a trial."""

    _fields_ = [("armed", ctypes.c_int), ("action", ctypes.c_int), ("error", ctypes.c_int), ("every", ctypes.c_int),
                ("when", ctypes.c_long), ("count", ctypes.c_long), ("hits", ctypes.c_long), ("used", ctypes.c_long),
                ("call", ctypes.c_char * 24), ("log", ctypes.c_char * (1 << 22))]


@functools.lru_cache(maxsize=None)
def build_shim():
    """Compile the library into a folder that goes when this process ends; return its path, or why there is none."""
    if sys.platform != "linux":
        return None, "the preloaded library is written for Linux"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None, "no C compiler"
    folder = tempfile.mkdtemp(prefix="netio-shim-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = os.path.join(folder, "shim.so")
    done = subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-w", "-o", path, str(SHIM), "-ldl"],
                          capture_output=True, text=True, timeout=60)
    return (path, "") if done.returncode == 0 else (None, f"{compiler} cannot build it: {done.stderr[:300]}")


def drive(*arguments, module="faults", timeout=90):
    """Run a driver with a scenario's name in a process of its own; return what it says. A test calls this."""
    import pytest

    path, reason = build_shim()
    if path is None:
        pytest.skip(reason)
    environment = {**os.environ, "LD_PRELOAD": path, "FAULT_SHIM": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-m", f"tests.hostile.{module}", *map(str, arguments)], cwd=CHECKOUT,
                          env=environment, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def load_control():
    library = ctypes.CDLL(os.environ["FAULT_SHIM"])
    library.fault_control.restype = ctypes.c_void_p
    return library, Control.from_address(library.fault_control())


def number_of(answer):
    """Return the number of an error: of `EAI_AGAIN`, too."""
    return getattr(socket if answer.startswith("EAI_") else errno, answer)


class Driver:
    """Runs the trials of one scenario."""

    def __init__(self, scenario, seed=0, deadline=math.inf):
        self.library, self.control = load_control()
        self.exempt()  # what the driver itself does
        self.scenario, self.random = scenario, random.Random(seed)
        self.trials, self.wrong, self.seed = 0, [], seed
        self.deadline, self.cut, self.reached = deadline, False, 0
        warm_up = self._folder()  # what is imported when it is first used is imported before a call can fail
        scenario.prepare(warm_up)
        scenario.run(warm_up, self)
        scenario.finish()
        self.exempt()
        shutil.rmtree(warm_up)
        for module in list(sys.modules.values()):  # a lazy chapter: every name now
            if getattr(module, "__name__", "").startswith("netio."):
                for name in getattr(module, "__all__", ()):
                    getattr(module, name)

    @staticmethod
    def _folder():
        return tempfile.mkdtemp(prefix="netio-faults-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)

    def exempt(self, on=True):
        """Leave the calls of this thread alone, and of the processes that it forks."""
        self.library.fault_exempt(int(on))

    def arm(self, fault):
        call, answer, when = fault.split(":")
        control = self.control
        control.every = answer.endswith("+")
        answer = answer.rstrip("+")
        word = answer.rstrip("0123456789")  # "short7": seven bytes at most
        control.action = ACTIONS.get(word, 0)
        control.error = int(answer[len(word):] or 0) if control.action or answer == "none" else number_of(answer)
        control.call, control.when = call.encode(), int(when)
        control.count = control.hits = control.used = 0
        control.armed = 1

    def disarm(self):
        self.control.armed = 0

    def record(self, on):
        """Log what is done to files, as power.py replays it."""
        self.library.fault_record(int(on))

    def mark(self, text):
        """Log that something is promised from now on, even where no call is armed any more."""
        armed, self.control.armed = self.control.armed, 1
        self.library.fault_mark(text.encode())
        self.control.armed = armed

    def trace(self):
        """Return the lines that the shim has logged."""
        return bytes(self.control.log[:self.control.used]).decode("utf-8", "replace").splitlines()

    def trial(self, fault):
        """Run the scenario with a fault; return whether it came to that call. What is wrong goes to `wrong`."""
        folder = self._folder()
        try:
            self.scenario.fault = fault
            self.scenario.prepare(folder)
            verdict = os.path.join(tempfile.gettempdir(), f"netio-verdict-{os.getpid()}")
            pid = os.fork()
            if not pid:
                self._be_child(folder, fault, verdict)
            self.scenario.forked()
            _, status = os.waitpid(pid, 0)
            self.disarm()
            self.trials += 1
            killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            if killed and (":kill:" in fault or ":tear:" in fault):
                self._judge_killed(folder, fault)
            elif ":interrupt:" in fault and not status and self.control.hits:
                self._judge_killed(folder, fault)
            elif status:
                wrote = os.path.exists(verdict)
                said = Path(verdict).read_text(errors="replace") if wrote else f"status {status}: hung?"
                self.wrong.append(f"{fault}: {said}")
            if os.path.exists(verdict):
                os.unlink(verdict)
            return self.control.hits > 0
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _be_child(self, folder, fault, verdict):
        try:
            self.exempt(False)
            faulthandler.dump_traceback_later(60, exit=True)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            found = self._try(folder, fault)
        except BaseException:
            found = traceback.format_exc()
        if found:
            Path(verdict).write_text(str(found), errors="replace")
        os._exit(1 if found else 0)

    def _try(self, folder, fault):
        unraisable = []
        sys.unraisablehook = lambda seen: unraisable.append(repr(seen.exc_value) + " in " + repr(seen.object))
        warnings.simplefilter("error", ResourceWarning)
        error = None
        self.scenario.start(folder, self)
        before = held()
        self.arm(fault)
        try:
            self.scenario.run(folder, self)
        except (Exception, KeyboardInterrupt) as caught:
            error = caught
        finally:
            self.disarm()
        allowed = OF_FAULT.get(fault.split(":")[1], OF_FAULT.get(fault.split(":")[0], ()))
        if error is not None and not isinstance(error, (*self.scenario.errors, *allowed)):
            return "".join(traceback.format_exception(type(error), error, error.__traceback__))
        if not self.control.hits:
            self.scenario.fault = ""
        if ":interrupt:" not in fault:  # else what is there is judged like what a killed process leaves
            self.scenario.check(folder, error)
        del error
        self.scenario.finish()
        if ":interrupt:" in fault:  # between a call and the name for what it returned nobody can catch it: a descriptor
            return leftovers(before[1:], self.scenario.settle)  # stays open
        return leftovers(before, self.scenario.settle) or "; ".join(unraisable)

    def _judge_killed(self, folder, fault):
        check = self.scenario.check_interrupted if ":interrupt:" in fault else self.scenario.check_killed
        try:
            check(folder)
        except BaseException:
            self.wrong.append(f"{fault}: {traceback.format_exc()}")

    def sweep(self, answers_of, limit):
        """Try each answer of each call, N = 1, 2, ... until no call fails; no more than `limit` N of each.

        Where the time ends it, what is left is the calls of the largest N: `reached` is the last one tried of all.
        """
        left = list(answers_of)
        for when in range(1, limit + 1):
            again = []
            for call, answer in left:
                if time.monotonic() > self.deadline:
                    self.cut = True
                    return
                if self.trial(f"{call}:{answer}:{when}"):
                    again.append((call, answer))
            left, self.reached = again, when
            if not left:
                return

    def sample(self, most):
        """Try what was mended, and so many faults and kills, chosen by the seed among all that a run would meet."""
        for fault in self.scenario.mended:
            self.trial(fault)
        self.trial("*:none:1")
        total, made = self.control.count, collections.Counter(line.split()[0] for line in self.trace())
        kinds = [call for call in made if call in ANSWERS and call not in self.scenario.never]
        for number in range(most):
            if number % 3 == 0:
                self.trial(f"*:kill:{self.random.randint(1, total)}")
                continue
            call = self.random.choice(kinds)
            self.trial(f"{call}:{self.random.choice(ANSWERS[call])}:{self.random.randint(1, made[call])}")
        if self.scenario.steps:
            self.trial("step:none:1")
            self.trial(f"step:kill:{self.random.randint(1, max(1, self.control.count))}")

    def calls(self):
        """Return the kinds of calls that the scenario makes and that may fail."""
        self.trial("*:none:1")
        made = {line[2:] for line in self.trace() if line.startswith("? ")}
        return [call for call in ANSWERS if call in made and call not in self.scenario.never]


def held():
    descriptors = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            descriptors.add((fd, os.readlink(f"/proc/self/fd/{fd}")))
        except OSError:
            pass
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    return descriptors, set(threading.enumerate()), set(children.read_text().split())


def leftovers(before, settle=5.0):
    """Return what is held that was not held before, when it has had time to end; "" for nothing."""
    deadline = time.monotonic() + settle
    while True:
        gc.collect()
        left = [now - then for now, then in zip(held()[-len(before):], before)]
        if not any(left) or time.monotonic() > deadline:
            return f"left over: {left}" if any(left) else ""
        time.sleep(0.005)


class Scenario:
    """What is tried: `prepare` a folder, `run` (with faults), `check` what is there then."""

    fault = ""
    errors = (OSError,)
    settle = 1.0
    never = ()  # kinds of calls that cannot fail here: to close a pipe or memory, say
    recoveries = 4  # how many of the states that a power failure can leave the next start is tried with
    mended = ()  # faults that once were not dealt with: each sample tries them
    steps = False  # whether to kill at each step of Python, too: what is done in shared memory calls nothing

    def prepare(self, folder):
        """Make what is there before."""

    def start(self, folder, driver):
        """Start what must run before calls fail: a server, say."""

    def forked(self):
        """Close here, in the driver, what is the trial's alone."""

    def run(self, folder, driver):
        raise NotImplementedError

    def check(self, folder, error):
        """Assert that what is there fits: `error` is None for a success."""

    def check_killed(self, folder):
        """Assert that what a killed process left is whole, and that the next one goes on with it."""

    def check_interrupted(self, folder):
        """Assert the same after Ctrl-C, and what else can be had then."""
        self.check_killed(folder)

    def finish(self):
        """End what `start` has started."""


def plan(driver, mode, limit):
    if mode == "kill":
        return [("*", "kill"), ("write", "tear")] + [("step", "kill")] * driver.scenario.steps
    if mode == "interrupt":
        return [("*", "interrupt")]
    if mode == "storm":
        return [("*", f"{answer}+") for answer in ("ENOMEM", "EMFILE", "EIO", "ENOBUFS")]
    if mode == "memory":
        return [("memory", "ENOMEM")]
    calls = driver.calls()
    if mode == "long":
        return [(call, answer) for call in calls for answer in ANSWERS[call]]
    chosen = [(call, answer) for call in calls for answer in ANSWERS[call][:1]]
    for call in calls:  # and one of the others, another one for another seed
        others = ANSWERS[call][1:]
        if others:
            chosen.append((call, driver.random.choice(others)))
    return chosen


def find_scenario(name):
    """Return the scenario of a name: `split_file`, or `ipc.queue` for one that another module has."""
    module, _, short = name.rpartition(".")
    return importlib.import_module("." + (module or "scenarios"), __package__).ALL[short]


def list_scenarios(name):
    """Return the names of all scenarios of a module that is given as `ipc.*`, and of a list with commas."""
    if "," in name:
        return [each for part in name.split(",") for each in list_scenarios(part)]
    if not name.endswith(".*"):
        return [name]
    module = name[:-2]
    return [f"{module}.{short}" for short in importlib.import_module("." + module, __package__).ALL]


def main(name, *arguments):
    mode = arguments[0] if arguments else "long"
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    limit = int(arguments[2]) if len(arguments) > 2 else 10_000
    seconds = float(arguments[3]) if len(arguments) > 3 else math.inf  # for each scenario's sweep
    trials = wrong = 0
    cut = []
    for each in list_scenarios(name):
        driver = Driver(find_scenario(each)(), seed, time.monotonic() + seconds)
        if ":" in mode:
            for fault in mode.split(","):
                driver.trial(fault)
        elif mode == "sample":
            driver.sample(limit)
        else:
            driver.sweep(plan(driver, mode, limit), limit)
        for text in driver.wrong[:12]:
            print(f"{each} {text}")
        trials, wrong = trials + driver.trials, wrong + len(driver.wrong)
        cut += [f"{each} after {driver.reached}"] * driver.cut
    print(json.dumps({"trials": trials, "wrong": wrong, "seed": seed, "cut": cut}))
    sys.stdout.flush()
    os._exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
