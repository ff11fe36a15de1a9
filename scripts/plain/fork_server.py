"""Serve each client in a forked process (基于fork的多进程并发): what it sends comes back.

每个客户端 fork 一个进程；客户端发什么，就发回什么。

POSIX only: Windows has no fork.

    python3 fork_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 14, 16, 27, 28, 31, 101.
"""
import os
import signal
import socket
import sys

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
children = set()


def reap():
    """Collect the children that have ended. SIG_IGN would do it, too, but blinds subprocess and multiprocessing."""
    while children and (pid := os.waitpid(-1, os.WNOHANG)[0]):
        children.discard(pid)


def accept(listener):
    connection, address = listener.accept()
    with connection:  # the parent's copy is closed, or the client would never see an end
        pid = os.fork()  # a failure raises, and is never a negative number
        if pid == 0:
            try:
                listener.close()  # the child's copy
                connection.settimeout(300)
                while data := connection.recv(65536):
                    connection.sendall(data)
            finally:
                os._exit(0)  # also after an error; a return would make the child a second server
        children.add(pid)


if __name__ == "__main__":
    stopped = []
    signal.signal(signal.SIGINT, lambda *_: stopped.append(True))  # a KeyboardInterrupt within a fork would be lost
    try:
        listener = socket.create_server((HOST, int(PORT)), backlog=256)
        print("listening on %s:%d" % listener.getsockname(), flush=True)
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")
    with listener:
        listener.settimeout(0.5)  # so that children are collected, and Ctrl-C seen, while nobody comes
        while not stopped:
            reap()
            try:
                accept(listener)
            except OSError:  # nobody came, it left again, or no process is to be had
                pass
    for pid in children:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
# Not enough when clients are many and a process each is dear: netio concurrency.Server
