"""Show what a forked child shares with its parent and what it does not (Linux, macOS).

    python3 scripts/show_fork.py

Memory is copied, the offset of an open file is shared, and output that waits in a buffer appears twice.
"""
from __future__ import annotations

import _prelude

from netio.concurrency.processes import fork_facts


def main(argv: list[str] | None = None) -> int:
    _prelude.parser(__doc__).parse_args(argv)
    childs, parents = fork_facts.memory_after_fork()
    print(f"memory is copied: the child adds to a list and sees {childs}, the parent still sees {parents}")
    first, second, own = fork_facts.offset_after_fork()
    print(f"the offset is shared: of '0123456789' the child reads {first!r}, the parent goes on with {second!r}")
    print(f"a file that each opens for itself has an own offset: the parent reads {own!r}")
    print(f"output in the buffer is doubled: {fork_facts.output_after_fork(flush=False)!r}")
    print(f"flushed before the fork it is not: {fork_facts.output_after_fork(flush=True)!r}")
    return 0


if __name__ == "__main__":
    _prelude.run(main)
