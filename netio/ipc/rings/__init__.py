"""Messages through shared memory, without a lock and without a system call while both sides are busy.

- `ends`: what both ends have; `sender`, `receiver`: the two ends, and how they keep in order
- `inbox`: one receiver for many senders, found by a path
"""
