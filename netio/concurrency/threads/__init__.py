"""Threads: results handed over, locks that report a deadlock, the notes' exercises, and what the GIL does.

- `thread`: threads that return results and raise their exceptions in the caller
- `locks`: a lock that detects deadlocks, and several locks taken in one order
- `accounts`, `exercises`: the notes' deadlock (死锁) and thread exercises (线程同步互斥)
- `gil`: whether the GIL is on, and which calls release it
"""
