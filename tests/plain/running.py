"""Run a plain program as a student would: a process of its own, in an empty folder, ended by Ctrl-C."""
from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from ..waiting import wait_until

CHECKOUT = Path(__file__).resolve().parent.parent.parent
FOLDER = CHECKOUT / "scripts" / "plain"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))
HOST = "127.0.0.1"
# What a platform lacks, by what a program says of itself.
MISSING = {"POSIX only": os.name != "posix", "Linux only": sys.platform != "linux"}


def text_of(program):
    return (FOLDER / f"{program}.py").read_text(encoding="utf-8")


def is_missing(program):
    """Tell whether this platform lacks what the program is about."""
    return any(lacks and words in text_of(program) for words, lacks in MISSING.items())


def start(path, *arguments, folder, env=None, warnings="error"):
    """Start a program of scripts/plain by its name, or a script by its path."""
    path = FOLDER / f"{path}.py" if isinstance(path, str) else path
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    # CPython 3.15 warns of the way in which its own multiprocessing imports a program (runpy, traceback).
    own = ["-W", "ignore:Module globals is missing:DeprecationWarning"] if sys.version_info >= (3, 15) else []
    return subprocess.Popen(
        [sys.executable, "-W", warnings, *own, str(path), *map(str, arguments)], cwd=folder, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True,
        env={**inherited, "PYTHONUTF8": "1", **(env or {})})


def run(path, *arguments, folder, stdin="", env=None, status=0):
    """Run a program to its end; return what it printed."""
    process = start(path, *arguments, folder=folder, env=env)
    try:
        out, err = process.communicate(stdin, timeout=60)
    except BaseException:
        kill(process)
        raise
    assert process.returncode == status and "Traceback" not in err, out + err
    return err if status else out


@contextlib.contextmanager
def serving(path, *arguments, folder, env=None, whole_group=True, reads=False):
    """Start a server on a free port and yield its port and process; then Ctrl-C must end all of it with status 0."""
    # Ctrl-C may come between an accept and its `with`: that socket the system closes.
    process = start(path, HOST, 0, *arguments, folder=folder, env=env, warnings="ignore::ResourceWarning")
    try:
        port = port_of(process)
        if os.name == "nt" and not reads:  # a pipe of Windows holds 4 KiB: then the server would wait for a reader
            threading.Thread(target=read_to_end, args=(process.stdout,), daemon=True).start()
            process.stdout = None
        yield port, process
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGINT) if whole_group else process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0 and "Traceback" not in err, err
            wait_until(lambda: not is_group_alive(process.pid))  # multiprocessing's resource tracker ends after us
    finally:
        kill(process)


def port_of(process):
    """Return the port in a server's first line."""
    line = process.stdout.readline()
    assert line.startswith("listening on "), line + process.stderr.read()
    return int(line.rpartition(":")[2])


def read_to_end(file):
    with file:
        file.read()


def is_group_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def kill(process):
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.communicate(timeout=30)


def start_method(name, folder):
    """Return the environment in which multiprocessing starts processes so, in a program that does not say how."""
    (folder / "sitecustomize.py").write_text(
        f"import multiprocessing\nmultiprocessing.set_start_method({name!r})\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}
