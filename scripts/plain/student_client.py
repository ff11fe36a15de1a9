"""Pack student records and send them to student_server.py (struct, 学生信息，客户端).

把学生记录打包发给服务端。

    python3 student_server.py                      in terminal 1, first
    python3 student_client.py [HOST [PORT]]        in terminal 2, `1 lily 16 170.1` a line; 127.0.0.1 8888

Errata: 12, 24, 26, 64, 109, 137.
"""
import socket
import struct
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = sys.argv[2] if len(sys.argv) > 2 else "8888"
RECORD = struct.Struct("!I24sBf")  # id, name, age, score; the server's, to the letter


def pack(line):
    """Return `ID NAME AGE SCORE` as a record. Raises: ValueError for what does not fit."""
    parts = line.split()  # split(" ") would keep the empty strings between two spaces
    if len(parts) != 4:
        raise ValueError("ID NAME AGE SCORE, please")
    name = parts[1].encode("utf-8")
    if len(name) > 24:  # struct would cut it, perhaps in the middle of a character
        raise ValueError("the name has more than 24 bytes")
    try:
        return RECORD.pack(int(parts[0]), name, int(parts[2]), float(parts[3]))
    except (struct.error, OverflowError) as error:  # a number that does not fit in its field
        raise ValueError(error) from None


def main():
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    with socket.create_connection((HOST, int(PORT)), timeout=10) as sock, sock.makefile("rb") as answers:
        while line := input("ID NAME AGE SCORE> "):  # not called str: that would hide the type
            try:
                sock.sendall(pack(line))
            except ValueError as error:
                print(f"not sent: {error}", flush=True)
                continue
            if not (answer := answers.readline(1000)).endswith(b"\n"):
                sys.exit("the server has left")
            print(answer.decode("utf-8", "replace").rstrip(), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, EOFError, RuntimeError):  # RuntimeError: no keyboard at all
        pass
    except (OSError, OverflowError, ValueError) as error:
        sys.exit(f"{HOST} port {PORT}: {error}")

# Not enough when there are many kinds of record, declared once for both sides: netio packing.Record
