"""Make an orphan, and show which process adopts it (Linux, macOS).

    python3 scripts/show_orphan.py

An orphan is a process whose parent has ended. The system gives it another parent, which collects it when it ends.
"""
from __future__ import annotations

import os
import signal

import _prelude

from netio.concurrency.processes import zombies


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    orphan, first, second = zombies.make_orphan()
    try:
        print(f"this process is {os.getpid()}; it started {first}, which started {orphan} and ended")
        print(f"the parent of {orphan} was {first} and is {second}; its state is {zombies.process_state(orphan)}")
    finally:
        os.kill(orphan, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
