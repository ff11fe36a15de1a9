"""Pools of workers, and the notes' work for them.

- `pool`: a pool of processes whose tasks can be killed
- `primes`: the notes' sum of primes (求素数), cut into ranges
- `folders`: the notes' copy of a folder (拷贝目录), a file a task
"""
