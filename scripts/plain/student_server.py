"""Save the student records that clients send, a line each (struct, 学生信息，服务端), a thread a client.

保存客户端发来的学生记录，每个学生一行；每个客户端一个线程。

    python3 student_server.py [HOST [PORT [FILE]]]        in terminal 1, first; 127.0.0.1 8888 students.txt
    python3 student_client.py                             in terminal 2

Errata: 16, 24, 25, 26, 64, 109, 110, 111.
"""
import contextlib
import math
import socket
import struct
import sys
import threading
import time

HOST, PORT, FILE = sys.argv[1:4] + ["127.0.0.1", "8888", "students.txt"][len(sys.argv) - 1:]
RECORD = struct.Struct("!I24sBf")  # id, name, age, score; without `!` each machine has its own order and gaps
lock = threading.Lock()


def line_of(data):
    number, field, age, score = RECORD.unpack(data)
    name = field.rstrip(b"\0").decode("utf-8")  # rstrip() alone leaves NUL bytes
    if not name.strip() or not name.isprintable() or not math.isfinite(score):
        raise ValueError("no name, or no score")  # a line end in a name would forge a line
    return f"{number} {name} {age} {score:.1f}\n"  # a float of 4 bytes has 7 digits


def serve(connection):
    connection.settimeout(300)
    with contextlib.suppress(OSError), connection, connection.makefile("rb") as stream:  # it vanishes, or is silent
        while len(data := stream.read(RECORD.size)) == RECORD.size:  # one recv may bring half a record, or two
            try:
                with lock, open(FILE, "a", encoding="utf-8") as file:
                    file.write(line_of(data))
                answer = "saved"
            except (ValueError, OSError) as error:  # a wrong record, or a full disk
                answer = f"refused: {error}"
            connection.sendall(f"{answer}\n".encode("utf-8"))


if __name__ == "__main__":
    try:
        with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
            listener.settimeout(0.5)  # in short steps, for Ctrl-C on Windows
            print("listening on %s:%d" % listener.getsockname(), flush=True)
            while True:
                try:
                    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()
                except socket.timeout:
                    pass
                except (OSError, RuntimeError):  # it left again, or no descriptor or no thread is to be had
                    time.sleep(0.1)
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when a record must be on the disk before the answer, and fields have names: netio packing.Record
