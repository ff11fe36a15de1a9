"""Show what a forked child shares with its parent and what it does not (Linux, macOS).

    python3 scripts/show_fork.py

Memory is copied, the offset of an open file is shared, and output that waits in a buffer appears twice.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio.concurrency.processes import fork_facts


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    childs, parents = fork_facts.memory_after_fork()
    _prelude.tell("memory is copied: the child adds to a list and sees {}, the parent still sees {}", childs, parents)
    first, second, own = fork_facts.offset_after_fork()
    _prelude.tell("the offset is shared: of '0123456789' the child reads {!r}, the parent goes on with {!r}", first,
                  second)
    _prelude.tell("a file that each opens for itself has its own offset: the parent reads {!r}", own)
    doubled, once = fork_facts.output_after_fork(flush=False), fork_facts.output_after_fork(flush=True)
    _prelude.tell("output in the buffer is doubled: {!r}", doubled)
    _prelude.tell("flushed before the fork it is not: {!r}", once)
    print()
    if childs != parents and first != second and len(doubled) > len(once):
        _prelude.conclude("You saw: a fork copies the memory, and with it what waits in buffers; open files it "
                          "shares. Flush before a fork, and let each process open its own file.")
    else:
        _prelude.conclude("This system did otherwise: see the lines above.")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
