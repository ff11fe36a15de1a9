"""What the operating system gives: shared memory, pipes, locks, flags.

- `posix`, `posix_locks` and `windows`: the same few names, by the platform
- `memory`: memory without a name; `pieces` cuts small pieces from it
- `pthreads`: mutexes and semaphores of the C library
- `waiting`: time limits over several steps
"""
