"""Serve each client in a process (基于process完成多进程并发): what it sends comes back. Runs on Windows, too.

用 multiprocessing 为每个客户端开一个进程；客户端发什么，就发回什么。

    python3 process_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 16, 37, 40, 101, 120, 123, 136.
"""
import multiprocessing
import signal
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
listener, stopped = None, []


def serve(connection):
    """Send back what one client sends, until it ends."""
    try:
        if listener:  # where the child is a fork it has a copy
            listener.close()
        with connection:
            connection.settimeout(300)
            while data := connection.recv(65536):
                connection.sendall(data)
    except (OSError, KeyboardInterrupt):  # this client's end, or Ctrl-C, which the parent sees to
        pass


def main():
    global listener
    signal.signal(signal.SIGINT, lambda *_: stopped.append(True))  # a KeyboardInterrupt within a fork would be lost
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while not stopped:
            multiprocessing.active_children()  # collects those that have ended; ignoring SIGCHLD would blind it
            try:
                connection, address = listener.accept()
                with connection:  # the parent's copy is closed, or the client would never see an end
                    # daemon: ended together with this process, if that is not killed. It may have no children.
                    multiprocessing.Process(target=serve, args=(connection,), daemon=True).start()
            except OSError as error:
                if not isinstance(error, socket.timeout):  # it left again, or no process is to be had
                    print(error, flush=True)


if __name__ == "__main__":  # a spawned child reads this file, too, and must not serve
    try:
        main()
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when clients are many and a process each is dear: netio concurrency.Server
