"""Make an orphan, and show which process adopts it (Linux, macOS).

    python3 scripts/show_orphan.py

An orphan is a process whose parent has ended. The system gives it another parent, which collects it when it ends.
"""
from __future__ import annotations

import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency.processes import zombies


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    orphan, first, second = zombies.make_orphan()
    try:
        _prelude.tell("this process is {}; it started {}, which started {} and ended", os.getpid(), first, orphan)
        _prelude.tell("the parent of {} was {} and is {}; its state is {}", orphan, first, second,
                      zombies.process_state(orphan))
        print()
        _prelude.conclude("You saw: the orphan goes on without its parent; process {} adopted it, and will collect "
                          "it when it ends, so it never stays a zombie.", second)
    finally:
        os.kill(orphan, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
