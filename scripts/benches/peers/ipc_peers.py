"""One-way messages through libraries of others: `ipc_peers.py NAME COUNT SIZE` prints the seconds that each took."""
import functools
import multiprocessing
import os
import sys
import time


def send_zmq(address, count, size):
    import zmq

    with zmq.Context() as context, context.socket(zmq.PUSH) as sock:
        sock.connect(address)
        send_all(sock.send, count, size)


def send_all(send, count, size):
    message = b"x" * size
    for _ in range(count):
        send(message)


def receive_all(receive, count):
    receive()
    begin = time.perf_counter()
    for _ in range(count - 1):
        receive()
    return (time.perf_counter() - begin) / count


def pyzmq(count, size):
    import zmq

    path = f"/tmp/netio-bench-{os.getpid()}"
    with zmq.Context() as context, context.socket(zmq.PULL) as sock:
        sock.bind(f"ipc://{path}")
        process = multiprocessing.Process(target=send_zmq, args=(f"ipc://{path}", count, size))
        process.start()
        taken = receive_all(sock.recv, count)
    process.join()
    if os.path.exists(path):
        os.unlink(path)
    return taken


def faster_fifo(count, size):
    import faster_fifo

    queue = faster_fifo.Queue(1 << 20)
    put = functools.partial(queue.put, timeout=60)
    process = multiprocessing.Process(target=send_all, args=(put, count, size))
    process.start()
    taken = receive_all(lambda: queue.get(timeout=60), count)
    process.join()
    return taken


if __name__ == "__main__":
    name, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print({"pyzmq": pyzmq, "faster-fifo": faster_fifo}[name](count, size))
