"""Serve each client in a thread of its own (多线程并发): what it sends comes back.

每个客户端一个线程；客户端发什么，就发回什么。

    python3 thread_server.py [HOST [PORT]]        127.0.0.1 8888; then, in several terminals: nc 127.0.0.1 8888

Errata: 12, 14, 16, 18, 101.
"""
import contextlib
import socket
import sys
import threading
import time

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
SILENCE = 300  # seconds after which a silent client is dropped
printing = threading.Lock()


def serve(connection, address):
    """Send back what one client sends, until it ends."""
    try:
        with connection:
            connection.settimeout(SILENCE)
            while data := connection.recv(65536):  # b"" is the client's end
                connection.sendall(data)  # send may take only a part
    except OSError as error:  # this client's end: the others do not notice
        with printing, contextlib.suppress(OSError):  # who reads our output may have gone: we serve on
            print(f"{address[0]}: {error}", flush=True)


def main():
    with socket.create_server((HOST, int(PORT)), backlog=256) as listener:  # SO_REUSEADDR before bind, not on Windows
        listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % listener.getsockname(), flush=True)
        while True:
            try:
                connection, address = listener.accept()
            except socket.timeout:
                continue
            except OSError as error:  # it left in the queue, or we have no descriptor free
                print(error, flush=True)
                time.sleep(0.1)
                continue
            try:  # a daemon: it does not hold up the end
                threading.Thread(target=serve, args=(connection, address), daemon=True).start()
            except RuntimeError:  # no more threads to be had
                connection.close()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        held = printing.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end
    except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when thousands come, or must be let finish at the end: netio concurrency.Server
