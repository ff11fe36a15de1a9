"""Serve a chat room over UDP in which members can whisper: say something to one other member only.

UDP 聊天室，可以说悄悄话：只对一个成员说。

    python3 chat_2_whisper.py [HOST [PORT]]        127.0.0.1 8888

`L name` logs in and is answered by `OK`, or by `taken` if somebody else has the name. `W name other text`: `other`
gets `name whispers: text`, and nobody else hears it; the sender gets `OK`, or `no such member`. `Q name` logs out and
is answered by `EXIT`. A name belongs to the address that logged in; what others send in its name, and all else, is
answered by `refused`.
`L name` 登录，答 `OK`；名字已被别人占用，答 `taken`。`W name other text`：`other` 收到 `name whispers: text`，
别人都收不到；发送者得到 `OK` 或 `no such member`。`Q name` 退出，答 `EXIT`。
名字属于登录时的地址；别人冒用这个名字，以及其他一切请求，答 `refused`。
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888
MAX_MEMBERS = 500


class Room:
    """Who is in, and from which address."""

    def __init__(self, sock):
        self.sock = sock
        self.members = {}

    def answer(self, data, address):
        verb, _, rest = data.decode("utf-8", "replace").partition(" ")
        if verb == "L":
            return self.log_in(rest, address)
        name, _, rest = rest.partition(" ")
        if self.members.get(name) != address:  # a name belongs to the address that logged in
            return "refused"
        if verb == "W":
            return self.whisper(name, *rest.partition(" ")[::2])
        if verb == "Q" and not rest:
            del self.members[name]
            return "EXIT"
        return "refused"

    def log_in(self, name, address):
        if not 1 <= len(name) <= 20 or not name.isprintable() or " " in name or len(self.members) >= MAX_MEMBERS:
            return "refused"
        if self.members.setdefault(name, address) != address:
            return "taken"
        return "OK"  # also to who asks again, because our answer was lost

    def whisper(self, name, other, text):
        if not text.strip() or not text.isprintable():
            return "refused"
        if other not in self.members:
            return "no such member"
        self.send(f"{name} whispers: {text}", self.members[other])
        return "OK"

    def send(self, text, address):
        try:
            self.sock.sendto(text.encode("utf-8", "replace"), address)
        except OSError:  # that member is gone
            pass


def main():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, PORT))
        sock.settimeout(0.5)  # in short steps, since on Windows Ctrl-C is heard only between two
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        room = Room(sock)
        while True:
            try:
                data, address = sock.recvfrom(2048)
            except OSError:  # nothing came; on Windows: a member is gone
                continue
            room.send(room.answer(data, address), address)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
