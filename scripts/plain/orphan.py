"""Make an orphan and see who adopts it (孤儿进程).

造一个孤儿进程，看它被谁收养。

POSIX only: Windows has no fork.

    python3 orphan.py

Errata: 117.
"""
import os


def main():
    told, tell = os.pipe()
    ended, held = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = os.getpid()
        if os.fork() == 0:  # the grandchild, soon an orphan
            os.close(held)
            os.read(ended, 1)  # empty as soon as its parent has ended: no sleep is needed
            while os.getppid() == child:  # the system is about to tell it
                pass
            os.write(tell, b"%d" % os.getppid())
        os._exit(0)  # both, and the parent first
    os.close(held)
    os.close(tell)
    os.waitpid(parent, 0)
    adopter = int(os.read(told, 20))  # waits for the grandchild
    # Process 1, or a nearer one that has asked for orphans (a subreaper, as systemd --user is).
    print("adopted by process", adopter, "which is", "init" if adopter == 1 else "a subreaper")
    os.close(told)
    os.close(ended)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when you want to watch it happen in steps: netio concurrency.processes.zombies.make_orphan
