"""Ask and answer through a pipe between two processes (管道通信).

两个进程通过管道一问一答。

    python3 pipe.py

Errata: 35, 36, 37, 46, 125, 126.
"""
import multiprocessing
import signal
import sys


def ask(end, other_end):
    other_end.close()  # a copy of the peer's end in our hands would hide that the peer has gone
    end.send("request")
    try:
        print("app1 is running" if end.recv() == "OK" else "app1 may not run", flush=True)  # to the letter: not "ok"
    except EOFError:
        print("app2 has gone", flush=True)
    except OSError:  # nobody reads our output any more (| head)
        sys.stdout = None  # or Python would complain once more at its end


def answer(end, other_end):
    other_end.close()
    if end.recv() == "request":  # any object that pickles; it takes one from anybody who can write: never the network
        end.send("OK")


def main():
    fd1, fd2 = multiprocessing.Pipe()  # two names; both ends read and write, duplex=False makes one way
    # The ends are handed over: a spawned child does not see this function's, nor a global that changed.
    children = [multiprocessing.Process(target=ask, args=(fd1, fd2), daemon=True),
                multiprocessing.Process(target=answer, args=(fd2, fd1), daemon=True)]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # children begun now ignore Ctrl-C; the parent then ends its daemons
    for child in children:
        child.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fd1.close()  # both are the children's now
    fd2.close()
    for child in children:
        child.join()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when messages are large, waits limited, and an end is to be seen: netio ipc.open_pipe
