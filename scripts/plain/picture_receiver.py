"""Receive the files that picture_sender.py sends (传输图片，接收方), each whole and checked, or not at all.

接收图片或任何文件：要么完整并核对过，要么不留下。

    python3 picture_receiver.py [HOST [PORT [FOLDER]]]        in terminal 1, first; 127.0.0.1 8890, this folder
    python3 picture_sender.py cat.png                         in terminal 2

Errata: 12, 15, 55, 56, 102.
"""
import hashlib, os, re, socket, struct, sys, tempfile  # noqa: E401

HOST, PORT, FOLDER = sys.argv[1:4] + ["127.0.0.1", "8890", "."][len(sys.argv) - 1:]
OFFER = re.compile(r'FILE (\d{1,10}) ([0-9a-f]{64}) ([^/\\:*?"<>|\0-\x1f. ][^/\\:*?"<>|\0-\x1f]{0,60})')  # no path


def read_exactly(stream, size):
    if len(data := stream.read(size)) < size:  # as many recv as it takes; an empty one does not say: all is there
        raise EOFError(f"left after {len(data)} of {size} bytes")
    return data


def receive_file(connection, stream, length):
    if length > 4096 or not (offer := OFFER.fullmatch(read_exactly(stream, length).decode("utf-8"))):
        raise ValueError("no offer of a file with a plain name")
    size, path = int(offer[1]), os.path.join(FOLDER, offer[3])
    if os.path.lexists(path):
        raise ValueError("a file of that name exists")  # on Windows NUL and the like exist in every folder
    connection.sendall(struct.pack("!I", 6) + b"FROM 0")
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder, open(os.path.join(folder, "part"), "wb") as file:
        digest = hashlib.sha256()
        for start in range(0, size, 1 << 16):
            file.write(data := read_exactly(stream, min(1 << 16, size - start)))
            digest.update(data)
        file.close()
        if digest.hexdigest() != offer[2]:
            raise ValueError("the checksum is another")
        os.rename(file.name, path)  # it has its name only when all of it is there
    connection.sendall(struct.pack("!I", 6) + b"SAVED ")
    print(f"saved {size} bytes: {path!a}", flush=True)


if __name__ == "__main__":
    try:
        with socket.create_server((HOST, int(PORT)), backlog=256) as listener:
            listener.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
            print("listening on %s:%d" % listener.getsockname(), flush=True)
            while True:
                try:
                    connection, address = listener.accept()
                    connection.settimeout(10)  # while one is silent, all others wait; thread_server.py: none does
                    with connection, connection.makefile("rb") as stream:
                        while head := stream.read(4):  # the next file, or the end
                            receive_file(connection, stream, int.from_bytes(head, "big"))
                except socket.timeout:
                    pass  # nobody came, or it was silent for too long
                except (OSError, EOFError, ValueError) as error:  # this sender's end, not the server's
                    print(f"not received: {error!a}", flush=True)
    except (OSError, OverflowError, ValueError, KeyboardInterrupt) as error:  # in use, no number; Ctrl-C has no text
        sys.exit(str(error) or 0)
# Not enough when a broken transfer is to go on where it broke off: netio tcp.receive_file
