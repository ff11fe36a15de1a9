"""Run what a page tells its reader to type, in one terminal or in several: `# terminal 2` begins the second's lines.

A server is started first, on a free port; what is typed in the other terminals is pointed to it.
"""
from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
_PORT = re.compile(r"(?<![\w.])\d{4,5}(?![\w.])")
POSIX_ONLY = re.compile(r"show_(fork|zombie|orphan)\.py")


def terminals(text):
    """Return the commands of each terminal, from the text of a block."""
    parts = re.split(r"^# (?:terminal|终端) ?\d.*\n", text, flags=re.MULTILINE)
    return [part.strip().splitlines() for part in parts if part.strip()]


def is_server(command):
    return re.search(r"scripts/(plain/\w*server\w*|plain/http_\w+|serve_\w+|print_request)\.py", command) is not None


def run_together(commands, folder):
    """Run the commands of one experiment; return all that they printed."""
    servers = [command for command in commands if is_server(command)]
    assert len(servers) <= 1
    with contextlib.ExitStack() as stack:
        port, printed = None, []
        for command in [*servers, *(command for command in commands if command not in servers)]:
            if os.name == "nt" and POSIX_ONLY.search(command) or not command.startswith("python3 "):
                continue  # curl may be missing
            arguments = _arguments(command, port)
            process = stack.enter_context(_running(arguments, folder))
            if command in servers:
                line = process.stdout.readline()
                assert line.startswith("listening on "), line + process.stderr.read()
                port = int(line.rpartition(":")[2])
                printed.append(line)
            elif " receive " in command:  # the ring's receiver waits for its sender
                assert process.stdout.readline().startswith("listening on ")
            else:
                out, err = process.communicate("", timeout=60)
                assert process.returncode == 0 and "Traceback" not in err, f"{command}\n{out}{err}"
                printed.append(out)
    return "".join(printed)


def _arguments(command, port):
    program, *arguments = shlex.split(command)[1:]
    if program == "-m":
        return [program, *arguments]
    if is_server(command) and program.startswith("scripts/plain/"):
        arguments = ["127.0.0.1", "0", *arguments[2:]]
    elif is_server(command):
        arguments += ["--port", "0"]
    elif port is not None and any(map(_PORT.fullmatch, arguments)):
        arguments = [_PORT.sub(str(port), argument) for argument in arguments]
    elif port is not None and program.startswith("scripts/plain/"):
        arguments = [*(arguments if "chat" in program else []), "127.0.0.1", str(port)]
    elif port is not None:
        arguments += ["--port", str(port)]
    return [str(CHECKOUT / program), *(str(CHECKOUT / a) if (CHECKOUT / a).exists() else a for a in arguments)]


@contextlib.contextmanager
def _running(arguments, folder):
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUTF8": "1", "NETIO_LANG": "en", "COLUMNS": "80"}
    with subprocess.Popen([sys.executable, *arguments], cwd=folder, env=env, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()
