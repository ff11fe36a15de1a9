"""Processes: started by fork or spawn, waited for, their results and exit statuses, signals, zombies and orphans.

- `fork`, `spawn`: the two ways to start a child; `process` is one interface to both
- `outcome`: how a child's result, exception or exit status reaches its parent
- `reaping`, `status`: waiting for children, and what their exit statuses say
- `signals`: signals as a wake-up, waits that Ctrl-C interrupts
- `zombies`, `fork_facts`: the notes' experiments (孤儿进程, 僵尸进程, 父子进程)
"""
