"""Two applications log in over a two-way pipe, one after the other, and one that dies is noticed.

    python3 scripts/show_pipe.py
    python3 scripts/show_pipe.py --method spawn --name stranger

app1 asks for leave to run, app2 gives it to those it knows. Then a third process dies without a word, and its partner
hears of it.
"""
from __future__ import annotations

import multiprocessing
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import ipc


def run_app(end: ipc.pipes.Connection, name: str) -> None:
    granted = ipc.pipes.request_login(end, name)
    _prelude.tell("{}: is running" if granted else "{}: may not run", name)


def guard_apps(end: ipc.pipes.Connection, allowed: list[str]) -> None:
    for name, answer in ipc.pipes.answer_logins(end, allowed):
        _prelude.tell("guard: answered {} to {}", answer, name)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("--name", default="app1", help="who asks; the guard knows app1 (default: %(default)s)")
    options.add_argument("--method", choices=multiprocessing.get_all_start_methods(), help="how to start the processes")
    given = options.parse_args(argv)
    app_end, guard_end = ipc.open_duplex()
    app = ipc.start(run_app, app_end, given.name, method=given.method)
    guard = ipc.start(guard_apps, guard_end, ["app1"], method=given.method)
    app.join()
    guard.join()
    receiver, sender = ipc.open_pipe()
    quitter = ipc.start(die_silently, sender, method=given.method)
    heard = False
    try:
        receiver.recv(timeout=30)
    except EOFError as error:
        _prelude.tell("the one that died: recv raised EOFError ({})", _prelude.reason(error))
        heard = True
    quitter.join()
    receiver.close()
    print()
    if heard:
        _prelude.conclude("You saw: one two-way pipe carried question and answer, and a reader hears of the other "
                          "side's end at once, because the system closes what a process had open.")
    return 0


def die_silently(sender: ipc.pipes.Sender) -> None:
    os._exit(1)


if __name__ == "__main__":
    _prelude.run(main)
